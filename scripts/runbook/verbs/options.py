"""What several verbs share: options, the pages and targets that they speak of, where they print."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from runbook.errors import Problem, RunbookError, SettingsError
from runbook.forked import forked
from runbook.reading.content import PageBlocks
from runbook.reading.remembered import Reading, recall
from runbook.reading.selection import Selection, select
from runbook.reading.state import state_of
from runbook.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

NOT_ASKED = "cible non demandée (--target)"

json_option = click.option("--json", "as_json", is_flag=True, help="Sortie JSON pour un programme.")
target_option = click.option(
    "--target", "targets", multiple=True, metavar="CIBLE", help="Se limiter à cette cible (répétable)."
)
context_option = click.option(
    "--context", metavar="NOM", help="Autoriser ce contexte kubectl en plus de ceux des réglages."
)


def pages_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a verb is limited to: `asked` and `tags`."""
    command = click.option(
        "--tag",
        "tags",
        multiple=True,
        metavar="ÉTIQUETTE",
        help="Se limiter aux pages qui portent cette étiquette (répétable).",
    )(command)
    return click.argument("asked", nargs=-1, metavar="[PAGE|DOSSIER|MOTIF|PAGE:LIGNE]...")(command)


def selected(root: Path, settings: Settings, asked: tuple[str, ...], tags: tuple[str, ...]) -> Selection:
    """Every page of the site with its blocks, and those that are asked for; RunbookError if there are none."""
    with pages_meanwhile(root, settings) as read:
        return select(read(), root, asked, tags)


@contextlib.contextmanager
def pages_meanwhile(
    root: Path, settings: Settings, state: str = "", anew: bool = False
) -> Iterator[Callable[[], list[PageBlocks]]]:
    """Every page, for who has something to do until then; `state` if it is known,
    `anew` to read even what has not changed.

    What is not remembered is read in a fork: MkDocs works on one core, and the caller on another.
    """
    state = state or state_of(root, settings)
    kept = None if anew else recall(root, settings, state)
    with contextlib.ExitStack() as stack:
        reading = partial(_read, root, settings, state)
        read: Callable[[], Reading] = (lambda: kept) if kept else stack.enter_context(forked(reading))
        yield cache(lambda: _told(read()))


def _read(root: Path, settings: Settings, state: str) -> Reading:
    from runbook.reading.blocks import blocks_of
    from runbook.reading.pages import read_site
    from runbook.reading.remembered import keep

    environment = dict(os.environ)  # which plugins change
    site = read_site(root, settings.site)
    if settings.targets and site.unknown:  # a command that is run has to be the one that readers see
        raise SettingsError(
            "\n".join(f"{what} ; ce site s'exécute : il doit être lu en entier" for what in site.unknown)
        )
    found = Reading(state, blocks_of(site, settings), site.unknown)
    if state_of(root, settings, environment) == state:  # else somebody wrote while it was read
        keep(root, settings, found)
    return found


def _told(found: Reading) -> list[PageBlocks]:
    """The pages; what could not be known here is said, and is nobody's fault."""
    unknown, lines = list(found.unknown), [line for page in found.pages for line in page.unknown]
    if lines:
        unknown.append(f"{lines[0].page}:{lines[0].line} : {lines[0].cause} ; {len(lines)} lignes en tout")
    for what in unknown:
        click.echo(f"inconnu ici : {what}", err=True)
    return found.pages


def show_refused(refused: tuple[Problem, ...]) -> None:
    """One line a mistake for which a page is refused."""
    for problem in refused:
        click.echo(str(problem), err=True)


def missing_targets(root: Path, settings: Settings, asked: tuple[str, ...], context: str | None) -> dict[str, str]:
    """Target → what it lacks, those that were not asked for included."""
    from runbook.running import asking

    for name in asked:
        known_target(name, settings)
    missing = asking.missing_targets(settings, root, context)
    return {**missing, **{name: NOT_ASKED for name in settings.targets if asked and name not in asked}}


def known_target(name: str, settings: Settings) -> str:
    """`name` if the settings have such a target, else RunbookError."""
    if name not in settings.targets:
        raise RunbookError(f"cible « {name} » inconnue ; cibles possibles : {', '.join(settings.targets)}")
    return name


def show_missing(missing: dict[str, str], screen: "Console") -> None:
    """One line an absent target."""
    for name, reason in missing.items():
        screen.print(f"[yellow]Cible {name} absente :[/] {reason}", highlight=False)


def console(stderr: bool = False) -> "Console":
    """Standard output or error; where it is no terminal, wide enough to keep lines whole."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 200
    return Console(stderr=stderr, highlight=False, soft_wrap=True, width=width)


def announce_stop(screen: "Console", what: str = "nettoyage en cours…") -> None:
    """Say that a signal was heard; written past the buffers, which it may have caught half filled."""
    with contextlib.suppress(OSError, ValueError):
        os.write(screen.file.fileno(), f"\nArrêt demandé : {what}\n".encode())


def print_json(value: object) -> None:
    """`value` as JSON on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
