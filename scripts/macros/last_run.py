"""What did the last run of the documentation verify?"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from .sources import SourceError

VERSION = 1
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


class Step(msgspec.Struct, frozen=True):
    """One command of a page and what came of it; `fault_line` is the one to look at if it failed."""

    page: str
    fault_line: int
    title: str | None
    target: str
    on: str
    outcome: str
    reason: str
    page_reason: bool
    stood_in: bool
    seconds: float
    out: str


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
    steps: list[Step]

    @property
    def day(self) -> str:
        """The date in French, as « 24 novembre 2026 »."""
        day = "1er" if self.date.day == 1 else str(self.date.day)
        return f"{day} {_MONTHS[self.date.month - 1]} {self.date.year}"

    @property
    def revision(self) -> str:
        """The commit in Markdown, and whether the tree differed from it."""
        commit = f"`{self.commit[:9]}`" if self.commit else "hors de git"
        return f"{commit}, avec des modifications locales" if self.dirty else commit


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

    The engine names pages from the repository's root, where `docs` is.

    Raises `SourceError` for a record that another version of the engine wrote.
    """
    try:
        run = msgspec.json.decode(path.read_bytes(), type=Run)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise SourceError(f"{path} : enregistrement illisible ({error}) ; relancer « runbook run »") from None
    if run.version != VERSION:
        raise SourceError(f"{path} : version {run.version} au lieu de {VERSION}")
    steps = [msgspec.structs.replace(step, page=step.page.removeprefix(f"{docs}/")) for step in run.steps]
    return msgspec.structs.replace(run, steps=steps)


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
