"""Carry out a page's steps in order and judge each one."""

import itertools
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from runbook.matching import expect
from runbook.plan import Mode, PagePlan, Step
from runbook.reading import syntax
from runbook.reading.content import Block, Expected
from runbook.running import processes, servers
from runbook.running.outcome import CONDITION, Outcome, Result
from runbook.running.session import Answer, Run, Session, sweep
from runbook.running.shell import Job, Ran, Shell

ATTEMPT_PAUSE = 0.5
READY_POLL = 0.1
SKIPPED, STOPPED = "sautée par l'opérateur", "arrêt demandé par l'opérateur"
CLOSED = "la commande a fermé le shell de la page, ou parlé à sa place ; les étapes suivantes n'ont plus de terminal"
UNCLOSED = re.compile(rb": line \d+: warning: here-document at line \d+ delimited by end-of-file \(wanted ")
NO_ANSWER = (126, 127)  # the command of a condition cannot be run, or does not exist
OUTPUT_CUT = "… (sortie coupée : {} octets en tout)"


@dataclass(frozen=True, slots=True)
class Started:
    """Announces that a step is about to run."""

    step: Step
    on: str


Event = Started | Result


def run_page(page: PagePlan, session: Session, run: Run) -> Iterator[Event]:
    """Yield each step as it starts and ends; afterwards nothing that the page started is left.

    A step that fails ends the page: what follows relies on it.  Clean-up steps always run, each in
    a fresh shell, also when the caller is interrupted: a signal that comes while they run waits for them.
    """
    steps = [step for step in page.steps if not step.block.cleanup]
    cleanups = [step for step in page.steps if step.block.cleanup]
    running = _Page(page, session, run)
    try:
        yield from running.steps(steps)
    except BaseException:
        running.stop_jobs()
        for _ in running.cleanups(cleanups):
            pass
        raise
    finally:
        running.stop_jobs()
    yield from running.cleanups(cleanups)


def not_run(page: PagePlan, reason: str) -> Iterator[Result]:
    """Every step of a page that cannot be started at all."""
    for step in page.steps:
        why = step.reason if step.mode is Mode.NOT_RUN else reason
        yield Result(step, page.target, page.on, Outcome.NOT_RUN, step.block.line, why)


