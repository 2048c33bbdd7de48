"""What did the last whole campaigns come to? One small file each, the oldest dropped."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from runbook.errors import SettingsError
from runbook.reading.withheld import are_withheld
from runbook.reporting.coverage import coverage
from runbook.reporting.one_writer import alone
from runbook.reporting.record import Campaign, StepRecord
from runbook.whole_file import write_whole

VERSION = 1
FOLDER = "history"
KEPT = 20


class Totals(msgspec.Struct, frozen=True):
    """Commands by what came of them; `stood_in` are among the others."""

    steps: int
    verified: int
    executed: int
    failed: int
    not_run: int
    stood_in: int
    seconds: float


class PastRun(msgspec.Struct, frozen=True):
    """One campaign in a few figures, target by target."""

    version: int
    date: str
    seconds: float
    commit: str
    dirty: bool
    exit_status: int
    targets: dict[str, Totals]


class _Versioned(msgspec.Struct):
    version: int


def keep(done: Campaign, state: Path) -> Path:
    """Add a campaign to the history in `state`, and forget those before the last `KEPT`."""
    folder, stem = state / FOLDER, done.date.replace(":", "")
    with alone(folder):
        same_second = len(list(folder.glob(f"{stem}*.json")))
        path = folder / f"{stem}{f'_{same_second}' if same_second else ''}.json"
        write_whole(path, msgspec.json.format(msgspec.json.encode(_summary(done)), indent=1))
        for old in sorted(folder.glob("*.json"))[:-KEPT]:
            old.unlink()
    return path


def read(state: Path) -> list[PastRun]:
    """Those in `state`, the newest first; files of another version of the engine are passed over.

    SettingsError for a file that is no history.
    """
    runs = []
    for path in [] if are_withheld() else sorted((state / FOLDER).glob("*.json"), reverse=True):
        try:
            content = path.read_bytes()
            if msgspec.json.decode(content, type=_Versioned).version == VERSION:
                runs.append(msgspec.json.decode(content, type=PastRun))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} : historique illisible ({error}) ; supprimer ce fichier") from None
    return runs


def totals(steps: Iterable[StepRecord]) -> Totals:
    """Count these steps."""
    listed = list(steps)
    count = coverage(listed)
    return Totals(
        steps=count.documented,
        verified=count.verified,
        executed=count.executed,
        failed=count.failed,
        not_run=count.excluded + count.undecided,
        stood_in=sum(step.stood_in for step in listed),
        seconds=round(sum(step.seconds for step in listed), 3),
    )


def _summary(done: Campaign) -> PastRun:
    return PastRun(
        version=VERSION,
        date=done.date,
        seconds=done.seconds,
        commit=done.commit,
        dirty=done.dirty,
        exit_status=done.exit_status,
        targets={
            target: totals(step for step in done.steps if step.target == target)
            for target in dict.fromkeys(step.target for step in done.steps)
        },
    )
