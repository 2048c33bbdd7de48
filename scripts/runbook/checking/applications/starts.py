"""Does each application start with all that a target gives it, taken together?"""

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import msgspec

from runbook.checking.applications.health_programs import health_programs
from runbook.checking.files.secrets_in_files import is_sensitive
from runbook.checking.finding import Finding
from runbook.checking.offered.applications import named
from runbook.checking.offered.containers import containers
from runbook.checking.offered.images import built_images
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_compose, in_object, written

RULE = "starts"
WITHIN = "not-to-be-shown"  # in an address, after a name
LENGTHS = re.compile(r"\b(\d+) à (\d+) caractères")
REFUSED = "a secret of several words, é"  # which no token is


def check_starts(model: Model) -> Iterator[Finding]:
    """The factory of each application is called once for each target, with made-up secrets, and what it refuses is told."""
    if RULE in model.settings.model.rules_off:
        return
    found, images = containers(model), built_images(model)
    with InnerNetwork(model, found, images) as network:
        yield from health_programs(model, images, network)
        yield from _plainly(model, network)
        yield from _discreetly(model, network)
        yield from _emptied(model, network)
        yield from _as_long_as_told(model, network)
        for name, target in model.settings.targets.items():
            for application in model.applications:
                refusal = None if target.services else network.refusal(name, application)
                if refusal is None:
                    continue
                cause, remedy = (
                    f"l'application « {application} » ne démarre pas avec ce que la cible « {name} » lui donne : {refusal}",
                    "corriger ses variables, ou le code qui les lit",
                )
                container = next((one for one in found if one.application == application), None)
                service = next((image.service for image in images.values() if image.application == application), None)
                if target.contexts and container is not None:
                    yield in_object(model, container.item, (*container.keys, "env"), cause, remedy, RULE)
                elif not target.contexts and service is not None:
                    yield in_compose(model, ("services", service, "environment"), cause, remedy, RULE)


def _plainly(model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """A refused value ends the process with a message: any other exception would show its reader a stack."""
    for application, source in model.settings.model.applications.items():
        target = next(iter(network.starts_on(application)), None)
        names = [
            field.name.upper()
            for reference in source.settings
            for field in msgspec.structs.fields(named(reference))
            if field.type is not str
        ]
        errors = (network.error_given(target, application, {name: "?"}) for name in names) if target else iter(())
        error = next((error for error in errors if error is not None), None)
        if error is not None and not isinstance(error, SystemExit):
            path, line = _where_raised(error, model)
            yield Finding(
                path,
                line,
                f"« {application} » refuse un réglage par {type(error).__name__} : son lecteur verrait une pile d'appels",
                "en faire un SystemExit, qui finit en une ligne",
                RULE,
            )


def _discreetly(model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """A refused secret is named and not shown: the refusal ends in a log that more people read than know the secret."""
    for application, described in model.applications.items():
        target = next(iter(network.starts_on(application)), None)
        addresses = [
            name for name, default in described.variables.items() if str(default).startswith(("http://", "https://"))
        ]
        tried = [
            *((name, REFUSED) for name in described.variables if is_sensitive(name)),
            *((name, f"ftp://somebody:{WITHIN}@example.org") for name in addresses),
        ]
        for name, value in tried:
            error = network.error_given(target, application, {name: value}) if target else None
            if error is not None and (REFUSED if value == REFUSED else WITHIN) in str(error):
                path, line = _where_raised(error, model)
                yield Finding(
                    path,
                    line,
                    f"« {application} » montre la valeur de {name} quand il la refuse",
                    "nommer la variable, et taire sa valeur",
                    RULE,
                )


def _as_long_as_told(model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """`attendu : 16 à 256 caractères`: one less and one more are refused too."""
    for application, described in model.applications.items():
        target = next(iter(network.starts_on(application)), None)
        for name in filter(is_sensitive, described.variables):
            error = network.error_given(target, application, {name: REFUSED}) if target else None
            for least, most in LENGTHS.findall(str(error or "")):
                for length in (int(least) - 1, int(most) + 1):
                    if target and network.error_given(target, application, {name: "x" * length}) is None:
                        path, line = _where_raised(error, model) if error else ("pyproject.toml", 1)
                        yield Finding(
                            path,
                            line,
                            f"{name} de {length} caractères est accepté, et le refus annonce « {least} à {most} caractères »",
                            "corriger la limite, ou le message",
                            RULE,
                        )


def _emptied(model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """A variable that a target gives empty says something else than the default that it puts aside."""
    for name in model.settings.targets:
        for application, described in model.applications.items():
            for variable in network.given_empty(name, application):
                if described.variables.get(variable) and network.answers_alike(name, application, variable):
                    path, line = written(
                        rf"\b{variable}\b",
                        {
                            item.path: (model.root / item.path).read_text(encoding="utf-8")
                            for item in model.of_kind("ConfigMap")
                        },
                    )
                    cause = f"« {variable} » donné vide à « {application} », qui fait comme avec sa valeur par défaut, {described.variables[variable]}"
                    yield Finding(path, line, cause, "lire une valeur vide comme vide, ou ne pas la donner", RULE)


def _where_raised(error: BaseException, model: Model) -> tuple[str, int]:
    """The last line of the applications' own code that it went through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(model.root) and path.relative_to(model.root).as_posix() in model.files:
            return path.relative_to(model.root).as_posix(), frame.lineno or 1
    return "pyproject.toml", 1
