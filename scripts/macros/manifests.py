"""What do the Kubernetes manifests say?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .container_inputs import pause_before_stop, secret_given, secret_variables, variables
from .sources import SourceError, dig, only, read_yaml


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
    """One component: its Deployment, the container in it and the Service before it."""

    deployment: str
    service: str
    service_type: str
    service_port: int
    node_port: int | None
    container: str
    port: int
    image: str
    repository: str
    version: str
    replicas: int
    selector: str
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
    environment: dict[str, str]
    secret_variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KubernetesObject:
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
    config: dict[str, str]
    secret: str
    secret_given: str
    api: Workload
    front: Workload
    objects: tuple[KubernetesObject, ...]


# git ignores k8s/secret.yaml; its committed shape has this name.
_SHAPE = "secret.yaml.example"
_IGNORED = "secret.yaml"
_COMPONENT = "app.kubernetes.io/component"


def read_recette(folder: Path) -> Recette:
    """Read the manifests of `folder`; raises `SourceError` if one of them is missing."""
    described = list(_described(folder))

    def the(kind: str, component: str | None = None) -> tuple[Any, str]:
        found: tuple[Any, str] = only(
            (
                (document, file)
                for document, file in described
                if document["kind"] == kind and (component is None or _component(document) == component)
            ),
            f"{folder}, {kind} {component or ''}".rstrip(),
        )
        return found

    namespace, namespace_file = the("Namespace")
    config_map, config_file = the("ConfigMap")
    secret, secret_file = the("Secret")
    deployment, deployment_file = the("Deployment", "api")
    config = {name: str(value) for name, value in dig(config_map, "data", source=config_file).items()}

    def workload(component: str) -> Workload:
        return _workload(*the("Deployment", component), *the("Service", component), config)

    return Recette(
        namespace=dig(namespace, "metadata", "name", source=namespace_file),
        pod_security=dig(
            namespace,
            "metadata",
            "labels",
            "pod-security.kubernetes.io/enforce",
            source=namespace_file,
        ),
        config_map=dig(config_map, "metadata", "name", source=config_file),
        config=config,
        secret=dig(secret, "metadata", "name", source=secret_file),
        secret_given=secret_given(dig(deployment, "spec", "template", "spec", source=deployment_file), deployment_file),
        api=workload("api"),
        front=workload("front"),
        objects=tuple(
            KubernetesObject(
                kind=document["kind"],
                name=dig(document, "metadata", "name", source=file),
                component=_component(document),
                file=file,
            )
            for document, file in described
        ),
    )


def _described(folder: Path) -> Any:
    files = sorted(path for path in folder.glob("*.yaml") if path.name != _IGNORED)
    if not files:
        raise SourceError(f"{folder} : aucun manifeste ; les faits de la recette y sont lus")
    for path in [*files, folder / _SHAPE]:
        for document in read_yaml(path):
            name = _IGNORED if path.name == _SHAPE else path.name
            yield document, f"{folder.name}/{name}"


def _component(document: Any) -> str | None:
    labels = document.get("metadata", {}).get("labels", {})
    component = labels.get(_COMPONENT)
    return None if component is None else str(component)


def _workload(deployment: Any, file: str, service: Any, service_file: str, config: dict[str, str]) -> Workload:
    spec = dig(deployment, "spec", source=file)
    pod = dig(spec, "template", "spec", source=file)
    container = dig(pod, "containers", 0, source=file)
    port = dig(service, "spec", "ports", 0, source=service_file)
    image = dig(container, "image", source=file)
    repository, _, version = image.rpartition(":")
    selector = dig(spec, "selector", "matchLabels", source=file)
    rolling = dig(spec, "strategy", "rollingUpdate", source=file)
    return Workload(
        deployment=dig(deployment, "metadata", "name", source=file),
        service=dig(service, "metadata", "name", source=service_file),
        service_type=dig(service, "spec", "type", source=service_file),
        service_port=dig(port, "port", source=service_file),
        node_port=port.get("nodePort"),
        container=dig(container, "name", source=file),
        port=dig(container, "ports", 0, "containerPort", source=file),
        image=image,
        repository=repository,
        version=version,
        replicas=dig(spec, "replicas", source=file),
        selector=",".join(f"{name}={value}" for name, value in selector.items()),
        user=dig(pod, "securityContext", "runAsUser", source=file),
        cpu_request=dig(container, "resources", "requests", "cpu", source=file),
        memory_request=dig(container, "resources", "requests", "memory", source=file),
        memory_limit=dig(container, "resources", "limits", "memory", source=file),
        startup=_probe(container, "startupProbe", file),
        readiness=_probe(container, "readinessProbe", file),
        liveness=_probe(container, "livenessProbe", file),
        pre_stop=pause_before_stop(container, file),
        grace=dig(pod, "terminationGracePeriodSeconds", source=file),
        max_surge=dig(rolling, "maxSurge", source=file),
        max_unavailable=dig(rolling, "maxUnavailable", source=file),
        history=dig(spec, "revisionHistoryLimit", source=file),
        environment=variables(container, config),
        secret_variables=secret_variables(container),
    )


def _probe(container: Any, name: str, file: str) -> Probe:
    probe = dig(container, name, source=file)
    return Probe(
        path=dig(probe, "httpGet", "path", source=file),
        period=dig(probe, "periodSeconds", source=file),
        timeout=dig(probe, "timeoutSeconds", source=file),
        failures=dig(probe, "failureThreshold", source=file),
    )
