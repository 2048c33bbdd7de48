"""What lives as long as a page: its shell and what it left running; and how one step is carried out there."""

import itertools
import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from runbook.outcome import Reason
from runbook.plan import PagePlan, Step
from runbook.running import processes
from runbook.running.asking import OUTPUT, holds
from runbook.running.facts import End, Fact, Ran
from runbook.running.run import Answer, Run
from runbook.running.shell import Shell

Bad = Callable[[Fact], bool]  # what somebody else makes of a fact: nothing can rely on a bad step
PAUSE = 0.5  # seconds between two attempts
POLL = 0.1
NO_ANSWER = (126, 127)  # the command of a condition cannot be run, or does not exist


class Opened:
    """One page while its steps are carried out."""

    def __init__(self, page: PagePlan, run: Run) -> None:
        self.page, self.run = page, run
        self._numbers = itertools.count()  # no generator: one that a signal goes through gives nothing any more
        self._shells: list[Shell] = []
        code = "\n".join(step.block.code for step in page.steps)
        self._secrets = tuple(sorted(filter(run.private.is_secret, set(re.findall(r"\b[A-Za-z_]\w*", code)))))
        local = set(re.findall(r"\w+", " ".join(re.findall(r"\b(?:local|declare|typeset)\b(.*)", code))))
        self._locals = tuple(name for name in self._secrets if name in local)

    def ask(self, whom: Callable[[Step], Answer], step: Step) -> Answer:
        with self.run.interruptions.allowed():
            return whom(step)

    def fact(self, step: Step, **seen: Any) -> Fact:
        return Fact(step, self.page.target, self.page.on, **seen)

    def step(self, step: Step, bad: Bad) -> Fact:
        """One step in the page's shell, if its condition is met; in a new one if a command closed it."""
        if not self._shells or not self._shells[-1].alive:
            self._shells.append(self._new_shell())
        shell, condition = self._shells[-1], step.block.condition
        if condition:
            ran = shell.run(condition, self.run.deadline(step))
            if ran.end is not End.STATUS or ran.status in NO_ANSWER:  # no reason to leave the step out
                return self.fact(step, ran=ran, asked=True, attempts=1, seconds=ran.duration)
            if ran.status:
                return self.fact(step, left=Reason.CONDITION, detail=condition)
        return self._left_running(step, shell) if step.block.background else self._attempts(step, shell, bad)

    def cleanup(self, step: Step, bad: Bad) -> Fact:
        """A clean-up step, in a shell of its own."""
        with closing(self._new_shell()) as shell:
            fact = self._attempts(step, shell, bad)
        processes.hunt(self.run.token, self.run.spared)
        return fact

    def close(self) -> None:
        """End the background steps and the shells, then whatever escaped from them."""
        for shell in self._shells:
            shell.close(self.run.settings.stop_grace)
        self._shells.clear()
        processes.hunt(self.run.token, self.run.spared)

    def _attempts(self, step: Step, shell: Shell, bad: Bad) -> Fact:
        """What was seen at the last attempt: the first that is not `bad`, or that at which the time is over."""
        started, patience, count = time.monotonic(), step.block.retry, 0
        while True:
            count += 1
            ran = shell.run(step.block.code, self.run.deadline(step))
            if ran.end in (End.LATE, End.FLOODED):
                processes.hunt(self.run.token, self.run.spared)
            seconds = ran.duration if patience is None else time.monotonic() - started
            fact = self.fact(step, ran=ran, attempts=count, seconds=seconds)
            last = patience is None or seconds + PAUSE > patience or self.run.interruptions.insisted
            if last or ran.end is not End.STATUS or not bad(fact):
                return fact
            time.sleep(PAUSE)

    def _left_running(self, step: Step, shell: Shell) -> Fact:
        """What came of a background step by its deadline; it now lives on."""
        started, condition = time.monotonic(), step.block.background or ""
        if not condition.startswith(OUTPUT) and holds(condition, b""):
            return self.fact(step, ran=Ran(End.TAKEN))
        job = shell.start(step.block.code)
        if job is None:
            return self.fact(step, ran=Ran(End.CLOSED))
        while True:
            running = job.running  # asked before reading: what an ended job printed is then all there
            out, err = job.outputs.read()
            seconds = time.monotonic() - started
            states = {
                End.READY: holds(condition, out + err),
                End.FLOODED: job.outputs.flooded,
                End.GONE: not running,
                End.LATE: seconds > self.run.deadline(step),
            }
            if reached := [state for state, here in states.items() if here]:
                return self.fact(step, ran=Ran(reached[0], out=out, err=err), attempts=1, seconds=seconds)
            time.sleep(POLL)

    def _new_shell(self) -> Shell:
        page, settings = self.page, self.run.settings
        slug = re.sub(r"\W+", "-", f"{page.target}-{Path(page.page).with_suffix('')}")
        folder = self.run.folder / f"{slug}-{next(self._numbers)}"
        folder.mkdir(mode=0o700)
        return Shell(folder, self.run.root, self.run.env, settings.output_limit, self._secrets, self._locals)
