"""The command line: `runbook list | plan | check | run | report | mutate | serve`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.live import Live

from runbook.errors import RunbookError
from runbook.plan import Plan, Step, make_plan
from runbook.reading.blocks import PageBlocks, find_blocks
from runbook.reading.pages import read_site
from runbook.reporting import annotations, coverage, junit, record, terminal
from runbook.running import campaign, servers
from runbook.running.presence import missing_targets
from runbook.running.session import Answer, always
from runbook.settings import Settings, load

EXIT_MISUSE, EXIT_INTERRUPTED = 2, 130
NOT_ASKED = "cible non demandée (--target)"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".", help="Racine du dépôt (celle de pyproject.toml).")
@click.pass_context
def commands(context: click.Context, root: Path) -> None:
    """Trouve les commandes d'un site MkDocs, les exécute là où elles doivent l'être, et dit ce qui est prouvé."""
    context.obj = root.resolve()


def main() -> None:
    """Entry point: French one-line errors, exit status 0, 1, 2 or 130."""
    try:
        status = commands.main(standalone_mode=False)
    except RunbookError as error:
        click.echo(str(error), err=True)
        status = EXIT_MISUSE
    except click.ClickException as error:
        error.show()
        status = EXIT_MISUSE
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrompu ; tout ce que l'exécution avait lancé est arrêté.", err=True)
        status = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe went away: nothing more to say to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status or 0)


def pages_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("pages", nargs=-1)(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Sortie JSON pour un programme.")
target_option = click.option("--target", "targets", multiple=True, metavar="CIBLE", help="Se limiter à cette cible (répétable).")
context_option = click.option("--context", metavar="NOM", help="Autoriser ce contexte kubectl en plus de ceux des réglages.")


@commands.command("list")
@pages_argument
@json_option
@click.pass_obj
def list_command(root: Path, pages: tuple[str, ...], as_json: bool) -> None:
    """Liste les commandes des pages, sans rien exécuter."""
    settings = load(root)
    plan = make_plan(_pages(root, settings, pages), settings, {}, pages)
    if as_json:
        _print_json([{**msgspec.to_builtins(step.block), "mode": step.mode} for step in plan.steps])
        return
    for step in plan.steps:
        click.echo(f"{step.place}  {step.block.target or '-'}  {terminal.label(step.block.title, step.block.code)}")


@commands.command("plan")
@pages_argument
@target_option
@context_option
@json_option
@click.pass_obj
def plan_command(root: Path, pages: tuple[str, ...], targets: tuple[str, ...], context: str | None, as_json: bool) -> None:
    """Montre ce qui serait exécuté ici, où, et ce qui ne le serait pas, avec la raison."""
    settings = load(root)
    missing = _missing(root, settings, targets, context)
    plan = make_plan(_pages(root, settings, pages), settings, missing, pages)
    if as_json:
        _print_json([msgspec.to_builtins(page) for page in plan.pages])
        return
    console = _console()
    _show_missing(missing, console)
    terminal.show_plan(plan, console)


@commands.command("run")
@pages_argument
@target_option
@click.option("--require", "required", metavar="CIBLES", default="", help="Échouer si l'une de ces cibles (séparées par des virgules) manque.")
@context_option
@click.option("--step", "by_step", is_flag=True, help="Pas à pas : montrer le texte et la commande, demander avant chacune, garder un journal.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML.")
@click.option("--record", "record_folder", type=click.Path(path_type=Path, file_okay=False), help="Dossier de l'enregistrement.")
@json_option
@click.pass_obj
def run_command(
    root: Path,
    pages: tuple[str, ...],
    targets: tuple[str, ...],
    required: str,
    context: str | None,
    by_step: bool,
    junit_file: Path | None,
    record_folder: Path | None,
    as_json: bool,
) -> int:
    """Exécute les pages (toutes, ou celles nommées et celles dont elles dépendent)."""
    settings = load(root)
    missing = _missing(root, settings, targets, context)
    if by_step and not (pages and sys.stdin.isatty()):
        raise RunbookError("--step demande un terminal et le nom d'au moins une page")
    plan = make_plan(_pages(root, settings, pages), settings, missing, pages, prerequisites=not by_step)
    problems = [f"{name} : cible requise mais absente : {missing[name]}" for name in _required(required, settings) if name in missing]
    console = _console(stderr=as_json)
    _show_missing(missing, console)
    done = _run(plan, settings, root, missing, problems, console, partial(terminal.ask, console) if by_step else always)
    if not (by_step or pages):
        done = _with_ratchet(done, settings, root / settings.state)
    if by_step:
        click.echo(f"Journal : {record.save(done, root / settings.state / 'journal' / done.date.replace(':', ''))}")
    elif record_folder or not (pages or targets):  # the record speaks of the whole site, or says where it is
        record.save(done, record_folder or root / settings.state)
    if junit_file:
        junit.write(done, junit_file)
    if as_json:
        _print_json(done)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.annotations(done):
            click.echo(line)
    terminal.show_summary(done, console)
    return done.exit_status


def _with_ratchet(done: record.Record, settings: Settings, state: Path) -> record.Record:
    """The record, failed if the share of verified commands is below the minimum of the settings."""
    previous = record.load(state / record.FILE) if (state / record.FILE).exists() else None
    fault = coverage.drop(done, settings.coverage, previous)
    return msgspec.structs.replace(done, faults=[*done.faults, fault], exit_status=1) if fault else done


@commands.command("check")
@json_option
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML.")
@click.pass_obj
def check_command(root: Path, as_json: bool, junit_file: Path | None) -> int:
    """Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter."""
    from runbook.checking.check import check  # noqa: PLC0415 — the model and its rules are for this verb
    from runbook.checking.model import read_model  # noqa: PLC0415

    settings = load(root)
    site = read_site(root, settings.site)
    pages = [find_blocks(page, site, settings.targets) for page in site.pages]
    findings = check(pages, read_model(root, settings))
    if junit_file:
        junit.write_findings(findings, [page.page.path for page in pages], junit_file)
    if as_json:
        _print_json(findings)
    else:
        for found in findings:
            click.echo(str(found))
        count = sum(len(page.blocks) for page in pages)
        click.echo(f"{len(pages)} pages, {count} commandes : {f'{len(findings)} constats' if findings else 'rien à redire'}", err=True)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.of_findings(findings):
            click.echo(line, err=as_json)
    return 1 if findings else 0


@commands.command("mutate")
@click.option("--run", "targets", multiple=True, metavar="CIBLE", help="Exécuter aussi les pages sur cette cible pour les mutants que le contrôle laisse passer (répétable).")
@click.option("--count", type=click.IntRange(min=1), help="Nombre de mutants tirés au sort ; tous par défaut.")
@click.option("--seed", type=int, default=0, show_default=True, help="Graine du tirage : même graine, mêmes mutants.")
@click.option("--only", metavar="TEXTE", default="", help="Se limiter aux mutants dont le fichier ou l'opérateur contient ce texte.")
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Contrôles menés en même temps.")
@json_option
@click.pass_obj
def mutate_command(root: Path, targets: tuple[str, ...], count: int | None, seed: int, only: str, workers: int, as_json: bool) -> int:
    """Change une chose à la fois dans une copie du dépôt, et compte ce que le contrôle ou l'exécution ne voit pas."""
    from runbook.checking.model import read_model  # noqa: PLC0415 — as above
    from runbook.mutating import generate, judge, score  # noqa: PLC0415

    settings = load(root)
    for target in targets:
        _known_target(target, settings)
    finding = judge.first_finding(root)
    if finding:
        raise RunbookError(f"le dépôt est déjà en défaut : {finding} ; d'abord « runbook check » sans constat")
    model = read_model(root, settings)
    found = [mutant for mutant in generate.generate(_pages(root, settings, ()), model) if only in str(mutant)]
    chosen = generate.sample(found, count, seed)
    console = _console(stderr=as_json)
    verdicts = []
    with Live(console=console, transient=True) as live:
        for verdict in judge.judge(chosen, root, model.files, workers, targets):
            verdicts.append(verdict)
            live.update(f"{len(verdicts)}/{len(chosen)} mutants, score {score.score(verdicts):.1f} %")
    if as_json:
        _print_json(score.as_json(verdicts))
    else:
        score.show(verdicts, console)
    return 0 if score.score(verdicts) >= settings.mutation_score else 1


