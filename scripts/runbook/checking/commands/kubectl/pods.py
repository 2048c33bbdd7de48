"""`kubectl logs`, `exec`, `port-forward`, `cp`: the pod, its container, its ports, the command that runs in it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.files import must_exist
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.selectors import check_selection, labels_of
from runbook.checking.commands.kubectl.settings import check_container, data_keys, variables
from runbook.checking.commands.kubectl.targets import (
    Target,
    check_namespace,
    check_targets,
    items,
    nothing_in_default,
    read_targets,
)
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.objects import WORKLOADS, KubeObject, selects

RULE = "kubectl_pods"
HAVE_PODS = (*WORKLOADS, "ReplicaSet", "Service", "ReplicationController")
ENDLESS = ("Deployment", "StatefulSet", "DaemonSet")
# What every container has without being told.
GIVEN = {"PATH", "HOSTNAME", "HOME", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "PWD", "LANG", "TZ"}

# What is usually run in a container: a name close to one of these is one of them, misspelt.
PROGRAMS = (
    "bash", "cat", "curl", "date", "df", "du", "echo", "env", "find", "getent", "grep", "gunicorn", "head", "hostname", "id", "kill", "ls", "mkdir",
    "nc", "nginx", "nslookup", "pip", "ping", "printenv", "ps", "psql", "python", "python3", "rm", "sh", "sleep", "stat", "tail", "test", "top",
    "touch", "true", "uname", "wc", "wget", "whoami",
)  # fmt: skip


def _target(call: Call, words: tuple[Word, ...]) -> Iterator[Finding | Target]:
    """The pod, or what has pods, and what is wrong with how it is named."""
    targets, findings = read_targets(call, words, default="Pod")
    yield from findings
    for target in targets:
        if target.kind and target.kind.name not in HAVE_PODS:
            yield call.finding(
                RULE,
                f"« {target.word.text} » n'a pas de pod",
                f"sortes possibles : {', '.join(HAVE_PODS)}",
                target.word,
            )
        else:
            yield target


def _checked(call: Call, words: tuple[Word, ...]) -> tuple[list[Target], list[Finding]]:
    found = list(_target(call, words))
    targets = [item for item in found if isinstance(item, Target)]
    findings = [item for item in found if isinstance(item, Finding)]
    unknown = next((target for target in targets if target.kind is None), None)
    return targets, [
        *findings,
        *check_targets(call, targets),
        *([wrong] if unknown and (wrong := nothing_in_default(call, unknown.word)) else []),
    ]


def _workloads(call: Call, targets: list[Target]) -> list[KubeObject]:
    """The objects whose containers the targets lead to; those that a Service selects."""
    found: list[KubeObject] = []
    for target in targets:
        for item in items(call, target):
            found += call.situation.model.workloads_behind(item) if item.kind == "Service" else [item]
    return found


def _containers(call: Call, workloads: list[KubeObject], *, choose: bool = True) -> Iterator[Finding]:
    for word in call.usage.values("--container"):
        yield from check_container(call, word, workloads)
    names = [str(container.get("name")) for item in workloads[:1] for container in item.containers]
    choose = choose and not (
        len(workloads) > 1 and any(UNKNOWN in word.text for word in call.operands[:1])
    )  # only running tells which pod
    if choose and len(names) > 1 and not call.usage.values("--container") and not call.usage.has("--all-containers"):
        yield call.finding(
            RULE,
            f"« {workloads[0].name} » a plusieurs conteneurs",
            f"ajouter -c et l'un de : {', '.join(names)}",
            call.word,
        )


def _logs(call: Call) -> Iterator[Finding]:
    selectors = call.usage.values("--selector")
    if not call.operands and not selectors:
        yield call.finding(RULE, "« kubectl logs » sans pod", "nommer un pod, deployment/nom, ou -l", call.word)
    targets, findings = _checked(call, call.operands[:1])
    yield from findings
    pods = Target(kubectl_tables.kind_named("Pod"), None, call.word)
    if selectors:
        yield from check_targets(call, [pods])
        yield from check_selection(call, [pods])
    workloads = _workloads(call, targets)
    if (
        selectors
        and call.command.feeds
        and not call.usage.has("--tail")
        and not call.usage.has("--since", "--since-time")
    ):
        yield call.finding(
            RULE,
            "« kubectl logs » avec un sélecteur ne donne à ce qui suit que les dix dernières lignes de chaque pod",
            "ajouter --tail=-1",
            call.word,
        )
    if call.operands[1:]:  # the older way to name the container
        yield from check_container(call, call.operands[1], workloads)
    selected = [
        item
        for item in items(call, pods)
        if any(UNKNOWN not in word.text and selects(word.text, labels_of(item)) for word in selectors)
    ]
    yield from _containers(call, workloads or selected, choose=not call.operands[1:] and not selectors)
    endless = [target for target in targets if target.kind and target.kind.name in ENDLESS]
    if call.usage.has("--follow") and not call.bounded and (endless or any(item.kind in ENDLESS for item in selected)):
        remedy = "retirer -f, borner par --since ou --tail, ou lancer le bloc en arrière-plan (data-arriere-plan)"
        yield call.finding(RULE, "« kubectl logs --follow » d'un service ne finit jamais", remedy, call.word)


def _exec(call: Call) -> Iterator[Finding]:
    if call.inner is None:
        yield call.finding(
            RULE,
            "« kubectl exec » sans « -- » devant la commande",
            "écrire « kubectl exec POD -- commande »",
            call.word,
        )
    elif not call.inner:
        yield call.finding(RULE, "« kubectl exec … -- » sans commande", "ajouter la commande à lancer", call.word)
    if not call.operands:
        yield call.finding(RULE, "« kubectl exec » sans pod", "nommer un pod ou deployment/nom", call.word)
    if call.operands[1:] and call.inner is not None and call.operands[1].known:
        yield call.finding(
            RULE, f"« {call.operands[1].text} » avant « -- »", "mettre toute la commande après « -- »", call.operands[1]
        )
    targets, findings = _checked(call, call.operands[:1])
    yield from findings
    workloads = _workloads(call, targets)
    yield from _containers(call, workloads)
    yield from _inside(call, workloads or [item for item in call.situation.cluster.objects if item.containers])


def _inside(call: Call, workloads: list[KubeObject]) -> Iterator[Finding]:
    """What runs in the container: a variable that it has, a mounted key that is there."""
    name, *words = call.inner or (Word("", 0),)
    if name.known and name.text not in PROGRAMS:
        near = nearest(name.text, PROGRAMS)
        if near.startswith("vouliez"):
            yield call.finding(RULE, f"commande « {name.text} » inconnue", near, name)
    if name.text in ("touch", "mkdir", "tee"):
        yield from _written(call, words, workloads)
    if name.text == "printenv":
        known = variables(call, workloads) | GIVEN
        for word in words:
            if word.known and not word.text.startswith("-") and word.text not in known:
                yield call.finding(
                    RULE, f"aucun conteneur n'a la variable « {word.text} »", nearest(word.text, known), word
                )
    for word in words if name.text in ("cat", "ls", "test", "head", "wc") else []:
        for folder, keys in _mounted(call, workloads):
            inside = word.text.removeprefix(f"{folder}/")
            if inside != word.text and keys and "/" not in inside and word.known and inside and inside not in keys:
                yield call.finding(RULE, f"rien ne monte « {word.text} »", nearest(inside, keys), word)


def _written(call: Call, words: list[Word], workloads: list[KubeObject]) -> Iterator[Finding]:
    """A container whose own files are read-only takes new ones only where something is mounted."""
    for item in workloads[:1]:
        containers = item.containers
        if not containers or not all(
            (container.get("securityContext") or {}).get("readOnlyRootFilesystem") for container in containers
        ):
            continue
        folders = {
            str(mount.get("mountPath")).rstrip("/")
            for container in containers
            for mount in container.get("volumeMounts") or []
        }
        for word in words:
            if (
                word.text.startswith("/")
                and word.known
                and not any(word.text.startswith(f"{folder}/") for folder in (*folders, "/dev"))
            ):
                yield call.finding(
                    RULE,
                    f"« {item.name} » ne peut pas écrire « {word.text} »",
                    nearest(word.text.rpartition("/")[0], folders),
                    word,
                )


def _mounted(call: Call, workloads: list[KubeObject]) -> Iterator[tuple[str, set[str]]]:
    """Each folder where a ConfigMap or a Secret is mounted, with its keys."""
    for item in workloads:
        volumes = {volume.get("name"): volume for volume in (item.pod_template.get("spec") or {}).get("volumes") or []}
        for container in item.containers:
            for mount in container.get("volumeMounts") or []:
                volume = volumes.get(mount.get("name")) or {}
                for kind, name in (
                    ("Secret", (volume.get("secret") or {}).get("secretName")),
                    ("ConfigMap", (volume.get("configMap") or {}).get("name")),
                ):
                    named = call.situation.model.object_named(kind, str(name)) if name else None
                    if named:
                        yield str(mount.get("mountPath", "")).rstrip("/"), data_keys(named)


def _port_forward(call: Call) -> Iterator[Finding]:
    if not call.bounded:
        yield call.finding(
            RULE,
            "« kubectl port-forward » ne rend pas la main",
            "lancer le bloc en arrière-plan (data-arriere-plan)",
            call.word,
        )
    if len(call.operands) < 2:
        if not any(UNKNOWN in word.text for word in call.operands):
            yield call.finding(RULE, "« kubectl port-forward » sans port", "écrire kind/nom LOCAL:DISTANT", call.word)
        return
    targets, findings = _checked(call, call.operands[:1])
    yield from findings
    service = next(
        (item for target in targets for item in items(call, target) if target.kind and target.kind.name == "Service"),
        None,
    )
    for word in call.operands[1:]:
        yield from _port(call, word, targets, service)


def _port(call: Call, word: Word, targets: list[Target], service: KubeObject | None) -> Iterator[Finding]:
    local, separator, remote = word.text.rpartition(":")
    if UNKNOWN in remote:
        return
    numbers, names = _ports(call, targets, service)
    if separator and local and UNKNOWN not in local and not (local.isdecimal() and 0 < int(local) < 65536):
        yield call.finding(RULE, f"« {local} » n'est pas un port", "écrire LOCAL:DISTANT, en nombres", word)
    elif (numbers or names) and remote not in names and not (remote.isdecimal() and int(remote) in numbers):
        owner = targets[0].word.text
        yield call.finding(
            RULE, f"« {owner} » n'a pas de port « {remote} »", nearest(remote, {*names, *map(str, numbers)}), word
        )
    elif (local or remote).isdecimal():
        situation = call.situation
        behind = situation.model.application_behind(service) if service else _application(call, targets)
        situation.ports[int(local or remote)] = behind


def _ports(call: Call, targets: list[Target], service: KubeObject | None) -> tuple[set[int], set[str]]:
    if service is not None:
        ports = service.at("spec", "ports", default=None) or []
        return _numbers(ports, "port"), {str(port["name"]) for port in ports if "name" in port}
    ports = [
        port
        for item in _workloads(call, targets)
        for container in item.containers
        for port in container.get("ports") or []
    ]
    return _numbers(ports, "containerPort"), {str(port["name"]) for port in ports if "name" in port}


def _numbers(ports: list[dict[str, Any]], key: str) -> set[int]:
    return {int(port[key]) for port in ports if str(port.get(key)).isdecimal()}


def _application(call: Call, targets: list[Target]) -> str | None:
    numbers, _ = _ports(call, targets, None)
    return next(
        (name for name, application in call.situation.model.applications.items() if numbers & set(application.ports)),
        None,
    )


def _cp(call: Call) -> Iterator[Finding]:
    if len(call.operands) != 2:
        yield call.finding(
            RULE,
            "« kubectl cp » demande une source et une destination",
            "écrire kubectl cp fichier pod:/chemin",
            call.word,
        )
        return
    remote = [word for word in call.operands if ":" in word.text]
    if not remote and all(word.known for word in call.operands):
        yield call.finding(RULE, "« kubectl cp » sans pod", "écrire pod:/chemin d'un côté", call.word)
    if remote and remote[0] is call.operands[1]:
        yield from must_exist(call.command, call.operands[0], call.situation)
    for word in remote[:1]:
        space, separator, pod = word.text.partition(":")[0].rpartition("/")
        inside = (
            replace(call, usage=replace(call.usage, options=(("--namespace", Word(space, word.line)),)))
            if separator
            else call
        )
        targets, findings = _checked(inside, (Word(pod, word.line),))
        yield from (*check_namespace(inside), *findings, *_containers(call, _workloads(inside, targets)))


PODS: dict[str, Callable[[Call], Iterator[Finding]]] = {
    "logs": _logs,
    "exec": _exec,
    "port-forward": _port_forward,
    "cp": _cp,
}
