"""What the mutants say of the tests: score in all, by operator and by file, and every survivor."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runbook.mutating.judge import BY_CHECK, BY_RUN, INERT, SURVIVED, Verdict


def score(verdicts: Iterable[Verdict]) -> float:
    """Killed among the mutants that change something, in percent; 100 if there are none."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    live = counts.total() - counts[INERT]
    return 100 * (counts[BY_CHECK] + counts[BY_RUN]) / live if live else 100.0


def as_json(verdicts: list[Verdict]) -> dict[str, object]:
    """The whole report for a program."""
    return {
        "score": round(score(verdicts), 2),
        "mutants": [
            {
                "operator": verdict.mutant.operator,
                "path": verdict.mutant.path,
                "line": verdict.mutant.line,
                "outcome": verdict.outcome,
                "why": verdict.why,
                "diff": verdict.mutant.diff,
            }
            for verdict in verdicts
        ],
    }


def show(verdicts: list[Verdict], console: Console) -> None:
    """Tables by operator and by file, the survivors with their diff, those without effect with the reason."""
    for title, key in (("Opérateur", _operator), ("Fichier", _path)):
        table = Table(
            title, "Mutants", "Contrôle", "Exécution", "Survivants", "Sans effet", "Score", box=None, pad_edge=False
        )
        for name in sorted({key(verdict) for verdict in verdicts}):
            group = [verdict for verdict in verdicts if key(verdict) == name]
            counts = Counter(verdict.outcome for verdict in group)
            numbers = (len(group), counts[BY_CHECK], counts[BY_RUN], counts[SURVIVED], counts[INERT])
            table.add_row(name, *map(str, numbers), f"{score(group):.0f} %")
        console.print(table)
        console.print()
    for verdict in verdicts:
        if verdict.outcome == SURVIVED:
            console.print(f"[bold red]survivant[/] {escape(str(verdict.mutant))}")
            console.print(escape(verdict.mutant.diff))
    for why, count in Counter(verdict.why for verdict in verdicts if verdict.outcome == INERT).items():
        console.print(f"[dim]{count} sans effet : {escape(why)}[/]")
    counts = Counter(verdict.outcome for verdict in verdicts)
    total = ", ".join(f"{counts[outcome]} {outcome}" for outcome in (BY_CHECK, BY_RUN, SURVIVED, INERT))
    console.print(f"[bold]{len(verdicts)} mutants : {total} ; score {score(verdicts):.1f} %[/]")


def _operator(verdict: Verdict) -> str:
    return verdict.mutant.operator


def _path(verdict: Verdict) -> str:
    return verdict.mutant.path
