"""Does each image run the application that it says, as nobody, on the port that it announces?"""

import re
from collections.abc import Iterator

from runbook.checking.dockerfiles.commands import check_bases, check_instructions
from runbook.checking.dockerfiles.context import check_context
from runbook.checking.dockerfiles.programs import LOOPBACK
from runbook.checking.dockerfiles.stages import check_stages
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.images import Image, built_images, context_of, instructions
from runbook.checking.offered.model import Model
from runbook.checking.offered.setting_types import refused


def check_dockerfiles(model: Model) -> Iterator[Finding]:
    """Every Dockerfile that Compose builds, against the files of its context and its application."""
    for image in built_images(model).values():
        yield from check_stages(model, image)
        yield from check_context(model, image)
        yield from check_instructions(model, image)
        yield from _copies(model, image)
        yield from _application(model, image)
        if image.application:
            yield from _variables(model, image)
            yield from _port_and_user(model, image)
    yield from check_bases(model)


def _copies(model: Model, image: Image) -> Iterator[Finding]:
    context = context_of(model, image)
    for line, word, rest in _lines(model, image):
        if word not in ("COPY", "ADD") or "--from=" in rest or "<<" in rest:
            continue
        for source in [part for part in rest.split() if not part.startswith("--")][:-1]:
            path = (context / source).as_posix()
            if path not in model.files and path not in model.folders and not any(mark in source for mark in "*?["):
                yield Finding(
                    image.dockerfile,
                    line,
                    f"« {source} » absent du contexte « {context} »",
                    nearest(path, {*model.files, *model.folders}),
                    "dockerfiles",
                )


def _application(model: Model, image: Image) -> Iterator[Finding]:
    commands = [(line, rest) for line, word, rest in _lines(model, image) if word == "CMD"]
    factories = [source.factory for source in model.settings.model.applications.values()]
    for line, rest in commands[-1:]:
        named = re.search(r"[\w.]+:\w+(?=\()", rest)
        if image.application is None and factories:
            yield Finding(
                image.dockerfile,
                line,
                f"aucune application ne s'appelle « {named[0] if named else rest} »",
                nearest(named[0] if named else rest, factories),
                "dockerfiles",
            )
        if not rest.startswith("["):
            yield Finding(
                image.dockerfile,
                line,
                "commande lancée par un shell, qui garde pour lui le signal d'arrêt",
                'écrire CMD ["programme", "argument"]',
                "dockerfiles",
            )
    if image.application and image.service in model.applications and image.application != image.service:
        line = commands[-1][0] if commands else 1
        yield Finding(
            image.dockerfile,
            line,
            f"le service « {image.service} » lance l'application « {image.application} »",
            "corriger CMD",
            "dockerfiles",
        )


def _variables(model: Model, image: Image) -> Iterator[Finding]:
    application = model.applications[image.application or ""]
    tag = image.name.rpartition(":")[2]
    for name, value in image.environment.items():
        if name == "PATH" or name.startswith("PYTHON"):
            continue
        line = _line(model, image, f"{name}=")
        if name not in application.variables:
            yield Finding(
                image.dockerfile,
                line,
                f"variable « {name} » que l'application ne lit pas",
                nearest(name, application.variables),
                "dockerfiles",
            )
            continue
        wanted = refused(model, application.name, name, value)
        if wanted is not None:
            yield Finding(
                image.dockerfile,
                line,
                f"{name} = « {value} » : l'application refuse de démarrer",
                f"attendu : {wanted}",
                "dockerfiles",
            )
        if name.endswith("_VERSION") and value != tag:
            yield Finding(
                image.dockerfile,
                line,
                f"{name} vaut « {value} », et l'étiquette de l'image est « {tag} »",
                "écrire la même version",
                "dockerfiles",
            )
    for name, default in application.variables.items():
        if default in LOOPBACK and image.environment.get(name, default) in LOOPBACK:
            yield Finding(
                image.dockerfile,
                _line(model, image, f"{name}="),
                f"{name} : l'application n'écouterait que depuis son propre conteneur",
                f"écrire ENV {name}=0.0.0.0",
                "dockerfiles",
            )
        if default is not None and name.endswith("_VERSION") and default != tag:
            yield Finding(
                image.dockerfile,
                1,
                f"version « {default} » dans le code de {application.name}, « {tag} » dans le nom de l'image",
                "écrire la même version",
                "dockerfiles",
            )


def _port_and_user(model: Model, image: Image) -> Iterator[Finding]:
    application = model.applications[image.application or ""]
    default = application.variables.get("PORT") or ""
    listening = image.port if "PORT" in image.environment or not default.isdecimal() else int(default)
    if listening is not None and image.exposed and image.exposed != (listening,):
        yield Finding(
            image.dockerfile,
            _line(model, image, "EXPOSE"),
            f"port {image.exposed[0]} annoncé, et l'application écoute sur {listening}",
            f"écrire EXPOSE {listening}",
            "dockerfiles",
        )
    if application.ports and listening not in application.ports:
        yield Finding(
            image.dockerfile,
            _line(model, image, "PORT="),
            f"l'image écoute sur {listening}",
            f"attendu : {application.ports[0]}, le port déclaré de l'application « {image.application} »",
            "dockerfiles",
        )
    if not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", image.user or ""):
        yield Finding(
            image.dockerfile,
            _line(model, image, "USER"),
            f"utilisateur « {image.user or 'root'} »",
            "écrire USER avec un numéro, par exemple 10001:10001",
            "dockerfiles",
        )
    if not image.healthcheck:
        yield Finding(
            image.dockerfile,
            1,
            "image sans HEALTHCHECK : Compose ne sait pas si elle répond",
            "ajouter HEALTHCHECK",
            "dockerfiles",
        )


def _lines(model: Model, image: Image) -> list[tuple[int, str, str]]:
    return instructions((model.root / image.dockerfile).read_text(encoding="utf-8"))


def _line(model: Model, image: Image, text: str) -> int:
    """The last line that holds `text`: the last stage is the one that runs."""
    lines = (model.root / image.dockerfile).read_text(encoding="utf-8").splitlines()
    return max((number for number, line in enumerate(lines, 1) if text in line), default=1)
