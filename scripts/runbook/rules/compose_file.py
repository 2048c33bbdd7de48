"""Does a Compose file hold together, with the Dockerfiles that it builds?"""

import posixpath
import re
from collections.abc import Iterator

from runbook.repository.compose import Service, filled
from runbook.repository.dockerfiles import Dockerfile
from runbook.repository.model import Repository
from runbook.repository.objects import items, mapping
from runbook.rules.finding import Finding, nearest
from runbook.rules.rule import rule

DECLARED = ("networks", "volumes", "secrets", "configs")


def _in_service(
    repository: Repository, service: Service, keys: tuple[str | int, ...], cause: str, remedy: str
) -> Finding:
    line = repository.compose.line_of("services", service.name, *keys)
    return Finding(repository.compose.path, line, f"service « {service.name} » : {cause}", remedy)


@rule("nom-de-compose", about="repository", where="compose.yaml")
def undeclared(repository: Repository) -> Iterator[Finding]:
    """Un service Compose nomme un service, un réseau, un volume, un secret ou une configuration que le fichier n'a pas.

    Mauvais : apy: # awaited
    Bon : api: # awaited
    """
    compose = repository.compose
    for service in compose.services.values():
        for other in service.named("depends_on"):
            if other not in compose.services:
                keys = ("depends_on", other)
                yield _in_service(
                    repository, service, keys, f"attend « {other} », qui n'existe pas", nearest(other, compose.services)
                )
        for part in DECLARED:
            known = compose.declared(part) | ({"default"} if part == "networks" else set())
            names = (
                service.named(part) if part != "volumes" else [name for name, _ in _mounts(service) if _is_volume(name)]
            )
            for name in names:
                if name not in known:
                    yield _in_service(
                        repository, service, (part,), f"« {name} » n'est pas déclaré sous {part}", nearest(name, known)
                    )


def _mounts(service: Service) -> Iterator[tuple[str, str]]:
    """Source and target of each volume that has a source."""
    for entry in items(service.spec.get("volumes")):
        if isinstance(entry, dict):
            if entry.get("source") and entry.get("type") in ("bind", "volume"):
                yield filled(str(entry["source"])), str(entry.get("target", ""))
        elif ":" in str(entry):
            source, target = filled(str(entry)).split(":")[:2]
            yield source, target


def _is_volume(source: str) -> bool:
    return re.fullmatch(r"\w[\w.-]*", source) is not None


@rule("sante-attendue", about="repository", where="Dockerfile")
def healthy(repository: Repository) -> Iterator[Finding]:
    """Un service attend qu'un autre soit en bonne santé, et celui-ci n'a pas de contrôle de santé.

    Mauvais : HEALTHCHECK NONE
    Bon : HEALTHCHECK CMD ["python", "-c", "pass"]
    """
    for service in repository.compose.services.values():
        for name, told in mapping(service.spec.get("depends_on")).items():
            other = repository.compose.services.get(str(name))
            if other is None or mapping(told).get("condition") != "service_healthy":
                continue
            own = mapping(other.spec.get("healthcheck"))
            dockerfile = repository.dockerfiles.get(other.dockerfile) if other.build else None
            unchecked = dockerfile is not None and not dockerfile.checked and not own.get("test")
            if unchecked or own.get("disable"):
                cause = f"« {name} » n'a pas de contrôle de santé : il serait attendu toujours"
                yield _in_service(
                    repository, service, ("depends_on", str(name)), cause, "ajouter HEALTHCHECK ou healthcheck"
                )


@rule("construction-de-compose", about="repository", where="compose.yaml")
def builds(repository: Repository) -> Iterator[Finding]:
    """Un service Compose se construit d'un dossier, d'un Dockerfile, d'une étape ou d'un argument qui n'existe pas.

    Mauvais : dockerfile: Dockerfil # api
    Bon : dockerfile: Dockerfile # api
    """
    for service in repository.compose.services.values():
        build = service.build
        if build is None or "://" in service.context or "dockerfile_inline" in build:
            continue
        dockerfile = repository.dockerfiles.get(service.dockerfile)
        if service.context not in repository.folders:
            cause = f"dossier « {service.context} » absent"
            yield _in_service(
                repository, service, ("build", "context"), cause, nearest(service.context, repository.folders)
            )
        elif dockerfile is None:
            cause = f"« {service.dockerfile} » absent"
            near = [name for name in repository.files if "dockerfile" in name.lower()]
            yield _in_service(repository, service, ("build", "dockerfile"), cause, nearest(service.dockerfile, near))
        else:
            yield from _asked_of(repository, service, dockerfile)


def _asked_of(repository: Repository, service: Service, dockerfile: Dockerfile) -> Iterator[Finding]:
    build = service.build or {}
    target = build.get("target")
    if target and str(target).lower() not in dockerfile.stages:
        cause = f"étape « {target} » que {dockerfile.path} n'a pas"
        yield _in_service(
            repository, service, ("build", "target"), cause, nearest(str(target), filter(None, dockerfile.stages))
        )
    given = build.get("args")
    names = [str(one).partition("=")[0] for one in given] if isinstance(given, list) else list(mapping(given))
    for name in names:
        if name not in dockerfile.arguments:
            cause = f"argument « {name} » que {dockerfile.path} ne prend pas"
            yield _in_service(repository, service, ("build", "args", name), cause, nearest(name, dockerfile.arguments))


