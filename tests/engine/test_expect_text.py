"""Lines of text: literal, but for `…`, what nobody sees, and nothing else."""

import pytest

from runbook.matching.expect import Kind, Mismatch, check_expected, compare
from runbook.matching.wildcard import ANY, Pattern, fits, place


def text(expected: str, actual: str) -> Mismatch | None:
    return compare(expected, actual, Kind.TEXT)


def mismatch(expected: str, actual: str) -> Mismatch:
    found = text(expected, actual)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("ok", "ok"),
        ("ok", "ok\n\n"),
        ("ok\n", "ok"),
        ("a\nb", "a  \t\r\nb\n"),
        ("déjà  vu", "déjà  vu"),
        ("ok", "\x1b[1;32mok\x1b[0m"),
        ("see", "\x1b]8;;http://x\x1b\\see\x1b]8;;\x1b\\\n"),
        ("…ready", "ready"),
        ("pod/…-… deleted", "pod/api-7db4-xk2 deleted"),
        ("took … ms", "took  ms"),
        ("Labels:  …", "Labels:  "),
        ("Labels: … …", "Labels:"),
        ("a…", "a"),
        ("…\nb", "b"),
        ("…\nb", "b\nb"),
        ("…\na\nb", "a\nb\na\na\nb"),
        ("a\n…", "a\n\n\nb"),
        ("a\n…\nd", "a\nb\nc\nd"),
        ("a\n…\n…\nd", "a\nd"),
        ("a\n  …  \nd", "a\nc\nd"),
        ("…\nb\n…", "a\nb\nb\nc"),
        ('"python3 -m http.ser…"', '"python3 -m http.ser…"'),
        ("a\n…\nb", "a\n…\nb"),
        ("a … b", "a … b"),
        ("\n\na", "\n\na"),
    ],
)
def test_an_output_fits(expected: str, actual: str) -> None:
    assert text(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("Running", "CrashLoopBackOff"),
        ("Running", "running"),
        ("Running", "Running now"),
        ("Running", "Not Running"),
        ("ok", "okay"),
        ("a b", "a  b"),
        ("a b", "a\u00a0b"),
        ("a", "a\u00a0"),
        (" a", "a"),
        ("a\nb", "b\na"),
        ("a\nb", "a\n\nb"),
        ("a\nb", "a"),
        ("a", "a\nb"),
        ("a", "\na"),
        ("a", ""),
        ("a…a", "a"),
        ("a…b…a", "ab"),
        ("…ab…ab…", "ab"),
        ("http://localhost:30080/…", "http://localhost:30081/"),
        ("a\n…\nb", "a\nb\nc"),
        ("…\na\nb\n…", "a\nc\nb"),
        ("…\na", "a\nb"),
        ("ok...", "ok and more"),
        ("deleted …", "not deleted 1"),
    ],
)
def test_an_output_does_not_fit(expected: str, actual: str) -> None:
    assert text(expected, actual) is not None


def test_the_second_line_is_to_blame_with_both_texts() -> None:
    found = mismatch("a\nstatus: ok\nc", "a\nstatus: ko\nc")
    assert found == Mismatch(1, "attendu «\u00a0status: ok\u00a0», obtenu «\u00a0status: ko\u00a0»")


@pytest.mark.parametrize(
    ("expected", "actual", "line", "reason"),
    [
        ("a\nb\nc", "a\nc", 1, "il manque dans la sortie la ligne « b », avant « c »"),
        ("a\nc", "a\nb\nc", 1, "la sortie a une ligne en trop, « b », avant « c »"),
        ("a\nb", "a", 1, "la sortie s'arrête avant « b »"),
        ("a", "a\nb", 0, "la sortie continue après la fin attendue : « b »"),
        ("a\n…\nz", "a\nb", 2, "« z » est introuvable dans la sortie après « a »"),
        ("…\nz", "b", 1, "« z » est introuvable dans la sortie"),
        ("…\na\nz\n…", "b\na\nb\na", 2, "attendu « z », obtenu « b »"),
        ("a", "", 0, "la sortie est vide ; attendu « a »"),
        ("NAME  READY\nx  1", "", 0, "la sortie est vide ; attendu le tableau « NAME  READY »"),
        ("a\nNAME  READY\nx  1", "a", 1, "la sortie s'arrête avant le tableau « NAME  READY »"),
        ("a\nNAME  READY\nx  1", "a\nb", 1, "attendu le tableau « NAME  READY », obtenu « b »"),
        ("a b", "a\u00a0b", 0, "la différence ne se voit pas : U+00A0 NO-BREAK SPACE obtenu"),
        ("a\u200bb…", "ab c", 0, "U+200B ZERO WIDTH SPACE attendu"),
        ("pod", "p\u043ed", 0, "U+043E CYRILLIC SMALL LETTER O obtenu"),
        ("a b", "a  b", 0, "seules les espaces diffèrent"),
        ("wait... ok", "wait ko", 0, "attendu « wait... ok », obtenu « wait ko »"),
        ("Ok", "ok", 0, "seules les majuscules diffèrent"),
        ("ok...", "ok and more", 0, "écrire « … » (U+2026) et non trois points"),
        ("a", "", 0, "« a »"),
        ("a\n\nb", "a\nc\nb", 1, "«  » (vide)"),
    ],
)
def test_the_reason_says_what_differs_and_where(expected: str, actual: str, line: int, reason: str) -> None:
    found = mismatch(expected, actual)
    assert found.line == line
    # Written here with plain spaces; French puts non-breaking ones beside its punctuation.
    assert reason in found.reason.replace("\u00a0", " ")


