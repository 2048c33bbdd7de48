"""Resolve every page against the model: all findings, causes before consequences."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlsplit

from runbook.checking.automation.workflows import check_workflows
from runbook.checking.blocks import shellcheck
from runbook.checking.blocks.environment import TERMINAL, read_by_something
from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.style import block_style, command_style
from runbook.checking.blocks.words import UNKNOWN, Command, Shell, Word
from runbook.checking.commands.files import ENVIRONMENTS, can_be_written, exists, must_be_file, place
from runbook.checking.commands.registry import OWN_SCRIPT, RESOLVERS
from runbook.checking.commands.urls import opened, url_answers
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.repository import check_sources, check_texts
from runbook.reading.content import Block, PageBlocks

OWN_NETWORK = (
    "curl",
    "wget",
    "docker",
    "kubectl",
)  # they call URLs themselves, or in containers where names and ports differ
OPENS_PORTS = ("docker", "kubectl")  # their resolvers know which


def check(pages: Iterable[PageBlocks], model: Model) -> list[Finding]:
    """Every finding once, those of manifests and code before those of pages; empty where all agree."""
    findings = {*check_sources(model), *check_workflows(model, resolve)}
    ordered = _prerequisites_first(pages)  # only now: somebody may still be reading them
    with shellcheck.started(
        [block for page in ordered for block in page.blocks],
        model.root / model.settings.state / "cache" / "shellcheck.json",
    ) as running:
        findings.update(check_commands(ordered, model), check_texts(ordered, ordered, model))
        findings.update(running.findings())  # these are waited for, so they come last
    paths = {page.page.path for page in ordered}
    return sorted(
        findings, key=lambda found: (found.path in paths, found)
    )  # a page is more often the victim than the cause


def check_page(changed: PageBlocks, pages: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """What `check` would find in `pages` if one of them has `changed` and nothing was wrong before."""
    seen = {block.code for page in pages for block in page.blocks}
    ordered = _prerequisites_first([changed if page.page.uri == changed.page.uri else page for page in pages])
    yield from check_commands(_concerned(changed.page.uri, ordered), model)
    yield from check_texts([changed], ordered, model)
    with shellcheck.started([block for block in changed.blocks if block.code not in seen]) as running:
        yield from running.findings()


def check_commands(pages: Iterable[PageBlocks], model: Model) -> Iterator[Finding]:
    """What is wrong in the commands of pages that stand after those they need."""
    made: dict[str, list[Situation]] = {}
    for page in pages:
        yield from (
            Finding(problem.page, problem.line, problem.cause, problem.remedy, "blocks")
            for problem in (*page.problems, *page.doubts)
        )
        before = [situation for uri in page.after for situation in made.get(uri, [])]
        made[page.page.uri] = []
        for target, blocks in groupby(
            sorted(page.blocks, key=lambda block: block.target), key=lambda block: block.target
        ):
            situation = _start(page, model, target, before)
            made[page.page.uri].append(situation)
            for block in blocks:
                yield from _block(block, situation)


def _prerequisites_first(pages: Iterable[PageBlocks]) -> list[PageBlocks]:
    """What a page needs is read before it, whatever the order of the navigation."""
    known = {page.page.uri: page for page in pages}
    ordered: dict[str, PageBlocks] = {}
    visiting: set[str] = set()

    def visit(uri: str) -> None:
        if uri in known and uri not in visiting:
            visiting.add(uri)
            for name in known[uri].after:
                visit(name)
            ordered[uri] = known[uri]

    for uri in known:
        visit(uri)
    return list(ordered.values())


def _concerned(uri: str, ordered: Sequence[PageBlocks]) -> list[PageBlocks]:
    """That page and those that come after it, with all that these need; `ordered` has prerequisites first."""
    later = {uri}
    for page in ordered:
        if later.intersection(page.after):
            later.add(page.page.uri)
    needed = set(later)
    for page in reversed(ordered):
        if page.page.uri in needed:
            needed.update(page.after)
    return [page for page in ordered if page.page.uri in needed]


def _start(page: PageBlocks, model: Model, target: str, before: list[Situation]) -> Situation:
    """A page finds the files, images and objects that those before it made, not their ports nor their variables."""
    situation = Situation(
        model,
        page.page,
        target,
        resolve,
        Shell({**dict.fromkeys(TERMINAL, UNKNOWN), **model.settings.env}),
        made={path for situation in before for path in situation.made},
        images={image for situation in before for image in situation.images},
        clusters={name for situation in before for name in situation.clusters},
    )
    situation.cluster.inherit(earlier.cluster for earlier in before)
    return situation


def _block(block: Block, situation: Situation) -> Iterator[Finding]:
    if block.cleanup:  # runs in a fresh shell
        situation.shell, situation.cwd = (
            Shell({**dict.fromkeys(TERMINAL, UNKNOWN), **situation.model.settings.env}),
            ".",
        )
    yield from block_style(block)
    if block.condition:
        for command in situation.shell.read(replace(block, code=block.condition, line=block.line - 1)):
            yield from resolve(command, situation)
    names = set()
    for command in situation.shell.read(block):
        names.add(command.name)
        yield from resolve(command, situation)
    if block.background:
        yield from _readiness(block, names, situation)


def _readiness(block: Block, names: set[str], situation: Situation) -> Iterator[Finding]:
    """The address awaited must be one that the command opens; another program may open any."""
    condition = block.background or ""
    if condition.startswith("sortie:"):
        return
    url = f"http://localhost:{condition.removeprefix('port:')}/" if condition.startswith("port:") else condition
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    if port and port not in opened(situation) and not names & set(OPENS_PORTS):
        situation.ports[port] = None
    elif not condition.startswith("port:") or port not in opened(situation):
        word = Word(url, block.line)
        yield from url_answers(Command(block.page, block.line, block, (word,)), word, situation)


def resolve(command: Command, situation: Situation) -> Iterator[Finding]:
    """Everything wrong with one command: its variables, its redirections, then what its program says."""
    for word in command.words:
        for variable in word.variables:
            yield finding(
                command,
                "variables",
                f"variable « {variable} » jamais affectée avant dans la page",
                "l'affecter dans un bloc précédent",
                word,
            )
    for operator, word in command.redirects:
        if operator == "<":
            yield from must_be_file(command, word, situation)
        elif operator in (">", ">>", ">|", "&>", "&>>"):
            yield from can_be_written(command, word, situation)
    if command.name in situation.shell.functions or not command.name:
        yield from _given(command, situation)
        return
    yield from read_by_something(command, situation)
    yield from command_style(command, situation)
    if command.name not in OWN_NETWORK:
        yield from _urls(command, situation)
    resolver = _resolver(command.name, situation)
    if resolver is not None:
        yield from resolver(_by_its_name(command, resolver), situation)
    elif _locked(command.name, situation):
        return  # another list of requirements may be installed here
    elif "/" in command.name:
        yield from must_be_file(command, command.words[0], situation)
    elif command.name not in (UNKNOWN, *situation.model.settings.model.commands):
        known = [*RESOLVERS, *situation.model.settings.model.commands, *situation.shell.functions]
        yield finding(
            command,
            "commands",
            f"commande « {command.name} » inconnue du contrôle",
            f"{_nearest_command(command.name, known)} ; sinon l'enseigner au contrôle, ou la déclarer dans [tool.runbook.model] commands",
            command.words[0],
        )


def _given(command: Command, situation: Situation) -> Iterator[Finding]:
    """What is wrong in the command that a function is given as its arguments, if it runs them."""
    if command.arguments and any(inner.words == command.arguments for inner in situation.shell.called(command)):
        yield from resolve(replace(command, words=command.arguments), situation)


def _locked(name: str, situation: Situation) -> bool:
    """Whether a program of a Python environment is that of a distribution which a lock file of the repository pins."""
    folder, program = posixpath.split(name)
    parent, last = posixpath.split(folder)
    if last != "bin" or posixpath.basename(parent) not in ENVIRONMENTS:
        return False
    model = situation.model
    locks = (model.root / path for path in sorted(model.files) if path.endswith(".txt"))
    return any(
        line.startswith(f"{program}==")
        for lock in locks
        if lock.is_file()
        for line in lock.read_text(encoding="utf-8", errors="replace").splitlines()
    )


def _urls(command: Command, situation: Situation) -> Iterator[Finding]:
    """The URLs given to a program that is not one for HTTP, as words or as values of long options."""
    for word in command.arguments:
        text = word.text.partition("=")[2] if word.text.startswith("--") else word.text
        if text.startswith(("http://", "https://")) and " " not in text:
            yield from url_answers(command, word, situation, text=text)


def _nearest_command(name: str, known: list[str]) -> str:
    hint = nearest(name, known)
    return hint if hint.startswith("vouliez") else "aucun nom proche"


def _by_its_name(command: Command, resolver: Rule) -> Command:
    """The command with `env` for `/usr/bin/env`; the repository's own scripts keep their path."""
    first = command.words[0]
    if resolver is RESOLVERS[OWN_SCRIPT]:
        return command
    return replace(command, words=(replace(first, text=posixpath.basename(first.text)), *command.arguments))


def _resolver(name: str, situation: Situation) -> Rule | None:
    """A path is a file of the repository, or a known program of the system or of a Python environment."""
    if "/" not in name:
        return RESOLVERS.get(name)
    if place(name, situation) in situation.model.files:
        return RESOLVERS[OWN_SCRIPT]
    folder, program = posixpath.split(name)
    parent, last = posixpath.split(folder)
    installed = (
        parent.startswith("/")
        or posixpath.basename(parent) in ENVIRONMENTS
        or exists(place(parent, situation) or "", situation)
    )
    return RESOLVERS.get(program) if last in ("bin", "sbin") and installed else None
