"""What do the manifests of the recette say that pages repeat?"""

import posixpath
from dataclasses import dataclass
from functools import partial
from typing import Any

from runbook.repository.model import Repository
from runbook.repository.objects import Container, KubeObject
from runbook.repository.yamlfile import Document, items, mapping

from .sources import SourceError, only

_COMPONENT = "app.kubernetes.io/component"


@dataclass(frozen=True, slots=True)
class Probe:
    """An HTTP probe; times in seconds."""

    path: str
    period: int
    timeout: int
    failures: int

    @property
    def patience(self) -> int:
        """The seconds of silence after which the probe is failed."""
        return self.period * self.failures


@dataclass(frozen=True, slots=True)
class Workload:
    """One component: its Deployment, the container in it and the Service before it.

    `environment` is what the container gets, None for a value that only the Secret knows.
    """

    deployment: str
    service: str
    service_type: str
    service_port: int
    node_port: int | None
    port: int
    image: str
    version: str
    replicas: int
    user: int
    cpu_request: str
    memory_request: str
    memory_limit: str
    startup: Probe
    readiness: Probe
    liveness: Probe
    pre_stop: int
    grace: int
    max_surge: int
    max_unavailable: int
    history: int
    environment: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class DescribedObject:
    """One object of the recette and the file that describes it."""

    kind: str
    name: str
    component: str | None
    file: str


@dataclass(frozen=True, slots=True)
class Recette:
    """Everything the pages say about the recette; `secret_given` ends a sentence on how the API gets the Secret."""

    namespace: str
    pod_security: str
    config_map: str
    config: dict[str, str | None]
    secret: str
    secret_given: str
    api: Workload
    front: Workload
    objects: tuple[DescribedObject, ...]


def read_recette(repository: Repository) -> Recette:
    """The objects of the base folder; raises `SourceError` for one that is missing, or a field of it."""
    base, generated = repository.settings.model.base, repository.settings.model.generated
    # What a command makes is described by its committed example.
    found = [one for one in repository.objects if posixpath.dirname(one.path) == base and one.path not in generated]

    def the(kind: str, component: str | None = None) -> KubeObject:
        same = (one for one in found if one.kind == kind and component in (None, _component(one)))
        item: KubeObject = only(same, f"{base}, {kind} {component or ''}".rstrip())
        return item

    def workload(component: str) -> Workload:
        return _workload(repository, the("Deployment", component), the("Service", component))

    namespace, config_map = the("Namespace"), the("ConfigMap")
    return Recette(
        namespace=namespace.name,
        pod_security=_given(namespace, "metadata", "labels", "pod-security.kubernetes.io/enforce"),
        config_map=config_map.name,
        config=config_map.data,
        secret=the("Secret").name,
        secret_given=_secret_given(the("Deployment", "api")),
        api=workload("api"),
        front=workload("front"),
        objects=tuple(
            DescribedObject(one.kind, one.name, _component(one), one.path.removesuffix(".example")) for one in found
        ),
    )


def _given(item: Document, *keys: str | int) -> Any:
    value = item.at(*keys)
    if value is None:
        path = ".".join(map(str, keys))
        raise SourceError(f"{item.path}:{item.line_of(*keys)} : {item} : « {path} » est absent")
    return value


def _component(item: KubeObject) -> str | None:
    return item.labels.get(_COMPONENT)


def _container(deployment: KubeObject) -> Container:
    container: Container = only(deployment.containers(), f"{deployment.path}, conteneurs")
    return container


def _workload(repository: Repository, deployment: KubeObject, service: KubeObject) -> Workload:
    container, pod = _container(deployment), ("spec", "template", "spec")

    own = partial(_given, container)
    return Workload(
        deployment=deployment.name,
        service=service.name,
        service_type=_given(service, "spec", "type"),
        service_port=_given(service, "spec", "ports", 0, "port"),
        node_port=service.at("spec", "ports", 0, "nodePort"),
        port=own("ports", 0, "containerPort"),
        image=container.image,
        version=container.image.rpartition(":")[2],
        replicas=_given(deployment, "spec", "replicas"),
        user=_given(deployment, *pod, "securityContext", "runAsUser"),
        cpu_request=own("resources", "requests", "cpu"),
        memory_request=own("resources", "requests", "memory"),
        memory_limit=own("resources", "limits", "memory"),
        **{
            name: Probe(
                path=own(f"{name}Probe", "httpGet", "path"),
                period=own(f"{name}Probe", "periodSeconds"),
                timeout=own(f"{name}Probe", "timeoutSeconds"),
                failures=own(f"{name}Probe", "failureThreshold"),
            )
            for name in ("startup", "readiness", "liveness")
        },
        pre_stop=own("lifecycle", "preStop", "sleep", "seconds"),
        grace=_given(deployment, *pod, "terminationGracePeriodSeconds"),
        max_surge=_given(deployment, "spec", "strategy", "rollingUpdate", "maxSurge"),
        max_unavailable=_given(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable"),
        history=_given(deployment, "spec", "revisionHistoryLimit"),
        environment=repository.environment(container),
    )


def _secret_given(deployment: KubeObject) -> str:
    """How the container gets the Secret, as the end of a French sentence; raises if it does not."""
    container = _container(deployment).value
    volumes = {one["name"] for one in map(mapping, items(deployment.pod.get("volumes"))) if _holds_secret(one)}
    mounts = map(mapping, items(container.get("volumeMounts")))
    if places := [mount["mountPath"] for mount in mounts if mount["name"] in volumes]:
        return f"monté en lecture seule sous {_listed(places)}"
    variables = map(mapping, items(container.get("env")))
    if names := [one["name"] for one in variables if "secretKeyRef" in mapping(one.get("valueFrom"))]:
        return f"donné par la variable {_listed(names)}"
    raise SourceError(f"{deployment.path} : le conteneur ne reçoit pas le Secret, ni en fichier ni en variable")


def _holds_secret(volume: dict[str, Any]) -> bool:
    sources = items(mapping(volume.get("projected")).get("sources"))
    return "secret" in volume or any("secret" in mapping(source) for source in sources)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
