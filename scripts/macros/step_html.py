"""How are the verdict on a command and what it really printed written in HTML?"""

from html import escape
from textwrap import shorten

from runbook.outcome import Outcome, Result

from .changes import Change
from .dates import day, moment
from .evidence import Evidence, Proof
from .verdicts import seconds, typographic, verdict

_REASON = 300  # characters of why a step failed, in a table: the whole stands under its command


def mark(proof: Proof, anchor: str, most: int) -> str:
    """What stands under a command in its page: the verdict, and the output one click away, `most` characters of it.

    A browser unfolds by itself what holds the place that a link leads to, so the anchor is inside.
    """
    said, step = verdict(proof), proof.step
    attributes = f'class="proof proof--{said.kind}" data-search-exclude'
    if step.outcome is Outcome.NOT_RUN:
        return f'<div {attributes}><p id="{anchor}">{escape(said.text)}</p></div>'
    facts = f"Exécuté le {moment(proof.run)} en {seconds(step.seconds)}{_details(step)}."
    return (
        f"<details {attributes}><summary>{escape(said.text)}</summary>"
        f'<p id="{anchor}">{escape(facts)}{_changed(proof.changed)}</p>{_outputs(step, most)}</details>'
    )


def unknown_mark(evidence: Evidence) -> str:
    """What stands under a command that no run met."""
    text = f"non exécuté : commande nouvelle ou modifiée depuis le {day(evidence.runs[0])}"
    return f'<div class="proof proof--stale" data-search-exclude><p>{text}</p></div>'


def rows(proofs: list[tuple[Proof, str]]) -> str:
    """A table of steps; each comes with the address of its mark, where its output is, empty if there is none."""
    body = "".join(_row(proof, address) for proof, address in proofs)
    headings = "".join(f'<th scope="col">{text}</th>' for text in ("Ligne", "Commande", "Verdict", "Durée"))
    return f'<table class="proofs" data-search-exclude><thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>'


def _row(proof: Proof, address: str) -> str:
    said, step = verdict(proof), proof.step
    ran = step.outcome is not Outcome.NOT_RUN
    reason = (
        f"<p>{escape(shorten(typographic(step.reason), _REASON, placeholder=' …'))}</p>" if ran and step.reason else ""
    )
    first, _, more = step.command.strip().partition("\n")
    code = f"<code>{escape(first)}{' …' if more else ''}</code>"
    shown = (
        f'<a href="{escape(address)}">{code}</a>' if address else f"{code}<p>commande qui n’est plus dans la page</p>"
    )
    return (
        f"<tr><td>{step.line}</td><td>{shown}</td>"
        f'<td><span class="proof--{said.kind}">{escape(said.text)}</span>{reason}</td>'
        f"<td>{escape(seconds(step.seconds)) if ran else '–'}</td></tr>"
    )


def _outputs(step: Result, most: int) -> str:
    streams = ("Sortie réelle", step.out), ("Erreurs", step.err)
    shown = (_pre(name, _cut(text.strip("\n"), most)) for name, text in streams if text.strip())
    return "".join(shown) or "<p>La commande n’a rien affiché.</p>"


def _details(step: Result) -> str:
    parts = [f"{step.attempts} essais"] if step.attempts > 1 else []
    parts += [f"code de sortie {step.exit_status}"] if step.exit_status else []
    parts += [typographic(step.reason)] if step.reason else []
    return "".join(f", {part}" for part in parts)


def _changed(changes: tuple[Change, ...]) -> str:
    if not changes:
        return ""
    listed = ", ".join(f"<code>{escape(change.path)}</code>" for change in changes[:8])
    return f" A changé depuis : {listed}{f' et {len(changes) - 8} autres' if len(changes) > 8 else ''}."


def _pre(name: str, text: str) -> str:
    return (
        f'<pre class="proof__output" tabindex="0" role="region" aria-label="{name}">{escape(text, quote=False)}</pre>'
    )


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head, tail = text[: most // 2], text[-(most // 2) :]
    left_out = text.count("\n") - head.count("\n") - tail.count("\n")
    return (
        f"{head.rpartition(chr(10))[0] or head}\n… ({left_out} lignes ne sont pas reprises "
        f"ici)\n{tail.partition(chr(10))[2] or tail}"
    )
