"""Read each page as the site publishes it: through MkDocs, after its plugins and macros.

What cannot be read is a mistake at its line with its remedy: what MkDocs, a plugin or an extension raised; a macro of
mkdocs-macros that fails, a name that nobody defines.
"""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import markdown as python_markdown
import msgspec
from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage
from pymdownx.snippets import SnippetMissingError

from runbook.errors import Problem
from runbook.reading.content import Page, Site
from runbook.reading.opening import Opened, as_mkdocs_does, open_site, reason
from runbook.reading.origins import origins

Named = list[tuple[str, int]]


def read_site(root: Path, config_file: str) -> Site:
    """Every page of the site, those that cannot be read refused; SettingsError if the site itself cannot be opened."""
    opened = open_site(root, config_file)
    with as_mkdocs_does(root, config_file):
        pages = tuple(_read(page, opened) for page in opened.pages)
    return Site(pages, list(opened.config.markdown_extensions), dict(opened.config.mdx_configs), opened.unknown)


def _read(page: MkDocsPage, opened: Opened) -> Page:
    file, root = Path(page.file.abs_src_path or page.file.src_uri), opened.root.resolve()
    path = (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()
    opened.config.plugins._current_plugin = None  # noqa: SLF001 — the last page's, if it failed
    try:
        return _read_whole(page, path, opened)
    except (Exception, SystemExit) as error:  # whatever a plugin or an extension makes of one page
        uri = page.file.src_uri
        return Page(path, uri, page.url, uri, {}, "", (), refused=_refusal(error, page, path, opened))


def _read_whole(page: MkDocsPage, path: str, opened: Opened) -> Page:
    config = opened.config
    page.read_source(config)
    body = page.markdown or ""
    head = _lines_before(page)
    with _watched(config) as undefined:
        markdown = config.plugins.on_page_markdown(body, page=page, config=config, files=opened.files)
    markdown = _with_snippets(markdown, config)
    return Page(
        path=path,
        uri=page.file.src_uri,
        url=page.url,
        title=str(page.title or page.file.src_uri),
        meta=msgspec.to_builtins(page.meta, str_keys=True),
        markdown=markdown,
        line_of=tuple(head + line + 1 for line in origins(body.split("\n"), markdown.split("\n"))),
        undefined=tuple(
            Problem(path, head + line, f"macro « {name} » non définie", _remedy(config))
            for name, line in dict.fromkeys(undefined)
        ),
    )


def _with_snippets(markdown: str, config: MkDocsConfig) -> str:
    """Included files are resolved here, so that every later line number speaks of one text; nothing is downloaded."""
    if "pymdownx.snippets" not in config.markdown_extensions or "8<" not in markdown:
        return markdown
    options = {**(config.mdx_configs.get("pymdownx.snippets") or {}), "url_download": False}
    converter = python_markdown.Markdown(
        extensions=["pymdownx.snippets"], extension_configs={"pymdownx.snippets": options}
    )
    return "\n".join(converter.preprocessors["snippet"].run(markdown.split("\n")))


def _refusal(error: BaseException, page: MkDocsPage, path: str, opened: Opened) -> Problem:
    """The mistake that `error` tells of; `path` is the page's, from the root."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        return Problem(path, line, "la page n'est pas en UTF-8", "l'enregistrer en UTF-8")
    if isinstance(error, OSError):
        return Problem(path, 1, f"page illisible : {error.strerror or error}", "la rendre lisible, ou la retirer")
    if isinstance(error, SnippetMissingError):
        line = _line_of_snippet(page.file.content_string, str(error))
        return Problem(path, line, f"extrait absent : {reason(error)}", "corriger son chemin, ou le créer")
    if isinstance(error, SystemExit) and error.__context__:  # how mkdocs-macros ends the build when a macro fails
        return _failed(path, _lines_before(page), error, opened.config)
    name = opened.config.plugins._current_plugin  # noqa: SLF001 — where MkDocs says who was at work
    who = f"greffon « {name} »" if name else "MkDocs"
    cause = f"{who} en échec sur cette page : {type(error).__name__} : {reason(error)}"
    return Problem(path, 1, cause, "corriger la page ou le greffon")


def _lines_before(page: MkDocsPage) -> int:
    """How many lines of front matter stand before the page's text."""
    return max(page.file.content_string.count("\n") - (page.markdown or "").count("\n"), 0)


def _line_of_snippet(source: str, told: str) -> int:
    """The line that names the missing file; the first if none does."""
    names = (line.strip().strip("-8<;\"' ") for line in source.split("\n"))
    return next((number for number, name in enumerate(names, 1) if name and name in told), 1)


@contextlib.contextmanager
def _watched(config: MkDocsConfig) -> Iterator[Named]:
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
    frames = traceback.extract_tb(failure.__traceback__ if failure else None)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    line = getattr(failure, "lineno", None) or (lines[-1] if lines else 1) or 1
    quoted = isinstance(failure, TemplateSyntaxError | UndefinedError)
    remedy = _remedy(config) if quoted else "corriger l'appel ; les macros du site sont dans son module mkdocs-macros"
    return Problem(path, head + line, f"macro en échec : {failure}", remedy)


def _plugin(config: MkDocsConfig) -> Any:
    return next((one for one in config.plugins.values() if type(one).__module__.startswith("mkdocs_macros.")), None)


def _noting(base: type[Undefined], undefined: Named) -> type[Undefined]:
    class Noting(base):  # type: ignore[misc,valid-type] # whichever the site has chosen
        def __str__(self) -> str:
            frame = sys._getframe(1)  # noqa: SLF001 — of the template that shows the name
            template = frame.f_globals.get("__jinja_template__")
            line = template.get_corresponding_lineno(frame.f_lineno) if template else 1
            undefined.append((self._undefined_name or "?", line))
            return str(super().__str__())

    return Noting


def _remedy(config: MkDocsConfig) -> str:
    """Delimiters that a page only quotes are to be told from those of a macro."""
    environment = _plugin(config).env
    begin, end = environment.block_start_string, environment.block_end_string
    return f"corriger le nom ou l'appel ; pour citer ces signes tels quels : {begin} raw {end}…{begin} endraw {end}"
