"""The repository as one model: what there is to name, and what leads to what."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from posixpath import basename, dirname

from runbook.errors import Problem
from runbook.reading.state import listed_files
from runbook.repository.applications import Application, read_application
from runbook.repository.compose import NAMES, Compose, Service
from runbook.repository.dockerfiles import Dockerfile, read_dockerfile
from runbook.repository.objects import Container, KubeObject, objects_in, selects
from runbook.repository.yamlfile import Document, read_documents, under
from runbook.settings import Settings

_KNOWN: ContextVar["Repository | None"] = ContextVar("_KNOWN", default=None)
SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


@dataclass(frozen=True, eq=False)
class Repository:
    """Files, Kubernetes objects, Compose services, images and applications.

    `files` are relative POSIX paths that git knows or would add, and those that the settings announce as
    generated; `faults` are what is wrong with the YAML itself.
    """

    root: Path
    settings: Settings
    files: frozenset[str]
    objects: tuple[KubeObject, ...]
    compose: Compose
    applications: dict[str, Application]
    faults: tuple[Problem, ...] = ()

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, "." included."""
        found = {"."}
        for name in self.files:
            while (name := dirname(name)) and name not in found:
                found.add(name)
        return frozenset(found)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Last part of a path → the files and folders that are called so."""
        return self._grouped(basename)

    @cached_property
    def in_folder(self) -> dict[str, list[str]]:
        """Folder → the files and folders that it holds itself."""
        return self._grouped(dirname)

    def _grouped(self, part: Callable[[str], str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted((self.files | self.folders) - {"."}):
            found[part(path) or "."].append(path)
        return found

    def holds(self, path: str) -> bool:
        """Whether this is one of its files or folders."""
        return path in self.files or path in self.folders

    def beside(self, path: str) -> list[str]:
        """What the folder of this path holds."""
        return self.in_folder.get(dirname(path) or ".", [])

    @cached_property
    def dockerfiles(self) -> dict[str, Dockerfile]:
        """Path → each Dockerfile that a Compose service is built from, where it exists."""
        paths = sorted({service.dockerfile for service in self.compose.services.values() if service.build})
        return {path: read_dockerfile(self.root / path, path) for path in paths if (self.root / path).is_file()}

    def dockerfile_of(self, one: Service | Container) -> Dockerfile | None:
        """The Dockerfile that a service is built from, or a container's image, where it is here."""
        service = self.built.get(one.image) if isinstance(one, Container) else one
        return self.dockerfiles.get(service.dockerfile) if service and service.build else None

    @cached_property
    def built(self) -> dict[str, Service]:
        """Image with its tag → the Compose service that builds it."""
        return {
            service.image or f"{self.compose.project}-{service.name}": service
            for service in self.compose.services.values()
            if service.build
        }

    @cached_property
    def local_ports(self) -> dict[int, str]:
        """Port of this machine → the application or service that answers there, whichever the target."""
        ports = {port: name for name, application in self.applications.items() for port in application.ports}
        return {**ports, **self.compose_ports, **self.node_ports()}

    @cached_property
    def compose_ports(self) -> dict[int, str]:
        """Port that Compose publishes → the application behind it, or the name of its service."""
        ports = ((port.host, service) for service in self.compose.services.values() for port in service.ports)
        return {host: (self.application_of(one) or one).name for host, one in ports if host is not None}

    def node_ports(self, applied: Collection[str] = ()) -> dict[int, str]:
        """Port that each node of the cluster opens → the application behind it, or the name of its Service.

        Of the files and folders that were `applied`, if that is known.
        """
        given = {*applied}
        return {port: name for port, path, name in self._on_nodes if not given or given & {path, dirname(path) or "."}}

    @cached_property
    def _on_nodes(self) -> list[tuple[int, str, str]]:
        ports = [(port.get("nodePort"), one) for one in self.of_kind("Service") for port in one.maps("spec", "ports")]
        known = [(port, one) for port, one in ports if isinstance(port, int)]
        return [(port, one.path, (self.application_behind(one) or one).name) for port, one in known]

    def listening(self, one: Service | Container) -> set[int]:
        """The ports that it listens on: the one given as `PORT`, else those of its image and of its application."""
        given, image, application = self.environment(one).get("PORT"), self.dockerfile_of(one), self.application_of(one)
        if given and given.isdecimal():
            return {int(given)}
        return {*(image.exposed if image else ()), *(application.ports if application else ())}

    def text(self, path: str) -> str:
        """The text of a file; empty for one that is not there."""
        full = self.root / path
        return full.read_text(encoding="utf-8", errors="replace") if full.is_file() else ""

    def of_kind(self, *kinds: str) -> Iterator[KubeObject]:
        """The objects of these kinds."""
        return (item for item in self.objects if item.kind in kinds)

    def object_named(self, kind: str, name: str, namespace: str | None = None) -> KubeObject | None:
        """The object of this kind and name, in this namespace where both say one."""
        same = (item for item in self.of_kind(kind) if item.name == name)
        return next((item for item in same if namespace is None or item.namespace in (None, namespace)), None)

    def containers(self) -> Iterator[Container]:
        """Every container of every manifest."""
        return (container for item in self.objects for container in item.containers())

    def pods_behind(self, service: KubeObject) -> list[KubeObject]:
        """The workloads whose pods a Service, or a NetworkPolicy, selects."""
        near = (item for item in self.objects if item.pod_keys is not None and same_place(item, service))
        return [item for item in near if service.selector and selects(service.selector, item.pod_labels)]

    def opened(self, pod: KubeObject) -> Iterator[str]:
        """The ports that its containers announce, and those that variables `…PORT` give them; none of a silent one."""
        for container in (one for one in pod.containers() if one.ports):
            yield from container.ports
            image = self.dockerfile_of(container)
            given = {**(image.environment if image else {}), **self.environment(container)}
            yield from (value for name, value in given.items() if value and name.endswith("PORT"))

    def application_behind(self, service: KubeObject) -> Application | None:
        """The application that answers for a Service."""
        containers = (one for item in self.pods_behind(service) for one in item.containers())
        return next(filter(None, map(self.application_of, containers)), None)

    def application_of(self, one: Service | Container) -> Application | None:
        """The application that it runs: the one whose module its command, or its image's, names."""
        told = [one.at("command"), one.at("args")]
        words = [str(word) for part in told for word in (part if isinstance(part, list) else [part])]
        image = None if isinstance(one, Container) and one.at("command") else self.dockerfile_of(one)
        for command in (" ".join(words), image.command if image else ""):
            for name, source in self.settings.model.applications.items():
                module = source.factory.partition(":")[0]
                if re.search(rf"(?<![\w.]){re.escape(module)}(?![\w.])", command):
                    return self.applications[name]
        return None

    def environment(self, one: Service | Container) -> dict[str, str | None]:
        """The variables that it gets; None for a value that only the cluster, or who starts Compose, knows."""
        if isinstance(one, Service):
            return one.environment
        found: dict[str, str | None] = {}
        for source in one.maps("envFrom"):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                name = under(source, key, "name")
                given = self.object_named(kind, str(name), one.owner.namespace) if name else None
                if given is not None:
                    found |= {f"{source.get('prefix', '')}{key}": value for key, value in given.data.items()}
        for variable in one.maps("env"):
            value = variable.get("value")
            found[str(variable.get("name"))] = None if "valueFrom" in variable else str("" if value is None else value)
        return found


