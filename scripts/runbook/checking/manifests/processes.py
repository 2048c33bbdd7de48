"""Can what a pod starts do its work: the programs, modules, options, folder and addresses of its commands?"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.commands.scripts import read_package
from runbook.checking.dockerfiles.programs import LOOPBACK, program_problem
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container, pod_keys
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import Key, in_object

RULE = "processes"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def processes(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Every command of a container whose image is built here can run in it, and reach what it names."""
    for container in found:
        if container.image is None:
            continue
        for keys, words in _commands(container.spec):
            problem = program_problem(model, container.image, words, container.port, _mounted_modules(container))
            if problem:
                yield in_object(
                    model,
                    container.item,
                    (*container.keys, *keys),
                    f"conteneur « {container.name} » de « {container.item.name} » : {problem[0]}",
                    problem[1],
                    RULE,
                )
        yield from _options(model, container)
        if container.application is None:
            continue
        folder = container.spec.get("workingDir")
        if folder is not None and folder != container.image.folder:
            yield in_object(
                model,
                container.item,
                (*container.keys, "workingDir"),
                f"conteneur « {container.name} » : démarre dans « {folder} », et l'image « {container.image.name} » a l'application dans « {container.image.folder} »",
                "retirer workingDir",
                RULE,
            )
        for name, default in model.applications[container.application].variables.items():
            if default in LOOPBACK and container.environment.get(name) in LOOPBACK:
                yield in_object(
                    model,
                    container.item,
                    (*container.keys, "env", _index(container, name), "value"),
                    f"{name} = « {container.environment[name]} » : l'application n'écouterait que depuis son propre conteneur",
                    "retirer cette variable : l'image la fixe",
                    RULE,
                )


def short_lives(model: Model) -> Iterator[Finding]:
    """A pod whose life is limited is not started again for ever."""
    for item in model.of_kind("Pod"):
        pod: dict[str, Any] = item.at("spec", default=None) or {}
        if "activeDeadlineSeconds" in pod and pod.get("restartPolicy", "Always") == "Always":
            where = (*pod_keys(item), "restartPolicy" if "restartPolicy" in pod else "activeDeadlineSeconds")
            yield in_object(
                model,
                item,
                where,
                f"Pod « {item.name} » : sa durée est limitée, et Kubernetes relancerait sans fin ce qui s'y termine",
                "écrire restartPolicy: Never",
                RULE,
            )


def _commands(spec: dict[str, Any]) -> Iterator[tuple[tuple[Key, ...], list[str]]]:
    """Each command line, with where it stands: the container's own, its probes', its hooks'."""
    if spec.get("command"):
        yield ("command",), [str(word) for word in [*spec["command"], *(spec.get("args") or [])]]
    for probe in PROBES:
        command = ((spec.get(probe) or {}).get("exec") or {}).get("command")
        if command:
            yield (probe, "exec", "command"), [str(word) for word in command]
    for hook, described in (spec.get("lifecycle") or {}).items():
        command = (described.get("exec") or {}).get("command")
        if command:
            yield ("lifecycle", hook, "exec", "command"), [str(word) for word in command]


def _mounted_modules(container: Container) -> frozenset[str]:
    """What Python can import because a volume puts it where the container starts."""
    folder = container.spec.get("workingDir") or (container.image.folder if container.image else "/")
    mounts = [str(mount.get("mountPath", "")).rstrip("/") for mount in container.spec.get("volumeMounts") or []]
    return frozenset(posixpath.basename(path) for path in mounts if posixpath.dirname(path) == folder)


def _options(model: Model, container: Container) -> Iterator[Finding]:
    """What a package of the repository is asked, as a module: a verb and options that its text knows."""
    command = [str(word) for word in container.spec.get("command") or []]
    if command[1:2] != ["-m"] or len(command) < 3:
        return
    main = f"{command[2].replace('.', '/')}/__main__.py"
    folders = [posixpath.dirname(name) for name in sorted(model.files) if name == main or name.endswith(f"/{main}")]
    if not folders:
        return
    described = read_package(model, folders[0])
    given: list[tuple[tuple[Key, ...], str]] = [
        (("command", index), word) for index, word in enumerate(command) if index > 2
    ]
    given += [(("args", index), str(word)) for index, word in enumerate(container.spec.get("args") or [])]
    verbs = [(keys, word) for keys, word in given if not word.startswith("-")]
    for keys, word in given:
        name = word.partition("=")[0]
        if re.match(r"--?[a-zA-Z]", word) and name not in described.options:
            yield in_object(
                model,
                container.item,
                (*container.keys, *keys),
                f"option « {name} » inconnue de « {command[2]} »",
                nearest(name, described.options),
                RULE,
            )
    for keys, word in verbs[:1]:
        if described.choices and word not in described.choices:
            yield in_object(
                model,
                container.item,
                (*container.keys, *keys),
                f"« {command[2]} » n'a pas de « {word} »",
                nearest(word, described.choices),
                RULE,
            )


def _index(container: Container, name: str) -> int:
    names = [variable.get("name") for variable in container.spec.get("env") or []]
    return names.index(name) if name in names else 0
