"""What did the last runs come to?"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from .last_run import french_day, revision
from .sources import SourceError
from .tables import table
from .verdicts import seconds

VERSION = 1
STOOD_IN = "Par substitut"
_GREEN, _BLUE, _RED, _GREY = "proof-verified", "proof-executed", "proof-failed", "proof-absent"


class Totals(msgspec.Struct, frozen=True):
    """The commands of one target by what came of them."""

    steps: int
    verified: int
    executed: int
    failed: int
    not_run: int
    stood_in: int
    seconds: float


class PastRun(msgspec.Struct, frozen=True):
    """One run of all the pages, in a few figures."""

    version: int
    date: datetime
    seconds: float
    commit: str
    dirty: bool
    exit_status: int
    targets: dict[str, Totals]


class _Versioned(msgspec.Struct):
    version: int


def read_past_runs(folder: Path) -> list[PastRun]:
    """Those in `folder`, the newest first; files of another version of the engine are passed over.

    Raises `SourceError` for a file that is no history.
    """
    runs = []
    for path in sorted(folder.glob("*.json"), reverse=True):
        try:
            content = path.read_bytes()
            if msgspec.json.decode(content, type=_Versioned).version == VERSION:
                runs.append(msgspec.json.decode(content, type=PastRun))
        except msgspec.MsgspecError as error:
            raise SourceError(f"{path} : historique illisible ({error}) ; supprimer ce fichier") from None
    return runs


def history(runs: list[PastRun], target: str = "") -> str:
    """A drawing and a table of these runs, on one target or on all."""
    counted = [(run, sum_up([t for name, t in run.targets.items() if target in ("", name)])) for run in runs]
    counted = [(run, totals) for run, totals in counted if totals.steps]
    if not counted:
        return "Aucune exécution complète n'a encore été gardée."
    lines = counts_table(
        ("Date", "Commit", "Vérifiées", "Sans assertion", "Échecs", "Non exécutées", "Durée", STOOD_IN),
        [
            (
                f"{french_day(run.date)}, {run.date:%H:%M} UTC",
                revision(run.commit, run.dirty),
                f"{totals.verified} / {totals.steps}",
                totals.executed,
                totals.failed,
                totals.not_run,
                seconds(totals.seconds),
                totals.stood_in,
            )
            for run, totals in counted
        ],
    )
    return f"{_drawing([totals for _, totals in reversed(counted)])}\n\n{lines}"


def counts_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose last column, what a stand-in answered, is there only if one did."""
    if any(row[-1] for row in rows):
        return table(headings, rows)
    return table(headings[:-1], [row[:-1] for row in rows])


def sum_up(targets: list[Totals]) -> Totals:
    """One total of several."""
    return Totals(*(sum(getattr(totals, field) for totals in targets) for field in Totals.__struct_fields__))


def _drawing(totals: list[Totals]) -> str:
    """One bar a run, the oldest at the left: verified, without assertion, failed, not run."""
    height, width, gap = 60, 18, 6
    most = max(one.steps for one in totals)
    bars = []
    for index, one in enumerate(totals):
        bottom = float(height)
        for count, name in ((one.verified, _GREEN), (one.executed, _BLUE), (one.failed, _RED), (one.not_run, _GREY)):
            part = height * count / most
            bottom -= part
            if count:
                place = f'x="{index * (width + gap)}" y="{bottom:.1f}" width="{width}" height="{part:.1f}"'
                bars.append(f'<rect class="{name}" {place}></rect>')
    span = len(totals) * (width + gap) - gap
    label = f"Commandes vérifiées par exécution, de la plus ancienne à la plus récente : {', '.join(f'{one.verified} sur {one.steps}' for one in totals)}"
    return (
        f'<div class="proofs-history"><svg role="img" aria-label="{label}" width="{span}" height="{height}" '
        f'viewBox="0 0 {span} {height}">{"".join(bars)}</svg></div>'
    )
