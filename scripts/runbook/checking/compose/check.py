"""Does the Compose file hold together, and with the Dockerfiles and the applications?"""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runbook.checking.applications.addresses import address_problem
from runbook.checking.applications.variable_addresses import meaning_problem
from runbook.checking.compose.processes import build_stages, processes, storage
from runbook.checking.compose.references import references
from runbook.checking.compose.shape import compose_shape
from runbook.checking.files.secrets_in_files import compose_secrets
from runbook.checking.finding import Finding, nearest
from runbook.checking.manifests.life import graceful_timeout
from runbook.checking.offered.compose_values import environment, given_or_default, memory, published, seconds
from runbook.checking.offered.images import Image, bound_port, built_images, dockerfile_of
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_compose
from runbook.checking.offered.setting_types import refused

LOG_DRIVERS = ("json-file", "local", "journald", "syslog", "fluentd", "gelf", "awslogs", "splunk", "none")
CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")


def check_compose(model: Model) -> Iterator[Finding]:
    """What every rule finds in the Compose file, but those that the settings switch off."""
    shape = list(compose_shape(model))
    yield from shape
    if shape:  # the others read a file that has the right shape
        return
    for rule in (
        builds,
        build_stages,
        compose_ports,
        compose_variables,
        dependencies,
        hardening,
        processes,
        storage,
        references,
        compose_secrets,
        stops,
        networks,
    ):
        if rule.__name__ not in model.settings.model.rules_off:
            yield from rule(model)


def builds(model: Model) -> Iterator[Finding]:
    """What is built has a context and a Dockerfile, an image name of its own, and a tag."""
    names = Counter(str(definition.get("image")) for definition in model.services.values())
    for name, definition in model.services.items():
        dockerfile = dockerfile_of(definition)
        where = ("services", name, "build")
        image = str(definition.get("image") or "")
        if dockerfile is None:
            if not image:
                yield in_compose(
                    model,
                    ("services", name),
                    f"service « {name} » sans image ni construction",
                    "ajouter build ou image",
                    "builds",
                )
            continue
        context = (
            definition["build"]
            if isinstance(definition["build"], str)
            else str(definition["build"].get("context", "."))
        )
        if Path(context).as_posix() not in model.folders:
            yield in_compose(
                model,
                (*where, "context"),
                f"contexte de construction « {context} » absent",
                nearest(context, model.folders),
                "builds",
            )
        elif Path(dockerfile).as_posix() not in model.files:
            known = (file for file in model.files if "dockerfile" in Path(file).name.lower())
            yield in_compose(
                model,
                (*where, "dockerfile"),
                f"Dockerfile « {dockerfile} » absent",
                nearest(dockerfile, known),
                "builds",
            )
        if image and ":" not in image.rpartition("/")[2]:
            yield in_compose(
                model,
                ("services", name, "image"),
                f"image « {image} » sans étiquette",
                "ajouter la version après « : »",
                "builds",
            )
        if image and names[image] > 1:
            yield in_compose(
                model,
                ("services", name, "image"),
                f"image « {image} » construite par deux services",
                "un nom par service",
                "builds",
            )


