"""What did the last whole campaigns come to? One small file each, the oldest dropped."""

from pathlib import Path

import msgspec

from runbook.reporting.coverage import coverage
from runbook.reporting.record import Record
from runbook.reporting.whole_file import write_whole

VERSION = 1
FOLDER = "history"
KEPT = 20


class Totals(msgspec.Struct, frozen=True):
    """The commands of one target by what came of them; `stood_in` are among the others."""

    steps: int
    verified: int
    executed: int
    failed: int
    not_run: int
    stood_in: int
    seconds: float


class PastRun(msgspec.Struct, frozen=True):
    """One campaign in a few figures."""

    version: int
    date: str
    seconds: float
    commit: str
    dirty: bool
    exit_status: int
    targets: dict[str, Totals]


def keep(done: Record, state: Path) -> Path:
    """Add a campaign to the history in `state`, and forget those before the last `KEPT`."""
    folder = state / FOLDER
    path = folder / f"{done.date.replace(':', '')}.json"
    write_whole(path, msgspec.json.format(msgspec.json.encode(_summary(done)), indent=1))
    for old in sorted(folder.glob("*.json"))[:-KEPT]:
        old.unlink(missing_ok=True)  # another run may have forgotten it meanwhile
    return path


def _summary(done: Record) -> PastRun:
    return PastRun(
        version=VERSION,
        date=done.date,
        seconds=done.seconds,
        commit=done.commit,
        dirty=done.dirty,
        exit_status=done.exit_status,
        targets={target: _totals(done, target) for target in dict.fromkeys(step.target for step in done.steps)},
    )


def _totals(done: Record, target: str) -> Totals:
    steps = [step for step in done.steps if step.target == target]
    count = coverage(steps)
    return Totals(
        steps=count.documented,
        verified=count.verified,
        executed=count.executed,
        failed=count.failed,
        not_run=count.excluded + count.undecided,
        stood_in=sum(step.stood_in for step in steps),
        seconds=round(sum(step.seconds for step in steps), 3),
    )
