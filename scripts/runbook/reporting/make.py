"""From a finished run to the campaign that the record keeps."""

import datetime
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from runbook.judging import Journal, Result, verdict
from runbook.outcome import Outcome
from runbook.reporting.fingerprints import commands, fingerprints
from runbook.reporting.record import Campaign, Dependencies, StepRecord
from runbook.running.tree import tree
from runbook.settings import Settings

TIMEOUT = 20.0


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
        dirty=bool(_output(["git", "status", "--porcelain"], root)),
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
    return StepRecord(
        page=block.page,
        line=block.line,
        fault_line=result.line,
        title=block.title,
        command=block.code,
        target=result.target,
        on=result.on,
        outcome=result.outcome,
        reason=result.reason,
        page_reason=result.page_reason,
        stood_in=result.stood_in,
        seconds=round(result.seconds, 3),
        attempts=result.attempts,
        exit_status=result.exit_status,
        out=result.out,
        err=result.err,
        why=result.why,
    )


def _versions(asked: dict[str, str], root: Path) -> dict[str, str]:
    return {name: _output(["bash", "-c", command], root) for name, command in asked.items()}


def _output(command: list[str], root: Path) -> str:
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }  # as pages have it
    try:
        ran = subprocess.run(
            command,
            cwd=root,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""
