"""What the check says of a whole repository, remembered while it says nothing and nothing changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from runbook.checking.unchanged import Silence, keep, recall
from runbook.errors import RunbookError
from runbook.reading.content import PageBlocks
from runbook.reading.state import state_of
from runbook.settings import Settings

if TYPE_CHECKING:  # loaded only where something has changed
    from runbook.checking.finding import Finding
    from runbook.checking.offered.model import Model


@dataclass(frozen=True, slots=True)
class Verdict:
    """The findings, the paths of the pages, the number of their commands; `since` is when a verdict that still holds was given."""

    findings: "list[Finding]"
    pages: list[str]
    commands: int
    since: str = ""


def verdict(
    root: Path,
    settings: Settings,
    state: str,
    read: Callable[[], list[PageBlocks]],
    anew: bool = False,
) -> Verdict:
    """Check the pages that `read` gives, those of the repository in this `state`; if `anew`, even if nothing has changed.

    RunbookError for a site that cannot be read, unless a file that it quotes is the cause.
    """
    silence = None if anew else recall(root, settings, state)
    if silence is not None:
        return Verdict([], silence.pages, silence.commands, silence.date)
    given = _check(root, settings, read)
    if not given.findings and state_of(root, settings) == state:  # else somebody wrote while it was read
        keep(root, settings, Silence(state, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", given.pages, given.commands))
    return given


def _check(root: Path, settings: Settings, read: Callable[[], list[PageBlocks]]) -> Verdict:
    from runbook.checking.check import check
    from runbook.checking.offered.model import read_model

    found: list[PageBlocks] = []
    model = read_model(root, settings)
    try:
        findings = check(_awaited(read, found), model)
    except RunbookError as error:  # pages are often unreadable because they quote the very files that are wrong
        findings = _of_sources(model, error)
    return Verdict(findings, [page.page.path for page in found], sum(len(page.blocks) for page in found))


def _of_sources(model: "Model", error: RunbookError) -> "list[Finding]":
    """What is wrong in the files that a site quotes, then that the site cannot be read; without such a cause, the error itself."""
    from runbook.checking.automation.workflows import check_workflows
    from runbook.checking.check import resolve
    from runbook.checking.finding import Finding
    from runbook.checking.repository import check_sources

    findings = sorted({*check_sources(model), *check_workflows(model, resolve)})
    if not findings:
        raise error
    return [
        *findings,
        Finding(
            model.settings.site,
            1,
            f"le site n'a pas pu être lu : {str(error).splitlines()[0]}",
            "corriger d'abord ce qui précède",
            "site",
        ),
    ]


def _awaited(read: Callable[[], list[PageBlocks]], pages: list[PageBlocks]) -> Iterator[PageBlocks]:
    """The pages as soon as somebody wants them; they stay in `pages`."""
    pages.extend(read())
    yield from pages
