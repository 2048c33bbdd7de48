"""How many requests did the last run lose, and what else did its commands measure?"""

from .dates import day
from .evidence import Evidence, Proof

_VERDICT = "verdict\u00a0: "


def measured(evidence: Evidence, page: str, title: str) -> str:
    """The verdict that the command of this title printed in `page`, and the day of the run."""
    of_title = [proof for proof in evidence.of(page) if proof.step.title == title]
    found = [(text, proof) for proof in of_title for text in verdicts((proof,))]
    return f"{found[-1][0]}, le {day(found[-1][1].run)}" if found else "pas encore mesuré"


def seen(evidence: Evidence, page: str, title: str) -> str:
    """The last line that the command of this title printed in `page`, and the day of the run."""
    found = [proof for proof in evidence.of(page) if proof.step.title == title and proof.step.out.strip()]
    return f"{found[-1].step.out.strip().splitlines()[-1]}, le {day(found[-1].run)}" if found else "pas encore mesuré"


def verdicts(proofs: tuple[Proof, ...]) -> list[str]:
    """The verdicts that these commands printed."""
    return [
        line.removeprefix(_VERDICT)
        for proof in proofs
        for line in proof.step.out.splitlines()
        if line.startswith(_VERDICT)
    ]
