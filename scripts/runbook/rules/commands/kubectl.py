"""`kubectl`: the objects, namespaces, containers, files and ports that a command names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from runbook.repository.model import SYSTEM_NAMESPACES
from runbook.repository.objects import KubeObject, mapping, objects_in, selects
from runbook.repository.yamlfile import Document, parse_documents
from runbook.rules.call import Call, carries, effect
from runbook.rules.finding import Finding, meant, nearest
from runbook.rules.kubernetes import ALL, MADE_BY, Kind, kinds
from runbook.rules.rule import rule
from runbook.rules.shell import UNKNOWN, Command, Word
from runbook.rules.situation import Situation, at

KUBECTL = ("kubectl",)
TAKES_OBJECTS = [
    "get",
    "describe",
    "delete",
    "edit",
    "scale",
    "label",
    "annotate",
    "patch",
    "wait",
    "expose",
    "autoscale",
    "rollout",
    "set",
    "top",
    "events",
]
OF_PODS = {"logs": 1, "exec": 1, "attach": 1, "port-forward": 1, "debug": 1}
BY_DEFAULT = {"top pod": "Pod", "top node": "Node", **dict.fromkeys(OF_PODS, "Pod"), "drain": "Node", "cordon": "Node"}
MAKES = {"create", "run", "expose", "autoscale"}
PAIR = re.compile(r"[\w./*-]+=.*|[\w./]+[\w./-]*-", re.DOTALL)
IN_EVERY_NAMESPACE = ("kube-root-ca.crt", "default", "kubernetes")
OF_THE_CLUSTER = (
    "Node",
    "Event",
    "PersistentVolume",
    "Lease",
    "StorageClass",
    "APIService",
    "CustomResourceDefinition",
)


@dataclass(frozen=True, slots=True)
class Target:
    """What one operand names: a kind, and a name, None for all of the kind."""

    kind: Kind
    name: str | None
    word: Word


def targets(call: Call) -> tuple[list[Target], list[Word]]:
    """The objects that the operands name, and the words that should be a kind and are not."""
    operands = [
        word
        for word in call.operands
        if not (call.verb.startswith(("label", "annotate", "set ")) and PAIR.fullmatch(word.text))
    ]
    first = call.verb.partition(" ")[0]
    if call.verb in BY_DEFAULT:
        named = [word for word in operands[: OF_PODS.get(call.verb, len(operands))] if word.text]
        default = kinds()[BY_DEFAULT[call.verb].lower()]
        bare = [Target(default, word.text, word) for word in named if "/" not in word.text and word.known]
        slashed, wrong = _slashed(tuple(word for word in named if "/" in word.text))
        return [*bare, *slashed], wrong
    if first not in TAKES_OBJECTS or call.verb == "events" or call.values("--filename", "--kustomize", "--raw"):
        return [], []
    if any("/" in word.text for word in operands):
        return _slashed(tuple(operands))
    if not operands or not operands[0].known:
        return [], []
    found, wrong = _kinds(operands[0])
    if not operands[1:]:
        return [Target(kind, None, operands[0]) for kind in found], wrong
    return [Target(kind, word.text, word) for kind in found for word in operands[1:]], wrong


def _slashed(words: tuple[Word, ...]) -> tuple[list[Target], list[Word]]:
    found: list[Target] = []
    wrong: list[Word] = []
    for word in words:
        kind, _, name = word.text.partition("/")
        if UNKNOWN not in kind:
            known, bad = _kinds(Word(kind, word.line))
            found += [Target(one, name, word) for one in known]
            wrong += bad
    return found, wrong


def _kinds(word: Word) -> tuple[list[Kind], list[Word]]:
    found: list[Kind] = []
    wrong: list[Word] = []
    for name in word.text.lower().split(","):
        if name == "all":
            found += [kinds()[kind.lower()] for kind in ALL]
        elif name in kinds() or re.sub(r"\.v\d\w*\b", "", name) in kinds():
            found.append(kinds()[name if name in kinds() else re.sub(r"\.v\d\w*\b", "", name)])
        elif name:
            wrong.append(Word(name, word.line))
    return found, wrong


@rule("sorte-inconnue", *KUBECTL)
def unknown_kind(call: Call) -> Iterator[Finding]:
    """Une commande kubectl nomme une sorte d'objet que Kubernetes n'a pas.

    Mauvais : kubectl get deploymnets -n shop
    Bon : kubectl get deployments -n shop
    """
    for word in targets(call)[1]:
        custom = {item.kind.lower() for item in call.situation.objects}
        near = meant(word.text, (name for name in kinds() if len(name) > 2))
        if near and word.text.removesuffix("s") not in custom and "." not in word.text:
            yield at(call.command, word, f"sorte d'objet « {word.text} » inconnue", f"vouliez-vous dire « {near} » ?")


@rule("objet-inconnu", *KUBECTL)
def unknown_object(call: Call) -> Iterator[Finding]:
    """Une commande kubectl nomme un objet qu'aucun manifeste ne décrit et qu'aucune commande ne crée.

    Mauvais : kubectl describe deployment/shop-fronts -n shop
    Bon : kubectl describe deployment/shop-front -n shop
    """
    situation = call.situation
    if (
        not situation.here
        or situation.opaque
        or not situation.objects
        or call.verb.partition(" ")[0] in MAKES
        or call.has("--ignore-not-found")
    ):
        return
    for target in targets(call)[0]:
        name, kind = target.name, target.kind.name
        if name is None or kind in OF_THE_CLUSTER or name in (*IN_EVERY_NAMESPACE, *SYSTEM_NAMESPACES):
            continue
        if namespace(call) in SYSTEM_NAMESPACES[1:] or "/" in name or not name:
            continue
        owners = owners_of(situation, kind, name)
        if not owners:
            other = next((item for item in situation.objects if item.name == name), None)
            names = (item.name for item in situation.objects if item.kind in (kind, *_like(kind)))
            remedy = f"écrire « {other.kind.lower()}/{name} »" if other else nearest(name, names)
            if (
                other is None
                and not meant(name, (item.name for item in situation.objects))
                and f"{kind}/{name}".lower() in made_elsewhere(call)
            ):
                continue
            yield at(call.command, target.word, f"aucun manifeste ne décrit {kind} « {name} »", remedy)
        elif (
            target.kind.namespaced
            and not call.has("--all-namespaces")
            and not any(_in_sight(call, item) for item in owners)
        ):
            right = owners[0].namespace
            yield at(
                call.command,
                target.word,
                f"« {name} » n'est pas dans l'espace de noms « {namespace(call)} »",
                f"écrire -n {right}",
            )


def made_elsewhere(call: Call) -> list[str]:
    """The objects that the settings say some command makes."""
    return call.situation.repository.settings.model.made_by_commands


def _like(kind: str) -> tuple[str, ...]:
    return ("Service",) if kind == "Endpoints" else ()


def owners_of(situation: Situation, kind: str, name: str) -> list[KubeObject]:
    """The objects of this kind and name, or whose controllers make some that can be called so."""
    wanted = re.compile(".*".join(map(re.escape, name.split(UNKNOWN))))
    makers = MADE_BY.get(kind, ())
    return [
        item
        for item in situation.objects
        if (item.kind in (kind, *_like(kind)) and wanted.fullmatch(item.name))
        or (
            item.kind in makers
            and (
                name.startswith(f"{item.name}-")
                or (UNKNOWN in name and item.name.startswith(name.split(UNKNOWN, maxsplit=1)[0][: len(item.name)]))
            )
        )
    ]


def namespace(call: Call) -> str:
    """The namespace that the command looks at."""
    asked = call.values("--namespace")
    return asked[-1].text if asked else call.situation.namespace


def _in_sight(call: Call, item: KubeObject) -> bool:
    return item.namespace is None or UNKNOWN in namespace(call) or item.namespace == namespace(call)


@rule("espace-de-noms", *KUBECTL)
def wrong_namespace(call: Call) -> Iterator[Finding]:
    """Une commande kubectl regarde dans un espace de noms qui n'existe pas, ou dans « default » où le dépôt n'a rien.

    Mauvais : kubectl get pods -n shopp
    Bon : kubectl get pods -n shop
    """
    situation = call.situation
    known = situation.known_namespaces()
    if (
        not situation.here
        or situation.opaque
        or not known
        or call.verb.startswith(("config", "create namespace", "delete namespace"))
    ):
        return
    asked = call.values("--namespace")
    if asked:
        if asked[-1].known and asked[-1].text not in known:
            own = known.difference(SYSTEM_NAMESPACES)
            yield at(
                call.command, asked[-1], f"espace de noms « {asked[-1].text} » inconnu", nearest(asked[-1].text, own)
            )
        return
    listed = [target for target in targets(call)[0] if target.kind.namespaced and target.name is None]
    looks = listed or call.verb == "events" or (call.verb == "run" and situation.here)
    has_some = any(item.namespace == "default" for item in situation.objects)
    if looks and situation.namespace == "default" and not has_some and not call.has("--all-namespaces"):
        there = sorted(known.difference(SYSTEM_NAMESPACES))
        yield at(call.command, None, "kubectl regarde dans « default », où ce dépôt n'a rien", f"ajouter -n {there[0]}")


@rule("selecteur-vide", *KUBECTL)
def empty_selector(call: Call) -> Iterator[Finding]:
    """Un sélecteur d'étiquettes ne désigne aucun objet des manifestes.

    Mauvais : kubectl get pods -n shop -l app=fronts
    Bon : kubectl get pods -n shop -l app=front
    """
    situation = call.situation
    if not situation.here or not situation.objects or namespace(call) in SYSTEM_NAMESPACES[1:]:
        return
    for word in call.values("--selector"):
        labels = [labels for item in situation.objects for labels in (item.labels, item.pod_labels)]
        foreign = any(
            term.strip().split("/")[0] in ("node-role.kubernetes.io", "kubernetes.io") for term in word.text.split(",")
        )
        if word.known and not foreign and not any(selects(word.text, one) for one in labels if one):
            shown = {f"{key}={value}" for one in labels for key, value in one.items()}
            yield at(call.command, word, f"le sélecteur « {word.text} » ne désigne rien", nearest(word.text, shown))


@rule("conteneur-inconnu", *KUBECTL)
def unknown_container(call: Call) -> Iterator[Finding]:
    """Une commande kubectl nomme un conteneur que les pods de l'objet n'ont pas.

    Mauvais : kubectl set image deployment/shop-front web=shop-front:1.1 -n shop
    Bon : kubectl set image deployment/shop-front front=shop-front:1.1 -n shop
    """
    found = [
        item
        for target in targets(call)[0]
        if target.name
        for item in owners_of(call.situation, target.kind.name, target.name)
    ]
    names = {container.name for item in found for container in item.containers()}
    words = [*call.values("--container")] if call.verb in ("logs", "exec", "attach", "set env") else []
    if call.verb == "set image":
        words = [Word(word.text.partition("=")[0], word.line) for word in call.operands if "=" in word.text]
    for word in words if names else []:
        if word.known and not any(fnmatchcase(name, word.text) for name in names):
            yield at(call.command, word, f"aucun conteneur ne s'appelle « {word.text} »", nearest(word.text, names))


@rule("port-inconnu", *KUBECTL)
def unknown_port(call: Call) -> Iterator[Finding]:
    """kubectl port-forward vise un port que le Service ou le pod n'a pas.

    Mauvais : timeout 5 kubectl port-forward svc/shop-front 8080:81 -n shop
    Bon : timeout 5 kubectl port-forward svc/shop-front 8080:80 -n shop
    """
    if call.verb != "port-forward":
        return
    for target in targets(call)[0]:
        for item in owners_of(call.situation, target.kind.name, target.name or ""):
            ports = _ports(item)
            for word in call.operands[1:]:
                wanted = word.text.rpartition(":")[2]
                if word.known and ports and wanted not in ports:
                    yield at(call.command, word, f"« {item.name} » n'a pas de port {wanted}", nearest(wanted, ports))


def _ports(item: KubeObject) -> set[str]:
    if item.kind == "Service":
        ports = [mapping(port) for port in item.at("spec", "ports", default=[])]
        return {str(port[key]) for port in ports for key in ("port", "name") if key in port}
    return {name for container in item.containers() for name in container.ports}


@rule("fichier-de-kubectl", *KUBECTL)
def files_given(call: Call) -> Iterator[Finding]:
    """Le fichier donné à kubectl -f n'existe pas, ou ne décrit aucun objet.

    Mauvais : kubectl apply -f k8s/apis.yaml
    Bon : kubectl apply -f k8s/api.yaml
    """
    situation = call.situation
    if call.verb in ("apply", "create", "replace") and not call.values("--filename", "--kustomize", "--raw"):
        if call.verb != "create" and call.must_succeed:
            yield at(call.command, None, f"kubectl {call.verb} sans fichier", "ajouter -f et un fichier ou un dossier")
        return
    if call.verb in ("logs", "exec", "port-forward"):
        return
    for word in call.values("--filename", "--kustomize"):
        for text in word.text.split(","):
            path = situation.place(text)
            if text == "-" or path is None or "://" in text:
                continue
            yield from situation.missing(call.command, word, text)
            inside = situation.repository.in_folder.get(path, []) if path in situation.repository.folders else None
            if (
                inside is not None
                and not call.has("--recursive")
                and not any(name.endswith((".yaml", ".yml", ".json")) for name in inside)
            ):
                yield at(call.command, word, f"aucun manifeste dans « {text} »", "nommer le dossier qui en a")


@effect("kubectl")
def remember(call: Call) -> None:
    """Objects made, the current namespace, ports opened."""
    situation = call.situation
    dry = call.has("--dry-run") or any(word.text != "none" for word in call.values("--dry-run"))
    if call.verb == "config set-context":
        for word in call.values("--namespace"):
            situation.namespace = word.text
    elif call.verb == "port-forward":
        _opened(call)
    elif call.verb in ("apply", "create", "replace") and call.values("--filename"):
        situation.opaque |= call.command.stdin is None and any(
            word.text == "-" or "://" in word.text or not word.known for word in call.values("--filename")
        )
        situation.objects += [
            item for item in _given(call) if not any(_same(item, known) for known in situation.objects)
        ]
    elif call.verb.partition(" ")[0] in MAKES and not dry:
        situation.objects += _made(call)


def _opened(call: Call) -> None:
    for word in call.operands[1:]:
        local = word.text.partition(":")[0]
        for target in targets(call)[0] if local.isdecimal() else ():
            for item in owners_of(call.situation, target.kind.name, target.name or ""):
                repository = call.situation.repository
                containers = (repository.application_of(one) for one in item.containers())
                name = (
                    repository.application_behind(item)
                    if item.kind == "Service"
                    else next(filter(None, containers), None)
                )
                call.situation.ports[int(local)] = name
        if local.isdecimal():
            call.situation.ports.setdefault(int(local), None)


def _given(call: Call) -> list[KubeObject]:
    """The objects of a here-document given on standard input."""
    text = call.command.stdin if any(word.text == "-" for word in call.values("--filename")) else None
    return objects_in(parse_documents(text or "", call.command.path, call.command.line)[0])


def _same(one: KubeObject, other: KubeObject) -> bool:
    return (one.kind, one.name, one.namespace) == (other.kind, other.name, other.namespace)


def _made(call: Call) -> list[KubeObject]:
    """The object that `create KIND NAME`, `run NAME` or `expose` makes."""
    first, _, kind = call.verb.partition(" ")
    known = {"run": "Pod", "expose": "Service", "autoscale": "HorizontalPodAutoscaler"}.get(first)
    known = (
        known
        or {"quota": "ResourceQuota"}.get(kind)
        or next((found.name for name, found in kinds().items() if name == kind.split(" ")[0]), None)
    )
    names = [word.text for word in call.values("--name")] or [
        word.text for word in call.operands[-1 if first == "run" else 0 :][:1]
    ]
    if known is None or not names:
        return []
    labels = {"run": names[0]} if first == "run" else {}
    value = {
        "kind": known,
        "metadata": {"name": names[0].rpartition("/")[2], "namespace": namespace(call), "labels": labels},
    }
    if known == "Namespace":
        value["metadata"].pop("namespace")  # type: ignore[attr-defined]
    return [KubeObject(Document(call.command.path, call.command.line, value))]


@carries("kubectl")
def nothing_here(_: Call) -> Iterator[tuple[Command, Situation]]:
    """What `exec` and `run` carry happens in a container, whose files and programs are not known."""
    return iter(())
