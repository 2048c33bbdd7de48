"""Does a whole run leave a record that its schema describes, with what it depended on, and a history?"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from runbook.reporting.fingerprints import fingerprints

SAMPLE = Path(__file__).parent.parent / "sample"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample after a run of all its pages, with a target that depends on a file."""
    root = Path(
        shutil.copytree(
            SAMPLE, tmp_path_factory.mktemp("record") / "sample", ignore=shutil.ignore_patterns(".runbook", "__pycache__")
        )
    )
    settings = root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    assert "[tool.runbook.targets.here]\n" in text
    text = text.replace("[tool.runbook.targets.here]\n", '[tool.runbook.targets.here]\ndepends = ["served/*"]\n')
    settings.write_text(text, encoding="utf-8")
    _runbook(root, "run")
    return root


def _runbook(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "runbook", "--root", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def _record(root: Path) -> dict[str, object]:
    content = json.loads((root / ".runbook" / "record.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_a_record_is_what_the_published_schema_describes(ran: Path) -> None:
    schema = json.loads(_runbook(ran, "report", "--schema"))
    checker = jsonschema.Draft202012Validator(schema)

    checker.validate(_record(ran))
    assert list(checker.iter_errors({**_record(ran), "version": "2"}))
    assert list(checker.iter_errors({key: value for key, value in _record(ran).items() if key != "pages"}))


def test_a_record_holds_the_fingerprints_of_its_pages_and_of_what_each_target_depends_on(ran: Path) -> None:
    record = _record(ran)
    page, served = ran / "docs" / "index.md", ran / "served" / "state.json"

    assert record["pages"]["docs/index.md"] == hashlib.sha256(page.read_bytes()).hexdigest()  # type: ignore[index]
    assert record["depends"]["here"] == {  # type: ignore[index]
        "patterns": ["served/*", "!secret.yaml"],
        "files": {"served/state.json": hashlib.sha256(served.read_bytes()).hexdigest()},
    }


def test_a_whole_run_adds_to_the_history_and_a_page_alone_does_not(ran: Path) -> None:
    history = ran / ".runbook" / "history"
    before = sorted(history.iterdir())

    _runbook(ran, "run", "docs/setup.md")

    assert len(before) == 1
    assert sorted(history.iterdir()) == before
    (totals,) = [one for name, one in json.loads(before[0].read_text(encoding="utf-8"))["targets"].items() if name == "here"]
    steps = [step for step in _record(ran)["steps"] if step["target"] == "here"]  # type: ignore[attr-defined]
    assert totals["steps"] == len(steps) > 0
    assert totals["verified"] == sum(step["outcome"] == "vérifié" for step in steps) > 0


def test_a_record_of_another_version_does_not_stop_the_run_that_replaces_it(ran: Path) -> None:
    path = ran / ".runbook" / "record.json"
    path.write_text(json.dumps({"version": 1}), encoding="utf-8")

    _runbook(ran, "run")

    assert _record(ran)["version"] == 2


def test_a_pattern_after_an_exclamation_mark_leaves_files_out(tmp_path: Path) -> None:
    for name in ("a/b.py", "a/__pycache__/b.pyc", "a/secret.yaml", "c.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")

    found = fingerprints(tmp_path, ["!*/__pycache__/*", "**/*", "!a/secret*"])

    assert list(found) == ["a/b.py", "c.yaml"]
    assert fingerprints(tmp_path, ["absent/*"]) == {}