def compose_ports(model: Model) -> Iterator[Finding]:
    """A service publishes the port that its application listens on, and nobody else's."""
    images = {image.service: image for image in built_images(model).values()}
    taken = Counter(port.host for definition in model.services.values() for port in published(definition) if port.host)
    for name, definition in model.services.items():
        listening = _listening(definition, images.get(name))
        for index, port in enumerate(published(definition)):
            where = ("services", name, "ports", index)
            if listening is not None and port.target != listening:
                yield in_compose(
                    model,
                    (*where, "target"),
                    f"service « {name} » : port {port.target} publié, et l'application écoute sur {listening}",
                    f"écrire {listening}",
                    "compose_ports",
                )
            if port.host and taken[port.host] > 1:
                yield in_compose(
                    model,
                    (*where, "published"),
                    f"port {port.host} publié par deux services",
                    "en choisir un autre",
                    "compose_ports",
                )
            if port.address and not _is_address(port.address):
                yield in_compose(
                    model,
                    (*where, "host_ip"),
                    f"adresse « {port.address} » illisible",
                    "écrire 127.0.0.1",
                    "compose_ports",
                )
            if port.host is not None and not 0 < port.host < 65536:
                yield in_compose(
                    model,
                    (*where, "published"),
                    f"port {port.host} impossible",
                    "écrire un port de 1 à 65535",
                    "compose_ports",
                )
            if port.address in ("", "0.0.0.0"):  # noqa: S104 - what is looked for
                yield in_compose(
                    model,
                    where,
                    f"service « {name} » : port {port.host} ouvert à tout le réseau",
                    "le publier sur 127.0.0.1",
                    "compose_ports",
                )


def compose_variables(model: Model) -> Iterator[Finding]:
    """A service gives its application variables that it reads, with values that it takes."""
    images = {image.service: image for image in built_images(model).values()}
    targets = {name: _ports_inside(model, name, images.get(name)) for name in model.services}
    hosts = {port.host for definition in model.services.values() for port in published(definition)}
    inside = {name: images[name].application if name in images else None for name in model.services}
    outside = {
        port.host: inside[name]
        for name, definition in model.services.items()
        for port in published(definition)
        if port.host is not None
    }
    for name, definition in model.services.items():
        image = images.get(name)
        application = model.applications.get((image.application if image else None) or "")
        given = environment(definition)
        for variable, default in (application.variables if application else {}).items():
            if variable not in given and re.match(r"https?://(localhost|127\.)", default or ""):
                yield in_compose(
                    model,
                    ("services", name),
                    f"service « {name} » : {variable} vaudrait « {default} », qui dans un conteneur est lui-même",
                    "la fixer dans environment",
                    "compose_variables",
                )
        for variable, value in given.items():
            where = ("services", name, "environment", variable)
            if application and variable not in application.variables:
                yield in_compose(
                    model,
                    where,
                    f"service « {name} » : variable « {variable} » que l'application ne lit pas",
                    nearest(variable, application.variables),
                    "compose_variables",
                )
                continue
            if value is None:
                continue
            text = given_or_default(value)
            wanted = refused(model, application.name, variable, text) if application else None
            if wanted is not None:
                yield in_compose(
                    model,
                    where,
                    f"{variable} = « {text} » : l'application {name} refuse de démarrer",
                    f"attendu : {wanted}",
                    "compose_variables",
                )
            if not re.match(r"https?://", text):
                continue
            problem = address_problem(text, targets, _routes(model, images)) or meaning_problem(
                model, variable, text, application.name if application else None, inside, outside
            )
            if problem:
                yield in_compose(model, where, *problem, "compose_variables")
            local = re.match(r"https?://(?:localhost|127\.0\.0\.1):(\d+)", text)
            if local and int(local[1]) not in hosts:
                yield in_compose(
                    model,
                    where,
                    f"{variable} = « {text} » : aucun service ne publie le port {local[1]}",
                    nearest(local[1], (str(host) for host in hosts if host)),
                    "compose_variables",
                )