@commands.command("report")
@click.option("--record", "record_folder", type=click.Path(path_type=Path, file_okay=False), help="Dossier de l'enregistrement.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire un rapport JUnit XML.")
@json_option
@click.pass_obj
def report_command(root: Path, record_folder: Path | None, junit_file: Path | None, as_json: bool) -> int:
    """Rend compte de la dernière exécution enregistrée ; son code de sortie est celui du verdict."""
    folder = record_folder or root / load(root).state
    done = record.load(folder / record.FILE)
    if junit_file:
        junit.write(done, junit_file)
    if as_json:
        _print_json(done)
        return done.exit_status
    console = _console()
    console.print(terminal.steps_table(done.steps))
    console.print()
    console.print(terminal.coverage_table(done))
    terminal.show_summary(done, console)
    return done.exit_status


@commands.command("serve")
@click.argument("names", nargs=-1, required=True, metavar="SERVICE…")
@click.pass_obj
def serve_command(root: Path, names: tuple[str, ...]) -> None:
    """Démarre des services des réglages et les garde jusqu'à Ctrl+C."""
    settings, console = load(root), _console()
    for name in names:
        if name not in settings.services:
            raise RunbookError(f"service « {name} » inconnu ; services possibles : {', '.join(settings.services)}")
    with (
        _interruptible(console),
        campaign.opened(settings, root) as run,
        servers.running(list(names), settings, root, run.folder, {}, run.token) as started,
    ):
        for server in started:
            console.print(f"[green]✔[/] {server.name:<8} {settings.services[server.name].ready}")
        console.print("Ctrl+C arrête tout.")
        ended = servers.first_ended(started)
    raise RunbookError(f"le service « {ended.name} » s'est arrêté (code {ended.process.returncode})")


