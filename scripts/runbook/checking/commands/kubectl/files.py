"""Do the files of `-f` exist, in an order that a cluster accepts, with objects that it knows?"""

import posixpath
import re
from collections.abc import Iterator

import yaml

from runbook.checking.blocks.cluster import SYSTEM_NAMESPACES
from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.files import must_be_folder, must_exist, place
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.finding import Finding
from runbook.checking.offered.objects import KubeObject, objects_in

EXTENSIONS = (".json", ".yaml", ".yml")
RULE = "kubectl_files"
HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1[^\n]*\n(.*?)\n\s*\2[ \t]*(?=\n|$)", re.DOTALL)
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def check_files(call: Call) -> Iterator[Finding]:
    """Every `-f` and `-k` names something that is there."""
    words = call.usage.values("--filename")
    for word in words:
        for text in word.text.split(","):
            if text == "-":
                yield from _standard_input(call, word)
            elif not text.startswith(("http://", "https://")):
                yield from must_exist(call.command, word, call.situation, text)
                yield from _folder(call, word, text)
    for word in call.usage.values("--kustomize"):
        yield from must_be_folder(call.command, word, call.situation)
        folder = place(word.text, call.situation)
        names = {
            posixpath.join(folder or "", name) for name in ("kustomization.yaml", "kustomization.yml", "Kustomization")
        }
        if folder in call.situation.model.folders and not names & call.situation.model.files:
            yield call.finding(
                RULE, f"« {word.text} » n'a pas de kustomization.yaml", "appliquer ce dossier par -f", word
            )
    if (
        words
        and call.operands
        and not call.verb.startswith(("set ", "label", "annotate"))
        and UNKNOWN not in call.operands[0].text
    ):
        yield call.finding(
            RULE,
            f"« {call.operands[0].text} » en plus de -f : kubectl le refuse",
            "répéter -f devant chaque fichier",
            call.operands[0],
        )


def _folder(call: Call, word: Word, text: str) -> Iterator[Finding]:
    path = place(text, call.situation)
    if path is None or path not in call.situation.model.folders:
        return
    found = files_of(call, text)
    if not found:
        yield call.finding(RULE, f"« {text} » n'a aucun manifeste", "nommer un dossier qui en a, ou ajouter -R", word)
    for name in found:
        if posixpath.basename(name).startswith("kustomization."):
            yield call.finding(
                RULE, f"{name} n'est pas un objet : -f échoue sur ce dossier", f"écrire « -k {text} »", word
            )


def _standard_input(call: Call, word: Word) -> Iterator[Finding]:
    command = call.command
    if command.stdin is None and not command.piped and not any(operator == "<" for operator, _ in command.redirects):
        yield call.finding(
            RULE, "« -f - » sans rien sur l'entrée standard", "la faire suivre d'un document, ou d'un tube", word
        )


def files_of(call: Call, text: str) -> list[str]:
    """The files that one `-f` stands for, in the order in which kubectl takes them."""
    path, model = place(text, call.situation), call.situation.model
    if path is None:
        return []
    if path not in model.folders:
        return [path]
    deep, prefix = call.usage.has("--recursive"), "" if path == "." else f"{path}/"
    inside = (name for name in model.files if name.startswith(prefix) and name.endswith(EXTENSIONS))
    return sorted(name for name in inside if deep or "/" not in name[len(prefix) :])


def given(call: Call) -> list[KubeObject]:
    """The objects of all its files, in the order in which kubectl takes them."""
    found: list[KubeObject] = []
    for word in call.usage.values("--filename"):
        for text in word.text.split(","):
            if text == "-":
                found += _typed(call)
            else:
                for path in files_of(call, text):
                    found += _described(call, path)
    return found


def _described(call: Call, path: str) -> list[KubeObject]:
    """The objects of a file; those of its example, for a file that the page makes."""
    objects = call.situation.model.objects
    return [item for item in objects if item.path == path] or [
        item for item in objects if item.path.startswith(f"{path}.")
    ]


