"""A block ends at its first command that fails, and does otherwise all that it does in a terminal."""

import pytest

from runbook.outcome import Outcome
from tests.engine.runs import fence, one, outcomes, run_site

VERIFIED, EXECUTED, FAILED = Outcome.VERIFIED, Outcome.EXECUTED, Outcome.FAILED


@pytest.mark.parametrize(
    ("code", "status", "line"),
    [
        ("cp /nowhere/at/all x; echo deployed", 1, 1),
        ("echo a\ncp /nowhere/at/all x\necho deployed", 1, 2),
        ("echo a\nnowhere-at-all\necho deployed", 127, 2),
        ("for x in 1 2; do\n(exit $x)\ndone\necho deployed", 1, 2),
        ("while true; do\n(exit 5)\ndone", 5, 2),
        ("if true; then\nfalse\nfi\necho deployed", 1, 2),
        ("case x in x)\nfalse;; esac; echo deployed", 1, 2),
        ("{ echo a\nfalse\n}; echo deployed", 1, 2),
        ("f() {\nfalse\necho in\n}\nf\necho deployed", 1, 2),
        ("f() { g; echo in; }\ng() { (exit 6); echo in; }\nf; echo deployed", 6, 2),
        ("(cp /nowhere/at/all x; echo in)\necho deployed", 1, 1),
        ("(\necho a\ncp /nowhere/at/all x\necho in\n)\necho deployed", 1, 3),
        ("echo a | while read -r x; do false; echo in; done\necho deployed", 1, 1),
        ("X=$(exit 4)\necho deployed", 4, 1),
        ("echo a\necho b | grep -q c\necho deployed", 1, 2),
        ("true && false\necho deployed", 1, 1),
        ("eval 'false'; echo deployed", 1, 1),
        ("(false; echo in) & wait $!\necho deployed", 1, 1),
        ("[[ a = b ]]\necho deployed", 1, 1),
        ("cat <<END\na\nEND\nfalse\necho deployed", 1, 4),
        ("echo a \\\n  b\nfalse\necho deployed", 1, 3),
        ("set -x\nfalse\necho deployed", 1, 2),
        ("set -u\nfalse\necho deployed", 1, 2),
        ("set -o posix\nfalse\necho deployed", 1, 2),
        ("trap 'echo bye' EXIT\nfalse\necho deployed", 1, 2),
        ("trap 'true' DEBUG\nfalse\necho deployed", 1, 2),
        ("false() { return 9; }\nfalse\necho deployed", 9, 2),
    ],
)
def test_the_first_command_that_fails_ends_the_block_and_is_named(make_site, code: str, status: int, line: int) -> None:
    result = one(make_site(index=fence(code, "", "…\ndeployed")))
    assert (result.outcome, result.exit_status, result.fault_line) == (FAILED, status, 4 + line)
    assert "deployed" not in result.out
    assert "in" not in result.out.split()


@pytest.mark.parametrize(
    "code",
    [
        "false || true; ! true; true && ! false",
        "if false; then echo no; elif false; then echo no; fi",
        "while false; do echo no; done; until true; do echo no; done",
        "[ -e nowhere ] && echo no; true",
        "false | true",
        "f() { false; return 0; }; f || echo no; if f; then :; fi",
        "X=$(false; echo kept); [ $X = kept ]",
        'echo "$(false)" >/dev/null',
        "cat <(false; true)",
        "false & wait",
        "(false || true; ! true) && true",
        "trap 'true' ERR; false; true",  # this page deals with failures itself
        "set +e; true",
        "true; (exit 0)",
    ],
)
def test_a_failure_that_somebody_looks_at_is_none(make_site, code: str) -> None:
    journal = run_site(
        make_site(index=fence(f"{code}\necho on", "", "on") + fence("echo still here", "", "still here"))
    )
    assert outcomes(journal) == [VERIFIED, VERIFIED]


def test_a_block_with_an_expected_status_ends_with_it_and_leaves_its_shell_as_it_was(make_site) -> None:
    journal = run_site(
        make_site(
            index=fence("X=kept; cd docs; (exit 3)", 'data-code="3"')
            + fence("(exit 3); true", 'data-code="3"')
            + fence('echo $X $(basename "$PWD") $-', "", "kept docs …")
            + fence("(exit 4); (exit 3)", 'data-code="3"')
        )
    )
    assert outcomes(journal) == [VERIFIED, VERIFIED, VERIFIED, FAILED]


def test_a_block_is_tried_again_from_where_it_failed_in_the_same_shell(make_site) -> None:
    code = "N=$((${N:-0} + 1)); test $N = 3\necho third"
    result = one(make_site(index=fence(code, 'data-reessayer="10"', "third")))
    assert (result.outcome, result.attempts) == (VERIFIED, 3)


@pytest.mark.parametrize("code", ["exit 3", "echo a; exit 3", "exec bash -c 'exit 3'", "set -e; (exit 3)"])
def test_a_command_that_leaves_its_shell_with_the_expected_status_holds_and_the_next_one_has_a_new_shell(
    make_site, code: str
) -> None:
    page = fence("X=lost") + fence(code, 'data-code="3"') + fence('echo "[${X-}]"', "", "[]")
    assert outcomes(run_site(make_site(index=page))) == [EXECUTED, VERIFIED, VERIFIED]
    assert one(make_site(index=fence(code, 'data-code="4"'))).outcome is FAILED


def test_a_background_step_ends_at_its_first_failure_too(make_site) -> None:
    result = one(
        make_site(index=fence("cd /nowhere/at/all; echo ready; tail -f /dev/null", 'data-arriere-plan="sortie:ready"'))
    )
    assert result.outcome is FAILED
