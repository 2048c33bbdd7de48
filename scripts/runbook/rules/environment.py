"""The variables of containers: does anything read them, does their address lead anywhere?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from runbook.repository.applications import Application
from runbook.repository.compose import Service, filled
from runbook.repository.model import Repository
from runbook.repository.objects import Container
from runbook.repository.yamlfile import Keys
from runbook.rules.finding import Told, meant, nearest
from runbook.rules.rule import rule

# Read by servers and by the language itself, whatever the application.
BY_OTHERS = re.compile(
    r"(PYTHON|GUNICORN|WEB_|OTEL_|LC_|SSL_|HTTPS?_|NO_|PROMETHEUS_)\w*|PATH|HOME|TZ|LANG|TMPDIR|PORT|\w+_FILE"
)
ADDRESS = re.compile(r"(?<![\w.-])([a-z][a-z0-9-]{3,}):(\d{3,5})(?![\w.:])")
FOR_BROWSERS = re.compile(r"PUBLIC|EXTERNAL|BROWSER")


@dataclass(frozen=True, slots=True)
class Given:
    """A variable that a container gets; its place is `keys` in `thing`, `value` None where it is not known."""

    name: str
    value: str | None
    thing: Any
    keys: Keys
    reader: Application | None
    in_compose: bool


def _given(repository: Repository) -> Iterator[Given]:
    """Every variable of every container, at the key of the ConfigMap or Secret that gives it, if one does."""
    sources: dict[str, tuple[Any, Keys]] = {
        key: (item, (part, key))
        for item in repository.of_kind("ConfigMap", "Secret")
        for part in ("data", "stringData")
        for key in item.map(part)
    }
    every: list[Service | Container] = [*repository.compose.services.values(), *repository.containers()]
    for one in every:
        composed, reader = isinstance(one, Service), repository.application_of(one)
        own = {told.get("name"): index for index, told in enumerate(one.maps("env"))}
        for name, value in repository.environment(one).items():
            thing, keys = sources.get(name, (one, ("envFrom",)))
            if composed or name in own:
                thing, keys = one, ("environment", name) if composed else ("env", own[name])
            yield Given(name, None if value is None else filled(value), thing, keys, reader, composed)


@rule("variable-non-lue", where="compose.yaml", bad="GREETINGS: bonjour", good="GREETING: bonjour")
def unread(repository: Repository) -> Iterator[Told]:
    """Un conteneur reçoit une variable qu'aucune application qui la reçoit ne lit."""
    read: dict[tuple[int, Keys], list[Given]] = {}
    for given in _given(repository):
        read.setdefault((id(given.thing), given.keys), []).append(given)
    for several in read.values():
        first, known = several[0], [given.reader.variables if given.reader else None for given in several]
        if BY_OTHERS.fullmatch(first.name) or any(not names or first.name in names for names in known):
            continue
        near = nearest(first.name, (name for variables in known for name in variables or ()))
        yield first.thing, first.keys, f"variable « {first.name} » que l'application ne lit pas", near


@rule("adresse-interne", where="compose.yaml", bad="API_URL: http://apy:8000", good="API_URL: http://api:8000")
def internal_address(repository: Repository) -> Iterator[Told]:
    """Une variable, ou une configuration, a l'adresse d'un service que son réseau n'a pas, ou d'un autre port."""
    composed = repository.compose.services
    services = list(repository.of_kind("Service"))
    networks: dict[bool, dict[str, set[int]]] = {  # in Compose or not → name → the ports that answer there, if known
        True: {name: {port.target for port in one.ports} | repository.listening(one) for name, one in composed.items()},
        False: {
            one.name: {int(port["port"]) for port in one.maps("spec", "ports") if "port" in port} for one in services
        },
    }
    for given in _given(repository):
        try:
            url = urlsplit(given.value or "")
            port = url.port or {"http": 80, "https": 443}[url.scheme]
        except (ValueError, KeyError):
            continue
        inside = networks[given.in_compose]
        host, *rest = (url.hostname or "").split(".")
        local, public = url.hostname in ("localhost", "127.0.0.1"), FOR_BROWSERS.search(given.name)
        wrong = ""
        if local and public:
            wrong = "rien n'ouvre ce port" if port not in repository.local_ports else ""
        elif local:
            wrong = "dans un conteneur, c'est lui-même"
        elif inside and host not in inside and not rest:
            wrong = f"aucun service ne s'appelle « {host} »"
        elif inside.get(host) and port not in inside[host]:
            wrong = f"« {host} » ne répond pas sur ce port"
        if wrong:
            known = ", ".join(f"{name}:{number}" for name, numbers in inside.items() for number in sorted(numbers))
            yield given.thing, given.keys, f"« {given.value} » : {wrong}", f"ce qui répond : {known or 'rien'}"
    ports = networks[False]
    files = [(item, key, text) for item in repository.of_kind("ConfigMap") for key, text in item.data.items()]
    for item, key, text in files:
        for host, port in ADDRESS.findall(text) if text and "\n" in text else ():
            near = host if host in ports else meant(host, ports)
            if near and (near != host or (ports[near] and int(port) not in ports[near])):
                yield item, ("data", key), f"« {host}:{port} » : rien n'y répond", f"revoir le Service « {near} »"


@rule("objet-inutile", where="k8s/unused.yaml", bad="kind: ConfigMap", good="kind: ResourceQuota")
def unused(repository: Repository) -> Iterator[Told]:
    """Une ConfigMap ou un Secret n'est lu par aucun pod."""
    texts = [str(item.value) for item in repository.objects if item.kind not in ("ConfigMap", "Secret")]
    for item in repository.of_kind("ConfigMap", "Secret") if any(repository.containers()) else ():
        if not any(f"'{item.name}'" in text for text in texts):
            yield item, ("metadata", "name"), "qu'aucun pod ne lit", "le donner à un conteneur, ou le retirer"
