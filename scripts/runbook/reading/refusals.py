"""Why a page cannot be read: what MkDocs, a plugin or an extension raised, as a mistake at its line with its remedy."""

import contextlib
from pathlib import Path

from mkdocs.structure.pages import Page as MkDocsPage
from pymdownx.snippets import SnippetMissingError

from runbook.errors import Problem
from runbook.reading import macros
from runbook.reading.opening import Opened, reason


def refusal(error: BaseException, page: MkDocsPage, path: str, opened: Opened) -> Problem:
    """The mistake that `error` tells of; `path` is the page's, from the root."""
    file = Path(page.file.abs_src_path or path)
    if isinstance(error, UnicodeDecodeError):
        return Problem(path, _undecodable_line(file), "la page n'est pas en UTF-8", "l'enregistrer en UTF-8")
    if isinstance(error, OSError):
        return Problem(path, 1, f"page illisible : {error.strerror or error}", "la rendre lisible, ou la retirer")
    if isinstance(error, SnippetMissingError):
        line = _line_of_snippet(file, str(error))
        return Problem(path, line, f"extrait absent : {reason(error)}", "corriger son chemin, ou le créer")
    if isinstance(error, SystemExit):  # how mkdocs-macros ends the build when a macro fails
        return macros.failed(path, lines_before(page), error, opened.config)
    name = opened.config.plugins._current_plugin  # noqa: SLF001 — where MkDocs says who was at work
    who = f"greffon « {name} »" if name else "MkDocs"
    cause = f"{who} en échec sur cette page : {type(error).__name__} : {reason(error)}"
    return Problem(path, 1, cause, "corriger la page ou le greffon")


def lines_before(page: MkDocsPage) -> int:
    """How many lines of front matter stand before the page's text."""
    source = page.file.content_string
    body = page.markdown or ""
    stripped = body.strip("\n")
    index = source.rfind(stripped) if stripped else len(source)
    leading = len(body) - len(body.lstrip("\n"))
    return source.count("\n", 0, max(index, 0)) - leading


def _undecodable_line(file: Path) -> int:
    read = file.read_bytes()
    try:
        read.decode()
    except UnicodeDecodeError as error:
        read = read[: error.start]
    return read.count(b"\n") + 1


def _line_of_snippet(file: Path, told: str) -> int:
    """The line that names the missing file; the first if none does."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            named = line.strip().strip("-8<;\"' ")
            if named and named in told:
                return number
    return 1
