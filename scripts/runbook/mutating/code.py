"""Operators on the services' Python and templates: what a client sees, one name at a time."""

import ast
import re
from collections.abc import Iterator

from runbook.mutating.mutant import Mutant, replaced

ROUTE_DECORATORS = ("route", "get", "post", "put", "delete", "patch", "add_url_rule")
STATUS = re.compile(r"HTTPStatus\.(OK|UNAUTHORIZED|FORBIDDEN|NOT_FOUND|SERVICE_UNAVAILABLE)")
SHOWN = re.compile(r"<(?:h1|title)[^>]*>([^<]+)|\{\{\s*(\w*version\w*)[^}]*\}\}")


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a module or a template."""
    if path.endswith(".html"):
        yield from _template(path, text)
        return
    offsets = _offsets(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ROUTE_DECORATORS:
            yield from _route(path, text, node, offsets)
        elif isinstance(node, ast.Dict):
            yield from _keys(path, text, node, offsets)
        elif isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
            yield from _fields(path, text, node, offsets)
    for found in STATUS.finditer(text):
        yield replaced("status-changed", path, text, found.start(1), found.end(1), "IM_A_TEAPOT")


def _route(path: str, text: str, node: ast.Call, offsets: list[int]) -> Iterator[Mutant]:
    for argument in node.args[:1]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.startswith("/"):
            start, end = _span(argument, offsets)
            yield replaced("route-renamed", path, text, start, end, repr(f"{argument.value}x"))


def _keys(path: str, text: str, node: ast.Dict, offsets: list[int]) -> Iterator[Mutant]:
    for key in node.keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
            start, end = _span(key, offsets)
            yield replaced("json-key-renamed", path, text, start, end, repr(f"{key.value}_x"))


def _fields(path: str, text: str, node: ast.ClassDef, offsets: list[int]) -> Iterator[Mutant]:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            start, end = _span(item.target, offsets)
            yield replaced("variable-renamed", path, text, start, end, f"{item.target.id}_x")


def _template(path: str, text: str) -> Iterator[Mutant]:
    for found in SHOWN.finditer(text):
        group = 1 if found.group(1) else 0
        operator = "title-changed" if group else "version-dropped"
        yield replaced(operator, path, text, found.start(group), found.end(group), "X" if group else "")


def _offsets(text: str) -> list[int]:
    starts, total = [0], 0
    for line in text.splitlines(keepends=True):
        total += len(line)
        starts.append(total)
    return starts


def _span(node: ast.expr, offsets: list[int]) -> tuple[int, int]:
    """Character positions; ast counts columns in UTF-8 bytes, equal for the ASCII lines that names stand on."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return offsets[node.lineno - 1] + node.col_offset, offsets[end_line - 1] + end_column
