"""Operators on pages: what a careless author or a forgotten update leaves in a command or an expected result."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from runbook.mutating.mutant import Mutant, Operator, by_pattern
from runbook.reading.content import PageBlocks

NO_ROUTE = "la page montre ce que répond une route qui n'existe pas (404) : une autre qui n'existe pas répond de même"
NAMED_INSIDE = "les fichiers appliqués nomment eux-mêmes leur espace de noms"


def _one_more(text: str) -> str:
    return str(int(text) + 1)


_NAME = r"(?<![\w./-])(?:deploy(?:ment)?/|svc/|service/|pod/)?[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\w./=-])"
_NAMESPACE = r"(?<=-n )[a-z][a-z0-9-]*|(?<=--namespace )[a-z][a-z0-9-]*|(?<=--namespace=)[a-z][a-z0-9-]*"
_VERB = r"(?<=kubectl )[a-z]{3,}|(?<=docker compose )[a-z]{2,}|(?<=runbook )[a-z]{3,}"
COMMAND = (
    Operator("url-port-changed", re.compile(r"(?<=localhost:)\d+"), _one_more),
    Operator("name-mistyped", re.compile(_NAME), lambda text: f"{text}s"),
    Operator("file-renamed", re.compile(r"(?<![\w/.-])(?:[\w-]+/)+[\w.-]*\w")),
    Operator("flag-mistyped", re.compile(r"(?<=\s)--[a-z][a-z-]+")),
    Operator("namespace-mistyped", re.compile(_NAMESPACE)),
    Operator("namespace-dropped", re.compile(r"kubectl\b.*( (?:-n|--namespace)[ =][a-z][a-z0-9-]*)"), lambda _: ""),
    Operator("route-mistyped", re.compile(r"(?<=localhost:)\d+(/[a-z/]+)")),
    Operator("verb-mistyped", re.compile(_VERB)),
    Operator("selector-mistyped", re.compile(r"(?<=-l )[\w./-]+=[\w-]+")),
)
EXPECTED = (
    Operator("expected-number-changed", re.compile(r"(?<![\w.:/-])\d+(?![\w.:-])"), _one_more),
    Operator(
        "expected-word-changed",
        re.compile(r"[A-Za-zé]{4,}"),
        lambda text: f"{text[:-1]}{'a' if text[-1] != 'a' else 'b'}",
        once=True,
    ),
)
QUOTED = Operator("quoted-file-renamed", re.compile(r"(?<=`)(?=[^`]*[A-Za-z])(?:[\w-]+/)+[\w.-]*\w(?=`)"))
COMMENT = r'^[^"]*#'


def mutants(page: PageBlocks, text: str, targets: Collection[str]) -> Iterator[Mutant]:
    """Every mutant of a page's commands, and of its expected results on `targets`; `text` is its source."""
    path, lines = page.page.path, text.splitlines(keepends=True)
    for block in (block for block in page.blocks if not block.not_run):
        inert = {"route-mistyped": NO_ROUTE} if block.expected and re.search(r"\b404\b", block.expected.text) else {}
        for one in _in_lines(COMMAND, path, text, lines, block.line, block.code):
            named = "-dropped" in one.operator and re.search(r" apply .*-f ", lines[one.line - 1])
            yield replace(one, inert=NAMED_INSIDE if named else inert.get(one.operator, ""))
        if block.expected and block.target in targets:
            yield from _in_lines(EXPECTED, path, text, lines, block.expected.line - 1, block.expected.text)
    yield from by_pattern([QUOTED], path, text)


def _in_lines(
    operators: tuple[Operator, ...], path: str, text: str, lines: list[str], first: int, shown: str
) -> Iterator[Mutant]:
    """`first` counts from 0: the line after the fence's opening; there `shown` stands."""
    start = sum(map(len, lines[:first]))
    end = start + sum(map(len, lines[first : first + shown.count("\n") + 1]))
    yield from by_pattern(operators, path, text, start, end, COMMENT)
