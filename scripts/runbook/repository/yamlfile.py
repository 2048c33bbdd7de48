"""A YAML file: its documents as values, and the line of each value."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from runbook.errors import Problem

# The safe loader; libyaml's, ten times as fast, where PyYAML has it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
REMEDY = "corriger le fichier"
Key = str | int
Keys = tuple[Key, ...]


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping; the schemas say what is wrong with another."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is a list."""
    return value if isinstance(value, list) else []


def text_map(value: Any) -> dict[str, str]:
    """The mapping with its keys and values as text."""
    return {str(key): str(item) for key, item in mapping(value).items()}


def under(value: Any, *keys: Key, default: Any = None) -> Any:
    """What stands under these keys of a value, `default` where one is missing."""
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return default
    return value


@dataclass(frozen=True, eq=False)
class Document:
    """One document of the file `path`; `line` is where it starts, from 1."""

    path: str
    line: int
    value: Any
    node: yaml.Node | None = field(default=None, repr=False)

    def at(self, *keys: Key, default: Any = None) -> Any:
        """The value under these keys, `default` where one is missing."""
        return under(self.value, *keys, default=default)

    def map(self, *keys: Key) -> dict[str, Any]:
        """The mapping under these keys; empty for anything else."""
        return mapping(self.at(*keys))

    def maps(self, *keys: Key) -> list[dict[str, Any]]:
        """The list of mappings under these keys."""
        return [mapping(one) for one in items(self.at(*keys))]

    def below(self) -> Iterator[tuple[Keys, Any]]:
        """Every value in it, each with its keys."""
        waiting: list[tuple[Keys, Any]] = [((), self.value)]
        while waiting:
            keys, value = waiting.pop()
            yield keys, value
            pairs = value.items() if isinstance(value, dict) else enumerate(items(value))
            waiting += [((*keys, key), one) for key, one in pairs]

    def line_of(self, *keys: Key) -> int:
        """The line of the deepest value under these keys that exists."""
        return self.place(*keys)[0]

    def place(self, *keys: Key) -> tuple[int, yaml.Node | None]:
        """That line, and what stands there."""
        node, line = self.node, self.line
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line, node


def read_documents(path: Path, name: str) -> tuple[list[Document], list[Problem]]:
    """The documents of a file that is called `name` in messages, and what is wrong with it as YAML."""
    try:
        return parse_documents(path.read_text(encoding="utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(name, 1, f"fichier illisible : {getattr(error, 'strerror', None) or error}", REMEDY)]


def parse_documents(text: str, name: str, line: int = 0) -> tuple[list[Document], list[Problem]]:
    """The same of a text that stands `line` lines further down in the file."""
    documents: list[Document] = []
    faults: list[Problem] = []
    loader = LOADER("\n" * line + text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                faults += [Problem(name, at, cause, REMEDY) for at, cause in _repeated_keys(node)]
                value = loader.construct_document(node)
                documents.append(Document(name, node.start_mark.line + 1, value, node))
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        mark = getattr(error, "problem_mark", None)
        cause = f"YAML illisible : {getattr(error, 'problem', None) or error}"
        faults.append(Problem(name, mark.line + 1 if mark else line + 1, cause, REMEDY))
    finally:
        loader.dispose()
    return documents, faults


def _repeated_keys(root: yaml.Node) -> Iterator[tuple[int, str]]:
    """Each key that its mapping already has; aliases are read once, and before `<<` is replaced by what it merges."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            first: dict[str, yaml.Node] = {}
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and (at := first.setdefault(key.value, key)) is not key:
                    cause = f"clé « {key.value} » déjà écrite ligne {at.start_mark.line + 1} : seule la dernière compte"
                    yield key.start_mark.line + 1, cause
                waiting.append(value)


def _child(node: yaml.Node | None, key: Key) -> tuple[int, yaml.Node] | None:
    """The line of a key (or of a list's item) and its value; what `<<` merged in stands before a mapping's own keys."""
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    if isinstance(node, yaml.MappingNode):
        for name, value in reversed(node.value):
            if name.value == str(key):
                return name.start_mark.line + 1, value
    return None
