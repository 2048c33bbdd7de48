"""How does each command of a page get its mark, without a change to the Markdown or to what is copied?

A Markdown extension that `define_env` adds to MkDocs' own: it wraps what superfences renders, so it
is given each command's exact text, the one that the engine ran.  Commands and steps are matched by
page and text, in order of appearance where a page repeats one.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from .evidence import Evidence, Proof
from .shown_outputs import limit
from .step_html import mark, rows, unknown_mark

_SHELLS = ("bash", "sh")
_TABLE = re.compile(r'<div data-steps="([^"]*)" data-page="([^"]*)"></div>')


class BlockMarks(Extension):
    """Marks the commands of each page, then fills the tables of steps of the proofs' pages."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__()
        self._evidence = evidence
        self._marked: dict[tuple[str, int], File] = {}  # the page and the number of every mark that stands somewhere
        self._pages: dict[str, list[Proof]] = {}
        for proof in sorted(evidence.proofs, key=lambda proof: proof.step.line):
            self._pages.setdefault(proof.page, []).append(proof)
        self._shown = {
            page: limit(len(text) for proof in proofs for text in (proof.step.out, proof.step.err))
            for page, proofs in self._pages.items()
        }

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 — the name that Markdown calls
        """Wrap the formatters of superfences; MkDocs makes one converter a page."""
        seen: Counter[str] = Counter()
        fences: Any = md.preprocessors["fenced_code_block"]
        for entry in fences.extension.superfences:
            entry["formatter"] = self._marking(entry["formatter"], md, seen)

    def complete(self, html: str, shown_in: File) -> str:
        """`html` with the tables where the macros left their places; to be called when every page has been rendered."""
        return _TABLE.sub(lambda place: self._table(place[1], place[2], shown_in), html)

    def _table(self, target: str, page: str, shown_in: File) -> str:
        """The steps of `page` on `target`, each with the address of its mark if the command still stands in the page."""
        numbered = enumerate(self._pages.get(page, []), start=1)
        return rows(
            [
                (proof, self._address(page, number, shown_in))
                for number, proof in numbered
                if proof.step.target == target
            ]
        )

    def _address(self, page: str, number: int, shown_in: File) -> str:
        marked = self._marked.get((page, number))
        return f"{get_relative_url(marked.url, shown_in.url)}#{_anchor(number)}" if marked else ""

    def _marking(self, formatter: Callable[..., str], md: Markdown, seen: Counter[str]) -> Callable[..., str]:
        def marked(*, src: str = "", language: str = "", **options: Any) -> str:
            html = formatter(src=src, language=language, **options)
            if language not in _SHELLS or "relpath" not in md.treeprocessors:  # not a page of the site being built
                return html
            processor: Any = md.treeprocessors["relpath"]
            seen[src] += 1
            return html + self._mark(processor.file, src, seen[src])

        return marked

    def _mark(self, file: File, command: str, occurrence: int) -> str:
        numbered = enumerate(self._pages.get(file.src_uri, []), start=1)
        same = [(number, proof) for number, proof in numbered if proof.step.command == command]
        if len(same) < occurrence:
            return unknown_mark(self._evidence)
        number, proof = same[occurrence - 1]
        self._marked[file.src_uri, number] = file
        return mark(proof, _anchor(number), self._shown[file.src_uri])


def _anchor(number: int) -> str:
    return f"preuve-{number}"
