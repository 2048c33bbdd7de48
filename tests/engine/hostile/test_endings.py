"""Commands that do not end, or end too much: each has one outcome, in time, and no process is left of it."""

import signal
import time

import pytest

from runbook.outcome import Outcome
from tests.engine.runs import fence, results

VERIFIED, EXECUTED, FAILED, TIMED_OUT, NOT_RUN = (
    Outcome.VERIFIED,
    Outcome.EXECUTED,
    Outcome.FAILED,
    Outcome.TIMED_OUT,
    Outcome.NOT_RUN,
)
DEADLINE = 0.3
WAIT = "while :; do read -t 1 <> <(:); done"  # bash itself, which obeys or ignores signals as it is told
CLOSED, LATE, STATUS = "a fermé le shell", f"pas de fin en {DEADLINE} s", "code de sortie {} au lieu de 0"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("tail -f /dev/null", id="never ends"),
        pytest.param("while :; do :; done", id="burns the processor"),
        pytest.param(f"trap '' TERM INT HUP QUIT; {WAIT}", id="ignores signals"),
        pytest.param("trap 'exit 0' TERM; tail -f /dev/null & wait", id="takes SIGTERM for a success"),
        pytest.param(f"setsid -f tail -f /dev/null; {WAIT}", id="child in its own session"),
        pytest.param(f"env -i setsid -f tail -f /dev/null; {WAIT}", id="child without our environment"),
        pytest.param(f"( ( tail -f /dev/null & ) & ); {WAIT}", id="orphan of an orphan"),
        pytest.param(f"nohup tail -f /dev/null & disown; {WAIT}", id="nohup and disown"),
        pytest.param(f"set -m; tail -f /dev/null & {WAIT}", id="child in its own group"),
        pytest.param("kill -STOP $$; true", id="stops its shell"),
        pytest.param("tail -f /dev/null & kill -STOP $!; wait", id="waits for a stopped child"),
        pytest.param("mkfifo f; cat f", id="opens a pipe that nobody writes to"),
        pytest.param("coproc cat; wait", id="coprocess"),
        pytest.param("set -n", id="runs nothing any more"),
        pytest.param("builtin() { :; }", id="takes builtin away"),
        pytest.param("enable -n builtin", id="disables builtin"),
        pytest.param("enable -n printf", id="disables printf"),
        pytest.param("shopt -s extdebug; trap 'false' DEBUG", id="a trap that skips every command"),
    ],
)
def test_what_does_not_end_is_ended_at_its_deadline(make_site, code: str) -> None:
    first, second = results(make_site(index=fence(code, f'data-delai="{DEADLINE}"') + fence("touch ran")))
    assert (first.outcome, first.exit_status, first.line) == (TIMED_OUT, None, 4)
    assert first.reason.startswith(LATE)
    assert (second.outcome, second.reason) == (NOT_RUN, "l'étape de la ligne 4 n'a pas abouti")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("exit", CLOSED),
        ("exit 0", CLOSED),
        ("exit 3", CLOSED),
        ("exec true", CLOSED),
        ("exec cat <> <(:)", CLOSED),
        ("exec /nowhere/at/all", CLOSED),
        ("exec -a lie bash", CLOSED),
        ("set -e; false", CLOSED),
        ("set -u; echo $UNSET_NAME", CLOSED),
        ("set -eu; trap 'exit 0' ERR EXIT; false", CLOSED),
        ("kill -TERM $$; tail -f /dev/null", CLOSED),
        ("kill -KILL $$", CLOSED),
        ("kill -HUP $$; true", CLOSED),
        ("kill 0", CLOSED),
        ("kill -KILL 0", CLOSED),
        (f"{{ {WAIT}; }} & kill -KILL $$", CLOSED),  # what is left holds what the shell would have told its end on
        (f"(kill -KILL $$; {WAIT}) & wait", CLOSED),
        ("trap 'exit 0' DEBUG", CLOSED),
        ("trap 'echo end; exit 0' EXIT; kill -INT $$; true", CLOSED),
        ("ulimit -f 0; echo x", CLOSED),
        ("ulimit -n 3", CLOSED),
        ('for fd in {3..30}; do eval "exec $fd>&-"; done', CLOSED),
        ("if true; then", STATUS.format(2)),
        ("echo 'unclosed", STATUS.format(2)),
        ("echo $(", STATUS.format(2)),
        ("false | | true", STATUS.format(2)),
        ("break; continue; false", STATUS.format(1)),
        ("echo x >/dev/full", STATUS.format(1)),
        ("return 3", STATUS.format(3)),
        ("echo a\nreturn 0\nfalse", "« return » a fini le bloc"),
        ("if true; then return; fi\necho deployed", "« return » a fini le bloc"),
        ("ulimit -v 1000; ls", STATUS.format(127)),
        ("read -r answer </dev/tty", STATUS.format(1)),
        ("read -r answer", STATUS.format(1)),
        ("fg", STATUS.format(1)),
        ("kill -KILL $BASHPID & wait $!", STATUS.format(137)),
        ("cat <<END\nfoo", "document en ligne (<<) non fermé"),
    ],
)
def test_what_ends_its_shell_or_itself_badly_fails_whatever_status_it_claims(make_site, code: str, reason: str) -> None:
    first, second = results(make_site(index=fence(code) + fence("touch ran")))
    assert (first.outcome, second.outcome) == (FAILED, NOT_RUN)
    assert reason in first.reason


