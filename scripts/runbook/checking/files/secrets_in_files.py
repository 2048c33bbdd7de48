"""Does a file that git keeps hold the value of a secret?"""

import base64
import binascii
import re
from collections.abc import Iterator

from runbook.checking.finding import Finding
from runbook.checking.offered.compose_values import environment, given_or_default
from runbook.checking.offered.containers import Container
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_compose, in_object

SENSITIVE = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|PRIVATE_KEY")
_PATH_NAMES = ("_FILE", "_PATH")
_SHORTEST = 8


def secret_values(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A committed Secret shows its keys and no value; no variable that is one has its value written beside it."""
    for item in model.of_kind("Secret"):
        if item.path in model.settings.model.generated:
            continue
        for key, value in (item.at("data", default=None) or {}).items():
            if _decoded(str(value)):
                yield in_object(
                    model,
                    item,
                    ("data", key),
                    f"Secret « {item.name} » : « {key} » a une vraie valeur, dans un fichier que git garde",
                    "mettre un texte à remplacer, et faire le vrai fichier hors de git",
                    "secret_values",
                )
        for key, value in (item.at("stringData", default=None) or {}).items():
            if _is_random(str(value)):
                yield in_object(
                    model,
                    item,
                    ("stringData", key),
                    f"Secret « {item.name} » : « {key} » a une vraie valeur, dans un fichier que git garde",
                    "mettre un texte à remplacer, et faire le vrai fichier hors de git",
                    "secret_values",
                )
    for container in found:
        for index, variable in enumerate(container.spec.get("env") or []):
            name, value = str(variable.get("name")), str(variable.get("value") or "")
            if is_sensitive(name) and value:
                yield in_object(
                    model,
                    container.item,
                    (*container.keys, "env", index, "value"),
                    f"« {name} » a sa valeur dans le manifeste",
                    "la prendre d'un Secret : valueFrom.secretKeyRef, ou un volume",
                    "secret_values",
                )


def compose_secrets(model: Model) -> Iterator[Finding]:
    """The same of Compose: a secret is passed on from the host, or is a file."""
    for name, definition in model.services.items():
        for variable, value in environment(definition).items():
            if is_sensitive(variable) and given_or_default(value or "") and not (value or "").startswith("${"):
                yield in_compose(
                    model,
                    ("services", name, "environment", variable),
                    f"service « {name} » : « {variable} » a sa valeur dans le fichier",
                    f"écrire « {variable}: » sans valeur : Compose la prend à l'hôte",
                    "compose_secrets",
                )


def is_sensitive(name: str) -> bool:
    """Whether a variable of this name holds a secret, and not the path of one."""
    return bool(SENSITIVE.search(name)) and not name.endswith(_PATH_NAMES)


def _decoded(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) >= _SHORTEST
    except (binascii.Error, ValueError):
        return False


def _is_random(text: str) -> bool:
    """Long, without spaces, with letters and digits: nobody writes an example so."""
    return bool(re.fullmatch(r"(?=\S*\d)(?=\S*[A-Za-z])\S{16,}", text))
