"""Do the Python snippets of pages call routes, read keys, headers and variables, and import names that exist?"""

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any
from urllib.parse import urlsplit

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.inner_network import TOKEN, InnerNetwork, path_of
from runbook.checking.offered.known_names import Names
from runbook.checking.prose.names import address_fault
from runbook.reading.content import Page

RULE = "page_python"
FENCE = re.compile(
    r"^(?P<indent>[ ]*)(?P<mark>`{3,}|~{3,}) *(?:python|py|\{ *\.python\b[^}]*\}) *\n(?P<code>.*?)^(?P=indent)(?P=mark) *$",
    re.MULTILINE | re.DOTALL,
)
METHODS = ("get", "head", "options", "post", "put", "patch", "delete")


@dataclass
class Snippet:
    """One snippet: what its names hold, as far as the applications tell."""

    page: Page
    first: int
    text: str
    network: InnerNetwork
    names: Names
    responses: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)

    def told(self, node: ast.expr | ast.stmt, cause: str, remedy: str) -> Finding:
        index = min(self.first + node.lineno - 1, len(self.page.line_of) - 1)
        return Finding(self.page.path, self.page.line_of[index], f"Python : {cause}", remedy, RULE)


def page_python(page: Page, network: InnerNetwork, names: Names) -> Iterator[Finding]:
    """Every finding in the Python fences of a page."""
    for found in FENCE.finditer(page.markdown):
        first = page.markdown.count("\n", 0, found.start("code"))
        snippet = Snippet(page, first, found["code"], network, names)
        try:
            tree = ast.parse(dedent(found["code"]))
        except SyntaxError as error:
            index = min(first + (error.lineno or 1) - 1, len(page.line_of) - 1)
            yield Finding(page.path, page.line_of[index], f"Python : illisible ({error.msg})", "corriger le code", RULE)
            continue
        for node in ast.walk(tree):  # statements come in the order of the text where they are on one level
            yield from _looked_at(node, snippet)


def _looked_at(node: ast.AST, snippet: Snippet) -> Iterator[Finding]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imported(node, snippet)
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        _remember(node.targets[0].id, node.value, snippet)
    elif isinstance(node, ast.Call):
        yield from _called(node, snippet)
    elif isinstance(node, ast.Subscript):
        yield from _read(node, snippet)


def _imported(node: ast.Import | ast.ImportFrom, snippet: Snippet) -> Iterator[Finding]:
    modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for name in modules:
        try:
            there = importlib.util.find_spec(name) is not None
        except (ImportError, ValueError):
            there = False
        if not there:
            yield snippet.told(node, f"module « {name} » introuvable", "corriger son nom, ou l'ajouter aux dépendances")
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(name)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    yield snippet.told(
                        node, f"« {name} » n'a pas de « {alias.name} »", nearest(alias.name, dir(module))
                    )


def _called(node: ast.Call, snippet: Snippet) -> Iterator[Finding]:
    function = node.func
    variable = _environment(node)
    if variable is not None:
        yield from _variable(variable, node, snippet)
    if not isinstance(function, ast.Attribute) or function.attr not in METHODS:
        return
    url = _url(node)
    if url is None:
        return
    problem = address_fault(url, snippet.names) if (urlsplit(url).port or 80) in snippet.names.ports else None
    application = snippet.names.model.applications.get(
        snippet.names.model.local_ports.get(urlsplit(url).port or 80, "")
    )
    if problem and "404" not in snippet.text:  # a snippet may show what an unknown address gives
        yield snippet.told(node, *problem)
    elif application and not problem and not application.answers(urlsplit(url).path or "/", function.attr.upper()):
        allowed = application.methods(urlsplit(url).path or "/")
        yield snippet.told(
            node,
            f"« {urlsplit(url).path} » ne se demande pas par {function.attr.upper()}",
            f"méthodes permises : {', '.join(allowed)}",
        )


def _read(node: ast.Subscript, snippet: Snippet) -> Iterator[Finding]:
    """`body["key"]`, `response.headers["Name"]`, `os.environ["NAME"]`."""
    if not isinstance(node.slice, ast.Constant) or not isinstance(node.slice.value, str):
        return
    key, of = node.slice.value, node.value
    if isinstance(of, ast.Attribute) and of.attr == "environ":
        yield from _variable(key, node, snippet)
    elif isinstance(of, ast.Attribute) and of.attr == "headers":
        response = _response(of.value, snippet)
        if response is not None and key not in response.headers:
            yield snippet.told(node, f"en-tête « {key} », que la réponse n'a pas", nearest(key, dict(response.headers)))
    else:
        body = _body(of, snippet)
        if isinstance(body, Mapping) and key not in body:
            yield snippet.told(node, f"clé « {key} », que la réponse n'a pas", nearest(key, map(str, body)))


def _variable(name: str, node: ast.expr, snippet: Snippet) -> Iterator[Finding]:
    known = snippet.names.variables
    if known and name not in known and name.isupper():
        yield snippet.told(node, f"variable « {name} » que rien ne lit ni ne fixe", nearest(name, known))


def _environment(node: ast.Call) -> str | None:
    """The name in `os.environ.get("NAME", …)` and `os.getenv("NAME")`."""
    function = node.func
    first = node.args[0] if node.args else None
    if (
        not isinstance(function, ast.Attribute)
        or not isinstance(first, ast.Constant)
        or not isinstance(first.value, str)
    ):
        return None
    asked = function.attr == "getenv" or (
        function.attr == "get" and isinstance(function.value, ast.Attribute) and function.value.attr == "environ"
    )
    return first.value if asked else None


def _remember(name: str, value: ast.expr, snippet: Snippet) -> None:
    snippet.responses.pop(name, None)
    snippet.bodies.pop(name, None)
    response, body = _response(value, snippet), _body(value, snippet)
    if response is not None:
        snippet.responses[name] = response
    if body is not None:
        snippet.bodies[name] = body


def _url(node: ast.expr) -> str | None:
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return (
        first.value
        if isinstance(first, ast.Constant)
        and isinstance(first.value, str)
        and first.value.startswith(("http://localhost", "http://127.0.0.1"))
        else None
    )


def _response(node: ast.expr, snippet: Snippet) -> Any:
    """What the application answers to the GET that an expression is, or that its name was given."""
    if isinstance(node, ast.Name):
        return snippet.responses.get(node.id)
    url = _url(node)
    if url is None or not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
    ):
        return None
    model = snippet.names.model
    name = model.local_ports.get(urlsplit(url).port or 80, "")
    shown = {"Authorization": f"Bearer {TOKEN}"} if "Authorization" in ast.unparse(node) else {}
    targets = [
        target for target, described in model.settings.targets.items() if bool(described.contexts) is bool(shown)
    ]  # only a cluster gives a secret
    answered = (
        snippet.network.answer(target, name, path_of(url), shown) for target in targets if name in model.applications
    )
    return next((response for response in answered if response is not None), None)


def _body(node: ast.expr, snippet: Snippet) -> Any:
    """The JSON that an expression is, or that its name was given."""
    if isinstance(node, ast.Name):
        return snippet.bodies.get(node.id)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        body = _body(node.value, snippet)
        return body.get(node.slice.value) if isinstance(body, Mapping) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "json":
        response = _response(node.func.value, snippet)
        return response.get_json(silent=True) if response is not None else None
    return None
