"""What stands at the head of a runbook: when was it last verified, and how long does it take?"""

from runbook.reporting.coverage import totals

from .changes import summary
from .dates import day
from .evidence import Evidence, Proof, changed
from .verdicts import seconds, target_name
from .wording import old, outcome


def verification(evidence: Evidence, page: str) -> str:
    """One line without a line break: when `page` was last verified, where and how it went."""
    if not evidence.runs:
        return "aucune exécution enregistrée"
    proofs = evidence.of(page)
    if not proofs:
        return "aucune commande exécutée dans cette page"
    told = " ; ".join(
        _told(tuple(proof for proof in proofs if proof.run is run))
        for run in evidence.runs
        if any(proof.run is run for proof in proofs)
    )
    stale, aged = changed(proofs), old([proof.run for proof in proofs])
    return f"{told} ; **périmée**, a changé depuis : {summary(stale)}{aged}" if stale else f"{told}{aged}"


def duration(evidence: Evidence, page: str) -> str:
    """How long the commands of `page` took when they were last run."""
    proofs = evidence.of(page)
    return f"{seconds(totals(proof.step for proof in proofs).seconds)} de commandes" if proofs else "non mesurée"


def _told(proofs: tuple[Proof, ...]) -> str:
    places = ", ".join(dict.fromkeys(target_name(proof.step.target) for proof in proofs))
    return f"{day(proofs[0].run)}, {places} : {outcome(totals(proof.step for proof in proofs))}"
