"""What of earlier campaigns still counts once another one is done?"""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from runbook.reporting import record
from runbook.reporting.coverage import drop
from runbook.reporting.one_writer import alone
from runbook.reporting.record import VERSION, Campaign, Record
from runbook.whole_file import write_whole


def keep(done: Campaign, folder: Path, minimum: float) -> Path:
    """Put `done` into the record of `folder`, while no other run does."""
    path = folder / record.FILE
    with alone(folder):
        write_whole(path, record.encode(merge(_previous(path), done, minimum)))
    return path


def merge(previous: Record | None, done: Campaign, minimum: float) -> Record:
    """The record after `done`: a whole campaign replaces all, another one the pages that it ran.

    What ran on a target is not replaced by what is only said of it where it is missing.
    """
    if done.whole or previous is None:
        return Record(VERSION, [done])
    stays = _proven(previous) & {step.unit for step in done.steps if step.target in done.missing}
    new = _without(done, lambda unit: unit in stays)
    if not new.steps:
        return previous
    pages = {step.page for step in done.steps}
    older = [_without(campaign, lambda unit: unit[0] in pages and unit not in stays) for campaign in previous.campaigns]
    together = Record(VERSION, [new, *(campaign for campaign in older if campaign.steps)])
    return replace(
        together, campaigns=[_with_present_drop(campaign, together, minimum) for campaign in together.campaigns]
    )


def _previous(path: Path) -> Record | None:
    """What the record holds; one that this version cannot read is put aside, for whoever can."""
    previous = record.load_previous(path)
    if previous is None and path.exists():
        path.replace(path.with_suffix(".illisible.json"))
    return previous


def _proven(before: Record) -> set[tuple[str, str]]:
    return {
        step.unit for campaign in before.campaigns for step in campaign.steps if step.target not in campaign.missing
    }


def _without(campaign: Campaign, gone: Callable[[tuple[str, str]], bool]) -> Campaign:
    """What is left of a campaign, and of its faults: those of targets that it still speaks of."""
    steps = [step for step in campaign.steps if not gone(step.unit)]
    if len(steps) == len(campaign.steps):
        return campaign
    targets = {step.target for step in steps}
    left = replace(
        campaign, steps=steps, faults=[fault for fault in campaign.faults if fault.partition(" : ")[0] in targets]
    )
    return replace(left, exit_status=record.failed(left.steps, left.problems))


def _with_present_drop(campaign: Campaign, together: Record, minimum: float) -> Campaign:
    """A drop of the coverage is one of the whole record: what is proven since may have mended it."""
    if not campaign.drop:
        return campaign
    mended = replace(campaign, drop=drop(together.campaigns, minimum, None) or "")
    return replace(mended, exit_status=record.failed(mended.steps, mended.problems))