class _Page:
    """The shell, background jobs and secret names of one page while it runs."""

    def __init__(self, page: PagePlan, session: Session, run: Run) -> None:
        self._page, self._session, self._run = page, session, run
        self._shells = itertools.count()  # no generator: one that a signal goes through gives nothing any more
        self._shell: Shell | None = None
        self._jobs: list[Job] = []
        self._reveal = _secret_variables(page, run)

    def steps(self, steps: list[Step]) -> Iterator[Event]:
        """The steps up to the first that does not hold; the rest are not run."""
        stopped = ""
        for step in steps:
            if step.mode is Mode.NOT_RUN or stopped:
                yield self._result(step, Outcome.NOT_RUN, step.reason or stopped)
                continue
            with self._run.interruptions.allowed():
                answer = self._run.confirm(step)
            if answer is not Answer.RUN:
                stopped = STOPPED if answer is Answer.STOP else ""
                yield self._result(step, Outcome.NOT_RUN, stopped or SKIPPED)
                continue
            yield Started(step, self._page.on)
            with self._run.interruptions.allowed():
                result = self._step(step)
            if result.outcome.bad:
                stopped = f"l'étape de la ligne {step.block.line} n'a pas abouti"
            yield result

    def cleanups(self, steps: list[Step]) -> Iterator[Event]:
        """Clean-up steps, each in a shell of its own, whatever came before."""
        for step in steps:
            if step.mode is Mode.NOT_RUN:
                yield self._result(step, Outcome.NOT_RUN, step.reason)
                continue
            yield Started(step, self._page.on)
            with self._new_shell() as shell:
                result = self._judged(step, shell.run(step.block.code, self._deadline(step.block)))
            sweep(self._run, self._session.spared)
            yield result

    def stop_jobs(self) -> None:
        """End the background steps, then the shell and whatever escaped from it."""
        below = [process for job in self._jobs for process in processes.tree(job.pid)]
        processes.stop(below, self._run.settings.stop_grace)
        self._jobs.clear()
        if self._shell:
            self._shell.close()
            self._shell = None
        sweep(self._run, self._session.spared)

    def _step(self, step: Step) -> Result:
        if self._shell is None:
            self._shell = self._new_shell()
        block = step.block
        if block.condition:
            asked = self._shell.run(block.condition, self._deadline(block))
            if asked.exit_status is None or asked.exit_status in NO_ANSWER:
                return self._without_answer(step, block.condition, asked)
            if asked.exit_status:
                return self._result(step, Outcome.NOT_RUN, f"{CONDITION} : {block.condition}")
        if block.background:
            return self._in_background(step, self._shell)
        if block.retry:
            return self._until_it_holds(step, self._shell)
        return self._judged(step, self._run_block(block, self._shell))

    def _without_answer(self, step: Step, condition: str, asked: Ran) -> Result:
        """A condition that could not be asked is no reason to leave the step out."""
        judged = self._judged(replace(step, block=replace(step.block, expected=None, exit_status=0)), asked)
        return replace(judged, step=step, reason=f"condition « {condition} » : {judged.reason}")

    def _until_it_holds(self, step: Step, shell: Shell) -> Result:
        """Try again until the step holds or its time is over; only then is a failure a failure."""
        started = time.monotonic()
        for attempt in itertools.count(1):
            result = self._judged(step, self._run_block(step.block, shell))
            seconds = time.monotonic() - started
            result = replace(result, attempts=attempt, seconds=seconds)
            if not result.outcome.bad or result.exit_status is None:
                return result
            if seconds + ATTEMPT_PAUSE > (step.block.retry or 0):
                return replace(result, reason=f"{result.reason} (après {attempt} essais en {seconds:.0f} s)")
            time.sleep(ATTEMPT_PAUSE)
        raise RuntimeError  # a count never ends

    def _in_background(self, step: Step, shell: Shell) -> Result:
        """Start the block and await its readiness; it then lives until the end of the page."""
        condition, started = step.block.background or "", time.monotonic()
        if not condition.startswith("sortie:") and _holds(condition, b""):
            return self._result(
                step,
                Outcome.FAILED,
                f"{condition} répond déjà avant le lancement : un autre programme occupe la place ; l'arrêter",
            )
        job = shell.start(step.block.code)
        if job is None:
            return self._result(step, Outcome.FAILED, "le shell de la page s'est terminé")
        self._jobs.append(job)
        end = started + self._deadline(step.block)
        while True:
            running = job.running  # asked before reading: what an ended job printed is then all there
            out, err = job.outputs.read()
            result: Result | None = None
            if _holds(condition, out + err):
                result = self._result(step, Outcome.VERIFIED)
            elif job.outputs.flooded:
                result = self._result(step, Outcome.FAILED, self._flood())
            elif not running:
                result = self._result(
                    step, Outcome.FAILED, f"la commande de fond s'est arrêtée avant que {condition} ne soit vrai"
                )
            elif time.monotonic() > end:
                result = self._result(
                    step, Outcome.TIMED_OUT, f"{condition} n'est pas vrai après {self._deadline(step.block):g} s"
                )
            if result:
                return replace(
                    result, seconds=time.monotonic() - started, attempts=1, out=self._kept(out), err=self._kept(err)
                )
            time.sleep(READY_POLL)

    def _run_block(self, block: Block, shell: Shell) -> Ran:
        ran = shell.run(block.code, self._deadline(block), self._reveal)
        if ran.timed_out or ran.flooded:
            sweep(self._run, self._session.spared)
        return ran

    def _judged(self, step: Step, ran: Ran) -> Result:
        """Compare what happened with what the page promises."""
        self._run.private.learn(ran.values)
        block = step.block
        if ran.timed_out:
            judged = self._result(
                step,
                Outcome.TIMED_OUT,
                f"pas de fin en {self._deadline(block):g} s ; tous ses processus ont été arrêtés",
            )
        elif ran.flooded:
            judged = self._result(step, Outcome.FAILED, self._flood())
        elif ran.exit_status is None:
            judged = self._result(step, Outcome.FAILED, CLOSED)
        elif UNCLOSED.search(ran.err):
            judged = self._result(
                step,
                Outcome.FAILED,
                "document en ligne (<<) non fermé ; dans un terminal, la commande attendrait la suite",
            )
        elif ran.exit_status != block.exit_status:
            judged = self._result(
                step, Outcome.FAILED, f"code de sortie {ran.exit_status} au lieu de {block.exit_status}"
            )
        elif block.expected:
            judged = self._compared(step, block.expected, ran)
        else:
            judged = self._result(step, Outcome.VERIFIED if block.exit_status else Outcome.EXECUTED)
        return replace(
            judged,
            seconds=ran.duration,
            attempts=1,
            exit_status=ran.exit_status,
            out=self._kept(ran.out),
            err=self._kept(ran.err),
        )

    def _compared(self, step: Step, expected: Expected, ran: Ran) -> Result:
        shown = (ran.out if ran.out.strip() else ran.err).decode(errors="replace")
        mismatch = expect.compare(expected.text, shown, expected.kind)
        if mismatch is None:
            return self._result(step, Outcome.VERIFIED)
        # Said again of the masked output: a message may cut a value in two, and half a secret is one too.
        safe = self._run.private.hide(shown)
        mismatch = expect.compare(expected.text, safe, expected.kind) or mismatch
        result = self._result(step, Outcome.FAILED, self._run.private.hide(mismatch.reason))
        diff = expect.diff(expected.text, safe, expected.kind)
        return replace(result, line=expected.line + (mismatch.line or 0), diff=diff)

    def _result(self, step: Step, outcome: Outcome, reason: str = "") -> Result:
        return Result(step, self._page.target, self._page.on, outcome, step.block.line, reason)

    def _flood(self) -> str:
        return f"sortie de plus de {self._run.settings.output_limit // 2**20} Mio ; la commande a été arrêtée"

    def _deadline(self, block: Block) -> float:
        return block.deadline or self._run.settings.deadline

    def _kept(self, output: bytes) -> str:
        """Readable, masked, and no longer than the record wants."""
        text = self._run.private.hide(output.decode(errors="replace"))
        half = self._run.settings.kept_output // 2
        if len(text) <= 2 * half:
            return text
        return f"{text[:half]}\n{OUTPUT_CUT.format(len(output))}\n{text[-half:]}"

    def _new_shell(self) -> Shell:
        folder = self._run.folder / f"{_slug(self._page)}-{next(self._shells)}"
        folder.mkdir(mode=0o700)
        return Shell(folder, self._run.root, self._session.env, self._run.settings.output_limit)


def _secret_variables(page: PagePlan, run: Run) -> tuple[str, ...]:
    if not run.settings.secrets.variables:
        return ()
    names = {name for step in page.steps for name in syntax.read(step.block.code).assigned}
    return tuple(sorted(name for name in names if run.private.is_secret(name)))


def _holds(condition: str, output: bytes) -> bool:
    """Whether a readiness condition (`http…`, `port:N`, `sortie:text`) is true now."""
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("port:", lambda port: _listens(int(port))),
        ("sortie:", lambda text: text.encode() in output),
        ("http", lambda rest: servers.answers("http" + rest)),
    )
    return any(holds(condition.removeprefix(kind)) for kind, holds in kinds if condition.startswith(kind))


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("localhost", port), timeout=1):
            return True
    except OSError:
        return False


def _slug(page: PagePlan) -> str:
    return re.sub(r"\W+", "-", f"{page.target}-{Path(page.page).with_suffix('')}")
