"""Do the objects that a kubectl command names exist, in that namespace, at that point of the page?"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runbook.checking.blocks.cluster import SYSTEM_NAMESPACES, could_be
from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.objects import KubeObject

# Kinds whose objects are the cluster's own, and names that every namespace holds.
OF_THE_CLUSTER = ("Node", "Event", "PersistentVolume", "ResourceQuota", "LimitRange", "Lease")
IN_EVERY_NAMESPACE = {
    ("ConfigMap", "kube-root-ca.crt"),
    ("ServiceAccount", "default"),
    ("Service", "kubernetes"),
    ("Endpoints", "kubernetes"),
}
RULE = "kubectl_targets"


@dataclass(frozen=True, slots=True)
class Target:
    """What one operand names; `kind` is None if only running tells it, `name` None for all of the kind."""

    kind: kubectl_tables.Kind | None
    name: str | None
    word: Word

    @property
    def checkable(self) -> bool:
        """Whether the repository can know such objects."""
        kind = self.kind
        return kind is not None and kind.name not in OF_THE_CLUSTER and (kind.namespaced or kind.name == "Namespace")


def read_targets(
    call: Call, operands: tuple[Word, ...], default: str | None = None
) -> tuple[list[Target], list[Finding]]:
    """The objects that `kind name…`, `kind/name…` or (with `default`) a bare name mean, and what cannot be read."""
    targets: list[Target] = []
    findings: list[Finding] = []
    if any("/" in word.text for word in operands):
        for word in operands:
            kind, separator, name = word.text.partition("/")
            if not separator and UNKNOWN not in kind:
                findings.append(
                    call.finding(
                        RULE, f"« {kind} » et « kind/nom » dans la même commande", "écrire « kind/nom » partout", word
                    )
                )
            elif not name:
                if UNKNOWN not in kind:
                    findings.append(
                        call.finding(RULE, f"« {word.text} » : il manque le nom", "écrire « kind/nom »", word)
                    )
            else:
                targets += [Target(found, name, word) for found in _kinds(call, kind, word, findings)]
    elif default is not None:
        for word in operands:
            targets.append(
                Target(None if word.text.startswith(UNKNOWN) else kubectl_tables.kind_named(default), word.text, word)
            )
    elif operands:
        first, *names = operands
        for found in _kinds(call, first.text, first, findings):
            targets += [Target(found, word.text, word) for word in names] or [Target(found, None, first)]
    return targets, findings


def _kinds(call: Call, text: str, word: Word, findings: list[Finding]) -> list[kubectl_tables.Kind | None]:
    kinds: list[kubectl_tables.Kind | None] = []
    for name in text.split(","):
        if UNKNOWN in name:
            kinds.append(None)
        elif name == "all":
            kinds += [kubectl_tables.kind_named(kind) for kind in kubectl_tables.LISTED_BY_ALL]
        elif name.lower() in kubectl_tables.kinds():
            kinds.append(kubectl_tables.kinds()[name.lower()])
        else:
            findings.append(
                call.finding(RULE, f"sorte d'objet « {name} » inconnue", kubectl_tables.nearest_kind(name), word)
            )
    return kinds


def check_targets(call: Call, targets: Iterable[Target], *, present: bool = True) -> Iterator[Finding]:
    """Each named object exists in the namespace, now if `present`; each listed kind has some there."""
    listed: list[Target] = []
    for target in targets:
        if target.name is None:
            listed.append(target)
        elif target.checkable:
            yield from _named(call, target, present)
    yield from _listed(call, listed)


def items(call: Call, target: Target) -> list[KubeObject]:
    """The objects that a target means in the command's namespace, or whose controllers make what it means."""
    if target.kind is None:
        return []
    cluster = call.situation.cluster
    return [
        item
        for item in cluster.owners(target.kind.name, target.name)
        if call.everywhere or in_namespace(call, target.kind, item)
    ]


def in_namespace(call: Call, kind: kubectl_tables.Kind, item: KubeObject) -> bool:
    """Whether the object is where the command looks."""
    return not kind.namespaced or item.namespace is None or could_be(call.namespace, item.namespace)


def _named(call: Call, target: Target, present: bool) -> Iterator[Finding]:
    kind, name, cluster = target.kind, target.name or "", call.situation.cluster
    if (
        kind is None
        or (kind.namespaced and call.namespace in SYSTEM_NAMESPACES[1:])
        or (kind.name, name) in IN_EVERY_NAMESPACE
    ):
        return
    if kind.name == "Namespace" and name in SYSTEM_NAMESPACES:
        return
    if call.everywhere:
        yield call.finding(
            RULE,
            f"« {name} » nommé avec --all-namespaces : kubectl le refuse",
            "donner l'espace de noms par -n",
            target.word,
        )
        return
    owners = list(cluster.owners(kind.name, name))
    if not owners:
        if not (call.usage.has("--ignore-not-found") and _made_by_page(call, name)):
            yield _unknown(call, target)
        return
    here = [item for item in owners if in_namespace(call, kind, item)]
    if not here:
        yield _elsewhere(call, target, owners[0])
    elif (
        kind.name in ("Pod", "ReplicaSet")
        and UNKNOWN not in name
        and all(item.kind not in (kind.name, "StatefulSet") for item in here)
    ):
        yield call.finding(
            RULE,
            f"« {name} » : ce nom change à chaque mise à jour",
            f"le demander au cluster : kubectl get {kind.plural} -o name",
            target.word,
        )
    elif (
        present
        and call.must_succeed
        and not call.usage.has("--ignore-not-found")
        and not any(cluster.is_live(item) for item in here)
    ):
        yield _absent(call, f"{kind.plural}/{name}", target.word, here[0])


