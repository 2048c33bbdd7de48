"""What several verbs share: options, the pages and targets that they speak of, where they print."""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from runbook.errors import RunbookError
from runbook.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from runbook.reading.content import PageBlocks

NOT_ASKED = "cible non demandée (--target)"

json_option = click.option("--json", "as_json", is_flag=True, help="Sortie JSON pour un programme.")
target_option = click.option("--target", "targets", multiple=True, metavar="CIBLE", help="Se limiter à cette cible (répétable).")
context_option = click.option("--context", metavar="NOM", help="Autoriser ce contexte kubectl en plus de ceux des réglages.")


def pages_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The pages that a verb is limited to."""
    return click.argument("asked", nargs=-1, metavar="[PAGE]...")(command)


def pages(root: Path, settings: Settings, asked: tuple[str, ...]) -> "list[PageBlocks]":
    """Every page of the site with its blocks; RunbookError if one of `asked` is not among them."""
    from runbook.reading.blocks import find_blocks
    from runbook.reading.pages import read_site

    site = read_site(root, settings.site)
    known = {name for page in site.pages for name in (page.path, page.uri)}
    for name in asked:
        if name not in known:
            raise RunbookError(f"{name} : page absente du site ; « runbook list » donne celles qui ont des commandes")
    return [find_blocks(page, site, settings.targets) for page in site.pages]


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
