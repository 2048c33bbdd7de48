"""What a campaign leaves behind for the site, for CI and for the next person: one JSON document."""

import datetime
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from runbook.errors import SettingsError
from runbook.reporting.fingerprints import fingerprints
from runbook.reporting.whole_file import write_whole
from runbook.running.campaign import Journal
from runbook.running.outcome import Outcome, Result, verdict
from runbook.settings import Settings

VERSION = 2
FILE = "record.json"
TIMEOUT = 20.0


class StepRecord(msgspec.Struct, frozen=True):
    """One step: where it stands, what it is, where and how it went. `seconds` of all attempts.

    `line` opens the block; `fault_line` is the one to look at: in the expected result if that is
    what was not met, else the same.
    """

    page: str
    line: int
    fault_line: int
    title: str | None
    command: str
    target: str
    on: str
    outcome: Outcome
    reason: str
    page_reason: bool
    stood_in: bool
    seconds: float
    attempts: int
    exit_status: int | None
    out: str
    err: str


class Dependencies(msgspec.Struct, frozen=True):
    """The files that the proofs on a target depend on: how they are found, and the SHA-256 of each."""

    patterns: list[str]
    files: dict[str, str]


class Fingerprints(msgspec.Struct, frozen=True):
    """What the pages and the files that targets depend on held at one moment."""

    pages: dict[str, str]
    depends: dict[str, Dependencies]


class Record(msgspec.Struct, frozen=True):
    """One campaign. `date` is ISO 8601 in UTC, `commit` empty outside git, `dirty` with local changes.

    `findings` is what the static check said, `null` if it was not asked.  `pages` and `depends` are
    the fingerprints of the pages and of the files that each target depends on, taken before the first step.
    """

    version: int
    date: str
    seconds: float
    commit: str
    dirty: bool
    machine: str
    versions: dict[str, dict[str, str]]
    missing: dict[str, str]
    faults: list[str]
    notes: list[str]
    exit_status: int
    findings: list[str] | None
    pages: dict[str, str]
    depends: dict[str, Dependencies]
    steps: list[StepRecord]


class _Versioned(msgspec.Struct):
    version: int


def make(
    journal: Journal,
    settings: Settings,
    root: Path,
    missing: dict[str, str],
    seconds: float,
    problems: list[str],
    before: Fingerprints,
    findings: list[str] | None = None,
) -> Record:
    """The record of a finished campaign; `problems` are reasons to fail that no step shows."""
    faults = [*journal.faults, *problems]
    served = {result.on for result in journal.results if result.outcome is not Outcome.NOT_RUN}
    return Record(
        version=VERSION,
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        commit=_output(["git", "rev-parse", "HEAD"], root),
        dirty=bool(_output(["git", "status", "--porcelain"], root)),
        machine=f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
        versions={name: _versions(settings.targets[name].versions, root) for name in settings.targets if name in served},
        missing=missing,
        faults=faults,
        notes=journal.notes,
        exit_status=verdict(journal.results, faults),
        findings=findings,
        pages=before.pages,
        depends=before.depends,
        steps=[_step(result) for result in journal.results],
    )


def take_fingerprints(pages: Iterable[str], settings: Settings, root: Path) -> Fingerprints:
    """Those of now; files that hold secrets are never among them."""
    secret = [f"!{pattern}" for pattern in settings.secrets.manifests]
    patterns = {name: [*target.depends, *secret] for name, target in settings.targets.items()}
    return Fingerprints(
        pages=fingerprints(root, pages),
        depends={name: Dependencies(listed, fingerprints(root, listed)) for name, listed in patterns.items()},
    )


def schema() -> dict[str, Any]:
    """The JSON schema of a record."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Record)}


def save(record: Record, folder: Path) -> Path:
    """Write it whole or not at all, in `folder`/record.json."""
    path = folder / FILE
    write_whole(path, msgspec.json.format(msgspec.json.encode(record), indent=1))
    return path


def load(path: Path) -> Record:
    """Read a record; SettingsError if there is none, or one of another version."""
    try:
        content = path.read_bytes()
        version = msgspec.json.decode(content, type=_Versioned).version
        if version != VERSION:
            raise SettingsError(f"{path} : enregistrement de version {version}, au lieu de {VERSION} ; relancer « runbook run »")
        return msgspec.json.decode(content, type=Record)
    except FileNotFoundError:
        raise SettingsError(f"{path} : aucune exécution enregistrée ; lancer d'abord « runbook run »") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} : enregistrement illisible ({error}) ; relancer « runbook run »") from None


def load_previous(path: Path) -> Record | None:
    """The record that a campaign is about to replace; None if there is none that this version can read."""
    try:
        return load(path)
    except SettingsError:
        return None


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
    )


def _versions(commands: dict[str, str], root: Path) -> dict[str, str]:
    return {name: _output(["bash", "-c", command], root) for name, command in commands.items()}


def _output(command: list[str], root: Path) -> str:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}  # as pages have it
    try:
        ran = subprocess.run(command, cwd=root, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""
