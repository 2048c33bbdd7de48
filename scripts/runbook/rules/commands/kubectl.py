"""`kubectl`: the objects, namespaces, containers, files and ports that a command names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from runbook.matching.wildcard import fits
from runbook.repository.model import SYSTEM_NAMESPACES
from runbook.repository.objects import KubeObject, objects_in, selects
from runbook.repository.yamlfile import parse_documents, under
from runbook.rules.call import Call, effect
from runbook.rules.finding import Told, meant, nearest, slip
from runbook.rules.kubernetes import ALL, MADE_BY, NUMBERED, Kind, kinds
from runbook.rules.rule import rule
from runbook.rules.shell import UNKNOWN, Word
from runbook.rules.situation import Situation

OF_OBJECTS = ("get", "describe", "delete", "edit", "scale", "label", "annotate", "patch", "wait", "expose", "autoscale")
OF_MORE = ("rollout", "set", "top")
OF_ONE_POD = ("logs", "exec", "attach", "port-forward", "debug")  # their first operand names it
BY_DEFAULT = dict.fromkeys(("top pod", *OF_ONE_POD), "pod") | dict.fromkeys(("top node", "drain", "cordon"), "node")
MAKES = ("create", "run", "expose", "autoscale")
MADE_ALONE = {"run": "Pod", "expose": "Service", "autoscale": "HorizontalPodAutoscaler"}
FROM_FILES = ("apply", "create", "replace")
CUSTOM = "custom"  # stands for the group of a kind that is not Kubernetes' own
PAIR = re.compile(r"[\w./*-]+=.*|[\w./]+[\w./-]*-", re.DOTALL)
# A path of the API to an object of a namespace, or through a Service to what answers behind it.
RAW = re.compile(
    r"/apis?/(?:[\w.-]+/)?v\w+/namespaces/(?P<space>[\w-]+)/(?P<kind>[a-z]+)/(?:https?:)?(?P<name>[\w-]+)"
    r"(?::[\w-]*)?(?:/proxy(?P<path>/[^?]*))?(?:[/?].*)?"
)
QUOTED = re.compile(r"(?:[a-z][\w-]*/)?(?P<kind>[a-z]+)/(?P<name>[a-z][\w-]*)")  # what other programs are given
EVERYWHERE = ("kube-root-ca.crt", "default", "kubernetes", *SYSTEM_NAMESPACES)  # names that every cluster holds


@dataclass(frozen=True, slots=True)
class Target:
    """What one operand names: a kind, and a name, None for all of the kind."""

    kind: Kind
    name: str | None
    word: Word


@lru_cache(maxsize=1)
def targets(call: Call) -> tuple[list[Target], list[Word]]:
    """The objects that the operands name, and the words that should be a kind and are none."""
    first = call.verb.partition(" ")[0]
    if call.program != "kubectl" or call.values("--raw"):
        form, words = (RAW, call.values("--raw")) if call.program == "kubectl" else (QUOTED, call.operands)
        asked = [(_kind(call, one["kind"]), one["name"], word) for word in words if (one := form.fullmatch(word.text))]
        return [Target(kind, name, word) for kind, name, word in asked if kind], []
    default, copied = BY_DEFAULT.get(call.verb), call.verb == "create job"
    known = default or copied or first in (*OF_OBJECTS, *OF_MORE)
    if not known or call.values("--filename", "--kustomize"):
        return [], []
    pairs = first in ("label", "annotate", "set")
    words = [word for word in call.operands if not (pairs and PAIR.fullmatch(word.text))]
    words = words[:1] if call.verb in OF_ONE_POD else call.values("--from") if copied else words
    words += call.values("--from") if call.verb == "set env" else []
    named: list[tuple[Word, str | None, Word]] = []  # the kind, the name, and where that stands
    if default is None and words and not any("/" in word.text for word in words):
        named = [(words[0], word.text, word) for word in words[1:]] or [(words[0], None, words[0])]
    else:
        for word in words:
            kind, slash, name = word.text.partition("/")
            if slash or (default and word.known):
                named.append((Word(kind if slash else default or "", word.line), name if slash else word.text, word))
    told = [(_kind(call, one.text), one, name, word) for kinds, name, word in named for one in _listed(kinds)]
    found = [Target(kind, name, word) for kind, _, name, word in told if kind]
    return found, [one for kind, one, _, _ in told if not kind]


def _kind(call: Call, text: str) -> Kind | None:
    """One of Kubernetes' own, or a custom one of which there is an object."""
    known = kinds().get(text)
    custom = (item.kind for item in call.situation.objects if item.kind.lower() in (text, text.removesuffix("s")))
    return known or next((Kind(name, CUSTOM, namespaced=True) for name in custom), None)


