"""What of earlier campaigns still counts once another one is done?"""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from runbook.reporting import record
from runbook.reporting.coverage import drop
from runbook.reporting.record import VERSION, Campaign, Record
from runbook.whole_file import alone, write_whole

Unit = tuple[str, str]  # page and target


def keep(done: Campaign, folder: Path, minimum: float) -> None:
    """Put `done` into the record of `folder`, alone; one that this version cannot read is put aside."""
    path = folder / record.FILE
    with alone(folder):
        previous = record.load_previous(path)
        if previous is None and path.exists():
            path.replace(path.with_suffix(".illisible.json"))
        write_whole(path, record.encode(merge(previous, done, minimum)))


def merge(previous: Record | None, done: Campaign, minimum: float) -> Record:
    """The record after `done`: a whole campaign replaces all, another one the pages that it ran.

    What ran on a target is not replaced by what is only said of it where it is missing.
    """
    if done.whole or previous is None:
        return Record(VERSION, [done])
    proven = {step.unit for one in previous.campaigns for step in one.steps if step.target not in one.missing}
    stays = proven & {step.unit for step in done.steps if step.target in done.missing}
    new = _without(done, lambda unit: unit in stays)
    if not new.steps:
        return previous
    pages = {step.page for step in done.steps}
    older = [_without(one, lambda unit: unit[0] in pages and unit not in stays) for one in previous.campaigns]
    together = [new, *(campaign for campaign in older if campaign.steps)]
    # A drop of the coverage is one of the whole record: what is proven since may have mended it.
    again = [_judged(replace(one, drop=drop(together, minimum, None) or "")) if one.drop else one for one in together]
    return Record(VERSION, again)


def _without(campaign: Campaign, gone: Callable[[Unit], bool]) -> Campaign:
    """What is left of a campaign, and of its faults: those of targets that it still speaks of."""
    steps = [step for step in campaign.steps if not gone(step.unit)]
    if len(steps) == len(campaign.steps):
        return campaign
    targets = {step.target for step in steps}
    faults = [fault for fault in campaign.faults if fault.partition(" : ")[0] in targets]
    return _judged(replace(campaign, steps=steps, faults=faults))


def _judged(campaign: Campaign) -> Campaign:
    return replace(campaign, exit_status=int(any(campaign.problems) or any(one.outcome.bad for one in campaign.steps)))
