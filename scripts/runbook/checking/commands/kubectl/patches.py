"""Does the document of `kubectl patch` read, and are its fields those of the object?"""

from collections.abc import Iterator
from typing import Any

import yaml

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.files import must_be_file
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.settings import data_keys
from runbook.checking.commands.kubectl.targets import Target, items
from runbook.checking.finding import Finding, nearest

RULE = "kubectl_patches"
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
KEYED = ("ConfigMap", "Secret")


def check_patch(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """The patch is JSON or YAML of the type asked for, and names fields of the objects."""
    documents = call.usage.values("--patch")
    paths = call.usage.values("--patch-file")
    if not documents and not paths:
        yield call.finding(RULE, "« kubectl patch » sans --patch", "ajouter --patch et un document JSON", call.word)
    for word in paths:
        yield from must_be_file(call.command, word, call.situation)
    steps = any(word.text == "json" for word in call.usage.values("--type"))
    for word in documents:
        if UNKNOWN in word.text:
            continue
        try:
            document = yaml.safe_load(word.text)
        except yaml.YAMLError as error:
            yield call.finding(
                RULE, f"--patch illisible : {getattr(error, 'problem', error)}", "corriger ce JSON", word
            )
            continue
        if steps:
            yield from _operations(call, word, document)
        elif not isinstance(document, dict):
            yield call.finding(
                RULE, "--patch n'est pas un objet JSON", "écrire {…}, ou --type=json pour une liste d'opérations", word
            )
        else:
            for target in targets:
                if target.kind:
                    yield from _fields(call, word, target.kind.name, document)
                    yield from _data(call, word, target, document)


def _operations(call: Call, word: Word, document: Any) -> Iterator[Finding]:
    if not isinstance(document, list) or not all(isinstance(step, dict) for step in document):
        yield call.finding(RULE, "--type=json demande une liste d'opérations", 'écrire [{"op": …, "path": …}]', word)
        return
    for step in document:
        if step.get("op") not in OPERATIONS:
            yield call.finding(
                RULE, f"opération « {step.get('op')} » inconnue", nearest(str(step.get("op")), OPERATIONS), word
            )
        if not str(step.get("path", "")).startswith("/"):
            yield call.finding(RULE, f"chemin « {step.get('path', '')} » mal écrit", "écrire /spec/…", word)


def _fields(call: Call, word: Word, kind: str, document: Any) -> Iterator[Finding]:
    known = kubectl_tables.fields().get(kind)
    if known is None or not isinstance(document, dict):
        return
    for name, value in document.items():
        if str(name).startswith("$"):
            continue
        if name not in known:
            yield call.finding(RULE, f"« {kind} » n'a pas de champ « {name} »", nearest(str(name), known), word)
            continue
        for item in value if isinstance(value, list) else [value]:
            yield from _fields(call, word, known[name].lstrip("["), item)


def _data(call: Call, word: Word, target: Target, document: dict[str, Any]) -> Iterator[Finding]:
    """A key that the object does not have would be read by nobody."""
    for item in items(call, target):
        if item.kind not in KEYED or not data_keys(item):
            continue
        for part in ("data", "stringData"):
            for key in document.get(part) or {}:
                if key not in data_keys(item):
                    yield call.finding(
                        RULE, f"« {item.name} » n'a pas de clé « {key} »", nearest(str(key), data_keys(item)), word
                    )
