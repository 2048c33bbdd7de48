"""A record of two pages as the engine writes it, for the tests to vary."""

import json
from pathlib import Path
from typing import Any

import msgspec

from runbook.reporting.record import Record, take_fingerprints
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


def record(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "version": 2,
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
        "depends": {},
        "steps": list(steps),
        **changes,
    }


def put(project: Path, *steps: dict[str, Any], **changes: Any) -> Record:
    """Write a record in `project` with the fingerprints of its files as they are now."""
    before = take_fingerprints({one["page"] for one in steps}, load(ROOT), project)
    whole = {"pages": before.pages, "depends": before.depends, **changes}
    content = record(*steps, **msgspec.to_builtins(whole))
    path = project / ".runbook" / "record.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return msgspec.convert(content, Record)
