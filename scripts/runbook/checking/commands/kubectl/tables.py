"""What kubectl itself knows: its verbs and options, the kinds of objects, their fields."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runbook.checking.finding import nearest

LISTED_BY_ALL = (
    "Pod",
    "Service",
    "DaemonSet",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "CronJob",
    "Job",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of objects; `namespaced` if each of them lives in a namespace, `served` the versions of its group in Kubernetes 1.20."""

    name: str
    plural: str
    group: str
    namespaced: bool
    served: frozenset[str]


@cache
def options() -> dict[str, str]:
    """Each verb → its own options and those that any verb takes; groups like `rollout` are there too."""
    table = _table("options.txt")
    common = table.pop("*")
    return {verb: f"{own.replace(' + ', ' ').removeprefix('+ ')} {common}" for verb, own in table.items()}


@cache
def common_options() -> str:
    """The options that any verb takes."""
    return _table("options.txt")["*"]


@cache
def verbs() -> frozenset[str]:
    """The first word of every verb."""
    return frozenset(verb.split()[0] for verb in options())


@cache
def verbs_below(verb: str) -> frozenset[str]:
    """The words that may follow `verb` to make a longer one: `status`, `restart`… below `rollout`."""
    depth = len(verb.split())
    return frozenset(other.split()[depth] for other in options() if other.startswith(f"{verb} "))


@cache
def kinds() -> dict[str, Kind]:
    """Every way to write a kind, in lower case → the kind."""
    known: dict[str, Kind] = {}
    for name, text in _table("kinds.txt").items():
        words = text.split()
        group = next((word[1:-1] for word in words if word.startswith("(")), "")
        names = [name.lower(), *(word for word in words if word != "cluster" and not word.startswith(("(", "@")))]
        kind = Kind(
            name, names[1], group, "cluster" not in words, frozenset(word[1:] for word in words if word.startswith("@"))
        )
        for alias in names:
            known[alias] = kind
        known |= {f"{alias}.{group}": kind for alias in names[:2] if group}
        known |= {
            f"{alias}.{version}.{group}": kind for alias in names[:2] for version in ("v1", "v1beta1", "v2") if group
        }
    return known


@cache
def kind_named(name: str) -> Kind:
    """The kind that manifests call `name`."""
    return kinds()[name.lower()]


@cache
def fields() -> dict[str, dict[str, str]]:
    """Each type → its fields → the type of each: "" a plain value, `[…` a list, `*` free keys, `?` anything."""
    return {name: {field.removesuffix("+"): kind for field, kind in found} for name, found in _fields().items()}


def _fields() -> dict[str, list[tuple[str, str]]]:
    return {
        name: [(field, kind) for field, _, kind in (item.partition(":") for item in text.split())]
        for name, text in _table("fields.txt").items()
    }


def nearest_kind(name: str) -> str:
    """A hint at the kind that `name` was meant to be."""
    hint = nearest(name.lower(), [alias for alias in kinds() if "." not in alias])
    return hint if hint.startswith("vouliez") else "« kubectl api-resources » les donne"


def _table(name: str) -> dict[str, str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return {
        key: text.strip()
        for key, _, text in (line.partition(":") for line in lines if line and not line.startswith("#"))
    }
