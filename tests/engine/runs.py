"""Run a small site inside the test's own process, and be sure that nothing of it is left."""

import contextlib
import os
import socket
import subprocess
from contextlib import closing
from itertools import count
from pathlib import Path

import psutil

from runbook.judging import Journal, judged
from runbook.outcome import Outcome, Result
from runbook.plan import make_plan
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from runbook.running import processes
from runbook.running.run import opened
from runbook.settings import load
from tests.engine.preloaded import Called, called

TRACKER = "multiprocessing.resource_tracker"
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = count(18_000 + 500 * WORKER)  # below those that the kernel gives to whoever asks for any


def run_site(root: Path, missing: dict[str, str] | None = None, chosen: tuple[str, ...] = ()) -> Journal:
    settings, journal = load(root), Journal()
    site = read_site(root, settings.site)
    plan = make_plan(
        [find_blocks(page, site, settings.targets) for page in site.pages], settings, missing or {}, chosen
    )
    _alone()
    with opened(settings, root) as run, closing(judged(plan, run, journal)) as events:
        for _ in events:
            pass
        folder = run.folder
    assert not folder.exists()
    assert not psutil.Process().children(recursive=True)
    return journal


def free_port() -> int:
    """A port on which nobody listens, and which no other worker of these tests is given."""
    for port in PORTS:
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def outcomes(journal: Journal) -> list[Outcome]:
    return [result.outcome for result in journal.results]


def one(root: Path) -> Result:
    (result,) = run_site(root).results
    return result


def fence(code: str, attributes: str = "", expected: str = "") -> str:
    told = f'```text title="Résultat attendu"\n{expected}\n```\n\n' if expected else ""
    return f"``` {{ .bash {attributes} }}\n{code}\n```\n\n{told}"


def results(root: Path) -> list[Result]:
    """Each result of a run that had nothing to complain of.

    Where there is a result, a command that does not end by itself was ended.
    """
    journal = run_site(root)
    assert not journal.faults
    return journal.results


def _alone() -> None:
    """The engine ends every child of its process that it finds, so no test may have left one running here.

    What has ended and waits for somebody to ask is nobody's, and Python starts its own tracker again when it needs it.
    """
    left = []
    for child in processes.tree(os.getpid())[1:]:
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE and TRACKER not in " ".join(child.cmdline()):
                left.append(child)
    assert left == [], "another test's program is still running"


def command_line(root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The engine as a person calls it."""
    return called("runbook", ["--root", str(root), *arguments], {**_plain(), **env})


def begun(root: Path, *arguments: str, **env: str) -> closing[Called]:
    """The same, while it runs; at the end of the block it does no longer."""
    return closing(Called("runbook", ["--root", str(root), *arguments], {**_plain(), **env}))


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "GITHUB_ACTIONS"}
