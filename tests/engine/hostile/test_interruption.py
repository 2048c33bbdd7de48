"""Ctrl+C at any moment: the page is cleaned up, no process and no file is left,
and the record is whole or the one before.

A moment is a number of calls made by the engine's running code, not a time: each seed stops the run at
the same place on any machine.
"""

import gc
import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from runbook.judging import Journal, judged
from runbook.plan import make_plan
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from runbook.running.interruption import SIGNALS, Interruptions
from runbook.running.run import opened
from runbook.settings import load
from tests.engine.conftest import HEAD, SETTINGS, SITE
from tests.engine.runs import begun, command_line, fence

RUNNING = os.path.join("runbook", "running", "")  # noqa: PTH118 — a piece of a path
PAGE = (
    fence("touch started; setsid -f tail -f /dev/null; touch dirty")
    + fence("echo prêt; tail -f /dev/null", 'data-arriere-plan="sortie:prêt"')
    + fence("test -e never || echo again >>tries; test $(wc -l <tries) = 2", 'data-reessayer="5"')
    + fence("nohup tail -f /dev/null >/dev/null 2>&1 & disown; echo end", "", "end")
    + fence("rm dirty", 'data-nettoyage="oui"')
    + fence("setsid -f tail -f /dev/null; touch cleaned", 'data-nettoyage="oui"')
)


# A signal between a process and its name drops Python's handle of it; that the process itself is gone is asserted.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def dropped_handles() -> Iterator[None]:
    """Collected here, and not in the middle of another test."""
    yield
    gc.collect()


@contextmanager
def signals_at(calls: list[int]) -> Iterator[list[int]]:
    """Raise a signal at each of these calls of the running code, counted from 1; gives the list [count]."""
    count, numbers = [0], iter([*SIGNALS] * len(calls))

    def watch(frame: Any, event: str, _: object) -> None:
        if event == "call" and RUNNING in frame.f_code.co_filename and "interruption" not in frame.f_code.co_filename:
            count[0] += 1
            if count[0] in calls:
                signal.raise_signal(next(numbers))

    sys.setprofile(watch)
    try:
        yield count
    finally:
        sys.setprofile(None)


def run_until(root: Path, calls: list[int]) -> tuple[bool, int, Path]:
    """Whether the run was interrupted, how many calls it made, and its folder."""
    settings, interruptions = load(root), Interruptions()
    site = read_site(root, settings.site)
    plan = make_plan([find_blocks(page, site, settings.targets) for page in site.pages], settings, {}, ())
    announced: list[str] = []
    folder = root
    interrupted = False
    count = [0]
    try:
        with interruptions.handled(lambda: announced.append("said")), signals_at(calls) as count:  # noqa: SIM117
            with opened(settings, root, interruptions=interruptions) as run:
                folder = run.folder
                with closing(judged(plan, run, Journal())) as events:
                    for _ in events:
                        pass
    except KeyboardInterrupt:
        interrupted = True
    assert announced == ["said"] * bool(set(calls) & set(range(1, count[0] + 1)))
    return interrupted, count[0], folder


def moments(seed: int, last: int) -> list[int]:
    return random.Random(seed).sample(range(1, last), 2)  # noqa: S311 — a seed makes them the same everywhere


