"""`kubectl apply`, `delete`, `rollout`, `scale`, `set`, `patch`, `label`, `wait`…: does what they change exist, and end?"""

import re
from collections.abc import Callable, Iterator

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.kubectl import files
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.patches import check_patch
from runbook.checking.commands.kubectl.readiness import check_ready, ready_for_nothing
from runbook.checking.commands.kubectl.selectors import check_selection
from runbook.checking.commands.kubectl.settings import env, image, resources
from runbook.checking.commands.kubectl.targets import Target, check_targets, items, read_targets
from runbook.checking.finding import Finding, nearest

RULE = "kubectl_changes"
ROLLED = ("Deployment", "DaemonSet", "StatefulSet")
SCALED = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
CONDITIONS = {
    "Deployment": ("Available", "Progressing", "ReplicaFailure"),
    "Pod": ("Ready", "Initialized", "ContainersReady", "PodScheduled", "DisruptionTarget", "PodReadyToStartContainers"),
    "Job": ("Complete", "Failed", "Suspended", "SuccessCriteriaMet"),
    "Node": ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"),
    "CustomResourceDefinition": ("Established", "NamesAccepted"),
}


def _objects(
    call: Call, operands: tuple[Word, ...], kinds: tuple[str, ...] = (), *, present: bool = True
) -> Iterator[Finding]:
    """The objects of a command that changes them: given, existing, of a kind that it can change."""
    targets, findings = read_targets(call, operands)
    yield from findings
    if not operands and not call.usage.values("--filename", "--kustomize"):
        yield call.finding(RULE, f"« kubectl {call.verb} » sans objet", "nommer l'objet : kind/nom", call.word)
    for target in targets:
        if kinds and target.kind and target.kind.name not in kinds:
            cause = f"« kubectl {call.verb} » ne prend pas de {target.kind.name}"
            yield call.finding(RULE, cause, f"sortes possibles : {', '.join(kinds)}", target.word)
    yield from check_targets(call, targets, present=present)
    yield from check_selection(call, targets)


def _delete(call: Call) -> Iterator[Finding]:
    yield from _objects(call, call.operands)
    targets, _ = read_targets(call, call.operands)
    block = call.command.block
    if not call.dry and not block.cleanup and not block.not_run and not block.condition:
        named = [
            target for target in targets if target.name and UNKNOWN not in target.name
        ]  # of others, only running tells which
        gone = [
            item for target in named for item in items(call, target) if target.kind and item.kind == target.kind.name
        ]
        call.situation.cluster.delete([*gone, *files.given(call)])
        if any(word.text == "false" for word in call.usage.values("--wait")):
            call.situation.cluster.leaving.update((item.kind, item.name) for item in gone)


def _apply(call: Call) -> Iterator[Finding]:
    if not call.usage.values("--filename", "--kustomize"):
        yield call.finding(
            RULE, f"« kubectl {call.verb} » sans fichier", "ajouter -f et un fichier ou un dossier", call.word
        )
    yield from files.apply(call)


def _rollout(call: Call) -> Iterator[Finding]:
    yield from _objects(call, call.operands, ROLLED)
    targets, _ = read_targets(call, call.operands)
    if call.verb == "rollout undo" and not call.dry:
        for item in (item for target in targets for item in items(call, target)):
            call.situation.cluster.missing_images.pop((item.kind, item.name), None)
    if call.verb == "rollout status":
        if len(targets) > 1:
            yield call.finding(
                RULE, "« kubectl rollout status » ne suit qu'un objet", "écrire une commande par objet", targets[1].word
            )
        yield from check_ready(call, targets)
        if call.usage.has("--watch") or not any(name == "--watch" for name, _ in call.usage.options):
            yield from _timeout(call)


def _timeout(call: Call) -> Iterator[Finding]:
    if not call.usage.values("--timeout"):
        yield call.finding(
            RULE,
            f"« kubectl {call.verb} » sans --timeout peut attendre sans fin",
            "ajouter par exemple --timeout=120s",
            call.word,
        )


def _scale(call: Call) -> Iterator[Finding]:
    yield from _objects(call, call.operands, SCALED)
    if not call.usage.values("--replicas"):
        yield call.finding(RULE, "« kubectl scale » sans --replicas", "ajouter --replicas et un nombre", call.word)


