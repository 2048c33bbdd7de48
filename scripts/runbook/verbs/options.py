"""What several verbs share: options, the pages and targets that they speak of, where they print."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from runbook.errors import RunbookError
from runbook.forked import forked, here
from runbook.reading.state import state_of
from runbook.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from runbook.reading.content import PageBlocks

NOT_ASKED = "cible non demandée (--target)"

json_option = click.option("--json", "as_json", is_flag=True, help="Sortie JSON pour un programme.")
target_option = click.option(
    "--target", "targets", multiple=True, metavar="CIBLE", help="Se limiter à cette cible (répétable)."
)
context_option = click.option(
    "--context", metavar="NOM", help="Autoriser ce contexte kubectl en plus de ceux des réglages."
)


def pages_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The pages that a verb is limited to."""
    return click.argument("asked", nargs=-1, metavar="[PAGE]...")(command)


def pages(root: Path, settings: Settings, asked: tuple[str, ...]) -> "list[PageBlocks]":
    """Every page of the site with its blocks; RunbookError if one of `asked` is not among them."""
    with pages_meanwhile(root, settings, asked) as read:
        return read()


@contextlib.contextmanager
def pages_meanwhile(
    root: Path, settings: Settings, asked: tuple[str, ...], state: str = "", anew: bool = False
) -> "Iterator[Callable[[], list[PageBlocks]]]":
    """The same for who has something to do until then; `state` if it is known, `anew` to read even what has not changed.

    What is not remembered is read in a fork: MkDocs works on one core, and the caller on another.
    """
    from runbook.reading.remembered import recall

    state = state or state_of(root, settings)
    kept = None if anew else recall(root, settings, state)
    with here(lambda: kept) if kept is not None else forked(partial(_read, root, settings, state)) as read:
        yield lambda: _with(asked, read() or [])


def _read(root: Path, settings: Settings, state: str) -> "list[PageBlocks]":
    from runbook.reading.blocks import find_blocks
    from runbook.reading.pages import read_site
    from runbook.reading.remembered import keep

    environment = dict(os.environ)  # which plugins change
    site = read_site(root, settings.site)
    found = [find_blocks(page, site, settings.targets) for page in site.pages]
    if state_of(root, settings, environment) == state:  # else somebody wrote while it was read
        keep(root, settings, state, found)
    return found


def _with(asked: tuple[str, ...], found: "list[PageBlocks]") -> "list[PageBlocks]":
    known = {name for page in found for name in (page.page.path, page.page.uri)}
    for name in asked:
        if name not in known:
            raise RunbookError(f"{name} : page absente du site ; « runbook list » donne celles qui ont des commandes")
    return found


def missing_targets(root: Path, settings: Settings, asked: tuple[str, ...], context: str | None) -> dict[str, str]:
    """Target → what it lacks, those that were not asked for included."""
    from runbook.running import presence

    for name in asked:
        known_target(name, settings)
    missing = presence.missing_targets(settings, root, context)
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


def announce_stop(screen: "Console") -> None:
    """Say that a signal was heard; written past the buffers, which it may have caught half filled."""
    with contextlib.suppress(OSError, ValueError):
        os.write(screen.file.fileno(), "\nArrêt demandé : nettoyage en cours…\n".encode())


def print_json(value: object) -> None:
    """`value` as JSON on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
