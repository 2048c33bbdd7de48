"""Operators on YAML: Kubernetes manifests and Compose files, one scalar or one probe at a time."""

from collections.abc import Callable, Iterator

import yaml

from runbook.mutating.mutant import Mutant, replaced

Keys = tuple[str, ...]
Change = Callable[[str], str]

PROBES = ("readinessProbe", "livenessProbe", "startupProbe", "healthcheck")
WELL_KNOWN = (
    "app.kubernetes.io/",
    "pod-security.kubernetes.io/",
)  # read by Kubernetes and its tools, whoever else selects by them
FLIPPED = {"true": "false", "false": "true"}


def mutants(path: str, text: str, observed: Callable[[str], bool]) -> Iterator[Mutant]:
    """Every mutant of a YAML file; `observed(name)` tells whether anything else speaks of a name or label."""
    for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
        if isinstance(document, yaml.MappingNode):
            yield from _mapping(path, text, document, (), observed)


def _mapping(
    path: str, text: str, node: yaml.MappingNode, keys: Keys, observed: Callable[[str], bool]
) -> Iterator[Mutant]:
    for key, value in node.value:
        below = (*keys, str(key.value))
        if key.value in PROBES:
            start = text.rfind("\n", 0, key.start_mark.index) + 1
            end = text.rfind("\n", 0, value.end_mark.index) + 1
            cadence = key.value == "healthcheck" and not {"test", "disable"} & {
                str(name.value) for name, _ in getattr(value, "value", ())
            }
            inert = (
                "le contrôle de santé est celui de l'image : ces lignes n'en changent que la cadence" if cadence else ""
            )
            yield replaced("probe-removed", path, text, start, max(end, start), "", inert)
        if _is_data(keys):
            yield replaced("key-renamed", path, text, key.start_mark.index, key.end_mark.index, f"{key.value}_X")
        yield from _value(path, text, value, below, observed)


def _value(path: str, text: str, value: yaml.Node, keys: Keys, observed: Callable[[str], bool]) -> Iterator[Mutant]:
    if isinstance(value, yaml.MappingNode):
        yield from _mapping(path, text, value, keys, observed)
    elif isinstance(value, yaml.SequenceNode):
        for index, item in enumerate(value.value):
            yield from _value(path, text, item, (*keys, str(index)), observed)
    elif isinstance(value, yaml.ScalarNode):
        for operator, change in OPERATORS:
            applies = WHERE[operator]
            if applies(keys, value.value):
                inert = ""
                if operator == "label-changed" and not keys[-1].startswith(WELL_KNOWN) and not observed(keys[-1]):
                    inert = f"aucun sélecteur, aucune page ne nomme le label {keys[-1]}"
                new = change(value.value)
                quoted = f'"{new}"' if value.style == '"' else f"'{new}'" if value.style == "'" else new
                yield replaced(operator, path, text, value.start_mark.index, value.end_mark.index, quoted, inert)


def _is_data(keys: Keys) -> bool:
    return keys in (("data",), ("stringData",)) or (keys[-1:] == ("environment",) and "services" in keys)


def _number(keys: Keys, value: str) -> bool:
    return keys[-1] in ("port", "containerPort", "targetPort", "nodePort", "published", "target") and value.isdecimal()


def _bumped(value: str) -> str:
    return str(int(value) + 1)


def _lower(value: str) -> str:
    return "1Mi" if value.endswith("Mi") else "1m"


OPERATORS: tuple[tuple[str, Change], ...] = (
    ("name-changed", lambda value: f"{value}-x"),
    ("namespace-changed", lambda value: f"{value}-x"),
    ("label-changed", lambda value: f"{value}-x"),
    ("port-changed", _bumped),
    ("port-name-changed", lambda value: f"{value}x"),
    ("path-changed", lambda value: f"{value}x"),
    ("replica-removed", lambda value: str(int(value) - 1)),
    ("image-renamed", lambda value: value.replace(":", "-x:", 1)),
    ("image-tag-changed", lambda value: value.rpartition(":")[0] + ":0.0.9"),
    ("limit-lowered", _lower),
    ("security-flipped", lambda value: FLIPPED[value]),
    ("capability-kept", lambda _: "CHOWN"),
    ("seccomp-unconfined", lambda _: "Unconfined"),
    ("reference-changed", lambda value: f"{value}-x"),
    ("condition-changed", lambda _: "service_started"),
    ("url-changed", lambda value: value.replace("://", "://x-", 1)),
    ("build-changed", lambda value: f"{value}-x"),
)
WHERE: dict[str, Callable[[Keys, str], bool]] = {
    "name-changed": lambda keys, value: keys == ("metadata", "name"),
    "namespace-changed": lambda keys, value: keys[-1] == "namespace" and keys[0] == "metadata",
    "label-changed": lambda keys, value: keys[-2:-1] in (("labels",), ("matchLabels",), ("selector",)),
    "port-changed": _number,
    "port-name-changed": lambda keys, value: keys[-1] in ("port", "targetPort") and not value.isdecimal(),
    "path-changed": lambda keys, value: keys[-2:] == ("httpGet", "path"),
    "replica-removed": lambda keys, value: keys[-1] == "replicas" and value.isdecimal(),
    "image-renamed": lambda keys, value: keys[-1] == "image" and ":" in value,
    "image-tag-changed": lambda keys, value: keys[-1] == "image" and ":" in value,
    "limit-lowered": lambda keys, value: "limits" in keys and value[-1:] in "im",
    "security-flipped": lambda keys, value: (
        value in FLIPPED and ("securityContext" in keys or keys[-1] in ("read_only", "automountServiceAccountToken"))
    ),
    "capability-kept": lambda keys, value: value == "ALL",
    "seccomp-unconfined": lambda keys, value: value == "RuntimeDefault",
    "reference-changed": lambda keys, value: (
        keys[-1] in ("secretName", "mountPath") or keys[-2:] == ("configMapRef", "name")
    ),
    "condition-changed": lambda keys, value: value == "service_healthy",
    "url-changed": lambda keys, value: value.startswith("http"),
    "build-changed": lambda keys, value: keys[-1] in ("context", "dockerfile"),
}
