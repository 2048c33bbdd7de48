"""The command line: each verb's module is loaded when the verb is called."""

import errno
import gc
import importlib
import os
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path

import click

from runbook.errors import RunbookError

EXIT_MISUSE, EXIT_INTERRUPTED, EXIT_UNREAD = 2, 130, 1
GARBAGE = (
    100_000  # objects between two collections: with Python's own figure a tenth of a short run is spent on looking
)
UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EROFS)
VERBS = {
    "list": "listing",
    "plan": "planning",
    "check": "checking",
    "run": "running",
    "report": "reporting",
    "mutate": "mutating",
    "serve": "serving",
    "rules": "rules",
}


class Verbs(MutableMapping[str, click.Command]):
    """Name → command, imported at first use: `list` does not pay for what `mutate` needs."""

    def __init__(self) -> None:
        self._added: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._added:
            self._added[name] = importlib.import_module(f"runbook.verbs.{VERBS[name]}").command
        return self._added[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._added[name] = command

    def __delitem__(self, name: str) -> None:
        del self._added[name]

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


@click.group(commands=Verbs(), context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="Racine du dépôt (celle de pyproject.toml).",
)
@click.pass_context
def commands(context: click.Context, root: Path) -> None:
    """Trouve les commandes d'un site MkDocs, les exécute là où elles doivent l'être, et dit ce qui est prouvé."""
    context.obj = root.resolve()


def main() -> None:
    """Entry point: French one-line errors, exit status 0, 1, 2 or 130."""
    gc.set_threshold(GARBAGE)
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
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else it is tried again at exit
        if error.errno != errno.EPIPE:  # the reader of a pipe went away: nothing more to say to it
            click.echo(f"{error.filename or 'sortie'} : {error.strerror}", err=True)
        status = EXIT_UNREAD  # whatever the pages say, it was not said
    gc.freeze()  # what is left is not looked through once more on the way out
    sys.exit(status or 0)
