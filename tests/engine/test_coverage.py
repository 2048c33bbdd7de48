"""What is proven is counted, and cannot go down unseen."""

import io
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from runbook.outcome import Outcome, Result
from runbook.reporting import terminal
from runbook.reporting.coverage import by_page, drop, totals
from runbook.reporting.record import VERSION, Campaign, Record

ROOT = Path(__file__).parent.parent.parent


def step(line: int, outcome: Outcome, target: str = "here", page_reason: bool = False) -> Result:
    fields = {field.name: "" for field in msgspec.structs.fields(Result) if field.required}
    return msgspec.convert(
        {
            **fields,
            "page": "docs/p.md",
            "line": line,
            "fault_line": line,
            "title": None,
            "command": f"echo {line}",
            "target": target,
            "on": target,
            "outcome": outcome,
            "page_reason": page_reason,
            "stood_in": False,
            "seconds": 0.0,
            "attempts": 1,
            "exit_status": 0,
        },
        Result,
    )


def campaign(*steps: Result, missing: dict[str, str] | None = None) -> Campaign:
    return Campaign(
        "2026-01-01T00:00:00+00:00", 0, "", False, "", {}, missing or {}, [], [], 0, None, {}, {}, list(steps)
    )


def test_a_command_left_out_by_its_page_is_decided_and_not_meant_to_run() -> None:
    counted = totals([step(1, Outcome.VERIFIED), step(2, Outcome.NOT_RUN, page_reason=True), step(3, Outcome.NOT_RUN)])
    assert (counted.steps, counted.excluded, counted.not_run) == (3, 1, 2)
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


def test_what_only_the_check_has_seen_is_counted_apart_page_by_page() -> None:
    seen = msgspec.structs.replace(campaign(step(1, Outcome.VERIFIED), step(2, Outcome.NOT_RUN)), findings=[])
    unseen = campaign(step(3, Outcome.NOT_RUN))

    assert [(page, count.not_run - count.excluded, checked) for page, count, checked, _ in by_page([seen, unseen])] == [
        ("docs/p.md", 2, 1),
        ("", 2, 1),
    ]


def test_the_report_gives_each_page_its_last_proof_and_each_command_its_run() -> None:
    old = msgspec.structs.replace(
        campaign(step(1, Outcome.VERIFIED)), date="2026-01-01T08:00:00+00:00", commit="a" * 40
    )
    new = msgspec.structs.replace(
        campaign(step(2, Outcome.VERIFIED), step(3, Outcome.NOT_RUN)),
        date="2026-02-01T09:30:00+00:00",
        commit="b" * 40,
        dirty=True,
    )
    screen = Console(width=250, record=True, file=io.StringIO())

    screen.print(terminal.coverage_table([new, old]), terminal.steps_table([new, old]))

    lines = [line.rstrip() for line in screen.export_text().splitlines()]
    assert [line.split()[-3:] for line in lines[1:3]] == [["2026-02-01", "09:30", "bbbbbbbbbb*"]] * 2
    assert ["2026-01-01 08:00 aaaaaaaaaa " in line or "2026-02-01 09:30 bbbbbbbbbb*" in line for line in lines[4:]] == [
        True,
        False,
        True,
    ]


def test_the_minimum_of_this_repository_only_rises() -> None:
    """Against every commit that set it, not the last alone: a drop stays a drop once it is committed."""
    changes = _git("log", "-G", r"^coverage\s*=", "--format=%H", "--", "pyproject.toml").split()
    documents = [tomllib.loads(_git("show", f"{commit}:pyproject.toml")) for commit in changes]
    earlier = [
        document["tool"]["runbook"].get("coverage", 0)
        for document in documents
        if "runbook" in document.get("tool", {})
    ]
    now = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["runbook"]

    assert earlier
    assert now["coverage"] >= max(earlier)


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.fail(f"ce contrôle demande un dépôt git : git {arguments[0]} a échoué : {ran.stderr}")
    return ran.stdout
