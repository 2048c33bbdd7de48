"""The command line: each verb's module is loaded when the verb is called."""

import errno
import gc
import importlib
import io
import json
import os
import sys
from pathlib import Path

import click

from runbook.errors import RunbookError
from runbook.settings import FILE, SITE_VARIABLE, SITES

EXIT_MISUSE, EXIT_INTERRUPTED, EXIT_UNREAD = 2, 130, 1
GARBAGE = 1_000_000  # objects between two collections: with Python's own figure a short run spends a tenth on looking
UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EROFS)
VERBS = ("list", "plan", "check", "run", "accept", "report", "mutate", "serve", "rules")


class Verbs(click.Group):
    """A verb is imported when it is called: `list` does not pay for what `mutate` needs."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        return importlib.import_module(f"runbook.verbs.{name}").command if name in VERBS else None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Racine du dépôt ; par défaut ici, ou le premier dossier au-dessus qui porte un site ou des réglages.",
)
@click.option("--site", metavar="FICHIER", help="Réglages de MkDocs, depuis la racine, là où il y a plusieurs sites.")
@click.version_option(package_name="datapress-poc", prog_name="runbook", message="%(prog)s %(version)s")
@click.pass_context
def commands(context: click.Context, root: Path | None, site: str | None) -> None:
    """Trouve les commandes d'un site MkDocs, les exécute là où elles doivent l'être, et dit ce qui est prouvé."""
    context.obj = root.resolve() if root else _root_above(Path.cwd())
    if site:
        os.environ[SITE_VARIABLE] = site


def _root_above(here: Path) -> Path:
    """The first folder from here upwards that has settings, a site or a repository of its own."""
    marks = (FILE, *SITES, ".git")
    return next((folder for folder in (here, *here.parents) if any((folder / mark).exists() for mark in marks)), here)


def main() -> None:
    """Entry point: French one-line errors, in JSON too where JSON is asked for; exit status 0, 1, 2 or 130."""
    gc.set_threshold(GARBAGE)
    _make_printable()
    try:
        status = commands.main(standalone_mode=False)
    except (RunbookError, click.ClickException) as error:
        if isinstance(error, click.UsageError) and error.ctx:
            click.echo(error.ctx.get_usage(), err=True)
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(message, err=True)
        if "--json" in sys.argv:  # a program gets an object instead of the answer's list
            click.echo(json.dumps({"error": message}, ensure_ascii=False))
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


def _make_printable() -> None:
    """A terminal without these characters shows others; an output that is closed takes what nobody reads."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 — it lives as long as we
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
