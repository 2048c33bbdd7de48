"""Resolve every page against the model: all findings, in the order of paths and lines."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from runbook.checking.commands.registry import RESOLVERS
from runbook.checking.finding import Finding, nearest
from runbook.checking.model import Model
from runbook.checking.situation import Situation, finding
from runbook.checking.words import Command, Shell
from runbook.reading.blocks import Block, PageBlocks


def check(pages: Iterable[PageBlocks], model: Model) -> list[Finding]:
    """Every finding once; empty where pages, manifests and code agree."""
    findings = {
        Finding(path, line, cause, "corriger le fichier", "model") for path, line, cause in model.faults
    }
    for page in pages:
        findings.update(Finding(problem.page, problem.line, problem.cause, problem.remedy, "blocks") for problem in page.problems)
        findings.update(_page(page, model))
    return sorted(findings)


def _page(page: PageBlocks, model: Model) -> Iterator[Finding]:
    for target, blocks in groupby(sorted(page.blocks, key=lambda block: block.target), key=lambda block: block.target):
        situation = Situation(model, page.page, target, _command)
        for block in blocks:
            if block.cleanup:  # runs in a fresh shell
                situation.shell, situation.cwd = Shell(), "."
            for command in situation.shell.read(block):
                yield from _command(command, situation)


def _command(command: Command, situation: Situation) -> Iterator[Finding]:
    name, settings = command.name, situation.model.settings
    for word in command.words:
        for variable in word.variables:
            yield finding(command, "variables", f"variable « {variable} » jamais affectée avant dans la page", "l'affecter dans un bloc précédent", word)
    resolver = RESOLVERS.get(name.rsplit("/", 1)[-1]) if not name.startswith(("scripts/", "./")) else RESOLVERS.get("./")
    if resolver is not None:
        yield from resolver(command, situation)
    elif name not in situation.shell.functions and name not in settings.model.commands:
        known = [*RESOLVERS, *settings.model.commands]
        yield finding(
            command,
            "commands",
            f"commande « {name} » inconnue du contrôle",
            f"{nearest(name, known)} ; sinon l'enseigner au contrôle, ou la déclarer dans [tool.runbook.model] commands",
        )


def blocks_of(pages: Iterable[PageBlocks]) -> list[Block]:
    """All blocks of all pages."""
    return [block for page in pages for block in page.blocks]
