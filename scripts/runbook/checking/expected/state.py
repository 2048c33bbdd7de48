"""What the commands of a page have changed, as far as expected results depend on it."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.offered.containers import Container
from runbook.checking.offered.images import Image
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KIND_OF, KubeObject

DONE = {
    "rollout restart": ("restarted",),
    "rollout undo": ("rolled back", "skipped rollback"),
    "rollout status": ("successfully rolled out",),
    "rollout pause": ("paused",),
    "rollout resume": ("resumed",),
    "scale": ("scaled",),
    "set image": ("image updated",),
    "set env": ("env updated",),
    "set resources": ("resource requirements updated",),
    "apply": ("created", "configured", "unchanged", "serverside-applied"),
    "create": ("created",),
    "run": ("created",),
    "delete": ("deleted", "force deleted"),
    "patch": ("patched", "patched (no change)"),
    "label": ("labeled", "unlabeled", "not labeled"),
    "annotate": ("annotated",),
    "wait": ("condition met",),
    "expose": ("exposed",),
}
VALUED = (
    "-n",
    "--namespace",
    "-l",
    "--selector",
    "-o",
    "--output",
    "-f",
    "--filename",
    "-c",
    "--container",
    "--context",
    "--sort-by",
    "--field-selector",
    "-L",
    "--label-columns",
    "--for",
    "--timeout",
    "--type",
    "-p",
    "--patch",
)
COMPOSE_VALUED = (
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--progress",
    "--ansi",
)
PLAIN_VERBS = {"top pods": "top pod", "top po": "top pod", "top nodes": "top node", "top no": "top node"}
DOCKER_GROUPS = ("buildx", "container", "context", "image", "network", "system", "volume")
DOCKER_FORMS = {
    "container ls": "docker ps", "container ps": "docker ps", "container list": "docker ps", "image ls": "docker images", "image list": "docker images",
    "container logs": "docker logs", "container stats": "docker stats", "container top": "docker top", "image history": "docker history", "buildx build": "docker build",
    "system info": "docker info", "network list": "docker network ls", "volume list": "docker volume ls",
}  # fmt: skip
STOPS = re.compile(r"\b(?:kill|exec|set|patch|restart|reboot|drain)\b")  # what may end a container
CHANGES = ("set", "rollout", "delete", "patch", "edit", "apply", "replace")


@dataclass(slots=True)
class PageState:
    """`replicas` as earlier commands asked for them; `unsettled` workloads are being replaced; `said` is all that was typed."""

    model: Model
    containers: list[Container]
    images: dict[str, Image]
    replicas: dict[str, int] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)
    created: set[tuple[str, str]] = field(default_factory=set)
    said: str = ""

    def wanted(self, workload: KubeObject) -> int:
        """How many pods it should have here."""
        return self.replicas.get(workload.name, int(workload.at("spec", "replicas", default=1)))

    def follow(self, commands: list[Command]) -> None:
        """What these commands ask of the cluster."""
        for command in commands:
            self.said += " ".join(word.text for word in command.words) + "\n"
            if command.name != "kubectl":
                continue
            verb = verb_of(command)
            names = {name for _, name in named_objects(command)} | {item.name for item in applied(self.model, command)}
            asked = re.search(r"--replicas[= ](\d+)", " ".join(word.text for word in command.words))
            if verb == "scale" and asked:
                self.replicas |= dict.fromkeys(names, int(asked[1]))
            elif verb == "rollout status":
                self.unsettled -= names
            elif verb.partition(" ")[0] in CHANGES:
                expected = command.block.expected.text if command.block.expected else ""
                same = {name for name in names if verb == "apply" and f"/{name} unchanged" in expected}
                self.unsettled |= (names or {item.name for item in self.model.objects}) - same
            if verb == "apply":
                self.replicas = {name: count for name, count in self.replicas.items() if name not in names}
            if verb in ("create", "run"):
                self.created |= {(kind, name) for kind, name in named_objects(command)} or _created(command)

    def knows(self, kind: str, name: str) -> bool:
        """Whether an object of this kind can have this name, in which `…` stands for any text."""
        made = {tuple(entry.split("/", 1)) for entry in self.model.settings.model.made_by_commands}
        if (kind.lower(), name) in made or any(
            name == other and KIND_OF.get(made_kind, made_kind) == kind for made_kind, other in self.created
        ):
            return True
        if any(fits(name, item.name) for item in self.model.of_kind("Service" if kind == "Endpoints" else kind)):
            return True
        owners = [
            item
            for item in self.model.objects
            if item.kind in ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
        ]
        return kind in ("Pod", "ReplicaSet", "Job") and any(may_start(name, f"{item.name}-") for item in owners)

    def names(self, kind: str) -> list[str]:
        """The names to choose from."""
        owned = [f"{item.name}-…" for item in self.model.of_kind("Deployment")] if kind in ("Pod", "ReplicaSet") else []
        return [*owned, *(item.name for item in self.model.of_kind("Service" if kind == "Endpoints" else kind))]

    def workload_of(self, pod: str) -> KubeObject | None:
        """The workload that a pod's name starts with; the longest name that fits."""
        head = pod.split(UNKNOWN, maxsplit=1)[0].rsplit("/", 1)[-1]
        owners = sorted((item for item in self.model.objects if item.pod_template), key=lambda item: -len(item.name))
        return next((item for item in owners if head.startswith(f"{item.name}-") or head == item.name), None)


