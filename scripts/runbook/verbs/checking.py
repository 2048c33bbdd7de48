"""`runbook check`: pages, manifests and code against each other, nothing run."""

import gc
import os
from pathlib import Path

import click

from runbook.checking.check import check
from runbook.checking.model import read_model
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from runbook.reporting import annotations
from runbook.settings import load
from runbook.verbs.options import json_option, print_json


@click.command("check")
@json_option
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML.")
@click.pass_obj
def command(root: Path, as_json: bool, junit_file: Path | None) -> int:
    """Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter."""
    gc.disable()  # a short life, few cycles: collecting costs a tenth of the time
    settings = load(root)
    site = read_site(root, settings.site)
    pages = [find_blocks(page, site, settings.targets) for page in site.pages]
    findings = check(pages, read_model(root, settings))
    if junit_file:
        from runbook.reporting import junit

        junit.write_findings(findings, [page.page.path for page in pages], junit_file)
    if as_json:
        print_json(findings)
    else:
        for found in findings:
            click.echo(str(found))
        count = sum(len(page.blocks) for page in pages)
        click.echo(f"{len(pages)} pages, {count} commandes : {f'{len(findings)} constats' if findings else 'rien à redire'}", err=True)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.of_findings(findings):
            click.echo(line, err=as_json)
    return 1 if findings else 0
