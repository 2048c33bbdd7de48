"""Run one block until it ends, or again until it holds, and say what was seen."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace

from runbook.running.facts import End, Fact, Left, Ran
from runbook.running.shell import Shell

PAUSE = 0.5
NO_ANSWER = (126, 127)  # the command of a condition cannot be run, or does not exist


def unmet(blank: Fact, shell: Shell, deadline: float) -> Fact | None:
    """Why a step with a condition is not carried out; None where it is."""
    condition = blank.step.block.condition
    if not condition:
        return None
    ran = shell.run(condition, deadline)
    if ran.end is not End.STATUS or ran.status in NO_ANSWER:  # no reason to leave the step out
        return replace(blank, ran=ran, asked=True, attempts=1, seconds=ran.duration)
    return replace(blank, left=Left.CONDITION, detail=condition) if ran.status else None


def attempts(blank: Fact, once: Callable[[], Ran], bad: Callable[[Fact], bool]) -> Fact:
    """What was seen at the last attempt: the first one that is not `bad`,
    or the one at which the block's time is over."""
    started, patience = time.monotonic(), blank.step.block.retry
    for count in itertools.count(1):
        ran = once()
        seconds = time.monotonic() - started
        fact = replace(blank, ran=ran, attempts=count, seconds=ran.duration if patience is None else seconds)
        if patience is None or ran.end is not End.STATUS or seconds + PAUSE > patience or not bad(fact):
            return fact
        time.sleep(PAUSE)
    raise RuntimeError  # a count never ends
