"""What does the site say of one command, according to the last run?"""

import re
from dataclasses import dataclass

from babel.numbers import format_decimal

from runbook.outcome import Outcome

from .changes import summary
from .evidence import Proof

_KINDS = {
    Outcome.VERIFIED: "verified",
    Outcome.EXECUTED: "executed",
    Outcome.FAILED: "failed",
    Outcome.TIMED_OUT: "failed",
    Outcome.NOT_RUN: "absent",
}


_INSIDE_A_WORD = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A few words, and the kind that colours them."""

    text: str
    kind: str


def verdict(proof: Proof) -> Verdict:
    """The outcome, where it was had, and whether it still holds."""
    said = _outcome(proof)
    if not proof.changed:
        return said
    kind = said.kind if said.kind == "failed" else "stale"
    return Verdict(f"périmé, a changé depuis : {summary(proof.changed)} ; {said.text}", kind)


def typographic(text: str) -> str:
    """French apostrophes inside words; a quote of a command keeps its own."""
    return _INSIDE_A_WORD.sub("’", text)


def target_name(name: str) -> str:
    """As the site calls a place where pages run, in a few letters."""
    return name.capitalize()


def seconds(duration: float) -> str:
    """A duration in French, in plain text, with a decimal below ten seconds."""
    if duration < 0.05:
        return "< 0,1 s"
    if duration < 10:
        return f"{format_decimal(duration, '0.0', locale='fr')} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _outcome(proof: Proof) -> Verdict:
    step = proof.step
    place = (
        "en local (substitut)" if step.stood_in else "en local" if step.on == "local" else f"sur {target_name(step.on)}"
    )
    if step.outcome is not Outcome.NOT_RUN:
        return Verdict(f"{step.outcome} {place}", _KINDS[step.outcome])
    if step.page_reason or proof.run.findings != []:  # the static check of that run did not find all in order
        return Verdict(f"non exécuté : {typographic(step.reason)}", "absent")
    return Verdict(f"contrôlé sans exécution : {typographic(step.reason)}", "checked")
