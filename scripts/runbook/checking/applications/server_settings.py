"""Can the server run in its containers as its configuration file says, and does the code use every setting that it reads?"""

import ast
import importlib
import importlib.metadata
import re
import runpy
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from runbook.checking.applications.log_settings import problems
from runbook.checking.blocks.remembered import Remembered
from runbook.checking.dockerfiles.programs import LOOPBACK
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.applications import given
from runbook.checking.offered.images import Image, built_images
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import written

RULE = "server_settings"
Problem = tuple[str, str, str]  # setting, cause, remedy
CLASSES = ("sync", "gthread", "eventlet", "gevent", "tornado")
WRITTEN = ("pidfile", "accesslog", "errorlog", "logconfig")
SHORTEST = 5  # seconds


def server_settings(model: Model) -> Iterator[Finding]:
    """The configuration file has settings that Gunicorn knows, and values that a read-only container can bear."""
    path = model.settings.model.server
    if not path or not (model.root / path).is_file():
        return
    text = (model.root / path).read_text(encoding="utf-8")
    lines = {
        target.id: node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    }
    known = _known(model, text, list(lines))
    for name, line in lines.items():
        if known and name not in known:
            yield Finding(
                path, line, f"réglage « {name} » inconnu de Gunicorn, qui n'en dit rien", nearest(name, known), RULE
            )
    images = [image for image in built_images(model).values() if image.application]
    for image in images:
        values = _values(model, path, image.environment)
        if isinstance(values, str):
            yield Finding(
                path,
                1,
                f"la configuration ne se lit pas avec ce que l'image « {image.name} » donne : {values}",
                "la corriger",
                RULE,
            )
            return
        for name, cause, remedy in chain(_bound(values, image), _refused(values), _missing(values) if known else ()):
            yield Finding(path, lines.get(name, 1), cause, remedy, RULE)
        if (
            known
            and not values.get("preload_app")
            and any(source.settings for source in model.settings.model.applications.values())
        ):
            cause = "preload_app n'est pas vrai : chaque worker lirait les réglages pour lui, et un réglage refusé le ferait mourir et renaître sans fin"
            yield Finding(path, lines.get("preload_app", 1), cause, "écrire preload_app = True", RULE)
    outside = _values(model, path, {})
    if (
        images
        and not isinstance(outside, str)
        and not str(outside.get("bind", "127.0.0.1:")).startswith(tuple(f"{host}:" for host in (*LOOPBACK, "[::1]")))
    ):
        yield Finding(
            path,
            lines.get("bind", 1),
            f"hors d'une image, écoute sur {outside['bind']} : un poste s'ouvrirait au réseau",
            "prendre 127.0.0.1 par défaut",
            RULE,
        )


def log_settings(model: Model) -> Iterator[Finding]:
    """The settings that the configuration file gives to Python's logging, each fault where the code writes the word."""
    settings = log_configuration(model, built_images(model))
    for word, cause, remedy in problems(settings) if settings else ():
        path, line = written(rf"[\"']{re.escape(word)}[\"']", model.code, model.settings.model.server)
        yield Finding(path, line, cause, remedy, RULE)


def log_configuration(model: Model, images: Mapping[str, Image]) -> Mapping[str, Any]:
    """What the server's configuration file gives to Python's logging in the first application's image; empty where it gives nothing or cannot be read."""
    path = model.settings.model.server
    image = next((image for image in images.values() if image.application), None)
    values = _values(model, path, image.environment) if image and path and (model.root / path).is_file() else {}
    settings = {} if isinstance(values, str) else values.get("logconfig_dict")
    return settings if isinstance(settings, Mapping) else {}


def settings_used(model: Model) -> Iterator[Finding]:
    """A variable that the settings read changes something: its field is used outside the settings."""
    for name, source in model.settings.model.applications.items():
        folders = tuple(f"{folder}/" for folder in source.path)
        texts = {
            path: (model.root / path).read_text(encoding="utf-8")
            for path in sorted(model.files)
            if path.startswith(folders) and path.endswith((".py", ".html"))
        }
        whole = "\n".join(texts.values())
        for reference in source.settings:
            module, _, structure = reference.partition(":")
            place = next(
                (
                    path
                    for path in texts
                    if path.endswith((f"{module.replace('.', '/')}.py", f"{module.replace('.', '/')}/__init__.py"))
                ),
                None,
            )
            for field in re.findall(r"^    ([a-z]\w*)\s*:", _body(texts.get(place or "", ""), structure), re.MULTILINE):
                if (
                    place
                    and not re.search(rf"\.{field}\b", whole)
                    and not re.search(rf"[\"']{field.upper()}[\"']", whole)
                ):
                    line = next(
                        (
                            number
                            for number, text in enumerate(texts[place].splitlines(), 1)
                            if re.match(rf"    {field}\s*:", text)
                        ),
                        1,
                    )
                    yield Finding(
                        place,
                        line,
                        f"variable « {field.upper()} » lue, et dont « {name} » ne fait rien",
                        "s'en servir, ou la retirer",
                        RULE,
                    )


