"""The Kubernetes objects that the repository offers, from its manifests."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from runbook.checking.offered.repeated_keys import repeated_keys

# The safe loader; libyaml's, ten times as fast, where PyYAML has it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What kubectl accepts for a kind: singular, plural and short names, all in lower case.
KINDS: dict[str, tuple[str, ...]] = {
    "Namespace": ("namespace", "namespaces", "ns"),
    "ConfigMap": ("configmap", "configmaps", "cm"),
    "Secret": ("secret", "secrets"),
    "Service": ("service", "services", "svc"),
    "Deployment": ("deployment", "deployments", "deploy", "deployment.apps", "deployments.apps"),
    "ReplicaSet": ("replicaset", "replicasets", "rs"),
    "Pod": ("pod", "pods", "po"),
    "Job": ("job", "jobs"),
    "CronJob": ("cronjob", "cronjobs", "cj"),
    "StatefulSet": ("statefulset", "statefulsets", "sts"),
    "DaemonSet": ("daemonset", "daemonsets", "ds"),
    "Ingress": ("ingress", "ingresses", "ing"),
    "NetworkPolicy": ("networkpolicy", "networkpolicies", "netpol"),
    "HorizontalPodAutoscaler": ("horizontalpodautoscaler", "horizontalpodautoscalers", "hpa"),
    "PodDisruptionBudget": ("poddisruptionbudget", "poddisruptionbudgets", "pdb"),
    "ServiceAccount": ("serviceaccount", "serviceaccounts", "sa"),
    "Event": ("event", "events", "ev"),
    "Node": ("node", "nodes", "no"),
    "Endpoints": ("endpoints", "endpoint", "ep"),
    "PersistentVolumeClaim": ("persistentvolumeclaim", "persistentvolumeclaims", "pvc"),
}
KIND_OF = {alias: kind for kind, aliases in KINDS.items() for alias in aliases}
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod")


@dataclass(frozen=True, slots=True)
class KubeObject:
    """One object of one manifest; `line` is where its document starts in the file `path`."""

    kind: str
    name: str
    namespace: str | None
    labels: dict[str, str]
    document: dict[str, Any]
    path: str
    line: int

    def at(self, *keys: str | int, default: Any = None) -> Any:
        """The value under these keys, `default` where one is missing."""
        value: Any = self.document
        for key in keys:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return default
        return value

    @property
    def pod_template(self) -> dict[str, Any]:
        """The pod that a workload makes, or the Pod itself; empty for other kinds."""
        if self.kind == "Pod":
            return self.document
        if self.kind == "CronJob":
            return dict(self.at("spec", "jobTemplate", "spec", "template", default={}))
        return dict(self.at("spec", "template", default={})) if self.kind in WORKLOADS else {}

    @property
    def containers(self) -> list[dict[str, Any]]:
        """Its containers, those of initialisation first."""
        spec = self.pod_template.get("spec") or {}
        return [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]

    def line_of(self, text: str, root: Path) -> int:
        """The first line of this object's document that holds `text`, or its first line."""
        lines = (root / self.path).read_text(encoding="utf-8").splitlines()
        for index in range(self.line - 1, len(lines)):
            if index >= self.line and lines[index].startswith("---"):
                break
            if text in lines[index]:
                return index + 1
        return self.line


def read_objects(root: Path, paths: Iterable[Path]) -> tuple[tuple[KubeObject, ...], tuple[tuple[str, int, str], ...]]:
    """The objects of these files, and for what cannot be read: path, line and cause."""
    objects: list[KubeObject] = []
    faults: list[tuple[str, int, str]] = []
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            for repeated, item in _described(path.read_text(encoding="utf-8"), name):
                objects += [item] if item else []
                faults += [(name, line, cause) for line, cause in repeated]
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            faults.append((name, mark.line + 1 if mark else 1, f"YAML illisible : {getattr(error, 'problem', error)}"))
    return tuple(objects), tuple(faults)


def objects_in(text: str, path: str) -> Iterator[KubeObject]:
    """The objects of a YAML text, which stands in the file `path`; YAMLError if it is none."""
    return (item for _, item in _described(text, path) if item is not None)


def _described(text: str, path: str) -> Iterator[tuple[list[tuple[int, str]], KubeObject | None]]:
    """The keys that each document of a YAML text repeats, and the object that it describes, if it does."""
    loader = LOADER(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                continue
            repeated = list(repeated_keys(node))  # before `<<` is replaced by what it merges
            document = loader.construct_document(node)
            item = None
            if isinstance(document, dict) and "kind" in document:
                metadata = _mapping(document.get("metadata"))
                item = KubeObject(
                    kind=str(document["kind"]),
                    name=str(metadata.get("name", "")),
                    namespace=metadata.get("namespace"),
                    labels={str(key): str(value) for key, value in _mapping(metadata.get("labels")).items()},
                    document=document,
                    path=path,
                    line=node.start_mark.line + 1,
                )
            yield repeated, item
    finally:
        loader.dispose()


def _mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping; the schemas say what is wrong with another."""
    return value if isinstance(value, dict) else {}


def selects(selector: str, labels: dict[str, str]) -> bool:
    """Whether a label selector as kubectl's `-l` takes it holds for these labels."""
    for term in re.split(r",(?![^(]*\))", selector):
        text = term.strip()
        found = re.fullmatch(r"(\S+)\s+(in|notin)\s+\(([^)]*)\)", text)
        if found:
            values = {value.strip() for value in found[3].split(",")}
            if (labels.get(found[1]) in values) is (found[2] == "notin"):
                return False
        elif "!=" in text:
            key, _, value = text.partition("!=")
            if labels.get(key.strip()) == value.strip():
                return False
        elif "=" in text:
            key, _, value = text.partition("=")
            if labels.get(key.strip()) != value.lstrip("=").strip():
                return False
        elif text.startswith("!"):
            if text[1:] in labels:
                return False
        elif text and text not in labels:
            return False
    return True
