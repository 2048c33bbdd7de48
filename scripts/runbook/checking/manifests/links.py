"""Do the objects find each other: selectors, ports, probes, addresses, namespaces?"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container, pod_keys
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import WORKLOADS, KubeObject, selects
from runbook.checking.offered.places import Key, in_object

CLUSTER_WIDE = ("Namespace", "Node", "ClusterRole", "ClusterRoleBinding", "StorageClass", "PersistentVolume")
NODE_PORTS = range(30000, 32768)
SERVICE_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")


def is_kubernetes(item: KubeObject) -> bool:
    """Whether Kubernetes itself defines this kind, rather than an extension or another tool."""
    group = str(item.at("apiVersion", default="")).rpartition("/")[0]
    return "." not in group or (group.endswith(".k8s.io") and not group.endswith(".x-k8s.io"))


def documents(model: Model) -> Iterator[Finding]:
    """Every manifest describes an object, and every object has a name."""
    described = {item.path for item in model.objects} | {path for path, _, _ in model.faults}
    for pattern in model.settings.model.manifests:
        for path in sorted(model.root.glob(pattern)):
            name = path.relative_to(model.root).as_posix()
            if name not in described and name in model.files:
                yield Finding(
                    name,
                    1,
                    "manifeste sans objet : aucun document n'y a de kind",
                    "ajouter kind, ou retirer le fichier",
                    "documents",
                )
    for item in model.objects:
        if not item.name and is_kubernetes(item):
            yield in_object(model, item, ("metadata",), f"{item.kind} sans nom", "ajouter metadata.name", "documents")


def namespaces(model: Model) -> Iterator[Finding]:
    """Every object says its namespace, the one that the manifests make."""
    made = {item.name for item in model.of_kind("Namespace")}
    for item in model.objects:
        if item.kind in CLUSTER_WIDE or not is_kubernetes(item):
            continue
        if not item.namespace:
            yield in_object(
                model,
                item,
                ("metadata",),
                f"{item.kind} « {item.name} » sans metadata.namespace : il irait dans l'espace de noms du moment",
                f"y écrire namespace : {nearest('', made)}",
                "namespaces",
            )
        elif made and item.namespace not in made:
            yield in_object(
                model,
                item,
                ("metadata", "namespace"),
                f"espace de noms « {item.namespace} » qu'aucun manifeste ne crée",
                nearest(item.namespace, made),
                "namespaces",
            )


def duplicates(model: Model) -> Iterator[Finding]:
    """No object is described by two manifests; a generated file repeats its example."""
    seen: dict[tuple[str, str, str | None], KubeObject] = {}
    for item in model.objects:
        if item.path in model.settings.model.generated:
            continue
        first = seen.setdefault((item.kind, item.name, item.namespace), item)
        if first is not item:
            yield in_object(
                model,
                item,
                ("metadata", "name"),
                f"{item.kind} « {item.name} » déjà décrit dans {first.path}:{first.line}",
                "retirer l'un des deux",
                "duplicates",
            )


def workload_selectors(model: Model) -> Iterator[Finding]:
    """A workload selects its own pods, no other workload's, and not by what an update changes."""
    for item in model.objects:
        selector = item.at("spec", "selector", "matchLabels", default=None)
        if item.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
            continue
        if not selector:
            yield in_object(
                model,
                item,
                ("spec", "selector"),
                f"{item.kind} « {item.name} » sans sélecteur",
                "ajouter spec.selector.matchLabels",
                "workload_selectors",
            )
            continue
        labels = _pod_labels(item)
        for key, value in selector.items():
            if labels.get(key) != value:
                yield in_object(
                    model,
                    item,
                    ("spec", "selector", "matchLabels", key),
                    f"{item.kind} « {item.name} » : le sélecteur {key}={value} ne désigne pas ses propres pods ({key}={labels.get(key, 'absent')})",
                    "donner la même valeur au sélecteur et à spec.template.metadata.labels",
                    "workload_selectors",
                )
        for other in model.objects:
            if (
                other is not item
                and other.kind in WORKLOADS
                and other.namespace == item.namespace
                and _covers(selector, _pod_labels(other))
            ):
                yield in_object(
                    model,
                    item,
                    ("spec", "selector", "matchLabels"),
                    f"le sélecteur de « {item.name} » désigne aussi les pods de {other.kind} « {other.name} »",
                    "choisir une étiquette propre à chacun",
                    "workload_selectors",
                )
        for key in selector:
            if key.rpartition("/")[2] == "version":
                yield in_object(
                    model,
                    item,
                    ("spec", "selector", "matchLabels", key),
                    f"le sélecteur de « {item.name} » contient une version : il ne peut plus changer, aucune mise à jour ne passerait",
                    "la retirer du sélecteur",
                    "workload_selectors",
                )


