"""Are the files that a probe or `kubectl exec` names in a pod's shared folder some that the pod's own program knows?"""

import ast
import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from runbook.checking.blocks.words import Command
from runbook.checking.expected.state import named_objects, verb_of
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_object

RULE = "volume_files"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def probed_files(model: Model, found: list[Container]) -> Iterator[Finding]:
    """The files that the probes of a container look for."""
    for container in found:
        for probe in PROBES:
            for word in ((container.spec.get(probe) or {}).get("exec") or {}).get("command") or []:
                problem = _problem(model, container, str(word))
                if problem:
                    yield in_object(
                        model,
                        container.item,
                        (*container.keys, probe, "exec", "command"),
                        f"{probe} : {problem[0]}",
                        problem[1],
                        RULE,
                    )


def touched_files(commands: list[Command], model: Model, found: list[Container]) -> Iterator[Finding]:
    """The files that `kubectl exec POD -- …` names."""
    for command in commands:
        texts = [word.text for word in command.arguments]
        if command.name != "kubectl" or verb_of(command) != "exec" or "--" not in texts:
            continue
        words = [word.text for word in command.arguments if not word.text.startswith("-")]
        names = {name for _, name in named_objects(command)} | {words[1] if len(words) > 1 else ""}
        for container in (one for one in found if one.item.name in names):
            for word in command.arguments[texts.index("--") + 1 :]:
                problem = _problem(model, container, word.text)
                if problem:
                    yield Finding(command.path, word.line, *problem, RULE)


def _problem(model: Model, container: Container, path: str) -> tuple[str, str] | None:
    """Cause and remedy for a file of a volume made for this pod that its program, a package of the repository, does not name."""
    if posixpath.dirname(path) not in _own_folders(container):
        return None
    command = [str(word) for word in container.spec.get("command") or []]
    known = _names(model, command[2]) if command[1:2] == ["-m"] and len(command) > 2 else set()
    name = posixpath.basename(path)
    return (
        (
            f"« {path} », et le programme de « {container.name} » ne connaît aucun fichier « {name} »",
            nearest(name, known),
        )
        if known and name not in known
        else None
    )


def _own_folders(container: Container) -> set[str]:
    """Where the volumes that start empty with the pod are mounted."""
    pod: dict[str, Any] = container.item.pod_template.get("spec") or {}
    empty = {str(volume.get("name")) for volume in pod.get("volumes") or [] if "emptyDir" in volume}
    return {
        str(mount.get("mountPath")).rstrip("/")
        for mount in container.spec.get("volumeMounts") or []
        if mount.get("name") in empty
    }


@lru_cache(maxsize=16)
def _names(model: Model, package: str) -> set[str]:
    """The texts of a package that is run by `-m`, that could be names of files."""
    main = f"{package.replace('.', '/')}/__main__.py"
    folder = next(
        (posixpath.dirname(name) for name in sorted(model.files) if name == main or name.endswith(f"/{main}")), None
    )
    texts = [
        (model.root / name).read_text(encoding="utf-8")
        for name in model.files_in.get(folder or "", [])
        if name.endswith(".py")
    ]
    constants = [node.value for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return {value for value in constants if isinstance(value, str) and re.fullmatch(r"[\w.-]+", value)}
