"""Carry out the steps of one page in order, and say what was seen of each."""

import itertools
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from runbook.plan import Mode, PagePlan, Step
from runbook.running import background, processes
from runbook.running.attempts import attempts, unmet
from runbook.running.facts import End, Fact, Left, Ran
from runbook.running.operator import Answer
from runbook.running.run import Run, sweep
from runbook.running.session import Session
from runbook.running.shell import Job, Shell


class Judged(Protocol):
    """What somebody else made of a fact; all that matters here is that nothing can rely on a bad step."""

    @property
    def step(self) -> Step: ...

    @property
    def bad(self) -> bool: ...


J = TypeVar("J", bound=Judged)
Judge = Callable[[Fact], J]


@dataclass(frozen=True, slots=True)
class Started:
    """Announces that a step is about to run."""

    step: Step
    on: str


def run_page(page: PagePlan, session: Session, run: Run, judge: Judge[J]) -> Iterator[Started | J]:
    """Yield each step as it starts and what the judge makes of it; afterwards nothing that the page started is left.

    A bad step ends the page.  Clean-up steps always run, each in a fresh shell, also when the caller is interrupted:
    a signal that comes while they run waits for them.  Where a person on duty is asked, none runs that was not.
    """
    steps = [step for step in page.steps if not step.block.cleanup]
    cleanups = [step for step in page.steps if step.block.cleanup]
    opened = _Opened(page, session, run)
    try:
        stopped = yield from _steps(steps, opened, judge)
    except BaseException:
        opened.close()
        if not run.operator.asked:
            for _ in _cleanups(cleanups, opened, judge):
                pass
        raise
    finally:
        opened.close()
    if stopped:
        yield from (judge(opened.left(step, Left.STOPPED)) for step in cleanups)
    else:
        yield from _cleanups(cleanups, opened, judge)


def not_run(page: PagePlan, left: Left, detail: str, judge: Judge[J]) -> Iterator[J]:
    """Every step of a page that cannot be started at all."""
    for step in page.steps:
        yield judge(_planned(page, step) or Fact(step, page.target, page.on, left, detail))


def _planned(page: PagePlan, step: Step) -> Fact | None:
    """A step that the plan itself leaves out."""
    if step.mode is not Mode.NOT_RUN:
        return None
    return Fact(step, page.target, page.on, Left.PAGE if step.block.not_run else Left.TARGET, step.reason)


def _steps(steps: list[Step], opened: "_Opened", judge: Judge[J]) -> Generator[Started | J, None, bool]:
    """The steps up to the first that does not hold, the rest not run; whether the person on duty stopped."""
    asked = opened.run.operator.asked
    rest: tuple[Left, str] | None = None
    before: Step | None = None
    for step in steps:
        if planned := _planned(opened.page, step):
            yield judge(planned)
            continue
        if rest is None:
            answer = opened.ask(opened.run.operator.before, step)
            while answer is Answer.AGAIN:
                redone = (yield from _carried(before, opened, judge)) if before else Answer.GO
                answer = redone if redone is Answer.STOP else opened.ask(opened.run.operator.before, step)
            if answer is Answer.GO:
                answer, before = (yield from _carried(step, opened, judge)), step
                if answer is Answer.STOP:
                    rest = (Left.STOPPED, "") if asked else (Left.STEP_BEFORE, str(step.block.line))
                continue
            rest = (Left.STOPPED, "") if answer is Answer.STOP else None
        yield judge(opened.left(step, *(rest or (Left.PASSED,))))
    return rest is not None and asked


def _carried(step: Step, opened: "_Opened", judge: Judge[J]) -> Generator[Started | J, None, Answer]:
    """The step, again if it does not hold and somebody asks for that; what is to be done then."""
    while True:
        yield Started(step, opened.page.on)
        with opened.run.interruptions.allowed():
            judged = judge(opened.step(step, judge))
        yield judged
        if not judged.bad:
            return Answer.GO
        answer = opened.ask(opened.run.operator.after, step)
        if answer is not Answer.AGAIN:
            return answer


