"""What the cluster holds at each point of a page: what its prerequisites and its own commands made or deleted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self

from runbook.checking.blocks.words import UNKNOWN
from runbook.checking.offered.objects import WORKLOADS, KubeObject

SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
# Objects that controllers make: their kind → the kinds that they are named after.
MADE_BY = {
    "Pod": (*(kind for kind in WORKLOADS if kind != "Pod"), "ReplicaSet"),
    "ReplicaSet": ("Deployment",),
    "Job": ("CronJob",),
    "EndpointSlice": ("Service",),
    "ControllerRevision": ("StatefulSet", "DaemonSet"),
}


@dataclass(slots=True)
class Cluster:
    """`objects` are all that may be named, `live` the kinds and names that exist now: none where a page starts alone.

    `namespace` is the one that the page made the current one, `pending` what a dry run wrote for the next command,
    `missing_images` maps workloads to the image that a command gave them and that nothing built, `images_given` are the
    workloads that a command gave one at all, `leaving` what was deleted without waiting for its end.
    """

    objects: list[KubeObject]
    live: set[tuple[str, str]] = field(default_factory=set)
    namespace: str = "default"
    pending: list[KubeObject] = field(default_factory=list)
    missing_images: dict[tuple[str, str], str] = field(default_factory=dict)
    images_given: set[tuple[str, str]] = field(default_factory=set)
    leaving: set[tuple[str, str]] = field(default_factory=set)

    def inherit(self, before: Iterable[Self]) -> None:
        """What the pages before this one left is there."""
        for cluster in before:
            self.live |= cluster.live
            self.objects += [item for item in cluster.objects if item not in self.objects]

    def make(self, items: Iterable[KubeObject], namespace: str) -> None:
        """These objects exist from now on; those that name no namespace live in `namespace`."""
        for item in items:
            self.live.add((item.kind, item.name))
            self.missing_images.pop((item.kind, item.name), None)
            if not any(
                known.kind == item.kind and known.name == item.name and known.namespace == item.namespace
                for known in self.objects
            ):
                self.objects.append(item if item.namespace else replace(item, namespace=namespace))

    def delete(self, items: Iterable[KubeObject]) -> None:
        """These objects are gone, and with a namespace all that lives in it."""
        for item in items:
            self.live.discard((item.kind, item.name))
            if item.kind == "Namespace":
                self.live -= {(other.kind, other.name) for other in self.objects if other.namespace == item.name}

    def is_live(self, item: KubeObject) -> bool:
        """Whether this object exists now."""
        return (item.kind, item.name) in self.live

    def has_namespace(self, name: str) -> bool:
        """Whether this namespace exists now."""
        return name in SYSTEM_NAMESPACES or any(could_be(name, live) for kind, live in self.live if kind == "Namespace")

    def namespaces(self) -> set[str]:
        """Every namespace that may be named."""
        return {*SYSTEM_NAMESPACES, *(item.name for item in self.objects if item.kind == "Namespace")}

    def owners(self, kind: str, name: str | None = None) -> Iterator[KubeObject]:
        """The objects of this kind, and those whose controllers make some; with `name` only where it can be theirs."""
        makers = MADE_BY.get(kind, ())
        for item in self.objects:
            exact = item.kind == kind or (kind == "Endpoints" and item.kind == "Service")
            if (exact and (name is None or could_be(name, item.name))) or (
                item.kind in makers and (name is None or starts_with(name, f"{item.name}-"))
            ):
                yield item


def could_be(text: str, name: str) -> bool:
    """Whether `text`, in which `…` stands for anything, can be `name`."""
    if UNKNOWN not in text:
        return text == name
    return re.fullmatch(".*".join(map(re.escape, text.split(UNKNOWN))), name) is not None


def starts_with(text: str, prefix: str) -> bool:
    """Whether `text`, in which `…` stands for anything, can start with `prefix` and go on."""
    head, separator, _ = text.partition(UNKNOWN)
    return (head.startswith(prefix) and (bool(separator) or len(head) > len(prefix))) or (
        bool(separator) and prefix.startswith(head)
    )