def _listed(kinds: Word) -> list[Word]:
    """Each kind of a list, without its version."""
    names = [re.sub(r"\.v\d\w*\b", "", one) for one in kinds.text.lower().split(",") if UNKNOWN not in one and one]
    return [Word(one.lower(), kinds.line) for name in names for one in (ALL if name == "all" else (name,))]


@rule("sorte-inconnue", "kubectl", bad="kubectl get deploymnets -n shop", good="kubectl get deployments -n shop")
def unknown_kind(call: Call) -> Iterator[Told]:
    """Une commande kubectl nomme une sorte d'objet que Kubernetes n'a pas, tout près d'une qu'il a."""
    for word in targets(call)[1]:
        if "." not in word.text:
            known = (name for name in kinds() if len(name) > 3 and name[0] == word.text[0])
            yield word, f"sorte d'objet « {word.text} » inconnue", slip(word.text, known)


@rule("objet-inconnu", bad="kubectl get deploy/shop-fronts -n shop", good="kubectl get deploy/shop-front -n shop")
def unknown_object(call: Call) -> Iterator[Told]:
    """Une commande nomme un objet du cluster qu'aucun manifeste ne décrit et qu'aucune commande ne crée."""
    situation, looks = call.situation, namespace(call)
    if not situation.here or looks in SYSTEM_NAMESPACES[1:] or (call.grammar and call.program != "kubectl"):
        return
    if call.verb.partition(" ")[0] in MAKES and call.verb != "create job":
        return
    made = situation.repository.settings.model.made_by_commands
    elsewhere = call.grammar and not (situation.opaque and call.values("--namespace")) and UNKNOWN not in looks
    for target in targets(call)[0] if situation.objects else ():
        kind, name = target.kind.name, target.name
        own = target.kind.namespaced or kind == "Namespace"  # other kinds are of the cluster, whoever made it
        if not name or not own or kind in ("Event", "Lease") or name in EVERYWHERE or f"{kind}/{name}".lower() in made:
            continue
        owners = owners_of(situation, kind, name)
        names = [] if owners else [text for item in situation.objects for text in _names(item, kind)]
        names += [one.partition("/")[2] for one in made if one.startswith(f"{kind.lower()}/")]
        # what the page applied without showing it, or a controller makes, may be called anything but a slip
        free = situation.opaque or target.kind.group == CUSTOM or not call.grammar or call.has("--ignore-not-found")
        if not owners and (not free or meant(name, names)):
            other = next((item for item in situation.objects if item.name == name), None)
            remedy = f"écrire « {other.kind.lower()}/{name} »" if other else nearest(name, names)
            yield target.word, f"aucun manifeste ne décrit {kind} « {name} »", remedy
        elif owners and target.kind.namespaced and elsewhere and not call.has("--all-namespaces"):
            where = [item.namespace for item in owners]
            if not {None, looks} & {*where}:
                yield target.word, f"« {name} » n'est pas dans l'espace de noms « {looks} »", f"écrire -n {where[0]}"


def owners_of(situation: Situation, kind: str, name: str) -> list[KubeObject]:
    """The objects of this kind and name, or whose controllers make some that can be called so."""
    kind = "Service" if kind == "Endpoints" else kind
    called = [item for item in situation.objects for one in _names(item, kind) if fits(name, one)]
    return called + [item for item in situation.objects if _makes(item, kind, name)]


