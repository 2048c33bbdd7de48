"""What is proven is counted, and cannot go down unseen."""

import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest

from runbook.reporting.coverage import coverage, drop
from runbook.reporting.record import VERSION, Campaign, Record, StepRecord
from runbook.running.outcome import Outcome

ROOT = Path(__file__).parent.parent.parent


def step(line: int, outcome: Outcome, target: str = "here", page_reason: bool = False) -> StepRecord:
    fields = {field.name: "" for field in msgspec.structs.fields(StepRecord)}
    return msgspec.convert(
        {
            **fields, "page": "docs/p.md", "line": line, "fault_line": line, "title": None, "command": f"echo {line}", "target": target, "on": target,
            "outcome": outcome, "page_reason": page_reason, "stood_in": False, "seconds": 0.0, "attempts": 1, "exit_status": 0,
        },
        StepRecord,
    )


def campaign(*steps: StepRecord, missing: dict[str, str] | None = None) -> Campaign:
    return Campaign("2026-01-01T00:00:00+00:00", 0, "", False, "", {}, missing or {}, [], [], 0, None, {}, {}, list(steps))


def test_a_command_left_out_by_its_page_is_decided_and_not_meant_to_run() -> None:
    counted = coverage([step(1, Outcome.VERIFIED), step(2, Outcome.NOT_RUN, page_reason=True), step(3, Outcome.NOT_RUN)])
    assert (counted.documented, counted.excluded, counted.undecided, counted.decided) == (3, 1, 1, 2)
    assert counted.proven == 50.0


def test_a_drop_below_the_minimum_names_what_lost_its_proof() -> None:
    before = Record(VERSION, [campaign(step(1, Outcome.VERIFIED), step(2, Outcome.VERIFIED))])
    now = campaign(step(1, Outcome.VERIFIED), step(2, Outcome.EXECUTED))
    told = drop([now], 90, before)
    assert told is not None
    assert "50,0 %, minimum 90 %" in told
    assert "docs/p.md:2" in told
    assert "docs/p.md:1" not in told


def test_a_missing_target_is_no_drop() -> None:
    now = campaign(step(1, Outcome.VERIFIED), step(2, Outcome.NOT_RUN, target="away"), missing={"away": "not here"})
    assert drop([now], 100, None) is None


def test_the_minimum_of_this_repository_only_rises() -> None:
    ran = subprocess.run(["git", "show", "HEAD:pyproject.toml"], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.fail("ce contrôle demande un dépôt git : git show HEAD:pyproject.toml a échoué")
    committed = tomllib.loads(ran.stdout)["tool"]["runbook"]
    now = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["runbook"]
    assert now["coverage"] >= committed.get("coverage", 0)
