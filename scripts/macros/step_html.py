"""How are the verdict on a command and what it really printed written in HTML?"""

from html import escape

from runbook.reporting.record import StepRecord
from runbook.running.outcome import Outcome

from .changes import Change
from .dates import day, moment
from .evidence import Evidence, Proof
from .verdicts import seconds, verdict

_SHOWN = 2000  # characters of one output: a page that shows a hundred of them stays light


def mark(proof: Proof, anchor: str) -> str:
    """What stands under a command in its page: the verdict, and the output one click away."""
    said, step = verdict(proof), proof.step
    attributes = f'class="proof proof--{said.kind}" id="{anchor}" data-search-exclude'
    if step.outcome is Outcome.NOT_RUN:
        return f"<div {attributes}><p>{escape(said.text)}</p></div>"
    facts = f"Exécuté le {moment(proof.run)} en {seconds(step.seconds)}{_details(step)}."
    return (
        f"<details {attributes}><summary>{escape(said.text)}</summary>"
        f"<p>{escape(facts)}{_changed(proof.changed)}</p>{outputs(step)}</details>"
    )


def unknown_mark(evidence: Evidence) -> str:
    """What stands under a command that no run met."""
    text = f"non exécuté : commande nouvelle ou modifiée depuis le {day(evidence.runs[0])}"
    return f'<div class="proof proof--stale" data-search-exclude><p>{text}</p></div>'


def rows(proofs: list[tuple[Proof, str]]) -> str:
    """A table of steps; each comes with the address of its mark, empty if there is none."""
    body = "".join(_row(proof, address) for proof, address in proofs)
    headings = "".join(f'<th scope="col">{text}</th>' for text in ("Ligne", "Commande", "Verdict", "Durée"))
    return (
        f'<table class="proofs" data-search-exclude><thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>'
    )


def outputs(step: StepRecord) -> str:
    """What the command printed, as far as the site shows it."""
    streams = [(name, text) for name, text in (("Sortie", step.out), ("Erreurs", step.err)) if text.strip()]
    if not streams:
        return "<p>La commande n’a rien affiché.</p>"
    return "".join(_pre(f"{name} réelle" if name == "Sortie" else name, text) for name, text in streams)


def _row(proof: Proof, address: str) -> str:
    said, step = verdict(proof), proof.step
    ran = step.outcome is not Outcome.NOT_RUN
    reason = f"<p>{escape(step.reason)}</p>" if ran and step.reason else ""
    first, _, more = step.command.strip().partition("\n")
    whole = _pre("Commande", step.command) if more else ""
    code = f"<code>{escape(first)}{' …' if more else ''}</code>"
    shown = f"<details><summary>{code}</summary>{whole}{outputs(step)}</details>" if ran else code
    line = f'<a href="{escape(address)}">{step.line}</a>' if address else str(step.line)
    return (
        f"<tr><td>{line}</td><td>{shown}</td>"
        f'<td><span class="proof--{said.kind}">{escape(said.text)}</span>{reason}</td>'
        f"<td>{escape(seconds(step.seconds)) if ran else '–'}</td></tr>"
    )


def _details(step: StepRecord) -> str:
    parts = [f"{step.attempts} essais"] if step.attempts > 1 else []
    parts += [f"code de sortie {step.exit_status}"] if step.exit_status else []
    parts += [step.reason] if step.reason else []
    return "".join(f", {part}" for part in parts)


def _changed(changes: tuple[Change, ...]) -> str:
    if not changes:
        return ""
    listed = ", ".join(f"<code>{escape(change.path)}</code>" for change in changes[:8])
    return f" A changé depuis : {listed}{f' et {len(changes) - 8} autres' if len(changes) > 8 else ''}."


def _pre(name: str, text: str) -> str:
    return f'<pre class="proof__output" tabindex="0" role="region" aria-label="{name}">{escape(_cut(text.strip(chr(10))))}</pre>'


def _cut(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    head, tail = text[: _SHOWN // 2], text[-_SHOWN // 2 :]
    left_out = text.count("\n") - head.count("\n") - tail.count("\n")
    return f"{head.rpartition(chr(10))[0] or head}\n… ({left_out} lignes ne sont pas reprises ici)\n{tail.partition(chr(10))[2] or tail}"
