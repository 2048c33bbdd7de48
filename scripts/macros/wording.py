"""How are the parts that proofs are told in written in Markdown?"""

import html
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from runbook.reporting.coverage import Totals, totals
from runbook.reporting.record import Campaign

from .changes import Change
from .dates import day
from .evidence import Proof
from .past_runs import STOOD_IN, counts_table
from .verdicts import seconds, typographic

MONTH = timedelta(days=30)  # after which a proof looks old, whatever has not changed since
_LOWER = ("kubectl", "cluster")


def outcome(count: Totals) -> str:
    """What became of these commands, as « 3 vérifiées, 1 en échec »."""
    parts = [
        _number(count.verified, "vérifiée", "vérifiées"),
        _number(count.executed, "exécutée sans assertion", "exécutées sans assertion"),
        _number(count.failed, "en échec", "en échec"),
        _number(count.not_run, "non exécutée", "non exécutées"),
    ]
    text = ", ".join(part for part in parts if part)
    return f"{text} ; {count.stood_in} par le substitut local" if count.stood_in else text


def stale(changed: tuple[Change, ...]) -> str:
    """The box that says which proofs no longer hold; nothing if all do."""
    if not changed:
        return ""
    return box(
        "warning",
        "Preuves périmées",
        f"Ces fichiers n'ont plus le contenu qu'ils avaient lors de l'exécution : {listed(changed, 40)}.",
        "Les commandes qui en dépendent sont à vérifier de nouveau.",
    )


def old(runs: Iterable[Campaign], tag: str = "span") -> str:
    """What the oldest of these runs is told by once it is a month old: hidden, until the reader's clock says so.

    The site stays as it was built; assets/site.js shows it on its day.
    """
    oldest = min(runs, key=lambda run: run.date)
    since = (datetime.fromisoformat(oldest.date) + MONTH).isoformat()
    told = f"preuve de plus de {MONTH.days} jours, du {day(oldest)} : à refaire"
    if tag == "span":
        return f'<span data-montrer-apres="{since}" hidden> ; <strong>{told}</strong></span>'
    return (
        f'<div class="admonition warning" data-montrer-apres="{since}" hidden>'
        f'<p class="admonition-title">{told.capitalize()}</p></div>'
    )


def listed(changed: tuple[Change, ...], limit: int = 6) -> str:
    """The paths as code, not more than `limit`."""
    paths = ", ".join(f"`{change.path}`" for change in changed[:limit])
    return f"{paths} et {len(changed) - limit} autres" if len(changed) > limit else paths


def by(proofs: Iterable[Proof], heading: str, key: Callable[[Proof], str]) -> str:
    """A table of counts, one row for each value of `key`, then their total."""
    groups: dict[str, list[Proof]] = {}
    for proof in proofs:
        groups.setdefault(key(proof), []).append(proof)
    if len(groups) > 1:
        groups["**Ensemble**"] = [proof for group in groups.values() for proof in group]
    return counts_table(
        (heading, "Commandes", "Vérifiées", "Sans assertion", "Échecs", "Non exécutées", "Durée", STOOD_IN),
        [(name, *_cells(totals(proof.step for proof in group))) for name, group in groups.items()],
    )


def terms(rows: Iterable[tuple[str, str]]) -> str:
    """A definition list."""
    return "\n\n".join(f"{term}\n:   {text}" for term, text in rows)


def box(kind: str, title: str, *lines: str) -> str:
    """An admonition."""
    body = "\n".join(f"    {line}" for line in lines)
    return f'!!! {kind} "{title}"\n\n{body}'


def version(name: str, text: str) -> str:
    """Name and version, as « Gunicorn 27.0.1 »; some tools say their own name."""
    return f"{name if name in _LOWER else name.capitalize()} {version_alone(name, text)}"


def version_alone(name: str, text: str) -> str:
    """The version without the name that some tools put before it, nor Gunicorn's parentheses."""
    return re.sub(r"^\(version (.+)\)$", r"\1", re.sub(rf"^{re.escape(name)}\s+", "", text, flags=re.IGNORECASE))


def link(page: str, titles: dict[str, str]) -> str:
    """A link from the proofs' page; a page that has gone since the run is only named."""
    return f"[{titles[page]}](../{page})" if page in titles else f"`{page}`"


def plain(text: str) -> str:
    """`text` as it stands, on one line; its non-breaking spaces stay."""
    return html.escape(re.sub(r"[ \t\r\n]+", " ", typographic(text.strip())))


def _cells(count: Totals) -> tuple[object, ...]:
    counted = (count.steps, count.verified, count.executed, count.failed, count.not_run)
    return (*counted, seconds(count.seconds), count.stood_in)


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
