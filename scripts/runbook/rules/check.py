"""Every rule on every page, file and command of a repository: all findings, causes before consequences."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain, groupby

from runbook.plan import in_order, misplaced
from runbook.reading.content import Block, PageBlocks
from runbook.repository.model import Repository
from runbook.rules.call import EFFECTS, builtins, read_call
from runbook.rules.commands.wrappers import WRAPPERS, carried
from runbook.rules.finding import Finding
from runbook.rules.ignores import kept
from runbook.rules.programs import absent, program
from runbook.rules.rule import rules_about
from runbook.rules.scripts import command_blocks
from runbook.rules.shell import UNKNOWN, Command, Shell
from runbook.rules.situation import TERMINAL, Situation


@dataclass(frozen=True, slots=True)
class Checked:
    """`findings`, and `notes` that are none: what was not judged for want of a program or of a grammar."""

    findings: list[Finding]
    notes: list[str] = field(default_factory=list)


def check(read: Callable[[], Sequence[PageBlocks]], repository: Repository) -> Checked:
    """Every finding once, those of manifests and code before those of pages; empty where all agree.

    What needs no pages is judged while `read` gives them: somebody may still be reading them.
    """
    reader = Reader(repository)
    with ThreadPoolExecutor() as pool:  # other programs, while the commands are read here
        given = pool.submit(read).result
        tools = [pool.submit(lambda rule: [*rule.findings(repository, given)], one) for one in rules_about("tool")]
        found = [*of_repository(repository), *reader.of_scripts(), *reader.of_pages(given())]
        found += chain.from_iterable(tool.result() for tool in tools)
    paths = {page.page.path for page in given()}
    left = sorted(kept(found, given(), repository), key=lambda one: (one.path in paths, one))
    return Checked(left, [*absent(repository, given()), *_unknown(reader.unknown)])


def of_repository(repository: Repository) -> Iterator[Finding]:
    """What is wrong in manifests, Compose, images and code, whatever the pages say."""
    for fault in repository.faults:
        yield Finding(fault.path, fault.line, fault.cause, fault.remedy, "yaml")
    for rule in rules_about("repository"):
        yield from rule.findings(repository)


class Reader:
    """Reads the commands of pages and scripts, by the rules about commands; `unknown` counts programs that are."""

    def __init__(self, repository: Repository) -> None:
        self.repository, self.rules = repository, rules_about("command")
        self.unknown: Counter[str] = Counter()
        self.known = {*repository.settings.model.commands, *EFFECTS, *WRAPPERS, *builtins()}

    def of_pages(self, pages: Sequence[PageBlocks]) -> Iterator[Finding]:
        """What is wrong in the commands and the text of these pages."""
        before: dict[str, list[Situation]] = {}
        ordered = in_order(pages)
        wrong = misplaced(ordered, {page.page.uri for page in pages})
        for one in (*wrong, *(one for page in pages for one in (*page.problems, *page.doubts))):
            yield Finding(one.path, one.line, one.cause, one.remedy, "bloc")
        for page in ordered:
            yield from self.of_page(page, before)
            for rule in rules_about("page"):
                yield from rule.findings(page, pages, self.repository)

    def of_scripts(self) -> Iterator[Finding]:
        """What is wrong in the commands of the repository's own scripts and workflows."""
        for block, given in command_blocks(self.repository):
            situation = self.start(block.target)
            situation.shell.variables.update(dict.fromkeys(given, UNKNOWN))
            yield from self.of_block(block, situation)

    def of_page(self, page: PageBlocks, before: dict[str, list[Situation]]) -> Iterator[Finding]:
        """The findings in a page's commands; `before` gets what the page leaves, and has what those before it left."""
        earlier = [situation for uri in page.after for situation in before.get(uri, [])]
        before[page.page.uri] = []
        by_target = sorted(page.readable, key=lambda block: block.target)
        for target, blocks in groupby(by_target, key=lambda block: block.target):
            situation = self.start(target)
            situation.inherit(earlier)
            before[page.page.uri].append(situation)
            for block in blocks:
                yield from self.of_block(block, situation)

    def start(self, target: str) -> Situation:
        """Where the first command of a page stands."""
        known = {**dict.fromkeys(TERMINAL.split(), UNKNOWN), **self.repository.settings.env}
        return Situation(self.repository, target, bool(target), Shell(known), objects=list(self.repository.objects))

    def of_block(self, block: Block, situation: Situation) -> Iterator[Finding]:
        """The findings in one block, its condition first; a clean-up runs in a shell of its own."""
        where = situation
        if block.cleanup:
            where = replace(self.start(block.target), made=situation.made, objects=situation.objects)
        parts = [replace(block, code=block.condition, line=block.line - 1)] if block.condition else []
        for part in (*parts, block):
            for command in where.shell.read(part):
                yield from self.of_command(command, where)

    def of_command(self, command: Command, situation: Situation) -> Iterator[Finding]:
        """The findings in one command and in those that it carries; then what it changes."""
        call = read_call(command, situation)
        for rule in self.rules:
            if not rule.programs or call.program in rule.programs:
                yield from rule.findings(call)
        functions = situation.shell.functions
        if body := functions.pop(command.name, None):  # what it calls by its own name is itself, or the program
            for inner in list(situation.shell.called(command, body)):
                yield from self.of_command(inner, situation)
            functions[command.name] = body
            return
        for inner, where in carried(call):
            yield from self.of_command(inner, where)
        for change in chain(EFFECTS.get("", ()), EFFECTS.get(call.program, ())):
            change(call)
        strange = not call.grammar and call.program not in self.known
        if strange and re.fullmatch(r"[a-z][a-z0-9._+-]*", command.name) and program(call.program) is None:
            self.unknown[call.program] += 1


def _unknown(programs: Counter[str]) -> list[str]:
    """The programs that nothing here knows, in one line."""
    names = ", ".join(f"« {name} »" for name, _ in programs.most_common(10))
    more = f" et {len(programs) - 10} autres" if len(programs) > 10 else ""
    return [f"inconnu ici, et non jugé : {names}{more}"] if programs else []
