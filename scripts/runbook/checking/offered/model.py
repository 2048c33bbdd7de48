"""What the repository really offers: the model against which pages are resolved."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from runbook.checking.offered.applications import Application, Heard, read_applications
from runbook.checking.offered.objects import KIND_OF, LOADER, WORKLOADS, KubeObject, read_objects, selects
from runbook.checking.offered.repeated_keys import repeated_keys
from runbook.reading.listed import listed_files
from runbook.settings import FILE, Settings

SITE_FOLDERS = re.compile(r"^(site_dir|docs_dir):\s*['\"]?([\w./-]+)", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Model:
    """Files, Kubernetes objects, Compose services, applications and who provides each variable.

    `faults` are the sources that could not be read: path, line, cause.  `files` are relative POSIX
    paths that git knows or would add, and those that `generated` patterns of the settings announce.
    """

    root: Path
    settings: Settings
    files: frozenset[str]
    objects: tuple[KubeObject, ...]
    compose: dict[str, Any]
    applications: dict[str, Application]
    faults: tuple[tuple[str, int, str], ...]

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, "." included."""
        found = {"."}
        for folder in self.files_in:
            parts = folder.split("/")
            found.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        return frozenset(found)

    @cached_property
    def files_in(self) -> dict[str, list[str]]:
        """Folder → the files that it holds itself, in the order of their names."""
        found: dict[str, list[str]] = {}
        for name in sorted(self.files):
            found.setdefault(name.rpartition("/")[0] or ".", []).append(name)
        return found

    @cached_property
    def project(self) -> dict[str, Any]:
        """What pyproject.toml says; nothing where there is none, or none that can be read."""
        path = self.root / FILE
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    @cached_property
    def site_folders(self) -> dict[str, str]:
        """MkDocs' `docs_dir` and `site_dir`."""
        path = self.root / self.settings.site
        written = dict(SITE_FOLDERS.findall(path.read_text(encoding="utf-8"))) if path.is_file() else {}
        return {"site_dir": "site", "docs_dir": "docs", **written}

    @cached_property
    def heard(self) -> Heard:
        """What the applications answered to those who asked them."""
        return Heard()

    @cached_property
    def code_folders(self) -> tuple[str, ...]:
        """The folders that the applications are imported from, each with its slash."""
        return tuple(f"{folder}/" for source in self.settings.model.applications.values() for folder in source.path)

    @cached_property
    def code(self) -> dict[str, str]:
        """Path → text of each Python file in the folders of the applications, in the order of the paths."""
        names = [name for name in sorted(self.files) if name.startswith(self.code_folders) and name.endswith(".py")]
        return {
            name: (self.root / name).read_text(encoding="utf-8", errors="replace")
            for name in names
            if (self.root / name).is_file()
        }

    @cached_property
    def templates(self) -> dict[str, str]:
        """The same of each template."""
        names = [name for name in sorted(self.files) if name.startswith(self.code_folders) and "/templates/" in name]
        return {
            name: (self.root / name).read_text(encoding="utf-8", errors="replace")
            for name in names
            if (self.root / name).is_file()
        }

    @cached_property
    def services(self) -> dict[str, dict[str, Any]]:
        """Compose service → its definition; one without any is left out."""
        services = self.compose.get("services")
        return (
            {name: definition for name, definition in services.items() if isinstance(definition, dict)}
            if isinstance(services, dict)
            else {}
        )

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that manifests make or use, and the cluster's own."""
        made = {item.name for item in self.objects if item.kind == "Namespace"}
        return frozenset(
            {*made, *(item.namespace for item in self.objects if item.namespace), "default", "kube-system"}
        )

    @cached_property
    def local_ports(self) -> dict[int, str]:
        """Port that a documented `localhost:PORT` may use → the application that answers there.

        From the applications' own ports, Compose's published ports and the cluster's NodePorts.
        """
        ports = {port: name for name, application in self.applications.items() for port in application.ports}
        for name, service in self.services.items():
            for port in service.get("ports") or []:
                published = port.get("published") if isinstance(port, dict) else str(port).split(":")[-2]
                ports[int(str(published))] = name
        for item in self.of_kind("Service"):
            for port in item.at("spec", "ports", default=[]):
                if port.get("nodePort"):
                    ports[int(port["nodePort"])] = self.application_behind(item) or item.name
        return ports

    def of_kind(self, kind: str) -> Iterator[KubeObject]:
        """The objects of this kind, named as kubectl takes it or as manifests write it."""
        wanted = KIND_OF.get(kind.lower(), kind)
        return (item for item in self.objects if item.kind == wanted)

    def object_named(self, kind: str, name: str, namespace: str | None = None) -> KubeObject | None:
        """That object, in `namespace` if given."""
        return next(
            (item for item in self.of_kind(kind) if item.name == name and namespace in (None, item.namespace)), None
        )

    def workloads_behind(self, service: KubeObject) -> list[KubeObject]:
        """The workloads whose pods a Service selects."""
        selector = service.at("spec", "selector", default=None) or {}
        terms = ",".join(f"{key}={value}" for key, value in selector.items())
        return [
            item
            for item in self.objects
            if item.kind in WORKLOADS
            and terms
            and selects(terms, item.pod_template.get("metadata", {}).get("labels") or item.labels)
        ]

    def application_behind(self, service: KubeObject) -> str | None:
        """The application that answers for a Service: the one whose port its pods listen on."""
        for workload in self.workloads_behind(service):
            for container in workload.containers:
                for port in container.get("ports") or []:
                    for name, application in self.applications.items():
                        if port.get("containerPort") in application.ports:
                            return name
        return None


def read_model(root: Path, settings: Settings, files: frozenset[str] | None = None) -> Model:
    """Read everything once; SettingsError if an application cannot even be imported.

    `files` are those of the model if they are known already.
    """
    source = settings.model
    paths = sorted({path for pattern in source.manifests for path in root.glob(pattern)})
    objects, faults = read_objects(root, paths)
    compose: dict[str, Any] = {}
    if source.compose and (root / source.compose).exists():
        try:
            text = (root / source.compose).read_text(encoding="utf-8")
            compose = yaml.load(text, LOADER) or {}  # noqa: S506 — it is a safe one
            faults += tuple((source.compose, line, cause) for line, cause in repeated_keys(yaml.compose(text, LOADER)))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            faults += (
                (source.compose, mark.line + 1 if mark else 1, f"YAML illisible : {getattr(error, 'problem', error)}"),
            )
    return Model(
        root,
        settings,
        _offered(root, settings) if files is None else files,
        objects,
        compose,
        read_applications(root, source.applications),
        faults,
    )


def _offered(root: Path, settings: Settings) -> frozenset[str]:
    return listed_files(root, settings).union(settings.model.generated)
