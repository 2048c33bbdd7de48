"""The kinds of Kubernetes objects and their fields, as `scripts/grammars` read them from a cluster's API."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from runbook.repository.objects import KubeObject
from runbook.rules.jsonpaths import ANYWHERE, ELEMENT

ALL = ("Pod", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Job", "CronJob")  # `kubectl get all`
# Objects that controllers make: their kind → the kinds that they are named after.
MADE_BY = {
    "Pod": ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet"),
    "ReplicaSet": ("Deployment",),
    "Job": ("CronJob",),
    "EndpointSlice": ("Service",),
    "ControllerRevision": ("StatefulSet", "DaemonSet"),
    "PersistentVolumeClaim": ("StatefulSet",),
}
NUMBERED = ("StatefulSet", "CronJob")  # of these kinds, that name and a number


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object: its name, its group, whether it lives in a namespace."""

    name: str
    group: str
    namespaced: bool


@cache
def _data() -> Any:
    return json.loads((Path(__file__).parent / "commands" / "kubernetes.json").read_text(encoding="utf-8"))


@cache
def kinds() -> dict[str, Kind]:
    """Each way that kubectl takes to name a kind, in lower case → the kind."""
    found: dict[str, Kind] = {}
    for name, told in _data()["kinds"].items():
        kind = Kind(name, told["group"], told["namespaced"])
        for text in told["names"]:
            found[text] = kind
            found[f"{text}.{kind.group}"] = kind
    return found


def is_own(item: KubeObject) -> bool:
    """Whether Kubernetes itself has this kind in this group; custom ones are not judged."""
    known = kinds().get(item.kind.lower())
    return known is not None and known.group == str(item.at("apiVersion")).rpartition("/")[0]


def wrong_field(kind: str, path: Sequence[str]) -> tuple[str, Iterator[str]] | None:
    """The first step of `path` that objects of this kind do not have, and those that they have; None if all is well."""
    types, here = _data()["types"], kind
    for step in path:
        listed, here = here.startswith("["), here.removeprefix("[")
        if listed and step == ELEMENT:
            continue
        fields = types.get(here) if here else {}
        if fields is None or step in (ELEMENT, ANYWHERE, "*"):
            return None  # a map with free keys, a field that is not described, or any depth
        if step not in fields:
            return step, iter(fields)
        here = fields[step]
    return None
