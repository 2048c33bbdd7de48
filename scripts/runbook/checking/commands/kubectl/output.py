"""Does `-o` name a format of the verb, and do JSONPath, columns, templates and `--sort-by` name fields of the kind?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.files import must_be_file
from runbook.checking.commands.kubectl import files, tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.paths import ANYWHERE, ELEMENT, Path, PathError, go_template, jsonpath, relaxed
from runbook.checking.commands.kubectl.selectors import AUTOMATIC, labels_of
from runbook.checking.commands.kubectl.settings import data_keys
from runbook.checking.commands.kubectl.targets import items, read_targets
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.objects import KubeObject

RULE = "kubectl_output"
ENCODED = re.compile(r"\.data\b")
PRINTED = (
    "json",
    "yaml",
    "kyaml",
    "name",
    "go-template",
    "go-template-file",
    "template",
    "templatefile",
    "jsonpath",
    "jsonpath-as-json",
    "jsonpath-file",
)
FORMATS = {
    "get": (*PRINTED, "wide", "custom-columns", "custom-columns-file"),
    "events": (*PRINTED, "wide"),
    "version": ("json", "yaml"),
    "api-resources": ("wide", "name", "json", "yaml"),
    "delete": ("name",),
    "config get-contexts": ("name",),
    "explain": ("plaintext", "plaintext-openapiv2"),
    "apply view-last-applied": ("json", "yaml"),
    "kustomize": (),
}
OF_A_LIST = [("metadata", name) for name in ("continue", "remainingItemCount", "resourceVersion", "selfLink")]
SORTS = {"top pod": ("cpu", "memory"), "top node": ("cpu", "memory"), "api-resources": ("name", "kind")}
WRITE_ONLY: dict[tuple[str, ...], str] = {("Secret", "stringData"): "data"}
PRINTS_OBJECTS = ("get", "patch", "scale", "label", "annotate", "wait", "set env", "set image", "set resources")


Fault = tuple[str, str]  # cause and remedy


@dataclass(frozen=True, slots=True)
class Root:
    """What a template starts from: an object of one of `kinds`, or if `listed` a list of them."""

    kinds: tuple[str, ...]
    listed: bool
    objects: tuple[KubeObject, ...]


def check_output(call: Call) -> Iterator[Finding]:
    """The output option, its template if it has one, and the order asked for."""
    root = _root(call)
    for word in call.usage.values("--output"):
        yield from _format(call, word, root)
    for word in call.usage.values("--sort-by"):
        choices = SORTS.get(call.verb)
        if choices is not None:
            if word.known and word.text not in choices:
                yield call.finding(RULE, f"--sort-by={word.text} inconnu", nearest(word.text, choices), word)
        elif word.known:
            yield from _relaxed(call, word, word.text, root)


def _format(call: Call, word: Word, root: Root | None) -> Iterator[Finding]:
    name, _, template = word.text.partition("=")
    formats = FORMATS.get(call.verb, PRINTED)
    if UNKNOWN in name or not formats:
        return
    if name not in formats:
        yield call.finding(RULE, f"« kubectl {call.verb} » n'a pas de format « {name} »", nearest(name, formats), word)
        return
    if name.endswith("file") and template:
        yield from must_be_file(call.command, word, call.situation, template)
        return
    given = Word(template, word.line) if template else next(iter(call.usage.values("--template")), None)
    if name in ("json", "yaml", "kyaml", "name", "wide", "plaintext", "plaintext-openapiv2"):
        return
    if given is None or not given.text:
        yield call.finding(RULE, f"-o {name} sans modèle", f"écrire -o {name}='…'", word)
    elif given.known:
        yield from _template(call, word, name, given.text, root)


def _template(call: Call, word: Word, name: str, template: str, root: Root | None) -> Iterator[Finding]:
    if name == "custom-columns":
        for column in template.split(","):
            title, separator, field = column.partition(":")
            if not separator or not title:
                yield call.finding(RULE, f"colonne « {column} » mal écrite", "écrire TITRE:.chemin", word)
            else:
                yield from _relaxed(call, word, field, root)
        return
    try:
        paths = jsonpath(template) if name.startswith("jsonpath") else go_template(template)
    except PathError as error:
        yield call.finding(RULE, f"modèle illisible : {error}", "corriger ce modèle", word)
        return
    if (
        root is not None
        and ENCODED.search(template)
        and "base64" not in call.command.block.code
        and any(target.kind and target.kind.name == "Secret" for target in read_targets(call, call.operands)[0])
    ):
        yield call.finding(RULE, "la valeur d'un Secret est affichée en base64", "ajouter « | base64 --decode »", word)
    if "{" not in template:
        yield call.finding(
            RULE, f"modèle « {template} » sans accolades : kubectl l'affiche tel quel", f"écrire {{{template}}}", word
        )
    for path in paths:
        yield from check_path(call, word, path, root)


def _relaxed(call: Call, word: Word, text: str, root: Root | None) -> Iterator[Finding]:
    """A path from each object, even of a list."""
    try:
        path = relaxed(text)
    except PathError as error:
        yield call.finding(RULE, f"chemin « {text} » illisible : {error}", "corriger ce chemin", word)
        return
    alone = Root(root.kinds, listed=False, objects=root.objects) if root else None
    yield from check_path(call, word, path, alone)


def _root(call: Call) -> Root | None:
    """What the templates of this command start from; None if only running tells."""
    if call.verb not in PRINTS_OBJECTS:
        return None
    pairs = call.verb in ("label", "annotate") or call.verb.startswith("set ")
    operands = tuple(word for word in call.operands if not (pairs and ("=" in word.text or word.text.endswith("-"))))
    targets, findings = read_targets(call, operands)
    objects = [item for target in targets for item in items(call, target)] or ([] if operands else files.given(call))
    kinds = [target.kind.name for target in targets if target.kind] or [item.kind for item in objects]
    if findings or not kinds or any(target.kind is None for target in targets):
        return None
    single = len(targets) == 1 and targets[0].name is not None
    return Root(tuple(dict.fromkeys(kinds)), not single and len(objects if not targets else "..") != 1, tuple(objects))


def check_path(call: Call, word: Word, path: Path, root: Root | None) -> Iterator[Finding]:
    """One path from the root: its fields are those of one of the kinds."""
    if root is None or not root.kinds:
        return
    faults = [_fault(kind, path, root) for kind in root.kinds]
    if all(fault is not None for fault in faults) and faults[0] is not None:
        cause, remedy = faults[0]
        yield call.finding(RULE, cause, remedy, word)


def _fault(kind: str, path: Path, root: Root) -> Fault | None:
    """Why a path leads nowhere in an object of this kind, None where it leads somewhere."""
    steps, fault = _from_list(path) if root.listed else (path, None)
    if not root.listed and path[:1] == ("items",):
        fault = f"« {_written(path)} » : la réponse est un seul objet, sans .items", "retirer .items[…]"
    if fault is not None or kind not in tables.fields():
        return fault
    current, before = kind, ""
    kept = WRITE_ONLY.get((kind, *steps[:1]))
    if kept:
        return f"« {steps[0]} » se donne et ne se relit pas : l'objet enregistré ne l'a plus", f"écrire {kept}"
    for step in steps:
        if step == ANYWHERE or current == "?":
            return None
        following = _step(current, before, step, root)
        if not isinstance(following, str):
            return following
        current, before = following, before if step in (ELEMENT, "*") else step
    return None


def _written(path: Path) -> str:
    return "." + ".".join(path).replace(f".{ELEMENT}", ELEMENT)


def _from_list(path: Path) -> tuple[Path, Fault | None]:
    """The rest of a path that starts from a list, inside one object."""
    if not path or path[0] in (ANYWHERE, "apiVersion", "kind") or path[:2] in OF_A_LIST:
        return (), None
    if path[0] != "items":
        return (), (f"« {_written(path)} » : la réponse est une liste", "écrire .items[*] devant, ou nommer l'objet")
    if path[1:] and path[1] not in (ELEMENT, "*"):
        return (), (f"« {_written(path)} » : .items est une liste", "écrire .items[*]")
    return path[2:], None


def _step(current: str, before: str, step: str, root: Root) -> str | Fault:
    """The type after one step from a value of type `current` under the field `before`, or why there is none."""
    if step in (ELEMENT, "*"):
        if step == ELEMENT and not current.startswith("["):
            return f"« {before or current} » n'est pas une liste", "retirer les crochets"
        return current.removeprefix("[") if current.startswith("[") else "?"
    if current.startswith("["):
        return f"« {before} » est une liste", f"écrire {before}[*] ou {before}[0]"
    if current == "*":
        return _key(before, step, root) or "?"
    known = tables.fields().get(current)
    if known is None:
        return f"« {before} » n'a pas de champ « {step} »", f"s'arrêter à « {before} »"
    return known[step] if step in known else (f"« {current} » n'a pas de champ « {step} »", nearest(step, known))


def _key(field: str, key: str, root: Root) -> Fault | None:
    """A key of `data` or of `labels`: one that the manifests give."""
    known: set[str] = set()
    for item in root.objects:
        if field in ("data", "stringData", "binaryData"):
            known |= data_keys(item)
        elif field in ("labels", "matchLabels", "selector"):
            known |= {*item.labels, *labels_of(item)}
    if not known or key in known or AUTOMATIC.match(key):
        return None
    return f"« {root.objects[0].name} » n'a pas de « {key} » sous « {field} »", nearest(key, known)
