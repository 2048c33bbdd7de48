"""Outputs that are too large, not text, or not finished: what is kept of each, and what it is worth."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from runbook.outcome import Outcome
from runbook.running.shell import Shell
from tests.engine.runs import fence, one, outcomes, results, run_site

VERIFIED, EXECUTED, FAILED = Outcome.VERIFIED, Outcome.EXECUTED, Outcome.FAILED
LIMIT, KEPT = 1 << 20, 1 << 16  # of the settings in conftest.py, and by default
FLOOD = "sortie de plus de 1 Mio ; la commande a été arrêtée"


@pytest.mark.parametrize(
    "code",
    [
        "head -c 1G /dev/zero | tr '\\0' x",
        "head -c 1G /dev/zero | tr '\\0' x >&2",
        "yes flood",
        "yes >&2 | yes",
        "head -c 1100000 /dev/urandom",
        "setsid -f yes; tail -f /dev/null",
    ],
)
def test_a_flood_is_stopped_and_cut_and_fails(make_site, code: str) -> None:
    (result,) = results(make_site(index=fence(code, 'data-delai="60"')))
    assert (result.outcome, result.reason) == (FAILED, FLOOD)
    assert KEPT <= len(result.out) + len(result.err) < 2 * (KEPT + 100)
    assert "… (sortie coupée : 1048576 octets en tout)" in result.out + result.err


def test_an_output_at_the_limit_is_whole_and_one_past_what_is_kept_is_cut_in_its_middle(make_site) -> None:
    within, beyond = run_site(
        make_site(
            index=fence(f"head -c {KEPT} /dev/zero | tr '\\0' x") + fence(f"head -c {LIMIT} /dev/zero | tr '\\0' x")
        )
    ).results
    assert within.out == "x" * KEPT
    assert beyond.outcome is EXECUTED
    assert beyond.out == "x" * (KEPT // 2) + f"\n… (sortie coupée : {LIMIT} octets en tout)\n" + "x" * (KEPT // 2)


def test_a_background_step_that_floods_before_it_is_ready_fails(make_site) -> None:
    (result,) = results(make_site(index=fence("yes flood", 'data-arriere-plan="sortie:jamais" data-delai="60"')))
    assert (result.outcome, result.reason) == (FAILED, FLOOD)


def test_what_a_process_left_running_prints_is_emptied_as_it_grows(tmp_path: Path) -> None:
    with closing(Shell(tmp_path, tmp_path, dict(os.environ), LIMIT)) as shell:
        assert shell.run("(read -t 0.2 <> <(:); exec head -c 200M /dev/zero) & echo started", 5).out == b"started\n"
        while "head" in shell.run("read -t 0.3 <> <(:); ps -o comm= --ppid $$", 10).out.decode():
            pass
        while max(path.stat().st_size for path in tmp_path.iterdir()) > LIMIT:
            shell.run("read -t 0.2 <> <(:)", 10)


@pytest.mark.parametrize(
    ("code", "expected", "outcome", "kept"),
    [
        ("printf 'caf\\xe9\\n'", "café", FAILED, "caf\ufffd\n"),
        ("printf 'caf\\xc3\\xa9\\n'", "café", VERIFIED, "café\n"),
        ("printf '\\xff\\xfe\\x00a'", "", EXECUTED, "\ufffd\ufffda"),
        ("printf '\\xed\\xa0\\x80'", "", EXECUTED, "\ufffd\ufffd\ufffd"),
        ("printf '\\033[1;32mgreen\\033[0m\\n'", "green", VERIFIED, "green\n"),
        ("printf '\\033]0;title\\007green\\n'", "red", FAILED, "green\n"),
        ("printf 'a\\0b\\n'", "ab", VERIFIED, "ab\n"),
        ("printf '\\0\\0\\0'", "", EXECUTED, ""),
        ("printf 'no end of line'", "no end of line", VERIFIED, "no end of line"),
        ("printf 'a\\r\\nb\\r\\n'", "a\nb", VERIFIED, "a\nb\n"),
        ("printf '\\n\\n'", "x", FAILED, "\n\n"),
        ("true", "x", FAILED, ""),
        ("echo one | tee /dev/stderr >/dev/null; echo two", "two", VERIFIED, "two\n"),
        ("echo a; echo b >/dev/stdout; echo c", "", EXECUTED, None),
    ],
)
def test_bytes_that_are_no_text_are_kept_readable_and_match_nothing_by_accident(
    make_site, code: str, expected: str, outcome: Outcome, kept: str | None
) -> None:
    result = one(make_site(index=fence(code, "", expected)))
    assert result.outcome is outcome
    assert kept in (None, result.out)


def test_random_bytes_leave_the_next_step_alone(make_site) -> None:
    assert outcomes(run_site(make_site(index=fence("head -c 20000 /dev/urandom") + fence("echo x", "", "x")))) == [
        EXECUTED,
        VERIFIED,
    ]


def test_what_is_printed_after_a_block_has_ended_belongs_to_no_other(make_site) -> None:
    late = "(read -t 0.2 <> <(:); echo late) & echo first"
    journal = run_site(make_site(index=fence(late, "", "first") + fence("wait; echo second", "", "second")))
    assert outcomes(journal) == [VERIFIED, VERIFIED]
