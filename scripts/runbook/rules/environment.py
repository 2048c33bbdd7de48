"""The variables of containers: does anything read them, would it take their value, does their address lead anywhere?"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from runbook.repository.compose import filled
from runbook.repository.model import Repository
from runbook.repository.objects import items, mapping
from runbook.rules.finding import Finding, nearest
from runbook.rules.manifests import in_object, references
from runbook.rules.rule import rule

# Read by servers and by the language itself, whatever the application.
BY_OTHERS = re.compile(
    r"(PYTHON|GUNICORN|WEB_|OTEL_|LC_|SSL_|HTTP_|HTTPS_|NO_|PROMETHEUS_)\w*|PATH|HOME|TZ|LANG|TMPDIR|PORT|\w+_FILE"
)
FOR_BROWSERS = re.compile(r"PUBLIC|EXTERNAL|BROWSER")


@rule("variable-non-lue", about="repository", where="compose.yaml")
def unread(repository: Repository) -> Iterator[Finding]:
    """Un conteneur reçoit une variable que son application ne lit pas.

    Mauvais : GREETINGS: bonjour
    Bon : GREETING: bonjour
    """
    for name, service in repository.compose.services.items():
        application = repository.applications.get(repository.application_of_service(service) or "")
        for variable in service.environment if application else ():
            if application and _nobody_reads(variable, application.variables):
                line = repository.compose.line_of("services", name, "environment", variable)
                cause = f"service « {name} » : variable « {variable} » que l'application ne lit pas"
                yield Finding(repository.compose.path, line, cause, nearest(variable, application.variables))
    readers: dict[tuple[str, int], tuple[Finding, bool]] = {}
    for container in repository.containers():
        application = repository.applications.get(repository.application_of(container) or "")
        for variable in repository.environment(container) if application else ():
            wrong = application is not None and _nobody_reads(variable, application.variables)
            cause = f"variable « {variable} » qu'aucune application ne lit"
            found = _where(
                repository, container.owner.path, variable, cause, application.variables if application else ()
            )
            before = readers.get((found.path, found.line))
            readers[found.path, found.line] = (found, wrong and (before is None or before[1]))
    yield from (found for found, wrong in readers.values() if wrong)


def _where(repository: Repository, path: str, variable: str, cause: str, known: object) -> Finding:
    """At the key of the ConfigMap or Secret that gives the variable, or in the manifest of the pod."""
    names = list(known) if isinstance(known, Mapping) else []
    for item in repository.of_kind("ConfigMap", "Secret"):
        for part in ("data", "stringData"):
            if variable in mapping(item.at(part)):
                return in_object(item, (part, variable), cause, nearest(variable, names))
    text = repository.text(path).split("\n")
    line = next(
        (number for number, one in enumerate(text, 1) if re.search(rf"name:\s*{re.escape(variable)}\b", one)), 1
    )
    return Finding(path, line, cause, nearest(variable, names))


def _nobody_reads(variable: str, known: Mapping[str, str | None]) -> bool:
    return bool(known) and variable not in known and not BY_OTHERS.fullmatch(variable)


@rule("valeur-refusee", about="repository", where="compose.yaml")
def refused(repository: Repository) -> Iterator[Finding]:
    """Une variable a une valeur avec laquelle l'application refuse de démarrer.

    Mauvais : RETRIES: "many"
    Bon : RETRIES: "3"
    """
    for variable, value, reader, found in _given(repository):
        application = repository.applications.get(reader or "")
        why = application.refusal(variable, value) if application else ""
        if why:
            yield Finding(found.path, found.line, f"{variable} = « {value} » : {reader} le refuse", why)


@rule("adresse-interne", about="repository", where="compose.yaml")
def internal_address(repository: Repository) -> Iterator[Finding]:
    """Une variable contient l'adresse d'un service que son réseau n'a pas, ou sur un port où il ne répond pas.

    Mauvais : API_URL: http://apy:8000
    Bon : API_URL: http://api:8000
    """
    for variable, value, _, found in _given(repository):
        try:
            url = urlsplit(value) if value.startswith(("http://", "https://")) else None
            port = (url.port or {"http": 80, "https": 443}[url.scheme]) if url else 0
        except ValueError:
            continue
        if url is None or not url.hostname:
            continue
        inside = _names(repository, found.path)
        public = FOR_BROWSERS.search(variable)
        host, *rest = url.hostname.split(".")
        said = f"{variable} = « {value} »"
        if public and url.hostname in ("localhost", "127.0.0.1"):
            if port not in repository.local_ports:
                yield Finding(
                    found.path,
                    found.line,
                    f"{said} : rien n'ouvre ce port",
                    nearest(str(port), map(str, repository.local_ports)),
                )
        elif url.hostname in ("localhost", "127.0.0.1"):
            yield Finding(found.path, found.line, f"{said} : dans un conteneur, c'est lui-même", nearest("", inside))
        elif host not in inside and not rest and inside:
            yield Finding(
                found.path, found.line, f"{said} : aucun service ne s'appelle « {host} »", nearest(host, inside)
            )
        elif host in inside and inside[host] and port not in inside[host]:
            yield Finding(
                found.path,
                found.line,
                f"{said} : « {host} » ne répond pas sur ce port",
                nearest(str(port), map(str, inside[host])),
            )


def _names(repository: Repository, path: str) -> dict[str, set[int]]:
    """Name in the network of Compose, or of the cluster → the ports that answer there,
    none where they are not known."""
    if path == repository.compose.path:
        found = {}
        for name, service in repository.compose.services.items():
            dockerfile = repository.dockerfiles.get(service.dockerfile) if service.build else None
            ports = {port.target for port in service.ports} | (dockerfile.exposed if dockerfile else set())
            given = str(service.environment.get("PORT") or "")
            found[name] = ports | ({int(given)} if given.isdecimal() else set())
        return found
    return {
        item.name: {
            port["port"] for port in map(mapping, items(item.at("spec", "ports"))) if isinstance(port.get("port"), int)
        }
        for item in repository.of_kind("Service")
    }


def _given(repository: Repository) -> Iterator[tuple[str, str, str | None, Finding]]:
    """Variable, value, application that gets it, and a finding that stands at its place."""
    for name, service in repository.compose.services.items():
        for variable, value in service.environment.items():
            line = repository.compose.line_of("services", name, "environment", variable)
            where = Finding(repository.compose.path, line, "", "")
            yield variable, filled(value or ""), repository.application_of_service(service), where
    for container in repository.containers():
        for variable, value in repository.environment(container).items():
            if value is not None:
                where = _where(repository, container.owner.path, variable, "", ())
                yield variable, value, repository.application_of(container), where


@rule("objet-inutile", about="repository", where="k8s/unused.yaml")
def unused(repository: Repository) -> Iterator[Finding]:
    """Une ConfigMap ou un Secret n'est lu par aucun pod.

    Mauvais : kind: ConfigMap
    Bon : kind: ResourceQuota
    """
    named = {(kind, name) for _, _, kind, name, _, _ in references(repository)}
    texts = "\n".join(
        str(item.document.value) for item in repository.objects if item.kind not in ("ConfigMap", "Secret")
    )
    pods = [item for item in repository.objects if item.pod_keys is not None]
    for item in repository.of_kind("ConfigMap", "Secret") if pods else ():
        if (item.kind, item.name) not in named and f"'{item.name}'" not in texts:
            yield in_object(
                item, ("metadata", "name"), f"{item} qu'aucun pod ne lit", "le donner à un conteneur, ou le retirer"
            )