def service_selectors(model: Model) -> Iterator[Finding]:
    """A Service leads to the pods of exactly one workload of its namespace."""
    for item in model.of_kind("Service"):
        selector = item.at("spec", "selector", default=None)
        if not selector:
            if item.at("spec", "type", default="ClusterIP") != "ExternalName":
                yield in_object(
                    model,
                    item,
                    ("spec",),
                    f"Service « {item.name} » sans sélecteur : il ne mène à aucun pod",
                    "ajouter spec.selector",
                    "service_selectors",
                )
            continue
        behind = [other for other in model.workloads_behind(item) if other.namespace == item.namespace]
        if not behind:
            terms = ",".join(f"{key}={value}" for key, value in selector.items())
            labels = {
                f"{key}={value}"
                for other in model.objects
                if other.kind in WORKLOADS
                for key, value in _pod_labels(other).items()
            }
            yield in_object(
                model,
                item,
                ("spec", "selector"),
                f"Service « {item.name} » : aucun pod ne porte {terms}",
                nearest(terms, labels),
                "service_selectors",
            )
        elif len(behind) > 1:
            yield in_object(
                model,
                item,
                ("spec", "selector"),
                f"Service « {item.name} » : son sélecteur désigne les pods de {', '.join(other.name for other in behind)}",
                "choisir une étiquette propre à un seul",
                "service_selectors",
            )


def service_ports(model: Model) -> Iterator[Finding]:
    """Every target port is a port of the containers behind the Service, by name or by number."""
    for item in model.of_kind("Service"):
        if item.at("spec", "type", default="ClusterIP") not in SERVICE_TYPES:
            yield in_object(
                model,
                item,
                ("spec", "type"),
                f"Service « {item.name} » de type « {item.at('spec', 'type')} »",
                nearest(str(item.at("spec", "type")), SERVICE_TYPES),
                "service_ports",
            )
        for index, port in enumerate(item.at("spec", "ports", default=[])):
            if not 0 < port.get("port", 0) < 65536:
                yield in_object(
                    model,
                    item,
                    ("spec", "ports", index, "port"),
                    f"Service « {item.name} » : port {port.get('port', 'absent')}",
                    "écrire un port de 1 à 65535",
                    "service_ports",
                )
            target = port.get("targetPort", port.get("port"))
            for workload in model.workloads_behind(item):
                exposed = [known for container in workload.containers for known in container.get("ports") or []]
                found = next(
                    (known for known in exposed if target in (known.get("name"), known.get("containerPort"))), None
                )
                keys = ("spec", "ports", index, "targetPort" if "targetPort" in port else "port")
                if found is None:
                    names = [str(known.get("name") or known.get("containerPort")) for known in exposed]
                    yield in_object(
                        model,
                        item,
                        keys,
                        f"Service « {item.name} » : {workload.kind} « {workload.name} » n'a pas de port « {target} »",
                        nearest(str(target), names),
                        "service_ports",
                    )
                elif found.get("protocol", "TCP") != port.get("protocol", "TCP"):
                    yield in_object(
                        model,
                        item,
                        ("spec", "ports", index, "protocol"),
                        f"Service « {item.name} » : port {port.get('protocol', 'TCP')}, et {found.get('protocol', 'TCP')} dans le conteneur",
                        "écrire le même protocole des deux côtés",
                        "service_ports",
                    )


