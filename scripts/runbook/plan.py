"""Turn pages into an ordered plan: which step runs where, which one does not, and why. Pure."""

import enum
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tree_sitter import Node

from runbook.errors import Problem
from runbook.reading.content import Block, PageBlocks
from runbook.reading.syntax import parse, text_of, walk
from runbook.settings import Settings

# Commands that only turn text into text: they may follow an HTTP call on any machine.
FILTERS = "[ cat cut echo grep head jq printf python python3 sed sort tail test tr true uniq wc"
HTTP = {"curl", "wget"}
URL = re.compile(r"https?://[^\s\"'|;<>()]+")
SPECIAL = frozenset("?!#@*$-_0123456789")  # variables that every shell has


class Mode(enum.StrEnum):
    """How a step is meant to be carried out."""

    RUN = "exécuter"
    STAND_IN = "substitut"
    NOT_RUN = "non exécuté"


@dataclass(frozen=True, slots=True)
class Step:
    """One block on one target; `reason` says why it does not run, `""` where it does."""

    block: Block
    mode: Mode
    reason: str = ""

    @property
    def place(self) -> str:
        return f"{self.block.page}:{self.block.line}"


@dataclass(frozen=True, slots=True)
class PagePlan:
    """The steps of one page on one target, to be run in one shell; `on` is the target that really serves."""

    page: str
    uri: str
    title: str
    target: str
    on: str
    after: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the chosen pages hold, in the order in which it runs; `refused` says why pages of theirs do not."""

    pages: tuple[PagePlan, ...]
    refused: tuple[Problem, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for page in self.pages for step in page.steps)


def label(title: str | None, code: str) -> str:
    """How a step is called in a line of a report: its title, else the first line that a reader would know it by."""
    lines = [line.strip() for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]
    first = lines[0] if lines else ""
    return title or first[:90] + (" …" if len(lines) > 1 or len(first) > 90 else "")


def make_plan(
    pages: Sequence[PageBlocks],
    settings: Settings,
    missing: Mapping[str, str],
    chosen: Collection[str] = (),
    prerequisites: bool = True,
) -> Plan:
    """Order the pages target by target; `missing` tells for each absent target what it lacks.

    With `chosen` paths only these pages run, and before them (if `prerequisites`) those that they ask to come after.
    A page that holds what cannot be run as it is written is refused, with those that come after it; the others run.
    """
    known = {page.page.uri: page for page in pages}
    ordered = in_order(pages, chosen, prerequisites)
    refused = _refused(known, ordered)
    plans: list[PagePlan] = []
    for target in ("", *settings.targets):
        on, addresses = _served(target, settings, missing)
        for page in ordered:
            fault = next(iter(refused.get(page.page.uri, ())), None)
            lack = f"page refusée : ligne {fault.line} : {fault.cause}" if fault else missing.get(target, "")
            answering = frozenset[str]() if fault else addresses
            blocks = (block for block in page.all_blocks if block.target == target)
            if steps := tuple(_step(block, lack, answering) for block in blocks):
                plans.append(PagePlan(page.page.path, page.page.uri, page.page.title, target, on, page.after, steps))
    return Plan(tuple(plans), tuple(sorted(problem for problems in refused.values() for problem in problems)))


def in_order(pages: Sequence[PageBlocks], asked: Collection[str] = (), prerequisites: bool = True) -> list[PageBlocks]:
    """The pages asked for, or all, in the order of the navigation, except where a page asks to come after another."""
    waiting = {page.page.uri: page for page in pages}
    ordered: list[PageBlocks] = []

    def is_asked(page: PageBlocks) -> bool:
        return not asked or page.page.path in asked

    def visit(uri: str) -> None:
        page = waiting.pop(uri, None)
        if page:
            for name in page.after:
                visit(name)
            ordered.append(page)

    for page in pages:
        if is_asked(page):
            visit(page.page.uri)
    return [page for page in ordered if prerequisites or is_asked(page)]


def misplaced(ordered: Sequence[PageBlocks], known: Collection[str]) -> Iterator[Problem]:
    """What pages ask in vain to come after: one that is not among the `known`, or that itself comes after them."""
    places = {page.page.uri: place for place, page in enumerate(ordered)}
    for place, page in enumerate(ordered):
        for name in page.after:
            cause = f"« execution.apres » nomme {name}, qui "
            if name not in known:
                yield Problem(page.page.path, 1, f"{cause}n'existe pas", "donner le chemin depuis docs/")
            elif places.get(name, -1) >= place:
                yield Problem(page.page.path, 1, f"{cause}doit elle-même la suivre", "défaire ce cercle")


def _refused(known: Mapping[str, PageBlocks], ordered: list[PageBlocks]) -> dict[str, list[Problem]]:
    """The pages that cannot be run, prerequisites first, and why."""
    wrong = list(misplaced(ordered, known))
    refused: dict[str, list[Problem]] = {}
    for page in ordered:
        before = next((known[name] for name in page.after if name in refused), None)
        problems = [*page.problems, *(one for one in wrong if one.path == page.page.path)]
        if before:
            cause = f"« execution.apres » nomme {before.page.uri}, qui est refusée"
            problems.append(Problem(page.page.path, 1, cause, f"corriger {before.page.path}"))
        if problems:
            refused[page.page.uri] = problems
    return refused


def _served(target: str, settings: Settings, missing: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    """The target that serves these pages, and the addresses at which it does where it stands in for theirs."""
    stand_in = settings.targets[target].stand_in if missing.get(target) else None
    if not stand_in or stand_in.target in missing:
        return target, frozenset()
    services = (settings.services[name] for name in settings.served_by(target, stand_in.target))
    return stand_in.target, frozenset(f"localhost:{port}" for service in services for port in service.ports)


def _step(block: Block, lack: str, addresses: frozenset[str]) -> Step:
    if block.not_run or block.undecided:
        return Step(block, Mode.NOT_RUN, block.not_run or f"indécis : {block.undecided}")
    if lack and not (block.stand_in and answered_by(block, addresses)):
        return Step(block, Mode.NOT_RUN, lack)
    return Step(block, Mode.STAND_IN if lack else Mode.RUN)


def answered_by(block: Block, addresses: frozenset[str]) -> bool:
    """Whether services at `addresses` (`host:port`) are all that this block needs.

    Only HTTP calls to them and text filters, no background, and no variable from another block:
    then the answer comes from the same code, whatever started it.
    """
    nodes = list(walk(parse(block.code)))
    names = {text_of(node) for node in nodes if node.type == "command_name"}
    urls = URL.findall(block.code)
    assigned = _variables(nodes, "variable_assignment", "for_statement")
    used = _variables(nodes, "simple_expansion", "expansion") - SPECIAL - assigned
    alone = not (nodes[0].has_error or used or any(map(_writes, nodes)) or block.background)
    known = bool(urls) and all(_address(url) in addresses for url in urls)
    return alone and known and bool(names & HTTP) and names <= {*HTTP, *FILTERS.split()}


def _variables(nodes: list[Node], *kinds: str) -> set[str]:
    """Those that the nodes of these kinds name themselves."""
    named = (child for node in nodes if node.type in kinds for child in node.children)
    return {text_of(child) for child in named if child.type == "variable_name"}


def _writes(node: Node) -> bool:
    """Whether this is a redirection to another file than /dev/null."""
    if node.type != "file_redirect" or "<" in text_of(node).split("/")[0]:
        return False
    target = node.child_by_field_name("destination")
    return target is not None and text_of(target) not in ("/dev/null", "1", "2")


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
