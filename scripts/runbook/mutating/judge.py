"""Does a mutant turn the check red, or else a run? In copies of the repository, several at once."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from runbook.errors import RunbookError
from runbook.forked import forked
from runbook.mutating.by_running import Runs, pages_of, run_before
from runbook.mutating.mutant import Mutant
from runbook.repository.model import read_repository
from runbook.rules.check import check
from runbook.settings import load

BY_CHECK, BY_RUN, SURVIVED, INERT = "tué par le contrôle", "tué par l'exécution", "survivant", "sans effet observable"
CHECK_DEADLINE = 60  # seconds for the check of one mutant


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant; `why` is the first finding, or the reason why it changes nothing."""

    mutant: Mutant
    outcome: str
    why: str = ""


def judge(
    mutants: list[Mutant], root: Path, files: frozenset[str], workers: int, targets: tuple[str, ...]
) -> Iterator[Verdict]:
    """A verdict a mutant, in their order; runs on `targets` come after, one at a time: they share ports."""
    with forked(partial(first_finding, root)) as found:
        if finding := found():
            raise RunbookError(f"le dépôt est déjà en défaut : {finding} ; d'abord « runbook check » sans constat")
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory(prefix="runbook-mutate-") as folder:
        runs: Runs | None = None
        with ProcessPoolExecutor(workers, context, _begin, (root, Path(folder), files)) as pool:
            for verdict in pool.map(_checked, mutants):
                if verdict.outcome == SURVIVED and targets:
                    runs = runs or run_before(_copy(root, Path(folder) / "run", files), root, targets)
                    with _applied(verdict.mutant, runs.root):
                        failure = runs.first_failure(verdict.mutant.path)
                    verdict = Verdict(verdict.mutant, BY_RUN, failure) if failure else verdict  # noqa: PLW2901
                yield verdict


def first_finding(root: Path) -> str:
    """What the check says first of the repository at `root`; empty if it says nothing.  Its modules stay imported."""
    try:
        findings = check(partial(pages_of, root), read_repository(root, load(root))).findings
    except RunbookError as error:
        return str(error).splitlines()[0]
    return str(findings[0]) if findings else ""


_own: Path


def _begin(root: Path, folder: Path, files: frozenset[str]) -> None:
    """Each worker has a copy of its own; Ctrl+C is for the parent, which ends its workers."""
    global _own  # noqa: PLW0603 — one copy a worker process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _own = _copy(root, folder / str(os.getpid()), files)


def _checked(mutant: Mutant) -> Verdict:
    if mutant.inert:
        return Verdict(mutant, INERT, mutant.inert)
    with _applied(mutant, _own), forked(partial(first_finding, _own), CHECK_DEADLINE) as checked:
        try:
            finding = checked()
        except RunbookError as error:
            remedy = "le contrôle ne doit tomber sur aucun mutant"
            raise RunbookError(f"{mutant} : {error} ; {remedy} :\n{mutant.diff}") from error
    return Verdict(mutant, BY_CHECK if finding else SURVIVED, finding)


@contextlib.contextmanager
def _applied(mutant: Mutant, copy: Path) -> Iterator[None]:
    (copy / mutant.path).write_text(mutant.after, encoding="utf-8")
    try:
        yield
    finally:
        (copy / mutant.path).write_text(mutant.before, encoding="utf-8")


def _copy(root: Path, copy: Path, files: frozenset[str]) -> Path:
    for name in files:
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    if (root / ".git").exists():  # what runs there leaves files that git is told to ignore
        identity = ("-c", "user.name=runbook", "-c", "user.email=runbook@localhost", "-c", "commit.gpgsign=false")
        for arguments in (("init",), ("add", "--all"), (*identity, "commit", "--message", "Before any mutant")):
            subprocess.run(["git", *arguments], cwd=copy, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return copy
