"""`kubectl -o jsonpath=…`, `--sort-by`, columns, `patch`: are the fields those of the objects?"""

from collections.abc import Iterator
from typing import Any

from runbook.repository.yamlfile import parse_documents
from runbook.rules.call import Call
from runbook.rules.commands.kubectl import KUBECTL, targets
from runbook.rules.finding import Finding, nearest
from runbook.rules.jsonpaths import PathError, go_template, jsonpath, relaxed
from runbook.rules.kubernetes import wrong_field
from runbook.rules.rule import rule
from runbook.rules.shell import Word
from runbook.rules.situation import at

FORMATS = [
    "json",
    "yaml",
    "name",
    "wide",
    "go-template",
    "go-template-file",
    "template",
    "templatefile",
    "jsonpath",
    "jsonpath-as-json",
    "jsonpath-file",
    "custom-columns",
    "custom-columns-file",
    "kyaml",
]
Path = tuple[str, ...]


@rule("sortie-inconnue", *KUBECTL)
def unknown_output(call: Call) -> Iterator[Finding]:
    """kubectl -o reçoit une forme de sortie qu'il ne connaît pas.

    Mauvais : kubectl get pods -n shop -o jsn
    Bon : kubectl get pods -n shop -o json
    """
    for word in call.values("--output") if call.verb == "get" else ():
        name = word.text.partition("=")[0]
        if word.known and name not in FORMATS:
            yield at(call.command, word, f"sortie « {name} » inconnue de kubectl", nearest(name, FORMATS))


@rule("champ-inconnu", *KUBECTL)
def unknown_field(call: Call) -> Iterator[Finding]:
    """Un chemin JSONPath, une colonne ou un correctif de kubectl nomme un champ que l'objet n'a pas.

    Mauvais : kubectl get deployment shop-front -n shop -o jsonpath='{.status.readyReplica}'
    Bon : kubectl get deployment shop-front -n shop -o jsonpath='{.status.readyReplicas}'
    """
    found = targets(call)[0]
    kinds = list({target.kind.name for target in found})
    alone = len(found) == 1 and found[0].name is not None and "," not in found[0].word.text
    for word, paths in _asked(call):
        if isinstance(paths, PathError):
            yield at(call.command, word, f"« {word.text} » : {paths}", "corriger ce chemin")
            continue
        for path in paths:
            inside = (
                path[2:] if path[:2] == ("items", "[]") else path if alone or word in call.values("--sort-by") else None
            )
            inside = path if call.verb == "patch" or word.text.startswith(("custom-columns", "CUSTOM")) else inside
            if inside is None and not alone and path[:1] not in (("items",), ("..",)) and len(kinds) == 1 and path:
                yield at(
                    call.command,
                    word,
                    f"« {path[0]} » : kubectl rend ici une liste",
                    "écrire .items[*]… ou nommer un objet",
                )
                continue
            wrong = wrong_field(kinds[0], inside) if inside and len(kinds) == 1 else None
            if wrong:
                yield at(call.command, word, f"{kinds[0]} n'a pas de champ « {wrong[0]} »", nearest(*wrong))


def _asked(call: Call) -> Iterator[tuple[Word, list[Path] | PathError]]:
    for word in call.values("--output"):
        form, _, text = word.text.partition("=")
        if form in ("jsonpath", "jsonpath-as-json"):
            yield word, _read(jsonpath, text)
        elif form in ("go-template", "template"):
            yield word, _read(go_template, text)
        elif form == "custom-columns":
            for column in text.split(","):
                yield word, _read(lambda one: [relaxed(one)], column.partition(":")[2])
    for word in call.values("--sort-by"):
        yield word, _read(lambda one: [relaxed(one)], word.text)
    for word in call.values("--for"):
        form, _, text = word.text.partition("=")
        if form == "jsonpath":
            yield word, _read(jsonpath, text.partition("}")[0] + "}" if "}" in text else text)
    if call.verb == "patch" and not any(word.text == "json" for word in call.values("--type")):
        for word in call.values("--patch"):
            documents, faults = parse_documents(word.text, "") if word.known else ([], [])
            yield word, [path for one in documents for path in _leaves(one.value, ())]
            if faults:
                yield word, PathError(faults[0].cause)


def _read(reader: Any, text: str) -> list[Path] | PathError:
    try:
        return [path for path in reader(text) if not any("…" in step for step in path)]
    except PathError as error:
        return error


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            if not str(key).startswith("$"):
                yield from _leaves(below, (*path, str(key)))
    elif isinstance(value, list) and value:
        for below in value:
            yield from _leaves(below, (*path, "[]"))
    else:
        yield path
