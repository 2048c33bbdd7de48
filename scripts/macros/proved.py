"""What does the table of expectations say of a page: its address, and what its commands gave?"""

import re
from pathlib import Path

from runbook.reporting.coverage import totals

from .evidence import Evidence, Proof, changed
from .sources import SourceError, read_text

_HEADING = re.compile(r"(#+) .*?(?:\{ #([a-z0-9-]+)\b[^}]*\})?$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def proved(evidence: Evidence, docs: Path, title: str | None, page: str, anchor: str = "") -> str:
    """A link to `page`, or to one of its sections, then the verdict on the commands there, in a few words.

    Raises `SourceError` for a page or a section that does not exist: a table of proofs names no missing one.
    """
    if title is None:
        raise SourceError(f"{page} : aucune page de ce nom ; corriger la preuve annoncée")
    lines = section(read_text(docs / page), anchor)
    if not lines:
        raise SourceError(f"{page} : aucune section « {anchor} » ; corriger la preuve annoncée")
    return f"[{title}]({page}{f'#{anchor}' if anchor else ''})\u00a0: {_verdict(evidence.of(page), lines)}"


def section(text: str, anchor: str) -> range:
    """The lines, from 1, of the section of this anchor with its subsections; of the whole page for none."""
    lines, start, depth, fence = text.splitlines(), 0 if anchor else 1, 0, ""
    for number, line in enumerate(lines, start=1):
        opening = _FENCE.match(line)
        if opening and (not fence or opening[1].startswith(fence)):
            fence = "" if fence else opening[1]
        heading = None if fence else _HEADING.fullmatch(line)
        if not heading or not anchor:
            continue
        if start and len(heading[1]) <= depth:
            return range(start, number)
        if heading[2] == anchor:
            start, depth = number, len(heading[1])
    return range(start, len(lines) + 1) if start else range(0)


def _verdict(proofs: tuple[Proof, ...], lines: range) -> str:
    if changed(proofs):  # the lines of the record are no longer those of the page
        return "preuve périmée"
    steps = [proof.step for proof in proofs if proof.step.line in lines]
    if not steps:
        return "pas encore exécuté"
    count = totals(steps)
    if count.failed:
        return f"**{count.failed} en échec**"
    if not count.verified:
        return "non exécuté"
    plural = "s" if count.verified > 1 else ""
    stood_in = f", dont {count.stood_in} par le substitut local" if count.stood_in else ""
    return f"{count.verified} commande{plural} vérifiée{plural}{stood_in}"
