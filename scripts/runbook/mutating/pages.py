"""Operators on pages: what a careless author or a forgotten update leaves in a command or an expected result."""

import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

from runbook.mutating.mutant import Mutant, replaced
from runbook.reading.content import Block, PageBlocks

URL_PORT = re.compile(r"(?<=localhost:)\d+")
NAME = re.compile(r"(?<![\w./-])(?:deploy(?:ment)?/|svc/|service/|pod/)?[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\w./=-])")
FILE = re.compile(r"(?<![\w/.-])(?:[\w-]+/)+[\w.-]*\w")
FLAG = re.compile(r"(?<=\s)--[a-z][a-z-]+")
NAMESPACE = re.compile(r"(?<=-n )[a-z][a-z0-9-]*|(?<=--namespace )[a-z][a-z0-9-]*|(?<=--namespace=)[a-z][a-z0-9-]*")
ROUTE = re.compile(r"(?<=localhost:)\d+(/[a-z/]+)")
NUMBER = re.compile(r"(?<![\w.:/-])\d+(?![\w.:-])")
LETTERS = re.compile(r"[A-Za-zé]{4,}")
VERB = re.compile(r"(?<=kubectl )[a-z]{3,}|(?<=docker compose )[a-z]{2,}|(?<=runbook )[a-z]{3,}")
SELECTOR = re.compile(r"(?<=-l )[\w./-]+=[\w-]+")
NAMESPACE_OPTION = re.compile(r" (?:-n|--namespace)[ =][a-z][a-z0-9-]*")
NO_ROUTE = "la page montre ce que répond une route qui n'existe pas (404) : une autre qui n'existe pas répond de même"
QUOTED_FILE = re.compile(r"(?<=`)(?=[^`]*[A-Za-z])(?:[\w-]+/)+[\w.-]*\w(?=`)")

COMMAND_OPERATORS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("url-port-changed", URL_PORT, lambda text: str(int(text) + 1)),
    ("name-mistyped", NAME, lambda text: f"{text}s"),
    ("file-renamed", FILE, lambda text: f"{text}x"),
    ("flag-mistyped", FLAG, lambda text: f"{text}x"),
    ("namespace-mistyped", NAMESPACE, lambda text: f"{text}x"),
    ("route-mistyped", ROUTE, lambda text: f"{text}x"),
    ("verb-mistyped", VERB, lambda text: f"{text}x"),
    ("selector-mistyped", SELECTOR, lambda text: f"{text}x"),
)
EXPECTED_OPERATORS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("expected-number-changed", NUMBER, lambda text: str(int(text) + 1)),
    ("expected-word-changed", LETTERS, lambda text: f"{text[:-1]}{'a' if text[-1] != 'a' else 'b'}"),
)


def mutants(page: PageBlocks, text: str, targets: Collection[str]) -> Iterator[Mutant]:
    """Every mutant of a page's commands, and of its expected results on `targets`; `text` is its source."""
    lines = text.splitlines(keepends=True)
    for block in page.blocks:
        if block.not_run:
            continue
        absent = NO_ROUTE if block.expected and re.search(r"\b404\b", block.expected.text) else ""
        yield from _in_lines(
            COMMAND_OPERATORS, page.page.path, text, lines, block.line, block.code.count("\n") + 1, absent
        )
        if block.expected and block.target in targets:
            yield from _in_lines(
                EXPECTED_OPERATORS,
                page.page.path,
                text,
                lines,
                block.expected.line - 1,
                block.expected.text.count("\n") + 1,
            )
    yield from _swapped(page, text, lines)
    yield from _without_namespace(page, text, lines)
    yield from _quoted(page.page.path, text)


def _without_namespace(page: PageBlocks, text: str, lines: list[str]) -> Iterator[Mutant]:
    """`-n` left out; manifests that are applied name their namespaces themselves."""
    for block in page.blocks:
        start = sum(map(len, lines[: block.line]))
        end = start + sum(map(len, lines[block.line : block.line + block.code.count("\n") + 1]))
        for found in NAMESPACE_OPTION.finditer(text, start, end) if not block.not_run else ():
            line = text[text.rfind("\n", 0, found.start()) + 1 : text.find("\n", found.start())]
            if "kubectl" in line:
                inert = (
                    "les fichiers appliqués nomment eux-mêmes leur espace de noms"
                    if " apply " in line and " -f " in line
                    else ""
                )
                yield replaced("namespace-dropped", page.page.path, text, found.start(), found.end(), "", inert)


def _quoted(path: str, text: str) -> Iterator[Mutant]:
    """A file that the prose quotes, renamed."""
    for found in QUOTED_FILE.finditer(text):
        yield replaced("quoted-file-renamed", path, text, found.start(), found.end(), f"{found.group()}x")


def _in_lines(
    operators: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...],
    path: str,
    text: str,
    lines: list[str],
    first: int,
    count: int,
    absent: str = "",
) -> Iterator[Mutant]:
    """`first` counts from 0: the line after the fence's opening; `absent` says why another route changes nothing.

    One word a line of an expected result is enough.
    """
    start = sum(map(len, lines[:first]))
    end = start + sum(map(len, lines[first : first + count]))
    for operator, pattern, change in operators:
        done = -1
        for found in pattern.finditer(text, start, end):
            row = text.count("\n", 0, found.start())
            if pattern is LETTERS and row == done:
                continue
            done = row
            line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if "#" in line.split('"')[0]:  # a comment
                continue
            group = 1 if pattern.groups else 0
            yield replaced(
                operator,
                path,
                text,
                found.start(group),
                found.end(group),
                change(found.group(group)),
                absent if pattern is ROUTE else "",
            )


def _swapped(page: PageBlocks, text: str, lines: list[str]) -> Iterator[Mutant]:
    """Two neighbouring steps of one target in the wrong order, if the first gives the second what it uses."""
    steps = [block for block in page.blocks if not block.not_run and not block.cleanup]
    for first, second in pairwise(steps):
        if first.target == second.target and _feeds(first, second):
            body_one = lines[first.line : first.line + first.code.count("\n") + 1]
            body_two = lines[second.line : second.line + second.code.count("\n") + 1]
            swapped = [
                *lines[: first.line],
                *body_two,
                *lines[first.line + len(body_one) : second.line],
                *body_one,
                *lines[second.line + len(body_two) :],
            ]
            yield Mutant("steps-swapped", page.page.path, first.line, text, "".join(swapped))


def _feeds(first: Block, second: Block) -> bool:
    assigned = set(re.findall(r"^\s*([A-Z_]+)=", first.code, re.MULTILINE))
    return any(f"${name}" in second.code or f"${{{name}" in second.code for name in assigned)
