"""The box of the home page: does it work, according to which run?"""

from runbook.reporting.coverage import totals

from .dates import day, moment, revision
from .evidence import Evidence, changed
from .verdicts import target_name
from .wording import box, listed, old, outcome

_NAMED = 3  # runs that the home page names: the page of the proofs has them all


def status(evidence: Evidence) -> str:
    """What the record proves of the commands of the site, its worst news in the title."""
    if not evidence.runs:
        return _nothing(evidence)
    count = totals(proof.step for proof in evidence.proofs)
    facts = (
        f"**{count.steps} commandes** dans les pages : {outcome(count)}.",
        _where(evidence),
        (
            "Détail et conditions : [Preuves](preuves/index.md) ; sens des mots : [Lire un "
            "verdict](preuves/index.md#verdicts)."
        ),
    )
    return f"{_told(evidence, facts)}\n\n{old(evidence.runs, 'div')}"


def _told(evidence: Evidence, facts: tuple[str, ...]) -> str:
    if evidence.failed:
        return box("danger", _failure(evidence), *facts)
    stale = changed(evidence.proofs)
    if stale:
        return box(
            "warning",
            f"{_verified(evidence)}, mais des preuves sont périmées",
            facts[0],
            f"A changé depuis : {listed(stale)}.",
            *facts[1:],
        )
    if evidence.missing:
        absent = ", ".join(target_name(name) for name in evidence.missing)
        return box(
            "warning",
            _verified(evidence).replace("Vérifié", "Vérifié en partie"),
            facts[0],
            f"Cibles absentes de cette exécution : {absent}.",
            *facts[1:],
        )
    return box("success", _verified(evidence), *facts)


def _nothing(evidence: Evidence) -> str:
    remedy = "La commande `scripts/demo --once` les exécute, puis reconstruit le site avec leur résultat."
    if evidence.unreadable:
        told = (
            "L'enregistrement présent vient d'une autre version du moteur, ou il est abîmé : rien n'atteste "
            "que les commandes de ce site fonctionnent avec ce code."
        )
        return box("warning", "Enregistrement illisible", told, remedy)
    return box(
        "info",
        "Aucune vérification enregistrée",
        "Ce site a été construit sans enregistrement d'exécution : rien n'atteste encore que ses commandes "
        "fonctionnent avec ce code.",
        remedy,
    )


def _verified(evidence: Evidence) -> str:
    first, last = day(evidence.runs[-1]), day(evidence.runs[0])
    return f"Vérifié le {last}" if first == last else f"Vérifié entre le {first} et le {last}"


def _failure(evidence: Evidence) -> str:
    failed = next(run for run in evidence.runs if run.exit_status)
    return (
        f"La dernière exécution a échoué, le {day(failed)}"
        if failed is evidence.runs[0]
        else f"L'exécution du {day(failed)} a échoué"
    )


def _where(evidence: Evidence) -> str:
    if len(evidence.runs) == 1:
        return f"Commit {revision(evidence.runs[0])}."
    told = " ; ".join(f"commit {revision(run)}, le {moment(run)}" for run in evidence.runs[:_NAMED])
    more = len(evidence.runs) - _NAMED
    rest = f" ; et {more} de plus" if more > 0 else ""
    return f"{len(evidence.runs)} exécutions : {told}{rest}."