def _absent(call: Call, name: str, word: Word, item: KubeObject) -> Finding:
    remedy = f"appliquer d'abord {item.path}" if item.path else "le créer d'abord"
    return call.finding(
        RULE,
        f"« {name} » n'existe pas à cet endroit de la page",
        f"{remedy}, ou nommer sous « apres » la page qui le crée",
        word,
    )


def _unknown(call: Call, target: Target) -> Finding:
    kind = target.kind
    plural, kind_name = (kind.plural, kind.name) if kind else ("", "")
    objects = call.situation.cluster.objects
    cause = f"aucun manifeste ne décrit « {plural}/{target.name} »"
    same = next(
        (item for item in objects if item.name == target.name and item.kind.lower() in kubectl_tables.kinds()), None
    )
    if same is not None:
        return call.finding(
            RULE, cause, f"écrire « {kubectl_tables.kind_named(same.kind).name.lower()}/{same.name} »", target.word
        )
    names = {
        item.name if kind_name in (item.kind, "Endpoints") else f"{item.name}-{UNKNOWN}"
        for item in call.situation.cluster.owners(kind_name)
    }
    return call.finding(RULE, cause, nearest(target.name or "", names), target.word)


def _elsewhere(call: Call, target: Target, item: KubeObject) -> Finding:
    asked = call.asked_namespace
    if asked is None:
        cause = f"sans -n, kubectl cherche « {target.name} » dans « {call.namespace} »"
    else:
        cause = f"« {target.name} » n'est pas dans « {asked.text} »"
    return call.finding(
        RULE,
        cause,
        f"ajouter « -n {item.namespace} »" if asked is None else f"écrire « -n {item.namespace} »",
        asked or target.word,
    )


def _made_by_page(call: Call, name: str) -> bool:
    return re.search(rf"kubectl (?:run|create) .*\b{re.escape(name)}(?:\s|$)", call.situation.page.markdown) is not None


def _listed(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """Kinds without a name: the namespace must be where the repository has objects, and has some of them."""
    checked = [target for target in targets if target.checkable]
    spaced = [target for target in targets if target.kind is not None and target.kind.namespaced]
    if not spaced or call.everywhere or call.namespace in SYSTEM_NAMESPACES[1:] or UNKNOWN in call.namespace:
        return
    cluster = call.situation.cluster
    missing = (
        None
        if any(items(call, target) for target in spaced if target.checkable)
        else nothing_in_default(call, spaced[0].word)
    )
    if missing is not None:
        yield missing
    elif (
        checked
        and not any(list(cluster.owners(target.kind.name)) for target in checked if target.kind)
        and not any(target.kind and target.kind.name in (kind for kind, _ in IN_EVERY_NAMESPACE) for target in checked)
    ):
        expected = call.command.block.expected
        if not (expected and "No resources" in expected.text):
            kinds = sorted(
                {
                    kubectl_tables.kind_named(item.kind).plural
                    for item in cluster.objects
                    if item.kind.lower() in kubectl_tables.kinds()
                }
            )
            cause = f"ce dépôt n'a aucun objet de sorte « {checked[0].word.text} »"
            yield call.finding(RULE, cause, nearest(checked[0].word.text, kinds), checked[0].word)


def nothing_in_default(call: Call, word: Word) -> Finding | None:
    """A finding if the command looks where the repository, which has a namespace of its own, has nothing."""
    objects = call.situation.cluster.objects
    own = sorted({item.namespace for item in objects if item.namespace and item.namespace not in SYSTEM_NAMESPACES})
    if (
        call.everywhere
        or call.namespace != "default"
        or not own
        or any(item.namespace == "default" for item in objects)
    ):
        return None
    return call.finding(
        RULE, "kubectl regarde dans « default », où ce dépôt n'a rien", f"ajouter « -n {own[0]} »", word
    )


def check_namespace(call: Call) -> Iterator[Finding]:
    """The namespace after `-n` is one that a manifest or the page makes, or the cluster's own."""
    word = call.asked_namespace
    if word is None:
        return
    known = call.situation.cluster.namespaces()
    if not any(could_be(word.text, name) for name in known):
        own = known.difference(SYSTEM_NAMESPACES) or known
        yield call.finding(RULE, f"espace de noms « {word.text} » inconnu", nearest(word.text, own), word)
