"""What a page says that its commands print: the block after them, if it is titled so."""

import difflib
import unicodedata
from collections.abc import Iterator

from runbook.errors import Problem
from runbook.matching import expect
from runbook.reading.content import Expected, Page
from runbook.reading.fences import Fence
from runbook.reading.languages import is_shell

TITLES = ("Résultat attendu", "Expected result")
TEXTS = ("text", "txt", "plain", "plaintext", "output", "")
KINDS = {"json": expect.Kind.JSON, **dict.fromkeys(TEXTS, expect.Kind.TEXT)}
LIKE = ("attendu", "expected", "erwartet", "esperado", "atteso")
LIKENESS = 0.75


def expected_after(page: Page, following: Fence | None, problems: list[Problem]) -> Expected | None:
    """What the fence after a command promises; None if it promises nothing, or not well, which is a problem."""
    if following is None or following.title not in TITLES:
        return None
    kind = KINDS.get(following.language.casefold())
    if kind is None:
        cause = f"résultat attendu en « {following.language} »"
        problems.append(Problem(page.path, following.line, cause, "langages possibles : text, json"))
        return None
    fault = expect.check_expected(following.source, kind)
    if fault:
        problems.append(Problem(page.path, following.line, fault, "corriger le résultat attendu"))
        return None
    return Expected(following.line + 1, following.source, kind)


def not_taken(page: Page, fences: tuple[Fence, ...]) -> Iterator[Problem]:
    """Blocks that their reader takes for an expected result, and that are compared with nothing."""
    for before, fence in zip((None, *fences), fences, strict=False):
        after_command = before is not None and is_shell(before.language, before.source)
        if fence.title in TITLES and not after_command:
            cause, remedy = "résultat attendu sans commande juste avant", "le placer après son bloc bash"
            yield Problem(page.path, fence.line, cause, remedy)
        elif after_command and fence.title and fence.title not in TITLES and _like(fence.title):
            cause = f"titre « {fence.title} » : ce bloc ne serait comparé à rien"
            yield Problem(page.path, fence.line, cause, f"écrire exactement « {TITLES[0]} », ou « {TITLES[1]} »")


def _like(title: str) -> bool:
    """Whether somebody who wrote this meant the title of an expected result."""
    letters = unicodedata.normalize("NFD", title.casefold())
    folded = "".join(letter for letter in letters if not unicodedata.combining(letter))
    meant = difflib.get_close_matches(folded, ("resultat attendu", "expected result"), cutoff=LIKENESS)
    return bool(meant) or any(word in folded for word in LIKE)
