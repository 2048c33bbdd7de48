"""Ask a program of this machine, without letting it reach a server or change anything."""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

# Nothing to reach: a program that takes the question for an order finds no server to give it to.
NOWHERE = {"KUBECONFIG": "/dev/null", "DOCKER_HOST": "unix:///nonexistent", "HOME": "/nonexistent", "LC_ALL": "C"}
AT_ONCE = {"FILTER_BRANCH_SQUELCH_WARNING": "1"}  # else git waits until somebody has read its warning


def said(*words: str) -> str:
    """Both outputs of the command, whatever its status."""
    return _run(words)[1]


def takes_none(questions: list[tuple[str, ...]]) -> list[bool]:
    """For each command, whether it succeeds and prints its usage: what stands before `--help` took no value."""
    with ThreadPoolExecutor(4) as pool:
        return [status == 0 and "Usage:" in text for status, text in pool.map(_run, questions)]


def _run(words: tuple[str, ...]) -> tuple[int, str]:
    environment = {**os.environ, **NOWHERE, **AT_ONCE}
    with tempfile.TemporaryDirectory() as folder:  # `kubectl config set-… --help` writes a file called so
        try:
            ran = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                cwd=folder,
                env=environment,
                check=False,
                timeout=10,
            )
        except subprocess.TimeoutExpired:  # it took the question for an order, and waits
            return 1, ""
    return ran.returncode, ran.stdout + ran.stderr
