"""Can a workload that a command waits for become ready: its image, its ConfigMaps and its Secrets are there?"""

from collections.abc import Iterator
from typing import Any

from runbook.checking.blocks.words import UNKNOWN
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.targets import Target, items
from runbook.checking.finding import Finding
from runbook.checking.offered.objects import KubeObject

RULE = "kubectl_readiness"


def check_ready(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """Nothing that these workloads need is missing at that point of the page."""
    if not call.must_succeed:
        return
    cluster = call.situation.cluster
    for target in targets:
        for item in items(call, target) if target.name else []:
            image = cluster.missing_images.get((item.kind, item.name))
            if image is not None:
                yield call.finding(
                    RULE,
                    f"« {item.name} » attend l'image « {image} », que rien n'a construite",
                    "la construire avant, ou revenir à la précédente",
                    target.word,
                )
            for kind, name in dict.fromkeys(needs(item)):
                if (kind, name) not in cluster.live and cluster.is_live(item):
                    cause = f"« {item.name} » a besoin de {kind} « {name} », qui n'existe pas à cet endroit de la page"
                    yield call.finding(RULE, cause, f"créer {kind} « {name} » avant", target.word)


def ready_for_nothing(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """A pod that a page waits for says itself when it is ready: without a probe it is as soon as its program starts."""
    for target in targets:
        for item in items(call, target) if target.name and UNKNOWN not in target.name else []:
            if item.kind == "Pod" and not any(container.get("readinessProbe") for container in item.containers):
                yield call.finding(
                    RULE,
                    f"« {item.name} » n'a pas de readinessProbe : il se dit prêt dès que son programme démarre",
                    "en écrire une dans son manifeste",
                    target.word,
                )


def needs(item: KubeObject) -> Iterator[tuple[str, str]]:
    """The ConfigMaps and Secrets without which its containers do not start."""
    spec = item.pod_template.get("spec") or {}
    for volume in spec.get("volumes") or []:
        yield from _named(volume.get("configMap"), "ConfigMap", "name")
        yield from _named(volume.get("secret"), "Secret", "secretName")
    for container in item.containers:
        for source in container.get("envFrom") or []:
            yield from _named(source.get("configMapRef"), "ConfigMap", "name")
            yield from _named(source.get("secretRef"), "Secret", "name")
        for entry in container.get("env") or []:
            source = entry.get("valueFrom") or {}
            yield from _named(source.get("configMapKeyRef"), "ConfigMap", "name")
            yield from _named(source.get("secretKeyRef"), "Secret", "name")


def _named(source: Any, kind: str, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(source, dict) and source.get(key) and not source.get("optional"):
        yield kind, str(source[key])
