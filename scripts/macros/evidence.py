"""What does the table of expectations say of a page: its address, and what its commands gave?"""

from .changes import Changes
from .last_run import Run, totals
from .sources import SourceError


def evidence(run: Run | None, changes: Changes, titles: dict[str, str], page: str, anchor: str = "") -> str:
    """A link to `page`, then the verdict on its commands in the last run, in a few words.

    Raises `SourceError` for a page that does not exist: a table of proofs names no missing one.
    """
    if page not in titles:
        raise SourceError(f"{page} : aucune page de ce nom ; corriger la preuve annoncée")
    return f"[{titles[page]}]({page}{f'#{anchor}' if anchor else ''})\u00a0: {_verdict(run, changes, page)}"


def _verdict(run: Run | None, changes: Changes, page: str) -> str:
    steps = [step for step in run.steps if step.page == page] if run else []
    if not steps:
        return "pas encore exécuté"
    count = totals(steps)
    if count.failed:
        return f"**{count.failed} en échec**"
    if changes.of_all(steps):
        return "preuve périmée"
    if not count.verified:
        return "non exécuté"
    stood_in = f", dont {count.stood_in} par le substitut local" if count.stood_in else ""
    return f"{count.verified} commande{'s' if count.verified > 1 else ''} vérifiée{'s' if count.verified > 1 else ''}{stood_in}"
