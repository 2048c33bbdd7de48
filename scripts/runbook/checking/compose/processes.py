"""Can what Compose starts do its work: build stage and arguments, user, command, health check, storage?"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runbook.checking.dockerfiles.programs import LOOPBACK, program_problem
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.compose_values import environment
from runbook.checking.offered.images import Image, application_of, built_images, dockerfile_of, instructions
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_compose

LOG_OPTIONS = {
    "json-file": (
        "max-size",
        "max-file",
        "compress",
        "labels",
        "labels-regex",
        "env",
        "env-regex",
        "tag",
        "mode",
        "max-buffer-size",
    ),
    "local": ("max-size", "max-file", "compress"),
}
ENGINE = ("/var/run/docker.sock", "/run/docker.sock")


def build_stages(model: Model) -> Iterator[Finding]:
    """The stage that is built exists and starts something; every argument is one of the Dockerfile."""
    for name, definition in model.services.items():
        dockerfile, build = dockerfile_of(definition), definition.get("build")
        if dockerfile is None or not isinstance(build, dict) or not (model.root / dockerfile).is_file():
            continue
        lines = instructions((model.root / dockerfile).read_text(encoding="utf-8"))
        where = ("services", name, "build")
        stages = [rest.partition(" AS ")[2].strip() for _, word, rest in lines if word == "FROM"]
        target = build.get("target")
        if target is not None and str(target) not in stages:
            yield in_compose(
                model,
                (*where, "target"),
                f"étape « {target} » que {dockerfile} n'a pas",
                nearest(str(target), filter(None, stages)),
                "build_stages",
            )
        elif (
            target is not None
            and str(target) != stages[-1]
            and application_of(model, _commands(lines, len(stages) - 1))
            and not application_of(model, _commands(lines, stages.index(str(target))))
        ):
            yield in_compose(
                model,
                (*where, "target"),
                f"étape « {target} » de {dockerfile}, qui ne lance pas l'application",
                f"retirer target, ou prendre {stages[-1] or 'la dernière étape'}",
                "build_stages",
            )
        known = [rest.partition("=")[0].strip() for _, word, rest in lines if word == "ARG"]
        for argument in _names(build.get("args")):
            if argument not in known:
                yield in_compose(
                    model,
                    (*where, "args", argument),
                    f"argument « {argument} » que {dockerfile} ne prend pas",
                    nearest(argument, known),
                    "build_stages",
                )


def processes(model: Model) -> Iterator[Finding]:
    """A service runs as nobody, with the application of its image, where others reach it, and a check that can succeed."""
    for image in built_images(model).values():
        name, definition = image.service, model.services[image.service]

        def told(key: str, cause: str, remedy: str, name: str = name) -> Finding:
            return in_compose(model, ("services", name, key), f"service « {name} » : {cause}", remedy, "processes")

        user = str(definition.get("user", "")).partition(":")[0]
        if user in ("0", "root"):
            yield told("user", "lancé par root", "retirer user : l'image a le sien")
        port = environment(definition).get("PORT") or ""
        listening = int(port) if port.isdecimal() else image.port
        if (
            image.application
            and _words(definition.get("entrypoint"))[:1]
            and re.fullmatch(r"(/bin/)?(ba|da|a)?sh", _words(definition["entrypoint"])[0])
        ):
            yield told(
                "entrypoint",
                "lancé par un shell, qui garde pour lui le signal d'arrêt, et le reste de la commande",
                "retirer entrypoint",
            )
        for key in ("command", "entrypoint"):
            if key in definition:
                yield from _command(model, image, key, _words(definition[key]))
        test = (definition.get("healthcheck") or {}).get("test")
        problem = program_problem(model, image, _tested(test), listening)
        if problem:
            yield in_compose(
                model,
                ("services", name, "healthcheck", "test"),
                f"service « {name} » : {problem[0]}",
                problem[1],
                "processes",
            )
        application = model.applications.get(image.application or "")
        for variable, default in (application.variables if application else {}).items():
            if default in LOOPBACK and environment(definition).get(variable) in LOOPBACK:
                yield in_compose(
                    model,
                    ("services", name, "environment", variable),
                    f"service « {name} » : {variable} : l'application n'écouterait que depuis son propre conteneur",
                    "retirer cette variable : l'image la fixe",
                    "processes",
                )


def storage(model: Model) -> Iterator[Finding]:
    """Every volume is declared, every folder mounted exists, none gives the engine away; logs have options that the driver knows."""
    declared = set(model.compose.get("volumes") or {})
    for name, definition in model.services.items():
        for index, volume in enumerate(definition.get("volumes") or []):
            where = ("services", name, "volumes", index)
            source = _source(volume)
            path = source.removeprefix("./")
            if source in ENGINE:
                yield in_compose(
                    model,
                    where,
                    f"service « {name} » : le moteur Docker entier lui est ouvert",
                    "retirer ce volume",
                    "storage",
                )
            elif source.startswith("."):
                if path not in model.files and Path(path).as_posix() not in model.folders:
                    yield in_compose(
                        model,
                        where,
                        f"service « {name} » : « {source} » absent du dépôt : Docker y ferait un dossier vide",
                        nearest(path, {*model.files, *model.folders}),
                        "storage",
                    )
            elif source and "/" not in source and not source.startswith(("~", "$")) and source not in declared:
                yield in_compose(model, where, f"volume « {source} » non déclaré", nearest(source, declared), "storage")
        logging = definition.get("logging") or {}
        known = LOG_OPTIONS.get(str(logging.get("driver", "json-file")))
        for option in logging.get("options") or {}:
            if known and option not in known:
                yield in_compose(
                    model,
                    ("services", name, "logging", "options", option),
                    f"option « {option} » inconnue du pilote de journaux",
                    nearest(str(option), known),
                    "storage",
                )


def _command(model: Model, image: Image, key: str, words: list[str]) -> Iterator[Finding]:
    """What replaces the image's command starts the same application."""
    where = ("services", image.service, key)
    problem = program_problem(model, image, words)
    if problem:
        yield in_compose(model, where, f"service « {image.service} » : {problem[0]}", problem[1], "processes")
    text = " ".join(words)
    factories = [source.factory for source in model.settings.model.applications.values()]
    named = re.search(r"(?<![\w.:/])[a-z_][\w.]*:[a-z_]\w*", text)
    if named and application_of(model, text) is None and image.application:
        yield in_compose(
            model,
            where,
            f"service « {image.service} » : aucune application ne s'appelle « {named[0]} »",
            nearest(named[0], factories),
            "processes",
        )


def _commands(lines: list[tuple[int, str, str]], stage: int) -> str:
    """The commands of one stage, counted from 0."""
    number, found = -1, []
    for _, word, rest in lines:
        number += word == "FROM"
        if number == stage and word in ("CMD", "ENTRYPOINT"):
            found.append(rest)
    return " ".join(found)


def _names(given: Any) -> list[str]:
    return [str(entry).partition("=")[0] for entry in given or []]


def _words(command: Any) -> list[str]:
    try:
        return [str(word) for word in command] if isinstance(command, list) else shlex.split(str(command or ""))
    except ValueError:
        return []


def _tested(test: Any) -> list[str]:
    """The command of a health check in any of its forms."""
    if isinstance(test, str):
        return ["sh", "-c", test]
    words = [str(word) for word in test or []]
    if words[:1] == ["CMD-SHELL"]:
        return ["sh", "-c", *words[1:]]
    return words[1:] if words[:1] == ["CMD"] else []


def _source(volume: Any) -> str:
    """What is mounted; empty for what Compose makes itself."""
    if isinstance(volume, dict):
        return str(volume.get("source", "")) if volume.get("type", "volume") in ("volume", "bind") else ""
    parts = str(volume).split(":")
    return parts[0] if len(parts) > 1 else ""
