"""A repository read once, and what the check says first after one of its files changed."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runbook.errors import RunbookError
from runbook.reading.blocks import blocks_of, find_blocks
from runbook.reading.content import PageBlocks, Site
from runbook.reading.pages import read_again, read_site
from runbook.repository.model import Repository, read_repository
from runbook.rules.check import Reader, check, of_repository
from runbook.rules.finding import Finding
from runbook.rules.ignores import USELESS, kept
from runbook.rules.rule import load_rules
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

    The quickest to find comes first.  What is asked in vain of a part of the repository may not be of the whole: an
    ignore too many is not looked for.
    """

    def first(found: Iterable[Finding], pages: Sequence[PageBlocks], repository: Repository) -> str:
        return str(min((one for one in kept(found, pages, repository) if one.rule != USELESS), default=""))

    try:
        if warm.page(path):
            changed, repository = changed_page(warm, path), warm.repository
            pages = [changed if page.page.path == path else page for page in warm.pages]
            found = Reader(repository).of_pages([changed], pages)
            tool = load_rules()["shellcheck"]
            return first(found, pages, repository) or first(tool.findings(repository, [changed]), pages, repository)
        _forget_modules(warm.root)
        repository = read_repository(warm.root, warm.settings, warm.repository.files)
        own = Reader(repository).of_scripts()
        if said := first([*of_repository(repository), *own], (), repository):
            return said
        pages = list(blocks_of(read_site(warm.root, warm.settings.site), warm.settings))  # which may show what it says
        return first(check(pages, repository).findings, pages, repository)
    except RunbookError as error:
        return str(error).splitlines()[0]


def changed_page(warm: Warm, path: str) -> PageBlocks:
    """That page as its file now is."""
    site = read_again(warm.site, path)
    (page,) = (page for page in site.pages if page.path == path)
    return find_blocks(page, site, warm.settings.targets, warm.settings.default_target)


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
