"""The services of a Compose file: ports, variables, builds, and what else it names."""

import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from runbook.repository.yamlfile import Document, items, mapping

DEFAULT = re.compile(r"\$\{(\w+)(?::?[-?]([^}]*))?\}")
NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@dataclass(frozen=True, slots=True)
class Published:
    """One port of a service: `host` on the machine, if published, `target` in the container; `index` in `ports`."""

    host: int | None
    target: int
    address: str
    index: int


@dataclass(frozen=True, eq=False)
class Service(Document):
    """One service of a Compose file."""

    name: str = field(kw_only=True)

    def __str__(self) -> str:
        return f"service « {self.name} »"

    @property
    def image(self) -> str:
        return filled(str(self.at("image", default="")))

    @property
    def build(self) -> dict[str, Any] | None:
        """`context` and `dockerfile`, whichever way they are written; None where nothing is built."""
        build = self.at("build")
        if build is None:
            return None
        return {"context": build} if isinstance(build, str) else mapping(build)

    def beside(self, name: str) -> str:
        """What the file calls so, relative to the repository."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), filled(str(name))))

    @property
    def context(self) -> str:
        """The folder that is built, relative to the repository."""
        context = str((self.build or {}).get("context", "."))
        return context if "://" in context else self.beside(context)

    @property
    def dockerfile(self) -> str:
        """Its Dockerfile, relative to the repository."""
        name = str((self.build or {}).get("dockerfile", "Dockerfile"))
        return posixpath.normpath(posixpath.join(self.context, name))

    @property
    def environment(self) -> dict[str, str | None]:
        """Its variables; None for one that is passed on from the host."""
        return pairs(self.at("environment"))

    @property
    def ports(self) -> list[Published]:
        """Its ports in either way of writing them; text that is no port is passed over."""
        found = []
        for index, port in enumerate(items(self.at("ports"))):
            if isinstance(port, dict):
                host, target, address = port.get("published"), port.get("target"), str(port.get("host_ip", ""))
            else:
                *before, target = filled(str(port)).split("/")[0].rsplit(":", 2)
                host, address = (before[-1] if before else None), (before[0] if len(before) > 1 else "")
            host, target = filled(str(host)), filled(str(target))
            if target.isdecimal():
                number = int(host) if host.isdecimal() else None
                found.append(Published(number, int(target), filled(address), index))
        return found

    def named(self, key: str) -> list[str]:
        """The names under a key that takes a list or a mapping: networks, depends_on, secrets, configs."""
        value = self.at(key)
        if isinstance(value, list):
            return [str(entry.get("source", "")) if isinstance(entry, dict) else str(entry) for entry in value]
        return [str(name) for name in mapping(value)]


class Compose(Document):
    """One Compose file; without a path there is none, and everything is empty."""

    @property
    def project(self) -> str:
        return str(self.at("name", default=posixpath.basename(posixpath.dirname(self.path))))

    @cached_property
    def services(self) -> dict[str, Service]:
        """Name → service; one without a description is left out."""
        places = {name: (spec, *self.place("services", name)) for name, spec in self.map("services").items()}
        return {
            str(name): Service(self.path, line, spec, node, name=str(name))
            for name, (spec, line, node) in places.items()
            if mapping(spec)
        }

    def declared(self, part: str) -> set[str]:
        """The names under `networks`, `volumes`, `secrets`, `configs`."""
        return {str(name) for name in self.map(part)}


def pairs(value: Any) -> dict[str, str | None]:
    """What is written as a list of `NAME=value` or as a mapping; None where no value is given."""
    if isinstance(value, list):
        return {name: text if mark else None for name, mark, text in (str(entry).partition("=") for entry in value)}
    return {str(name): None if text is None else str(text) for name, text in mapping(value).items()}


def filled(text: str) -> str:
    """The text with what `${NAME:-default}` gives where nobody sets the variable."""
    return DEFAULT.sub(lambda found: found[2] or "", text)
