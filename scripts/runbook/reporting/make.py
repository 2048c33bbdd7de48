"""From a finished run to the campaign that the record keeps."""

import datetime
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbook.judging import Journal, Result, verdict
from runbook.outcome import Outcome
from runbook.reporting.fingerprints import commands, fingerprints
from runbook.reporting.record import Campaign, Dependencies, StepRecord
from runbook.running.asking import ask
from runbook.running.tree import tree
from runbook.settings import Settings


@dataclass(frozen=True, slots=True)
class Start:
    """What the repository was before the first step: whatever changes during a run is not what was run."""

    moment: float
    commit: str
    dirty: bool
    pages: dict[str, str]
    commands: dict[str, str]
    depends: dict[str, Dependencies]


def at_start(pages: Iterable[str], settings: Settings, root: Path) -> Start:
    """Now; files that hold secrets have no fingerprint."""
    listed = list(pages)
    secret = [f"!{pattern}" for pattern in settings.secrets.manifests]
    patterns = {name: [*target.depends, *secret] for name, target in settings.targets.items()}
    return Start(
        moment=time.monotonic(),
        commit=tree(root).commit,
        dirty=bool(ask(["git", "status", "--porcelain"], root).well),
        pages=fingerprints(root, listed),
        commands=commands(root, listed),
        depends={name: Dependencies(listed, fingerprints(root, listed)) for name, listed in patterns.items()},
    )


def campaign(
    start: Start,
    journal: Journal,
    settings: Settings,
    root: Path,
    missing: dict[str, str],
    findings: list[str] | None,
    whole: bool,
) -> Campaign:
    """What was run since `start`."""
    served = {result.on for result in journal.results if result.outcome is not Outcome.NOT_RUN}
    return Campaign(
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - start.moment, 3),
        commit=start.commit,
        dirty=start.dirty,
        machine=f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
        versions={
            name: _versions(settings.targets[name].versions, root) for name in settings.targets if name in served
        },
        missing=missing,
        faults=journal.faults,
        notes=journal.notes,
        exit_status=verdict(journal.results, [*journal.faults, *(findings or [])]),
        findings=findings,
        pages=start.pages,
        commands=start.commands,
        depends=start.depends,
        steps=[_step(result) for result in journal.results],
        whole=whole,
    )


def _step(result: Result) -> StepRecord:
    block = result.step.block
    same = {name: getattr(result, name) for name in StepRecord.__struct_fields__ if hasattr(result, name)}
    own = {"page": block.page, "line": block.line, "fault_line": result.line, "title": block.title}
    made: dict[str, Any] = {**same, **own, "command": block.code, "seconds": round(result.seconds, 3)}
    return StepRecord(**made)


def _versions(asked: dict[str, str], root: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"  # as pages have it
    env = {**os.environ, "PATH": path}
    return {name: ask(["bash", "-c", command], root, env).well for name, command in asked.items()}
