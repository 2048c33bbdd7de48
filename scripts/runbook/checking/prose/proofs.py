"""Do the sentences that tests prove still stand in their pages, word for word?"""

import ast
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from runbook.checking.blocks.remembered import Remembered
from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.reading.content import Page

RULE = "proofs"
MARK = "pytest.mark.claim"
VERSION = "1"  # of what is remembered of a file
Claim = tuple[
    int, str | None, str | None
]  # line in the test's file, page, words; None for what only running it would tell
Names = Mapping[str, ast.expr]


def proofs(pages: Sequence[Page], site: Sequence[Page], model: Model) -> Iterator[Finding]:
    """The claims of `pages`, with `site` all the pages that a claim may name; every claim names one, in full."""
    texts, known = {page.uri: page for page in pages}, {page.uri for page in site}
    for path, (line, uri, words) in _claims(model):
        if uri is None or words is None:
            yield Finding(
                path,
                line,
                "preuve dont les mots ne se lisent pas sans l'exécuter",
                "écrire la page et les mots en toutes lettres",
                RULE,
            )
        elif uri not in known:
            yield Finding(path, line, f"preuve pour « {uri} », que le site n'a pas", "corriger le nom de la page", RULE)
        elif uri in texts and plain(words) not in plain(texts[uri].markdown):
            yield Finding(
                texts[uri].path,
                _nearest_line(words, texts[uri]),
                f"phrase prouvée qui n'y est plus : « {plain(words)} »",
                f"reprendre ces mots, ou prouver les nouveaux dans {path}:{line}",
                RULE,
            )


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """The text with every run of white space one space, and straight apostrophes."""
    return re.sub(r"\s+", " ", text).replace("’", "'").strip()


def claims_of(text: str) -> list[Claim]:
    """The marks of one test file, decorators or arguments; those of a comprehension over what the file itself lists, once a value."""
    tree = ast.parse(text)
    names = dict(_assigned(tree))
    aliases = {
        name: value.args[1:]
        for name, value in names.items()
        if isinstance(value, ast.Call) and value.args and ast.unparse(value.args[0]) == MARK
    }
    return list(_read(tree, aliases, [names]))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The names that the file itself gives to something, one by one or several at once."""
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            pairs = (
                zip(target.elts, node.value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))


def _claims(model: Model) -> Iterator[tuple[str, Claim]]:
    files = [
        name
        for pattern in model.settings.model.proofs
        for name in sorted(path.relative_to(model.root).as_posix() for path in model.root.glob(pattern))
    ]
    if not files:
        return
    memory = Remembered(model.root / model.settings.state / "cache" / "proofs.json", VERSION)
    for name in files:
        text = (model.root / name).read_text(encoding="utf-8")
        found = memory.recall(text)
        if found is None:
            try:
                found = claims_of(text)
            except SyntaxError as error:
                found = [(error.lineno or 1, None, None)]
            memory.learn(text, found)
        for line, page, words in found:
            yield name, (line, page, words)
    memory.write()


def _read(node: ast.AST, aliases: Mapping[str, Sequence[ast.expr]], settings: Sequence[Names]) -> Iterator[Claim]:
    """The claims below a node, under each of the `settings` of the names that comprehensions around it give."""
    if isinstance(node, ast.Call):
        before = (
            []
            if ast.unparse(node.func) == MARK
            else aliases.get(node.func.id)
            if isinstance(node.func, ast.Name)
            else None
        )
        if before is not None:
            for given in settings:
                texts = [_text(part, given) for part in (*before, *node.args)]
                yield (node.lineno, texts[0], texts[1]) if len(texts) == 2 else (node.lineno, None, None)
            return
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        for generator in node.generators:
            settings = [{**given, **bound} for given in settings for bound in _bindings(generator, given)]
    for below in ast.iter_child_nodes(node):
        yield from _read(below, aliases, settings)


def _bindings(generator: ast.comprehension, given: Names) -> list[dict[str, ast.expr]]:
    """What the names of `for a, b in …` are, each time round."""
    rows: list[ast.expr]
    listed = generator.iter
    items = isinstance(listed, ast.Call) and isinstance(listed.func, ast.Attribute) and listed.func.attr == "items"
    source = _named(
        listed.func.value
        if items and isinstance(listed, ast.Call) and isinstance(listed.func, ast.Attribute)
        else listed,
        given,
    )
    if items and isinstance(source, ast.Dict):
        rows = [
            ast.Tuple([key, value]) for key, value in zip(source.keys, source.values, strict=True) if key is not None
        ]
    elif isinstance(source, ast.List | ast.Tuple | ast.Set):
        rows = source.elts
    else:
        return [{}]
    targets = generator.target.elts if isinstance(generator.target, ast.Tuple) else [generator.target]
    whole = not isinstance(generator.target, ast.Tuple)
    return [
        {
            target.id: part
            for target, part in zip(
                targets, [row] if whole else row.elts if isinstance(row, ast.Tuple) else [], strict=False
            )
            if isinstance(target, ast.Name)
        }
        for row in rows
    ]


def _named(node: ast.expr, given: Names) -> ast.expr:
    return given.get(node.id, node) if isinstance(node, ast.Name) else node


def _text(node: ast.expr, given: Names) -> str | None:
    """The text of a literal, of a name for one, or of an f-string made of these."""
    node = _named(node, given)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [_text(part.value if isinstance(part, ast.FormattedValue) else part, given) for part in node.values]
        return None if None in parts else "".join(part for part in parts if part is not None)
    return None


def _nearest_line(words: str, page: Page) -> int:
    """The line of the page that looks most like the words, or like their beginning."""
    start = plain(words)
    lines = [
        (plain(line), number)
        for line, number in zip(page.markdown.split("\n"), page.line_of, strict=True)
        if line.strip()
    ]

    def alike(line: str) -> float:
        match = difflib.SequenceMatcher(None, start, line, autojunk=False).find_longest_match()
        return match.size + sum(word in line for word in start.split()) / 100

    return max(lines, key=lambda entry: alike(entry[0]), default=("", 1))[1]