@pytest.fixture(scope="module")
def length(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls the whole run makes: the fewest of three, for waiting makes some more."""
    return min(run_until(written(tmp_path_factory.mktemp("whole")), [])[1] for _ in range(3))


def stopped(folder: Path, seed: int, length: int, signals: int) -> tuple[Path, Path, list[int]]:
    """A run stopped by that many signals: its root, its folder, the moments;
    again where it ended before the first one."""
    for attempt in range(3):
        root, calls = written(folder / str(attempt)), moments(seed, length)[:signals]
        interrupted, count, made = run_until(root, calls)
        if count >= min(calls):
            assert interrupted, calls
            return root, made, calls
        length = count  # less waiting than when the whole run was measured
    pytest.fail(f"no run of three reached one of the calls {calls}")


def written(root: Path) -> Path:
    (root / "docs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    (root / "docs" / "index.md").write_text(HEAD + PAGE, encoding="utf-8")
    return root


@pytest.mark.parametrize("seed", range(20))
def test_one_signal_at_any_moment_leaves_nothing(tmp_path: Path, length: int, seed: int) -> None:
    assert_nothing_left(*stopped(tmp_path, seed, length, 1))


@pytest.mark.parametrize("seed", range(20, 30))
def test_a_second_signal_changes_nothing(tmp_path: Path, length: int, seed: int) -> None:
    """Wherever it comes, in the clean-up of the first one too."""
    assert_nothing_left(*stopped(tmp_path, seed, length, 2))


def assert_nothing_left(root: Path, folder: Path, calls: list[int]) -> None:
    assert not psutil.Process().children(recursive=True), calls
    assert folder == root or not folder.exists()
    if (root / "started").exists():
        assert (root / "cleaned").exists(), calls
        assert not (root / "dirty").exists(), calls


def test_a_signal_during_a_clean_up_step_waits_for_all_of_them(make_site) -> None:
    cleanups = "".join(
        fence(f"kill -INT $PPID; read -t 0.1 <> <(:) || touch cleaned-{number}", 'data-nettoyage="oui"')
        for number in range(3)
    )
    root = make_site(index=fence("true") + cleanups)
    ran = command_line(root, "run", "docs/index.md", "--record", str(root / "records"))
    assert ran.returncode == 130
    assert "Interrompu" in ran.stderr
    assert [(root / f"cleaned-{number}").exists() for number in range(3)] == [True] * 3


def test_a_second_signal_ends_the_retries_of_a_clean_up_and_its_failure_is_said(make_site) -> None:
    again = fence("echo again >>tries; kill -INT $PPID; false", 'data-nettoyage="oui" data-reessayer="600"')
    root = make_site(index=fence("kill -INT $PPID; tail -f /dev/null") + again)
    ran = command_line(root, "run", "docs/index.md")
    assert (ran.returncode, (root / "tries").read_text()) == (130, "again\n")
    assert "docs/index.md:8 : nettoyage manqué" in ran.stdout + ran.stderr


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("step", ["command", "background", "retry"])
def test_each_signal_stops_each_kind_of_wait(make_site, number: signal.Signals, step: str) -> None:
    """From outside, as a terminal or a pipeline does it; the record of the run before stays."""
    waits = {
        "command": fence("touch started; tail -f /dev/null", 'data-delai="60"'),
        "background": fence("touch started; tail -f /dev/null", 'data-arriere-plan="sortie:prêt" data-delai="60"'),
        "retry": fence("touch started; false", 'data-reessayer="60"'),
    }
    root = make_site(index=waits[step] + fence("touch cleaned", 'data-nettoyage="oui"'))
    records = root / "records"
    records.mkdir()
    (records / "record.json").write_text("before")
    with begun(root, "run", "docs/index.md", "--record", str(records)) as process:
        while not (root / "started").exists():
            assert process.poll() is None, process.communicate()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrompu" in err
    assert (root / "cleaned").exists()
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert (records / "record.json").read_text() == "before"
    assert len(list(records.iterdir())) == 1


def test_a_killed_run_leaves_neither_its_folder_nor_a_process(make_site, tmp_path: Path) -> None:
    """SIGKILL leaves no time for anything: the guardian alone clears up."""
    place = tmp_path / "temporary"
    place.mkdir()
    root = make_site(index=fence("touch started; read -t 50 <> <(:)", 'data-delai="60"'))
    with begun(root, "run", "docs/index.md", TMPDIR=str(place)) as process:
        while not (root / "started").exists():
            assert process.poll() is None, process.communicate()
        shell = psutil.Process(process.pid).children(recursive=True)
        assert len(list(place.glob("runbook-run-*"))) == 1
        process.kill()
        process.communicate()
    for left in shell:
        left.wait(timeout=10)
    end = time.monotonic() + 10
    while list(place.glob("runbook-run-*")):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_runs_at_once_do_not_see_each_other(make_site) -> None:
    """On the same repository and the same page, both recorded in the same folder."""
    first = "X=$$; echo $X >>pids; while test $(wc -l <pids) -lt 2; do read -t 0.05 <> <(:) || true; done; true"
    root = make_site(
        index=fence(first, 'data-delai="30"')
        + fence('setsid -f tail -f /dev/null; test "$X" = "$$" && echo mine', "", "mine")
    )
    order = ("run", "--record", str(root / "records"))
    with begun(root, *order) as one, begun(root, *order) as other:
        for run in (one, other):
            output, _ = run.communicate()
            assert "vérifié                  1" in output
            assert "échoué                   0" in output
    assert len(set((root / "pids").read_text().split())) == 2
    record = json.loads((root / "records" / "record.json").read_text(encoding="utf-8"))
    (campaign,) = record["campaigns"]
    assert [step["outcome"] for step in campaign["steps"]] == ["exécuté, sans assertion", "vérifié"]
    assert [path.name for path in (root / "records").iterdir() if path.name.endswith(".new")] == []
