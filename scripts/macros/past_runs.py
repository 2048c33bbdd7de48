"""What did the last runs come to?"""

from collections.abc import Sequence
from pathlib import Path

from runbook.errors import SettingsError
from runbook.reporting.coverage import Totals
from runbook.reporting.kept import PastRun, past_runs

from .dates import moment, revision
from .sources import SourceError
from .tables import table
from .verdicts import seconds

STOOD_IN = "Par substitut"
COUNTS = ("Commandes", "Vérifiées", "Sans assertion", "Échecs", "Non exécutées", "Durée", STOOD_IN)
_GREEN, _BLUE, _RED, _GREY = "proof-verified", "proof-executed", "proof-failed", "proof-absent"


def read_past_runs(state: Path) -> list[PastRun]:
    """Those kept in `state`, the newest first; raises `SourceError` for a file that is no history."""
    try:
        return past_runs(state)
    except SettingsError as error:
        raise SourceError(str(error)) from None


def history(runs: list[PastRun], target: str = "") -> str:
    """A table of these runs, on one target or on all, below a drawing where there is something to compare."""
    counted = [(run, sum_up([t for name, t in run.targets.items() if target in ("", name)])) for run in runs]
    counted = [(run, totals) for run, totals in counted if totals.steps]
    if not counted:
        return "Aucune exécution complète n'a encore été gardée."
    rows = [
        (*when, it.executed, it.failed, it.not_run, seconds(it.seconds), it.stood_in)
        for run, it in counted
        for when in [(moment(run), revision(run), f"{it.verified} / {it.steps}")]
    ]
    lines = counts_table(
        ("Date", "Commit", "Vérifiées", "Sans assertion", "Échecs", "Non exécutées", "Durée", STOOD_IN), rows
    )
    drawing = f"{_drawing([totals for _, totals in reversed(counted)])}\n\n" if len(counted) > 1 else ""
    return f"{drawing}{lines}"


def counts_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose last column, what a stand-in answered, is there only if one did."""
    if any(row[-1] for row in rows):
        return table(headings, rows, COUNTS)
    return table(headings[:-1], [row[:-1] for row in rows], COUNTS)


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
    label = (
        "Commandes vérifiées par exécution, de la plus ancienne à la plus récente : "
        f"{', '.join(f'{one.verified} sur {one.steps}' for one in totals)}"
    )
    return (
        f'<div class="proofs-history"><svg role="img" aria-label="{label}" width="{span}" height="{height}" '
        f'viewBox="0 0 {span} {height}">{"".join(bars)}</svg></div>'
    )
