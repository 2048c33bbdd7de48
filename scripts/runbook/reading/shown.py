"""Which of the marks that stand for blocks a browser would show."""

import re
from html.parser import HTMLParser

MARK = "data-runbook-fence"
MARKED = re.compile(rf'<pre {MARK}="(\d+)">')
# a browser reads no element in these
TEXT_ONLY = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
INERT = "template"
HIDING = re.compile(rf"<!|<\?|<(?:{'|'.join((*TEXT_ONLY, INERT))})\b", re.IGNORECASE)


def mark(number: int) -> str:
    """What stands in the HTML in the place of that block."""
    return f'<pre {MARK}="{number}"></pre>'


def shown(html: str) -> set[int]:
    """The numbers of the marks that a browser shows: none in a comment, a script, a template, a declaration."""
    if not HIDING.search(html):
        return {int(number) for number in MARKED.findall(html)}
    marks = _Marks()
    marks.feed(html)
    marks.close()
    return marks.shown


class _Marks(HTMLParser):
    CDATA_CONTENT_ELEMENTS = TEXT_ONLY  # type: ignore[misc] # where the parser has it for a subclass to say

    def __init__(self) -> None:
        super().__init__()
        self.shown: set[int] = set()
        self._inert = 0  # templates that stand open here

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        number = dict(attrs).get(MARK)
        if tag == INERT:
            self._inert += 1
        elif tag == "pre" and number and not self._inert:
            self.shown.add(int(number))

    def handle_endtag(self, tag: str) -> None:
        if tag == INERT and self._inert:
            self._inert -= 1
