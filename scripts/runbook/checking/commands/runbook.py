"""`runbook` itself: verbs and options from its own command line, pages and folders that exist."""

import importlib
import posixpath
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.files import can_be_written, must_be_file, must_be_folder
from runbook.checking.commands.options import Usage, read_options
from runbook.checking.finding import Finding, nearest


@cache
def _group() -> click.Group:
    """The command line, found when first needed: it imports the check, which imports this."""
    group: click.Group = importlib.import_module("runbook.cli").commands
    return group


@cache
def _options(verb: str | None) -> str:
    """The grammar of the options of a verb, of the program itself for None."""
    described = _group() if verb is None else _group().commands[verb]
    items = [
        ",".join(parameter.opts) + ("" if parameter.is_flag or parameter.count else "=")
        for parameter in described.params
        if isinstance(parameter, click.Option)
    ]
    return " ".join([*items, "-h,--help"])


def runbook(command: Command, situation: Situation) -> Iterator[Finding]:
    """Options, verb, options of the verb, then its pages, targets and services."""
    outer = read_options(command, command.arguments, _options(None), "runbook", until_operand=True)
    yield from outer.findings
    for word in outer.values("--root"):
        yield from must_be_folder(command, word, situation)
    if not outer.operands:
        return
    verb, rest = outer.operands[0], outer.operands[1:]
    known = _group().commands
    if verb.text not in known:
        if verb.known:
            yield finding(command, "runbook", f"verbe « runbook {verb.text} » inconnu", nearest(verb.text, known), verb)
        return
    usage = read_options(command, rest, _options(verb.text), f"runbook {verb.text}")
    yield from usage.findings
    yield from _written(command, verb, usage, situation)
    root = next((word.text for word in outer.values("--root")), ".")
    yield from _named(command, verb, usage, root, situation)


def _named(command: Command, verb: Word, usage: Usage, root: str, situation: Situation) -> Iterator[Finding]:
    """Pages, targets and services are those of the repository that the command runs on."""
    takes = any(isinstance(parameter, click.Argument) for parameter in _group().commands[verb.text].params)
    if takes and verb.text != "serve":  # all others that take arguments take pages
        for word in usage.operands:
            paths = [posixpath.join(root, folder, word.text) for folder in ("", "docs")]
            if all(list(must_be_file(command, word, situation, path)) for path in paths):
                yield from must_be_file(command, word, situation, posixpath.normpath(paths[0]))
    targets, services = _names(situation, root)
    for word in usage.values("--target"):
        yield from _one_of(command, word, word.text, targets, "cible")
    for word in usage.values("--require"):
        for name in word.text.split(","):
            yield from _one_of(command, word, name.strip(), targets, "cible")
    if verb.text == "serve":
        for word in usage.operands:
            yield from _one_of(command, word, word.text, services, "service")


def _one_of(command: Command, word: Word, name: str, known: set[str], what: str) -> Iterator[Finding]:
    if (
        UNKNOWN not in name and name not in known and command.block.exit_status != 2
    ):  # 2: the page shows this very mistake
        yield finding(command, "runbook", f"{what} « {name} » inconnue de runbook", nearest(name, known), word)


def _names(situation: Situation, root: str) -> tuple[set[str], set[str]]:
    if root in (".", ""):
        return set(situation.model.settings.targets), set(situation.model.settings.services)
    path = Path(situation.model.root, situation.cwd if situation.cwd != UNKNOWN else ".", root, "pyproject.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("runbook", {}) if path.exists() else {}
    return set(table.get("targets", {})), set(table.get("services", {}))


def _written(command: Command, verb: Word, usage: Usage, situation: Situation) -> Iterator[Finding]:
    for word in usage.values("--junit"):
        yield from can_be_written(command, word, situation)
    if verb.text == "run":
        situation.made.add(f"{situation.model.settings.state}/")


RESOLVERS: dict[str, Rule] = {"runbook": runbook}
