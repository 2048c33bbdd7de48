"""What did the last whole campaigns come to? One small file each, the oldest dropped."""

from pathlib import Path

import msgspec

from runbook.reading.withheld import withheld
from runbook.reporting.coverage import Totals, totals
from runbook.reporting.record import Campaign, decoded, encode
from runbook.whole_file import alone, write_whole

VERSION = 1
FOLDER = "history"
KEPT = 20


class PastRun(msgspec.Struct, frozen=True):
    """One campaign in a few figures, target by target."""

    version: int
    date: str
    seconds: float
    commit: str
    dirty: bool
    exit_status: int
    targets: dict[str, Totals]


def keep(done: Campaign, state: Path) -> None:
    """Add a campaign to the history in `state`, and forget those before the last `KEPT`."""
    folder, stem = state / FOLDER, done.date.replace(":", "")
    by_target = {
        target: totals(step for step in done.steps if step.target == target)
        for target in dict.fromkeys(step.target for step in done.steps)
    }
    run = PastRun(VERSION, done.date, done.seconds, done.commit, done.dirty, done.exit_status, by_target)
    with alone(folder):
        same_second = len(list(folder.glob(f"{stem}*.json")))
        path = folder / f"{stem}{f'_{same_second}' if same_second else ''}.json"
        write_whole(path, encode(run))
        for old in sorted(folder.glob("*.json"))[:-KEPT]:
            old.unlink()


def read(state: Path) -> list[PastRun]:
    """Those in `state`, the newest first; files of another version of the engine are passed over.

    SettingsError for a file that is no history.
    """
    paths = [] if withheld.get() else sorted((state / FOLDER).glob("*.json"), reverse=True)
    return [run for path in paths if (run := decoded(path, PastRun, VERSION))]
