"""Do ConfigMaps, Secrets and the code speak of the same variables, with values that it takes?"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.compose_values import environment
from runbook.checking.offered.containers import Container, mounted_files, pod_keys, values_of
from runbook.checking.offered.images import built_images
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.offered.places import Key, in_object

_HANDED_ON = re.compile(r"\$\{?\w+\}?")  # the host's own value, if it has one
SENSITIVE = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|PRIVATE_KEY")


def references(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Every ConfigMap, Secret, key, volume and mounted file that a container names exists."""
    for container in found:
        for index, source in enumerate(container.spec.get("envFrom") or []):
            for kind, reference in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if reference in source:
                    yield from _existing(
                        model,
                        container,
                        kind,
                        source[reference],
                        "name",
                        (*container.keys, "envFrom", index, reference, "name"),
                    )
        for index, variable in enumerate(container.spec.get("env") or []):
            for kind, reference in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                source = (variable.get("valueFrom") or {}).get(reference)
                if source:
                    keys = (*container.keys, "env", index, "valueFrom", reference)
                    yield from _existing(
                        model, container, kind, source, "name", (*keys, "name"), source.get("key"), (*keys, "key")
                    )
        yield from _mounts(model, container)
        yield from _file_variables(model, container)


def accounts(model: Model) -> Iterator[Finding]:
    """The service account of a pod is one that a manifest describes, or the namespace's own."""
    known = {item.name for item in model.of_kind("ServiceAccount")}
    for item in model.objects:
        name = (item.pod_template.get("spec") or {}).get("serviceAccountName")
        if name is not None and name not in {*known, "default"}:
            yield in_object(
                model,
                item,
                (*pod_keys(item), "serviceAccountName"),
                f"compte de service « {name} » qu'aucun manifeste ne décrit : aucun pod ne serait créé",
                nearest(str(name), {*known, "default"}),
                "accounts",
            )


def volumes(model: Model) -> Iterator[Finding]:
    """Every volume is of an object that exists, and mounted."""
    for item in model.objects:
        pod = item.pod_template.get("spec") or {}
        mounted = {mount.get("name") for spec in item.containers for mount in spec.get("volumeMounts") or []}
        for index, volume in enumerate(pod.get("volumes") or []):
            where: tuple[Key, ...] = (*pod_keys(item), "volumes", index)
            for kind, part, named in (("Secret", "secret", "secretName"), ("ConfigMap", "configMap", "name")):
                source = volume.get(part)
                if source and not source.get("optional"):
                    yield from _existing_in(model, item, kind, source, named, (*where, part, named))
                    given = model.object_named(kind, str(source.get(named)), item.namespace)
                    for number, entry in enumerate((source.get("items") or []) if given else []):
                        if given and entry.get("key") not in values_of(given):
                            yield _missing_key(
                                model, item, given, str(entry.get("key")), (*where, part, "items", number, "key")
                            )
            if volume.get("name") not in mounted:
                yield in_object(
                    model,
                    item,
                    (*where, "name"),
                    f"volume « {volume.get('name')} » qu'aucun conteneur ne monte",
                    nearest(str(volume.get("name")), map(str, mounted)),
                    "volumes",
                )
            mode = (volume.get("secret") or {}).get("defaultMode", 0o644)
            group = (pod.get("securityContext") or {}).get("fsGroup")
            if mode > 0o777:
                yield in_object(
                    model,
                    item,
                    (*where, "secret", "defaultMode"),
                    f"mode {mode:o} impossible",
                    "écrire defaultMode: 0440",
                    "volumes",
                )
            elif volume.get("secret") and mode & 0o133:
                yield in_object(
                    model,
                    item,
                    (*where, "secret", "defaultMode"),
                    f"secret en mode {mode:04o}, que d'autres pourraient modifier ou lancer",
                    "écrire defaultMode: 0440, avec son zéro : sans lui le nombre est décimal",
                    "volumes",
                )
            elif volume.get("secret") and mode & 0o007:
                yield in_object(
                    model,
                    item,
                    (*where, "secret", "defaultMode"),
                    f"secret lisible par tous dans le conteneur (mode {mode:04o})",
                    "écrire defaultMode: 0440",
                    "volumes",
                )
            elif volume.get("secret") and group is None:
                yield in_object(
                    model,
                    item,
                    (*where, "secret"),
                    f"secret en mode {mode:04o} sans fsGroup : l'application ne pourrait pas le lire",
                    "ajouter securityContext.fsGroup",
                    "volumes",
                )
            elif volume.get("secret") and not mode & 0o040:
                yield in_object(
                    model,
                    item,
                    (*where, "secret", "defaultMode"),
                    f"secret illisible par le groupe de l'application (mode {mode:04o})",
                    "écrire defaultMode: 0440",
                    "volumes",
                )


