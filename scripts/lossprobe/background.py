"""How is a probe left running while something else is done, and stopped afterwards?"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lossprobe.measure import PATIENCE, READY, RESULT, STOP, ProbeError, clear, hold

JOURNAL = "journal.txt"
START, FINISH = 30.0, PATIENCE + 20.0  # seconds to wait at most


def start(arguments: list[str], folder: Path, patience: float = START) -> None:
    """Run `mesurer` with these arguments in the background, and return at its first answers.

    Raises `ProbeError`, and leaves nothing running, when they do not come in `patience` seconds.
    """
    with hold(folder):
        clear(folder)
    with (folder / JOURNAL).open("wb") as journal:
        probe = subprocess.Popen(
            [sys.executable, "-m", __package__, "mesurer", *arguments],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=journal,
            start_new_session=True,
        )
    ready, answered = folder / READY, False
    try:
        _await(lambda: ready.exists() or probe.poll() is not None, patience)
        answered = ready.exists() and probe.poll() is None
    finally:
        if not answered:
            probe.terminate()
            probe.wait(FINISH)
    if not answered:
        said = (folder / JOURNAL).read_text("utf-8").strip()
        raise ProbeError(f"pas de bonne réponse dans les {patience:.0f} s\n{said}")


def stop(folder: Path) -> dict[str, Any]:
    """Ask the probe of this folder to finish, wait for it, and return its summary."""
    if not folder.is_dir():
        raise ProbeError(f"aucune sonde n'a été démarrée dans {folder}")
    (folder / STOP).touch()
    if not _await(lambda: _free(folder), FINISH):
        raise ProbeError(f"la sonde de {folder} ne s'arrête pas")
    try:
        summary: dict[str, Any] = json.loads((folder / RESULT).read_text("utf-8"))
    except FileNotFoundError:
        raise ProbeError(f"aucun résultat dans {folder}\u00a0: la sonde n'a pas tourné") from None
    return summary


def _free(folder: Path) -> bool:
    try:
        with hold(folder):
            return True
    except ProbeError:
        return False


def _await(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
