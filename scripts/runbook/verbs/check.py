"""`runbook check`: pages, manifests and code against each other, nothing run."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

import click
from msgspec.structs import replace

from runbook.errors import RunbookError
from runbook.reading.content import PageBlocks
from runbook.reading.selection import select
from runbook.reading.state import Remembered, keep, recall
from runbook.reporting import annotations
from runbook.rules.finding import Finding
from runbook.verbs.options import JSON, JUNIT, Asked, pages_meanwhile, print_json, verb


class Verdict(Remembered, frozen=True):
    """The findings, the paths of the pages, the number of their commands; `notes` tell what was not judged.

    `since` is when a verdict that still holds was given: one without findings is remembered while nothing changes.
    """

    findings: list[Finding]
    pages: list[str]
    commands: int
    notes: list[str]
    since: str = ""


@verb("check", JSON, JUNIT, click.option("--no-cache", is_flag=True, help="Tout contrôler, même si rien n'a changé."))
def command(asked: Asked, no_cache: bool) -> int:
    """Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter."""
    known = None if no_cache else recall(asked.root, asked.settings, asked.state, Verdict)
    with ExitStack() as stack:
        if known is None:
            from runbook.repository.model import read_once

            stack.enter_context(read_once(asked.root, asked.settings))
        read = stack.enter_context(pages_meanwhile(asked, no_cache))
        given = known or _check(asked, read)
        selection = select(read(), asked.root, asked.pages, asked.tags) if asked.pages or asked.tags else None
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


def verdict(asked: Asked, read: Callable[[], list[PageBlocks]]) -> Verdict:
    """What the check says of the pages that `read` gives and of the whole repository, as known or anew.

    RunbookError for a site that cannot be read, unless a file that it quotes is the cause.
    """
    return recall(asked.root, asked.settings, asked.state, Verdict) or _check(asked, read)


def _check(asked: Asked, read: Callable[[], list[PageBlocks]]) -> Verdict:
    from runbook.repository.model import read_repository
    from runbook.rules.check import check, of_repository

    repository = read_repository(asked.root, asked.settings)
    try:
        checked = check(read, repository)
    except RunbookError as error:  # pages are often unreadable because they quote the very files that are wrong
        findings = sorted(set(of_repository(repository)))
        if not findings:
            raise
        cause = f"le site n'a pas pu être lu : {str(error).splitlines()[0]}"
        unread = Finding(asked.settings.site, 1, cause, "corriger d'abord ce qui précède", "bloc")
        return Verdict(asked.state, [*findings, unread], [], 0, [])
    paths, commands = [page.page.path for page in read()], sum(len(page.blocks) for page in read())
    given = Verdict(asked.state, checked.findings, paths, commands, checked.notes)
    if not given.findings:
        keep(asked.root, asked.settings, replace(given, since=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"))
    return given