def _run(
    plan: Plan,
    settings: Settings,
    root: Path,
    missing: dict[str, str],
    problems: list[str],
    console: Console,
    confirm: Callable[[Step], Answer],
) -> record.Record:
    journal, started, progress = campaign.Journal(), time.monotonic(), terminal.Progress(console)
    with _interruptible(console), campaign.opened(settings, root, confirm) as run, closing(campaign.run_plan(plan, run, journal)) as events:
        try:
            for event in events:
                progress(event)
        finally:
            progress.close()
    return record.make(journal, settings, root, missing, time.monotonic() - started, problems)


def _pages(root: Path, settings: Settings, asked: tuple[str, ...]) -> list[PageBlocks]:
    site = read_site(root, settings.site)
    known = {name for page in site.pages for name in (page.path, page.uri)}
    for name in asked:
        if name not in known:
            raise RunbookError(f"{name} : page absente du site ; « runbook list » donne celles qui ont des commandes")
    return [find_blocks(page, site, settings.targets) for page in site.pages]


def _missing(root: Path, settings: Settings, asked: tuple[str, ...], context: str | None) -> dict[str, str]:
    for name in asked:
        _known_target(name, settings)
    missing = missing_targets(settings, root, context)
    return {**missing, **{name: NOT_ASKED for name in settings.targets if asked and name not in asked}}


def _required(text: str, settings: Settings) -> list[str]:
    return [_known_target(name.strip(), settings) for name in text.split(",") if name.strip()]


def _known_target(name: str, settings: Settings) -> str:
    if name not in settings.targets:
        raise RunbookError(f"cible « {name} » inconnue ; cibles possibles : {', '.join(settings.targets)}")
    return name


def _show_missing(missing: dict[str, str], console: Console) -> None:
    for name, reason in missing.items():
        console.print(f"[yellow]Cible {name} absente :[/] {reason}", highlight=False)


@contextmanager
def _interruptible(console: Console) -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP stops the run; the next ones wait for the clean-up."""

    def stop(number: int, _: FrameType | None) -> None:
        for caught in handled:
            signal.signal(caught, signal.SIG_IGN)
        console.print("\n[yellow]Arrêt demandé : nettoyage en cours…[/]")
        raise KeyboardInterrupt(number)

    handled = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _console(stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 200  # a pipe has no width: tables keep their places and lines whole
    return Console(stderr=stderr, highlight=False, soft_wrap=True, width=width)


def _print_json(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
