"""What the mutants say of the tests: score in all, by operator and by file, and every survivor."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from runbook.mutating.judge import BY_CHECK, BY_RUN, INERT, SURVIVED, Verdict

HEADINGS = ("Mutants", "Contrôle", "Exécution", "Survivants", "Sans effet", "Score")


def score(verdicts: Iterable[Verdict]) -> float:
    """Killed among the mutants that change something, in percent; 100 if there are none."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    live = counts.total() - counts[INERT]
    return 100 * (counts[BY_CHECK] + counts[BY_RUN]) / live if live else 100.0


def as_json(verdicts: list[Verdict]) -> dict[str, object]:
    """The whole report for a program."""
    told = ("operator", "path", "line", "diff")
    mutants = [
        {**{name: getattr(one.mutant, name) for name in told}, "outcome": one.outcome, "why": one.why}
        for one in verdicts
    ]
    return {"score": round(score(verdicts), 2), "mutants": mutants}


def show(verdicts: list[Verdict], console: Console) -> None:
    """Tables by operator and by file, the survivors with their diff, those without effect with the reason."""
    for title, by in (("Opérateur", attrgetter("mutant.operator")), ("Fichier", attrgetter("mutant.path"))):
        table = Table(title, *HEADINGS, box=None, pad_edge=False)
        for key, some in groupby(sorted(verdicts, key=by), key=by):
            group = list(some)
            counts = Counter(verdict.outcome for verdict in group)
            numbers = (len(group), counts[BY_CHECK], counts[BY_RUN], counts[SURVIVED], counts[INERT])
            table.add_row(key, *map(str, numbers), f"{score(group):.0f} %")
        console.print(table, "")
    for verdict in verdicts:
        if verdict.outcome == SURVIVED:
            console.print(Text.assemble(("survivant", "bold red"), f" {verdict.mutant}\n{verdict.mutant.diff}"))
    for why, count in Counter(verdict.why for verdict in verdicts if verdict.outcome == INERT).items():
        console.print(Text(f"{count} sans effet : {why}", "dim"))
    counts = Counter(verdict.outcome for verdict in verdicts)
    total = ", ".join(f"{counts[outcome]} {outcome}" for outcome in (BY_CHECK, BY_RUN, SURVIVED, INERT))
    console.print(Text(f"{len(verdicts)} mutants : {total} ; score {score(verdicts):.1f} %", "bold"))
