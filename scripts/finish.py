"""Hooks of MkDocs: what is left to do to a page before and after its templates."""

import json
import re
from pathlib import Path
from typing import Any

_KEPT_OR_BLANK = re.compile(
    r"(?P<kept><(?P<tag>pre|code|textarea|script|style)\b.*?</(?P=tag)>)"
    r"|(?P<mark> (?=[;!?»€]|:(?:\s|<|$))|(?<=«) )|\s*\n\s*",
    re.DOTALL,
)
# The highlighter puts every space of a command into a box of its own, which no style tells apart.
_BOXED_SPACE = re.compile(r'<span class="w">(\s+)</span>')
_RESULT = re.compile(r'(?<=<div class=")([^"]*)(?="><span class="filename">Résultat attendu</span>)')
# What is read beside the text, where smarty does not go: titles of blocks, tooltips, names for a screen reader.
_BESIDE_TEXT = re.compile(r"""(?<=<span class="filename">)[^<]*|\b(?:title|aria-label|alt|content)="[^"]*\"""")
_STRAIGHT = re.compile("'|&#x?(?:39|27);")
# Address of a page → the words under which people look for it and that it does not say first (`mots` in its head).
_SOUGHT: dict[str, list[str]] = {}


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Give the page's title and description French apostrophes: menus, tabs, footer and search take them from there."""
    for name in ("title", "description"):
        if name in page.meta:
            page.meta[name] = _french(page.meta[name])
    return markdown


def on_page_content(html: str, page: Any, config: Any, **_: Any) -> str:
    """Tell under each command what the last run made of it."""
    return _marks(config).mark(html, page.file)


def on_page_context(context: Any, page: Any, config: Any, **_: Any) -> Any:
    """Fill the tables that lead to the marks of other pages; all pages have been marked by now."""
    _SOUGHT[page.url] = page.meta.get("mots", [])
    page.content = _marks(config).complete(page.content, page.file)
    return context


def on_post_page(output: str, **_: Any) -> str:
    """The page as a reader gets it: expected results told from commands, French apostrophes and spaces, lighter.

    An author types plain ones.  What goes is what only the authors of the templates read; a command is the same,
    blank for blank.
    """
    told = _RESULT.sub(
        lambda classes: classes[0] if "dp-resultat" in classes[0] else f"{classes[0]} dp-resultat no-copy", output
    )

    def lighter(found: re.Match[str]) -> str:
        if found["kept"]:
            return _BOXED_SPACE.sub(r"\1", found["kept"])
        return "\u00a0" if found["mark"] else "\n"

    return _KEPT_OR_BLANK.sub(lighter, _BESIDE_TEXT.sub(lambda beside: _french(beside[0]), told))


def on_post_template(output_content: str, template_name: str, **_: Any) -> str:
    """The page of an unknown address is a template to MkDocs, and a page to its reader."""
    return on_post_page(output_content) if template_name.endswith(".html") else output_content


def on_post_build(config: Any, **_: Any) -> None:
    """Let the search find a page by the words people use for it; the theme counts them as it counts tags, first."""
    path = Path(config.site_dir) / "search/search_index.json"
    if path.is_file():
        index = json.loads(path.read_text(encoding="utf-8"))
        for entry in index["docs"]:
            if words := _SOUGHT.get(entry["location"]):
                entry["tags"] = [*entry.get("tags", []), *words]
        path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _french(text: str) -> str:
    return _STRAIGHT.sub("’", text)


def _marks(config: Any) -> Any:
    """The `BlockMarks` that scripts/macros made of the record."""
    return config.plugins["macros"].marks
