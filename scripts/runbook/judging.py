"""From what was seen of a step to what it is worth: five outcomes, each with its reason."""

import re
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from runbook.matching import expect
from runbook.matching.diff import diff
from runbook.matching.seen import seen
from runbook.outcome import Outcome, Reason
from runbook.plan import Plan, Step
from runbook.reading.content import Expected
from runbook.running.campaign import PageEnded, TargetFailed, Told, run_plan
from runbook.running.facts import Background, End, Fact, Left
from runbook.running.run import Run

UNCLOSED = re.compile(rb": line \d+: warning: here-document at line \d+ delimited by end-of-file \(wanted ")

CLOSED = "la commande a fermé le shell de la page, ou parlé à sa place ; les étapes suivantes n'ont plus de terminal"
OPEN_DOCUMENT = "document en ligne (<<) non fermé ; dans un terminal, la commande attendrait la suite"


@dataclass(frozen=True, slots=True)
class Result:
    """One step and what came of it; `line` is the one to look at, `seconds` all attempts together.

    `out` and `err` are as a reader sees them, masked and cut.  `reason` is empty for a step that held.
    """

    step: Step
    target: str
    on: str
    outcome: Outcome
    line: int
    why: Reason = Reason.HELD
    reason: str = ""
    diff: tuple[str, ...] = ()
    seconds: float = 0.0
    attempts: int = 0
    exit_status: int | None = None
    out: str = ""
    err: str = ""

    @property
    def bad(self) -> bool:
        return self.outcome.bad

    @property
    def place(self) -> str:
        return f"{self.step.block.page}:{self.line}"

    @property
    def stood_in(self) -> bool:
        return self.on != self.target and self.outcome is not Outcome.NOT_RUN

    @property
    def page_reason(self) -> bool:
        """Not run because the page itself says so, rather than because something lacked."""
        return self.why in (Reason.PAGE, Reason.CONDITION)


@dataclass(slots=True)
class Journal:
    """What the faces read while and after a campaign runs; `faults` make it fail, `notes` do not."""

    results: list[Result] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def judged(plan: Plan, run: Run, journal: Journal) -> Generator[Told | Result, None, None]:
    """Run the plan, yield what happens and what it is worth, and keep the results in `journal`:
    of a step run again, the last."""
    for event in run_plan(plan, run, partial(judge, run), journal.notes):
        if isinstance(event, Result):
            journal.results = [*(one for one in journal.results if one.step is not event.step), event]
        elif isinstance(event, TargetFailed):
            journal.faults.append(f"{event.target} : {event.cause}")
        elif isinstance(event, PageEnded) and event.changes:
            _discredit(event, journal)
        yield event


def verdict(results: list[Result], faults: Iterable[str]) -> int:
    """Exit status of a run: 0 if something ran, all of it held, and nobody left a step out; else 1."""
    ran = any(result.outcome is not Outcome.NOT_RUN for result in results)
    left = any(result.bad or result.why in (Reason.PASSED, Reason.STOPPED) for result in results)
    return int(any(faults) or not ran or left)


def judge(run: Run, fact: Fact) -> Result:
    """What a step is worth."""
    run.private.learn(fact.ran.values)
    blank = Result(fact.step, fact.target, fact.on, Outcome.NOT_RUN, fact.step.block.line)
    if fact.left:
        why, words = LEFT[fact.left]
        return replace(blank, why=why, reason=words.format(fact.detail))
    ran = replace(
        blank,
        seconds=fact.seconds,
        attempts=fact.attempts,
        exit_status=fact.ran.status,
        out=_kept(fact.ran.out, run),
        err=_kept(fact.ran.err, run),
    )
    if fact.background:
        return _of_background(fact, ran, run)
    result = _of_block(fact, ran, run)
    if fact.asked:
        return replace(result, reason=f"condition « {fact.step.block.condition} » : {result.reason}")
    if result.bad and fact.attempts > 1:
        return replace(result, reason=f"{result.reason} (après {fact.attempts} essais en {fact.seconds:.0f} s)")
    return result


LEFT = {
    Left.PAGE: (Reason.PAGE, "{}"),
    Left.CONDITION: (Reason.CONDITION, "condition de la page non remplie : {}"),
    Left.TARGET: (Reason.TARGET, "{}"),
    Left.PAGE_BEFORE: (Reason.PAGE_BEFORE, "la page {} qui la précède a échoué"),
    Left.STEP_BEFORE: (Reason.STEP_BEFORE, "l'étape de la ligne {} n'a pas abouti"),
    Left.PASSED: (Reason.PASSED, "passée par l'opérateur"),
    Left.STOPPED: (Reason.STOPPED, "arrêt demandé par l'opérateur"),
}


