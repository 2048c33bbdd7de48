"""Does the table say what each pod saw, and an error what could not be asked?"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Where `kubectl exec … -- COMMAND` would run the command in a pod, runs it here, except in the pod that is gone.
KUBECTL = """#!/bin/sh
[ "$1" = exec ] || exit 64
[ "$4" != pod/parti ] || { echo 'pods "parti" not found' >&2; exit 1; }
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""


@pytest.fixture
def exchanges(tmp_path: Path):
    """Runs `scripts/echanges` with a kubectl whose pods are this machine."""
    (tmp_path / "kubectl").write_text(KUBECTL)
    (tmp_path / "kubectl").chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    return lambda *words: subprocess.run(
        [ROOT / "scripts" / "echanges", *words],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_attempt_of_each_pod_is_a_line_with_what_was_seen(exchanges):
    with socket.create_server(("127.0.0.1", 0)) as open_one, socket.socket() as closed_one:
        closed_one.bind(("127.0.0.1", 0))
        there, not_there = (f"127.0.0.1:{each.getsockname()[1]}" for each in (open_one, closed_one))
        ran = exchanges("a/deploy/un", "b/pod/deux", "--", there, not_there, "inconnu.invalid:80")

    assert ran.returncode == 0, ran.stderr
    assert [line.split(maxsplit=2) for line in ran.stdout.splitlines()] == [
        ["DE", "VERS", "VU"],
        *(
            [origin, address, seen]
            for origin in ("a/deploy/un", "b/pod/deux")
            for address, seen in ((there, "passe"), (not_there, "refusé"), ("inconnu.invalid:80", "nom inconnu"))
        ),
    ]


def test_silence_is_not_a_refusal(exchanges, tmp_path):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:  # as many as the system keeps for a listener that takes nobody
            each.setblocking(False)
            each.connect_ex(address)
        ran = exchanges("a/pod/un", "--", f"127.0.0.1:{address[1]}")
        for each in waiting:
            each.close()

    assert ran.stdout.splitlines()[1].endswith("sans réponse")


def test_a_pod_that_cannot_be_asked_is_named_and_the_others_are_asked(exchanges):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        ran = exchanges("a/pod/parti", "a/pod/la", "--", address)

    assert ran.returncode == 1
    assert 'a/pod/parti\N{NO-BREAK SPACE}: pods "parti" not found' in ran.stderr
    assert [line.split() for line in ran.stdout.splitlines()[1:]] == [["a/pod/la", address, "passe"]]


@pytest.mark.parametrize("words", [[], ["a/pod/un"], ["--", "h:1"], ["a/pod/un", "--"], ["a/pod/un", "--", "h"]])
def test_a_wrong_call_says_how(exchanges, words):
    ran = exchanges(*words)

    assert ran.returncode == 2
    assert "usage" in ran.stderr
