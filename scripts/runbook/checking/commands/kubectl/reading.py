"""`kubectl get`, `describe`, `top`, `events`, `explain`, `auth can-i`: is what they ask for there to be read?"""

from collections.abc import Callable, Iterator

from runbook.checking.blocks.words import UNKNOWN
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.selectors import check_selection
from runbook.checking.commands.kubectl.targets import Target, check_targets, read_targets
from runbook.checking.finding import Finding, nearest

RULE = "kubectl_reading"
BOOLEAN_ENDS = "le lancer en arrière-plan (data-arriere-plan), ou attendre par « kubectl wait »"


def _get(call: Call) -> Iterator[Finding]:
    targets, findings = read_targets(call, call.operands)
    yield from findings
    if not call.operands and not call.usage.values("--filename", "--kustomize", "--raw"):
        yield call.finding(
            RULE, f"« kubectl {call.verb} » sans objet", "nommer une sorte d'objet : pods, services…", call.word
        )
    absent_is_fine = call.verb == "get" and any(target.kind and target.kind.name == "Namespace" for target in targets)
    yield from check_targets(call, targets, present=not absent_is_fine)
    yield from check_selection(call, targets)
    block = call.command.block
    if block.exit_status and block.retry is None:
        for target in targets:
            if target.kind and (target.kind.name, target.name) in call.situation.cluster.leaving:
                cause = f"« {target.name} » a été supprimé sans attendre : il peut être encore là"
                yield call.finding(
                    RULE, cause, "ajouter data-reessayer au bloc, ou « kubectl wait --for=delete » avant", target.word
                )
    if call.usage.has("--watch", "--watch-only") and not call.bounded:
        yield call.finding(RULE, f"« kubectl {call.verb} --watch » ne finit jamais", BOOLEAN_ENDS, call.word)


def _top(call: Call) -> Iterator[Finding]:
    kind = kubectl_tables.kind_named("Pod" if call.verb == "top pod" else "Node")
    targets = [Target(kind, word.text, word) for word in call.operands] or [Target(kind, None, call.word)]
    yield from check_targets(call, targets)
    yield from check_selection(call, targets)


def _events(call: Call) -> Iterator[Finding]:
    targets, findings = read_targets(call, tuple(call.usage.values("--for")))
    yield from findings
    yield from check_targets(call, [*targets, Target(kubectl_tables.kind_named("Event"), None, call.word)])


def _explain(call: Call) -> Iterator[Finding]:
    for word in call.operands:
        name, *path = word.text.split(".")
        kind = kubectl_tables.kinds().get(name.lower())
        if UNKNOWN in word.text:
            continue
        if kind is None:
            yield call.finding(RULE, f"sorte d'objet « {name} » inconnue", kubectl_tables.nearest_kind(name), word)
            continue
        kind_name = kind.name
        for field in path:
            known = kubectl_tables.fields().get(kind_name)
            if known is None:
                break
            if field not in known:
                yield call.finding(RULE, f"« {kind_name} » n'a pas de champ « {field} »", nearest(field, known), word)
                break
            kind_name = known[field].lstrip("[")


def _can_i(call: Call) -> Iterator[Finding]:
    for word in call.operands[1:2]:
        name = word.text.partition("/")[0]
        if UNKNOWN not in name and name not in kubectl_tables.kinds() and name != "*" and not name.startswith("/"):
            yield call.finding(RULE, f"sorte d'objet « {name} » inconnue", kubectl_tables.nearest_kind(name), word)


READING: dict[str, Callable[[Call], Iterator[Finding]]] = {
    "get": _get,
    "describe": _get,
    "top pod": _top,
    "top node": _top,
    "events": _events,
    "explain": _explain,
    "auth can-i": _can_i,
}
