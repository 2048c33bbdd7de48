"""`kubectl create`, `run`, `expose`: what they make counts from then on, and what they are made from must exist."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.files import must_be_file, must_exist, place
from runbook.checking.commands.kubectl import files, tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.settings import check_image
from runbook.checking.commands.kubectl.targets import check_targets, items, read_targets
from runbook.checking.finding import Finding
from runbook.checking.offered.objects import KubeObject

RULE = "kubectl_creation"
CONDITIONAL = re.compile(r"\bif\b|\|\|")  # the page looks first whether the object is there
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
MADE = {
    "create namespace": "Namespace",
    "create configmap": "ConfigMap",
    "create secret generic": "Secret",
    "create secret tls": "Secret",
    "create secret docker-registry": "Secret",
    "create deployment": "Deployment",
    "create job": "Job",
    "create cronjob": "CronJob",
    "create serviceaccount": "ServiceAccount",
    "create service clusterip": "Service",
    "create service nodeport": "Service",
    "create service loadbalancer": "Service",
    "create service externalname": "Service",
    "create ingress": "Ingress",
    "create role": "Role",
    "create rolebinding": "RoleBinding",
    "create clusterrole": "ClusterRole",
    "create clusterrolebinding": "ClusterRoleBinding",
    "create quota": "ResourceQuota",
    "create poddisruptionbudget": "PodDisruptionBudget",
    "create priorityclass": "PriorityClass",
    "run": "Pod",
}
IMAGE_NEEDED = ("create deployment", "create cronjob", "run")


def _create(call: Call) -> Iterator[Finding]:
    if not call.operands:
        yield call.finding(RULE, f"« kubectl {call.verb} » sans nom", "ajouter le nom de l'objet à créer", call.word)
        return
    name = call.operands[0]
    if name.known and not NAME.fullmatch(name.text):
        yield call.finding(
            RULE, f"« {name.text} » n'est pas un nom d'objet", "écrire en minuscules, chiffres et tirets", name
        )
    if (
        len(call.operands) > 1
        and call.inner is None
        and call.verb not in ("run", "create job", "create deployment", "create cronjob")
    ):
        yield call.finding(
            RULE,
            f"« {call.operands[1].text} » en trop",
            f"« kubectl {call.verb} » ne prend qu'un nom",
            call.operands[1],
        )
    yield from _sources(call)
    for word in call.usage.values("--image"):
        yield from check_image(call, word, word.text, own=False)
    if call.verb in IMAGE_NEEDED and not call.usage.values("--image"):
        yield call.finding(RULE, f"« kubectl {call.verb} » sans --image", "ajouter --image=dépôt:étiquette", call.word)
    if call.verb == "create job":
        yield from _job(call)
    yield from _make(call, MADE[call.verb], name)


def _make(call: Call, kind: str, name: Word) -> Iterator[Finding]:
    cluster = call.situation.cluster
    made = _object(call, kind, name.text)
    space = made.namespace
    if call.dry:
        cluster.pending.append(made)
        return
    if call.must_succeed:
        if (
            space is not None
            and call.asked_namespace is None
            and space == "default"
            and any(item.namespace not in (None, "default") for item in cluster.objects)
        ):
            own = min(str(item.namespace) for item in cluster.objects if item.namespace not in (None, "default"))
            yield call.finding(RULE, f"sans -n, « {name.text} » irait dans « default »", f"ajouter « -n {own} »", name)
        elif (
            space is not None
            and UNKNOWN not in space
            and space in cluster.namespaces()
            and not cluster.has_namespace(space)
        ):
            yield call.finding(
                RULE,
                f"l'espace de noms « {space} » n'existe pas à cet endroit de la page",
                f"créer d'abord « {space} »",
                name,
            )
        elif (
            name.known
            and not CONDITIONAL.search(call.command.block.code)
            and any(
                cluster.is_live(item)
                for item in cluster.owners(kind, name.text)
                if item.kind == kind and item.namespace in (None, space)
            )
        ):
            yield call.finding(
                RULE,
                f"« {name.text} » existe déjà : kubectl refuse de le créer",
                "écrire « … --dry-run=client -o yaml | kubectl apply -f - »",
                name,
            )
    if not call.command.block.not_run and not call.usage.has("--rm"):
        cluster.make([made], call.namespace)


def _object(call: Call, kind: str, name: str) -> KubeObject:
    namespace = call.namespace if tables.kind_named(kind).namespaced else None
    labels = {"run": name} if call.verb == "run" else {"app": name} if kind in ("Deployment", "Service") else {}
    for word in call.usage.values("--labels"):
        labels = dict(pair.partition("=")[::2] for pair in word.text.split(","))
    document: dict[str, Any] = {"kind": kind, "metadata": {"name": name}}
    image = next((word.text for word in call.usage.values("--image")), "")
    if image:
        template = {"metadata": {"labels": labels}, "spec": {"containers": [_container(call, name, image)]}}
        document["spec"] = template["spec"] if kind == "Pod" else {"template": template}
    if kind in ("ConfigMap", "Secret"):
        document["data"] = dict.fromkeys(_keys(call), "")
    return KubeObject(kind, name, namespace, labels, document, "", 0)


def _container(call: Call, name: str, image: str) -> dict[str, Any]:
    ports = [{"containerPort": int(word.text)} for word in call.usage.values("--port") if word.text.isdecimal()]
    label = name if call.verb == "run" else re.split(r"[:@]", image.rsplit("/", 1)[-1])[0]
    return {"name": label, "image": image, "ports": ports}


def _keys(call: Call) -> Iterator[str]:
    """The keys that `--from-literal` and `--from-file` give."""
    for word in call.usage.values("--from-literal"):
        yield word.text.partition("=")[0]
    for word in call.usage.values("--from-file"):
        key, separator, _ = word.text.partition("=")
        path = place(word.text, call.situation)
        if separator:
            yield key
        elif path in call.situation.model.folders:
            yield from (
                name.rsplit("/", 1)[-1] for name in call.situation.model.files if name.rpartition("/")[0] == path
            )
        elif path:
            yield path.rsplit("/", 1)[-1]


def _sources(call: Call) -> Iterator[Finding]:
    for word in call.usage.values("--from-literal"):
        if "=" not in word.text and word.known:
            yield call.finding(RULE, f"--from-literal={word.text} sans valeur", "écrire clé=valeur", word)
    for word in call.usage.values("--from-file"):
        key, separator, path = word.text.partition("=")
        yield from must_exist(call.command, word, call.situation, path if separator else key)
    for word in call.usage.values("--from-env-file"):
        yield from must_be_file(call.command, word, call.situation)
    if call.verb == "create secret tls":
        for option in ("--cert", "--key"):
            for word in call.usage.values(option):
                yield from must_be_file(call.command, word, call.situation)
            if not call.usage.values(option):
                yield call.finding(
                    RULE, f"« kubectl create secret tls » sans {option}", f"ajouter {option} et un fichier", call.word
                )


def _job(call: Call) -> Iterator[Finding]:
    sources = tuple(call.usage.values("--from"))
    targets, findings = read_targets(call, sources)
    yield from findings
    yield from check_targets(call, targets)
    if not sources and not call.usage.values("--image"):
        yield call.finding(
            RULE, "« kubectl create job » sans --image ni --from", "ajouter --from=cronjob/nom ou --image", call.word
        )


def _create_files(call: Call) -> Iterator[Finding]:
    if not call.usage.values("--filename", "--kustomize", "--raw"):
        yield call.finding(
            RULE, "« kubectl create » sans fichier", "ajouter -f, ou nommer ce qu'il faut créer", call.word
        )
    if call.must_succeed and not call.dry:
        for item in files.given(call):
            if item.kind != "Namespace" and call.situation.cluster.is_live(item):
                yield call.finding(
                    RULE,
                    f"« {item.name} » existe déjà : kubectl refuse de le créer",
                    "écrire « kubectl apply »",
                    call.word,
                )
                break
    yield from files.apply(call)


def _expose(call: Call) -> Iterator[Finding]:
    targets, findings = read_targets(call, call.operands)
    yield from findings
    yield from check_targets(call, targets)
    if not call.usage.values("--port") and not any(
        container.get("ports") for target in targets for item in items(call, target) for container in item.containers
    ):
        yield call.finding(RULE, "« kubectl expose » sans --port", "ajouter --port", call.word)
    for target in targets:
        name = next(iter(call.usage.values("--name")), target.word if target.name else None)
        if target.name and name is not None:
            text = name.text.rpartition("/")[2]
            yield from _make(call, "Service", Word(text, name.line))


CREATIONS: dict[str, Callable[[Call], Iterator[Finding]]] = {
    **dict.fromkeys(MADE, _create),
    "create": _create_files,
    "expose": _expose,
}
