"""On which line does a value of a YAML file, or a word of the code, stand?"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import LOADER, KubeObject
from runbook.settings import FILE

Key = str | int


def in_object(model: Model, item: KubeObject, keys: tuple[Key, ...], cause: str, remedy: str, rule: str) -> Finding:
    """A finding at the value under `keys` of an object, or at the deepest of them that exists."""
    return Finding(item.path, line_of(model.root / item.path, item.line, keys), cause, remedy, rule)


def in_compose(model: Model, keys: tuple[Key, ...], cause: str, remedy: str, rule: str) -> Finding:
    """The same in the Compose file."""
    path = model.settings.model.compose
    return Finding(path, line_of(model.root / path, None, keys), cause, remedy, rule)


def written(pattern: str, texts: Mapping[str, str], otherwise: str = FILE) -> tuple[str, int]:
    """The path and the line of the first text that has this pattern; the first line of `otherwise` if none has it."""
    for name, text in texts.items():
        found = re.search(pattern, text)
        if found:
            return name, text.count("\n", 0, found.start()) + 1
    return otherwise, 1


def line_of(path: Path, document: int | None, keys: tuple[Key, ...]) -> int:
    """The line of the deepest value under `keys` in the document that starts at line `document` (None: the first)."""
    nodes = _documents(path.read_text(encoding="utf-8"))
    node = next((node for node in nodes if document in (None, node.start_mark.line + 1)), None)
    line = document or 1
    for key in keys:
        found = None if node is None else _child(node, key)
        if found is None:
            break
        line, node = found
    return line


@lru_cache(maxsize=64)
def _documents(text: str) -> tuple[yaml.Node, ...]:
    return tuple(node for node in yaml.compose_all(text, LOADER) if node is not None)


def _child(node: yaml.Node, key: Key) -> tuple[int, yaml.Node] | None:
    """The line of a key (or of a list's item) and its value; what `<<` merges in comes last."""
    if isinstance(node, yaml.SequenceNode):
        if isinstance(key, int) and key < len(node.value):
            return node.value[key].start_mark.line + 1, node.value[key]
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    for name, value in node.value:
        if name.value == str(key):
            return name.start_mark.line + 1, value
    for name, value in node.value:
        if name.value == "<<":
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                found = _child(merged, key)
                if found is not None:
                    return found
    return None
