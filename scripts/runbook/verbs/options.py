"""What verbs share: the options they take, the pages and targets that they speak of, where they print."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from runbook.errors import Problem, RunbookError, SettingsError
from runbook.forked import forked
from runbook.reading.content import PageBlocks
from runbook.reading.selection import Selection, select
from runbook.reading.state import Reading, keep, recall, state_of
from runbook.settings import Settings, load

if TYPE_CHECKING:
    from rich.console import Console

PAGES = click.argument("pages", nargs=-1, metavar="[PAGE|DOSSIER|MOTIF|PAGE:LIGNE]...")
TAGS = click.option(
    "--tag", "tags", multiple=True, metavar="ÉTIQUETTE", help="Se limiter aux pages de cette étiquette (répétable)."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Sortie JSON pour un programme.")
TARGET = click.option(
    "--target", "targets", multiple=True, metavar="CIBLE", help="Se limiter à cette cible (répétable)."
)
CONTEXT = click.option("--context", metavar="NOM", help="Autoriser ce contexte kubectl en plus de ceux des réglages.")
JUNIT = click.option(
    "--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML."
)
RECORD = click.option(
    "--record", "record_folder", type=click.Path(path_type=Path, file_okay=False), help="Dossier de l'enregistrement."
)


@dataclass(frozen=True)
class Asked:
    """What the command line asks in the repository at `root`; a verb that does not take an option has its default."""

    root: Path
    pages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    context: str | None = None
    as_json: bool = False
    junit_file: Path | None = None
    record_folder: Path | None = None

    @cached_property
    def settings(self) -> Settings:
        return load(self.root)

    @cached_property
    def state(self) -> str:
        """What the repository is like as this verb begins: what is found of it is remembered as long as it stays so."""
        return state_of(self.root, self.settings)

    @cached_property
    def screen(self) -> "Console":
        """For people: standard output, or error where a program reads that; wide where it is no terminal."""
        from rich.console import Console

        stream = sys.stderr if self.as_json else sys.stdout
        width = None if stream.isatty() else 200
        return Console(stderr=self.as_json, highlight=False, soft_wrap=True, width=width)

    @property
    def folder(self) -> Path:
        """Where runs are recorded."""
        return self.record_folder or self.root / self.settings.state

    def selected(self) -> Selection:
        """Every page of the site with its blocks, and those that are asked for; RunbookError if there are none."""
        with pages_meanwhile(self) as read:
            return select(read(), self.root, self.pages, self.tags)

    def missing_targets(self) -> dict[str, str]:
        """Target → what it lacks, those that were not asked for included; each is told."""
        from runbook.running import asking

        missing = asking.missing_targets(self.settings, self.root, self.context, self.targets)
        for name, reason in missing.items():
            self.screen.print(f"[yellow]Cible {name} absente :[/] {reason}", highlight=False)
        return missing

    def known(self, target: str) -> str:
        """`target` if the settings have it, else RunbookError."""
        if target not in self.settings.targets:
            raise RunbookError(f"cible « {target} » inconnue ; cibles possibles : {', '.join(self.settings.targets)}")
        return target

    def announce_stop(self, what: str = "nettoyage en cours…") -> None:
        """Say that a signal was heard; written past the buffers, which it may have caught half filled."""
        with contextlib.suppress(OSError, ValueError):
            os.write(self.screen.file.fileno(), f"\nArrêt demandé : {what}\n".encode())


Work = Callable[..., int | None]


def verb(name: str, *options: Callable[[Work], Work], of_pages: bool = True) -> Callable[[Work], click.Command]:
    """The function below is this verb: it gets what is asked, and by name what only it takes."""
    shared = {field.name for field in fields(Asked)}

    def enter(work: Work) -> click.Command:
        @click.pass_obj
        def called(root: Path, /, **given: Any) -> int | None:
            asked = Asked(root, **{one: given.pop(one) for one in shared & given.keys()})
            for target in asked.targets:
                asked.known(target)
            return work(asked, **given)

        every: tuple[Callable[[Work], Work], ...] = (PAGES, TAGS) if of_pages else ()
        for option in reversed((*every, *options)):
            option(called)
        return click.command(name, help=work.__doc__)(called)

    return enter


@contextlib.contextmanager
def pages_meanwhile(asked: Asked, anew: bool = False) -> Iterator[Callable[[], list[PageBlocks]]]:
    """Every page, for who has something to do until then; `anew` to read even what has not changed.

    What is not remembered is read in a fork: MkDocs works on one core, and the caller on another.
    """
    kept = recall(asked.root, asked.settings, asked.state, Reading)
    if kept and not anew:
        yield cache(lambda: _told(kept))
        return
    with forked(partial(_read, asked)) as read:
        yield cache(lambda: _told(read()))


def _read(asked: Asked) -> Reading:
    from runbook.reading.blocks import blocks_of
    from runbook.reading.pages import read_site

    root, settings = asked.root, asked.settings
    environment = dict(os.environ)  # which plugins change
    site = read_site(root, settings.site)
    if settings.targets and site.unknown:  # a command that is run has to be the one that readers see
        why = "ce site s'exécute : il doit être lu en entier"
        raise SettingsError("\n".join(f"{what} ; {why}" for what in site.unknown))
    found = Reading(asked.state, blocks_of(site, settings), site.unknown)
    keep(root, settings, found, environment)
    return found


def _told(found: Reading) -> list[PageBlocks]:
    """The pages; what could not be known here is said, and is nobody's fault."""
    unknown, lines = list(found.unknown), [line for page in found.pages for line in page.unknown]
    if lines:
        unknown.append(f"{lines[0].path}:{lines[0].line} : {lines[0].cause} ; {len(lines)} lignes en tout")
    for what in unknown:
        click.echo(f"inconnu ici : {what}", err=True)
    return found.pages


def show_refused(refused: tuple[Problem, ...]) -> None:
    """One line a mistake for which a page is refused."""
    for problem in refused:
        click.echo(str(problem), err=True)


def print_json(value: object) -> None:
    """`value` as JSON on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