@pytest.mark.parametrize(
    "code",
    [
        ":",
        "# a comment",
        "false | true",
        "cat; wc -c",
        "trap 'tail -f /dev/null' EXIT",
        "tail -f /dev/null &",
        "coproc cat",
        "setsid -f tail -f /dev/null",
        "export RUNBOOK_RUN=another; setsid -f tail -f /dev/null",
        "env -i setsid -f tail -f /dev/null",
        f"setsid -f bash -c \"trap '' TERM INT HUP; {WAIT}\"",
        "( ( tail -f /dev/null & ) & )",
        "nohup tail -f /dev/null >/dev/null 2>&1 & disown",
        "tail -f /dev/null & kill -STOP $!",
        "set -m; tail -f /dev/null &",
        (
            "python -c 'import os, signal; os.fork() or (os.setsid(), os.fork() or (os.closerange(0, 99), "
            "signal.pause()))'"
        ),
    ],
)
def test_what_a_command_leaves_behind_does_not_outlive_the_page(make_site, code: str) -> None:
    """`results` sees that no process is left; the next block has the same shell."""
    first, second = results(make_site(index=f"{fence(f'X=kept; {code}')}{fence('builtin echo $X', '', 'kept')}"))
    assert (first.outcome, second.outcome) == (EXECUTED, VERIFIED)


def test_a_process_that_starts_its_successor_and_ends_does_not_run_away(make_site) -> None:
    end = int(time.time()) + 60  # the run must not need it
    comet = (
        f"comet() {{ [ $EPOCHSECONDS -lt {end} ] || exit; "
        'setsid env -i bash --norc -c "$(declare -f comet); comet" >/dev/null 2>&1 & exit; }; (comet)'
    )
    result = results(make_site(index=fence(comet)))[0]
    assert result.outcome is EXECUTED


def test_a_clean_up_that_hangs_has_its_deadline_too_and_the_next_one_runs(make_site) -> None:
    cleanups = fence(WAIT, f'data-nettoyage="oui" data-delai="{DEADLINE}"') + fence(
        "touch cleaned", 'data-nettoyage="oui"'
    )
    root = make_site(index=cleanups + fence("true"))
    assert [result.outcome for result in results(root)] == [EXECUTED, TIMED_OUT, EXECUTED]
    assert (root / "cleaned").exists()


@pytest.mark.parametrize(
    ("condition", "outcome", "reason"),
    [
        ("tail -f /dev/null", TIMED_OUT, "pas de fin en 0.5 s"),
        ("exit 1", FAILED, CLOSED),
        ("kill -KILL $$", FAILED, CLOSED),
        ("tests -e nowhere", FAILED, STATUS.format(127)),
        ("test -e nowhere", NOT_RUN, "condition de la page non remplie : test -e nowhere"),
    ],
)
def test_a_condition_without_an_answer_leaves_no_step_out(
    make_site, condition: str, outcome: Outcome, reason: str
) -> None:
    attributes = f'data-si="{condition}" data-delai="0.5" data-code="3"'
    result = results(make_site(index=fence("exit 3", attributes, "never")))[0]
    assert result.outcome is outcome
    assert reason in result.reason


@pytest.mark.parametrize("ready", ["port:1", "sortie:prêt", "http://localhost:1/"])
def test_a_background_step_that_is_never_ready_is_ended(make_site, ready: str) -> None:
    code = f"setsid -f tail -f /dev/null; trap '' TERM; {WAIT}"
    result = results(make_site(index=fence(code, f'data-arriere-plan="{ready}" data-delai="{DEADLINE}"')))[0]
    assert result.outcome is TIMED_OUT


def test_a_shell_heeds_signals_even_where_the_engine_was_told_to_ignore_them(make_site) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
    try:
        hung, _ = results(make_site(index=fence("kill -HUP $$; true") + fence("true")))
        trapped, _ = results(make_site(index=fence("trap 'echo heard' HUP; kill -HUP $$") + fence("true")))
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (hung.outcome, CLOSED in hung.reason) == (FAILED, True)
    assert trapped.out == "heard\n"
