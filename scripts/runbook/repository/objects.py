"""The Kubernetes objects that the manifests describe, and the containers of their pods."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from runbook.repository.yamlfile import Document, Keys, items, mapping, text_map

POD_KEYS: dict[str, Keys] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet"), ("spec", "template")),
}
BY_LABELS = ("PodDisruptionBudget", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
SELECTORS: dict[str, Keys] = {  # where an object says which pods it is about
    "Service": ("spec", "selector"),
    "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
    **dict.fromkeys(BY_LABELS, ("spec", "selector", "matchLabels")),
}
# Labels that the cluster itself gives to pods: no manifest has them.
GIVEN = re.compile(r"!?((statefulset|apps|batch)\.kubernetes\.io/|(job-name|pod-template-hash|controller-\w+)\b)")


class KubeObject(Document):
    """One object of one manifest."""

    @cached_property
    def kind(self) -> str:
        return str(self.at("kind"))

    @cached_property
    def name(self) -> str:
        return str(self.at("metadata", "name", default=""))

    @cached_property
    def namespace(self) -> str | None:
        name = self.at("metadata", "namespace")
        return None if name is None else str(name)

    @cached_property
    def selector(self) -> str:
        """The pods that it is about, as kubectl's `-l` takes them; empty for none, or for more than labels."""
        keys = SELECTORS.get(self.kind)
        return terms(self.at(*keys)) if keys else ""

    @cached_property
    def labels(self) -> dict[str, str]:
        return text_map(self.at("metadata", "labels"))

    @property
    def pod_keys(self) -> Keys | None:
        """Where the pod of a workload is described; None for another kind."""
        return POD_KEYS.get(self.kind)

    @cached_property
    def pod_labels(self) -> dict[str, str]:
        """The labels of its pods; empty for another kind than a workload."""
        keys = self.pod_keys
        return {} if keys is None else text_map(self.at(*keys, "metadata", "labels"))

    @property
    def pod(self) -> dict[str, Any]:
        """The `spec` of its pods."""
        keys = self.pod_keys
        return {} if keys is None else self.map(*keys, "spec")

    def containers(self) -> Iterator["Container"]:
        """Its containers, those of initialisation first."""
        for part in ("initContainers", "containers"):
            for index, spec in enumerate(items(self.pod.get(part))):
                line, node = self.place(*(self.pod_keys or ()), "spec", part, index)
                yield Container(self.path, line, mapping(spec), node, owner=self)

    @property
    def data(self) -> dict[str, str | None]:
        """Key → value of a ConfigMap; the values of a Secret are not looked at."""
        if self.kind == "Secret":
            return dict.fromkeys({**mapping(self.at("data")), **mapping(self.at("stringData"))})
        return {**text_map(self.at("data")), **text_map(self.at("binaryData"))}

    def __str__(self) -> str:
        return f"{self.kind} « {self.name} »"


@dataclass(frozen=True, eq=False)
class Container(Document):
    """One container of the pods of `owner`."""

    owner: KubeObject = field(kw_only=True)

    @property
    def image(self) -> str:
        return str(self.at("image", default=""))

    @property
    def name(self) -> str:
        return str(self.at("name", default=""))

    def __str__(self) -> str:
        return f"{self.owner}, conteneur « {self.name} »"

    @property
    def ports(self) -> dict[str, int]:
        """Port, by its number and by its name if it has one."""
        known = [one for one in self.maps("ports") if isinstance(one.get("containerPort"), int)]
        keys = ("containerPort", "name")
        return {str(one[key]): one["containerPort"] for one in known for key in keys if one.get(key)}


def objects_in(documents: list[Document]) -> list[KubeObject]:
    """The objects among these documents; those of a List one by one."""
    return [part for document in documents for part in _parts(document)]


def _parts(document: Document) -> Iterator[KubeObject]:
    if document.at("kind") == "List" and document.at("items"):
        for item in items(document.at("items")):
            yield from _parts(Document(document.path, document.line, item))
    elif "kind" in mapping(document.value):
        yield KubeObject(document.path, document.line, document.value, document.node)


def terms(labels: Any) -> str:
    """The labels as a selector; empty for none."""
    return ",".join(f"{key}={value}" for key, value in text_map(labels).items())


def selects(selector: str, labels: dict[str, str]) -> bool:
    """Whether a label selector as kubectl's `-l` takes it holds for these labels."""
    return all(GIVEN.match(one) or _holds(one, labels) for one in re.split(r"\s*,(?![^(]*\))\s*", selector.strip()))


def _holds(term: str, labels: dict[str, str]) -> bool:
    if found := re.fullmatch(r"(\S+)\s+(in|notin)\s+\(([^)]*)\)", term):
        return (labels.get(found[1]) in [*map(str.strip, found[3].split(","))]) is (found[2] == "in")
    key, operator, value = re.split(r"(==|!=|=|$)", term, maxsplit=1)
    if operator:
        return (labels.get(key.strip()) == value.strip()) is (operator != "!=")
    return key[1:] not in labels if key.startswith("!") else not key or key in labels
