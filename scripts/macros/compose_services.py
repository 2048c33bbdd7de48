"""What does the Compose file say?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sources import SourceError, dig, only, read_yaml


@dataclass(frozen=True, slots=True)
class ComposeService:
    """One service of the development mode: where a person and where its neighbours reach it."""

    name: str
    image: str
    port: int
    target: int
    memory_limit: str
    stop_grace: str
    environment: dict[str, str | None]

    @property
    def url(self) -> str:
        """The address in the browser of the machine that runs Compose."""
        return f"http://localhost:{self.port}"

    @property
    def internal_url(self) -> str:
        """The address from another container of the same network."""
        return f"http://{self.name}:{self.target}"


@dataclass(frozen=True, slots=True)
class Compose:
    """Everything the pages say about the development mode."""

    project: str
    network: str
    api: ComposeService
    front: ComposeService


def read_compose(path: Path) -> Compose:
    """Read the Compose file; raises `SourceError` if it is missing or lacks a service."""
    document = only(read_yaml(path), str(path))
    return Compose(
        project=dig(document, "name", source=path.name),
        network=only(dig(document, "networks", source=path.name), f"{path.name}, réseau"),
        api=_service(document, "api", path.name),
        front=_service(document, "front", path.name),
    )


def _service(document: Any, name: str, file: str) -> ComposeService:
    service = dig(document, "services", name, source=file)
    published, target = _port(dig(service, "ports", 0, source=file), f"{file}, ports de {name}")
    return ComposeService(
        name=name,
        image=dig(service, "image", source=file),
        port=published,
        target=target,
        memory_limit=service.get("mem_limit") or dig(service, "deploy", "resources", "limits", "memory", source=file),
        stop_grace=dig(service, "stop_grace_period", source=file),
        environment=_environment(service.get("environment") or {}),
    )


def _port(written: Any, what: str) -> tuple[int, int]:
    """The published and the inner port, of the long form or of the short one: `[address:]published:target[/protocol]`."""
    if isinstance(written, dict):
        published, target = (str(dig(written, name, source=what)) for name in ("published", "target"))
    else:
        *_, published, target = ("", *str(written).partition("/")[0].split(":"))
    try:
        return int(published), int(target)
    except ValueError:
        raise SourceError(
            f"{what} : « {written} » ne publie pas un port choisi ; écrire par exemple 8080:8080"
        ) from None


def _environment(written: Any) -> dict[str, str | None]:
    """Either form, a mapping or a list of `NAME=value`; `None` is what the host gives."""
    if isinstance(written, dict):
        return {name: None if value is None else str(value) for name, value in written.items()}
    split = (item.partition("=") for item in written)
    return {name: value if equals else None for name, equals, value in split}
