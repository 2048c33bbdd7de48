"""Does every Kubernetes that is supported, from the oldest to the newest, take every field?"""

import importlib
import importlib.metadata
import json
from collections.abc import Iterator
from typing import Any

import yaml

from runbook.checking.blocks.remembered import Remembered
from runbook.checking.finding import Finding, nearest
from runbook.checking.manifests.links import is_kubernetes
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.offered.places import Key, in_object
from runbook.errors import SettingsError

Fault = tuple[list[str | int], str, str]


def schemas(model: Model) -> Iterator[Finding]:
    """Each object against both schemas, strictly; what was seen once is remembered by content."""
    items = [item for item in model.objects if is_kubernetes(item)]
    if not items:
        return
    supported = _supported(model)
    memory = Remembered(
        model.root / model.settings.state / "cache" / "schemas.json",
        f"{importlib.metadata.version('kubernetes-validate')} {supported}",
    )
    for item in items:
        text = json.dumps(item.document, sort_keys=True, default=str)
        faults = memory.recall(text)
        if faults is None:
            faults = _validate(item, supported)
            memory.learn(text, faults)
        for keys, cause, remedy in faults:
            yield in_object(model, item, tuple(keys), cause, remedy, "schemas")
    memory.write()


def empties(model: Model) -> Iterator[Finding]:
    """No key is left without a value: Kubernetes drops it without a word."""
    for item in model.objects:
        for keys in _empty(item.document, ()):
            yield in_object(
                model,
                item,
                keys,
                f"{item.kind} « {item.name} » : « {keys[-1]} » n'a pas de valeur",
                "la donner, ou retirer la clé",
                "empties",
            )


def _empty(value: Any, keys: tuple[Key, ...]) -> Iterator[tuple[Key, ...]]:
    pairs: list[tuple[Key, Any]] = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, below in pairs:
        if below is None:
            yield (*keys, key)
        yield from _empty(below, (*keys, key))


def _supported(model: Model) -> list[str]:
    """The versions that the settings' file names, oldest first; none for “all those whose schemas are at hand”."""
    path = model.settings.model.kubernetes
    if not path:
        return []
    try:
        listed = yaml.safe_load((model.root / path).read_text(encoding="utf-8"))["kubernetes"]
        return [str(entry["version"]) for entry in listed]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path} : versions de Kubernetes illisibles ({error}) ; y écrire une liste « kubernetes » d'objets « version »"
        ) from None


def _validate(item: KubeObject, supported: list[str]) -> list[Fault]:
    validator: Any = importlib.import_module("kubernetes_validate")  # half a second that a second check does not need
    versions = [it for it in validator.utils.all_versions() if not supported or it.rpartition(".")[0] in supported]
    if not versions:
        return [
            (["apiVersion"], f"aucun schéma de Kubernetes {', '.join(supported)}", "mettre kubernetes-validate à jour")
        ]
    found: list[Fault] = []
    if not item.at("apiVersion"):
        return [(["kind"], f"{item.kind} « {item.name} » sans apiVersion", "ajouter apiVersion en tête du document")]
    for version in (versions[0], versions[-1]):
        short = ".".join(version.split(".")[:2])
        try:
            validator.validate(item.document, version, strict=True)
        except validator.ValidationError as error:
            extra = (
                [str(key) for key in error.instance if key not in error.schema.get("properties", {})]
                if error.validator == "additionalProperties"
                else []
            )
            keys = [*error.path, *extra[:1]]
            cause = f"champ « {extra[0]} » inconnu" if extra else error.message.split("\n")[0]
            remedy = (
                nearest(extra[0], error.schema.get("properties", {}))
                if extra
                else f"corriger {'.'.join(map(str, keys)) or 'le document'}"
            )
            found.append((keys, f"{item.kind} « {item.name} » refusé par Kubernetes {short} : {cause}", remedy))
        except validator.SchemaNotFoundError:
            found.append(
                (
                    ["apiVersion"],
                    f"{item.at('apiVersion')} {item.kind} n'existe pas dans Kubernetes {short}",
                    "corriger apiVersion ou kind",
                )
            )
    return found[:1] if len(found) == 2 and found[0][0] == found[1][0] else found
