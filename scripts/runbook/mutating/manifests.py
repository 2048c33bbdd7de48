"""Operators on YAML: Kubernetes manifests and Compose files, one scalar or one key at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import yaml

from runbook.mutating.mutant import Mutant, replaced

Keys = tuple[str, ...]
Unseen = Callable[[str, Keys, str], str]  # kind of an object, keys and text of a scalar → why nobody sees it change
PORTS = ("port", "containerPort", "targetPort", "nodePort", "published", "target")
POD_SECURITY = ("runAsNonRoot", "allowPrivilegeEscalation")


@dataclass(frozen=True, slots=True)
class Operator:
    """`applies` to the scalar under some keys, and `change` makes another of it."""

    name: str
    applies: Callable[[Keys, str], bool]
    change: Callable[[str], str] = lambda value: f"{value}-x"


OPERATORS = (
    Operator("name-changed", lambda keys, _: keys == ("metadata", "name")),
    Operator("namespace-changed", lambda keys, _: keys[-1] == "namespace" and keys[0] == "metadata"),
    Operator("label-changed", lambda keys, _: keys[-2:-1] in (("labels",), ("matchLabels",), ("selector",))),
    Operator("port-changed", lambda keys, value: keys[-1] in PORTS and value.isdecimal(), lambda v: str(int(v) + 1)),
    Operator("port-name-changed", lambda keys, value: keys[-1] in PORTS[:3] and value.isalpha()),
    Operator("path-changed", lambda keys, _: keys[-2:] == ("httpGet", "path"), lambda value: f"{value}x"),
    Operator("image-renamed", lambda keys, v: keys[-1] == "image" and ":" in v, lambda v: v.replace(":", "-x:", 1)),
    Operator("limit-lowered", lambda keys, value: "limits" in keys and value[-1:] in "im", lambda _: "1Mi"),
    Operator(
        "security-dropped", lambda keys, value: keys[-1] in POD_SECURITY, lambda v: {"true": "false"}.get(v, "true")
    ),
    Operator("capability-kept", lambda keys, value: value == "ALL" and "containers" in keys, lambda _: "CHOWN"),
    Operator("seccomp-unconfined", lambda _, value: value == "RuntimeDefault", lambda _: "Unconfined"),
    Operator(
        "reference-changed",
        lambda keys, _: keys[-1] in ("secretName", "claimName") or keys[-2:] == ("configMapRef", "name"),
    ),
    Operator("url-changed", lambda _, v: v.startswith("http"), lambda v: v.replace("://", "://x-", 1)),
    Operator("build-changed", lambda keys, _: keys[-1] in ("context", "dockerfile")),
)


def mutants(path: str, text: str, inert: Unseen) -> Iterator[Mutant]:
    """Every mutant of a YAML file; `inert` says which of them nobody would see."""
    for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
        if document is not None:
            pairs = document.value if isinstance(document, yaml.MappingNode) else []
            kind = next((value.value for key, value in pairs if key.value == "kind"), "")
            yield from _node(path, text, document, (), partial(inert, kind))


def _node(path: str, text: str, node: yaml.Node, keys: Keys, inert: Callable[[Keys, str], str]) -> Iterator[Mutant]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if keys in (("data",), ("stringData",)) or (keys[-1:] == ("environment",) and "services" in keys):
                new = f"{key.value}_X"
                yield replaced("key-renamed", path, text, key.start_mark.index, key.end_mark.index, new)
            yield from _node(path, text, value, (*keys, str(key.value)), inert)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _node(path, text, item, (*keys, str(index)), inert)
    elif isinstance(node, yaml.ScalarNode) and keys:
        for operator in OPERATORS:
            if operator.applies(keys, node.value):
                quote = node.style if node.style in ("'", '"') else ""
                new, why = f"{quote}{operator.change(node.value)}{quote}", inert(keys, node.value)
                yield replaced(operator.name, path, text, node.start_mark.index, node.end_mark.index, new, why)
