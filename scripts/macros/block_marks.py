"""How does each command of a page get its mark, without a change to the Markdown or to what is copied?

The hooks of MkDocs pass the HTML of every page.  Commands and steps are matched by page and text, in order of
appearance where a page repeats one.
"""

import html
import re
from collections import Counter

from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from .evidence import Evidence, Proof
from .shown_outputs import limit
from .step_html import mark, rows, unknown_mark

# What the highlighter makes of a shell block: its attributes, then its code.
_BLOCK = re.compile(
    r'<div(?P<attributes> class="[^"]*\blanguage-(?:bash|sh)\b[^"]*"(?:[^>"]|"[^"]*")*)>(?:(?!</div>).)*?'
    r"<code>(?P<code>.*?)</code></pre></div>",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]+>")
_RETRY = re.compile(r'\bdata-reessayer="(\d+)"')
_TABLE = re.compile(r'<div data-steps="([^"]*)" data-page="([^"]*)"></div>')


class BlockMarks:
    """Marks the commands of each page, then fills the tables of steps of the proofs' pages."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._marked: dict[tuple[str, int], File] = {}  # the page and the number of every mark that stands somewhere
        self._pages: dict[str, list[Proof]] = {}
        for proof in sorted(evidence.proofs, key=lambda proof: proof.step.line):
            self._pages.setdefault(proof.page, []).append(proof)
        self._shown = {
            page: limit(len(text) for proof in proofs for text in (proof.step.out, proof.step.err))
            for page, proofs in self._pages.items()
        }

    def mark(self, page: str, file: File) -> str:
        """The HTML of a page with, under each command, what its reader must know that only the engine was told."""
        seen: Counter[str] = Counter()

        def marked(block: re.Match[str]) -> str:
            command = html.unescape(_TAG.sub("", block["code"])).strip("\n")
            seen[command] += 1
            retry = _RETRY.search(block["attributes"])
            return f"{block[0]}{_hint(retry[1]) if retry else ''}{self._mark(file, command, seen[command])}"

        return _BLOCK.sub(marked, page)

    def complete(self, page: str, shown_in: File) -> str:
        """`page` with the tables where the macros left their places; to be called when every page has been marked."""
        return _TABLE.sub(lambda place: self._table(place[1], place[2], shown_in), page)

    def _table(self, target: str, page: str, shown_in: File) -> str:
        """The steps of `page` on `target`, each with the address of its mark if the command still stands there."""
        numbered = enumerate(self._pages.get(page, []), start=1)
        return rows(
            [(it, self._address(page, number, shown_in)) for number, it in numbered if it.step.target == target]
        )

    def _address(self, page: str, number: int, shown_in: File) -> str:
        marked = self._marked.get((page, number))
        return f"{get_relative_url(marked.url, shown_in.url)}#{_anchor(number)}" if marked else ""

    def _mark(self, file: File, command: str, occurrence: int) -> str:
        if not self._evidence.runs:
            return ""
        numbered = enumerate(self._pages.get(file.src_uri, []), start=1)
        same = [(number, it) for number, it in numbered if it.step.command.strip("\n") == command]
        if len(same) < occurrence:
            return unknown_mark(self._evidence)
        number, proof = same[occurrence - 1]
        self._marked[file.src_uri, number] = file
        return mark(proof, _anchor(number), self._shown[file.src_uri])


def _anchor(number: int) -> str:
    return f"preuve-{number}"


def _hint(seconds: str) -> str:
    return (
        '<p class="block-hint" data-search-exclude>Si le résultat n’est pas encore là, '
        f"relancez ce bloc\u00a0: {seconds}\u00a0s au plus.</p>"
    )