def node_ports(model: Model) -> Iterator[Finding]:
    """NodePorts are fixed, allowed, unique, and on Services that open them."""
    taken = Counter(
        port.get("nodePort") for item in model.of_kind("Service") for port in item.at("spec", "ports", default=[])
    )
    for item in model.of_kind("Service"):
        kind = item.at("spec", "type", default="ClusterIP")
        for index, port in enumerate(item.at("spec", "ports", default=[])):
            number = port.get("nodePort")
            keys = ("spec", "ports", index, "nodePort")
            if number is None and kind == "NodePort":
                yield in_object(
                    model,
                    item,
                    keys,
                    f"Service « {item.name} » : NodePort tiré au hasard à chaque création",
                    "fixer nodePort, de 30000 à 32767",
                    "node_ports",
                )
            if number is None:
                continue
            if number not in NODE_PORTS:
                yield in_object(
                    model,
                    item,
                    keys,
                    f"NodePort {number} refusé par Kubernetes",
                    "choisir un port de 30000 à 32767",
                    "node_ports",
                )
            if kind not in ("NodePort", "LoadBalancer"):
                yield in_object(
                    model,
                    item,
                    keys,
                    f"nodePort dans un Service de type {kind}",
                    "écrire type: NodePort, ou retirer nodePort",
                    "node_ports",
                )
            if taken[number] > 1:
                yield in_object(
                    model,
                    item,
                    keys,
                    f"NodePort {number} demandé par deux Services",
                    "en choisir un autre",
                    "node_ports",
                )


def container_ports(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A container announces the port that its application listens on, and Services can name it."""
    for container in found:
        ports = container.spec.get("ports") or []
        if container.application is None or container.initial or container.port is None:
            continue
        numbers = [port.get("containerPort") for port in ports]
        if not ports:
            yield in_object(
                model,
                container.item,
                container.keys,
                f"conteneur « {container.name} » sans port annoncé",
                f"annoncer {container.port}",
                "container_ports",
            )
        elif container.port not in numbers:
            yield in_object(
                model,
                container.item,
                (*container.keys, "ports", 0, "containerPort"),
                f"conteneur « {container.name} » : port {numbers[0]} annoncé, et l'application écoute sur {container.port}",
                f"écrire {container.port}",
                "container_ports",
            )


def spread(model: Model) -> Iterator[Finding]:
    """Several replicas are spread over the nodes, and by the labels of their own pods."""
    for item in model.objects:
        if item.kind != "Deployment":
            continue
        keys = pod_keys(item)
        constraints = item.at(*keys, "topologySpreadConstraints", default=None) or []
        affinity = item.at(*keys, "affinity", "podAntiAffinity", default=None)
        if (item.at("spec", "replicas", default=1) or 0) > 1 and not constraints and not affinity:
            yield in_object(
                model,
                item,
                keys,
                f"« {item.name} » : rien ne répartit ses réplicas sur plusieurs nœuds",
                "ajouter topologySpreadConstraints",
                "spread",
            )
        for index, constraint in enumerate(constraints):
            selector = (constraint.get("labelSelector") or {}).get("matchLabels") or {}
            where: tuple[Key, ...] = (*keys, "topologySpreadConstraints", index)
            if not _covers(selector, _pod_labels(item)):
                yield in_object(
                    model,
                    item,
                    (*where, "labelSelector"),
                    f"« {item.name} » : la répartition ne compte pas ses propres pods",
                    "y mettre le sélecteur du Deployment",
                    "spread",
                )
            if constraint.get("whenUnsatisfiable") not in ("ScheduleAnyway", "DoNotSchedule"):
                yield in_object(
                    model,
                    item,
                    (*where, "whenUnsatisfiable"),
                    f"whenUnsatisfiable « {constraint.get('whenUnsatisfiable')} » inconnu",
                    "écrire ScheduleAnyway ou DoNotSchedule",
                    "spread",
                )
            most = max(int(item.at("spec", "replicas", default=1)) - 1, 1)
            if not 1 <= constraint.get("maxSkew", 0) <= most:
                yield in_object(
                    model,
                    item,
                    (*where, "maxSkew"),
                    f"maxSkew {constraint.get('maxSkew')} : ne répartit rien, ou refusé",
                    "écrire maxSkew: 1",
                    "spread",
                )
            if not re.fullmatch(
                r"(topology\.)?kubernetes\.io/(hostname|zone|region)", str(constraint.get("topologyKey"))
            ):
                yield in_object(
                    model,
                    item,
                    (*where, "topologyKey"),
                    f"topologyKey « {constraint.get('topologyKey')} » : aucun nœud ne la porte",
                    "écrire kubernetes.io/hostname",
                    "spread",
                )


def _pod_labels(item: KubeObject) -> dict[str, Any]:
    return dict((item.pod_template.get("metadata") or {}).get("labels") or {})


def _covers(selector: dict[str, Any], labels: dict[str, Any]) -> bool:
    return bool(selector) and selects(",".join(f"{key}={value}" for key, value in selector.items()), labels)
