"""What does the services' own code say: which settings, which routes?"""

import importlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec

from .sources import SourceError, only, read_text


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; `default` is the text that would give the code's default."""

    name: str
    allowed: str
    default: str | None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a service and the methods that it answers."""

    path: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceCode:
    """One service as its code describes it; `image_environment` is what its image, made from `base_image`, sets."""

    name: str
    settings: tuple[Setting, ...]
    routes: tuple[Route, ...]
    image_environment: dict[str, str]
    base_image: str


_SETTINGS = {
    "api": ("datapress_api.settings", "ApiSettings"),
    "front": ("datapress_front.settings", "FrontSettings"),
}
# Variables that no settings class lists because their values are secrets.
_READ = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]*)["']""")
_IMAGE_ENV = re.compile(r"^(?:ENV)?\s+([A-Z][A-Z0-9_]*)=(\S+)", re.MULTILINE)
_BASE_IMAGE = re.compile(r"^FROM (\S+)", re.MULTILINE)
_IMAGE_ARG = re.compile(r"^ARG (\w+)=(\S+)", re.MULTILINE)


def read_service(services: Path, name: str) -> ServiceCode:
    """Read one service's code and Dockerfile under `services`; raises `SourceError`."""
    module, kind = _SETTINGS[name]
    for folder in (services / "common", services / name):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    own = _fields(_attribute(module, kind))
    gunicorn = _fields(_attribute("datapress_common.gunicorn_settings", "GunicornSettings"))
    known = {setting.name: setting for setting in (*own, *gunicorn)}
    package = module.partition(".")[0]
    secrets = _variables_read(services / name / package) - known.keys()
    application = _attribute(package, "create_app")({})
    dockerfile = read_text(services / name / "Dockerfile")
    return ServiceCode(
        name=name,
        settings=(
            *known.values(),
            *(Setting(secret, "", None, secret=True) for secret in sorted(secrets)),
        ),
        routes=tuple(sorted(_routes(application), key=lambda route: route.path)),
        image_environment=_image_environment(dockerfile),
        base_image=only(set(_BASE_IMAGE.findall(dockerfile)), f"services/{name}/Dockerfile, FROM"),
    )


def _attribute(module: str, name: str) -> Any:
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SourceError(f"services, {module}.{name} : {error}") from None


def _fields(kind: Any) -> list[Setting]:
    return [
        Setting(
            name=field.name.upper(),
            allowed=next(
                (
                    meta.description
                    for meta in get_args(field.type)
                    if isinstance(meta, msgspec.Meta) and meta.description
                ),
                "",
            ),
            default=_text(field.default),
        )
        for field in msgspec.structs.fields(kind)
    ]


def _text(default: object) -> str:
    if isinstance(default, float) and default.is_integer():
        return str(int(default))
    return str(default)


def _variables_read(package: Path) -> set[str]:
    return {name for path in sorted(package.rglob("*.py")) for name in _READ.findall(read_text(path))}


def _routes(application: Any) -> list[Route]:
    return [
        Route(path=rule.rule, methods=tuple(sorted(rule.methods - {"HEAD", "OPTIONS"})))
        for rule in application.url_map.iter_rules()
    ]


def _image_environment(dockerfile: str) -> dict[str, str]:
    """What `ENV` sets, with the default of each `ARG` in its place."""
    arguments = dict(_IMAGE_ARG.findall(dockerfile))
    return {
        name: re.sub(r"\$\{(\w+)\}", lambda found: arguments.get(found[1], found[0]), value)
        for name, value in _IMAGE_ENV.findall(dockerfile)
    }