def dependencies(model: Model) -> Iterator[Finding]:
    """A service waits, until it is healthy, for every service whose address it is given."""
    images = {image.service: image for image in built_images(model).values()}
    for name, definition in model.services.items():
        waited = definition.get("depends_on") or {}
        waited = {other: {} for other in waited} if isinstance(waited, list) else waited
        for other, how in waited.items():
            where = ("services", name, "depends_on", other)
            condition = (how or {}).get("condition", "service_started")
            if other not in model.services:
                yield in_compose(
                    model,
                    where,
                    f"service « {name} » : attend « {other} », qui n'existe pas",
                    nearest(other, model.services),
                    "dependencies",
                )
            elif condition not in CONDITIONS:
                yield in_compose(
                    model,
                    (*where, "condition"),
                    f"condition « {condition} » inconnue",
                    nearest(condition, CONDITIONS),
                    "dependencies",
                )
            elif _checked(model.services[other], images.get(other)) and condition == "service_started":
                yield in_compose(
                    model,
                    (*where, "condition"),
                    f"service « {name} » : n'attend pas que « {other} » réponde",
                    "écrire condition: service_healthy",
                    "dependencies",
                )
            elif condition == "service_healthy" and not _checked(model.services[other], images.get(other)):
                yield in_compose(
                    model,
                    (*where, "condition"),
                    f"« {other} » n'a pas de contrôle de santé : « {name} » l'attendrait toujours",
                    "ajouter HEALTHCHECK à son Dockerfile",
                    "dependencies",
                )
        for variable, value in environment(definition).items():
            for other in model.services:
                if other not in (name, *waited) and re.match(rf"https?://{re.escape(other)}(?=[:/]|$)", value or ""):
                    yield in_compose(
                        model,
                        ("services", name, "environment", variable),
                        f"service « {name} » : appelle « {other} » sans l'attendre",
                        "ajouter depends_on",
                        "dependencies",
                    )


def hardening(model: Model) -> Iterator[Finding]:
    """Every container that is built here is read-only, without capabilities or new privileges, and bounded."""
    for name, definition in model.services.items():
        if dockerfile_of(definition) is None:
            continue

        def told(key: str, cause: str, remedy: str, name: str = name) -> Finding:
            return in_compose(model, ("services", name, key), f"service « {name} » : {cause}", remedy, "hardening")

        if definition.get("read_only") is not True:
            yield told("read_only", "système de fichiers modifiable", "écrire read_only: true")
        if "ALL" not in (definition.get("cap_drop") or []):
            yield told("cap_drop", "capacités système gardées", "écrire cap_drop: [ALL]")
        if definition.get("cap_add"):
            yield told("cap_add", "capacités système ajoutées", "les retirer")
        if definition.get("privileged"):
            yield told("privileged", "conteneur privilégié", "retirer privileged")
        options = {str(option).replace("=", ":") for option in definition.get("security_opt") or []}
        if not options & {"no-new-privileges:true", "no-new-privileges"}:
            yield told(
                "security_opt", "élévation de privilèges possible", 'écrire security_opt: ["no-new-privileges:true"]'
            )
        limit = definition.get("mem_limit") or (
            ((definition.get("deploy") or {}).get("resources") or {}).get("limits") or {}
        ).get("memory")
        if limit is None:
            yield told("mem_limit", "mémoire sans limite", "écrire mem_limit: 192m")
        elif not _is_plausible(memory(limit)):
            yield told(
                "mem_limit", f"limite de mémoire « {limit} » illisible ou invraisemblable", "écrire par exemple 192m"
            )
        logging = definition.get("logging") or {}
        if logging.get("driver", "json-file") not in LOG_DRIVERS:
            yield told(
                "logging",
                f"pilote de journaux « {logging.get('driver')} » inconnu",
                nearest(str(logging.get("driver")), LOG_DRIVERS),
            )
        elif logging.get("driver", "json-file") == "json-file" and "max-size" not in (logging.get("options") or {}):
            yield told("logging", "journaux sans limite de taille", "écrire logging.options max-size et max-file")
        processes = definition.get("pids_limit")
        if not isinstance(processes, int) or not 16 <= processes <= 4096:
            yield told(
                "pids_limit",
                f"nombre de processus « {processes or 'sans limite'} »",
                "écrire par exemple pids_limit: 128",
            )


