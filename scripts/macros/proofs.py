"""How does a page say what the last run verified?"""

import html
from collections import Counter
from collections.abc import Callable

from .changes import Changes, summary
from .last_run import Run, Step, Totals, totals
from .past_runs import STOOD_IN, PastRun, counts_table, history
from .tables import table
from .verdicts import seconds

_TARGETS = {
    "local": "Local",
    "compose": "Compose",
    "recette": "Recette",
}


def verification(run: Run | None, changes: Changes, page: str) -> str:
    """One line without a line break: when `page` was last verified, where and how it went."""
    if run is None:
        return "aucune exécution enregistrée"
    steps = [step for step in run.steps if step.page == page]
    if not steps:
        return "aucune commande exécutée dans cette page"
    count = totals(steps)
    places = ", ".join(target_name(name) for name in dict.fromkeys(step.target for step in steps))
    changed = changes.of_all(steps)
    stale = f" ; **périmée**, a changé depuis : {summary(changed, changes.docs)}" if changed else ""
    return f"{run.day}, {places} : {_outcome(count)}{stale}"


def duration(run: Run | None, page: str) -> str:
    """How long the commands of `page` took in the last run."""
    steps = [step for step in run.steps if step.page == page] if run else []
    return f"{seconds(totals(steps).seconds)} de commandes" if steps else "non mesurée"


def status(run: Run | None, changes: Changes) -> str:
    """The box of the home page: does it work, according to which run."""
    if run is None:
        return box(
            "info",
            "Aucune vérification enregistrée",
            "Ce site a été construit sans enregistrement d'exécution : rien n'atteste encore que ses commandes fonctionnent avec ce code.",
            "La commande `scripts/demo --once` les exécute, puis reconstruit le site avec leur résultat.",
        )
    count = totals(run.steps)
    facts = f"**{count.steps} commandes** dans les pages : {_outcome(count)}."
    proofs = "Détail et conditions : [Preuves](preuves/index.md)."
    if run.exit_status:
        title = f"La dernière exécution a échoué, le {run.day}"
        return box("danger", title, facts, f"Commit {run.revision}.", proofs)
    changed = changes.of_all(run.steps)
    if changed:
        title = f"Vérifié le {run.day}, mais des preuves sont périmées"
        return box("warning", title, facts, f"A changé depuis : {paths_listed(changed)}.", f"Commit {run.revision}.", proofs)
    if run.missing:
        title = f"Vérifié en partie le {run.day}"
        absent = "Cibles absentes de cette exécution : "
        absent += ", ".join(target_name(name) for name in run.missing) + "."
        return box("warning", title, facts, absent, f"Commit {run.revision}.", proofs)
    return box("success", f"Vérifié le {run.day}", facts, f"Commit {run.revision}.", proofs)


def proofs(run: Run | None, changes: Changes, past: list[PastRun], titles: dict[str, str]) -> str:
    """The whole of the last run: conditions, totals by target and by page, what was not executed."""
    if run is None:
        return box(
            "info",
            "Aucune exécution enregistrée",
            "Cette copie du site a été construite avant toute exécution : elle ne prouve rien.",
            "Après `scripts/demo --once` ou `scripts/test`, cette page donne pour chaque cible les commandes exécutées, leur verdict et leur durée.",
        )
    return "\n\n".join(
        part
        for part in (
            _conditions(run),
            stale(changes.of_all(run.steps)),
            "## Par cible\n\n" + by(run.steps, "Cible", lambda step: _target_link(step.target)),
            "## Par page\n\n" + by(run.steps, "Page", lambda step: link(step.page, titles)),
            _failures(run, titles),
            _not_run(run, titles),
            "## Dernières exécutions { #historique }\n\n" + history(past),
        )
        if part
    )


def stale(changed: tuple[str, ...]) -> str:
    """The box that says which proofs no longer hold; nothing if all do."""
    if not changed:
        return ""
    return box(
        "warning",
        "Preuves périmées",
        f"Ces fichiers n'ont plus le contenu qu'ils avaient lors de cette exécution : {paths_listed(changed, 40)}.",
        "Les commandes qui en dépendent sont à vérifier de nouveau.",
    )


