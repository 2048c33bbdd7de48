"""How do the proofs' pages tell what the record holds?"""

from collections import Counter

from runbook.outcome import Outcome
from runbook.reporting.kept import PastRun
from runbook.reporting.record import Campaign

from .dates import moment, revision
from .evidence import Evidence, changed
from .past_runs import history
from .published import RECORD, SCHEMA
from .tables import table
from .verdicts import seconds, target_name
from .wording import box, by, link, old, plain, stale, terms, version, version_alone


def proofs(evidence: Evidence, past: list[PastRun], titles: dict[str, str]) -> str:
    """All that is proven: conditions, totals by target and by page, what was not executed."""
    if not evidence.runs:
        return box(
            "info",
            "Aucune exécution enregistrée",
            "Cette copie du site a été construite avant toute exécution : elle ne prouve rien.",
            "Après `scripts/demo --once` ou `scripts/test`, cette page donne pour chaque cible les "
            "commandes exécutées, leur verdict et leur durée.",
        )
    return "\n\n".join(
        part
        for part in (
            _conditions(evidence, titles),
            old(evidence.runs, "div"),
            stale(changed(evidence.proofs)),
            "## Par cible\n\n" + by(evidence.proofs, "Cible", lambda proof: _target_link(proof.step.target, titles)),
            "## Par page\n\n" + by(evidence.proofs, "Page", lambda proof: link(proof.page, titles)),
            _failures(evidence, titles),
            _not_run(evidence, titles),
            (
                f'L\'enregistrement entier, pour un programme ou un auditeur : <a href="{RECORD}" '
                f'download>{RECORD}</a>, décrit par <a href="{SCHEMA}" download>{SCHEMA}</a>.'
            ),
            "## Dernières exécutions { #historique }\n\n" + history(past),
        )
        if part
    )


def target_proofs(evidence: Evidence, past: list[PastRun], titles: dict[str, str], target: str) -> str:
    """The proofs of one target: conditions, totals, every step of every page, the last runs."""
    found = evidence.of(target=target)
    if not found:
        return box(
            "info",
            "Rien de vérifié sur cette cible",
            f"Aucune exécution enregistrée ne porte sur la cible {target_name(target)}.",
        )
    pages = dict.fromkeys(proof.page for proof in found)
    runs = [run for run in evidence.runs if any(proof.run is run for proof in found)]
    parts = [
        *(terms(_target_conditions(run, target, titles)) for run in runs),
        old(runs, "div"),
        stale(changed(found)),
        "## Bilan { #bilan }\n\n" + by(found, "Page", lambda proof: link(proof.page, titles)),
        (
            "## Commandes { #commandes }\n\nUn clic sur une commande mène à sa place dans sa page, où ce "
            "qu'elle a réellement affiché est déplié, secrets masqués. Ce que chaque mot affirme : [Lire un "
            "verdict](index.md#verdicts)."
        ),
        *(
            f'### {titles.get(page, page)} {{ #page-{number} }}\n\n<div data-steps="{target}" data-page="{page}"></div>'
            for number, page in enumerate(pages, start=1)
        ),
        "## Dernières exécutions { #historique }\n\n" + history(past, target),
    ]
    return "\n\n".join(part for part in parts if part)


def _conditions(evidence: Evidence, titles: dict[str, str]) -> str:
    if len(evidence.runs) == 1:
        return "## Conditions\n\n" + terms(_run_conditions(evidence.runs[0], titles))
    told = "Chaque page garde la preuve de sa dernière exécution : les preuves de ce site viennent de celles-ci."
    runs = (f"### Exécution du {moment(run)}\n\n{terms(_run_conditions(run, titles))}" for run in evidence.runs)
    return "\n\n".join(("## Conditions", told, *runs))


def _run_conditions(run: Campaign, titles: dict[str, str]) -> list[tuple[str, str]]:
    rows = [
        *_when_and_where(run, titles),
        ("Durée", seconds(run.seconds)),
        ("Contrôle sans exécution", _check(run)),
        ("Verdict", "échec" if run.exit_status else "réussite"),
    ]
    rows += [
        (target_name(target), ", ".join(version(name, text) for name, text in versions.items() if text))
        for target, versions in run.versions.items()
    ]
    concerned = {step.target for step in run.steps}  # a page run alone has nothing to say of the other targets
    rows += [
        (target_name(target), f"absente : {plain(reason)}")
        for target, reason in run.missing.items()
        if target in concerned
    ]
    return rows + [("Remarque", plain(note)) for note in run.notes]


def _target_conditions(run: Campaign, target: str, titles: dict[str, str]) -> list[tuple[str, str]]:
    rows = _when_and_where(run, titles)
    rows += [(_tool(name), version_alone(name, text)) for name, text in run.versions.get(target, {}).items() if text]
    if target in run.missing:
        rows.append(("Cible absente", f"{plain(run.missing[target])} ; ce qui a répondu est le substitut local"))
    return rows


def _when_and_where(run: Campaign, titles: dict[str, str]) -> list[tuple[str, str]]:
    pages = dict.fromkeys(step.page.partition("/")[2] for step in run.steps)
    scope = "toutes les pages" if run.whole else ", ".join(link(page, titles) for page in pages)
    return [("Date", moment(run)), ("Portée", scope), ("Commit", revision(run)), ("Machine", run.machine)]


def _check(run: Campaign) -> str:
    if run.findings is None:
        return "non demandé"
    count = len(run.findings)
    return f"{count} constat{'s' if count > 1 else ''}" if count else "toutes les pages, rien à redire"


def _failures(evidence: Evidence, titles: dict[str, str]) -> str:
    bad = [proof for proof in evidence.proofs if proof.step.outcome.bad]
    rows = [
        (link(proof.page, titles), str(proof.step.fault_line), str(proof.step.outcome), plain(proof.step.reason))
        for proof in bad
    ]
    rows += [("–", "–", "échoué", plain(problem)) for run in evidence.runs for problem in run.problems]
    if not rows:
        return ""
    return "## Échecs\n\n" + table(("Page", "Ligne", "Verdict", "Raison"), rows)


def _not_run(evidence: Evidence, titles: dict[str, str]) -> str:
    skipped = [proof for proof in evidence.proofs if proof.step.outcome is Outcome.NOT_RUN]
    if not skipped:
        return ""
    counted = Counter((proof.page, proof.step.reason) for proof in skipped)
    rows = [(link(page, titles), count, plain(reason)) for (page, reason), count in sorted(counted.items())]
    return "## Non exécuté, et pourquoi\n\n" + table(("Page", "Commandes", "Raison"), rows)


def _target_link(name: str, titles: dict[str, str]) -> str:
    return f"[{target_name(name)}]({name}.md)" if f"preuves/{name}.md" in titles else target_name(name)


def _tool(name: str) -> str:
    return {"kubectl": "kubectl", "cluster": "Cluster Kubernetes"}.get(name, name.capitalize())
