"""`runbook mutate`: change one thing at a time and see what turns red."""

import os
from typing import TYPE_CHECKING

import click

from runbook.forked import forked
from runbook.verbs.options import JSON, Asked, print_json, verb

if TYPE_CHECKING:
    from runbook.mutating.mutant import Mutant


@verb(
    "mutate",
    click.option("--run", "targets", multiple=True, metavar="CIBLE", help="Exécuter aussi les pages (répétable)."),
    click.option("--count", type=click.IntRange(min=1), help="Nombre de mutants tirés au sort ; tous par défaut."),
    click.option("--seed", type=int, default=0, show_default=True, help="Même graine, mêmes mutants."),
    click.option("--only", metavar="TEXTE", default="", help="Se limiter aux fichiers ou opérateurs qui ont ce texte."),
    click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Contrôles en même temps."),
    JSON,
)
def command(asked: Asked, count: int | None, seed: int, only: str, workers: int) -> int:
    """Change une chose à la fois dans une copie du dépôt, et compte ce que le contrôle ou l'exécution ne voit pas."""
    from rich.live import Live

    from runbook.mutating import generate, judge, score
    from runbook.repository.model import read_repository

    def draw() -> "tuple[list[Mutant], frozenset[str]]":
        """Those that are asked for, and the files of the repository."""
        selection = asked.selected()
        repository = read_repository(asked.root, asked.settings)
        made = generate.generate(selection.pages, repository, asked.targets)
        found = [one for one in made if only in str(one) and selection.holds(one.path, one.line)]
        return generate.sample(found, count, seed), repository.files

    with forked(draw) as drawn:  # the site's modules are to be imported anew with each mutant: none stays here
        chosen, files = drawn()
    verdicts = []
    with Live(console=asked.screen, transient=True) as live:
        for verdict in judge.judge(chosen, asked.root, files, workers, asked.targets):
            verdicts.append(verdict)
            live.update(f"{len(verdicts)}/{len(chosen)} mutants, score {score.score(verdicts):.1f} %")
    if asked.as_json:
        print_json(score.as_json(verdicts))
    else:
        score.show(verdicts, asked.screen)
    return 0 if score.score(verdicts) >= asked.settings.mutation_score else 1