def _typed(call: Call) -> list[KubeObject]:
    """The objects that the page itself writes: a here-document, or a dry run before the pipe."""
    command, cluster = call.command, call.situation.cluster
    if command.stdin is not None:
        texts = [command.stdin]
    elif command.piped:
        pending, cluster.pending = cluster.pending, []
        if pending:
            return pending
        texts = [found[3] for found in HEREDOC.finditer(command.block.code)]
    else:
        texts = []
    values = call.situation.shell.variables
    found: list[KubeObject] = []
    for text in texts:
        try:
            found += objects_in(VARIABLE.sub(lambda name: values.get(name[1] or name[2], UNKNOWN), text), "")
        except yaml.YAMLError:
            continue
    return found


def check_document(call: Call) -> Iterator[Finding]:
    """A here-document is YAML."""
    if call.command.stdin is not None and any(word.text == "-" for word in call.usage.values("--filename")):
        try:
            list(objects_in(call.command.stdin, ""))
        except yaml.YAMLError as error:
            yield call.finding(RULE, f"document illisible : {getattr(error, 'problem', error)}", "corriger ce YAML")


def apply(call: Call) -> Iterator[Finding]:
    """`apply`, `create` and `replace` with files: kinds that kubectl knows, each in a namespace that exists by then."""
    yield from check_document(call)
    objects, cluster = given(call), call.situation.cluster
    asked = call.asked_namespace
    seen: set[str] = set()
    reported: set[str] = set()
    own = cluster.namespaces().difference(SYSTEM_NAMESPACES)
    for item in objects:
        word = _word(call, item)
        kind = kubectl_tables.kinds().get(item.kind.lower())
        if item.kind == "Namespace":
            seen.add(item.name)
        if kind is None:
            if str(item.document.get("apiVersion", "")).partition("/")[0] not in reported:
                yield call.finding(
                    RULE,
                    f"{item.path} : « {item.kind} » n'est pas un objet que kubectl connaisse",
                    "ne pas l'appliquer",
                    word,
                )
            continue
        if not kind.namespaced:
            continue
        if asked and item.namespace and asked.known and asked.text != item.namespace and "other" not in reported:
            reported.add("other")
            yield call.finding(
                RULE,
                f"{item.path} est pour « {item.namespace} », pas pour « {asked.text} »",
                f"écrire « -n {item.namespace} »",
                asked,
            )
        space = item.namespace or call.namespace
        if item.namespace is None and space == "default" and own and "default" not in reported:
            reported.add("default")
            cause = f"{item.path or item.name} ne nomme pas d'espace de noms : l'objet irait dans « default »"
            yield call.finding(RULE, cause, f"ajouter « -n {min(own)} »", word)
        elif (
            call.must_succeed
            and not call.dry
            and space not in seen
            and not cluster.has_namespace(space)
            and "missing" not in reported
        ):
            reported.add("missing")
            yield _too_early(call, item, space, objects, word)
    if not call.dry and call.command.block.not_run is None:
        cluster.make(objects, call.namespace)


def _too_early(call: Call, item: KubeObject, space: str, objects: list[KubeObject], word: Word) -> Finding:
    described = [
        other.path for other in call.situation.cluster.objects if other.kind == "Namespace" and other.name == space
    ]
    later = next((other.path for other in objects if other.kind == "Namespace" and other.name == space), None)
    if later:
        cause = f"{item.path} est pris avant {later}, qui crée l'espace de noms « {space} » : kubectl échoue sur un cluster vide"
        return call.finding(RULE, cause, f"écrire « -f {later} » avant", word)
    remedy = f"appliquer d'abord {described[0]}" if described and described[0] else f"créer d'abord « {space} »"
    return call.finding(RULE, f"l'espace de noms « {space} » n'existe pas à cet endroit de la page", remedy, word)


def _word(call: Call, item: KubeObject) -> Word:
    """The `-f` value that an object comes from."""
    words = call.usage.values("--filename")
    return next(
        (word for word in words for text in word.text.split(",") if item.path in files_of(call, text)),
        words[0] if words else call.word,
    )
