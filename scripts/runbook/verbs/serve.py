"""`runbook serve`: services of the settings, until Ctrl+C."""

import os
import time
from urllib.parse import urljoin

import click

from runbook.errors import RunbookError
from runbook.running import processes
from runbook.running.interruption import Interruptions
from runbook.running.run import opened
from runbook.running.target import POLL, running
from runbook.verbs.options import Asked, verb


@verb("serve", click.argument("names", nargs=-1, required=True, metavar="SERVICE…"), of_pages=False)
def command(asked: Asked, names: tuple[str, ...]) -> None:
    """Démarre des services des réglages et les garde jusqu'à Ctrl+C."""
    settings, screen, interruptions = asked.settings, asked.screen, Interruptions()
    for name in set(names) - settings.services.keys():
        raise RunbookError(f"service « {name} » inconnu ; services possibles : {', '.join(settings.services)}")
    with (
        interruptions.handled(asked.announce_stop),
        opened(settings, asked.root, interruptions=interruptions) as run,
        running(list(names), run, {**os.environ, processes.TOKEN: run.token}, {}) as started,
    ):
        for server in started:
            screen.print(f"[green]✔[/] {server.name:<8} {urljoin(settings.services[server.name].ready, '/')}")
        screen.print("Ctrl+C arrête tout.")
        with interruptions.allowed():
            while not (ended := [server for server in started if server.process.poll() is not None]):
                time.sleep(POLL)
    raise RunbookError(f"le service « {ended[0].name} » s'est arrêté (code {ended[0].process.returncode})")
