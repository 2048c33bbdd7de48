"""What every page of one run shares, and the private folder that it lives in."""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runbook.running import processes
from runbook.running.folder import private_folder
from runbook.running.guardian import guarded
from runbook.running.interruption import Interruptions
from runbook.running.operator import NOBODY, Operator
from runbook.running.private import Private
from runbook.settings import Settings


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `folder` is private to it and removed after it, `token` marks its processes."""

    root: Path
    folder: Path
    settings: Settings
    private: Private
    token: str
    operator: Operator = NOBODY
    interruptions: Interruptions = field(default_factory=Interruptions)


@contextlib.contextmanager
def opened(
    settings: Settings, root: Path, operator: Operator = NOBODY, interruptions: Interruptions | None = None
) -> Iterator[Run]:
    """A run with its private folder; afterwards neither the folder nor a process of the run is left."""
    private = Private(settings.secrets, root)
    private.learn()
    token = secrets.token_hex(8)
    with private_folder() as folder, guarded(token, folder):
        processes.adopt_orphans()
        run = Run(root, folder, settings, private, token, operator, interruptions or Interruptions())
        try:
            yield run
        finally:
            sweep(run)
            processes.adopt_orphans(wanted=False)  # what this process starts later is not the run's


def sweep(run: Run, spared: tuple[int, ...] = ()) -> None:
    """End what the run's commands left behind, also where each process starts its successor before it ends."""
    processes.hunt(run.token, spared)
