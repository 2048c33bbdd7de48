"""Does everything that a Compose service asks for exist, start with it, and leave it reachable and whole?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runbook.checking.dockerfiles.programs import hidden_folder
from runbook.checking.files.secrets_in_files import is_sensitive
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.compose_values import environment, published
from runbook.checking.offered.images import Image, built_images, runs_gunicorn
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_compose

RULE = "references"
SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT")


def references(model: Model) -> Iterator[Finding]:
    """Files, links, secrets, networks and profiles; and what makes a published port useless."""
    images = {image.service: image for image in built_images(model).values()}
    networks = model.compose.get("networks") or {}
    for name, definition in model.services.items():
        yield from _named(model, name, definition)
        yield from _reached(model, name, definition, networks, images.get(name))
        if name in images and images[name].application:
            yield from _whole(model, name, definition, images[name])
    for network, described in networks.items():
        if (described or {}).get("external"):
            yield in_compose(
                model,
                ("networks", network, "external"),
                f"réseau « {network} » que Compose ne fait pas : « docker compose up » échouerait sans lui",
                "retirer external",
                RULE,
            )


def _named(model: Model, name: str, definition: dict[str, Any]) -> Iterator[Finding]:
    """What the service names is in the repository or in the file, and starts with it."""
    files = definition.get("env_file") or []
    for file in [files] if isinstance(files, str | dict) else files:
        path = str(file.get("path")) if isinstance(file, dict) else str(file)
        if Path(path).as_posix() not in model.files and not (isinstance(file, dict) and file.get("required") is False):
            yield _told(
                model,
                name,
                "env_file",
                f"fichier « {path} » absent du dépôt",
                nearest(path, (known for known in model.files if "env" in known)),
            )
    for link in definition.get("links") or []:
        if str(link).partition(":")[0] not in model.services:
            yield _told(
                model, name, "links", f"lien vers « {link} », qui n'existe pas", nearest(str(link), model.services)
            )
    for kind in ("secrets", "configs"):
        for given in definition.get(kind) or []:
            wanted = str(given.get("source")) if isinstance(given, dict) else str(given)
            if wanted not in (model.compose.get(kind) or {}):
                yield _told(
                    model,
                    name,
                    kind,
                    f"« {wanted} » que {kind} ne déclare pas",
                    nearest(wanted, model.compose.get(kind) or {}),
                )
    for other in definition.get("depends_on") or {}:
        if (model.services.get(other) or {}).get("profiles") and not definition.get("profiles"):
            yield _told(
                model,
                name,
                "depends_on",
                f"attend « {other} », qu'un profil écarte du démarrage ordinaire",
                f"retirer profiles de « {other} »",
            )


def _reached(
    model: Model, name: str, definition: dict[str, Any], networks: dict[str, Any], image: Image | None
) -> Iterator[Finding]:
    """A published port is one that somebody can use, of a service that stops and is confined as it should be."""
    ports = [port for port in published(definition) if port.host]
    copies = (definition.get("deploy") or {}).get("replicas", definition.get("scale", 1))
    if ports and isinstance(copies, int) and copies > 1:
        yield _told(
            model,
            name,
            "deploy" if "deploy" in definition else "scale",
            f"{copies} exemplaires d'un service qui publie le port {ports[0].host} : un seul pourrait le prendre",
            "n'en garder qu'un",
        )
    if ports and definition.get("network_mode") == "none":
        yield _told(
            model, name, "network_mode", f"sans réseau, et publie le port {ports[0].host}", "retirer network_mode"
        )
    joined = list(definition.get("networks") or [])
    if ports and joined and all((networks.get(network) or {}).get("internal") for network in joined):
        yield _told(
            model,
            name,
            "networks",
            f"réseau sans sortie, et port {ports[0].host} publié : rien n'y répondrait",
            "retirer internal",
        )
    if str(definition.get("stop_signal", SIGNALS[0])) not in SIGNALS:
        yield _told(
            model,
            name,
            "stop_signal",
            f"signal d'arrêt « {definition['stop_signal']} »",
            nearest(str(definition["stop_signal"]), SIGNALS),
        )
    elif definition.get("stop_signal", SIGNALS[0]) != SIGNALS[0] and image is not None and runs_gunicorn(model, image):
        yield _told(
            model,
            name,
            "stop_signal",
            f"{definition['stop_signal']} : Gunicorn couperait les requêtes en cours",
            "écrire SIGTERM, ou retirer la ligne",
        )
    for option in definition.get("security_opt") or []:
        if "unconfined" in str(option) or str(option) == "label:disable":
            yield _told(
                model, name, "security_opt", f"« {option} » retire une protection du noyau", "retirer cette option"
            )


def _whole(model: Model, name: str, definition: dict[str, Any], image: Image) -> Iterator[Finding]:
    """Nothing is mounted over the application, and nothing but a secret is left to the host."""
    for key, target in _targets(definition):
        hidden = hidden_folder(image, target)
        if hidden:
            yield _told(
                model,
                name,
                key,
                f"volume monté sur « {target} » : il cacherait « {hidden} » de l'image",
                "choisir un autre dossier",
            )
    for variable, value in environment(definition).items():
        default = model.applications[image.application or ""].variables.get(variable)
        if value is None and default is not None and not is_sensitive(variable):
            yield in_compose(
                model,
                ("services", name, "environment", variable),
                f"service « {name} » : « {variable} » prend la valeur que l'hôte se trouve avoir",
                f"écrire sa valeur, ou retirer la ligne pour garder « {default} »",
                RULE,
            )


def _told(model: Model, name: str, key: str, cause: str, remedy: str) -> Finding:
    return in_compose(model, ("services", name, key), f"service « {name} » : {cause}", remedy, RULE)


def _targets(definition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where each volume and memory folder is mounted."""
    tmpfs = definition.get("tmpfs") or []
    for folder in [tmpfs] if isinstance(tmpfs, str) else tmpfs:
        yield "tmpfs", str(folder).partition(":")[0]
    for volume in definition.get("volumes") or []:
        parts = str(volume).split(":")
        yield (
            "volumes",
            str(volume.get("target", "")) if isinstance(volume, dict) else parts[1] if len(parts) > 1 else parts[0],
        )
