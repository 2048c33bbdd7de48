"""`runbook check`: pages, manifests and code against each other, nothing run."""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook.checking.unchanged import Silence, keep, recall
from runbook.errors import RunbookError
from runbook.forked import forked
from runbook.reading.state import state_of
from runbook.settings import Settings, load
from runbook.verbs.options import json_option, pages_meanwhile, print_json

if TYPE_CHECKING:
    from runbook.checking.finding import Finding
    from runbook.checking.model import Model
    from runbook.reading.content import PageBlocks


@click.command("check")
@json_option
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML.")
@click.option("--no-cache", is_flag=True, help="Tout contrôler, même si rien n'a changé depuis un contrôle sans constat.")
@click.pass_obj
def command(root: Path, as_json: bool, junit_file: Path | None, no_cache: bool) -> int:
    """Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter."""
    gc.disable()  # a short life, few cycles: collecting costs a tenth of the time
    settings = load(root)
    state = state_of(root, settings)
    silence = None if no_cache else recall(root, settings, state)
    if silence is None:
        findings, paths, commands = _check(root, settings, state, no_cache)
        since = ""
        if not findings and state_of(root, settings) == state:  # else somebody wrote while it was read
            keep(root, settings, Silence(state, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", paths, commands))
    else:
        findings, paths, commands = [], silence.pages, silence.commands
        since = f", inchangées depuis le contrôle du {silence.date}"
    if junit_file:
        from runbook.reporting import junit

        junit.write_findings(findings, paths, junit_file)
    if as_json:
        print_json(findings)
    else:
        for found in findings:
            click.echo(str(found))
        click.echo(f"{len(paths)} pages, {commands} commandes{since} : {f'{len(findings)} constats' if findings else 'rien à redire'}", err=True)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from runbook.reporting import annotations

        for line in annotations.of_findings(findings):
            click.echo(line, err=as_json)
    return 1 if findings else 0


def _check(root: Path, settings: Settings, state: str, anew: bool) -> "tuple[list[Finding], list[str], int]":
    """The findings, the paths of the pages, the number of their commands."""
    with pages_meanwhile(root, settings, (), state, anew) as read:
        from runbook.checking.check import check
        from runbook.checking.model import read_model

        found: list[PageBlocks] = []
        model = read_model(root, settings)
        try:
            findings = check(_awaited(read, found), model, forked)
        except RunbookError as error:  # pages are often unreadable because they quote the very files that are wrong
            findings = _of_sources(model, error)
    return findings, [page.page.path for page in found], sum(len(page.blocks) for page in found)


def _of_sources(model: "Model", error: RunbookError) -> "list[Finding]":
    """What is wrong in the files that a site quotes, then that the site cannot be read; without such a cause, the error itself."""
    from runbook.checking.check import resolve
    from runbook.checking.finding import Finding
    from runbook.checking.repository import check_sources
    from runbook.checking.workflows import check_workflows

    findings = sorted({*check_sources(model), *check_workflows(model, resolve)})
    if not findings:
        raise error
    return [*findings, Finding(model.settings.site, 1, f"le site n'a pas pu être lu : {str(error).splitlines()[0]}", "corriger d'abord ce qui précède", "site")]


def _awaited(read: "Callable[[], list[PageBlocks]]", pages: "list[PageBlocks]") -> "Iterator[PageBlocks]":
    """The pages as soon as somebody wants them; they stay in `pages`."""
    pages.extend(read())
    yield from pages
