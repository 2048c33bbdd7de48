"""`runbook check`: pages, manifests and code against each other, nothing run."""

import gc
from contextlib import ExitStack

import click

from runbook.reading.remembered import recall
from runbook.reading.selection import select
from runbook.reading.state import state_of
from runbook.reporting import annotations
from runbook.verbs.options import JSON, JUNIT, Asked, pages_meanwhile, print_json, verb
from runbook.verbs.verdict import Verdict, verdict


@verb("check", JSON, JUNIT, click.option("--no-cache", is_flag=True, help="Tout contrôler, même si rien n'a changé."))
def command(asked: Asked, no_cache: bool) -> int:
    """Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter."""
    gc.disable()  # a short life, few cycles: collecting costs a tenth of the time
    root, settings = asked.root, asked.settings
    state = state_of(root, settings)
    with ExitStack() as stack:
        if no_cache or recall(root, settings, state, Verdict) is None:
            from runbook.repository.model import read_once

            stack.enter_context(read_once(root, settings))
        read = stack.enter_context(pages_meanwhile(root, settings, state, no_cache))
        given = verdict(root, settings, state, read, no_cache)
        selection = select(read(), root, asked.pages, asked.tags) if asked.pages or asked.tags else None
    findings = [one for one in given.findings if selection is None or selection.holds(one.path, one.line)]
    if asked.junit_file:
        from runbook.reporting import junit

        junit.write_findings(findings, given.pages, asked.junit_file)
    if asked.as_json:
        print_json(findings)
    else:
        for found in findings:
            click.echo(str(found))
        for note in given.notes:
            click.echo(note, err=True)
        since = f", inchangées depuis le contrôle du {given.since}" if given.since else ""
        said = f"{len(findings)} constats" if findings else "rien à redire"
        click.echo(f"{len(given.pages)} pages, {given.commands} commandes{since} : {said}", err=True)
    annotations.say(annotations.of_findings(findings), err=asked.as_json)
    return 1 if findings else 0
