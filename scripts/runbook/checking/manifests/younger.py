"""Does Kubernetes 1.20, the oldest that the tables of kubectl describe, have every kind and field? It drops in silence those that it does not know."""

from collections.abc import Iterator
from typing import Any

from runbook.checking.commands.kubectl.tables import fields, kinds, younger_fields
from runbook.checking.finding import Finding
from runbook.checking.manifests.links import is_kubernetes
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import Key, in_object

RULE = "younger"
OLDEST = "1.20"


def younger(model: Model) -> Iterator[Finding]:
    """Each object: its version of the API, then its fields, by the types that the API gives them."""
    for item in model.objects:
        kind = kinds().get(item.kind.lower())
        if kind is None or not is_kubernetes(item):
            continue
        group, _, version = str(item.at("apiVersion")).rpartition("/")
        if group == kind.group and version not in kind.served:
            yield in_object(
                model,
                item,
                ("apiVersion",),
                f"{item.kind} « {item.name} » : Kubernetes {OLDEST} n'a pas {item.at('apiVersion')}",
                f"versions qu'il a : {', '.join(sorted(kind.served))}",
                RULE,
            )
        for keys in _younger(item.document, kind.name, ()):
            yield in_object(
                model,
                item,
                keys,
                f"{item.kind} « {item.name} » : Kubernetes {OLDEST} n'a pas le champ « {keys[-1]} », et l'ignorerait sans un mot",
                "s'en passer, ou écrire autrement la même chose",
                RULE,
            )


def _younger(value: Any, kind: str, keys: tuple[Key, ...]) -> Iterator[tuple[Key, ...]]:
    """The places of the fields that came later; what is below one of them came with it."""
    for field, below in value.items() if isinstance(value, dict) else ():
        if field in younger_fields().get(kind, ()):
            yield (*keys, field)
            continue
        type_below = fields().get(kind, {}).get(field, "")
        if type_below.startswith("[") and isinstance(below, list):
            for index, entry in enumerate(below):
                yield from _younger(entry, type_below[1:], (*keys, field, index))
        else:
            yield from _younger(below, type_below, (*keys, field))
