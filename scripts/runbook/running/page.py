"""Carry out the steps of one page in order, and say what was seen of each."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from runbook.outcome import Reason
from runbook.plan import Mode, PagePlan, Step
from runbook.running.facts import Fact
from runbook.running.opened import Bad, Opened
from runbook.running.run import Answer, Run
from runbook.running.session import Session


@dataclass(frozen=True, slots=True)
class Started:
    """Announces that a step is about to run."""

    step: Step
    on: str


def run_page(page: PagePlan, session: Session, run: Run, bad: Bad) -> Iterator[Started | Fact]:
    """Yield each step as it starts and what was seen of it; afterwards nothing that the page started is left.

    A bad step ends the page.  Clean-up steps always run, each in a fresh shell, also when the caller is interrupted:
    a signal that comes while they run waits for them.  Where a person on duty is asked, none runs that was not.
    """
    steps = [step for step in page.steps if not step.block.cleanup]
    cleanups = [step for step in page.steps if step.block.cleanup]
    opened = Opened(page, session, run)
    try:
        stopped = yield from _steps(steps, opened, bad)
    except BaseException:
        opened.close()
        if not run.operator.asked:
            for _ in _cleanups(cleanups, opened):
                pass
        raise
    finally:
        opened.close()
    if stopped:
        yield from (opened.fact(step, left=Reason.STOPPED) for step in cleanups)
    else:
        yield from _cleanups(cleanups, opened)


def not_run(page: PagePlan, left: Reason, detail: str) -> Iterator[Fact]:
    """Every step of a page that cannot be started at all."""
    for step in page.steps:
        yield _planned(page, step) or Fact(step, page.target, page.on, left, detail)


def _planned(page: PagePlan, step: Step) -> Fact | None:
    """A step that the plan itself leaves out."""
    if step.mode is not Mode.NOT_RUN:
        return None
    return Fact(step, page.target, page.on, Reason.PAGE if step.block.not_run else Reason.TARGET, step.reason)


def _steps(steps: list[Step], opened: Opened, bad: Bad) -> Generator[Started | Fact, None, bool]:
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


def _carried(step: Step, opened: Opened, bad: Bad) -> Generator[Started | Fact, None, Answer]:
    """The step, again if it does not hold and somebody asks for that; what is to be done then."""
    answer = Answer.AGAIN
    while answer is Answer.AGAIN:
        yield Started(step, opened.page.on)
        with opened.run.interruptions.allowed():
            fact = opened.step(step, bad)
        held = not bad(fact)
        yield fact
        answer = Answer.GO if held else opened.ask(opened.run.operator.after, step)
    return answer


def _cleanups(steps: list[Step], opened: Opened) -> Iterator[Started | Fact]:
    """Clean-up steps, each in a shell of its own, whatever came before."""
    operator, answer = opened.run.operator, Answer.GO
    for step in steps:
        planned = _planned(opened.page, step)
        if not planned and operator.asked and answer is not Answer.STOP:
            answer = opened.ask(operator.before, step)
        if planned or answer is not Answer.GO:
            left = Reason.STOPPED if answer is Answer.STOP else Reason.PASSED
            yield planned or opened.fact(step, left=left)
            continue
        yield Started(step, opened.page.on)
        yield opened.cleanup(step)
