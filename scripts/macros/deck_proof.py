"""What may the deck claim, given the last run?"""

import re
from dataclasses import dataclass

from babel.numbers import format_decimal

from runbook.outcome import Outcome
from runbook.reporting.coverage import Totals, totals

from .changes import summary
from .dates import day, revision
from .evidence import Evidence, changed
from .losses import verdicts
from .past_runs import COUNTS
from .tables import table
from .wording import version

_MEASURED_DURING = {
    "exploitation/haute-disponibilite.md": "la perte d'un pod, deux redémarrages",
    "exploitation/mettre-a-jour.md": "un changement de version",
}
_SUFFIX = re.compile(r"(?<=\d)[+~-]\S*")
_LOSSES = re.compile(r"(aucune|[\d\s]+) requêtes? perdues? sur ([\d\s]+)")


@dataclass(frozen=True, slots=True)
class Proof:
    """The slide of the proofs: message, figures in Markdown, where and when; a line for the cover, one for the home."""

    title: str
    figures: str
    conditions: str
    cover: str
    summary: str


def proof(evidence: Evidence, targets: dict[str, str]) -> Proof:
    """The claims that the record supports, what has changed since, and none without a record; `targets` are titles."""
    if not evidence.runs:
        return Proof(
            "Rien n'est encore vérifié sur cette copie",
            _figures(("0", "commande exécutée : aucun enregistrement n'accompagne cette copie du support")),
            "`scripts/demo --once` exécute les pages et reconstruit ce support avec leurs résultats.",
            "Aucune exécution enregistrée : ce support n'affirme aucun chiffre.",
            "Rien n'est encore vérifié sur cette copie",
        )
    count, losses = totals(proof.step for proof in evidence.proofs), _losses(evidence)
    since = changed(evidence.proofs)
    stale = f" Périmé en partie, a changé depuis : {summary(since)}." if since else ""
    told = stale or _reasons(evidence)
    last = evidence.runs[0]
    return Proof(
        _title(evidence, losses, targets, stale=bool(since)),
        "\n\n".join((_figures(*_counted(count), _lost(evidence, losses)), _by_target(evidence, targets))),
        f"{_runs(evidence)}.{told}",
        f"Chiffres de l'exécution du {day(last)}, commit {revision(last)}.{stale}",
        _summary(evidence, count, losses),
    )


def _runs(evidence: Evidence) -> str:
    """When and on which commit; a slide has no room for more than two runs."""
    last, *before = evidence.runs
    told = f"Exécution du {day(last)}, commit {revision(last)}"
    if len(before) > 1:
        return f"{told} ; et {len(before)} autres depuis le {day(before[-1])}"
    return " ; ".join((told, *(f"et du {day(run)}, commit {revision(run)}" for run in before)))


def _title(evidence: Evidence, losses: tuple[int, int] | None, targets: dict[str, str], *, stale: bool) -> str:
    if evidence.failed:
        return "La dernière exécution a échoué : à corriger avant de valider"
    if evidence.missing:
        return f"Vérifié en partie : {', '.join(targets.get(name, name) for name in evidence.missing)} manquait"
    if stale:
        return f"Vérifié le {day(evidence.runs[0])}, mais des preuves sont à refaire"
    if losses and losses[0] == 0:
        return "Des pods ont été remplacés en service, sans une requête perdue"
    return "Ce que ce site affirme a été exécuté"


def _counted(count: Totals) -> tuple[tuple[str, str], ...]:
    aside = f", dont {count.stood_in} par le substitut local" if count.stood_in else ""
    return (
        (str(count.verified), f"commandes vérifiées sur {count.steps}{aside}"),
        (str(count.failed), "commande en échec" if count.failed < 2 else "commandes en échec"),
    )


def _lost(evidence: Evidence, losses: tuple[int, int] | None) -> tuple[str, str]:
    if losses is None:
        return "–", "requêtes perdues : pas de mesure complète dans cette exécution"
    lost, total = losses
    during = " et ".join(event for page, event in _MEASURED_DURING.items() if verdicts(evidence.of(page)))
    what = "requête perdue" if lost < 2 else "requêtes perdues"
    return _number(lost), f"{what} sur {_number(total)}, pendant {during}"


def _losses(evidence: Evidence) -> tuple[int, int] | None:
    """Requests lost and made in all the measures; `None` unless every one was conclusive."""
    found = [_LOSSES.fullmatch(verdict) for page in _MEASURED_DURING for verdict in verdicts(evidence.of(page))]
    measures = [(0 if match[1] == "aucune" else _count(match[1]), _count(match[2])) for match in found if match]
    if not measures or len(measures) < len(found):
        return None
    return sum(lost for lost, _ in measures), sum(total for _, total in measures)


def _by_target(evidence: Evidence, targets: dict[str, str]) -> str:
    rows = []
    for target in dict.fromkeys(proof.step.target for proof in evidence.proofs):
        proofs = evidence.of(target=target)
        count = totals(proof.step for proof in proofs)
        where = "absente" if target in evidence.missing else _versions(proofs[0].run.versions.get(target, {}))
        rows.append((targets.get(target, target), count.verified, count.executed, count.failed, count.not_run, where))
    return table(("Cible", "Vérifiées", "Sans assertion", "Échecs", "Non exécutées", "Versions"), rows, COUNTS)


def _summary(evidence: Evidence, count: Totals, losses: tuple[int, int] | None) -> str:
    what = "commande vérifiée" if count.verified < 2 else "commandes vérifiées"
    told = f"{count.verified} {what} sur {count.steps} le {day(evidence.runs[0])}"
    if losses is None:
        return told
    figure, meaning = _lost(evidence, losses)
    return f"{told}, et {'aucune' if losses[0] == 0 else figure} {meaning}"


def _reasons(evidence: Evidence) -> str:
    """The question that the figures raise, answered where every answer stands in a page."""
    skipped = [proof.step for proof in evidence.proofs if proof.step.outcome is Outcome.NOT_RUN]
    if not skipped or not all(step.page_reason for step in skipped):
        return ""
    return (
        " La commande non exécutée dit pourquoi dans sa page."
        if len(skipped) == 1
        else f" Les {len(skipped)} non exécutées disent pourquoi dans leur page."
    )


def _versions(versions: dict[str, str]) -> str:
    """What a meeting needs of them: a distribution's own suffixes stay in the page of the proofs."""
    return ", ".join(_SUFFIX.sub("", version(name, text)) for name, text in versions.items() if text)


def _figures(*pairs: tuple[str, str]) -> str:
    """Large figures, each with what it counts: a definition list."""
    return "\n\n".join(f"{figure}\n:   {meaning}" for figure, meaning in pairs)


def _count(text: str) -> int:
    return int("".join(text.split()))


def _number(value: int) -> str:
    return str(format_decimal(value, locale="fr"))
