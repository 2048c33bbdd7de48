"""`runbook mutate`: change one thing at a time and see what turns red."""

import os
from pathlib import Path

import click

from runbook.settings import load
from runbook.verbs.options import console, json_option, known_target, pages_argument, print_json, selected


@click.command("mutate")
@pages_argument
@click.option(
    "--run",
    "targets",
    multiple=True,
    metavar="CIBLE",
    help="Exécuter aussi les pages sur cette cible pour les mutants que le contrôle laisse passer (répétable).",
)
@click.option("--count", type=click.IntRange(min=1), help="Nombre de mutants tirés au sort ; tous par défaut.")
@click.option("--seed", type=int, default=0, show_default=True, help="Graine du tirage : même graine, mêmes mutants.")
@click.option(
    "--only",
    metavar="TEXTE",
    default="",
    help="Se limiter aux mutants dont le fichier ou l'opérateur contient ce texte.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Contrôles menés en même temps."
)
@json_option
@click.pass_obj
def command(
    root: Path,
    asked: tuple[str, ...],
    tags: tuple[str, ...],
    targets: tuple[str, ...],
    count: int | None,
    seed: int,
    only: str,
    workers: int,
    as_json: bool,
) -> int:
    """Change une chose à la fois dans une copie du dépôt, et compte ce que le contrôle ou l'exécution ne voit pas."""
    from rich.live import Live

    from runbook.mutating import generate, judge, score
    from runbook.repository.model import read_repository
    from runbook.verbs.verdict import own_grammar

    settings = load(root)
    for target in targets:
        known_target(target, settings)
    selection = selected(root, settings, asked, tags)
    repository = read_repository(root, settings)
    made = generate.generate(selection.pages, repository, targets)
    found = [one for one in made if only in str(one) and selection.holds(one.path, one.line)]
    chosen = generate.sample(found, count, seed)
    screen = console(stderr=as_json)
    verdicts = []
    with Live(console=screen, transient=True) as live:
        for verdict in judge.judge(chosen, root, repository.files, own_grammar(), workers, targets):
            verdicts.append(verdict)
            live.update(f"{len(verdicts)}/{len(chosen)} mutants, score {score.score(verdicts):.1f} %")
    if as_json:
        print_json(score.as_json(verdicts))
    else:
        score.show(verdicts, screen)
    return 0 if score.score(verdicts) >= settings.mutation_score else 1