def _pairs(call: Call) -> Iterator[Finding]:
    """`label` and `annotate`: objects, then `key=value` or `key-`."""
    objects = tuple(word for word in call.operands if not _is_pair(word.text))
    pairs = [word for word in call.operands if _is_pair(word.text)]
    yield from _objects(call, objects)
    if not pairs and not call.usage.has("--list") and not any(UNKNOWN in word.text for word in call.operands):
        yield call.finding(
            RULE, f"« kubectl {call.verb} » sans clé=valeur", "ajouter clé=valeur, ou « clé- » pour retirer", call.word
        )
    if call.verb != "label" or call.usage.has("--overwrite", "--list"):
        return
    targets, _ = read_targets(call, objects)
    for word in pairs:
        key, separator, value = word.text.partition("=")
        for target in targets:
            for item in items(call, target):
                if separator and target.kind and item.kind == target.kind.name and item.labels.get(key, value) != value:
                    cause = f"« {item.name} » a déjà « {key}={item.labels[key]} » : kubectl refuse de le changer"
                    yield call.finding(RULE, cause, "ajouter --overwrite", word)


def _is_pair(text: str) -> bool:
    return re.fullmatch(r"[\w./-]+=.*|[\w./]+[\w./-]*-", text, re.DOTALL) is not None


def _wait(call: Call) -> Iterator[Finding]:
    conditions = call.usage.values("--for")
    gone = any(word.text.lower() == "delete" for word in conditions)
    yield from _objects(call, call.operands, present=not gone)
    yield from _timeout(call)
    if not conditions:
        yield call.finding(RULE, "« kubectl wait » sans --for", "ajouter par exemple --for=condition=Ready", call.word)
    targets, _ = read_targets(call, call.operands)
    if not gone:
        yield from check_ready(call, targets)
    else:
        call.situation.cluster.leaving -= {
            (target.kind.name, target.name) for target in targets if target.kind and target.name
        }
    for word in conditions:
        kind, _, rest = word.text.partition("=")
        if UNKNOWN in kind or kind in ("delete", "create", "jsonpath"):
            continue
        if kind != "condition":
            yield call.finding(
                RULE,
                f"--for={word.text} inconnu",
                nearest(kind, ["condition=…", "delete", "create", "jsonpath=…"]),
                word,
            )
            continue
        yield from _condition(call, word, rest.partition("=")[0], targets)
        if rest.lower() == "ready":
            yield from ready_for_nothing(call, targets)


def _condition(call: Call, word: Word, name: str, targets: list[Target]) -> Iterator[Finding]:
    every = tuple(condition for conditions in CONDITIONS.values() for condition in conditions)
    for target in targets:
        known = CONDITIONS.get(target.kind.name) if target.kind else every
        if known is None and target.kind and target.kind.name in ("Service", "ConfigMap", "Secret", "Namespace"):
            known = ()
        if known is not None and UNKNOWN not in name and name.lower() not in {condition.lower() for condition in known}:
            cause = (
                f"« {target.kind.plural} » n'a pas de condition « {name} »"
                if target.kind
                else f"condition « {name} » inconnue"
            )
            yield call.finding(RULE, cause, nearest(name, known), word)
            return


def _patch(call: Call) -> Iterator[Finding]:
    yield from _objects(call, call.operands)
    targets, _ = read_targets(call, call.operands)
    yield from check_patch(call, targets)


def _set(rule: Callable[[Call, list[Target]], Iterator[Finding]]) -> Callable[[Call], Iterator[Finding]]:
    def check(call: Call) -> Iterator[Finding]:
        objects = tuple(
            word
            for word in call.operands
            if not re.match(r"[\w.*-]+=", word.text) and not re.fullmatch(r"\w+-", word.text)
        )
        yield from _objects(call, objects)
        targets, _ = read_targets(call, objects)
        yield from rule(call, targets)

    return check


def _just_objects(call: Call) -> Iterator[Finding]:
    yield from _objects(call, call.operands)


CHANGES: dict[str, Callable[[Call], Iterator[Finding]]] = {
    "apply": _apply,
    "replace": _apply,
    "delete": _delete,
    **{f"rollout {word}": _rollout for word in ("status", "restart", "undo", "history", "pause", "resume")},
    "scale": _scale,
    "autoscale": _just_objects,
    "label": _pairs,
    "annotate": _pairs,
    "wait": _wait,
    "patch": _patch,
    "set env": _set(env),
    "set image": _set(image),
    "set resources": _set(resources),
}
