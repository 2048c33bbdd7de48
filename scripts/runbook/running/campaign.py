"""Run a whole plan, target after target and step after step, and say everything that was seen."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from runbook.errors import TargetError
from runbook.outcome import Reason
from runbook.plan import Mode, PagePlan, Plan, Step
from runbook.running.facts import Fact
from runbook.running.opened import Bad, Opened
from runbook.running.run import Answer, Run
from runbook.running.target import open_target
from runbook.running.tree import changes, tree


@dataclass(frozen=True, slots=True)
class PageEnded:
    """What the page left behind in the repository: `changes` is empty where it is as it was."""

    page: PagePlan
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetFailed:
    """A target could not be made ready, or not to the end."""

    target: str
    cause: str


Told = PagePlan | Step | Fact | PageEnded | TargetFailed  # a page that begins, a step that is about to run


def run_plan(plan: Plan, run: Run, bad: Bad, notes: list[str]) -> Iterator[Told]:
    """Yield every event in order; `notes` gets what is worth saying of the targets at the end."""
    for (target, on), group in groupby(plan.pages, key=lambda page: (page.target, page.on)):
        pages = list(group)
        if any(step.mode is not Mode.NOT_RUN for page in pages for step in page.steps):
            yield from _run_group(target, on, pages, run, bad, notes)
        else:
            for page in pages:
                yield page
                yield from _not_run(page, Reason.TARGET)


def _run_group(target: str, on: str, pages: list[PagePlan], run: Run, bad: Bad, notes: list[str]) -> Iterator[Told]:
    told: set[int] = set()
    broken: set[str] = set()
    try:
        with open_target(target, on, run, notes) as served:
            before = tree(run.root)
            for page in pages:
                yield page
                failed = next((uri for uri in page.after if uri in broken), None)
                events = _not_run(page, Reason.PAGE_BEFORE, failed) if failed else _run_page(page, served, bad, notes)
                for event in events:
                    if isinstance(event, Fact):
                        told.add(id(event.step))
                        broken |= {page.uri} if failed or bad(event) else set()
                    yield event
                after = tree(run.root)
                yield PageEnded(page, changes(before, after))
                before = after
    except (TargetError, OSError) as error:  # a target that cannot be made ready, a full disk
        yield TargetFailed(target, str(error))
        for page in pages:
            rest = replace(page, steps=tuple(step for step in page.steps if id(step) not in told))
            yield from _not_run(rest, Reason.TARGET, str(error))


def _run_page(page: PagePlan, run: Run, bad: Bad, notes: list[str]) -> Iterator[Step | Fact]:
    """Yield each step as it starts and what was seen of it; afterwards nothing that the page started is left.

    A bad step ends the page.  Clean-up steps always run, each in a fresh shell, also when the caller is interrupted:
    a signal that comes while they run waits for them.  Where a person on duty is asked, none runs that was not.
    """
    steps = [step for step in page.steps if not step.block.cleanup]
    cleanups = [step for step in page.steps if step.block.cleanup]
    opened = Opened(page, run)
    try:
        stopped = yield from _steps(steps, opened, bad)
    except BaseException:
        opened.close()
        if not run.operator.asked:
            facts = (told for told in _cleanups(cleanups, opened, bad) if isinstance(told, Fact) and bad(told))
            notes += (f"{page.page}:{fact.step.block.line} : nettoyage manqué ; à relancer à la main" for fact in facts)
        raise
    opened.close()
    yield from _cleanups(cleanups, opened, bad, Answer.STOP if stopped else Answer.GO)


def _not_run(page: PagePlan, left: Reason, detail: str = "") -> Iterator[Fact]:
    """Every step of a page that cannot be started at all."""
    for step in page.steps:
        yield _planned(page, step) or Fact(step, page.target, page.on, left, detail)


def _planned(page: PagePlan, step: Step) -> Fact | None:
    """A step that the plan itself leaves out."""
    if step.mode is not Mode.NOT_RUN:
        return None
    return Fact(step, page.target, page.on, Reason.PAGE if step.block.not_run else Reason.TARGET, step.reason)


def _steps(steps: list[Step], opened: Opened, bad: Bad) -> Generator[Step | Fact, None, bool]:
    """The steps up to the first that does not hold, the rest not run; whether the person on duty stopped."""
    operator = opened.run.operator
    rest: tuple[Reason, str] | None = None
    before: Step | None = None
    for step in steps:
        if planned := _planned(opened.page, step):
            yield planned
            continue
        if rest is None:
            answer = opened.ask(operator.before, step)
            while answer is Answer.AGAIN:
                redone = (yield from _carried(before, opened, bad)) if before else Answer.GO
                answer = redone if redone is Answer.STOP else opened.ask(operator.before, step)
            if answer is Answer.GO:
                answer, before = (yield from _carried(step, opened, bad)), step
                if answer is Answer.STOP:
                    rest = (Reason.STOPPED, "") if operator.asked else (Reason.STEP_BEFORE, str(step.block.line))
                continue
            rest = (Reason.STOPPED, "") if answer is Answer.STOP else None
        left, detail = rest or (Reason.PASSED, "")
        yield opened.fact(step, left=left, detail=detail)
    return rest is not None and operator.asked


def _carried(step: Step, opened: Opened, bad: Bad) -> Generator[Step | Fact, None, Answer]:
    """The step, again if it does not hold and somebody asks for that; what is to be done then."""
    answer = Answer.AGAIN
    while answer is Answer.AGAIN:
        yield step
        with opened.run.interruptions.allowed():
            fact = opened.step(step, bad)
        held = not bad(fact)
        yield fact
        answer = Answer.GO if held else opened.ask(opened.run.operator.after, step)
    return answer


def _cleanups(steps: list[Step], opened: Opened, bad: Bad, answer: Answer = Answer.GO) -> Iterator[Step | Fact]:
    """Clean-up steps, each in a shell of its own, whatever came before."""
    operator = opened.run.operator
    for step in steps:
        planned = _planned(opened.page, step)
        if not planned and operator.asked and answer is not Answer.STOP:
            answer = opened.ask(operator.before, step)
        if planned or answer is not Answer.GO:
            left = Reason.STOPPED if answer is Answer.STOP else Reason.PASSED
            yield planned or opened.fact(step, left=left)
            continue
        yield step
        yield opened.cleanup(step, bad)