def _names(item: KubeObject, kind: str) -> tuple[str, ...]:
    """How the object of this kind is called that it is, or that it makes: a certificate its Secret."""
    if item.kind == kind:
        return (item.name,)
    made = item.at("spec", "secretName") if kind == "Secret" else None
    return (made,) if isinstance(made, str) else ()


def _makes(item: KubeObject, kind: str, name: str) -> bool:
    """Whether its controller makes objects of this kind whose names begin so."""
    if item.kind not in MADE_BY.get(kind, ()):
        return False
    start, unknown, _ = name.partition(UNKNOWN)
    claims = item.maps("spec", "volumeClaimTemplates") if kind == "PersistentVolumeClaim" else []
    for begin in [f"{under(one, 'metadata', 'name')}-{item.name}" for one in claims] or [item.name]:
        suffix = name.removeprefix(f"{begin}-")
        if suffix != name and (suffix.isdecimal() or item.kind not in NUMBERED):
            return True
        if unknown and begin.startswith(start[: len(begin)]):
            return True
    return False


def namespace(call: Call) -> str:
    """The namespace that the command looks at."""
    asked = call.values("--namespace")
    raw = next(filter(None, (RAW.fullmatch(word.text) for word in call.values("--raw"))), None)
    return asked[-1].text if asked else raw["space"] if raw else call.situation.namespace


@rule("espace-de-noms", "kubectl", bad="kubectl get pods -n shopp", good="kubectl get pods -n shop")
def wrong_namespace(call: Call) -> Iterator[Told]:
    """kubectl regarde dans un espace de noms qui n'existe pas, ou dans « default » où le dépôt n'a rien."""
    situation, asked = call.situation, call.values("--namespace")
    made = {item.name for item in situation.objects if item.kind == "Namespace"}
    if not situation.here or not made or call.verb.startswith(("config", "create namespace", "delete namespace")):
        return
    own = (made | {item.namespace for item in situation.objects if item.namespace}).difference(SYSTEM_NAMESPACES)
    for word in asked[-1:]:
        strange = word.known and word.text not in (*own, *SYSTEM_NAMESPACES)
        if strange and (not situation.opaque or meant(word.text, own)):
            yield word, f"espace de noms « {word.text} » inconnu", nearest(word.text, own)
    kinds_named = [target.kind for target in targets(call)[0] if target.name is None]
    kinds_named += [kinds()[item.kind.lower()] for item in _made(call)]
    empty = situation.namespace == "default" and not any(item.namespace == "default" for item in situation.objects)
    anywhere = asked or situation.opaque or call.has("--all-namespaces")
    looks = call.verb in ("events", *OF_ONE_POD) and not targets(call)[0]
    if (looks or any(kind.namespaced for kind in kinds_named)) and empty and not anywhere:
        yield None, "kubectl regarde dans « default », où ce dépôt n'a rien", f"ajouter -n {min(own)}"


@rule("selecteur-vide", "kubectl", bad="kubectl get pods -A -l app=fronts", good="kubectl get pods -A -l app=front")
def empty_selector(call: Call) -> Iterator[Told]:
    """Un sélecteur d'étiquettes ne désigne aucun objet des manifestes."""
    situation = call.situation
    if not call.values("--selector"):
        return
    labels = [one for item in situation.objects for one in (item.labels, item.pod_labels) if one]
    known = situation.here and labels and namespace(call) not in SYSTEM_NAMESPACES[1:]
    for word in call.values("--selector") if known else ():
        of_kubernetes = "kubernetes.io/" in word.text.replace("app.kubernetes.io/", "")
        if word.known and not of_kubernetes and not any(selects(word.text, one) for one in labels):
            shown = {f"{key}={value}" for one in labels for key, value in one.items()}
            yield word, f"le sélecteur « {word.text} » ne désigne rien", nearest(word.text, shown)


