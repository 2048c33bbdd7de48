"""Does the application take each value that a manifest gives it, and does each address lead somewhere?"""

import re
from collections.abc import Iterator

from runbook.checking.applications.addresses import address_problem, cluster_host_problem
from runbook.checking.applications.variable_addresses import meaning_problem
from runbook.checking.finding import Finding, nearest
from runbook.checking.manifests.variables import gets, place_of
from runbook.checking.offered.containers import Container
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.offered.places import Key, in_object
from runbook.checking.offered.setting_types import refused


def values(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Every value is text, and one that the application takes; an address leads to a Service and its port."""
    yield from _of_config_maps(model, found)
    yield from _of_containers(model, found)


def _of_config_maps(model: Model, found: list[Container]) -> Iterator[Finding]:
    for item in model.of_kind("ConfigMap"):
        for key, value in (item.at("data", default=None) or {}).items():
            if not isinstance(value, str):
                yield in_object(
                    model,
                    item,
                    place_of(item, key),
                    f"valeur de « {key} » qui n'est pas un texte : Kubernetes la refuse",
                    "la mettre entre guillemets",
                    "values",
                )
            for name in sorted(
                {container.application for container in found if container.application and gets(model, container, item)}
            ):
                yield from _value(model, item, name, key, str(value), place_of(item, key))
                if key in model.applications[name].variables:
                    yield from _meaning(model, item, name, key, str(value), place_of(item, key))
            yield from _address(model, item, str(value), place_of(item, key))


def _of_containers(model: Model, found: list[Container]) -> Iterator[Finding]:
    for container in found:
        for index, variable in enumerate(container.spec.get("env") or []):
            where = (*container.keys, "env", index)
            name = str(variable.get("name"))
            if "value" not in variable and "valueFrom" not in variable:
                yield in_object(
                    model,
                    container.item,
                    (*where, "name"),
                    f"variable « {name} » sans valeur",
                    "ajouter value, ou la retirer",
                    "values",
                )
            if container.application:
                read = model.applications[container.application].variables
                if name not in read:
                    yield in_object(
                        model,
                        container.item,
                        (*where, "name"),
                        f"variable « {name} » que l'application ne lit pas",
                        nearest(name, read),
                        "values",
                    )
                if "value" in variable:
                    yield from _value(
                        model, container.item, container.application, name, str(variable["value"]), (*where, "value")
                    )
                    yield from _meaning(
                        model, container.item, container.application, name, str(variable["value"]), (*where, "value")
                    )
            yield from _address(model, container.item, str(variable.get("value") or ""), (*where, "value"))
        for part in ("command", "args"):
            for index, word in enumerate(container.spec.get(part) or []):
                yield from _address(model, container.item, str(word), (*container.keys, part, index))


def cluster_addresses(model: Model) -> dict[str, set[int]]:
    """The ports of each Service."""
    return {
        item.name: {int(port["port"]) for port in item.at("spec", "ports", default=[]) if "port" in port}
        for item in model.of_kind("Service")
    }


def _address(model: Model, item: KubeObject, value: str, keys: tuple[Key, ...]) -> Iterator[Finding]:
    if not re.match(r"https?://", value):
        return

    def answers(host: str, _: int, path: str) -> bool:
        service = model.object_named("Service", host)
        name = model.application_behind(service) if service else None
        return name is None or model.applications[name].answers(path)

    problem = address_problem(value, cluster_addresses(model), answers) or cluster_host_problem(
        value, cluster_addresses(model), model.namespaces
    )
    if problem:
        yield in_object(model, item, keys, *problem, "values")


def _meaning(
    model: Model, item: KubeObject, application: str, variable: str, value: str, keys: tuple[Key, ...]
) -> Iterator[Finding]:
    inside = {service.name: model.application_behind(service) for service in model.of_kind("Service")}
    outside = {
        int(port["nodePort"]): inside[service.name]
        for service in model.of_kind("Service")
        for port in service.at("spec", "ports", default=[])
        if "nodePort" in port
    }
    problem = meaning_problem(model, variable, value, application, inside, outside)
    if problem:
        yield in_object(model, item, keys, *problem, "values")


def _value(
    model: Model, item: KubeObject, application: str, variable: str, value: str, keys: tuple[Key, ...]
) -> Iterator[Finding]:
    wanted = refused(model, application, variable, value)
    if wanted is not None:
        yield in_object(
            model,
            item,
            keys,
            f"{variable} = « {value} » : l'application {application} refuse de démarrer",
            f"attendu : {wanted}",
            "values",
        )
