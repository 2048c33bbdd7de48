"""What the tests of the pipeline share: the workflow as YAML gives it, and the commands it runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"

Job = dict[str, Any]


@pytest.fixture(scope="session")
def workflow() -> dict[str, Any]:
    """The pipeline; YAML reads its key `on` as the boolean it looks like."""
    read: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in read.items()}


@pytest.fixture(scope="session")
def jobs(workflow: dict[str, Any]) -> dict[str, Job]:
    """The jobs, by id."""
    read: dict[str, Job] = workflow["jobs"]
    return read


@pytest.fixture(scope="session")
def commands(jobs: dict[str, Job]) -> list[str]:
    """Every line of every `run`, in order."""
    return list(_commands(jobs))


def _commands(jobs: dict[str, Job]) -> Iterator[str]:
    for job in jobs.values():
        for step in job["steps"]:
            yield from (line.strip() for line in step.get("run", "").splitlines())