def keys_read(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Every key of a ConfigMap or Secret is read by a container that gets it, and not in both."""
    for item in model.objects:
        if item.kind not in ("ConfigMap", "Secret") or not values_of(item):
            continue
        readers = [container for container in found if gets(model, container, item)]
        applications = [model.applications[container.application] for container in readers if container.application]
        if not readers:
            if model.settings.model.applications:
                yield in_object(
                    model,
                    item,
                    ("metadata", "name"),
                    f"{item.kind} « {item.name} » qu'aucun pod ne lit",
                    "le retirer, ou le donner à un conteneur",
                    "keys_read",
                )
            continue
        for key in values_of(item):
            read = {name for application in applications for name in application.variables}
            if applications and key not in read and not _read_otherwise(model, readers, item, key):
                yield in_object(
                    model,
                    item,
                    place_of(item, key),
                    f"clé « {key} » de {item.kind} « {item.name} » que personne ne lit",
                    nearest(key, read),
                    "keys_read",
                )
            if item.kind == "ConfigMap" and SENSITIVE.search(key):
                yield in_object(
                    model,
                    item,
                    place_of(item, key),
                    f"« {key} » a sa place dans un Secret, pas dans une ConfigMap",
                    "le déplacer",
                    "keys_read",
                )


def given_in_compose(model: Model, found: list[Container]) -> Iterator[Finding]:
    """What Compose fixes for an application, the manifests fix too; a default that leads to localhost is replaced."""
    fixed = {image.application: environment(model.services[image.service]) for image in built_images(model).values()}
    for container in found:
        if container.application is None or container.initial:
            continue
        variables = model.applications[container.application].variables
        local = {name for name, default in variables.items() if re.match(r"https?://(localhost|127\.)", default or "")}
        wanted = {
            name
            for name, value in fixed.get(container.application, {}).items()
            if value is not None and not _HANDED_ON.fullmatch(value)
        } | local
        for name in sorted(wanted - set(container.environment)):
            yield in_object(
                model,
                container.item,
                (*container.keys, "name"),
                f"« {container.item.name} » ne reçoit pas « {name} », que l'application lit et que Compose fixe, ou dont le défaut ne vaut que sur un poste",
                "l'ajouter à une ConfigMap que ce conteneur lit",
                "given_in_compose",
            )


def _existing(
    model: Model,
    container: Container,
    kind: str,
    source: dict[str, Any],
    named: str,
    keys: tuple[Key, ...],
    key: str | None = None,
    key_keys: tuple[Key, ...] = (),
) -> Iterator[Finding]:
    if source.get("optional"):
        return
    yield from _existing_in(model, container.item, kind, source, named, keys)
    given = model.object_named(kind, str(source.get(named)), container.item.namespace)
    if given is not None and key is not None and key not in values_of(given):
        yield _missing_key(model, container.item, given, key, key_keys)


def _existing_in(
    model: Model, item: KubeObject, kind: str, source: dict[str, Any], named: str, keys: tuple[Key, ...]
) -> Iterator[Finding]:
    name = str(source.get(named))
    if (
        model.object_named(kind, name, item.namespace) is None
        and f"{kind}/{name}".lower() not in model.settings.model.made_by_commands
    ):
        yield in_object(
            model,
            item,
            keys,
            f"{kind} « {name} » qu'aucun manifeste ne décrit : le pod ne démarrerait pas",
            f"{nearest(name, (other.name for other in model.of_kind(kind)))} ; si une commande le crée, le déclarer dans [tool.runbook.model] made_by_commands",
            "references",
        )


def _missing_key(model: Model, item: KubeObject, given: KubeObject, key: str, keys: tuple[Key, ...]) -> Finding:
    return in_object(
        model,
        item,
        keys,
        f"clé « {key} » absente de {given.kind} « {given.name} »",
        nearest(key, values_of(given)),
        "references",
    )


def _mounts(model: Model, container: Container) -> Iterator[Finding]:
    pod = container.item.pod_template.get("spec") or {}
    described = {str(volume.get("name")): volume for volume in pod.get("volumes") or []}
    for index, mount in enumerate(container.spec.get("volumeMounts") or []):
        where = (*container.keys, "volumeMounts", index)
        name = str(mount.get("name"))
        if name not in described:
            yield in_object(
                model,
                container.item,
                (*where, "name"),
                f"volume « {name} » que le pod ne décrit pas",
                nearest(name, described),
                "references",
            )
        elif "secret" in described[name] and mount.get("readOnly") is not True:
            yield in_object(
                model,
                container.item,
                (*where,),
                f"secret « {name} » monté en écriture",
                "ajouter readOnly: true",
                "references",
            )


def _file_variables(model: Model, container: Container) -> Iterator[Finding]:
    """A variable whose name ends in `_FILE` holds the path of a mounted key."""
    files = mounted_files(model, container)
    for index, variable in enumerate(container.spec.get("env") or []):
        name, value = str(variable.get("name")), variable.get("value")
        if (
            name.endswith("_FILE")
            and value
            and posixpath.isabs(str(value))
            and value not in files
            and container.application
        ):
            yield in_object(
                model,
                container.item,
                (*container.keys, "env", index, "value"),
                f"{name} = « {value} » : aucun volume n'y met de fichier",
                nearest(str(value), files),
                "references",
            )


def gets(model: Model, container: Container, given: KubeObject) -> bool:
    """Whether the container gets this ConfigMap or Secret, or a key of it."""
    if container.item.namespace != given.namespace:
        return False
    reference = {"ConfigMap": "configMapRef", "Secret": "secretRef"}[given.kind]
    key_reference = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}[given.kind]
    sources = [source[reference].get("name") for source in container.spec.get("envFrom") or [] if reference in source]
    sources += [
        variable["valueFrom"][key_reference].get("name")
        for variable in container.spec.get("env") or []
        if key_reference in (variable.get("valueFrom") or {})
    ]
    return given.name in sources or any(
        item.name == given.name and item.kind == given.kind for item, _ in mounted_files(model, container).values()
    )


def _read_otherwise(model: Model, readers: list[Container], given: KubeObject, key: str) -> bool:
    """Whether a reader names the key, or the file that it becomes."""
    for container in readers:
        paths = {
            path
            for path, (item, name) in mounted_files(model, container).items()
            if name == key and (item.kind, item.name) == (given.kind, given.name)
        }
        for variable in container.spec.get("env") or []:
            if variable.get("value") in paths:
                return True
            if any(
                isinstance(source, dict) and source.get("key") == key
                for source in (variable.get("valueFrom") or {}).values()
            ):
                return True
    return False


def place_of(item: KubeObject, key: str) -> tuple[Key, ...]:
    """Where a key of a ConfigMap or Secret stands in it."""
    return ("data" if key in (item.at("data", default=None) or {}) else "stringData", key)