def stops(model: Model) -> Iterator[Finding]:
    """A stop leaves the server the time that it gives to requests in flight; durations can be read."""
    drain = graceful_timeout(model)
    for name, definition in model.services.items():
        where = ("services", name, "stop_grace_period")
        grace = seconds(definition.get("stop_grace_period", "10s"))
        if grace is None:
            yield in_compose(
                model,
                where,
                f"durée « {definition['stop_grace_period']} » illisible",
                "écrire par exemple 30s",
                "stops",
            )
        elif drain is not None and dockerfile_of(definition) and grace <= drain:
            yield in_compose(
                model,
                where,
                f"service « {name} » : arrêté après {grace:g} s, quand le serveur en donne {drain:g} aux requêtes en cours",
                f"écrire plus de {drain:g}s",
                "stops",
            )
        check = definition.get("healthcheck") or {}
        for key in ("interval", "timeout", "start_period", "start_interval"):
            duration = seconds(check[key]) if key in check else 1
            if not duration or duration > 60:
                yield in_compose(
                    model,
                    ("services", name, "healthcheck", key),
                    f"durée « {check[key]} » illisible, ou plus d'une minute",
                    "écrire par exemple 3s",
                    "stops",
                )
        if check.get("disable") or check.get("test") in ("NONE", ["NONE"]):
            yield in_compose(
                model,
                ("services", name, "healthcheck", "disable"),
                f"service « {name} » : contrôle de santé coupé",
                "retirer disable",
                "stops",
            )
        if str(definition.get("restart", "no")) not in ("no", "always", "unless-stopped", "on-failure", "False"):
            yield in_compose(
                model,
                ("services", name, "restart"),
                f"restart « {definition['restart']} » inconnu",
                "écrire no ou unless-stopped",
                "stops",
            )


def networks(model: Model) -> Iterator[Finding]:
    """Every network is declared, and services that call each other share one."""
    declared = {"default", *(model.compose.get("networks") or {})}
    joined = {name: {*(definition.get("networks") or ["default"])} for name, definition in model.services.items()}
    for network in sorted(declared - {"default"} - {joins for names in joined.values() for joins in names}):
        yield in_compose(
            model,
            ("networks", network),
            f"réseau « {network} » qu'aucun service ne rejoint",
            "le donner aux services, ou le retirer",
            "networks",
        )
    for name, definition in model.services.items():
        if "network_mode" in definition and "networks" in definition:
            yield in_compose(
                model,
                ("services", name, "network_mode"),
                f"service « {name} » : network_mode et networks ensemble, que Compose refuse",
                "retirer l'un des deux",
                "networks",
            )
        for network in sorted(joined[name] - declared):
            yield in_compose(
                model,
                ("services", name, "networks"),
                f"réseau « {network} » non déclaré",
                nearest(network, declared),
                "networks",
            )
        for other in model.services:
            calls = any(
                re.match(rf"https?://{re.escape(other)}(?=[:/]|$)", value or "")
                for value in environment(definition).values()
            )
            if calls and not joined[name] & joined[other]:
                yield in_compose(
                    model,
                    ("services", name, "networks"),
                    f"« {name} » appelle « {other} », sur un autre réseau",
                    "les mettre sur le même",
                    "networks",
                )


def _listening(definition: dict[str, Any], image: Image | None) -> int | None:
    asked = definition.get("command") or ""
    bound = bound_port(asked if isinstance(asked, str) else " ".join(map(str, asked)))
    if bound is not None:
        return bound
    text = environment(definition).get("PORT") or ""
    return int(text) if text.isdecimal() else image.port if image else None


def _ports_inside(model: Model, name: str, image: Image | None) -> set[int]:
    listening = _listening(model.services[name], image)
    return {listening} if listening else {port.target for port in published(model.services[name])}


def _routes(model: Model, images: dict[str, Image]) -> Any:
    def answers(host: str, _: int, path: str) -> bool:
        application = model.applications.get((images[host].application if host in images else None) or "")
        return application is None or application.answers(path)

    return answers


def _checked(definition: dict[str, Any], image: Image | None) -> bool:
    check = definition.get("healthcheck") or {}
    return not check.get("disable") and ("test" in check or bool(image and image.healthcheck))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _is_plausible(size: float | None) -> bool:
    return size is not None and 2**22 <= size <= 2**40
