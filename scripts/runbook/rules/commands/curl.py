"""`curl`, `wget` and whatever else is given an address: does something answer there?"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.repository.applications import Application
from runbook.rules.call import Call, effect
from runbook.rules.finding import Finding, nearest
from runbook.rules.rule import rule
from runbook.rules.shell import UNKNOWN, Word
from runbook.rules.situation import Situation, at

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 — what pages may write, nothing listens here
HTTP_PORTS = {"http": 80, "https": 443}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY")
BODY = (
    "--data",
    "--data-ascii",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--json",
    "--form",
    "--form-string",
)
SPEAK_OF = (
    "echo",
    "printf",
    "git",
    "grep",
    "sed",
    "docker",
    "kubectl",
    "export",
    "test",
    "[",
)  # an address is text there
WRITTEN = ("--output", "--dump-header", "--cookie-jar", "--trace", "--trace-ascii", "--stderr")


def addresses(call: Call) -> Iterator[tuple[Word, str]]:
    """The addresses that a command calls, as words and as texts."""
    words = [*call.values("--url"), *call.operands]
    for word in words if call.program not in SPEAK_OF else ():
        text = word.text.partition("=")[2] if word.text.startswith("--") else word.text
        if text.startswith(("http://", "https://")):
            yield word, text
        elif call.program == "curl" and re.match(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)", text):
            yield word, f"http://{text}"


def opened(situation: Situation) -> dict[int, str | None]:
    """The local ports that answer here: the target's own, and those that the page opened before."""
    repository = situation.repository
    described = repository.settings.targets.get(situation.target)
    if described is None:
        own = repository.local_ports
    elif described.services:
        numbers = {port for name in described.services for port in repository.settings.services[name].ports}
        own = {port: repository.local_ports.get(port, "") for port in numbers}
    else:
        own = repository.node_ports if described.contexts else repository.compose_ports
    return {**own, **situation.ports}


@rule("port-ferme")
def closed_port(call: Call) -> Iterator[Finding]:
    """Une commande appelle un port de cette machine que rien n'ouvre sur cette cible.

    Mauvais : curl -fsS http://localhost:8081/health
    Bon : curl -fsS http://localhost:8080/health
    """
    known = opened(call.situation) if call.situation.here else {}
    for word, url in addresses(call) if known else ():
        host, port, _ = _parts(url)
        if host in LOOPBACK and port and port not in known:
            there = ", ".join(f"{number} ({name})" if name else str(number) for number, name in sorted(known.items()))
            yield at(call.command, word, f"rien ne répond sur localhost:{port} ici", f"ports ouverts : {there}")


@rule("hote-inconnu")
def unknown_host(call: Call) -> Iterator[Finding]:
    """Une commande appelle par son nom un service que seuls les conteneurs ou le cluster connaissent.

    Mauvais : curl -fsS http://front:8080/
    Bon : curl -fsS http://localhost:8080/
    """
    repository = call.situation.repository
    inside = {*repository.compose.services, *(item.name for item in repository.of_kind("Service"))}
    for word, url in addresses(call):
        host = _parts(url)[0]
        if host.split(".")[0] in inside and (host in inside or host.endswith((".svc", ".local"))):
            remedy = "passer par un port publié : localhost:PORT"
            yield at(call.command, word, f"hôte « {host} » : ce nom n'existe qu'entre les conteneurs", remedy)


@rule("route-inconnue")
def unknown_route(call: Call) -> Iterator[Finding]:
    """Une commande appelle un chemin ou une méthode que l'application n'a pas.

    Mauvais : curl -fsS http://localhost:8080/healthz
    Bon : curl -fsS http://localhost:8080/health
    """
    method = _method(call)
    for word, url in addresses(call):
        host, port, path = _parts(url)
        name = opened(call.situation).get(port or 0) if host in LOOPBACK else None
        application = call.situation.repository.applications.get(name or "")
        if application is None or UNKNOWN in path or re.search(r"[{}\[\]]", path) or _refusal_expected(call):
            continue
        yield from _route(call, word, application, path or "/", method)


def _route(call: Call, word: Word, application: Application, path: str, method: str) -> Iterator[Finding]:
    if not application.answers(path, method):
        methods = application.methods(path)
        if methods:
            cause, remedy = f"« {path} » n'accepte pas {method}", f"méthodes : {', '.join(methods)}"
        else:
            cause, remedy = f"« {application.name} » n'a pas de route « {path} »", nearest(path, application.routes)
        yield at(call.command, word, cause, remedy)


def _method(call: Call) -> str:
    asked = call.values("--request")
    if asked:
        return asked[-1].text
    if call.has("--head"):
        return "HEAD"
    return "PUT" if call.has("--upload-file") else "POST" if call.has(*BODY) and not call.has("--get") else "GET"


def _refusal_expected(call: Call) -> bool:
    block = call.command.block
    return block.exit_status == 22 or (
        block.expected is not None and re.search(r"\b40[45]\b", block.expected.text) is not None
    )


def _parts(url: str) -> tuple[str, int | None, str]:
    """Host, port and path; no host for what cannot be read before running."""
    try:
        parts = urlsplit(url)
        if UNKNOWN in parts.netloc:
            return "", None, ""
        return parts.hostname or "", parts.port or HTTP_PORTS[parts.scheme], parts.path
    except ValueError:
        return "", None, ""


@rule("requete", "curl")
def request(call: Call) -> Iterator[Finding]:
    """curl reçoit une méthode, un en-tête ou un fichier qu'il ne peut pas envoyer.

    Mauvais : curl -fsS -H 'X-Token 1' http://localhost:8080/health
    Bon : curl -fsS -H 'X-Token: 1' http://localhost:8080/health
    """
    for word in call.values("--request"):
        if word.known and word.text not in METHODS:
            yield at(call.command, word, f"méthode HTTP « {word.text} » inconnue", nearest(word.text, METHODS))
    for word in call.values("--header"):
        if word.known and not word.text.startswith("@") and not re.match(r"[\w-]+\s*[:;]", word.text):
            yield at(call.command, word, f"en-tête « {word.text} » sans « : »", "écrire « Nom: valeur »")
    for word in call.values("--header", "--data", "--data-binary", "--json"):
        if word.text.startswith("@") and word.text != "@-":
            yield from call.situation.missing(call.command, word, word.text[1:])
    for word in call.values("--config", "--upload-file", "--cacert", "--cert", "--key", "--netrc-file"):
        if word.text not in ("-", "."):
            yield from call.situation.missing(call.command, word)


@effect("curl", "wget")
def remember(call: Call) -> None:
    """Files written."""
    for word in call.values(*WRITTEN):
        call.situation.make(word.text)
    if call.program == "wget" or call.has("--remote-name", "--remote-name-all"):
        for word in call.operands:
            call.situation.make(word.text.rstrip("/").rpartition("/")[2])
    for index, word in enumerate(call.operands[:-1]):
        if call.program == "wget" and word.text == "-O":
            call.situation.make(call.operands[index + 1].text)


@effect("")
def background(call: Call) -> None:
    """A block that waits for an address or a port opens it, whichever program it starts."""
    waited = re.match(r"port:(\d+)$|https?://[^/:]+:(\d+)", call.command.block.background or "")
    if waited:
        call.situation.ports.setdefault(int(waited[1] or waited[2]), None)
