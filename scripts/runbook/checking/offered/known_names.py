"""All the names that a page may quote, because the repository has them."""

import importlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from runbook.checking.offered.containers import values_of
from runbook.checking.offered.images import built_images
from runbook.checking.offered.model import Model
from runbook.checking.whole import whole

UNREAD = ("txt", "svg", "png", "js", "css", "md", "json")


@dataclass(frozen=True)
class Names:
    """Each kind is read when it is first needed."""

    model: Model

    @cached_property
    def top(self) -> set[str]:
        return {name.split("/", 1)[0] for name in self.model.files}

    @cached_property
    def base_names(self) -> set[str]:
        return {name.rpartition("/")[2] for name in self.model.files}

    @cached_property
    def variables(self) -> set[str]:
        known = {name for application in self.model.applications.values() for name in application.variables}
        known |= {name for service in self.model.services.values() for name in service.get("environment") or {}}
        known |= {key for item in self.model.objects if item.kind in ("ConfigMap", "Secret") for key in values_of(item)}
        return known | {name for image in built_images(self.model).values() for name in image.environment}

    @cached_property
    def objects(self) -> set[str]:
        made = {entry.partition("/")[2] for entry in self.model.settings.model.made_by_commands}
        return {*made, *(item.name for item in self.model.objects)}

    @cached_property
    def own(self) -> set[str]:
        """Names with a prefix of their own that are no Kubernetes objects: what Compose makes, and distributions."""
        project = str(self.model.compose.get("name", ""))
        made = {f"{project}-{name}-1" for name in self.model.services} | {
            image.rpartition(":")[0] for image in self.images
        }
        return made | {name.replace("_", "-") for folder in self.model.folders for name in [folder.rpartition("/")[2]]}

    @cached_property
    def prefixes(self) -> set[str]:
        """What the names of several objects start with."""
        heads = [name.split("-", 1)[0] for name in self.objects if "-" in name]
        return {head for head in heads if heads.count(head) > 1}

    @cached_property
    def images(self) -> set[str]:
        used = {str(spec.get("image")) for item in self.model.objects for spec in item.containers}
        return used | set(built_images(self.model))

    @cached_property
    def ports(self) -> set[int]:
        found = {
            *self.model.local_ports,
            *(port for service in self.model.settings.services.values() for port in service.ports),
        }
        found |= {
            int(port["port"]) for item in self.model.of_kind("Service") for port in item.at("spec", "ports", default=[])
        }
        return found | {
            int(port["containerPort"])
            for item in self.model.objects
            for spec in item.containers
            for port in spec.get("ports") or []
        }

    @cached_property
    def paths_in_containers(self) -> set[str]:
        return {
            str(mount.get("mountPath"))
            for item in self.model.objects
            for spec in item.containers
            for mount in spec.get("volumeMounts") or []
        }

    def in_sources(self, word: str) -> bool:
        """Whether a file that is no page holds this word."""
        return any(whole(word).search(text) for text in self.sources)

    @cached_property
    def sources(self) -> list[str]:
        texts = []
        for name in sorted(self.model.files):
            path = self.model.root / name
            kind = name.rpartition("/")[2].rpartition(".")[2]
            if not name.startswith(("docs/", "tests/", "requirements/")) and kind not in UNREAD and path.is_file():
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
        return texts

    @cached_property
    def verbs(self) -> set[str]:
        """The verbs of this engine."""
        group: Any = importlib.import_module("runbook.cli").commands
        return set(group.commands)