@rule(
    "conteneur-inconnu",
    "kubectl",
    bad="kubectl set image deployment/shop-front web=shop-front:1.1 -n shop",
    good="kubectl set image deployment/shop-front front=shop-front:1.1 -n shop",
)
def unknown_container(call: Call) -> Iterator[Told]:
    """Une commande kubectl nomme un conteneur que les pods de l'objet n'ont pas."""
    words = call.values("--container") if call.verb in ("logs", "exec", "attach", "set env") else []
    if call.verb == "set image":
        words = [Word(word.text.partition("=")[0], word.line) for word in call.operands if "=" in word.text]
    names = {one.name for item in _meant(call) for one in item.containers()} if words else set()
    for word in words if names else ():
        if word.known and not any(fnmatchcase(name, word.text) for name in names):
            yield word, f"aucun conteneur ne s'appelle « {word.text} »", nearest(word.text, names)


def _meant(call: Call) -> list[KubeObject]:
    named = [target for target in targets(call)[0] if target.name]
    return [item for target in named for item in owners_of(call.situation, target.kind.name, target.name or "")]


@rule(
    "port-inconnu",
    "kubectl",
    bad="timeout 5 kubectl port-forward svc/shop-front 8080:81 -n shop",
    good="timeout 5 kubectl port-forward svc/shop-front 8080:80 -n shop",
)
def unknown_port(call: Call) -> Iterator[Told]:
    """kubectl port-forward vise un port que le Service ou le pod n'a pas."""
    for item in _meant(call) if call.verb == "port-forward" else ():
        own = [str(port[key]) for port in item.maps("spec", "ports") for key in ("port", "name") if key in port]
        known = own if item.kind == "Service" else [name for one in item.containers() for name in one.ports]
        for word in call.operands[1:]:
            wanted = word.text.rpartition(":")[2]
            if word.known and known and wanted not in known:
                yield word, f"« {item.name} » n'a pas de port {wanted}", nearest(wanted, known)


@effect("kubectl")
def remember(call: Call) -> None:
    """Objects made, the current namespace, ports opened."""
    situation, given = call.situation, call.values("--filename")
    dry = call.has("--dry-run") or any(word.text != "none" for word in call.values("--dry-run"))
    if call.verb == "config set-context":
        for word in call.values("--namespace"):
            situation.namespace = word.text
    elif call.verb == "port-forward":
        _open(call)
    elif call.verb in FROM_FILES and given:
        situation.applied |= {place for one in given if (place := situation.place(one.text))}
        read = call.command.stdin
        situation.opaque |= any("://" in one.text or not one.known or (one.text, read) == ("-", None) for one in given)
        situation.objects += objects_in(parse_documents(read or "", call.command.block.page, call.command.line)[0])
    elif not dry:
        situation.objects += _made(call)


def _open(call: Call) -> None:
    repository, items = call.situation.repository, _meant(call)
    behind = [repository.application_behind(item) for item in items if item.kind == "Service"]
    behind += [repository.application_of(one) for item in items for one in item.containers()]
    for word in call.operands[1:]:
        local = word.text.partition(":")[0]
        if local.isdecimal():
            call.situation.ports[int(local)] = next((one.name for one in behind if one), None)


def _made(call: Call) -> list[KubeObject]:
    """The object that `create KIND NAME`, `run NAME` or `expose` makes."""
    first, _, kind = call.verb.partition(" ")
    known = kinds().get(kind.partition(" ")[0]) if first == "create" else None
    name = MADE_ALONE.get(first) or (known.name if known else "")
    words = call.values("--name") or (call.operands[-1:] if first == "run" else call.operands[:1])
    space = {} if name == "Namespace" else {"namespace": namespace(call)}
    metadata = [{"name": word.text.rpartition("/")[2], "labels": {"run": word.text}, **space} for word in words if name]
    place = call.command.block.page, call.command.line
    return [KubeObject(*place, {"kind": name, "metadata": one}) for one in metadata]
