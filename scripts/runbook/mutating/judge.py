"""Does a mutant turn the check red, or else a run? In copies of the repository, several at once."""

import contextlib
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runbook.checking.check import check
from runbook.checking.model import read_model
from runbook.errors import RunbookError
from runbook.mutating.mutant import Mutant
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from runbook.settings import load

BY_CHECK, BY_RUN, SURVIVED, INERT = "tué par le contrôle", "tué par l'exécution", "survivant", "sans effet observable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant; `why` is the first finding, or the reason why it changes nothing."""

    mutant: Mutant
    outcome: str
    why: str = ""


def judge(mutants: list[Mutant], root: Path, files: frozenset[str], workers: int, targets: tuple[str, ...]) -> Iterator[Verdict]:
    """A verdict a mutant, in their order; runs on `targets` come after, one at a time: they share ports."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory(prefix="runbook-mutate-") as folder:
        copies = context.Queue()
        for number in range(workers):
            copy = Path(folder) / str(number)
            _copy(root, copy, files)
            copies.put(copy)
        with context.Pool(workers, initializer=_take_copy, initargs=(copies,)) as pool:
            for verdict in pool.imap(_checked, mutants):
                if verdict.outcome == SURVIVED and targets:
                    yield _run(verdict, Path(folder) / "run", root, files, targets)
                else:
                    yield verdict


def first_finding(root: Path) -> str:
    """What the check says first of a repository, empty if it says nothing."""
    try:
        settings = load(root)
        site = read_site(root, settings.site)
        findings = check([find_blocks(page, site, settings.targets) for page in site.pages], read_model(root, settings))
    except RunbookError as error:
        return str(error).splitlines()[0]
    return str(findings[0]) if findings else ""


_copy_of_worker = Path()


def _take_copy(copies: "multiprocessing.Queue[Path]") -> None:
    global _copy_of_worker  # noqa: PLW0603 — one copy a worker process, taken once
    _copy_of_worker = copies.get()


def _checked(mutant: Mutant) -> Verdict:
    if mutant.inert:
        return Verdict(mutant, INERT, mutant.inert)
    _forget_modules()
    with _applied(mutant, _copy_of_worker):
        finding = first_finding(_copy_of_worker)
    return Verdict(mutant, BY_CHECK if finding else SURVIVED, finding)


def _run(verdict: Verdict, copy: Path, root: Path, files: frozenset[str], targets: tuple[str, ...]) -> Verdict:
    if not copy.exists():
        _copy(root, copy, files)
    arguments = [argument for target in targets for argument in ("--target", target)]
    command = [sys.executable, "-m", "runbook", "--root", str(copy), "run", *arguments]
    with _applied(verdict.mutant, copy):
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        return verdict
    red = [line.strip() for line in ran.stdout.splitlines() if line.startswith("✘")]
    return Verdict(verdict.mutant, BY_RUN, red[-1] if red else ran.stderr.strip())


@contextlib.contextmanager
def _applied(mutant: Mutant, copy: Path) -> Iterator[None]:
    path = copy / mutant.path
    path.write_text(mutant.after, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(mutant.before, encoding="utf-8")


def _copy(root: Path, copy: Path, files: frozenset[str]) -> None:
    for name in files:
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)


def _forget_modules() -> None:
    """Modules of the repository are imported anew, and from the copy: a mutant may have changed them."""
    roots = tuple(f"{root}/" for root in (_copy_of_worker, Path.cwd()))
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None) or "")
        if path.startswith(roots) and "site-packages" not in path and name.partition(".")[0] != __name__.partition(".")[0]:
            del sys.modules[name]