def test_french_punctuation_has_its_non_breaking_spaces() -> None:
    assert mismatch("a", "").reason == "la sortie est vide\u00a0; attendu «\u00a0a\u00a0»"


def test_a_reason_obeys_no_terminal_and_is_cut() -> None:
    reason = mismatch("a", f"\u202eb\u200b{'b' * 5000}").reason
    assert "\\u202eb\\u200bbbb" in reason
    assert "caractères]" in reason
    assert len(reason) < 300


@pytest.mark.parametrize("empty", ["", "\n", "  \n\t\n"])
def test_an_empty_expected_result_says_that_nothing_is_printed(empty: str) -> None:
    assert check_expected(empty, Kind.TEXT) is None
    assert text(empty, " \n") is None
    assert "rien ne devait être affiché" in mismatch(empty, "x").reason
    assert check_expected(empty, Kind.JSON) == "le résultat attendu est vide"


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("une   b", "une\tb"),  # Markdown makes spaces of the tabs of a page
        ("NAME  READY\nweb  1/1", "NAME\tREADY\nweb\t1/1\n"),
        ("100 %\ndone", " 10 %\r 50 %\r100 %\ndone\n"),
        ("done", "working\r\x1b[Kdone\n"),
        ("    done", "work\x1b[2Kdone\n"),
        ("bold", "b\bbo\bol\bld\bd"),
        ("a link", "\x1b]8;;http://x\x07a link\x1b]8;;\x07"),
        ("plain", "\x1b(B\x1b[mpl\x9b1main\x1b7\x1b8\x1bP1$r\x1b\\"),
        ("café", "cafe\u0301"),
        ("cafe\u0301", "café"),
        ("ab", "a\0b"),
    ],
)
def test_an_output_is_compared_as_a_reader_sees_it(expected: str, actual: str) -> None:
    assert text(expected, actual) is None


@pytest.mark.parametrize(("expected", "actual"), [("a b", "a\tc"), ("10 %", "10 %\r50 %\n"), ("a b", "ab\t")])
def test_and_not_otherwise(expected: str, actual: str) -> None:
    assert text(expected, actual) is not None


@pytest.mark.parametrize(
    ("expected", "actual", "fits_"),
    [
        (r"/pod-[a-z0-9]{5} (Running|Pending)/", "pod-x7k2p Running", True),
        (r"/pod-[a-z0-9]{5} (Running|Pending)/", "pod-x7k2p Running now", False),
        (r"/\d+ ms/", "took 12 ms", False),
        ("first\n…\n/last \\d/", "first\nsecond\nlast 3\n", True),
        ("/usr/", "/usr/", True),
        ("/usr", "usr", False),
        ("/(a+)+$/", "a" * 40 + "b", False),  # an expression that would never end
    ],
)
def test_a_line_between_slashes_is_a_regular_expression(expected: str, actual: str, fits_: bool) -> None:
    assert check_expected(expected, Kind.TEXT) is None
    assert (text(expected, actual) is None) is fits_


def test_a_wrong_expression_is_a_mistake() -> None:
    assert "expression régulière invalide" in str(check_expected("/(/", Kind.TEXT))


@pytest.mark.parametrize(
    ("everything", "kind"), [("…", Kind.TEXT), ("…\n…", Kind.TEXT), ("…", Kind.JSON), ('"…"', Kind.JSON)]
)
def test_an_expected_result_that_nothing_can_contradict_is_a_mistake(everything: str, kind: Kind) -> None:
    assert "n'affirme rien" in str(check_expected(everything, kind))


def test_a_text_without_tables_is_never_a_mistake() -> None:
    assert check_expected("namespace/datapress-recette created\n…\n{", Kind.TEXT) is None


def test_a_line_is_searched_once_for_each_of_its_pieces() -> None:
    searches: list[str] = []

    class Counted(str):
        __slots__ = ()

        def find(self, *where: object) -> int:
            searches.append(str(where[0]))
            return super().find(*where)  # type: ignore[arg-type]

    assert not fits("…a" * 1000 + "…b…", Counted("a" * 10_000))
    assert len(searches) == 1001


@pytest.mark.parametrize(
    ("pattern", "size", "most"),
    [
        # Landmarks in a long output: each position is looked at once.
        ([ANY, 2000, ANY, 5000, ANY, 9999], 10_000, 10_003),
        # The beginning of a run is met everywhere, its end nowhere: the size times the run, no more.
        ([ANY, *[-1] * 20, -2, ANY], 10_000, 10_000 * 21 + 21),
    ],
)
def test_placing_takes_few_steps(pattern: Pattern[int], size: int, most: int) -> None:
    steps = 0

    def step(item: int, at: int) -> int | None:
        nonlocal steps
        steps += 1
        return at + 1 if at < size and item in (at, -1) else None

    place(pattern, size, step)
    assert steps <= most
