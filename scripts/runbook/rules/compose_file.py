"""Does a Compose file hold together, with the Dockerfiles that it builds?"""

import posixpath
import re
from collections.abc import Iterator

from runbook.repository.compose import Service, filled, pairs
from runbook.repository.model import Repository
from runbook.repository.yamlfile import Keys, items, mapping
from runbook.rules.finding import Finding, Told, nearest
from runbook.rules.rule import rule


@rule("nom-de-compose", where="compose.yaml", bad="apy: # awaited", good="api: # awaited")
def undeclared(repository: Repository) -> Iterator[Told]:
    """Un service Compose nomme un service, un réseau, un volume ou un secret que le fichier n'a pas."""
    compose = repository.compose
    for service in compose.services.values():
        named = {part: service.named(part) for part in ("depends_on", "networks", "secrets", "configs")}
        named["volumes"] = [name for name in _mounted(service) if re.fullmatch(r"\w[\w.-]*", name)]
        for part, names in named.items():
            known = {*compose.services} if part == "depends_on" else compose.declared(part) | {"default"}
            for name in names:
                if name not in known:
                    yield service, (part, name), f"« {name} », sous {part}, n'existe pas", nearest(name, known)


def _mounted(service: Service) -> Iterator[str]:
    """The source of each volume that has one."""
    for entry in items(service.at("volumes")):
        if isinstance(entry, dict) and entry.get("type") in ("bind", "volume"):
            yield filled(str(entry.get("source", "")))
        elif ":" in str(entry) and not isinstance(entry, dict):
            yield filled(str(entry)).partition(":")[0]


@rule("sante-attendue", where="Dockerfile", bad="HEALTHCHECK NONE", good='HEALTHCHECK CMD ["python", "-c", "pass"]')
def healthy(repository: Repository) -> Iterator[Told]:
    """Un service attend qu'un autre soit en bonne santé, et celui-ci n'a pas de contrôle de santé."""
    for service in repository.compose.services.values():
        for name, told in service.map("depends_on").items():
            other = repository.compose.services.get(str(name))
            if other is None or mapping(told).get("condition") != "service_healthy":
                continue
            own = other.map("healthcheck")
            dockerfile = repository.dockerfile_of(other)
            if own.get("disable") or (dockerfile and not dockerfile.checked and not own.get("test")):
                cause = f"« {name} », sans contrôle de santé, serait attendu toujours"
                yield service, ("depends_on", str(name)), cause, "ajouter HEALTHCHECK ou healthcheck"


@rule("construction-de-compose", where="compose.yaml", bad='args: {EDITIONS: "2"}', good='args: {EDITION: "2"}')
def builds(repository: Repository) -> Iterator[Told]:
    """Un service Compose se construit d'une étape, ou avec un argument, que son Dockerfile n'a pas."""
    for service in repository.compose.services.values():
        build, dockerfile = service.build or {}, repository.dockerfile_of(service)
        if dockerfile is None:
            continue
        target = str(build.get("target", ""))
        if target and target.lower() not in dockerfile.stages:
            near = nearest(target, filter(None, dockerfile.stages))
            yield service, ("build", "target"), f"étape « {target} » que {dockerfile.path} n'a pas", near
        for name in pairs(build.get("args")):
            if name not in dockerfile.arguments:
                cause = f"argument « {name} » que {dockerfile.path} ne prend pas"
                yield service, ("build", "args", name), cause, nearest(name, dockerfile.arguments)


@rule("port-de-compose", where="compose.yaml", bad='- "127.0.0.1:8000:8100"', good='- "127.0.0.1:8000:8000"')
def ports(repository: Repository) -> Iterator[Told]:
    """Un service Compose publie un port où rien n'écoute, ou que deux services se disputent."""
    taken: dict[tuple[int, str], str] = {}
    for service in repository.compose.services.values():
        listening = repository.listening(service)
        for port in service.ports:
            if listening and port.target not in listening:
                remedy = nearest(str(port.target), map(str, listening))
                yield service, ("ports", port.index), f"port {port.target} publié, et rien n'y écoute", remedy
            if port.host is not None and not service.at("profiles"):
                other = taken.setdefault((port.host, port.address), service.name)
                if other != service.name:
                    yield service, ("ports", port.index), f"port {port.host} déjà pris par « {other} »", "un autre"


@rule("fichier-de-compose", where="compose.yaml", bad="env_file: setting.env", good="env_file: settings.env")
def files(repository: Repository) -> Iterator[Told]:
    """Un service Compose lit un fichier, ou monte ou construit un dossier, que le dépôt n'a pas."""
    for service in repository.compose.services.values():
        for keys, path in _read(service, repository):
            if not repository.holds(path) and not path.startswith(("/", "..")) and not re.search(r"[~$]|://", path):
                yield service, keys, f"« {path} » absent du dépôt", nearest(path, repository.beside(path))


def _read(service: Service, repository: Repository) -> Iterator[tuple[Keys, str]]:
    """What a service is built from and given, relative to the repository."""
    if service.build is not None:
        yield ("build", "context"), service.context
        if service.context in repository.folders and "dockerfile_inline" not in service.build:
            yield ("build", "dockerfile"), service.dockerfile
    given = service.at("env_file")
    for one in items(given) or [given]:
        told = one if isinstance(one, dict) else {"path": one}
        if told.get("path") and told.get("required", True):
            yield ("env_file",), service.beside(told["path"])
    yield from ((("volumes",), service.beside(source)) for source in _mounted(service) if source.startswith("."))


@rule("copie-de-dockerfile", where="Dockerfile", bad="COPY apps ./app", good="COPY app ./app")
def copies(repository: Repository) -> Iterator[Told]:
    """Un Dockerfile copie un fichier que son contexte n'a pas."""
    for service in repository.compose.services.values():
        dockerfile = repository.dockerfile_of(service)
        for found in dockerfile.of("COPY", "ADD") if dockerfile else ():
            for source in found.arguments[:-1] if "--from=" not in found.rest else ():
                path = posixpath.normpath(posixpath.join(service.context, source.lstrip("/")))
                if not repository.holds(path) and not re.search(r"[$*?\[<]|://", source):
                    near = nearest(path, repository.beside(path))
                    yield Finding(service.dockerfile, found.line, f"« {path} » absent du dépôt", near)