def _of_background(fact: Fact, blank: Result, run: Run) -> Result:
    condition = fact.step.block.background
    outcome, why, words = {
        Background.READY: (Outcome.VERIFIED, Reason.HELD, ""),
        Background.TAKEN: (
            Outcome.FAILED,
            Reason.READINESS,
            f"{condition} répond déjà avant le lancement : un autre programme occupe la place ; l'arrêter",
        ),
        Background.ENDED: (
            Outcome.FAILED,
            Reason.READINESS,
            f"la commande de fond s'est arrêtée avant que {condition} ne soit vrai",
        ),
        Background.FLOODED: (Outcome.FAILED, Reason.FLOODED, _flood(run)),
        Background.LATE: (
            Outcome.TIMED_OUT,
            Reason.READINESS,
            f"{condition} n'est pas vrai après {_deadline(fact.step, run):g} s",
        ),
        Background.NO_SHELL: (Outcome.FAILED, Reason.CLOSED, "le shell de la page s'est terminé"),
    }[fact.background or Background.NO_SHELL]
    return replace(blank, outcome=outcome, why=why, reason=words)


def _of_block(fact: Fact, blank: Result, run: Run) -> Result:
    """Compare what happened with what the page promises."""
    block, ran = fact.step.block, fact.ran
    wanted = 0 if fact.asked else block.exit_status
    left_as_said = ran.end is End.CLOSED and wanted and ran.status == wanted
    if ran.end is not End.STATUS and not left_as_said:
        return _of_end(fact, blank, run)
    if UNCLOSED.search(ran.err):
        return replace(blank, outcome=Outcome.FAILED, why=Reason.UNCLOSED, reason=OPEN_DOCUMENT)
    if ran.status != wanted:
        return _of_status(fact, blank, wanted, run)
    if block.expected is None or fact.asked:
        return replace(blank, outcome=Outcome.VERIFIED if wanted else Outcome.EXECUTED)
    return _of_output(block.expected, fact, blank, run)


def _of_end(fact: Fact, blank: Result, run: Run) -> Result:
    if fact.ran.end is End.LATE:
        words = f"pas de fin en {_deadline(fact.step, run):g} s ; tous ses processus ont été arrêtés"
        return replace(blank, outcome=Outcome.TIMED_OUT, why=Reason.LATE, reason=words)
    if fact.ran.end is End.FLOODED:
        return replace(blank, outcome=Outcome.FAILED, why=Reason.FLOODED, reason=_flood(run))
    return replace(blank, outcome=Outcome.FAILED, why=Reason.CLOSED, reason=CLOSED)


def _of_status(fact: Fact, blank: Result, wanted: int, run: Run) -> Result:
    """Another status than the page says, at the line of the command that ended the block with it."""
    words = f"code de sortie {fact.ran.status} au lieu de {wanted}"
    lines = fact.step.block.code.split("\n")
    failed = replace(blank, outcome=Outcome.FAILED, why=Reason.STATUS, reason=words)
    if fact.asked or not 0 < fact.ran.line <= len(lines):
        return failed
    line = min(
        fact.step.block.line + fact.ran.line, max(fact.step.block.end, fact.step.block.line)
    )  # a macro may write many
    command = run.private.hide(lines[fact.ran.line - 1].strip())
    return replace(failed, line=line, reason=f"{words}, à « {command} »" if len(lines) > 1 else words)


def _of_output(expected: Expected, fact: Fact, blank: Result, run: Run) -> Result:
    out, err = fact.ran.out, fact.ran.err
    shown = (out if out.strip() else err).decode(errors="replace")
    mismatch = expect.compare(expected.text, shown, expected.kind)
    if mismatch is None:
        return replace(blank, outcome=Outcome.VERIFIED)
    # Said again of the masked output: a message may cut a value in two, and half a secret is one too.
    safe = run.private.hide(seen(shown))
    mismatch = expect.compare(expected.text, safe, expected.kind) or mismatch
    return replace(
        blank,
        outcome=Outcome.FAILED,
        why=Reason.OUTPUT,
        reason=run.private.hide(mismatch.reason),
        line=expected.line + (mismatch.line or 0),
        diff=diff(expected.text, safe, expected.kind),
    )


def _discredit(ended: PageEnded, journal: Journal) -> None:
    """A page that changed what it was to prove has proven nothing of it."""
    page, said = ended.page, " ; ".join(ended.changes)
    remedy = "ce qu'elle a exécuté ne prouve rien de ce commit ; la faire travailler sur une copie, ou remettre en état"
    journal.faults.append(f"{page.target} : {page.page} : pendant cette page, {said} ; {remedy}")
    journal.results = [
        replace(one, outcome=Outcome.FAILED, why=Reason.CHANGED, reason=said)
        if one.step in page.steps and one.outcome in (Outcome.VERIFIED, Outcome.EXECUTED)
        else one
        for one in journal.results
    ]


def _flood(run: Run) -> str:
    return f"sortie de plus de {run.settings.output_limit // 2**20} Mio ; la commande a été arrêtée"


def _deadline(step: Step, run: Run) -> float:
    return step.block.deadline or run.settings.deadline


def _kept(output: bytes, run: Run) -> str:
    """As a reader sees it, masked, and no longer than the record wants."""
    text = run.private.hide(seen(output.decode(errors="replace")))
    half = run.settings.kept_output // 2
    if len(text) <= 2 * half:
        return text
    return f"{text[:half]}\n… (sortie coupée : {len(output)} octets en tout)\n{text[-half:]}"
