"""Does something answer at a URL: the right host for the target, an open port, a route of the application there?"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.applications import Application
from runbook.checking.offered.model import Model

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 — what pages may write, nothing listens here
DEFAULT_PORTS = {"http": 80, "https": 443}
GLOB = re.compile(r"[{}\[\]]")  # several URLs in one, expanded by curl itself


def ports_of_target(model: Model, target: str) -> dict[int, str]:
    """Local port → application, for what the target itself publishes.

    A cluster publishes its NodePorts, a target with services of its own their ports, any other
    what Compose publishes; without a target, all of them.
    """
    described = model.settings.targets.get(target)
    if described is None:
        return model.local_ports
    if described.services:
        wanted = {port for name in described.services for port in model.settings.services[name].ports}
    elif described.contexts:
        wanted = {
            int(port["nodePort"])
            for item in model.of_kind("Service")
            for port in item.at("spec", "ports", default=[])
            if port.get("nodePort")
        }
    else:
        return dict(_compose_ports(model))
    return {port: model.local_ports.get(port, "") for port in wanted}


def _compose_ports(model: Model) -> Iterator[tuple[int, str]]:
    for name, service in model.services.items():
        for port in service.get("ports") or []:
            published = (
                str(port.get("published", ""))
                if isinstance(port, dict)
                else str(port).rpartition(":")[0].rpartition(":")[2]
            )
            if published.isdecimal():
                yield int(published), name


def url_answers(
    command: Command, word: Word, situation: Situation, method: str = "GET", text: str | None = None
) -> Iterator[Finding]:
    """What is wrong with the URL that `word` (or `text`, a part of it) holds; nothing for hosts outside."""
    url = word.text if text is None else text
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "http", url
    if UNKNOWN in scheme or UNKNOWN in rest.split("/")[0]:
        return
    if scheme not in DEFAULT_PORTS:
        yield finding(command, "addresses", f"schéma « {scheme} » dans « {url} »", nearest(scheme, DEFAULT_PORTS), word)
        return
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[scheme]
    except ValueError:
        yield finding(command, "addresses", f"URL illisible : « {url} »", "écrire http://hôte:port/chemin", word)
        return
    if host not in LOOPBACK:
        yield from _host(command, word, situation, host)
        return
    yield from _port(command, word, situation, scheme, port)
    application = situation.model.applications.get(opened(situation).get(port) or "")
    if application is not None and UNKNOWN not in parts.path and not GLOB.search(parts.path):
        yield from _route(command, word, application, parts.path or "/", method)


def opened(situation: Situation) -> dict[int, str | None]:
    """The local ports that answer here: the target's own, and those that the page opened before."""
    return {**ports_of_target(situation.model, situation.target), **situation.ports}


def _host(command: Command, word: Word, situation: Situation, host: str) -> Iterator[Finding]:
    model = situation.model
    if host in model.services:
        ports = [port for port, name in model.local_ports.items() if name == host]
        there = f"écrire localhost:{ports[0]}" if ports else "publier un port de ce service"
        yield finding(command, "addresses", f"hôte « {host} » : ce nom n'existe qu'entre les conteneurs", there, word)
    elif any(host.split(".", maxsplit=1)[0] == item.name for item in model.of_kind("Service")):
        yield finding(
            command,
            "addresses",
            f"hôte « {host} » : ce nom n'existe que dans le cluster",
            "ouvrir un port-forward, ou passer par le NodePort",
            word,
        )
    elif "." not in host and ":" not in host:
        yield finding(command, "addresses", f"hôte « {host} » inconnu", nearest(host, ["localhost"]), word)


def _port(command: Command, word: Word, situation: Situation, scheme: str, port: int) -> Iterator[Finding]:
    known = opened(situation)
    if port not in known:
        there = (
            ", ".join(f"{number} ({name})" if name else str(number) for number, name in sorted(known.items()))
            or "aucun"
        )
        elsewhere = (
            "ouvrir ce port avant (redirection, arrière-plan), ou changer de cible"
            if port in situation.model.local_ports
            else "corriger le port"
        )
        yield finding(
            command,
            "addresses",
            f"rien ne répond sur localhost:{port} ici",
            f"{elsewhere} ; ports ouverts : {there}",
            word,
        )
    elif scheme == "https":
        yield finding(command, "addresses", f"localhost:{port} ne répond pas en https", "écrire http://", word)


def _route(command: Command, word: Word, application: Application, path: str, method: str) -> Iterator[Finding]:
    if application.answers(path, method) or _refusal_expected(command):
        return
    methods = application.methods(path)
    if methods:
        yield finding(
            command,
            "routes",
            f"« {path} » ({application.name}) n'accepte pas {method}",
            f"méthodes : {', '.join(methods)}",
            word,
        )
    else:
        yield finding(
            command,
            "routes",
            f"« {application.name} » n'a pas de route « {path} »",
            nearest(path, application.routes),
            word,
        )


def _refusal_expected(command: Command) -> bool:
    """Whether the page itself announces 404 or 405, or curl's status 22 for them."""
    expected = command.block.expected
    return command.block.exit_status == 22 or (
        expected is not None and re.search(r"\b40[45]\b", expected.text) is not None
    )
