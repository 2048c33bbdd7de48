"""Does a selector (`-l`, `--field-selector`) choose something that the repository describes?"""

import re
from collections.abc import Iterable, Iterator

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.targets import Target, in_namespace
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.objects import WORKLOADS, KubeObject, selects

RULE = "kubectl_selectors"
TERM = re.compile(r"!?[\w./-]+|[\w./-]+\s*(?:=|==|!=)\s*[\w.-]*|[\w./-]+\s+(?:not)?in\s*\([^()]*\)")
# Labels that controllers add by themselves.
AUTOMATIC = re.compile(
    r"!?(pod-template-hash|controller-revision-hash|(?:batch\.kubernetes\.io/)?job-name|kubernetes\.io/|statefulset\.kubernetes\.io/)"
)
# What the API lets one select by, for each kind; the first two for all.
FIELDS = {
    "Pod": ("spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"),
    "Event": (
        "involvedObject.kind", "involvedObject.name", "involvedObject.namespace", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ),
    "Namespace": ("status.phase",),
    "Node": ("spec.unschedulable",),
    "Secret": ("type",),
    "ReplicaSet": ("status.replicas",),
    "Job": ("status.successful",),
    "Service": ("spec.clusterIP", "spec.type"),
}  # fmt: skip
# The reasons of events that people look for: one that is close to them is one of them, misspelt.
REASONS = (
    "BackOff", "Created", "Evicted", "Failed", "FailedCreate", "FailedMount", "FailedScheduling", "Killing", "NodeNotReady", "OOMKilling",
    "Pulled", "Pulling", "Rebooted", "ScalingReplicaSet", "Scheduled", "Started", "SuccessfulCreate", "SuccessfulDelete", "Unhealthy",
)  # fmt: skip
VALUES = {
    "status.phase": ("Pending", "Running", "Succeeded", "Failed", "Unknown", "Active", "Terminating"),
    "type": ("Normal", "Warning", "Opaque"),
}


def check_selection(call: Call, targets: Iterable[Target]) -> Iterator[Finding]:
    """Each `-l` holds for at least one object of the kinds listed, each `--field-selector` names fields that may be."""
    kinds = [target.kind for target in targets if target.name is None and target.kind]
    for word in call.usage.values("--selector"):
        yield from check_selector(call, word, kinds)
    for word in call.usage.values("--field-selector"):
        yield from _fields(call, word, kinds)


def check_selector(call: Call, word: Word, kinds: list[kubectl_tables.Kind]) -> Iterator[Finding]:
    """One label selector: well written, and true of something in the namespace."""
    terms = [term.strip() for term in re.split(r",(?![^(]*\))", word.text)]
    for term in terms:
        if UNKNOWN not in term and not TERM.fullmatch(term):
            yield call.finding(
                RULE, f"sélecteur « {term} » mal écrit", "écrire clé=valeur, clé!=valeur ou « clé in (a, b) »", word
            )
            return
    yield from _values(call, word, terms, kinds)
    selector = ",".join(term for term in terms if UNKNOWN not in term and not AUTOMATIC.match(term))
    described = [(item, labels) for kind in kinds for item, labels in labelled(call, kind)]
    if (
        not selector
        or not kinds
        or any(kind.name in ("Node", "Event") for kind in kinds)
        or any(selects(selector, labels) for _, labels in described)
    ):
        return
    if not described:
        return  # said of the kind or of the namespace already
    pairs = {f"{key}={value}" for _, labels in described for key, value in labels.items()}
    keys = {key for _, labels in described for key in labels}
    wrong = next((term for term in terms if not any(selects(term, labels) for _, labels in described)), selector)
    key = re.split(r"[=! ]", wrong.lstrip("!"))[0]
    near = (
        nearest(wrong, pairs if "=" in wrong else keys)
        if key not in keys
        else nearest(wrong, {pair for pair in pairs if pair.startswith(f"{key}=")})
    )
    yield call.finding(RULE, f"le sélecteur « {word.text} » ne choisit rien : aucun objet n'a « {wrong} »", near, word)


def _values(call: Call, word: Word, terms: list[str], kinds: list[kubectl_tables.Kind]) -> Iterator[Finding]:
    """Each value of `key in (a, b)` is one that an object has, where objects have the key."""
    for term in terms:
        found = re.fullmatch(r"(\S+)\s+(?:not)?in\s*\(([^()]*)\)", term)
        if found is None:
            continue
        known = {labels[found[1]] for kind in kinds for _, labels in labelled(call, kind) if found[1] in labels}
        for value in (value.strip() for value in found[2].split(",")):
            if known and UNKNOWN not in value and value not in known:
                yield call.finding(RULE, f"aucun objet n'a « {found[1]}={value} »", nearest(value, known), word)


def labelled(call: Call, kind: kubectl_tables.Kind) -> Iterator[tuple[KubeObject, dict[str, str]]]:
    """The objects of a kind in the command's namespace, with the labels that they have in the cluster."""
    for item in call.situation.cluster.owners(kind.name):
        if call.everywhere or in_namespace(call, kind, item):
            yield item, labels_of(item) if kind.name in ("Pod", "ReplicaSet", "Job") else item.labels


def labels_of(item: KubeObject) -> dict[str, str]:
    """The labels of the pods that a workload makes, or the object's own."""
    if item.kind == "Pod" or item.kind not in WORKLOADS:
        return item.labels
    return {
        str(key): str(value) for key, value in ((item.pod_template.get("metadata") or {}).get("labels") or {}).items()
    }


def _fields(call: Call, word: Word, kinds: list[kubectl_tables.Kind]) -> Iterator[Finding]:
    for term in word.text.split(","):
        found = re.fullmatch(r"([^=!]+)(?:==|!=|=)(.*)", term)
        if UNKNOWN in term:
            continue
        if found is None:
            yield call.finding(RULE, f"sélecteur de champ « {term} » mal écrit", "écrire champ=valeur", word)
            continue
        field, value = found[1].strip(), found[2].strip()
        for kind in kinds:
            known = ("metadata.name", "metadata.namespace", *FIELDS.get(kind.name, ()))
            if field not in known:
                yield call.finding(
                    RULE, f"« {kind.plural} » ne se choisit pas par « {field} »", nearest(field, known), word
                )
        if field in VALUES and value not in VALUES[field] and "Secret" not in (kind.name for kind in kinds):
            yield call.finding(RULE, f"« {field} » ne vaut jamais « {value} »", nearest(value, VALUES[field]), word)
        if field == "reason" and value not in REASONS:
            near = nearest(value, REASONS)
            if near.startswith("vouliez"):
                yield call.finding(RULE, f"aucun événement n'a la cause « {value} »", near, word)
        names = {item.name for item in call.situation.cluster.objects}
        if (
            field == "involvedObject.name"
            and value
            and not any(value == name or value.startswith(f"{name}-") for name in names)
        ):
            yield call.finding(RULE, f"aucun manifeste ne décrit « {value} »", nearest(value, names), word)
