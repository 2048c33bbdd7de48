"""What do the values of a Compose file say: ports, variables, durations, sizes?"""

import re
from dataclasses import dataclass
from typing import Any

_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:\d+ms)?")
_SIZE = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30}


@dataclass(frozen=True, slots=True)
class Published:
    """One port of a service: `host` on the machine, if published, `target` in the container."""

    host: int | None
    target: int
    address: str


def published(definition: dict[str, Any]) -> list[Published]:
    """The ports of a service, in either way of writing them; text that is no port is passed over."""
    found = []
    for port in definition.get("ports") or []:
        if isinstance(port, dict):
            host, target, address = port.get("published"), port.get("target"), str(port.get("host_ip", ""))
        else:
            *before, target = given_or_default(str(port)).split("/")[0].split(":")
            host, address = (before[-1] if before else None), (before[-2] if len(before) > 1 else "")
        if str(target).isdecimal():
            found.append(
                Published(
                    int(str(host)) if str(host).isdecimal() else None, int(str(target)), given_or_default(address)
                )
            )
    return found


def environment(definition: dict[str, Any]) -> dict[str, str | None]:
    """The variables of a service; None for one that is passed on from the host."""
    given = definition.get("environment") or {}
    if isinstance(given, list):
        pairs = [str(entry).partition("=") for entry in given]
        return {name: value if mark else None for name, mark, value in pairs}
    return {str(name): None if value is None else str(value) for name, value in given.items()}


def seconds(text: Any) -> float | None:
    """A Compose duration in seconds."""
    found = _DURATION.fullmatch(str(text))
    if not found or not str(text):
        return None
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


def memory(text: Any) -> float | None:
    """A Compose size in bytes."""
    found = re.fullmatch(r"(\d+)([bkmg]?)b?", str(text).lower())
    return float(int(found[1]) * _SIZE[found[2]]) if found else None


def given_or_default(text: str) -> str:
    """The text with what `${NAME:-default}` gives where nobody sets the variable."""
    return _DEFAULT.sub(r"\1", text)
