"""Read each page as the site publishes it: through MkDocs, after its plugins and macros."""

import contextlib
import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import markdown as python_markdown
import msgspec
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, BuildError, ConfigurationError
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page as MkDocsPage
from pymdownx.snippets import SnippetMissingError

from runbook.errors import PagesError, Problem, SettingsError
from runbook.reading.content import Page, Site
from runbook.reading.origins import origins
from runbook.reporting.withheld import withheld


@dataclass(frozen=True, slots=True)
class Opened:
    """MkDocs ready to read pages: its settings and files, and its pages in their order."""

    root: Path
    config_file: str
    config: MkDocsConfig
    files: Files
    pages: tuple[MkDocsPage, ...]


def read_site(root: Path, config_file: str) -> Site:
    """Run the MkDocs build up to each page's Markdown; SettingsError if MkDocs or a macro refuses."""
    with _as_mkdocs_does(root, config_file):
        opened = _open(root, config_file)
        pages = tuple(_read(page, opened) for page in opened.pages)
        return Site(pages, list(opened.config.markdown_extensions), dict(opened.config.mdx_configs), opened)


def read_again(site: Site, path: str) -> Site:
    """The site with the page of this path as its file now is, and nothing else read anew."""
    opened = site.opened
    if opened is None:
        raise ValueError(path)
    with _as_mkdocs_does(opened.root, opened.config_file):
        pages = [
            _read(source, opened) if page.path == path else page
            for page, source in zip(site.pages, opened.pages, strict=True)
        ]
        return replace(site, pages=tuple(pages))


@contextlib.contextmanager
def _as_mkdocs_does(root: Path, config_file: str) -> Iterator[None]:
    """Silent, without proofs, in the folder that extensions read their relative paths from; what MkDocs refuses is a SettingsError."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # what is wrong is raised, in one line and with its place
    try:
        with contextlib.chdir(root), withheld():
            yield
    except (Abort, BuildError, ConfigurationError, SnippetMissingError) as error:
        raise SettingsError(f"{config_file} : MkDocs refuse le site : {_reason(error)}") from error
    finally:
        logging.disable(disabled)


def _open(root: Path, config_file: str) -> Opened:
    config = _configuration(root / config_file)
    config.plugins.on_startup(command="build", dirty=False)
    config = config.plugins.on_config(config)
    files = get_files(config)
    files = config.plugins.on_files(files, config=config)
    navigation = get_navigation(files, config)
    navigation = config.plugins.on_nav(navigation, config=config, files=files)
    return Opened(root, config_file, config, files, tuple(_in_order(navigation.pages, files)))


def _configuration(path: Path) -> MkDocsConfig:
    """MkDocs's own reading of its settings, less the extensions that no page is read with here."""
    config = MkDocsConfig(config_file_path=str(path))
    try:
        with path.open("rb") as stream:
            config.load_file(stream)
    except OSError as error:
        raise ConfigurationError(error.strerror or str(error)) from error
    written = config.get("markdown_extensions")
    if isinstance(written, list):
        config.load_dict({"markdown_extensions": [entry for entry in written if not _is_slow_and_inline(entry)]})
    errors, _ = config.validate()
    if errors:
        raise ConfigurationError(" ; ".join(f"{key} : {fault}" for key, fault in errors))
    return config


def _is_slow_and_inline(extension: Any) -> bool:
    """Emoji change words inside a line, never a block, and their index takes long to make."""
    name = next(iter(extension)) if isinstance(extension, dict) and extension else extension
    return name in ("pymdownx.emoji", "materialx.emoji")


def _in_order(navigated: list[MkDocsPage], files: Files) -> Iterator[MkDocsPage]:
    yield from navigated
    listed = {page.file.src_uri for page in navigated}
    for file in files.documentation_pages():
        if file.src_uri not in listed and file.page is not None:
            yield file.page


def _read(page: MkDocsPage, opened: Opened) -> Page:
    root, files, config = opened.root, opened.files, opened.config
    path = Path(str(page.file.abs_src_path))
    try:
        page.read_source(config)
    except UnicodeDecodeError as error:
        raise PagesError((_encoding_problem(path, root),)) from error
    body = page.markdown or ""
    head = _lines_before(path.read_text(encoding="utf-8-sig", errors="strict"), body)
    try:
        markdown = config.plugins.on_page_markdown(body, page=page, config=config, files=files)
    except SystemExit as error:  # how mkdocs-macros ends the build when a macro fails
        raise PagesError((_macro_problem(_relative(path, root), head, error),)) from error
    markdown = _with_snippets(markdown, config)
    return Page(
        path=_relative(path, root),
        uri=page.file.src_uri,
        url=page.url,
        title=str(page.title or page.file.src_uri),
        meta=msgspec.to_builtins(page.meta, str_keys=True),
        markdown=markdown,
        line_of=tuple(head + line + 1 for line in origins(body.split("\n"), markdown.split("\n"))),
    )


def _encoding_problem(path: Path, root: Path) -> Problem:
    read = path.read_bytes()
    try:
        read.decode()
    except UnicodeDecodeError as error:
        read = read[: error.start]
    return Problem(_relative(path, root), read.count(b"\n") + 1, "la page n'est pas en UTF-8", "l'enregistrer en UTF-8")


def _macro_problem(path: str, head: int, ended: SystemExit) -> Problem:
    """The line of the page, from the trace of the template that failed."""
    failure = ended.__context__
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(failure.__traceback__ if failure else None)
        if frame.filename == "<template>"
    ]
    line = getattr(failure, "lineno", None) or (lines[-1] if lines else 1) or 1
    return Problem(
        path,
        head + line,
        f"macro en échec : {failure}",
        "corriger le nom ou l'appel ; les macros du site sont dans son module mkdocs-macros",
    )


def _with_snippets(markdown: str, config: MkDocsConfig) -> str:
    """Included files are resolved here, so that every later line number speaks of one text."""
    if "pymdownx.snippets" not in config.markdown_extensions or "8<" not in markdown:
        return markdown
    converter = python_markdown.Markdown(
        extensions=["pymdownx.snippets"],
        extension_configs={"pymdownx.snippets": config.mdx_configs.get("pymdownx.snippets", {})},
    )
    return "\n".join(converter.preprocessors["snippet"].run(markdown.split("\n")))


def _lines_before(source: str, body: str) -> int:
    """How many lines of front matter stand before the page's text."""
    stripped = body.strip("\n")
    index = source.rfind(stripped) if stripped else len(source)
    leading = len(body) - len(body.lstrip("\n"))
    return source.count("\n", 0, max(index, 0)) - leading


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _reason(error: BaseException) -> str:
    return str(error) or str(error.__cause__ or type(error).__name__)
