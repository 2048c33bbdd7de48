"""Pages that try to break the engine, each with its exact outcome: nothing hangs, nothing survives, nothing is skipped in silence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runbook.running.outcome import Outcome
from tests.engine.runs import fence, one, outcomes, run_site

VERIFIED, EXECUTED, FAILED, TIMED_OUT, NOT_RUN = Outcome.VERIFIED, Outcome.EXECUTED, Outcome.FAILED, Outcome.TIMED_OUT, Outcome.NOT_RUN


@pytest.mark.parametrize(
    "code",
    [
        "PATH=/nowhere",
        "IFS=,; OLDIFS=$IFS",
        "PS1='$ '; PS4='+ '; PROMPT_COMMAND='exit 9'",
        "set -u; set -o pipefail",
        "set -x",
        "set -v",
        "shopt -s extglob nullglob; set -f",
        "printf() { :; }; echo() { builtin echo no; }; unset -f echo",
        "trap 'echo bye' EXIT; trap '' INT TERM",
        "trap 'true' DEBUG",
        "exec 3>&1; exec >/dev/null",
        "alias ls=false; unalias -a",
        "umask 777; umask 022",
        "readonly LC_ALL; export LANG=tlh",
        "set -- a b c; shift",
        "cd /; mkdir -p /tmp; cd - >/dev/null",
    ],
)
def test_what_a_block_does_to_its_shell_does_not_blind_the_engine(make_site, code: str) -> None:
    journal = run_site(make_site(index=fence(code) + fence("builtin echo 'still here'", "", "still here")))
    assert outcomes(journal) == [EXECUTED, VERIFIED]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("set -n", TIMED_OUT),  # the shell reads on and runs nothing, the engine's own words included
        ("builtin() { :; }", TIMED_OUT),
        ("exec tail -f /dev/null", FAILED),
        ("exit", FAILED),
        ("kill -TERM $$; tail -f /dev/null", FAILED),
        ("kill -KILL $$", FAILED),
        ("exec /nowhere/at/all", FAILED),
        ("if true; then", FAILED),
        ("echo 'unclosed", FAILED),
        ("echo x >/dev/full", FAILED),
        ("head -c 50M /dev/zero", FAILED),
        ("ulimit -v 1000; ls", FAILED),
        ("return 3", FAILED),
        ("return 0", EXECUTED),
        ("false | true", EXECUTED),
        (":", EXECUTED),
        ("# a comment", EXECUTED),
        ("printf '\\0\\0\\0'", EXECUTED),
        ("head -c 20000 /dev/urandom", EXECUTED),
        ("printf 'no end of line'", EXECUTED),
    ],
)
def test_a_hostile_command_has_one_outcome(make_site, code: str, outcome: Outcome) -> None:
    assert one(make_site(index=fence(code, 'data-delai="1"'))).outcome is outcome


def test_colours_in_an_output_do_not_count(make_site) -> None:
    assert one(make_site(index=fence("printf '\\033[1;32mgreen\\033[0m\\n'", "", "green"))).outcome is VERIFIED


def test_invalid_utf_8_does_not_match_by_accident(make_site) -> None:
    result = one(make_site(index=fence("printf 'caf\\xe9\\n'", "", "café")))
    assert result.outcome is FAILED


def test_an_exit_trap_that_hangs_is_ended(make_site) -> None:
    assert one(make_site(index=fence("trap 'tail -f /dev/null' EXIT"))).outcome is EXECUTED  # run_site sees no process left


def test_a_run_folder_that_cannot_be_written_is_a_fault_and_no_stack(make_site) -> None:
    # What a full disk does to the next block: its script cannot be written.
    code = 'rm -r "$(dirname "$(readlink /proc/$$/fd/255 2>/dev/null || echo "${BASH_SOURCE[0]}")")"'
    journal = run_site(make_site(index=fence(code) + fence("true") + fence("true")))
    assert outcomes(journal) == [EXECUTED, NOT_RUN, NOT_RUN]
    assert "No such file" in journal.faults[0]


def test_two_runs_at_once_do_not_see_each_other(make_site) -> None:
    root = make_site(index=fence("X=$$; echo $X >>pids") + fence('test "$X" = "$$" && echo mine', "", "mine"))
    command = [sys.executable, "-m", "runbook", "--root", str(root), "run", "docs/index.md"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    assert len(set((root / "pids").read_text().split())) == 2


@pytest.mark.parametrize("moment", range(1, 8))
def test_an_interruption_at_any_moment_leaves_nothing(make_site, moment: int) -> None:
    """The signal comes when the page's step number `moment` says that it has begun."""
    marks = [fence(f"touch step-{number}; tail -f /dev/null & read -t 0.05 <> <(:) || true") for number in range(1, 8)]
    root = make_site(index="".join(marks) + fence("rm -f dirty; touch cleaned", 'data-nettoyage="oui"'))
    command = [sys.executable, "-m", "runbook", "--root", str(root), "run", "docs/index.md"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "GITHUB_ACTIONS": ""})
    try:
        mark = root / f"step-{moment}"
        while not mark.exists():
            assert process.poll() is None, process.communicate()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode in (0, 1, 130)  # it may have been over already
    assert (root / "cleaned").exists()
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_a_page_is_never_changed_by_running_it(make_site) -> None:
    root = make_site(index=fence("echo a"))
    before = (root / "docs" / "index.md").read_bytes()
    run_site(root)
    assert (root / "docs" / "index.md").read_bytes() == before
    assert not list(Path(root).glob("**/*.new"))
