"""From what was seen of a step to what it is worth: five outcomes, each with its reason."""

import re
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial

from msgspec.structs import replace

from runbook.matching import expect
from runbook.matching.generalise import diff
from runbook.matching.seen import seen
from runbook.outcome import Outcome, Reason, Result
from runbook.plan import Plan, Step
from runbook.reading.content import Expected
from runbook.running.campaign import PageEnded, TargetFailed, Told, run_plan
from runbook.running.facts import End, Fact
from runbook.running.run import Run

UNCLOSED = re.compile(rb": line \d+: warning: here-document at line \d+ delimited by end-of-file \(wanted ")

CLOSED = "la commande a fermé le shell de la page, ou parlé à sa place ; les étapes suivantes n'ont plus de terminal"
TAKEN = "{condition} répond déjà avant le lancement : un autre programme occupe la place ; l'arrêter"
OPEN_DOCUMENT = "document en ligne (<<) non fermé ; dans un terminal, la commande attendrait la suite"
ENDS = {  # those that no page promises
    End.FLOODED: (Reason.FLOODED, "sortie de plus de {limit} Mio ; la commande a été arrêtée"),
    End.LATE: (Reason.LATE, "pas de fin en {deadline:g} s ; tous ses processus ont été arrêtés"),
    End.CLOSED: (Reason.CLOSED, CLOSED),
    End.RETURNED: (Reason.RETURNED, "« return » a fini le bloc : ce qui le suit n'a pas été exécuté"),
}
BACKGROUND = {  # those of a block left running that keep it from being ready
    **ENDS,
    End.TAKEN: (Reason.READINESS, TAKEN),
    End.GONE: (Reason.READINESS, "la commande de fond s'est arrêtée avant que {condition} ne soit vrai"),
    End.LATE: (Reason.READINESS, "{condition} n'est pas vrai après {deadline:g} s"),
    End.CLOSED: (Reason.CLOSED, "le shell de la page s'est terminé"),
}
LEFT = {
    Reason.CONDITION: "condition de la page non remplie : {}",
    Reason.PAGE_BEFORE: "la page {} qui la précède a échoué",
    Reason.STEP_BEFORE: "l'étape de la ligne {} n'a pas abouti",
    Reason.PASSED: "passée par l'opérateur",
    Reason.STOPPED: "arrêt demandé par l'opérateur",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One step of the plan and what came of it."""

    step: Step
    result: Result


@dataclass(slots=True)
class Journal:
    """What the faces read while and after a campaign runs; `faults` make it fail, `notes` do not."""

    judged: list[Judged] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        return [one.result for one in self.judged]


def judged(plan: Plan, run: Run, journal: Journal) -> Generator[Told | Judged, None, None]:
    """Run the plan, yield what happens and what it is worth, and keep the last result of each step in `journal`."""
    judge = lru_cache(maxsize=1)(partial(_judge, run))  # asked of each fact while the page runs, and here
    for event in run_plan(plan, run, lambda fact: judge(fact).outcome.bad, journal.notes):
        if isinstance(event, Fact):
            now = Judged(event.step, judge(event))
            journal.judged = [*(one for one in journal.judged if one.step is not event.step), now]
            yield now
            continue
        if isinstance(event, TargetFailed):
            journal.faults.append(f"{event.target} : {event.cause}")
        elif isinstance(event, PageEnded) and event.changes:
            _discredit(event, journal)
        yield event


def verdict(results: list[Result], faults: Iterable[str]) -> int:
    """Exit status of a run: 0 if something ran, all of it held, and nobody left a step out; else 1."""
    ran = any(result.outcome is not Outcome.NOT_RUN for result in results)
    left = any(result.outcome.bad or result.why in (Reason.PASSED, Reason.STOPPED) for result in results)
    return int(any(faults) or not ran or left)


def _judge(run: Run, fact: Fact) -> Result:
    """What a step is worth."""
    block, ran = fact.step.block, fact.ran
    run.private.learn(ran.values)
    blank = Result(
        page=block.page,
        line=block.line,
        fault_line=block.line,
        title=block.title,
        command=block.code,
        target=fact.target,
        on=fact.on,
        outcome=Outcome.NOT_RUN,
        reason=LEFT.get(fact.left, "{}").format(fact.detail) if fact.left else "",
        page_reason=fact.left in (Reason.PAGE, Reason.CONDITION),
        stood_in=not fact.left and fact.on != fact.target,
        seconds=round(fact.seconds, 3),
        attempts=fact.attempts,
        exit_status=ran.status,
        out=_kept(ran.out, run),
        err=_kept(ran.err, run),
        why=fact.left or Reason.HELD,
    )
    if fact.left:
        return blank
    result = _carried_out(fact, blank, run)
    if fact.asked:
        return replace(result, reason=f"condition « {block.condition} » : {result.reason}")
    if result.outcome.bad and fact.attempts > 1:
        return replace(result, reason=f"{result.reason} (après {fact.attempts} essais en {fact.seconds:.0f} s)")
    return result


def _carried_out(fact: Fact, blank: Result, run: Run) -> Result:
    """Compare what happened with what the page promises."""
    block, ran, ready = fact.step.block, fact.ran, fact.ran.end is End.READY
    wanted = 0 if fact.asked else block.exit_status
    ends = BACKGROUND if block.background and not fact.asked else ENDS
    fault = (Reason.UNCLOSED, OPEN_DOCUMENT) if UNCLOSED.search(ran.err) else ends.get(ran.end)
    if ran.end is End.CLOSED and wanted and ran.status == wanted:  # `exit 3`, as the page says
        fault = None
    if fault:
        outcome = Outcome.TIMED_OUT if ran.end is End.LATE else Outcome.FAILED
        deadline, limit = run.deadline(fact.step), run.settings.output_limit // 2**20
        said = fault[1].format(condition=block.background, deadline=deadline, limit=limit)
        return replace(blank, outcome=outcome, why=fault[0], reason=said)
    if ran.status != wanted and not ready:
        return _of_status(fact, replace(blank, outcome=Outcome.FAILED, why=Reason.STATUS), wanted, run)
    if block.expected and not fact.asked:
        return _of_output(block.expected, fact, blank, run)
    return replace(blank, outcome=Outcome.VERIFIED if wanted or ready else Outcome.EXECUTED)


def _of_status(fact: Fact, failed: Result, wanted: int, run: Run) -> Result:
    """Another status than the page says, at the line of the command that ended the block with it."""
    block, words = fact.step.block, f"code de sortie {fact.ran.status} au lieu de {wanted}"
    lines = block.code.split("\n")
    if fact.asked or not 0 < fact.ran.line <= len(lines):
        return replace(failed, reason=words)
    line = min(block.line + fact.ran.line, max(block.end, block.line))  # a macro may write many
    command = run.private.hide(lines[fact.ran.line - 1].strip())
    return replace(failed, fault_line=line, reason=f"{words}, à « {command} »" if len(lines) > 1 else words)


def _of_output(expected: Expected, fact: Fact, blank: Result, run: Run) -> Result:
    out, err = fact.ran.out, fact.ran.err
    shown = (out if out.strip() else err).decode(errors="replace")
    mismatch = expect.compare(expected.text, shown, expected.kind)
    if mismatch is None:
        return replace(blank, outcome=Outcome.VERIFIED)
    # Said again of the masked output: a message may cut a value in two, and half a secret is one too.
    safe = run.private.hide(seen(shown))
    mismatch = expect.compare(expected.text, safe, expected.kind) or mismatch
    reason, line = run.private.hide(mismatch.reason), expected.line + (mismatch.line or 0)
    rows = diff(expected.text, safe, expected.kind)
    return replace(blank, outcome=Outcome.FAILED, why=Reason.OUTPUT, reason=reason, fault_line=line, diff=rows)


def _discredit(ended: PageEnded, journal: Journal) -> None:
    """A page that changed what it was to prove has proven nothing of it."""
    page, said = ended.page, " ; ".join(ended.changes)
    remedy = "ce qu'elle a exécuté ne prouve rien de ce commit ; la faire travailler sur une copie, ou remettre en état"
    journal.faults.append(f"{page.target} : {page.page} : pendant cette page, {said} ; {remedy}")
    journal.judged = [
        Judged(one.step, replace(one.result, outcome=Outcome.FAILED, why=Reason.CHANGED, reason=said))
        if one.step in page.steps and one.result.outcome in (Outcome.VERIFIED, Outcome.EXECUTED)
        else one
        for one in journal.judged
    ]


def _kept(output: bytes, run: Run) -> str:
    """As a reader sees it, masked, and no longer than the record wants."""
    text = run.private.hide(seen(output.decode(errors="replace")))
    half = run.settings.kept_output // 2
    if len(text) <= 2 * half:
        return text
    return f"{text[:half]}\n… (sortie coupée : {len(output)} octets en tout)\n{text[-half:]}"
