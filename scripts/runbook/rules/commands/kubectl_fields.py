"""`kubectl -o jsonpath=…`, `--sort-by`, columns, `patch`: are the fields those of the objects?"""

from collections.abc import Callable, Iterator

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


@rule(
    "champ-inconnu",
    "kubectl",
    bad="kubectl get deployment shop-front -n shop -o jsonpath='{.status.readyReplica}'",
    good="kubectl get deployment shop-front -n shop -o jsonpath='{.status.readyReplicas}'",
)
def unknown_field(call: Call) -> Iterator[Told]:
    """Une forme de sortie, un chemin JSONPath, une colonne ou un correctif de kubectl nomme ce qui n'existe pas."""
    found = targets(call)[0]
    kinds = sorted({target.kind.name for target in found})
    alone = len(found) == 1 and found[0].name is not None
    for word in call.values("--output") if call.verb == "get" else ():
        form = word.text.partition("=")[0]
        if word.known and form not in FORMATS.split():
            yield word, f"sortie « {form} » inconnue de kubectl", nearest(form, FORMATS.split())
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
            text = text.partition("}=")[0] + "}" if "}=" in text else text
            yield word, READERS[form], text, form == "custom-columns" or word in call.values("--for")
    for word in call.values("--sort-by"):
        yield word, lambda text: [relaxed(text)], word.text, True
    if call.verb == "patch" and not any(word.text == "json" for word in call.values("--type")):
        yield from ((word, _patched, word.text, True) for word in call.values("--patch") if word.known)


def _patched(text: str) -> list[Path]:
    """Each value that a patch gives, by its path; what strategic merges say of themselves begins with `$`."""
    documents, faults = parse_documents(text, "")
    if faults:
        raise PathError(faults[0].cause)
    every = [keys for one in documents for keys, _ in one.below()]
    paths = [tuple(ELEMENT if isinstance(key, int) else str(key) for key in keys) for keys in every]
    return [path for path in paths if not any(step.startswith("$") for step in path)]
