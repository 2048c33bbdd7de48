"""What did the last run of the documentation verify?"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from .sources import SourceError

VERSION = 2
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


class _Versioned(msgspec.Struct):
    version: int


class Step(msgspec.Struct, frozen=True):
    """One command of a page and what came of it; `fault_line` is the one to look at if it failed."""

    page: str
    line: int
    fault_line: int
    title: str | None
    command: str
    target: str
    on: str
    outcome: str
    reason: str
    page_reason: bool
    stood_in: bool
    seconds: float
    attempts: int
    exit_status: int | None
    out: str
    err: str


class Dependencies(msgspec.Struct, frozen=True):
    """The files that the proofs on a target depended on, with the SHA-256 of what they held."""

    patterns: list[str]
    files: dict[str, str]


class Run(msgspec.Struct, frozen=True):
    """The part of the engine's record that the pages show; pages are named from `docs`."""

    version: int
    date: datetime
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
    steps: list[Step]

    @property
    def day(self) -> str:
        """The date in French, as « 24 novembre 2026 »."""
        return french_day(self.date)

    @property
    def revision(self) -> str:
        """The commit in Markdown, and whether the tree differed from it."""
        return revision(self.commit, self.dirty)

    @property
    def checked(self) -> bool:
        """Whether the static check of that day found every command in order."""
        return self.findings == []


@dataclass(frozen=True, slots=True)
class Totals:
    """How many commands came to each outcome."""

    steps: int
    verified: int
    executed: int
    stood_in: int
    failed: int
    not_run: int
    not_run_by_choice: int
    seconds: float


def read_last_run(path: Path, docs: str) -> Run | None:
    """The record at `path`, or `None` on a clone where nothing was run yet.

    The engine names pages from the repository's root, where `docs` is.  A record that another version
    of the engine wrote proves nothing here, and must not stop the run that replaces it.

    Raises `SourceError` for a file that is no record.
    """
    try:
        content = path.read_bytes()
        if msgspec.json.decode(content, type=_Versioned).version != VERSION:
            return None
        run = msgspec.json.decode(content, type=Run)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise SourceError(f"{path} : enregistrement illisible ({error}) ; relancer « runbook run »") from None
    steps = [msgspec.structs.replace(step, page=step.page.removeprefix(f"{docs}/")) for step in run.steps]
    return msgspec.structs.replace(run, steps=steps)


def french_day(date: datetime) -> str:
    """The date as « 24 novembre 2026 »."""
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {_MONTHS[date.month - 1]} {date.year}"


def revision(commit: str, dirty: bool) -> str:
    """The commit in Markdown, and whether the tree differed from it."""
    short = f"`{commit[:9]}`" if commit else "hors de git"
    return f"{short}, avec des modifications locales" if dirty else short


def totals(steps: list[Step]) -> Totals:
    """Count the outcomes of `steps`."""
    outcomes = Counter(step.outcome for step in steps)
    return Totals(
        steps=len(steps),
        verified=outcomes["vérifié"],
        executed=outcomes["exécuté, sans assertion"],
        stood_in=sum(step.stood_in for step in steps),
        failed=outcomes["échoué"] + outcomes["délai dépassé"],
        not_run=outcomes["non exécuté"],
        not_run_by_choice=sum(step.page_reason for step in steps),
        seconds=sum(step.seconds for step in steps),
    )
