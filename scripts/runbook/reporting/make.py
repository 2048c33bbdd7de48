"""From a finished run to the campaign that the record keeps."""

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runbook.judging import Journal, verdict
from runbook.outcome import Outcome
from runbook.reporting.fingerprints import commands, fingerprints
from runbook.reporting.record import Campaign, Dependencies
from runbook.running.asking import ask
from runbook.running.tree import tree
from runbook.settings import Settings

Campaigner = Callable[[Journal, list[str] | None], Campaign]


def at_start(pages: Iterable[str], settings: Settings, root: Path, missing: dict[str, str], whole: bool) -> Campaigner:
    """What makes a campaign of a run that begins now, from what came of it and what the static check said.

    What changes during a run is not what was run: the commit and the fingerprints are those of now.  Files that hold
    secrets have none.
    """
    start, listed = time.monotonic(), list(pages)
    secret = [f"!{pattern}" for pattern in settings.secrets.manifests]
    patterns = {name: [*target.depends, *secret] for name, target in settings.targets.items()}
    before: dict[str, Any] = {
        "commit": tree(root).commit,
        "dirty": bool(ask(["git", "status", "--porcelain"], root).well),
        "pages": fingerprints(root, listed),
        "commands": commands(root, listed),
        "depends": {name: Dependencies(one, fingerprints(root, one)) for name, one in patterns.items()},
    }

    def campaign(journal: Journal, findings: list[str] | None) -> Campaign:
        here = platform.uname()
        served = {result.on for result in journal.results if result.outcome is not Outcome.NOT_RUN}
        return Campaign(
            **before,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - start, 3),
            machine=f"{here.system} {here.release} {here.machine}, Python {platform.python_version()}",
            versions={name: _versions(one.versions, root) for name, one in settings.targets.items() if name in served},
            missing=missing,
            faults=journal.faults,
            notes=journal.notes,
            exit_status=verdict(journal.results, [*journal.faults, *(findings or [])]),
            findings=findings,
            steps=journal.results,
            whole=whole,
        )

    return campaign


def _versions(asked: dict[str, str], root: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"  # as pages have it
    env = {**os.environ, "PATH": path}
    return {name: ask(["bash", "-c", command], root, env).well for name, command in asked.items()}
