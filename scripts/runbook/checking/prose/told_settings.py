"""Is what a page tells of settings so: which exclude each other, where one leads, what is passed on, what has no limit?"""

import re
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.checking.finding import Finding
from runbook.checking.offered.compose_values import environment
from runbook.checking.offered.inner_network import TOKEN, InnerNetwork
from runbook.checking.offered.model import Model
from runbook.checking.prose.quotes import prose
from runbook.reading.content import Page

RULE = "told_settings"
TOGETHER = re.compile(r"`([A-Z][A-Z0-9_]+)` et `([A-Z][A-Z0-9_]+)`")
EXCLUDE, PREVAILS = (
    re.compile(r"s'excluent|jamais ensemble|ne vont pas ensemble"),
    re.compile(r"l'emporte|a la priorité|est préférée?"),
)
KEPT_OUT = re.compile(r"(?:illisible|absent|introuvable)[^.;|]*empêche (?:le|son) démarrage")
PROBED = re.compile(r"\b((?:(?:démarrage|vie|disponibilité)(?:, | et )?)+) sur `(/[\w/.-]*)`")
PROBES = {"démarrage": "startupProbe", "vie": "livenessProbe", "disponibilité": "readinessProbe"}
CALLS = re.compile(r"\b[Ll](?:e |a |')(\w+) appelle l(?:e |a |')(\w+)[^.;|]*?\bpar `([A-Z][A-Z0-9_]+)`")
FOLLOWS = re.compile(r"`([A-Z][\w-]+)` passe d(?:u |e la |e l')(\w+) à l(?:e |a |')(\w+)")
PASSED = re.compile(r"variable `([A-Z][A-Z0-9_]+)` du poste est (?:transmise|passée)")
UNLIMITED = re.compile(
    r"\baucune limite (?:de|du|au) (processeur|mémoire)|\b(processeur|mémoire) [^.;|,]*\bsans limite"
)
RESOURCES = {"processeur": "cpu", "mémoire": "memory"}

Problem = tuple[str, str]


def told_settings(page: Page, model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """`A` et `B` s'excluent; le front appelle l'API par `X`; `H` passe du front à l'API; la variable `X` du poste est transmise; aucune limite de processeur."""
    for line, text in prose(page):
        plain = text.replace("’", "'").replace("\u00a0", " ")
        for rule in (_together, _unreadable, _calls, _follows, _passed_on, _unlimited, _probed):
            yield from (Finding(page.path, line, cause, remedy, RULE) for cause, remedy in rule(plain, model, network))


def _together(text: str, model: Model, network: InnerNetwork) -> Iterator[Problem]:
    """Each application that has both variables is started with both."""
    excluded, prevails = EXCLUDE.search(text), PREVAILS.search(text)
    if not excluded and not prevails:
        return
    for names in TOGETHER.findall(text):
        for application, described in model.applications.items():
            if not set(names) <= set(described.variables):
                continue
            target = next(iter(network.starts_on(application)), None)
            refusal = _given_all(names, target, application, network) if target else None
            both = " et ".join(names)
            if target and excluded and refusal is None:
                yield (
                    f"« {application} » démarre avec {both}, que la page dit exclusives",
                    "faire refuser les deux ensemble, ou dire laquelle l'emporte",
                )
            elif prevails and refusal is not None:
                yield f"« {application} » refuse de démarrer avec {both} : {refusal}", "dire qu'elles s'excluent"


def _unreadable(text: str, model: Model, network: InnerNetwork) -> Iterator[Problem]:
    """A file that is named and cannot be read keeps an application from starting, where a page says so."""
    if not KEPT_OUT.search(text):
        return
    for name in re.findall(r"`([A-Z][A-Z0-9_]*_FILE)`", text):
        for application, described in model.applications.items():
            target = next(iter(network.starts_on(application)), None)
            if (
                name in described.variables
                and target
                and network.refusal_given(target, application, {name: "/nowhere/at-all"}) is None
            ):
                yield (
                    f"« {application} » démarre avec {name}=/nowhere/at-all",
                    "faire refuser un fichier absent, ou corriger la page",
                )


def _given_all(names: tuple[str, ...], target: str, application: str, network: InnerNetwork) -> str | None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(TOKEN)
        file.flush()
        return network.refusal_given(
            target, application, {name: file.name if name.endswith("_FILE") else TOKEN for name in names}
        )


def _calls(text: str, model: Model, network: InnerNetwork) -> Iterator[Problem]:
    """On Compose's network the variable must lead to the service that is called."""
    services = {image.application: image.service for image in network.images.values() if image.application}
    for who, whom, name in CALLS.findall(text):
        caller, called = services.get(who.lower(), ""), services.get(whom.lower(), "")
        given = environment(model.services[caller]) if caller else {}
        host = urlsplit(given.get(name) or "").hostname
        if called and host and host != called:
            leads = [variable for variable, value in given.items() if value and urlsplit(value).hostname == called]
            yield (
                f"{name} mène « {caller} » à « {host} », et non à « {called} »",
                f"écrire {leads[0]}" if leads else f"donner à {name} l'adresse de « {called} »",
            )


def _follows(text: str, model: Model, network: InnerNetwork) -> Iterator[Problem]:
    """A header that goes with a request from one application to another."""
    for header, caller, called in FOLLOWS.findall(text):
        if {caller.lower(), called.lower()} <= set(model.applications):
            told = [
                network.passes_on(target, caller.lower(), called.lower(), header, f"followed-{target}")
                for target in network.starts_on(caller.lower())
            ]
            if False in told and True not in told:
                yield (
                    f"« {caller} » appelle « {called} » sans l'en-tête {header} qu'il a reçu",
                    "le transmettre, ou corriger la page",
                )


def _passed_on(text: str, model: Model, _: InnerNetwork) -> Iterator[Problem]:
    for name in PASSED.findall(text):
        given = [environment(service) for service in model.services.values()]
        if given and not any(
            name in each and (each[name] is None or f"${{{name}" in str(each[name])) for each in given
        ):
            yield (
                f"{model.settings.model.compose} ne transmet {name} à aucun service",
                f"y écrire {name} sans valeur, ou corriger la page",
            )


def _unlimited(text: str, model: Model, _: InnerNetwork) -> Iterator[Problem]:
    for words in UNLIMITED.findall(text):
        resource = RESOURCES[words[0] or words[1]]
        for item in model.objects:
            for container in item.containers:
                limit = ((container.get("resources") or {}).get("limits") or {}).get(resource)
                if limit is not None:
                    yield (
                        f"« {item.name} » a une limite {resource} de {limit}",
                        "la retirer du manifeste, ou corriger la page",
                    )


def _probed(text: str, model: Model, _: InnerNetwork) -> Iterator[Problem]:
    """Which probe asks which path: that of another probe is not its own."""
    found = PROBED.findall(text)
    if not found:
        return
    asked_by = {
        name: {
            ((spec.get(probe) or {}).get("httpGet") or {}).get("path")
            for item in model.objects
            for spec in item.containers
        }
        - {None}
        for name, probe in PROBES.items()
    }
    for names, path in found:
        for name in re.findall(r"\w{3,}", names):
            asked = asked_by[name]
            if asked and path not in asked and path in set().union(*asked_by.values()):
                yield (
                    f"la sonde de {name} demande {', '.join(sorted(map(str, asked)))}, et non {path}",
                    "reprendre le chemin des manifestes",
                )
