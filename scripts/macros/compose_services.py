"""What does the Compose file say?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sources import dig, only, read_yaml


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
    port = dig(service, "ports", 0, source=file)
    environment = dig(service, "environment", source=file)
    return ComposeService(
        name=name,
        image=dig(service, "image", source=file),
        port=int(dig(port, "published", source=file)),
        target=int(dig(port, "target", source=file)),
        memory_limit=dig(service, "mem_limit", source=file),
        stop_grace=dig(service, "stop_grace_period", source=file),
        environment={key: None if value is None else str(value) for key, value in environment.items()},
    )
