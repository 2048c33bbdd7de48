"""A repository read once, and what the check says first after one of its files changed."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from runbook.checking.automation.workflows import check_workflows
from runbook.checking.blocks import shellcheck
from runbook.checking.check import check, check_commands, check_page, resolve
from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model, read_model
from runbook.checking.repository import check_sources, check_texts
from runbook.errors import RunbookError
from runbook.reading.blocks import blocks_of, find_blocks
from runbook.reading.content import PageBlocks, Site
from runbook.reading.opening import Opened, open_site
from runbook.reading.pages import read_again, read_pages, read_site
from runbook.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Warm:
    """What reading the repository at `root` gave, before any change."""

    root: Path
    settings: Settings
    opened: Opened
    site: Site
    pages: tuple[PageBlocks, ...]
    model: Model

    def page(self, path: str) -> PageBlocks | None:
        """The page of this path; None if the file is no page."""
        return next((page for page in self.pages if page.page.path == path), None)


def warm_up(root: Path, original: Path) -> Warm:
    """Read the repository at `root`, a copy of `original`; RunbookError if the check has anything to say of it."""
    _forget_modules(original)
    settings = load(root)
    opened = open_site(root, settings.site)
    site = read_pages(opened)
    pages = tuple(blocks_of(site, settings))
    warm = Warm(root, settings, opened, site, pages, read_model(root, settings))
    for finding in check(pages, warm.model):
        raise RunbookError(f"le dépôt est déjà en défaut : {finding} ; d'abord « runbook check » sans constat")
    return warm


def first_finding(warm: Warm, path: str) -> str:
    """What the check says first now that the file `path`, and it alone, is another; empty if it says nothing."""
    try:
        found = _of_a_page(warm, path) if warm.page(path) else _of_a_source(warm)
        return str(next(found, ""))
    except RunbookError as error:
        return str(error).splitlines()[0]


def changed_page(warm: Warm, path: str) -> PageBlocks:
    """That page as its file now is."""
    site, settings = read_again(warm.opened, warm.site, path), warm.settings
    return next(
        find_blocks(page, site, settings.targets, settings.default_target) for page in site.pages if page.path == path
    )


def _of_a_page(warm: Warm, path: str) -> Iterator[Finding]:
    return check_page(changed_page(warm, path), warm.pages, warm.model)


def _of_a_source(warm: Warm) -> Iterator[Finding]:
    """Any page may show what a manifest, a service or a script says: all are read again, but only if need be."""
    _forget_modules(warm.root)
    model = read_model(warm.root, warm.settings, warm.model.files)
    yield from chain(check_sources(model), check_workflows(model, resolve))
    site, settings = read_site(warm.root, warm.settings.site), warm.settings
    before = {page.page.path: page for page in warm.pages}
    pages = [
        before[page.path]
        if before[page.path].page == page
        else find_blocks(page, site, settings.targets, settings.default_target)
        for page in site.pages
    ]
    seen = {block.code for page in warm.pages for block in page.blocks}
    yield from chain(check_commands(pages, model), check_texts(pages, pages, model))
    with shellcheck.started([block for page in pages for block in page.blocks if block.code not in seen]) as running:
        yield from running.findings()


def _forget_modules(root: Path) -> None:
    """Modules of this repository are imported anew where they are needed next, this engine's own apart."""
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None) or "")
        if (
            path.startswith(f"{root}/")
            and "site-packages" not in path
            and name.partition(".")[0] != __name__.partition(".")[0]
        ):
            del sys.modules[name]
