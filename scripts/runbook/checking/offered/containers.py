"""The containers of every workload: what they run, with which variables, on which port."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runbook.checking.offered.images import Image, application_of, built_images
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import WORKLOADS, KubeObject
from runbook.checking.offered.places import Key

POD_SPEC: dict[str, tuple[str, ...]] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}


@dataclass(frozen=True, slots=True)
class Container:
    """One container; `keys` lead to it in its object's document.

    `application` is None where its command is not an application's.  `environment` maps each
    variable that it gets to its value, None for one that only the cluster knows.
    """

    item: KubeObject
    keys: tuple[Key, ...]
    spec: dict[str, Any]
    initial: bool
    image: Image | None
    application: str | None
    environment: dict[str, str | None]

    @property
    def name(self) -> str:
        return str(self.spec.get("name", ""))

    @property
    def port(self) -> int | None:
        """The port that its application listens on."""
        text = self.environment.get("PORT")
        if text is not None and text.isdecimal():
            return int(text)
        return self.image.port if self.image else None


def pod_keys(item: KubeObject) -> tuple[str, ...]:
    """Where the pod of a workload is described."""
    return POD_SPEC.get(item.kind, ("spec", "template", "spec"))


def containers(model: Model) -> list[Container]:
    """Every container of every manifest."""
    images = built_images(model)
    return [found for item in model.objects if item.kind in WORKLOADS for found in _of(model, item, images)]


def _of(model: Model, item: KubeObject, images: dict[str, Image]) -> Iterator[Container]:
    pod = item.pod_template.get("spec") or {}
    for part in ("initContainers", "containers"):
        for index, spec in enumerate(pod.get(part) or []):
            image = images.get(str(spec.get("image")))
            command = " ".join(map(str, [*(spec.get("command") or []), *(spec.get("args") or [])]))
            application = application_of(model, command) if command else image.application if image else None
            yield Container(
                item=item,
                keys=(*pod_keys(item), part, index),
                spec=spec,
                initial=part == "initContainers",
                image=image,
                application=application,
                environment=_environment(model, item, spec),
            )


def _environment(model: Model, item: KubeObject, spec: dict[str, Any]) -> dict[str, str | None]:
    environment: dict[str, str | None] = {}
    for source in spec.get("envFrom") or []:
        prefix = source.get("prefix", "")
        for kind, reference in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            if reference in source:
                given = model.object_named(kind, str(source[reference].get("name")), item.namespace)
                environment |= {prefix + key: value for key, value in (values_of(given) if given else {}).items()}
    for variable in spec.get("env") or []:
        value = variable.get("value")
        environment[str(variable.get("name"))] = None if value is None and "valueFrom" in variable else str(value or "")
    return environment


def values_of(item: KubeObject) -> dict[str, str | None]:
    """Key → value of a ConfigMap; the values of a Secret are not looked at."""
    if item.kind == "Secret":
        return dict.fromkeys([*(item.at("data", default=None) or {}), *(item.at("stringData", default=None) or {})])
    return {str(key): str(value) for key, value in (item.at("data", default=None) or {}).items()}


def mounted_files(model: Model, container: Container) -> dict[str, tuple[KubeObject, str]]:
    """Path in the container → the object and the key that a volume makes appear there."""
    pod = container.item.pod_template.get("spec") or {}
    volumes = {str(volume.get("name")): volume for volume in pod.get("volumes") or []}
    files = {}
    for mount in container.spec.get("volumeMounts") or []:
        volume = volumes.get(str(mount.get("name")), {})
        for kind, part, named in (("Secret", "secret", "secretName"), ("ConfigMap", "configMap", "name")):
            source = volume.get(part)
            given = model.object_named(kind, str(source.get(named)), container.item.namespace) if source else None
            if given is None:
                continue
            items = {entry["key"]: entry["path"] for entry in source.get("items") or []} or {
                key: key for key in values_of(given)
            }
            for key, path in items.items():
                if mount.get("subPath") in (None, path):
                    where = mount["mountPath"] if mount.get("subPath") else posixpath.join(mount["mountPath"], path)
                    files[where] = (given, key)
    return files