@rule("port-de-compose", about="repository", where="compose.yaml")
def ports(repository: Repository) -> Iterator[Finding]:
    """Un service Compose publie un port où rien n'écoute, ou que deux services se disputent.

    Mauvais : - "127.0.0.1:8000:8100"
    Bon : - "127.0.0.1:8000:8000"
    """
    taken: dict[tuple[int, str], str] = {}
    for service in repository.compose.services.values():
        dockerfile = repository.dockerfiles.get(service.dockerfile) if service.build else None
        application = repository.applications.get(repository.application_of_service(service) or "")
        given = str(service.environment.get("PORT") or "")
        listening = {int(given)} if given.isdecimal() else (dockerfile.exposed if dockerfile else set())
        listening = listening | set(application.ports if application and not given else ())
        for port in service.ports:
            if listening and port.target not in listening:
                cause = f"port {port.target} publié, et rien n'y écoute"
                yield _in_service(
                    repository, service, ("ports", port.index), cause, nearest(str(port.target), map(str, listening))
                )
            if port.host is not None:
                other = taken.setdefault((port.host, port.address), service.name)
                if other != service.name and not service.spec.get("profiles"):
                    yield _in_service(
                        repository,
                        service,
                        ("ports", port.index),
                        f"port {port.host} déjà pris par « {other} »",
                        "en publier un autre",
                    )


@rule("fichier-de-compose", about="repository", where="compose.yaml")
def files(repository: Repository) -> Iterator[Finding]:
    """Un service Compose lit un fichier ou monte un dossier que le dépôt n'a pas.

    Mauvais : env_file: setting.env
    Bon : env_file: settings.env
    """
    compose = repository.compose
    for service in compose.services.values():
        given = service.spec.get("env_file")
        for entry in given if isinstance(given, list) else [given] if given else []:
            told = mapping(entry)
            name = str(told.get("path", entry)) if told else str(entry)
            if told.get("required", True) and not _there(repository, service.folder, name):
                yield _in_service(
                    repository, service, ("env_file",), f"« {name} » absent du dépôt", _near(repository, name)
                )
        for source, _ in _mounts(service):
            if source.startswith(".") and not _there(repository, service.folder, source):
                cause = f"« {source} » absent du dépôt : Docker y ferait un dossier vide"
                yield _in_service(repository, service, ("volumes",), cause, _near(repository, source))
    for part in ("secrets", "configs"):
        for name, told in mapping(compose.document.at(part)).items():
            file = str(mapping(told).get("file", ""))
            if file and not _there(repository, posixpath.dirname(compose.path) or ".", file):
                line = compose.line_of(part, name, "file")
                yield Finding(compose.path, line, f"« {file} » absent du dépôt", _near(repository, file))


def _there(repository: Repository, folder: str, name: str) -> bool:
    path = posixpath.normpath(posixpath.join(folder, filled(name)))
    return (
        not filled(name) or name.startswith(("/", "~", "..")) or path in repository.files or path in repository.folders
    )


def _near(repository: Repository, name: str) -> str:
    path = posixpath.normpath(name)
    return nearest(path, repository.in_folder.get(posixpath.dirname(path) or ".", ()))


@rule("copie-de-dockerfile", about="repository", where="Dockerfile")
def copies(repository: Repository) -> Iterator[Finding]:
    """Un Dockerfile copie un fichier que son contexte n'a pas, ou depuis une étape qui n'existe pas.

    Mauvais : COPY apps ./app
    Bon : COPY app ./app
    """
    for service in repository.compose.services.values():
        dockerfile = repository.dockerfiles.get(service.dockerfile) if service.build else None
        contexts = mapping((service.build or {}).get("additional_contexts"))
        for found in dockerfile.of("COPY", "ADD") if dockerfile else ():
            stage = found.option("from")
            if dockerfile and stage is not None:
                known = {
                    *filter(None, dockerfile.stages),
                    *map(str, range(len(dockerfile.stages))),
                    *map(str, contexts),
                }
                if stage.lower() not in known and not re.search(r"[:/$]", stage):
                    yield Finding(dockerfile.path, found.line, f"étape « {stage} » inconnue", nearest(stage, known))
                continue
            for source in found.arguments[:-1]:
                path = posixpath.normpath(posixpath.join(service.context, source.lstrip("/")))
                if (
                    dockerfile
                    and not re.search(r"[$*?\[<]|://", source)
                    and path not in repository.files | repository.folders
                ):
                    near = repository.in_folder.get(posixpath.dirname(path) or ".", ())
                    yield Finding(dockerfile.path, found.line, f"« {path} » absent du dépôt", nearest(path, near))
