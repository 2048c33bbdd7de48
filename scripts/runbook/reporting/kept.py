"""What is kept of campaigns: the record of what still counts of each, and a few figures of the last whole ones."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from runbook.outcome import Result
from runbook.reading.content import withheld
from runbook.reporting.coverage import Totals, drop, totals
from runbook.reporting.record import FILE, VERSION, Campaign, Record, decoded, encode, load_previous
from runbook.whole_file import alone, write_whole

HISTORY = "history"  # a folder, with one file for each
HISTORY_VERSION = 1
KEPT = 20


class PastRun(msgspec.Struct, frozen=True):
    """One whole campaign in a few figures, target by target."""

    version: int
    date: str
    seconds: float
    commit: str
    dirty: bool
    exit_status: int
    targets: dict[str, Totals]


def keep(done: Campaign, folder: Path, minimum: float) -> None:
    """Put `done` into the record of `folder`, alone; one that this version cannot read is put aside."""
    path = folder / FILE
    with alone(folder):
        previous = load_previous(path)
        if previous is None and path.exists():
            path.replace(path.with_suffix(".illisible.json"))
        write_whole(path, encode(merge(previous, done, minimum)))
        if done.whole:
            remember(done, folder)


def merge(previous: Record | None, done: Campaign, minimum: float) -> Record:
    """The record after `done`: a whole campaign replaces all, another one the pages that it ran.

    What ran on a target is not replaced by what is only said of it where it is missing.
    """
    if done.whole or previous is None:
        return Record(VERSION, [done])
    proven = {step.unit for one in previous.campaigns for step in one.steps if step.target not in one.missing}
    stays = proven & {step.unit for step in done.steps if step.target in done.missing}
    new = without(done, lambda step: step.unit in stays)
    if not new.steps:
        return previous
    pages = {step.page for step in done.steps}
    older = [without(one, lambda step: step.page in pages and step.unit not in stays) for one in previous.campaigns]
    together = [new, *(campaign for campaign in older if campaign.steps)]
    # A drop of the coverage is one of the whole record: what is proven since may have mended it.
    again = [_judged(replace(one, drop=drop(together, minimum, None) or "")) if one.drop else one for one in together]
    return Record(VERSION, again)


def without(campaign: Campaign, gone: Callable[[Result], bool]) -> Campaign:
    """What is left of a campaign, and of its faults: those of targets that it still speaks of."""
    steps = [step for step in campaign.steps if not gone(step)]
    if len(steps) == len(campaign.steps):
        return campaign
    targets = {step.target for step in steps}
    faults = [fault for fault in campaign.faults if fault.partition(" : ")[0] in targets]
    return _judged(replace(campaign, steps=steps, faults=faults))


def _judged(campaign: Campaign) -> Campaign:
    return replace(campaign, exit_status=int(any(campaign.problems) or any(one.outcome.bad for one in campaign.steps)))


def remember(done: Campaign, folder: Path) -> None:
    """Add a campaign to the history in `folder`, and forget those before the last `KEPT`."""
    history, stem = folder / HISTORY, done.date.replace(":", "")
    by_target = {
        target: totals(step for step in done.steps if step.target == target)
        for target in dict.fromkeys(step.target for step in done.steps)
    }
    run = PastRun(HISTORY_VERSION, done.date, done.seconds, done.commit, done.dirty, done.exit_status, by_target)
    same_second = len(list(history.glob(f"{stem}*.json")))
    write_whole(history / f"{stem}{f'_{same_second}' if same_second else ''}.json", encode(run))
    for old in sorted(history.glob("*.json"))[:-KEPT]:
        old.unlink()


def past_runs(folder: Path) -> list[PastRun]:
    """The whole campaigns in the history of `folder`, the newest first; those of another version are passed over.

    SettingsError for a file that is no history.
    """
    paths = [] if withheld.get() else sorted((folder / HISTORY).glob("*.json"), reverse=True)
    return [run for path in paths if (run := decoded(path, PastRun, HISTORY_VERSION))]
