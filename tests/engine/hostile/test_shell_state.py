"""Whatever a block does to its shell, the next one runs in that same shell and is judged on what it prints."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from runbook.outcome import Outcome
from tests.engine.runs import command_line, fence, one, outcomes, run_site

VERIFIED, EXECUTED, FAILED = Outcome.VERIFIED, Outcome.EXECUTED, Outcome.FAILED


@pytest.mark.parametrize(
    "code",
    [
        "PATH=/nowhere",
        "unset PATH HOME BASH_VERSION PWD; set --",
        "IFS=,; OLDIFS=$IFS",
        "IFS=0123456789",
        "PS1='$ '; PS4='+ '; PROMPT_COMMAND='exit 9'",
        "PS0='$(exit 9)'; PS4='$(echo evil >&2)'; set -x",
        "set -u; set -o pipefail",
        "set -x",
        "set -v",
        "set -k; set -f; set -p; set -h; set -P; set -m",
        "set -o posix",
        "set -o noclobber",
        "set -e; true",
        "shopt -s extglob nullglob failglob dotglob; set -f",
        "shopt -s expand_aliases; alias .=: printf=: source=:",
        "alias ls=false; unalias -a",
        "printf() { :; }; echo() { builtin echo no; }",
        'builtin() { command builtin "$@"; }',
        ".() { builtin true; }",
        (
            "source() { :; }; exec() { :; }; trap() { :; }; exit() { :; }; return() { :; }; set() { :; }; "
            "eval() { :; }; test() { :; }"
        ),
        "command_not_found_handle() { builtin exit 0; }",
        "trap 'echo bye' EXIT; trap '' INT TERM",
        "trap 'true' DEBUG",
        "trap 'echo error' ERR; set -E",
        "exec 3>&1; exec >/dev/null",
        "exec >/dev/null 2>&1 </dev/null",
        "exec 0</dev/null",
        "exec 5<>/dev/null 6>&5",
        "umask 777",
        "readonly LC_ALL; export LANG=tlh",
        "readonly IFS PATH PIPESTATUS LINENO",
        "readonly REPLY status marker out err told",
        "set -- a b c; shift",
        "cd /; mkdir -p /tmp; cd - >/dev/null",
        'D=$(mktemp -d); cd "$D"; rmdir "$D"',
        "declare -A map=([a]=1); declare -i number=3; declare -n other=number",
        "cat /proc/$$/fd/0",  # where the shell's orders come from: none is there to be taken
        "history -c; set -o history",
        'chmod 000 "$(dirname "${BASH_SOURCE[0]}")"',
        'rm -rf "$(dirname "${BASH_SOURCE[0]}")"; mkdir "$(dirname "${BASH_SOURCE[0]}")"',
        'for file in "$(dirname "${BASH_SOURCE[0]}")"/*; do ln -sf /dev/null "$file"; done',
        "exec 2>&-; exec 1>&-",
    ],
)
def test_what_a_block_does_to_its_shell_does_not_blind_the_engine(make_site, code: str) -> None:
    journal = run_site(make_site(index=fence(code) + fence("builtin echo 'still here'", "", "still here")))
    assert outcomes(journal) == [EXECUTED, VERIFIED]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("cd docs", 'basename "$PWD"', "docs"),
        ("X='a  b'", 'echo "$X"', "a  b"),
        ("export X=1", "bash -c 'echo $X'", "1"),
        ('f() { local y=2; echo "$1$y"; }', "f 1", "12"),
        ("T=(a 'b c'); T+=(d)", 'printf "<%s>" "${T[@]}"; echo', "<a><b c><d>"),
        ("declare -A map=([k]=v)", 'echo "${map[k]}"', "v"),
        ("set -- one two", 'echo "$2 $#"', "two 2"),
        ("umask 027", "umask", "0027"),
        ("shopt -s nullglob", "echo nothing*", ""),
        ("set -f", "echo *", "*"),
        ("trap 'echo trapped' USR1", "kill -USR1 $$; true", "trapped"),
        ("exec 7>kept; echo x >&7", "exec 7>&-; cat kept", "x"),
        ("(exit 3)", 'echo "$?"', "0"),  # a status is looked at in its own block
        ("alias hi='echo hello'; shopt -s expand_aliases", "hi", "hello"),
        ("set -o noclobber; touch there", "echo x >there || echo refused", "refused"),
        ("printf() { echo mine; }", "printf x", "mine"),
    ],
)
def test_what_a_block_sets_is_there_in_the_next_one_as_in_a_terminal(
    make_site, before: str, after: str, expected: str
) -> None:
    attributes = 'data-code="3"' if before == "(exit 3)" else ""
    journal = run_site(make_site(index=fence(before, attributes) + fence(after, "", expected)))
    assert not journal.results[1].reason
    assert journal.results[1].out.rstrip("\n") == expected


@pytest.mark.parametrize(
    "attack",
    [
        "for fd in {3..30}; do printf '0\\0' >&$fd; done 2>/dev/null",
        "for fd in {3..30}; do printf 'x\\0000\\0x\\0' >&$fd; done 2>/dev/null",
        'for fd in {3..30}; do cat "${BASH_SOURCE[0]}" >&$fd; done 2>/dev/null',
        "for fd in /proc/$$/fd/*; do printf '\\0000\\0' >$fd; done 2>/dev/null",
    ],
)
def test_a_block_that_speaks_in_the_place_of_its_shell_is_not_believed(make_site, attack: str) -> None:
    journal = run_site(make_site(index=fence(f"{attack}; false") + fence("touch ran")))
    assert outcomes(journal) == [FAILED, Outcome.NOT_RUN]


def test_words_that_an_earlier_block_left_for_the_engine_are_no_end_of_the_next_one(make_site) -> None:
    late = "(read -t 0.2 <> <(:); for fd in {3..30}; do printf 'x\\0000\\0x\\0' >&$fd; done) 2>/dev/null &"
    journal = run_site(make_site(index=fence(late) + fence("read -t 0.6 <> <(:); builtin echo done; false")))
    assert [outcome.bad for outcome in outcomes(journal)] == [False, True]


def test_a_name_taken_in_the_private_folder_is_a_fault_and_nothing_is_followed(make_site) -> None:
    root = make_site(
        index=fence('ln -s "$PWD/victim" "$(dirname "${BASH_SOURCE[0]}")/2o"; echo kept >victim')
        + fence("echo lost")
        + fence("true")
    )
    journal = run_site(root)
    assert outcomes(journal) == [EXECUTED, Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert "File exists" in journal.faults[0]
    assert (root / "victim").read_text() == "kept\n"


def test_a_run_folder_that_is_gone_is_a_fault_and_no_stack(make_site) -> None:
    code = 'rm -r "$(dirname "${BASH_SOURCE[0]}")"'
    journal = run_site(make_site(index=fence(code) + fence("true") + fence("true")))
    assert outcomes(journal) == [EXECUTED, Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert "No such file" in journal.faults[0]


def test_an_engine_that_its_page_stops_cleans_up_like_any_other(make_site) -> None:
    root = make_site(
        index=fence("kill -TERM $PPID; tail -f /dev/null") + fence("touch cleaned", 'data-nettoyage="oui"')
    )
    ran = command_line(root, "run", "docs/index.md")
    assert ran.returncode == 130
    assert (root / "cleaned").exists()


@pytest.mark.parametrize("child", ["tail -f", "setsid -f tail -f", "env -i tail -f", "trap '' TERM; nohup tail -f"])
def test_an_engine_that_its_page_kills_leaves_no_process_and_no_file(make_site, child: str) -> None:
    """Nothing of what was to be cleaned up is, but nothing runs on either."""
    root = make_site(index=fence(f"{child} $PWD/pyproject.toml >/dev/null & kill -9 $PPID; wait"))
    (root / "private").mkdir()
    ran = command_line(root, "run", "docs/index.md", TMPDIR=str(root / "private"))
    assert ran.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while (left := [*_running(str(root)), *(root / "private").iterdir()]) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []


def _running(text: str) -> list[str]:
    """The command lines with this text."""
    return [
        line
        for process in psutil.process_iter(["cmdline"])
        if text in (line := " ".join(process.info["cmdline"] or []))
    ]


def test_a_page_is_never_changed_by_running_it(make_site) -> None:
    root = make_site(index=fence("echo a"))
    before = (root / "docs" / "index.md").read_bytes()
    run_site(root)
    assert (root / "docs" / "index.md").read_bytes() == before
    assert not list(Path(root).glob("**/*.new"))


def test_a_page_that_runs_the_engine_itself_has_two_runs_that_do_not_meddle(make_site) -> None:
    root = make_site(
        index=fence("python -m runbook --root . run docs/inner.md >/dev/null; echo $?", 'data-delai="30"', "0")
        + fence("echo on", "", "on"),
        inner=fence("tail -f /dev/null & echo inner", "", "inner"),
    )
    assert set(outcomes(run_site(root, chosen=("docs/index.md",)))) == {VERIFIED}


def test_an_output_is_what_was_printed_and_not_what_the_files_became(make_site) -> None:
    code = 'echo printed; echo more >"$(dirname "${BASH_SOURCE[0]}")/other"; rm -f "$(dirname "${BASH_SOURCE[0]}")"/*'
    assert one(make_site(index=fence(code, "", "printed"))).outcome is VERIFIED
