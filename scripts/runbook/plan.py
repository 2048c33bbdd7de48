"""Turn pages into an ordered plan: which step runs where, which one does not, and why. Pure."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from runbook.errors import Problem
from runbook.reading import syntax
from runbook.reading.content import Block, PageBlocks
from runbook.settings import Settings

# Commands that only turn text into text: they may follow an HTTP call on any machine.
FILTERS = frozenset(
    [
        "[",
        "cat",
        "cut",
        "echo",
        "grep",
        "head",
        "jq",
        "printf",
        "python",
        "python3",
        "sed",
        "sort",
        "tail",
        "test",
        "tr",
        "true",
        "uniq",
        "wc",
    ]
)
HTTP = frozenset(["curl", "wget"])


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
    """Everything that the chosen pages hold, in the order in which it runs;
    `refused` says why pages of theirs do not."""

    pages: tuple[PagePlan, ...]
    refused: tuple[Problem, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for page in self.pages for step in page.steps)


def make_plan(
    pages: Iterable[PageBlocks],
    settings: Settings,
    missing: Mapping[str, str],
    chosen: Iterable[str] = (),
    prerequisites: bool = True,
) -> Plan:
    """Order the pages target by target; `missing` tells for each absent target what it lacks.

    With `chosen` paths only these pages run, and before them (if `prerequisites`) the ones that their
    front matter names under `apres`.  A page that holds what
    cannot be run as it is written is refused, with those that come after it; the others run.
    """
    known = {page.page.uri: page for page in pages}
    wanted = _wanted(known, chosen, prerequisites)
    ordered = _prerequisites_first(known, wanted)
    refused = _refused(known, ordered, prerequisites)
    plans: list[PagePlan] = []
    for target in ("", *settings.targets):
        for page in ordered:
            blocks = [block for block in page.all_blocks if block.target == target]
            if blocks:
                made = _page_plan(page, blocks, target, settings, missing)
                fault = next(iter(refused.get(page.page.uri, ())), None)
                plans.append(_not_run(made, f"page refusée : ligne {fault.line} : {fault.cause}") if fault else made)
    return Plan(tuple(plans), tuple(sorted(problem for problems in refused.values() for problem in problems)))


def _refused(
    known: Mapping[str, PageBlocks], ordered: list[PageBlocks], prerequisites: bool
) -> dict[str, list[Problem]]:
    """The pages that cannot be run, prerequisites first, and why."""
    refused: dict[str, list[Problem]] = {}
    for page in ordered:
        problems = list(page.problems)
        for name in page.after:
            cause = f"« execution.apres » nomme {name}, qui "
            if name not in known:
                problems.append(Problem(page.page.path, 1, f"{cause}n'existe pas", "donner le chemin depuis docs/"))
            elif name in refused and prerequisites:
                problems.append(Problem(page.page.path, 1, f"{cause}est refusée", f"corriger {known[name].page.path}"))
        if problems:
            refused[page.page.uri] = problems
    return refused


def _not_run(page: PagePlan, reason: str) -> PagePlan:
    """The same page, none of whose steps run."""
    steps = tuple(replace(step, mode=Mode.NOT_RUN, reason=step.block.not_run or reason) for step in page.steps)
    return replace(page, on=page.target, steps=steps)


def _wanted(known: Mapping[str, PageBlocks], chosen: Iterable[str], prerequisites: bool) -> set[str]:
    asked = set(chosen)
    if not asked:
        return set(known)
    wanted: set[str] = set()
    todo = [uri for uri, page in known.items() if uri in asked or page.page.path in asked]
    while todo:
        uri = todo.pop()
        if uri in known and uri not in wanted:
            wanted.add(uri)
            todo.extend(known[uri].after if prerequisites else ())
    return wanted


def _prerequisites_first(known: Mapping[str, PageBlocks], wanted: set[str]) -> list[PageBlocks]:
    """The order of the navigation, except where a page asks to come after another."""
    ordered: list[PageBlocks] = []
    visited: set[str] = set()

    def visit(uri: str) -> None:
        if uri in visited:
            return
        visited.add(uri)
        for name in known[uri].after:
            if name in known:
                visit(name)
        ordered.append(known[uri])

    for uri in known:
        if uri in wanted:
            visit(uri)
    return [page for page in ordered if page.page.uri in wanted]


def _page_plan(
    page: PageBlocks, blocks: list[Block], target: str, settings: Settings, missing: Mapping[str, str]
) -> PagePlan:
    on, steps = target, [_step(block) for block in blocks]
    if target in missing:
        stand_in = settings.targets[target].stand_in
        answers = stand_in is not None and stand_in.target not in missing
        addresses = _addresses(settings, target, stand_in.target) if stand_in and answers else frozenset()
        on = stand_in.target if stand_in and answers else target
        steps = [_without_target(step, missing[target], addresses) for step in steps]
    return PagePlan(page.page.path, page.page.uri, page.page.title, target, on, page.after, tuple(steps))


def _step(block: Block) -> Step:
    if block.not_run:
        return Step(block, Mode.NOT_RUN, block.not_run)
    if block.undecided:
        return Step(block, Mode.NOT_RUN, f"indécis : {block.undecided}")
    return Step(block, Mode.RUN)


def _without_target(step: Step, lack: str, addresses: frozenset[str]) -> Step:
    if step.mode is Mode.NOT_RUN:
        return step
    if step.block.stand_in and answered_by(step.block, addresses):
        return Step(step.block, Mode.STAND_IN)
    return Step(step.block, Mode.NOT_RUN, lack)


def answered_by(block: Block, addresses: frozenset[str]) -> bool:
    """Whether services at `addresses` (`host:port`) are all that this block needs.

    Only HTTP calls to them and text filters, no background, and no variable from another block:
    then the answer comes from the same code, whatever started it.
    """
    script = syntax.read(block.code)
    names = set(script.commands)
    return (
        bool(names & HTTP)
        and names <= HTTP | FILTERS
        and not script.has_error
        and not script.used
        and not script.writes
        and block.background is None
        and bool(script.urls)
        and all(_address(url) in addresses for url in script.urls)
    )


def _addresses(settings: Settings, target: str, on: str) -> frozenset[str]:
    services = (settings.services[name] for name in settings.served_by(target, on))
    return frozenset(f"localhost:{port}" for service in services for port in service.ports)


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
