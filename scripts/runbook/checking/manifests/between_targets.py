"""Do Compose, the cluster and what stands in for them give one application the same things?"""

from collections.abc import Iterator

from runbook.checking.finding import Finding
from runbook.checking.manifests.safety import quantity
from runbook.checking.offered.compose_values import environment, given_or_default, memory
from runbook.checking.offered.containers import Container
from runbook.checking.offered.images import built_images
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_object

FARTHEST = 4  # times


def memory_limits(model: Model, found: list[Container]) -> Iterator[Finding]:
    """An image needs about the same memory everywhere: a limit far from the other is a wrong unit, or kills it."""
    for container in found:
        if container.image is None or container.application is None:
            continue
        here = quantity(((container.spec.get("resources") or {}).get("limits") or {}).get("memory"))
        text = model.services[container.image.service].get("mem_limit")
        there = memory(text)
        if here and there and not 1 / FARTHEST < here / there < FARTHEST:
            yield in_object(
                model,
                container.item,
                (*container.keys, "resources", "limits", "memory"),
                f"conteneur « {container.name} » : {container.spec['resources']['limits']['memory']} de mémoire, et {text} pour la même image dans Compose",
                "corriger celle des deux qui se trompe d'unité ou de taille",
                "memory_limits",
            )


def stand_ins(model: Model, found: list[Container]) -> Iterator[Finding]:
    """What stands in for a target gets the variables that the target itself gives."""
    images = built_images(model).values()
    for name, target in model.settings.targets.items():
        if target.stand_in is None:
            continue
        for service, variables in target.stand_in.env.items():
            application = next(
                (known for known in sorted(model.applications, key=len, reverse=True) if service.startswith(known)),
                None,
            )
            if application is None:
                continue
            if target.contexts:
                given = next((container.environment for container in found if container.application == application), {})
            else:
                given = next(
                    (
                        environment(model.services[image.service])
                        for image in images
                        if image.application == application
                    ),
                    {},
                )
            for variable, value in variables.items():
                real = given.get(variable)
                if real is not None and given_or_default(real) != value:
                    yield Finding(
                        "pyproject.toml",
                        _line(model, f"targets.{name}]", variable),
                        f"cible « {name} » : le substitut donne {variable} = « {value} » à « {application} », et la cible « {real} »",
                        "écrire la même valeur des deux côtés",
                        "stand_ins",
                    )


def _line(model: Model, section: str, word: str) -> int:
    path = model.root / "pyproject.toml"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    start = next((number for number, line in enumerate(lines) if line.rstrip().endswith(section)), 0)
    return next((number for number, line in enumerate(lines[start:], start + 1) if word in line), 1)
