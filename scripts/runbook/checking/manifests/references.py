"""Does everything that a pod asks of its namespace or of its node exist, and reach it?"""

import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.dockerfiles.programs import hidden_folder
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container, pod_keys, values_of
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import WORKLOADS, selects
from runbook.checking.offered.places import Key, in_object

RULE = "pod_references"
RESOURCES = ("cpu", "memory", "ephemeral-storage")


def pod_references(model: Model) -> Iterator[Finding]:
    """Claims and registry secrets are described, affinities are about pods that exist, no pod is tied to one node or held back."""
    labels = [
        (item.pod_template.get("metadata") or {}).get("labels") or item.labels
        for item in model.objects
        if item.kind in WORKLOADS
    ]
    for item in model.objects:
        pod: dict[str, Any] = item.pod_template.get("spec") or {}
        where: tuple[Key, ...] = pod_keys(item)
        for index, volume in enumerate(pod.get("volumes") or []):
            claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if claim is not None and model.object_named("PersistentVolumeClaim", str(claim), item.namespace) is None:
                yield in_object(
                    model,
                    item,
                    (*where, "volumes", index),
                    f"PersistentVolumeClaim « {claim} » qu'aucun manifeste ne décrit : le pod attendrait toujours",
                    nearest(str(claim), (other.name for other in model.of_kind("PersistentVolumeClaim"))),
                    RULE,
                )
        for index, secret in enumerate(pod.get("imagePullSecrets") or []):
            if model.object_named("Secret", str(secret.get("name")), item.namespace) is None:
                yield in_object(
                    model,
                    item,
                    (*where, "imagePullSecrets", index),
                    f"Secret « {secret.get('name')} » qu'aucun manifeste ne décrit",
                    nearest(str(secret.get("name")), (other.name for other in model.of_kind("Secret"))),
                    RULE,
                )
        for keys, selector in _affinities(pod.get("affinity"), ("affinity",)):
            terms = ",".join(f"{key}={value}" for key, value in selector.items())
            if not any(selects(terms, found) for found in labels):
                yield in_object(
                    model,
                    item,
                    (*where, *keys),
                    f"« {item.name} » : affinité avec des pods que rien ne décrit ({terms})",
                    nearest(terms, {f"{key}={value}" for found in labels for key, value in found.items()}),
                    RULE,
                )
        if "nodeName" in pod:
            yield in_object(
                model,
                item,
                (*where, "nodeName"),
                f"« {item.name} » attaché au nœud « {pod['nodeName']} », qu'il ait ou non la place",
                "retirer nodeName",
                RULE,
            )
        if item.kind == "Deployment" and item.at("spec", "paused", default=False):
            yield in_object(
                model,
                item,
                ("spec", "paused"),
                f"Deployment « {item.name} » en pause : aucune mise à jour n'aurait lieu",
                "retirer paused",
                RULE,
            )


def headless(model: Model) -> Iterator[Finding]:
    """A Service without an address of its own answers on the ports of the pods themselves."""
    for service in model.of_kind("Service"):
        for index, port in enumerate(
            service.at("spec", "ports", default=[]) if service.at("spec", "clusterIP", default="") == "None" else []
        ):
            for workload in model.workloads_behind(service):
                numbers = [
                    known.get("containerPort")
                    for container in workload.containers
                    for known in container.get("ports") or []
                ]
                if numbers and port.get("port") not in numbers:
                    yield in_object(
                        model,
                        service,
                        ("spec", "ports", index, "port"),
                        f"Service « {service.name} » sans adresse : son nom mène droit aux pods, qui n'écoutent pas sur {port.get('port')}",
                        f"écrire {numbers[0]}, ou retirer clusterIP: None",
                        RULE,
                    )


def container_references(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A container gets secrets that it reads, resources that exist, names that it can resolve, and keeps its own files."""
    for container in found:
        read = set(model.applications[container.application].variables) if container.application else set()
        for index, source in enumerate(container.spec.get("envFrom") or []):
            secret = model.object_named(
                "Secret", str((source.get("secretRef") or {}).get("name")), container.item.namespace
            )
            if secret is not None and read and not read & set(values_of(secret)):
                yield in_object(
                    model,
                    container.item,
                    (*container.keys, "envFrom", index),
                    f"Secret « {secret.name} » donné au conteneur « {container.name} », qui n'en lit rien",
                    "le retirer",
                    RULE,
                )
        for part in ("requests", "limits"):
            for name in (container.spec.get("resources") or {}).get(part) or {}:
                if name not in RESOURCES and "/" not in name and not name.startswith("hugepages-"):
                    yield in_object(
                        model,
                        container.item,
                        (*container.keys, "resources", part, name),
                        f"ressource « {name} » inconnue de Kubernetes",
                        nearest(name, RESOURCES),
                        RULE,
                    )
        policy = container.item.at(*pod_keys(container.item), "dnsPolicy", default="ClusterFirst")
        names = {item.name for item in model.of_kind("Service")}
        inside = [
            name
            for name, value in container.environment.items()
            if (address := re.match(r"https?://([\w-]+)", value or "")) and address[1] in names
        ]
        if policy in ("Default", "None") and inside:
            yield in_object(
                model,
                container.item,
                (*pod_keys(container.item), "dnsPolicy"),
                f"dnsPolicy {policy} : le conteneur « {container.name} » ne trouverait pas {inside[0]}",
                "retirer dnsPolicy",
                RULE,
            )
        for index, mount in enumerate(container.spec.get("volumeMounts") or []):
            hidden = (
                hidden_folder(container.image, str(mount.get("mountPath", "")))
                if container.image and container.application and not mount.get("subPath")
                else None
            )
            if hidden:
                yield in_object(
                    model,
                    container.item,
                    (*container.keys, "volumeMounts", index, "mountPath"),
                    f"volume monté sur « {mount['mountPath']} » : il cacherait « {hidden} » de l'image",
                    "choisir un autre dossier",
                    RULE,
                )


def _affinities(value: Any, keys: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], dict[str, Any]]]:
    """Every label selector below an affinity that is one of pods, with where it stands."""
    pairs: list[tuple[Key, Any]] = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, below in pairs:
        if key == "labelSelector" and isinstance(below, dict) and below.get("matchLabels"):
            yield (*keys, key), below["matchLabels"]
        else:
            yield from _affinities(below, (*keys, key))
