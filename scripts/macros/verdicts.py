"""What does the site say of one command, according to the last run?"""

from dataclasses import dataclass

from .changes import Changes, summary
from .last_run import Run, Step

_PLACES = {"local": "en local", "compose": "sur Compose", "recette": "sur recette"}
_KINDS = {
    "vérifié": "verified",
    "exécuté, sans assertion": "executed",
    "échoué": "failed",
    "délai dépassé": "failed",
    "non exécuté": "absent",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A few words, the kind that colours them, and the paths that changed since."""

    text: str
    kind: str
    changed: tuple[str, ...]


def verdict(step: Step, run: Run, changes: Changes) -> Verdict:
    """The outcome, where it was had, and whether it still holds."""
    changed = changes.of(step)
    text, kind = _outcome(step, run)
    if not changed:
        return Verdict(text, kind, ())
    kind = kind if kind == "failed" else "stale"
    return Verdict(f"périmé, a changé depuis : {summary(changed, changes.docs)} ; {text}", kind, changed)


def seconds(duration: float) -> str:
    """A duration in French, in plain text, with a decimal below ten seconds."""
    if duration < 0.05:
        return "< 0,1 s"
    if duration < 10:
        return f"{duration:.1f} s".replace(".", ",")
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _outcome(step: Step, run: Run) -> tuple[str, str]:
    place = "en local (substitut)" if step.stood_in else _PLACES.get(step.on, f"sur {step.on}")
    if step.outcome != "non exécuté":
        return f"{step.outcome} {place}", _KINDS[step.outcome]
    if step.page_reason or not run.checked:
        return f"non exécuté : {step.reason}", "absent"
    return f"contrôlé sans exécution : {step.reason}", "checked"
