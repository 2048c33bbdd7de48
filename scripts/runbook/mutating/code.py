"""Operators on code: what a client sees of the services' Python and templates; what the repository's scripts name."""

import ast
import re
from collections.abc import Iterator

from runbook.mutating.mutant import Mutant, Operator, by_pattern, replaced

ROUTE_DECORATORS = ("route", "get", "post", "put", "delete", "patch", "add_url_rule")
STATUS = Operator(
    "status-changed",
    re.compile(r"HTTPStatus\.(OK|UNAUTHORIZED|FORBIDDEN|NOT_FOUND|SERVICE_UNAVAILABLE)"),
    lambda _: "IM_A_TEAPOT",
)
TEMPLATE = (
    Operator("title-changed", re.compile(r"<(?:h1|title)[^>]*>([^<]+)"), lambda _: "X"),
    Operator("version-dropped", re.compile(r"\{\{\s*\w*version\w*[^}]*\}\}"), lambda _: ""),
)
_FILE = r"(?<![\w/.$-])(?:[\w-]+/)+[\w.-]*\w|(?<![\w/.$-])[\w-]+\.(?:ya?ml|txt|toml|json)\b"
_VERB = r"(?<=docker )[a-z]{3,}|(?<=docker compose )[a-z]{2,}|(?<=runbook )[a-z]{3,}|(?<=mkdocs )[a-z]{3,}"
SCRIPT = (
    Operator("script-file-renamed", re.compile(_FILE)),
    Operator("script-option-mistyped", re.compile(r"(?<=\s)--[a-z][a-z-]+(?=[\s=])")),
    Operator("script-verb-mistyped", re.compile(_VERB)),
    Operator("script-variable-mistyped", re.compile(r"(?<=\$)[a-z]{3,}\b|(?<=\$\{)[a-z]{3,}(?=[}%/,])")),
)
SAID = r"^\s*#| # |echo|printf|:\?"  # what a script says, and its comments


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a module, a template or a script."""
    if path.endswith(".html"):
        yield from by_pattern(TEMPLATE, path, text)
    elif path.endswith(".py"):
        yield from _of_python(path, text)
        yield from by_pattern([STATUS], path, text)
    else:
        yield from by_pattern(SCRIPT, path, text, passed=SAID)


def _of_python(path: str, text: str) -> Iterator[Mutant]:
    """Names that a client knows, each on one line; ast counts columns in UTF-8 bytes, equal for ASCII lines."""
    lines = text.splitlines(keepends=True)
    for operator, node, new in _renamed(ast.parse(text)):
        start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
        yield replaced(operator, path, text, start, start + (node.end_col_offset or 0) - node.col_offset, new)


def _renamed(tree: ast.Module) -> Iterator[tuple[str, ast.expr, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attribute), args=[ast.Constant(value=str(route)) as named, *_]):
                if attribute in ROUTE_DECORATORS and route.startswith("/"):
                    yield "route-renamed", named, repr(f"{route}x")
            case ast.Dict(keys=keys):
                for key in keys:
                    if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
                        yield "json-key-renamed", key, repr(f"{key.value}_x")
            case ast.ClassDef(name=name, body=body) if name.endswith("Settings"):
                for item in body:
                    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                        yield "variable-renamed", item.target, f"{item.target.id}_x"
