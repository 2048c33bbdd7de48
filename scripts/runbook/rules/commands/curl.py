"""`curl`, `wget` and whatever else is given an address: does something answer there?"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.repository.applications import Application
from runbook.rules.call import Call, effect
from runbook.rules.commands.kubectl import RAW
from runbook.rules.finding import Told, nearest
from runbook.rules.rule import rule
from runbook.rules.shell import UNKNOWN, Word
from runbook.rules.situation import Situation

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 — what pages may write, nothing listens here
HTTP_PORTS = {"http": 80, "https": 443}
BODY = "--data --data-ascii --data-binary --data-raw --data-urlencode --json --form --form-string"
SPEAK_OF = ("echo", "printf", "git", "grep", "sed", "docker", "kubectl", "export", "test", "[", "")  # text there
WRITTEN = ("--output", "--dump-header", "--cookie-jar", "--trace", "--trace-ascii", "--stderr")
Address = tuple[Word, str, int, str]  # as it stands; its host, its port, its path


def addresses(call: Call) -> Iterator[Address]:
    """The addresses that a command calls, as far as they are known before running."""
    words = (*call.values("--url"), *call.operands)
    for word in words if call.program not in SPEAK_OF else ():
        url = word.text.partition("=")[2] if word.text.startswith("--") else word.text
        bare = call.program == "curl" and re.match(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)", url)
        try:
            parts = urlsplit(f"http://{url}" if bare else url)
            if parts.scheme in HTTP_PORTS and parts.hostname and UNKNOWN not in parts.netloc:
                yield word, parts.hostname, parts.port or HTTP_PORTS[parts.scheme], parts.path
        except ValueError:
            continue


def opened(situation: Situation) -> dict[int, str | None]:
    """The local ports that answer here: the target's own, and those that the page opened before."""
    repository, settings = situation.repository, situation.repository.settings
    described = settings.targets.get(situation.target)
    if described is None:
        own = repository.local_ports
    elif described.services:
        numbers = {port for name in described.services for port in settings.services[name].ports}
        own = {port: repository.local_ports.get(port, "") for port in numbers}
    else:
        own = repository.node_ports(situation.applied) if described.contexts else repository.compose_ports
    return {**own, **situation.ports}


@rule("adresse-muette", bad="curl -fsS http://localhost:8081/health", good="curl -fsS http://localhost:8080/health")
def silent(call: Call) -> Iterator[Told]:
    """Une commande appelle une adresse où rien ne répond d'ici : port fermé, ou nom que seuls les conteneurs ont."""
    repository = call.situation.repository
    for word, host, port, _ in addresses(call):
        known = opened(call.situation) if call.situation.here else {}
        inside = {*repository.compose.services, *(item.name for item in repository.of_kind("Service"))}
        if host in LOOPBACK and known and port not in known:
            there = ", ".join(f"{number} ({name})" if name else str(number) for number, name in sorted(known.items()))
            yield word, f"rien ne répond sur localhost:{port} ici", f"ports ouverts : {there}"
        elif host in inside or (host.partition(".")[0] in inside and host.endswith((".svc", ".local"))):
            yield word, f"hôte « {host} » : ce nom n'existe qu'entre les conteneurs", "passer par un port publié"


@rule("route-inconnue", bad="curl -fsS http://localhost:8080/healthz", good="curl -fsS http://localhost:8080/health")
def unknown_route(call: Call) -> Iterator[Told]:
    """Une commande appelle un chemin ou une méthode que l'application n'a pas, sans que la page attende ce refus."""
    block = call.command.block
    if block.exit_status == 22 or (block.expected and re.search(r"\b40[45]\b", block.expected.text)):
        return
    for word, application, path in _asked(call):
        method = _method(call)
        if application is None or re.search(rf"[{{}}\[\]{UNKNOWN}]", path) or application.answers(path, method):
            continue
        methods = application.methods(path)
        if methods:
            yield word, f"« {path} » n'accepte pas {method}", f"méthodes : {', '.join(methods)}"
        else:
            yield word, f"« {application.name} » n'a pas de route « {path} »", nearest(path, application.routes)


def _asked(call: Call) -> Iterator[tuple[Word, Application | None, str]]:
    """The application that is asked, here or through the API of Kubernetes, and the path."""
    repository = call.situation.repository
    for word, host, port, path in addresses(call):
        if host in LOOPBACK:
            yield word, repository.applications.get(opened(call.situation).get(port) or ""), path or "/"
    for word, one in [(word, RAW.fullmatch(word.text)) for word in call.values("--raw")]:
        service = repository.object_named("Service", one["name"], one["space"]) if one and one["path"] else None
        if one and service:
            yield word, repository.application_behind(service), one["path"]


def _method(call: Call) -> str:
    asked, body = call.values("--request"), call.has(*BODY.split()) and not call.has("--get")
    implied = "HEAD" if call.has("--head") else "PUT" if call.has("--upload-file") else "POST" if body else "GET"
    return asked[-1].text if asked else implied


@effect("curl", "wget")
def remember(call: Call) -> None:
    """Files written."""
    for word in call.values(*WRITTEN):
        call.situation.make(word.text)
    named = call.program == "wget" or call.has("--remote-name", "--remote-name-all")
    for word in call.operands if named else ():
        call.situation.make(word.text.rstrip("/").rpartition("/")[2])


@effect("")
def background(call: Call) -> None:
    """A block that waits for an address or a port opens it, whichever program it starts."""
    waited = re.match(r"port:(\d+)$|https?://[^/:]+:(\d+)", call.command.block.background or "")
    for port in map(int, filter(None, waited.groups() if waited else ())):
        call.situation.ports.setdefault(port, opened(call.situation).get(port))
