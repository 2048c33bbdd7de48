"""What the check says of a whole repository, remembered while it says nothing and nothing changes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from runbook.errors import RunbookError
from runbook.reading.content import PageBlocks
from runbook.reading.remembered import Remembered, keep, recall
from runbook.reading.state import state_of
from runbook.rules.finding import Finding
from runbook.settings import Settings

if TYPE_CHECKING:  # loaded only where something has changed
    from runbook.rules.call import Grammar


class Verdict(Remembered, frozen=True):
    """The findings, the paths of the pages, the number of their commands;
    `since` is when a verdict that still holds was given.

    `notes` tell what was not judged.
    """

    findings: list[Finding]
    pages: list[str]
    commands: int
    notes: list[str]
    since: str = ""


def verdict(
    root: Path, settings: Settings, state: str, read: Callable[[], list[PageBlocks]], anew: bool = False
) -> Verdict:
    """Check the pages that `read` gives, those of the repository in this `state`;
    if `anew`, even if nothing has changed.

    RunbookError for a site that cannot be read, unless a file that it quotes is the cause.
    """
    known = None if anew else recall(root, settings, state, Verdict)
    if known is not None:
        return known
    given = _check(root, settings, state, read)
    if not given.findings and state_of(root, settings) == state:  # else somebody wrote while it was read
        keep(root, settings, replace(given, since=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"))
    return given


def _check(root: Path, settings: Settings, state: str, read: Callable[[], list[PageBlocks]]) -> Verdict:
    from runbook.repository.model import read_repository
    from runbook.rules.check import check, of_repository

    found: list[PageBlocks] = []
    repository = read_repository(root, settings)
    notes: list[str]

    def awaited() -> Iterator[PageBlocks]:
        """The pages as soon as somebody wants them; they stay in `found`."""
        found.extend(read())
        yield from found

    try:
        checked = check(awaited(), repository, own_grammar())
        findings, notes = checked.findings, checked.notes
    except RunbookError as error:  # pages are often unreadable because they quote the very files that are wrong
        findings = sorted(set(of_repository(repository)))
        if not findings:
            raise
        cause = f"le site n'a pas pu être lu : {str(error).splitlines()[0]}"
        findings.append(Finding(settings.site, 1, cause, "corriger d'abord ce qui précède", "bloc"))
    return Verdict(state, findings, [page.page.path for page in found], sum(len(page.blocks) for page in found), notes)


def own_grammar() -> "dict[str, Grammar]":
    """What this very program takes, by the verbs that it was called with."""
    from runbook.rules.call import Grammar

    context = click.get_current_context(silent=True)
    group = context.find_root().command if context else None
    if not context or not isinstance(group, click.Group):
        return {}
    commands = {name: group.get_command(context, name) for name in group.list_commands(context)}
    verbs = {"": _options(group), **{name: _options(verb) for name, verb in commands.items() if verb}}
    return {"runbook": Grammar("runbook", verbs)}


def _options(command: click.Command) -> str:
    texts = ["-h,--help"]
    for option in command.params:
        if isinstance(option, click.Option):
            mark = "" if option.is_flag else "="
            texts.append(f"{','.join(sorted(option.opts, key=len))}{mark}")
            texts += option.secondary_opts
    return " ".join(texts)
