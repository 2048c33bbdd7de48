"""What do the services' code, their images and Compose say that pages repeat?"""

from dataclasses import dataclass
from typing import get_args

import msgspec

from runbook.repository.applications import Application
from runbook.repository.model import Repository

from .sources import SourceError, only


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; `default` is the text that would give the code's default, None for a secret."""

    name: str
    allowed: str
    default: str | None
    secret: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a service and the methods that it answers."""

    path: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its code, what its image sets, and where Compose lets a person and its neighbours reach it."""

    name: str
    settings: tuple[Setting, ...]
    routes: tuple[Route, ...]
    image_environment: dict[str, str]
    base_image: str
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


def read_service(repository: Repository, name: str) -> Service:
    """The service of this name; raises `SourceError` for one that the code, Compose or its image does not describe."""
    try:
        code, composed = repository.applications[name], repository.compose.services[name]
        image = repository.dockerfiles[composed.dockerfile]
    except KeyError as error:
        raise SourceError(
            f"{name} : {error} n'est décrit ni par Compose, ni par pyproject.toml, ni par une image"
        ) from None
    port = only(composed.ports, f"{repository.compose.path}, ports de {name}")
    if port.host is None:
        raise SourceError(f"{repository.compose.path}, ports de {name} : aucun n'est publié sur un port choisi")
    return Service(
        name=name,
        settings=tuple(_setting(code, variable, default) for variable, default in code.variables.items()),
        routes=tuple(sorted(_routes(code), key=lambda route: route.path)),
        image_environment=image.environment,
        base_image=image.arguments["BASE"],
        image=composed.image,
        port=port.host,
        target=port.target,
        memory_limit=composed.value["mem_limit"],
        stop_grace=composed.value["stop_grace_period"],
        environment=composed.environment,
    )


def _setting(code: Application, name: str, default: str | None) -> Setting:
    kind = code.types.get(name)
    told = (meta.description for meta in get_args(kind) if isinstance(meta, msgspec.Meta) and meta.description)
    return Setting(name, next(told, ""), (default or "").removesuffix(".0") if kind else None, secret=kind is None)


def _routes(code: Application) -> list[Route]:
    methods: dict[str, set[str]] = {}
    for rule in code.url_map.iter_rules():  # one for each function, of which an address may have several
        methods.setdefault(rule.rule, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return [Route(path, tuple(sorted(answered))) for path, answered in methods.items()]
