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
from markdown.postprocessors import Postprocessor
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from .evidence import Evidence, Proof
from .step_html import mark, rows, unknown_mark

_SHELLS = ("bash", "sh")
_TABLE = re.compile(r'<div data-steps="([^"]*)" data-page="([^"]*)"></div>')


class BlockMarks(Extension):
    """Marks the commands of each page, and fills the tables of steps of the proofs' pages."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__()
        self._evidence = evidence
        self._pages: dict[str, list[Proof]] = {}
        for proof in sorted(evidence.proofs, key=lambda proof: proof.step.line):
            self._pages.setdefault(proof.page, []).append(proof)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 — the name that Markdown calls
        """Wrap the formatters of superfences; MkDocs makes one converter a page."""
        seen: Counter[str] = Counter()
        fences: Any = md.preprocessors["fenced_code_block"]
        for entry in fences.extension.superfences:
            entry["formatter"] = self._marked(entry["formatter"], md, seen)
        md.postprocessors.register(_Tables(md, self.table), "proof_steps", 0)

    def table(self, target: str, page: str, shown_in: File, file: File | None) -> str:
        """The steps of `page` on `target`, each with the address of its mark if the page still exists."""
        address = get_relative_url(file.url, shown_in.url) if file else ""
        numbered = enumerate(self._pages.get(page, []), start=1)
        return rows(
            [
                (proof, f"{address}#{_anchor(number)}" if address else "")
                for number, proof in numbered
                if proof.step.target == target
            ]
        )

    def _marked(self, formatter: Callable[..., str], md: Markdown, seen: Counter[str]) -> Callable[..., str]:
        def marked(*, src: str = "", language: str = "", **options: Any) -> str:
            html = formatter(src=src, language=language, **options)
            if language not in _SHELLS or "relpath" not in md.treeprocessors:  # not a page of the site being built
                return html
            processor: Any = md.treeprocessors["relpath"]
            seen[src] += 1
            return html + self._mark(processor.file.src_uri, src, seen[src])

        return marked

    def _mark(self, page: str, command: str, occurrence: int) -> str:
        numbered = enumerate(self._pages.get(page, []), start=1)
        same = [(number, proof) for number, proof in numbered if proof.step.command == command]
        if len(same) < occurrence:
            return unknown_mark(self._evidence)
        number, proof = same[occurrence - 1]
        return mark(proof, _anchor(number))


class _Tables(Postprocessor):
    """Puts the tables where the macros of the proofs' pages left their places."""

    def __init__(self, md: Markdown, table: Callable[[str, str, File, File | None], str]) -> None:
        super().__init__(md)
        self._table = table

    def run(self, text: str) -> str:
        if "relpath" not in self.md.treeprocessors:
            return text
        processor: Any = self.md.treeprocessors["relpath"]

        def fill(match: re.Match[str]) -> str:
            target, page = match.groups()
            return self._table(target, page, processor.file, processor.files.get_file_from_path(page))

        return _TABLE.sub(fill, text)


def _anchor(number: int) -> str:
    return f"preuve-{number}"
