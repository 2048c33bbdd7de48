"""`runbook check`: pages, manifests and code against each other, nothing run."""

import gc
import os
from pathlib import Path

import click

from runbook.reading.selection import select
from runbook.reading.state import state_of
from runbook.settings import load
from runbook.verbs.options import json_option, pages_argument, pages_meanwhile, print_json
from runbook.verbs.verdict import verdict


@click.command("check")
@pages_argument
@json_option
@click.option(
    "--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML."
)
@click.option(
    "--no-cache", is_flag=True, help="Tout contrôler, même si rien n'a changé depuis un contrôle sans constat."
)
@click.pass_obj
def command(
    root: Path, asked: tuple[str, ...], tags: tuple[str, ...], as_json: bool, junit_file: Path | None, no_cache: bool
) -> int:
    """Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter."""
    gc.disable()  # a short life, few cycles: collecting costs a tenth of the time
    settings = load(root)
    state = state_of(root, settings)
    with pages_meanwhile(root, settings, state, no_cache) as read:
        given = verdict(root, settings, state, read, no_cache)
        selection = select(read(), root, asked, tags) if asked or tags else None
    findings = [one for one in given.findings if selection is None or selection.holds(one.path, one.line)]
    if junit_file:
        from runbook.reporting import junit

        junit.write_findings(findings, given.pages, junit_file)
    if as_json:
        print_json(findings)
    else:
        for found in findings:
            click.echo(str(found))
        for note in given.notes:
            click.echo(note, err=True)
        since = f", inchangées depuis le contrôle du {given.since}" if given.since else ""
        click.echo(
            f"{len(given.pages)} pages, {given.commands} commandes{since} : "
            f"{f'{len(findings)} constats' if findings else 'rien à redire'}",
            err=True,
        )
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from runbook.reporting import annotations

        for line in annotations.of_findings(findings):
            click.echo(line, err=as_json)
    return 1 if findings else 0