def _cleanups(steps: list[Step], opened: "_Opened", judge: Judge[J]) -> Iterator[Started | J]:
    """Clean-up steps, each in a shell of its own, whatever came before."""
    answer = Answer.GO
    for step in steps:
        if planned := _planned(opened.page, step):
            yield judge(planned)
            continue
        if answer is not Answer.STOP:
            answer = opened.ask(opened.run.operator.before, step) if opened.run.operator.asked else Answer.GO
        if answer is not Answer.GO:
            yield judge(opened.left(step, Left.STOPPED if answer is Answer.STOP else Left.PASSED))
            continue
        yield Started(step, opened.page.on)
        with opened.new_shell() as shell:
            ran = shell.run(step.block.code, opened.deadline(step))
            judged = judge(Fact(step, opened.page.target, opened.page.on, ran=ran, attempts=1, seconds=ran.duration))
        sweep(opened.run, opened.session.spared)
        yield judged


class _Opened:
    """What lives as long as a page: its shell, and what it left running in the background."""

    def __init__(self, page: PagePlan, session: Session, run: Run) -> None:
        self.page, self.session, self.run = page, session, run
        self._numbers = itertools.count()  # no generator: one that a signal goes through gives nothing any more
        self._shells: list[Shell] = []
        self._jobs: list[Job] = []
        code = "\n".join(step.block.code for step in page.steps)
        self._secrets = tuple(sorted(filter(run.private.is_secret, set(re.findall(r"\b[A-Za-z_]\w*", code)))))
        local = set(re.findall(r"\w+", " ".join(re.findall(r"\b(?:local|declare|typeset)\b(.*)", code))))
        self._locals = tuple(name for name in self._secrets if name in local)

    def ask(self, whom: Callable[[Step], Answer], step: Step) -> Answer:
        with self.run.interruptions.allowed():
            return whom(step)

    def step(self, step: Step, judge: Judge[J]) -> Fact:
        """One step in the page's shell; after a command that closed it, in a new one,
        as a reader opens another terminal."""
        if not self._shells or not self._shells[-1].alive:
            self._shells.append(self.new_shell())
        shell, blank = self._shells[-1], Fact(step, self.page.target, self.page.on)
        if left := unmet(blank, shell, self.deadline(step)):
            return left
        if step.block.background:
            fact, job = background.start(blank, shell, self.deadline(step))
            self._jobs += [job] if job else []
            return fact
        return attempts(blank, lambda: self._once(step, shell), lambda fact: judge(fact).bad)

    def new_shell(self) -> Shell:
        page, settings = self.page, self.run.settings
        slug = re.sub(r"\W+", "-", f"{page.target}-{Path(page.page).with_suffix('')}")
        folder = self.run.folder / f"{slug}-{next(self._numbers)}"
        folder.mkdir(mode=0o700)
        return Shell(folder, self.run.root, self.session.env, settings.output_limit, self._secrets, self._locals)

    def left(self, step: Step, why: Left, detail: str = "") -> Fact:
        return Fact(step, self.page.target, self.page.on, why, detail)

    def deadline(self, step: Step) -> float:
        return step.block.deadline or self.run.settings.deadline

    def close(self) -> None:
        """End the background steps, then the shell and whatever escaped from it."""
        below = [process for job in self._jobs for process in processes.tree(job.pid)]
        processes.stop(below, self.run.settings.stop_grace)
        self._jobs.clear()
        for shell in self._shells:
            shell.close()
        self._shells.clear()
        sweep(self.run, self.session.spared)

    def _once(self, step: Step, shell: Shell) -> Ran:
        ran = shell.run(step.block.code, self.deadline(step))
        if ran.end in (End.LATE, End.FLOODED):
            sweep(self.run, self.session.spared)
        return ran
