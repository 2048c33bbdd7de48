"""Why a page cannot be read, as a mistake at its line with its remedy: what MkDocs, a plugin or an extension raised;
a macro of mkdocs-macros that fails, a name that nobody defines.
"""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage
from pymdownx.snippets import SnippetMissingError

from runbook.errors import Problem
from runbook.reading.opening import Opened, reason

Named = list[tuple[str, int]]


def refusal(error: BaseException, page: MkDocsPage, path: str, opened: Opened) -> Problem:
    """The mistake that `error` tells of; `path` is the page's, from the root."""
    file = Path(page.file.abs_src_path or path)
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        return Problem(path, line, "la page n'est pas en UTF-8", "l'enregistrer en UTF-8")
    if isinstance(error, OSError):
        return Problem(path, 1, f"page illisible : {error.strerror or error}", "la rendre lisible, ou la retirer")
    if isinstance(error, SnippetMissingError):
        line = _line_of_snippet(file, str(error))
        return Problem(path, line, f"extrait absent : {reason(error)}", "corriger son chemin, ou le créer")
    if isinstance(error, SystemExit):  # how mkdocs-macros ends the build when a macro fails
        return _failed(path, lines_before(page), error, opened.config)
    name = opened.config.plugins._current_plugin  # noqa: SLF001 — where MkDocs says who was at work
    who = f"greffon « {name} »" if name else "MkDocs"
    cause = f"{who} en échec sur cette page : {type(error).__name__} : {reason(error)}"
    return Problem(path, 1, cause, "corriger la page ou le greffon")


def lines_before(page: MkDocsPage) -> int:
    """How many lines of front matter stand before the page's text."""
    return max(page.file.content_string.count("\n") - (page.markdown or "").count("\n"), 0)


def _line_of_snippet(file: Path, told: str) -> int:
    """The line that names the missing file; the first if none does."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            named = line.strip().strip("-8<;\"' ")
            if named and named in told:
                return number
    return 1


@contextlib.contextmanager
def watched(config: MkDocsConfig) -> Iterator[Named]:
    """While a page is read: a macro that fails ends it, and each undefined name is noted with its line in the text."""
    undefined: Named = []
    plugin = _plugin(config)
    if plugin is None:
        yield undefined
        return
    environment, before = plugin.env, plugin.env.undefined
    plugin.config["on_error_fail"] = True
    if not issubclass(before, StrictUndefined):  # which raises
        environment.undefined = _noting(before, undefined)
    try:
        yield undefined
    finally:
        environment.undefined = before


def _failed(path: str, head: int, ended: SystemExit, config: MkDocsConfig) -> Problem:
    """The mistake that mkdocs-macros ended the build for, at the page's line, from the trace of the template."""
    failure = ended.__context__
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(failure.__traceback__ if failure else None)
        if frame.filename == "<template>"
    ]
    line = getattr(failure, "lineno", None) or (lines[-1] if lines else 1) or 1
    quoted = isinstance(failure, TemplateSyntaxError | UndefinedError)
    remedy = _remedy(config) if quoted else "corriger l'appel ; les macros du site sont dans son module mkdocs-macros"
    return Problem(path, head + line, f"macro en échec : {failure}", remedy)


def not_defined(path: str, head: int, undefined: Named, config: MkDocsConfig) -> tuple[Problem, ...]:
    """The undefined names of a page as mistakes."""
    return tuple(
        Problem(path, head + line, f"macro « {name} » non définie", _remedy(config))
        for name, line in dict.fromkeys(undefined)
    )


def _plugin(config: MkDocsConfig) -> Any:
    return next(
        (plugin for plugin in config.plugins.values() if type(plugin).__module__.startswith("mkdocs_macros.")), None
    )


def _noting(base: type[Undefined], undefined: Named) -> type[Undefined]:
    class Noting(base):  # type: ignore[misc,valid-type] # whichever the site has chosen
        def __str__(self) -> str:
            frame = sys._getframe(1)  # noqa: SLF001 — of the template that shows the name
            template = frame.f_globals.get("__jinja_template__")
            undefined.append(
                (self._undefined_name or "?", template.get_corresponding_lineno(frame.f_lineno) if template else 1)
            )
            return str(super().__str__())

    return Noting


def _remedy(config: MkDocsConfig) -> str:
    """Delimiters that a page only quotes are to be told from those of a macro."""
    environment = _plugin(config).env
    begin, end = environment.block_start_string, environment.block_end_string
    return f"corriger le nom ou l'appel ; pour citer ces signes tels quels : {begin} raw {end}…{begin} endraw {end}"
