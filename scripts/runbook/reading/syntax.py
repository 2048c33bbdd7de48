"""A piece of bash as a syntax tree."""

from collections.abc import Iterator
from functools import cache

import tree_sitter
import tree_sitter_bash

BASH = tree_sitter.Language(tree_sitter_bash.language())


@cache
def parse(code: str) -> tree_sitter.Node:
    """The syntax tree of `code`, by the grammar tree-sitter-bash."""
    return tree_sitter.Parser(BASH).parse(code.encode()).root_node


def walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The node and all below it, in reading order."""
    yield node
    for child in node.children:
        yield from walk(child)


def text_of(node: tree_sitter.Node | None) -> str:
    """What stands in the source there; nothing for no node."""
    return "" if node is None else (node.text or b"").decode(errors="replace")
