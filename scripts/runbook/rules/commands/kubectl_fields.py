"""`kubectl -o jsonpath=…`, `--sort-by`, columns, `patch`: are the fields those of the objects?"""

from collections.abc import Callable, Iterator
from typing import Any

from runbook.repository.yamlfile import parse_documents
from runbook.rules.call import Call
from runbook.rules.commands.kubectl import targets
from runbook.rules.finding import Told, nearest
from runbook.rules.jsonpaths import ELEMENT, Path, PathError, jsonpath, relaxed
from runbook.rules.kubernetes import wrong_field
from runbook.rules.rule import rule
from runbook.rules.shell import UNKNOWN, Word

FORMATS = """json yaml name wide go-template go-template-file template templatefile jsonpath jsonpath-as-json
jsonpath-file custom-columns custom-columns-file kyaml"""
READERS: dict[str, Callable[[str], list[Path]]] = {
    **dict.fromkeys(("jsonpath", "jsonpath-as-json"), jsonpath),
    "custom-columns": lambda text: [relaxed(column.partition(":")[2]) for column in text.split(",")],
}


@rule("sortie-inconnue", "kubectl")
def unknown_output(call: Call) -> Iterator[Told]:
    """kubectl get -o reçoit une forme de sortie qu'il ne connaît pas.

    Mauvais : kubectl get pods -n shop -o jsn
    Bon : kubectl get pods -n shop -o json
    """
    for word in call.values("--output") if call.verb == "get" else ():
        name = word.text.partition("=")[0]
        if word.known and name not in FORMATS.split():
            yield word, f"sortie « {name} » inconnue de kubectl", nearest(name, FORMATS.split())


@rule("champ-inconnu", "kubectl")
def unknown_field(call: Call) -> Iterator[Told]:
    """Un chemin JSONPath, une colonne ou un correctif de kubectl nomme un champ que l'objet n'a pas.

    Mauvais : kubectl get deployment shop-front -n shop -o jsonpath='{.status.readyReplica}'
    Bon : kubectl get deployment shop-front -n shop -o jsonpath='{.status.readyReplicas}'
    """
    found = targets(call)[0]
    kinds = sorted({target.kind.name for target in found})
    alone = len(found) == 1 and found[0].name is not None
    for word, reader, text, of_each in _asked(call):
        try:
            paths = [path for path in reader(text) if not any(UNKNOWN in step for step in path)]
        except PathError as error:
            yield word, f"« {text} » : {error}", "corriger ce chemin"
            continue
        for path in paths if len(kinds) == 1 else ():
            listed = path[:2] == ("items", ELEMENT)
            inside = path if of_each or alone else path[2:] if listed else ()
            wrong = wrong_field(kinds[0], path[2:] if listed else inside)
            if not inside and not listed and path[:1] not in ((), ("items",), ("..",), ("metadata",)):
                yield word, f"« {path[0]} » : kubectl rend ici une liste", "écrire .items[*]… ou nommer un objet"
            elif wrong:
                yield word, f"{kinds[0]} n'a pas de champ « {wrong[0]} »", nearest(*wrong)


def _asked(call: Call) -> Iterator[tuple[Word, Callable[[str], list[Path]], str, bool]]:
    """The word, how it is read, its text, and whether its paths start in each object and not in their list."""
    for word in (*call.values("--output"), *call.values("--for")):
        form, _, text = word.text.partition("=")
        if form in READERS:
            wanted = word in call.values("--for")
            yield word, READERS[form], text.partition("}=")[0] + "}" if "}=" in text else text, wanted or form[0] == "c"
    for word in call.values("--sort-by"):
        yield word, lambda text: [relaxed(text)], word.text, True
    if call.verb == "patch" and not any(word.text == "json" for word in call.values("--type")):
        for word in call.values("--patch"):
            if word.known:
                yield word, _patched, word.text, True


def _patched(text: str) -> list[Path]:
    documents, faults = parse_documents(text, "")
    if faults:
        raise PathError(faults[0].cause)
    return [path for one in documents for path in _leaves(one.value, ())]


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    below = [(ELEMENT, one) for one in value] if isinstance(value, list) else []
    if isinstance(value, dict):
        below = [(str(key), one) for key, one in value.items() if not str(key).startswith("$")]
    for step, one in below:
        yield from _leaves(one, (*path, step))
    if not below:
        yield path
