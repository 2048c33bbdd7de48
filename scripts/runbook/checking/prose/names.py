"""Does what the prose quotes exist: paths, variables, objects, images, routes, addresses, commands?"""

import difflib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from urllib.parse import urlsplit

from runbook.checking.applications.addresses import address_problem
from runbook.checking.blocks.words import UNKNOWN
from runbook.checking.commands import printed
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.finding import Finding, nearest
from runbook.checking.manifests.given import cluster_addresses
from runbook.checking.offered.images import built_images
from runbook.checking.offered.known_names import Names
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KIND_OF
from runbook.checking.prose.quotes import Quote, addresses, code, links, ports, removed
from runbook.reading.content import ATTRIBUTES, Page

VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
STATE = re.compile(r"(?:Err)?[A-Z][a-z]+(?:[A-Z][a-z]+)+")
EXTENSION = re.compile(r"\.(md|ya?ml|toml|json|py|sh|conf|txt|cfg|ini|example|css|js|html|lock)$")
PATH = re.compile(r"\.?[\w-][\w.-]*(?:/[\w.-]+)*/?")
ROUTE = re.compile(r"(?:(GET|HEAD|POST|PUT|PATCH|DELETE) )?(/[\w./<>:-]*)")
SYSTEM = re.compile(r"/(dev|tmp|run|etc|var|usr|proc|sys|home|srv|opt|root|bin)(/|$)")
SERVICE_PORTS = re.compile(r"\d+(:\d+)?/(TCP|UDP)")

Problem = tuple[str, str]


def check_prose(pages: Iterable[Page], model: Model) -> Iterator[Finding]:
    """Every quoted name that nothing in the repository has, but those declared foreign."""
    names = Names(model)
    rules = (_command, _attribute, _object, _image, _variable, _route, _path, _object_name, _state)
    for page in pages:
        for quote in code(page):
            if not any(fnmatchcase(quote.text, pattern) for pattern in model.settings.model.foreign):
                problem = next((problem for problem in (rule(quote.text, names) for rule in rules) if problem), None)
                if problem:
                    yield _finding(quote, problem)
        for quote in addresses(page):
            problem = address_fault(quote.text, names)
            if problem:
                yield _finding(quote, problem)
        for quote in links(page):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), quote.text))
            if path not in model.files:
                pages_beside = {
                    posixpath.relpath(name, posixpath.dirname(page.path))
                    for name in model.files
                    if name.endswith(".md")
                }
                yield Finding(
                    quote.page,
                    quote.line,
                    f"lien vers « {quote.text} », qui n'existe pas",
                    nearest(quote.text, pages_beside),
                    "prose",
                )
        for quote in removed(page):
            if quote.text in model.files and quote.text not in model.settings.model.generated:
                yield Finding(
                    quote.page,
                    quote.line,
                    f"« {quote.text} » à supprimer, et git le suit",
                    "nommer un fichier que la page fait, ou le remettre par « git restore »",
                    "prose",
                )
        for quote in ports(page):
            if names.ports and int(quote.text) not in names.ports:
                yield _finding(
                    quote, (f"port {quote.text} : rien ne l'ouvre", nearest(quote.text, map(str, names.ports)))
                )


def _finding(quote: Quote, problem: Problem) -> Finding:
    return Finding(
        quote.page,
        quote.line,
        problem[0],
        f"{problem[1]} ; s'il est d'ailleurs, le déclarer dans [tool.runbook.model] foreign",
        "prose",
    )


def _command(text: str, names: Names) -> Problem | None:
    words = text.split() or [""]
    program = words[0].rpartition("/")[2] if words[0].startswith(".venv/bin/") else words[0]
    plain = [word for word in words[1:] if not word.startswith("-")]
    if program == "runbook" and plain and plain[0] not in names.verbs:
        return f"« runbook {plain[0]} » n'existe pas", nearest(plain[0], names.verbs)
    if program == "kubectl" and plain and plain[0] not in kubectl_tables.verbs():
        return f"verbe « {plain[0]} » inconnu de kubectl", nearest(plain[0], kubectl_tables.verbs())
    if len(words) > 1 and (program in ("kubectl", "docker", "runbook", "git") or program.startswith("scripts/")):
        return _namespace(words, names) or next(
            (problem for word in words for problem in [_word(word, names)] if problem), None
        )
    return None