def same_place(one: KubeObject, other: KubeObject) -> bool:
    """Whether two objects may stand in one namespace."""
    return None in (one.namespace, other.namespace) or one.namespace == other.namespace


@contextmanager
def read_once(root: Path, settings: Settings) -> Iterator[None]:
    """In here, and in a fork made here, whoever reads this repository gets the one read now: macros, and the check."""
    token = _KNOWN.set(read_repository(root, settings))
    try:
        yield
    finally:
        _KNOWN.reset(token)


def read_repository(root: Path, settings: Settings) -> Repository:
    """Read everything once; SettingsError if an application cannot even be imported."""
    known = _KNOWN.get()
    if known is not None and (known.root, known.settings) == (root, settings):
        return known
    source = settings.model
    listed = listed_files(root, settings).union(source.generated)
    documents: list[Document] = []
    faults: list[Problem] = []
    for path in sorted({path for pattern in source.manifests for path in root.glob(pattern) if path.is_file()}):
        read, wrong = read_documents(path, path.relative_to(root).as_posix())
        documents += read
        faults += wrong
    name = source.compose or next((name for name in NAMES if name in listed), "")
    compose = Compose("", 1, {})
    if name:
        read, wrong = read_documents(root / name, name)
        faults += wrong
        compose = Compose(name, 1, *((read[0].value, read[0].node) if read else ({},)))
    applications = {name: read_application(root, name, one) for name, one in source.applications.items()}
    return Repository(root, settings, listed, tuple(objects_in(documents)), compose, applications, tuple(faults))
