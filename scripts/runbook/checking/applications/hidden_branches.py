"""Can each branch that tells types apart be reached, or does one before it take all of its cases?"""

import ast
import builtins
import importlib
from collections.abc import Iterator, Sequence

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model

RULE = "hidden_branches"
LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
Names = dict[str, tuple[str, str]]  # name in the file → module and name there, "" for the module itself
Case = tuple[int, str, list[type]]  # line, what is looked at, the types of the branch


def hidden_branches(model: Model) -> Iterator[Finding]:
    """The `isinstance` that follow each other in a body, and the handlers of an exception, in the applications' code."""
    for path, text in model.code.items():
        if "isinstance(" not in text and text.count("except ") < 2:
            continue
        try:
            tree = ast.parse(text)
        except SyntaxError:  # told where the application is imported
            continue
        names = dict(_imported(tree))
        for node in ast.walk(tree):
            for cases in _ladders(node, names):
                yield from _hidden(path, cases)


def _imported(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name, (alias.name, "")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, (node.module, alias.name)) for alias in node.names)


def _ladders(node: ast.AST, names: Names) -> Iterator[list[Case]]:
    """What is tried one after the other on the same thing."""
    if isinstance(node, ast.Try):
        yield [
            (handler.lineno, "", _types(handler.type, names)) for handler in node.handlers if handler.type is not None
        ]
    for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
        ladder: list[Case] = []
        for statement in body if isinstance(body, list) else []:
            if (
                isinstance(statement, ast.If)
                and isinstance(statement.body[-1], LEAVES)
                and (case := _case(statement.test, names))
            ):
                ladder.append(case)
            elif ladder:
                yield ladder
                ladder = []
        yield ladder


def _case(test: ast.expr, names: Names) -> Case | None:
    if (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
        and len(test.args) == 2
    ):
        return test.lineno, ast.unparse(test.args[0]), _types(test.args[1], names)
    return None


def _types(node: ast.expr | None, names: Names) -> list[type]:
    """The types that an expression names; none if one of them cannot be found."""
    parts: Sequence[ast.expr | None] = node.elts if isinstance(node, ast.Tuple) else [node]
    found = [_type(part, names) for part in parts]
    return [one for one in found if one is not None] if all(found) else []


def _type(node: ast.expr | None, names: Names) -> type | None:
    first, *rest = ast.unparse(node).split(".") if isinstance(node, ast.Name | ast.Attribute) else [""]
    module, name = names.get(first, ("", first))
    try:
        found = getattr(builtins, name) if not module else importlib.import_module(module)
        for part in [*([name] if module and name else []), *rest]:
            found = getattr(found, part)
    except (AttributeError, ImportError):
        return None
    return found if isinstance(found, type) else None


def _hidden(path: str, cases: Sequence[Case]) -> Iterator[Finding]:
    for index, (line, subject, types) in enumerate(cases):
        for before, other, taken in cases[:index]:
            if subject == other and types and taken and all(issubclass(one, tuple(taken)) for one in types):
                shown, hiding = types[0].__name__, next(one.__name__ for one in taken if issubclass(types[0], one))
                yield Finding(
                    path,
                    line,
                    f"branche jamais prise : {shown} est un {hiding}, que la ligne {before} prend déjà",
                    "mettre le cas particulier avant le général, ou resserrer le premier",
                    RULE,
                )
                break