def _namespace(words: list[str], names: Names) -> Problem | None:
    for flag, value in pairwise(words):
        if flag in ("-n", "--namespace") and value not in names.model.namespaces and UNKNOWN not in value:
            return f"espace de noms « {value} » inconnu", nearest(value, names.model.namespaces)
    return None


def _word(word: str, names: Names) -> Problem | None:
    """A word of a quoted command."""
    return (
        _object(word, names)
        or (_path(word, names) if "/" in word else None)
        or _image(word, names)
        or _object_name(word, names)
    )


def _attribute(text: str, names: Names) -> Problem | None:
    found = re.fullmatch(r'(data-[a-z-]+)(?:="[^"]*")?', text)
    if found and found[1] not in ATTRIBUTES:
        return f"attribut « {found[1]} » inconnu", nearest(found[1], ATTRIBUTES)
    if SERVICE_PORTS.fullmatch(text):
        known = {
            f"{port.get('port')}{':' + str(port['nodePort']) if port.get('nodePort') else ''}/{port.get('protocol', 'TCP')}"
            for item in names.model.of_kind("Service")
            for port in item.at("spec", "ports", default=[])
        }
        if known and text not in known:
            return f"« {text} » : aucun Service n'a ces ports", nearest(text, known)
    return None


def _object(text: str, names: Names) -> Problem | None:
    """`kind/name`."""
    kind, mark, name = text.partition("/")
    if not mark or kind.lower() not in KIND_OF or kind == kind.upper() or not re.fullmatch(r"[\w.…-]+", name):
        return None
    if text in names.model.files or text.rstrip("/") in names.model.folders or kind in names.top:
        return None
    known = {item.name for item in names.model.of_kind(kind)}
    made = {entry.partition("/")[2] for entry in names.model.settings.model.made_by_commands}
    if any(fits(name, other) for other in known | made) or (
        KIND_OF[kind.lower()] in ("Pod", "ReplicaSet", "Node", "Event") and UNKNOWN in name
    ):
        return None
    return f"{KIND_OF[kind.lower()]} « {name} » n'existe pas", nearest(name, known)


def _image(text: str, names: Names) -> Problem | None:
    """`repository:tag` for a repository that is built here."""
    found = re.fullmatch(r"([a-z][\w.-]*):(v?\d[\w.-]*)", text)
    if found is None or text in names.images:
        return None
    repositories = {image.rpartition(":")[0] for image in names.images}
    if found[1] in repositories or found[1].split("-", 1)[0] in names.prefixes:
        return f"image « {text} » que rien ne construit", nearest(text, names.images)
    return None


def _variable(text: str, names: Names) -> Problem | None:
    name = re.sub(r"=.*$", "", text).lstrip("$").strip("{}")
    if not VARIABLE.fullmatch(name) or name in names.variables or not names.variables:
        return None
    if "_" in name:
        return (
            None
            if names.in_sources(name)
            else (f"variable « {name} » que rien ne lit ni ne fixe", nearest(name, names.variables))
        )
    close = difflib.get_close_matches(name, names.variables, n=1, cutoff=0.8)
    return (
        (f"variable « {name} » inconnue", nearest(name, names.variables))
        if close and not names.in_sources(name)
        else None
    )


def _route(text: str, names: Names) -> Problem | None:
    found = ROUTE.fullmatch(text)
    if found is None or not names.model.applications:
        return None
    method, path = found[1] or "GET", found[2]
    everywhere = {rule for application in names.model.applications.values() for rule in application.routes}
    if path in everywhere or any(
        application.answers(path, method) for application in names.model.applications.values()
    ):
        return None
    if SYSTEM.match(path) or any(path == known or path.startswith(f"{known}/") for known in names.paths_in_containers):
        mounted = {f"{mount}/" for mount in names.paths_in_containers}
        close = [known for known in names.paths_in_containers if known.split("/")[1:2] == path.split("/")[1:2]]
        wrong = path not in names.paths_in_containers and not any(path.startswith(mount) for mount in mounted)
        if wrong and close and len(path.split("/")) > 2:
            return f"« {path} » : aucun volume n'est monté là", nearest(path, close)
        common = path.startswith("/dev/") or "/" not in path.strip("/")  # every machine has them
        return (
            None
            if common or names.in_sources(path.rstrip("/"))
            else (
                f"« {path} » : rien dans le dépôt ne nomme ce chemin",
                "reprendre celui du code, des manifestes ou des commandes",
            )
        )
    return f"route « {path} » qu'aucune application n'a", nearest(path, everywhere)


