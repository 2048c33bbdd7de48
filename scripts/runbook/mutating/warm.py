"""A repository read once, and what the check says first after one of its files changed."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from runbook.errors import RunbookError
from runbook.reading.blocks import blocks_of, find_blocks
from runbook.reading.content import Page, PageBlocks, Site
from runbook.reading.pages import read_again, read_site
from runbook.repository.model import Repository, read_repository
from runbook.rules.check import check, of_pages, of_repository, of_scripts
from runbook.rules.finding import Finding
from runbook.rules.ignores import USELESS, kept
from runbook.rules.rule import load_rules, rules_about
from runbook.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Warm:
    """What reading the repository at `root` gave, before any change."""

    root: Path
    settings: Settings
    site: Site
    pages: tuple[PageBlocks, ...]
    repository: Repository

    def page(self, path: str) -> PageBlocks | None:
        """The page of this path; None if the file is no page."""
        return next((page for page in self.pages if page.page.path == path), None)


def warm_up(root: Path, original: Path) -> Warm:
    """Read the repository at `root`, a copy of `original`; RunbookError if the check has anything to say of it."""
    _forget_modules(original)
    settings = load(root)
    site = read_site(root, settings.site)
    pages = tuple(blocks_of(site, settings))
    warm = Warm(root, settings, site, pages, read_repository(root, settings))
    for finding in check(pages, warm.repository).findings:
        raise RunbookError(f"le dépôt est déjà en défaut : {finding} ; d'abord « runbook check » sans constat")
    return warm


def first_finding(warm: Warm, path: str) -> str:
    """What the check says first now that the file `path`, and it alone, is another; empty if it says nothing.

    What is asked in vain of a part of the repository may not be of the whole: an ignore too many is not looked for.
    """
    try:
        for found, pages, repository in _stages(warm, path):
            if left := [one for one in kept(found, pages, repository) if one.rule != USELESS]:
                return str(min(left))
    except RunbookError as error:
        return str(error).splitlines()[0]
    return ""


def changed_page(warm: Warm, path: str) -> PageBlocks:
    """That page as its file now is."""
    site = read_again(warm.site, path)
    return next(_blocks(page, site, warm.settings) for page in site.pages if page.path == path)


def _stages(warm: Warm, path: str) -> Iterator[tuple[Iterable[Finding], Sequence[PageBlocks], Repository]]:
    """What is found, the pages that it is of, and the repository: the quickest to find first.

    Any page may show what a manifest, a service or a script says: all are read again, but only if need be.
    """
    repository = warm.repository
    if warm.page(path):
        changed = [changed_page(warm, path)]
        pages = [changed[0] if page.page.path == path else page for page in warm.pages]
    else:
        _forget_modules(warm.root)
        repository = read_repository(warm.root, warm.settings, repository.files)
        own = of_scripts(repository, Counter())
        yield [*of_repository(repository), *own], (), repository
        yield (one for tool in rules_about("tool") for one in tool.findings(repository, ())), (), repository
        site = read_site(warm.root, warm.settings.site)
        before = {page.page.path: page for page in warm.pages}
        same = {page.path for page in site.pages if page.path in before and before[page.path].page == page}
        pages = [before[one.path] if one.path in same else _blocks(one, site, warm.settings) for one in site.pages]
        changed = pages
    yield of_pages(changed, pages, repository, Counter()), pages, repository
    yield load_rules()["shellcheck"].findings(repository, changed), pages, repository


def _blocks(page: Page, site: Site, settings: Settings) -> PageBlocks:
    return find_blocks(page, site, settings.targets, settings.default_target)


def _forget_modules(root: Path) -> None:
    """Modules of this repository are imported anew where they are needed next, this engine's own apart."""
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None) or "")
        own = name.partition(".")[0] == __name__.partition(".")[0]
        if path.startswith(f"{root}/") and "site-packages" not in path and not own:
            del sys.modules[name]
    metrics = sys.modules.get("prometheus_client")  # its registry outlives the modules that wrote in it
    for collector in list(getattr(getattr(metrics, "REGISTRY", None), "_collector_to_names", ())):
        metrics.REGISTRY.unregister(collector)  # type: ignore[union-attr]