def verb_of(command: Command) -> str:
    """The first word of a kubectl command, or two where the second is part of the verb."""
    words = list(_operands([word.text for word in command.arguments]))
    if not words:
        return ""
    return " ".join(words[:2]) if words[0] in ("rollout", "set", "config", "top", "auth") else words[0]


def named_objects(command: Command) -> Iterator[tuple[str, str]]:
    """Kind and name, for `kind/name` and `kind name` words."""
    words = [word.text for word in command.arguments]
    skip = len(verb_of(command).split())
    plain = list(_operands(words))[skip:]
    for index, word in enumerate(plain):
        kind, mark, name = word.partition("/")
        if mark and kind.lower() in KIND_OF and UNKNOWN not in name:
            yield KIND_OF[kind.lower()], name
        elif not mark and index and plain[0].lower() in KIND_OF and UNKNOWN not in word and "=" not in word:
            yield KIND_OF[plain[0].lower()], word


def applied(model: Model, command: Command) -> list[KubeObject]:
    """The objects of the files of `-f`, in the order in which kubectl takes them."""
    words = [word.text for word in command.arguments]
    found: list[KubeObject] = []
    for index, word in enumerate(words):
        name = (
            words[index + 1]
            if word in ("-f", "--filename") and index + 1 < len(words)
            else word.partition("=")[2]
            if word.startswith("--filename=")
            else None
        )
        if name is None or name == "-":
            continue
        path = posixpath.normpath(name)
        paths = (
            [file for file in model.files_in.get(path, []) if file.endswith((".yaml", ".yml", ".json"))]
            if path in model.folders
            else [path]
        )
        for file in paths:
            found += [item for item in model.objects if item.path == file] or [
                item for item in model.objects if item.path.startswith(f"{file}.")
            ]
    return found


def fits(text: str, name: str) -> bool:
    """Whether `text`, in which `…` stands for any text, can be `name`."""
    return re.fullmatch(".*".join(map(re.escape, text.split(UNKNOWN))), name) is not None


def may_start(text: str, prefix: str) -> bool:
    """Whether `text`, in which `…` stands for any text, can start with `prefix`."""
    head, mark, _ = text.partition(UNKNOWN)
    return head.startswith(prefix) or (bool(mark) and prefix.startswith(head))


def _operands(words: list[str], valued: tuple[str, ...] = VALUED) -> Iterator[str]:
    """The words before `--` that are neither options nor values of those in `valued`."""
    skip = False
    for word in words:
        if word == "--":
            return
        if skip:
            skip = False
        elif word in valued:
            skip = True
        elif not word.startswith("-"):
            yield word


def _created(command: Command) -> set[tuple[str, str]]:
    words = list(_operands([word.text for word in command.arguments]))
    if words[:1] == ["run"] and len(words) > 1:
        return {("Pod", words[1])}
    return {(words[1].lower(), words[-1])} if len(words) > 2 else set()


def operands_of(command: Command) -> list[str]:
    """The words of a kubectl command that are neither options nor their values; the verb comes first."""
    return list(_operands([word.text for word in command.arguments]))


def option_values(command: Command, *names: str) -> list[str]:
    """The values of these options, written `-o x`, `-ox`, `--output x` or `--output=x`, before any `--`."""
    texts = [word.text for word in command.arguments]
    texts = texts[: texts.index("--")] if "--" in texts else texts
    found = [following for text, following in pairwise(texts) if text in names]
    for text in texts:
        for name in names:
            if text.startswith(f"{name}=") and name.startswith("--"):
                found.append(text.removeprefix(f"{name}="))
            elif not name.startswith("--") and text.startswith(name) and text != name:
                found.append(text.removeprefix(name).removeprefix("="))
    return found


def form_of(command: Command) -> str:
    """The command without its options and names: `kubectl rollout status`, `docker compose ps`, `docker images`, `curl`."""
    if command.name == "kubectl":
        verb = verb_of(command)
        return f"kubectl {PLAIN_VERBS.get(verb, verb)}"
    if command.name != "docker":
        return command.name
    words = [word.text for word in command.arguments if not word.text.startswith("-")]
    if words[:1] == ["compose"]:
        rest = list(_operands([word.text for word in command.arguments][1:], COMPOSE_VALUED))
        return f"docker compose {rest[0]}" if rest else "docker compose"
    return DOCKER_FORMS.get(
        " ".join(words[:2]), f"docker {' '.join(words[:2] if words[:1] and words[0] in DOCKER_GROUPS else words[:1])}"
    )