def _body(text: str, structure: str) -> str:
    found = re.search(rf"^class {re.escape(structure)}\b.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def _known(model: Model, text: str, names: list[str]) -> list[str]:
    """Gunicorn's settings, asked of Gunicorn once for each text of the file; none where it is not installed or not meant."""
    if "gunicorn" not in text.lower():
        return []
    try:
        version = importlib.metadata.version("gunicorn")
    except importlib.metadata.PackageNotFoundError:
        return []
    memory = Remembered(model.root / model.settings.state / "cache" / "server.json", version)
    known: list[str] | None = memory.recall("settings")
    if known is None:
        known = sorted(setting.name for setting in importlib.import_module("gunicorn.config").KNOWN_SETTINGS)
        memory.learn("settings", known)
        memory.write()
    return known if set(names) & set(known) else []


def _values(model: Model, path: str, environment: Mapping[str, str]) -> dict[str, Any] | str:
    """What the file sets in an image, or why it cannot be read there."""
    with given(environment):
        try:
            return runpy.run_path(str(model.root / path))
        except (Exception, SystemExit) as error:
            return (str(error) or type(error).__name__).splitlines()[0]


def _bound(values: Mapping[str, Any], image: Image) -> Iterator[Problem]:
    """Others reach the server, on the port that its image announces."""
    bound = re.fullmatch(r"(.*):(\d+)", str(values.get("bind", "")))
    port = image.environment.get("PORT", "")
    if bound and port.isdecimal() and bound[2] != port:
        yield (
            "bind",
            f"écoute sur le port {bound[2]}, et l'image « {image.name} » annonce {port}",
            "prendre le port de la variable PORT",
        )
    if bound and bound[1].strip("[]") in LOOPBACK:
        yield (
            "bind",
            f"n'écouterait que depuis son propre conteneur, dans « {image.name} »",
            "prendre l'adresse de la variable que l'image fixe",
        )


def _refused(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Values that cannot hold in a container that belongs to nobody and whose file system cannot be changed."""
    kind = values.get("worker_class", "sync")
    if isinstance(kind, str) and kind not in CLASSES and "." not in kind:
        yield "worker_class", f"worker_class « {kind} » inconnue", nearest(kind, CLASSES)
    for name in ("daemon", "reload"):
        if values.get(name):
            yield (
                name,
                f"{name} : le conteneur perdrait son processus, ou changerait sans qu'on le lui demande",
                f"retirer {name}",
            )
    for name in ("user", "group"):
        if values.get(name) is not None:
            yield (
                name,
                f"{name} « {values[name]} » : un processus sans droits ne peut pas en changer",
                f"retirer {name} : l'image a le sien",
            )
    for name in WRITTEN:
        value = values.get(name)
        if isinstance(value, str) and value not in ("-", "") and not value.startswith("/dev/"):
            yield (
                name,
                f"{name} « {value} » : le système de fichiers du conteneur ne se modifie pas",
                "écrire « - », la sortie du conteneur" if name != "pidfile" else "retirer pidfile",
            )


def _missing(values: Mapping[str, Any]) -> Iterator[Problem]:
    """What Gunicorn's own defaults would not do in such a container."""
    if values.get("accesslog") is None:
        yield "accesslog", "aucun journal des requêtes", 'écrire accesslog = "-"'
    if not str(values.get("worker_tmp_dir", "")).startswith("/dev/shm"):  # noqa: S108 - Gunicorn makes its file there with a name of its own
        yield (
            "worker_tmp_dir",
            "le fichier de pulsation des workers n'a pas de dossier où s'écrire dans un conteneur en lecture seule",
            'écrire worker_tmp_dir = "/dev/shm"',
        )
    if not values.get("control_socket_disable"):
        yield (
            "control_socket_disable",
            "la prise de contrôle de Gunicorn n'a pas de dossier où s'écrire dans un conteneur en lecture seule",
            "écrire control_socket_disable = True",
        )
    for name, default in (("timeout", 30), ("graceful_timeout", 30)):
        if 0 < values.get(name, default) < SHORTEST:
            yield (
                name,
                f"{name} {values[name]} s : des requêtes en cours seraient coupées",
                f"écrire au moins {SHORTEST}",
            )
    if "graceful_timeout" not in values:
        yield (
            "graceful_timeout",
            "la durée laissée aux requêtes en cours n'est pas fixée : les délais d'arrêt ne peuvent pas s'y accorder",
            "écrire graceful_timeout",
        )
