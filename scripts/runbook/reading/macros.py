"""What mkdocs-macros makes of a page, told instead of published: a macro that fails, a name that nobody defines."""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError
from mkdocs.config.defaults import MkDocsConfig

from runbook.errors import Problem

Named = list[tuple[str, int]]


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


def failed(path: str, head: int, ended: SystemExit, config: MkDocsConfig) -> Problem:
    """The mistake that mkdocs-macros ended the build for; its line is that of the page,
    from the trace of the template."""
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