def _path(text: str, names: Names) -> Problem | None:
    text = re.sub(r":\d+$", "", text).removeprefix("./")
    if not PATH.fullmatch(text) or text.rstrip("/") in names.model.folders or text in names.model.files:
        return None
    head = text.split("/", 1)[0]
    everything = names.model.files | names.model.folders
    if EXTENSION.search(text):
        if (
            ("/" not in text and text in names.base_names)
            or any(name.endswith(f"/{text}") for name in names.model.files)
            or names.in_sources(text)
        ):
            return None
        return f"fichier « {text} » absent du dépôt", nearest(text, everything if "/" in text else names.base_names)
    if "/" not in text.rstrip("/"):
        return None
    if head in names.top:
        return (
            None if names.in_sources(text.rstrip("/")) else (f"« {text} » absent du dépôt", nearest(text, everything))
        )
    close = difflib.get_close_matches(text.rstrip("/"), everything, n=1, cutoff=0.8)
    return (f"« {text} » absent du dépôt", nearest(text, everything)) if close and head.lower() not in KIND_OF else None


def _object_name(text: str, names: Names) -> Problem | None:
    """A name with the prefix that this repository's objects have."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9…]+)+", text) or text.split("-", 1)[0] not in names.prefixes:
        return None
    if text in names.objects or text in names.own or any(fits(text, name) for name in names.objects) or UNKNOWN in text:
        return None
    return f"« {text} » : aucun objet ne porte ce nom", nearest(text, names.objects | names.own)


def _state(text: str, names: Names) -> Problem | None:
    """A state or a reason that Kubernetes shows, but for a letter; a name that the sources have is left alone."""
    if not STATE.fullmatch(text) or text in printed.states():
        return None
    meant = next((state for state in sorted(printed.states()) if state.lower() == text.lower()), None)
    return (
        (f"« {text} » : Kubernetes n'a pas d'état de ce nom", f"vouliez-vous dire « {meant} » ?")
        if meant and not names.in_sources(text)
        else None
    )


def address_fault(text: str, names: Names) -> Problem | None:
    """A local or internal address leads to an open port, and to a route of what answers there."""
    try:
        parts = urlsplit(text)
        port = parts.port or 80
    except ValueError:
        return f"adresse « {text} » illisible", "écrire http://hôte:port/chemin"
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1"):
        if port not in names.ports:
            return f"« {text} » : rien ne répond sur le port {port}", nearest(str(port), map(str, names.ports))
        application = names.model.applications.get(names.model.local_ports.get(port, ""))
        if application and UNKNOWN not in parts.path and not application.answers(parts.path or "/"):
            return f"« {text} » : pas de route « {parts.path} »", nearest(parts.path, application.routes)
        return None
    if "." in host or UNKNOWN in text or not (names.model.services or names.objects):
        return None
    return address_problem(text, _inside(names.model), _answering(names.model))


def _inside(model: Model) -> dict[str, set[int]]:
    built = {image.service: {image.port} for image in built_images(model).values() if image.port}
    return {**built, **cluster_addresses(model)}


def _answering(model: Model) -> Callable[[str, int, str], bool]:
    def answers(host: str, _: int, path: str) -> bool:
        service = model.object_named("Service", host)
        name = model.application_behind(service) if service else host
        application = model.applications.get(name or "")
        return application is None or application.answers(path)

    return answers


def fits(text: str, name: str) -> bool:
    """Whether `text`, in which `…` stands for any text, can be `name`."""
    return re.fullmatch(".*".join(map(re.escape, text.split(UNKNOWN))), name) is not None
