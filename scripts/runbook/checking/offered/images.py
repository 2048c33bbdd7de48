"""What does the image of a container run: which application, on which port, as which user?"""

import re
import shlex
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from runbook.checking.offered.model import Model

_ARGUMENT = re.compile(r"\$\{(\w+)\}|\$(\w+)")


@dataclass(frozen=True, slots=True)
class Image:
    """One image that Compose builds, as the last stage of its Dockerfile makes it.

    `application` is the one whose factory the image's command names; `service` is Compose's name
    for what it builds; `bound` is the port that its command asks for, `folder` is where the command starts.
    """

    name: str
    service: str
    dockerfile: str
    application: str | None
    environment: dict[str, str]
    exposed: tuple[int, ...]
    user: str | None
    healthcheck: bool
    folder: str
    bound: int | None

    @property
    def port(self) -> int | None:
        """The port that it listens on when nothing else is asked."""
        text = self.environment.get("PORT", "")
        if self.bound is not None:
            return self.bound
        return int(text) if text.isdecimal() else next(iter(self.exposed), None)


@lru_cache(maxsize=4)
def built_images(model: Model) -> dict[str, Image]:
    """Image name with tag → the image, for the services that Compose builds from a Dockerfile that exists."""
    images = {}
    for service, definition in model.services.items():
        dockerfile = dockerfile_of(definition)
        if dockerfile and (model.root / dockerfile).is_file():
            name = str(definition.get("image") or f"{model.compose.get('name', model.root.name)}-{service}")
            images[name] = _image(model, name, service, dockerfile)
    return images


def dockerfile_of(definition: dict[str, Any]) -> str | None:
    """The Dockerfile of a Compose service, relative to the Compose file; None where nothing is built."""
    build = definition.get("build")
    if build is None:
        return None
    if isinstance(build, str):
        return (Path(build) / "Dockerfile").as_posix()
    return (Path(str(build.get("context", "."))) / str(build.get("dockerfile", "Dockerfile"))).as_posix()


def runs_gunicorn(model: Model, image: Image) -> bool:
    """Whether the last command of its Dockerfile is the server that SIGTERM alone stops without cutting requests."""
    commands = [
        rest
        for _, word, rest in instructions((model.root / image.dockerfile).read_text(encoding="utf-8"))
        if word == "CMD"
    ]
    return bool(commands) and re.match(r'(\["|exec )?gunicorn\b', commands[-1]) is not None


def context_of(model: Model, image: Image) -> Path:
    """The folder that the Dockerfile's COPY reads, relative to the Compose file."""
    build = model.services[image.service]["build"]
    return Path(build if isinstance(build, str) else str(build.get("context", ".")))


def instructions(text: str) -> list[tuple[int, str, str]]:
    """Line, name and arguments of each instruction of a Dockerfile."""
    found: list[tuple[int, str, str]] = []
    pending: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not pending):
            continue
        start = start if pending else number
        pending.append(line.rstrip().removesuffix("\\").strip())
        if not line.rstrip().endswith("\\"):
            name, _, rest = " ".join(pending).partition(" ")
            found.append((start, name.upper(), rest.strip()))
            pending = []
    return found


def _image(model: Model, name: str, service: str, dockerfile: str) -> Image:
    lines = instructions((model.root / dockerfile).read_text(encoding="utf-8"))
    last = max((index for index, (_, word, _) in enumerate(lines) if word == "FROM"), default=0)
    stage = lines[last:]
    build = model.services[service].get("build")
    asked = build.get("args") if isinstance(build, dict) else None
    pairs = (
        [str(entry).partition("=")[::2] for entry in asked] if isinstance(asked, list) else list((asked or {}).items())
    )
    replaced = {str(key): str(value) for key, value in pairs}
    arguments: dict[str, str] = {}
    environment: dict[str, str] = {}
    for _, word, rest in stage:
        if word == "ARG":
            key, _, value = rest.partition("=")
            arguments[key.strip()] = replaced.get(key.strip(), value.strip())
        elif word == "ENV":
            for pair in shlex.split(rest):
                key, _, value = pair.partition("=")
                environment[key] = _ARGUMENT.sub(lambda found: arguments.get(found[1] or found[2], found[0]), value)
    commands = " ".join(rest for _, word, rest in stage if word in ("CMD", "ENTRYPOINT"))
    users = [rest for _, word, rest in stage if word == "USER"]
    return Image(
        name=name,
        service=service,
        dockerfile=dockerfile,
        application=application_of(model, commands),
        environment=environment,
        exposed=tuple(int(port) for _, word, rest in stage if word == "EXPOSE" for port in re.findall(r"\d+", rest)),
        user=users[-1] if users else None,
        healthcheck=any(word == "HEALTHCHECK" and not rest.startswith("NONE") for _, word, rest in stage),
        bound=bound_port(commands),
        folder=next((rest for _, word, rest in reversed(stage) if word == "WORKDIR"), "/"),
    )


def bound_port(command: str) -> int | None:
    """The port that a command's own `--bind` asks for."""
    return next(
        (int(port) for port in re.findall(r"""(?:--bind|-b)(?:[=\s"',]+)[\w.\[\]:]*?:(\d+)\b""", command)), None
    )


def application_of(model: Model, command: str) -> str | None:
    """The application whose factory a command names."""
    for name, source in model.settings.model.applications.items():
        if re.search(rf"(?<![\w.]){re.escape(source.factory)}\b", command):
            return name
    return None