def paths_listed(paths: tuple[str, ...], limit: int = 6) -> str:
    listed = ", ".join(f"`{path}`" for path in paths[:limit])
    return f"{listed} et {len(paths) - limit} autres" if len(paths) > limit else listed


def _conditions(run: Run) -> str:
    rows = [
        ("Date", f"{run.day}, {run.date:%H:%M} UTC"),
        ("Commit", run.revision),
        ("Machine", run.machine),
        ("Durée", seconds(run.seconds)),
        ("Verdict", "échec" if run.exit_status else "réussite"),
    ]
    rows += [
        (target_name(target), ", ".join(version(name, text) for name, text in versions.items() if text))
        for target, versions in run.versions.items()
    ]
    rows += [(target_name(target), f"absente : {reason}") for target, reason in run.missing.items()]
    rows += [("Remarque", note) for note in run.notes]
    return "## Conditions\n\n" + terms(rows)


def terms(rows: list[tuple[str, str]]) -> str:
    return "\n\n".join(f"{term}\n:   {text}" for term, text in rows)


def version(name: str, text: str) -> str:
    """Name and version; some tools say their own name."""
    return text if text.lower().startswith(name) else f"{name} {text}"


def by(steps: list[Step], heading: str, key: Callable[[Step], str]) -> str:
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(key(step), []).append(step)
    return counts_table(
        (heading, "Commandes", "Vérifiées", "Sans assertion", "Échecs", "Non exécutées", "Durée", STOOD_IN),
        [(name, *_cells(totals(group))) for name, group in groups.items()],
    )


def _cells(count: Totals) -> tuple[object, ...]:
    return (
        count.steps,
        count.verified,
        count.executed,
        count.failed,
        count.not_run,
        seconds(count.seconds),
        count.stood_in,
    )


def _failures(run: Run, titles: dict[str, str]) -> str:
    bad = [step for step in run.steps if step.outcome in ("échoué", "délai dépassé")]
    rows = [(link(step.page, titles), str(step.fault_line), step.outcome, _plain(step.reason)) for step in bad]
    rows += [("–", "–", "échoué", _plain(fault)) for fault in run.faults]
    if not rows:
        return ""
    return "## Échecs\n\n" + table(("Page", "Ligne", "Verdict", "Raison"), rows)


def _not_run(run: Run, titles: dict[str, str]) -> str:
    skipped = [step for step in run.steps if step.outcome == "non exécuté"]
    if not skipped:
        return ""
    counted = Counter((step.page, step.reason) for step in skipped)
    rows = [(link(page, titles), count, _plain(reason)) for (page, reason), count in sorted(counted.items())]
    return "## Non exécuté, et pourquoi\n\n" + table(("Page", "Commandes", "Raison"), rows)


def _outcome(count: Totals) -> str:
    parts = [
        _number(count.verified, "vérifiée", "vérifiées"),
        _number(count.executed, "exécutée sans assertion", "exécutées sans assertion"),
        _number(count.failed, "en échec", "en échec"),
        _number(count.not_run, "non exécutée", "non exécutées"),
    ]
    text = ", ".join(part for part in parts if part)
    return f"{text} ; {count.stood_in} par le substitut local" if count.stood_in else text


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


def target_name(name: str) -> str:
    return _TARGETS.get(name, name)


def _target_link(name: str) -> str:
    return f"[{target_name(name)}]({name}.md)" if name in _TARGETS else name


def link(page: str, titles: dict[str, str]) -> str:
    """A link from the proofs' page; a page that has gone since the run is only named."""
    return f"[{titles[page]}](../{page})" if page in titles else f"`{page}`"


def _plain(text: str) -> str:
    """`text` as it stands, in one table cell."""
    return html.escape(" ".join(text.split()))


def box(kind: str, title: str, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f'!!! {kind} "{title}"\n\n{body}'
