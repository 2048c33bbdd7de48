"""Does the throw-away cluster open to the machine what the pages call?"""

from collections.abc import Iterator
from typing import Any

from runbook.checking.dockerfiles.programs import LOOPBACK
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.offered.places import Key, in_object

API = "kind.x-k8s.io/v1alpha4"
ROLES = ("control-plane", "worker")
CLUSTER = (
    "kind",
    "apiVersion",
    "name",
    "nodes",
    "networking",
    "featureGates",
    "runtimeConfig",
    "kubeadmConfigPatches",
    "kubeadmConfigPatchesJSON6902",
    "containerdConfigPatches",
    "containerdConfigPatchesJSON6902",
)
NODE = (
    "role",
    "image",
    "labels",
    "extraMounts",
    "extraPortMappings",
    "kubeadmConfigPatches",
    "kubeadmConfigPatchesJSON6902",
)
MAPPING = ("containerPort", "hostPort", "listenAddress", "protocol")


def kind_clusters(model: Model) -> Iterator[Finding]:
    """Keys that kind knows, and each NodePort at the same number on the machine, for the machine alone."""
    node_ports = {
        int(port["nodePort"])
        for item in model.of_kind("Service")
        for port in item.at("spec", "ports", default=[])
        if "nodePort" in port
    }
    for item in model.objects:
        group = str(item.at("apiVersion", default=""))
        if item.kind != "Cluster" or not group.startswith("kind.x-k8s.io/"):
            continue
        if group != API:
            yield _told(model, item, ("apiVersion",), f"version « {group} » que kind ne lit pas", f"écrire {API}")
        yield from _keys(model, item, (), item.document, CLUSTER)
        opened = set()
        for index, node in enumerate(item.at("nodes", default=None) or []):
            where: tuple[Key, ...] = ("nodes", index)
            yield from _keys(model, item, where, node, NODE)
            if node.get("role", ROLES[0]) not in ROLES:
                yield _told(
                    model,
                    item,
                    (*where, "role"),
                    f"rôle « {node['role']} » inconnu de kind",
                    nearest(str(node["role"]), ROLES),
                )
            for number, mapping in enumerate(node.get("extraPortMappings") or []):
                place = (*where, "extraPortMappings", number)
                yield from _keys(model, item, place, mapping, MAPPING)
                inner, outer = mapping.get("containerPort"), mapping.get("hostPort")
                opened.add(inner)
                if node_ports and inner not in node_ports and inner not in (80, 443):
                    yield _told(
                        model,
                        item,
                        (*place, "containerPort"),
                        f"port {inner} du nœud, qu'aucun Service n'ouvre",
                        nearest(str(inner), map(str, node_ports)),
                    )
                elif inner in node_ports and outer != inner:
                    yield _told(
                        model,
                        item,
                        (*place, "hostPort"),
                        f"le NodePort {inner} répondrait sur le port {outer} de la machine",
                        f"écrire hostPort: {inner}, que les pages appellent",
                    )
                address = str(mapping.get("listenAddress", "0.0.0.0"))  # noqa: S104 — kind's own default
                if address not in LOOPBACK:
                    yield _told(
                        model,
                        item,
                        (*place, "listenAddress"),
                        f"le port {outer} du cluster jetable s'ouvre à tout le réseau ({address})",
                        "écrire listenAddress: 127.0.0.1",
                    )
        for port in sorted(node_ports - opened if item.at("nodes", default=None) else []):
            yield _told(
                model,
                item,
                ("nodes",),
                f"le NodePort {port} ne répondrait que dans le nœud",
                f"ajouter extraPortMappings: containerPort {port}, hostPort {port}",
            )


def _keys(
    model: Model, item: KubeObject, where: tuple[Key, ...], value: Any, known: tuple[str, ...]
) -> Iterator[Finding]:
    for key in value if isinstance(value, dict) else ():
        if key not in known:
            yield _told(model, item, (*where, key), f"clé « {key} » inconnue de kind", nearest(str(key), known))


def _told(model: Model, item: KubeObject, keys: tuple[Key, ...], cause: str, remedy: str) -> Finding:
    return in_object(model, item, keys, cause, remedy, "kind_clusters")
