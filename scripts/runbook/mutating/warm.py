"""A repository read once, and what the check says first after one of its files changed."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from runbook.errors import RunbookError
from runbook.reading.blocks import blocks_of, find_blocks
from runbook.reading.content import PageBlocks, Site
from runbook.reading.opening import Opened, open_site
from runbook.reading.pages import read_again, read_pages, read_site
from runbook.repository.model import Repository, read_repository
from runbook.rules.check import Grammars, check, of_pages, of_repository, of_scripts
from runbook.rules.finding import Finding
from runbook.rules.ignores import kept
from runbook.rules.rule import load_rules
from runbook.settings import FILE, Settings, load


@dataclass(frozen=True, slots=True)
class Warm:
    """What reading the repository at `root` gave, before any change; `grammars` are those of our own programs."""

    root: Path
    settings: Settings
    opened: Opened
    site: Site
    pages: tuple[PageBlocks, ...]
    repository: Repository
    grammars: Grammars

    def page(self, path: str) -> PageBlocks | None:
        """The page of this path; None if the file is no page."""
        return next((page for page in self.pages if page.page.path == path), None)


def warm_up(root: Path, original: Path, grammars: Grammars) -> Warm:
    """Read the repository at `root`, a copy of `original`; RunbookError if the check has anything to say of it."""
    _forget_modules(original)
    settings = load(root)
    opened = open_site(root, settings.site)
    site = read_pages(opened)
    pages = tuple(blocks_of(site, settings))
    warm = Warm(root, settings, opened, site, pages, read_repository(root, settings), grammars)
    for finding in check(pages, warm.repository, grammars).findings:
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
    changed = changed_page(warm, path)
    pages = [changed if page.page.path == path else page for page in warm.pages]
    yield from _of_pages(warm, [changed], pages, warm.repository)


def _of_a_source(warm: Warm) -> Iterator[Finding]:
    """Any page may show what a manifest, a service or a script says: all are read again, but only if need be."""
    _forget_modules(warm.root)
    repository = read_repository(warm.root, warm.settings, warm.repository.files)
    rules = list(load_rules().values())
    found = [*of_repository(repository), *of_scripts(repository, warm.grammars, rules, Counter())]
    tools = (one for rule in rules if rule.about == "tool" for one in rule.findings(repository, ()))
    for more in (found, tools):
        yield from _asked(more, (), repository)
    site, settings = read_site(warm.root, warm.settings.site), warm.settings
    before = {page.page.path: page for page in warm.pages}
    pages = [
        before[page.path]
        if before[page.path].page == page
        else find_blocks(page, site, settings.targets, settings.default_target)
        for page in site.pages
    ]
    yield from _of_pages(warm, pages, pages, repository)


def _of_pages(
    warm: Warm, changed: Sequence[PageBlocks], pages: Sequence[PageBlocks], repository: Repository
) -> Iterator[Finding]:
    rules = list(load_rules().values())
    found = list(of_pages(changed, pages, repository, warm.grammars, rules, Counter()))
    yield from _asked(found, changed, repository)
    yield from _asked(load_rules()["shellcheck"].findings(repository, changed), changed, repository)


def _asked(found: Iterable[Finding], pages: Sequence[PageBlocks], repository: Repository) -> Iterator[Finding]:
    """Those that no ignore covers; what is asked in vain of a part of the repository may not be of the whole."""
    left = kept(found, pages, repository, list(load_rules().values()))
    yield from sorted(one for one in left if one.path != FILE)


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
