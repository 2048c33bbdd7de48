"""What a piece of bash names: its commands, words, URLs and variables, from its syntax tree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter
import tree_sitter_bash

BASH = tree_sitter.Language(tree_sitter_bash.language())
URL = re.compile(r"https?://[^\s\"'|;<>()]+")
SPECIAL = frozenset("?!#@*$-_0123456789")


@dataclass(frozen=True, slots=True)
class Script:
    """`commands` in order of appearance, the substituted ones too; `used` are the variables that it does not set."""

    commands: tuple[str, ...]
    urls: tuple[str, ...]
    used: set[str]
    writes: bool  # to a file other than /dev/null
    has_error: bool


@cache
def read(code: str) -> Script:
    """The names in `code`; `has_error` if bash itself could not read it."""
    root = parse(code)
    nodes = list(walk(root))
    assigned = _named(nodes, "variable_assignment", "for_statement")
    return Script(
        commands=tuple(text_of(node) for node in nodes if node.type == "command_name"),
        urls=tuple(URL.findall(code)),
        used=_named(nodes, "simple_expansion", "expansion") - SPECIAL - assigned,
        writes=any(_writes(node) for node in nodes),
        has_error=root.has_error,
    )


@cache
def parse(code: str) -> tree_sitter.Node:
    """The syntax tree of `code`, by the grammar tree-sitter-bash."""
    return tree_sitter.Parser(BASH).parse(code.encode()).root_node


def walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The node and all below it, in reading order."""
    yield node
    for child in node.children:
        yield from walk(child)


def _named(nodes: list[tree_sitter.Node], *kinds: str) -> set[str]:
    """The variables that the nodes of these kinds name themselves."""
    named = (child for node in nodes if node.type in kinds for child in node.children)
    return {text_of(child) for child in named if child.type == "variable_name"}


def _writes(node: tree_sitter.Node) -> bool:
    if node.type != "file_redirect" or "<" in text_of(node).split("/")[0]:
        return False
    target = node.child_by_field_name("destination")
    return target is not None and text_of(target) not in ("/dev/null", "1", "2")


def text_of(node: tree_sitter.Node | None) -> str:
    """What stands in the source there; nothing for no node."""
    return "" if node is None else (node.text or b"").decode(errors="replace")
