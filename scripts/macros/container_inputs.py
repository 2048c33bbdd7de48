"""What is a container given: its variables, the Secret, the seconds before it is stopped?"""

import re
from collections.abc import Iterable
from typing import Any

from .sources import SourceError, dig

# Of every way to write a pause: sleep(5), ["sleep", "5"], sh -c "sleep 5".
_SLEEP = re.compile(r"\bsleep\W+(\d+)")


def variables(container: Any, config: dict[str, str]) -> dict[str, str]:
    """The variables that the manifest gives, one by one, as text; those of a Secret are apart."""
    found = {}
    for item in container.get("env", []):
        reference = item.get("valueFrom")
        if reference is None:
            found[item["name"]] = str(item.get("value", ""))
        elif key := reference.get("configMapKeyRef", {}).get("key"):
            found[item["name"]] = config.get(key, "")
    return found


def secret_variables(container: Any) -> tuple[str, ...]:
    """The variables whose values a Secret gives."""
    return tuple(item["name"] for item in container.get("env", []) if "secretKeyRef" in (item.get("valueFrom") or {}))


def secret_given(pod: Any, file: str) -> str:
    """How the first container of `pod` gets the Secret, as the end of a French sentence; raises if it does not."""
    container = dig(pod, "containers", 0, source=file)
    volumes = {volume["name"] for volume in pod.get("volumes", []) if _holds_secret(volume)}
    places = [mount["mountPath"] for mount in container.get("volumeMounts", []) if mount["name"] in volumes]
    if places:
        return f"monté en lecture seule sous {_listed(places)}"
    if names := secret_variables(container):
        return f"donné par la variable {_listed(names)}"
    if any("secretRef" in source for source in container.get("envFrom", [])):
        return "donné en variables d'environnement"
    raise SourceError(f"{file} : le conteneur ne reçoit pas le Secret, ni en fichier ni en variable")


def pause_before_stop(container: Any, file: str) -> int:
    """The seconds that `preStop` waits."""
    pre_stop = dig(container, "lifecycle", "preStop", source=file)
    if "sleep" in pre_stop:
        return int(dig(pre_stop, "sleep", "seconds", source=file))
    found = _SLEEP.search(" ".join(dig(pre_stop, "exec", "command", source=file)))
    if found is None:
        raise SourceError(f"{file} : la commande de preStop ne dit plus combien de secondes elle attend (sleep)")
    return int(found[1])


def _holds_secret(volume: Any) -> bool:
    projected = volume.get("projected") or {}
    return "secret" in volume or any("secret" in source for source in projected.get("sources", []))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
