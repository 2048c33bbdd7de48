"""Read each page as the site publishes it: through MkDocs, after its plugins and macros."""

from dataclasses import replace
from pathlib import Path

import markdown as python_markdown
import msgspec
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page as MkDocsPage

from runbook.reading.content import Page, Site
from runbook.reading.opening import Opened, as_mkdocs_does, open_site
from runbook.reading.origins import origins
from runbook.reading.refusals import lines_before, not_defined, refusal, watched


def read_site(root: Path, config_file: str) -> Site:
    """Every page of the site, those that cannot be read refused; SettingsError if the site itself cannot be opened."""
    return read_pages(open_site(root, config_file))


def read_pages(opened: Opened) -> Site:
    """The MkDocs build up to each page's Markdown."""
    with as_mkdocs_does(opened.root, opened.config_file):
        pages = tuple(_read(page, opened) for page in opened.pages)
    return Site(pages, list(opened.config.markdown_extensions), dict(opened.config.mdx_configs), opened.unknown)


def read_again(opened: Opened, site: Site, path: str) -> Site:
    """The site with the page of this path as its file now is, and nothing else read anew."""
    with as_mkdocs_does(opened.root, opened.config_file):
        pages = [
            _read(source, opened) if page.path == path else page
            for page, source in zip(site.pages, opened.pages, strict=True)
        ]
    return replace(site, pages=tuple(pages))


def _read(page: MkDocsPage, opened: Opened) -> Page:
    file, root = Path(page.file.abs_src_path or page.file.src_uri), opened.root.resolve()
    path = (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()
    opened.config.plugins._current_plugin = None  # noqa: SLF001 — the last page's, if it failed
    try:
        return _read_whole(page, path, opened)
    except (Exception, SystemExit) as error:  # whatever a plugin or an extension makes of one page
        uri = page.file.src_uri
        return Page(path, uri, page.url, uri, {}, "", (), refused=refusal(error, page, path, opened))


def _read_whole(page: MkDocsPage, path: str, opened: Opened) -> Page:
    config = opened.config
    page.read_source(config)
    body = page.markdown or ""
    head = lines_before(page)
    with watched(config) as undefined:
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
        undefined=not_defined(path, head, undefined, config),
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
