"""Records as the engine writes them, for the tests to vary."""

import json
from pathlib import Path
from typing import Any

import msgspec

from macros.changes import Change
from macros.evidence import Evidence, Proof
from runbook.judging import Journal
from runbook.reporting.make import at_start
from runbook.reporting.record import VERSION, Campaign
from runbook.settings import load

ROOT = Path(__file__).parents[2]
PAGE = "docs/exploitation/deployer.md"
OTHER = "docs/exploitation/verifier.md"


def step(**changes: Any) -> dict[str, Any]:
    return {
        "page": PAGE,
        "line": 30,
        "fault_line": 31,
        "title": None,
        "command": "kubectl apply -f k8s/",
        "target": "recette",
        "on": "recette",
        "outcome": "vérifié",
        "reason": "",
        "page_reason": False,
        "stood_in": False,
        "seconds": 40.0,
        "attempts": 1,
        "exit_status": 0,
        "out": "",
        "err": "",
        **changes,
    }


def campaign(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "date": "2026-11-01T09:30:00+00:00",
        "seconds": 95.2,
        "commit": "0123456789abcdef",
        "dirty": False,
        "machine": "Linux",
        "versions": {"local": {"python": "Python 3.13.1", "autre": ""}, "recette": {"cluster": "v1.20.2"}},
        "missing": {},
        "faults": [],
        "notes": [],
        "exit_status": 0,
        "findings": [],
        "pages": {},
        "commands": {},
        "depends": {},
        "whole": True,
        "drop": "",
        "steps": list(steps),
        **changes,
    }


def record(*campaigns: dict[str, Any]) -> dict[str, Any]:
    return {"version": VERSION, "campaigns": list(campaigns)}


def run(*steps: dict[str, Any], **changes: Any) -> Campaign:
    return msgspec.convert(campaign(*steps, **changes), Campaign)


def proven(*runs: Campaign, changed: dict[str, tuple[Change, ...]] | None = None) -> Evidence:
    """What the site knows of these runs; `changed` tells, by target, what is no longer as it was."""
    return Evidence(
        runs,
        tuple(
            Proof(step, step.page.removeprefix("docs/"), one, (changed or {}).get(step.target, ()))
            for one in runs
            for step in one.steps
        ),
    )


def put(project: Path, *steps: dict[str, Any], **changes: Any) -> None:
    """Write a record in `project` with the fingerprints of its files as they are now."""
    before = at_start({one["page"] for one in steps}, load(ROOT), project, {}, whole=True)(Journal(), None)
    whole = {
        "pages": before.pages,
        "commands": before.commands,
        "depends": msgspec.to_builtins(before.depends),
        **changes,
    }
    write(project, campaign(*steps, **whole))


def write(project: Path, *campaigns: dict[str, Any]) -> None:
    path = project / ".runbook" / "record.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record(*campaigns)), encoding="utf-8")
