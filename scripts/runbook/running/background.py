"""Start a block that is left running, and await that it is ready."""

import time
from dataclasses import replace

from runbook.running.facts import NOTHING, Background, Fact
from runbook.running.readiness import OUTPUT, holds
from runbook.running.shell import Job, Shell

POLL = 0.1


def start(blank: Fact, shell: Shell, deadline: float) -> tuple[Fact, Job | None]:
    """What came of it by its deadline, and the job that now lives on; None if there is none."""
    block, started = blank.step.block, time.monotonic()
    condition = block.background or ""
    if not condition.startswith(OUTPUT) and holds(condition, b""):
        return replace(blank, background=Background.TAKEN), None
    job = shell.start(block.code)
    if job is None:
        return replace(blank, background=Background.NO_SHELL), None
    while True:
        running = job.running  # asked before reading: what an ended job printed is then all there
        out, err = job.outputs.read()
        state = (
            Background.READY
            if holds(condition, out + err)
            else Background.FLOODED
            if job.outputs.flooded
            else Background.ENDED
            if not running
            else Background.LATE
            if time.monotonic() > started + deadline
            else None
        )
        if state:
            ran = replace(NOTHING, out=out, err=err)
            return replace(blank, background=state, ran=ran, attempts=1, seconds=time.monotonic() - started), job
        time.sleep(POLL)
