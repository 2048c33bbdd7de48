"""What the author of one block asks for, attribute by attribute."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from runbook.reading.fences import Fence


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is `written` (a regular expression), what it gives, and what is said of another."""

    written: str
    read: Callable[[str], Any]
    fault: str = ""
    remedy: str = ""


TEXT = Form(r"(?s).*", str)
SECONDS = Form(r"(?=.*[1-9])\d+(\.\d+)?", float, "n'est pas une durée", "écrire un nombre de secondes, par exemple 60")
STATUS = Form(r"1?\d?\d|2[0-4]\d|25[0-5]", int, "n'est pas un code de sortie", "écrire un nombre de 0 à 255")
READINESS = Form(
    r"https?://\S+|port:\d{1,5}|sortie:.+", str, "n'est pas une condition", "écrire une URL, port:8000 ou sortie:texte"
)
YES = Form("oui", bool, "inconnu", "valeurs possibles : oui")
NO = Form("non", lambda _: False, "inconnu", "valeurs possibles : non")

# Each attribute: the field of a block that it sets, and the form of its value.
ATTRIBUTES = {
    "data-cible": ("target", TEXT),
    "data-delai": ("deadline", SECONDS),
    "data-code": ("exit_status", STATUS),
    "data-reessayer": ("retry", SECONDS),
    "data-arriere-plan": ("background", READINESS),
    "data-nettoyage": ("cleanup", YES),
    "data-si": ("condition", TEXT),
    "data-non-execute": ("not_run", TEXT),
    "data-ignore": ("ignore", TEXT),
    "data-substitut": ("stand_in", NO),
}


def read_attributes(fence: Fence, targets: Collection[str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The fields of a block that its attributes give, and what is wrong with them: cause and remedy.

    An attribute that nobody knows is a mistake, unless there are no targets: then other tools may read it.
    """
    given: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for name, value in fence.attributes.items():
        field, form = ATTRIBUTES.get(name, ("", TEXT))
        if not field:
            cause, remedy = f"attribut « {name} » inconnu", f"attributs possibles : {', '.join(ATTRIBUTES)}"
            wrong += [(cause, remedy)] if targets else []
        elif not value.strip():
            wrong.append((f"{name} vide", "écrire une valeur entre guillemets"))
        elif field == "target" and value not in targets:
            known = ", ".join(targets) or "aucune ; en décrire une dans [tool.runbook.targets]"
            wrong.append((f'{name}="{value}" inconnu', f"valeurs possibles : {known}"))
        elif not re.fullmatch(form.written, value):
            wrong.append((f'{name}="{value}" {form.fault}', form.remedy))
        else:
            given[field] = form.read(value)
    return given, wrong
