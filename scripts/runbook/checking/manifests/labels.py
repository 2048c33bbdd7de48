"""Do labels tell one story: the same on an object and its pods, on a Service and what is behind it?"""

from collections import Counter
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import WORKLOADS, KubeObject
from runbook.checking.offered.places import in_object

PREFIX = "app.kubernetes.io/"


def labels(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Recommended labels agree between a workload, its pods, its image, its Service and its neighbours."""
    yield from _between_workloads_and_pods(model)
    yield from _between_services_and_workloads(model)
    yield from _versions(model, found)
    yield from _parts(model)
    yield from _misspelt(model)
    yield from _names(model)
    yield from _components(model)


def _components(model: Model) -> Iterator[Finding]:
    """A component is one workload: a selector by component would take the pods of two."""
    key = PREFIX + "component"
    first: dict[tuple[str | None, str], KubeObject] = {}
    for item in sorted(
        (item for item in model.objects if item.kind in WORKLOADS and key in item.labels),
        key=lambda item: item.kind == "Pod",
    ):
        other = first.setdefault((item.labels.get(PREFIX + "part-of"), item.labels[key]), item)
        if other.name != item.name:
            yield in_object(
                model,
                item,
                ("metadata", "labels", key),
                f"étiquette {key} « {item.labels[key]} » sur « {item.name} », et c'est celle de « {other.name} »",
                "en écrire une autre",
                "labels",
            )


def _names(model: Model) -> Iterator[Finding]:
    """A workload's name label is its name, where the other workloads have that habit."""
    key = PREFIX + "name"
    workloads = [item for item in model.objects if item.kind in WORKLOADS]
    if sum(item.labels.get(key) == item.name for item in workloads) * 2 <= len(workloads):
        return
    for item in workloads:
        if item.labels.get(key) != item.name:
            yield in_object(
                model,
                item,
                ("metadata", "labels", key),
                f"étiquette {key} « {item.labels.get(key, 'absente')} » sur {item.kind} « {item.name} »",
                f"écrire {item.name}",
                "labels",
            )


def _between_workloads_and_pods(model: Model) -> Iterator[Finding]:
    for item in model.objects:
        if item.kind not in WORKLOADS or item.kind == "Pod":
            continue
        template = item.pod_template.get("metadata", {}).get("labels") or {}
        for key in sorted({key for key in {**item.labels, **template} if key.startswith(PREFIX)}):
            if item.labels.get(key) != template.get(key):
                yield _differs(
                    model,
                    item,
                    key,
                    f"{item.kind} « {item.name} »",
                    item.labels.get(key),
                    "ses pods",
                    template.get(key),
                )


def _between_services_and_workloads(model: Model) -> Iterator[Finding]:
    for item in model.of_kind("Service"):
        for workload in model.workloads_behind(item)[:1]:
            for key in sorted(
                {PREFIX + "name", PREFIX + "component", PREFIX + "part-of"} & {*item.labels, *workload.labels}
            ):
                if item.labels.get(key) != workload.labels.get(key):
                    yield _differs(
                        model,
                        item,
                        key,
                        f"Service « {item.name} »",
                        item.labels.get(key),
                        f"« {workload.name} »",
                        workload.labels.get(key),
                    )


def _differs(
    model: Model, item: KubeObject, key: str, left: str, one: str | None, right: str, other: str | None
) -> Finding:
    return in_object(
        model,
        item,
        ("metadata", "labels", key),
        f"étiquette {key} : « {one or 'absente'} » sur {left}, « {other or 'absente'} » sur {right}",
        "écrire la même valeur",
        "labels",
    )


def _versions(model: Model, found: list[Container]) -> Iterator[Finding]:
    for container in found:
        tag = str(container.spec.get("image", "")).rpartition(":")[2]
        version = container.item.labels.get(PREFIX + "version")
        if version and container.application and version != tag:
            yield in_object(
                model,
                container.item,
                ("metadata", "labels", PREFIX + "version"),
                f"étiquette {PREFIX}version « {version} », et image en « {tag} »",
                f"écrire {tag}, ou changer l'image",
                "labels",
            )


def _parts(model: Model) -> Iterator[Finding]:
    """In a namespace everything is part of the same whole."""
    key = PREFIX + "part-of"
    wholes = Counter(item.labels[key] for item in model.objects if key in item.labels)
    if not wholes:
        return
    usual = wholes.most_common(1)[0][0]
    for item in model.objects:
        value = item.labels.get(key)
        if (
            value != usual
            and item.path not in model.settings.model.generated
            and (value or item.namespace or item.kind == "Namespace")
        ):
            yield in_object(
                model,
                item,
                ("metadata", "labels", key),
                f"étiquette {key} « {value or 'absente'} » sur {item.kind} « {item.name} »",
                f"les autres objets portent « {usual} »",
                "labels",
            )


def _misspelt(model: Model) -> Iterator[Finding]:
    known = {
        PREFIX + name for name in ("name", "instance", "version", "component", "part-of", "managed-by", "created-by")
    }
    for item in model.objects:
        for key in item.labels:
            if key.startswith(PREFIX) and key not in known:
                yield in_object(
                    model,
                    item,
                    ("metadata", "labels", key),
                    f"étiquette « {key} » inconnue",
                    nearest(key, known),
                    "labels",
                )
    for item in model.of_kind("Namespace"):
        for key, value in item.labels.items():
            if not key.startswith("pod-security.kubernetes.io/"):
                continue
            mode = key.partition("/")[2]
            levels = ("privileged", "baseline", "restricted")
            modes = [f"{name}{suffix}" for name in ("enforce", "audit", "warn") for suffix in ("", "-version")]
            if mode not in modes:
                yield in_object(
                    model,
                    item,
                    ("metadata", "labels", key),
                    f"étiquette « {key} » inconnue de Pod Security",
                    nearest(mode, modes),
                    "labels",
                )
            elif not mode.endswith("-version") and value not in levels:
                yield in_object(
                    model,
                    item,
                    ("metadata", "labels", key),
                    f"niveau Pod Security « {value} » inconnu",
                    nearest(value, levels),
                    "labels",
                )
