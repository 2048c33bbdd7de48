"""The kinds of Kubernetes objects, and the fields of each, as the API of the cluster at hand describes them."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

OWN_GROUP = re.compile(r"(?:|apps|batch|autoscaling|policy|(?:[\w-]+\.)?(?!metrics\b|gateway\b)[\w-]+\.k8s\.io)")
ROOT = re.compile(r"io\.k8s\.(?:api|apimachinery|kube-aggregator|apiextensions-apiserver)\.")


def kubernetes() -> dict[str, Any]:
    """`kinds`: names and short names, whether they live in a namespace; `types`: type → field → its type."""
    document = json.loads(_kubectl("get", "--raw", "/openapi/v2"))
    return {
        "version": document["info"]["version"],
        "kinds": dict(_kinds(_kubectl("api-resources", "--no-headers"))),
        "types": {
            _short(name): {field: _type(spec) for field, spec in definition["properties"].items()}
            for name, definition in sorted(document["definitions"].items(), key=lambda item: _age(item[0]))
            if ROOT.match(name) and "properties" in definition
        },
    }


def _kubectl(*words: str) -> str:
    return subprocess.run(["kubectl", *words], capture_output=True, text=True, check=True, timeout=60).stdout


def _kinds(table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: set[str] = set()
    for line in table.splitlines():
        name, *short, version, namespaced, kind = line.split()
        group = version.rpartition("/")[0]
        if OWN_GROUP.fullmatch(group) and kind not in seen:  # Event is in two groups: the first is the one meant
            seen.add(kind)
            names = [name, kind.lower(), *(short[0].split(",") if short else ())]
            yield kind, {"names": sorted(set(names)), "group": group, "namespaced": namespaced == "true"}


def _age(name: str) -> tuple[bool, bool, str]:
    """Stable versions last, those of the core after them: of two types of one short name the last is kept."""
    return re.search(r"\.v\d+\.", name) is not None, ".core.v1." in name, name


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _type(spec: dict[str, Any]) -> str:
    """The type below: `[` before that of a list's items, `*` for a map with free keys, `?` for what is free."""
    if "$ref" in spec:
        below = _short(spec["$ref"])
        return "" if below in ("IntOrString", "Quantity", "Time", "MicroTime", "Duration") else below
    if spec.get("type") == "array":
        return "[" + _type(spec.get("items", {}))
    if spec.get("type") == "object":
        return "*"
    return "" if "type" in spec else "?"
