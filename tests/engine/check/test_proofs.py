"""A sentence that a test proves stands in its page word for word, and a test tells in full what it proves."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.prose.proofs import claims_of, proofs

PROOF = """import pytest
from functools import partial

PAGE, OTHER = "page.md", "other.md"
telling = partial(pytest.mark.claim, PAGE)


@telling("The desk answers the board, and nobody else.")
@pytest.mark.claim(PAGE, "It is calm by default.")
def test_the_desk() -> None:
    assert True
"""
TEXT = "# Post\n\nThe desk answers the board,\nand nobody else.\nIt is calm by default.\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "cause"),
    [
        ("", "", 0, ""),
        ("board,\nand", "board, and", 0, ""),
        (
            "nobody else",
            "everybody",
            3,
            "phrase prouvée qui n'y est plus : « The desk answers the board, and nobody else. »",
        ),
        ("calm", "busy", 5, "phrase prouvée qui n'y est plus : « It is calm by default. »"),
        ("It is calm by default.\n", "", 3, "« It is calm by default. »"),
    ],
)
def test_a_proven_sentence_that_changes_is_found_at_its_line(
    tmp_path: Path, old: str, new: str, line: int, cause: str
) -> None:
    found = _check(tmp_path, PROOF, TEXT.replace(old, new) if old else TEXT)
    assert [(one[0], one[1], cause in one[2]) for one in found] == ([("docs/page.md", line, True)] if cause else [])


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("(PAGE, ", "(OTHER, ", "preuve pour « other.md », que le site n'a pas"),
        ("(PAGE, ", "(str(PAGE), ", "preuve dont les mots ne se lisent pas sans l'exécuter"),
        ('"It is calm by default."', "TEXT", "preuve dont les mots ne se lisent pas"),
        (', "It is calm by default."', "", "preuve dont les mots ne se lisent pas"),
        ("def test", "déf test", "preuve dont les mots ne se lisent pas"),
    ],
)
def test_a_proof_that_cannot_be_held_to_a_page_is_found(tmp_path: Path, old: str, new: str, cause: str) -> None:
    found = _check(tmp_path, PROOF.replace(old, new), TEXT)
    assert [(path, cause in told) for path, _, told in found] == [("tests/test_post.py", True)]


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ('[pytest.param(a, marks=telling(f"| {a} |")) for a, b in [("x", 1), ("y", 2)]]', ["| x |", "| y |"]),
        ("[pytest.param(v, marks=pytest.mark.claim(PAGE, k)) for k, v in ROWS.items()]", ["one", "two"]),
        ("[pytest.param(p, marks=[pytest.mark.claim(p, w) for w, _ in s]) for p, s in PAGES.items()]", ["w1", "w2"]),
        ("[pytest.param(n, marks=telling(n)) for n in NAMES]", ["left", "right"]),
    ],
)
def test_a_mark_in_a_comprehension_is_read_once_a_value(mark: str, words: list[str]) -> None:
    given = 'ROWS: dict[str, int] = {"one": 1, "two": len("ab")}\nPAGES = {"page.md": (("w1", 1), ("w2", 2))}\nNAMES = ("left", "right")\n'
    assert [found[1:] for found in claims_of(f"{PROOF.split('@telling', maxsplit=1)[0]}{given}CASES = {mark}\n")] == [
        ("page.md", text) for text in words
    ]


def _check(root: Path, proof: str, text: str) -> list[tuple[str, int, str]]:
    post.write(root)
    (root / "tests").mkdir()
    (root / "tests/test_post.py").write_text(proof)
    page = post.page(text).page
    return [
        (found.path, found.line, found.cause)
        for found in proofs([page], [page], post.model(root, proofs=["tests/test_*.py"]))
    ]
