"""Does a whole run leave a record that its schema describes, with what it depended on, and a history?"""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from runbook.reporting.fingerprints import fingerprints
from tests.engine.conftest import copy_of_sample
from tests.engine.runs import begun, command_line


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample after a run of all its pages, with a target that depends on a file."""
    root = copy_of_sample(tmp_path_factory.mktemp("record"))
    settings = root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    assert "[tool.runbook.targets.here]\n" in text
    text = text.replace("[tool.runbook.targets.here]\n", '[tool.runbook.targets.here]\ndepends = ["served/*"]\n')
    settings.write_text(text, encoding="utf-8")
    _runbook(root, "run", status=0)
    return root


@pytest.fixture
def whole(ran: Path) -> Iterator[Path]:
    """The same, whose record is that of a run of all its pages, and is put back."""
    path = ran / ".runbook" / "record.json"
    before = path.read_bytes()
    yield ran
    path.write_bytes(before)


def _runbook(root: Path, *arguments: str, status: int | None = None) -> str:
    done = command_line(root, *arguments)
    assert done.returncode in ((0, 1) if status is None else (status,)), done.stderr
    return done.stdout


def _record(root: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((root / ".runbook" / "record.json").read_text(encoding="utf-8"))
    return content


def _campaign(root: Path) -> dict[str, Any]:
    (campaign,) = _record(root)["campaigns"]
    assert isinstance(campaign, dict)
    return campaign


def test_a_record_is_what_the_published_schema_describes(ran: Path) -> None:
    schema = json.loads(_runbook(ran, "report", "--schema"))
    checker = jsonschema.Draft202012Validator(schema)

    checker.validate(_record(ran))
    assert list(checker.iter_errors({**_record(ran), "version": "2"}))
    assert list(checker.iter_errors({key: value for key, value in _record(ran).items() if key != "campaigns"}))


def test_a_record_holds_the_fingerprints_of_its_pages_and_of_what_each_target_depends_on(ran: Path) -> None:
    record = _campaign(ran)
    page, served = ran / "docs" / "index.md", ran / "served" / "state.json"

    assert record["pages"]["docs/index.md"] == hashlib.sha256(page.read_bytes()).hexdigest()
    assert record["depends"]["here"] == {
        "patterns": ["served/*", "!secret.yaml"],
        "files": {"served/state.json": hashlib.sha256(served.read_bytes()).hexdigest()},
    }


def test_a_whole_run_adds_to_the_history_and_a_page_alone_does_not(whole: Path) -> None:
    history = whole / ".runbook" / "history"
    before = sorted(history.glob("*.json"))

    _runbook(whole, "run", "docs/setup.md")

    assert len(before) == 1
    assert sorted(history.glob("*.json")) == before
    (totals,) = [
        one for name, one in json.loads(before[0].read_text(encoding="utf-8"))["targets"].items() if name == "here"
    ]
    steps = [step for campaign in _record(whole)["campaigns"] for step in campaign["steps"] if step["target"] == "here"]
    assert totals["steps"] == len(steps) > 0
    assert totals["verified"] == sum(step["outcome"] == "vérifié" for step in steps) > 0


def test_a_campaign_says_the_commit_and_the_tree_that_it_started_from(whole: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(whole)]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "one"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    page = whole / "docs" / "setup.md"
    text = page.read_text(encoding="utf-8")

    page.write_text(
        f"{text}\n```bash\ngit commit --quiet --all --allow-empty --message two || git -c user.name=x -c "
        "user.email=x@example.org commit -qam two\n```\n",
        encoding="utf-8",
    )
    _runbook(whole, "run")
    page.write_text(text, encoding="utf-8")

    campaign = _campaign(whole)
    assert (campaign["commit"], campaign["dirty"]) == (head, True)
    assert (
        subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip() != head
    )


def test_a_record_of_another_version_does_not_stop_the_run_that_replaces_it(whole: Path) -> None:
    path = whole / ".runbook" / "record.json"
    path.write_text(json.dumps({"version": 1}), encoding="utf-8")

    _runbook(whole, "run")

    assert _record(whole)["version"] == 3
    assert path.with_name("record.illisible.json").read_text(encoding="utf-8") == json.dumps({"version": 1})


def test_a_page_run_alone_renews_its_own_proof_and_keeps_the_others(whole: Path) -> None:
    before = _campaign(whole)

    _runbook(whole, "run", "docs/setup.md")

    later, earlier = _record(whole)["campaigns"]
    assert (later["whole"], earlier["whole"]) == (False, True)
    assert {step["page"] for step in later["steps"]} == {"docs/setup.md"}
    assert earlier["steps"] == [step for step in before["steps"] if step["page"] != "docs/setup.md"]
    assert (earlier["date"], earlier["commit"], earlier["pages"]) == (before["date"], before["commit"], before["pages"])


def test_a_target_that_was_not_asked_for_takes_no_proof_away(whole: Path) -> None:
    before = _campaign(whole)

    _runbook(whole, "run", "--target", "elsewhere")

    later, earlier = _record(whole)["campaigns"]
    assert {step["target"] for step in later["steps"]} == {"elsewhere"}
    assert earlier["steps"] == [step for step in before["steps"] if step["target"] == "here"]


def test_two_runs_at_once_lose_nothing(whole: Path) -> None:
    count = len(_campaign(whole)["steps"])
    pages = ("docs/index.md", "docs/setup.md", "docs/index.md")

    with ExitStack() as stack:
        started = [stack.enter_context(begun(whole, "run", "--target", "elsewhere", page)) for page in pages]
        for process in started:
            process.communicate()

    assert sum(len(campaign["steps"]) for campaign in _record(whole)["campaigns"]) == count


def test_what_the_static_check_finds_fails_the_run_that_asked_for_it_and_is_said(whole: Path) -> None:
    page = whole / "docs" / "index.md"
    before = page.read_text(encoding="utf-8")
    block = '``` { .bash data-cible="here" data-non-execute="elsewhere" }\ncat absent.txt\n```\n'
    page.write_text(f"{before}\n{block}", encoding="utf-8")

    out = _runbook(whole, "run", "--check", "--junit", str(whole / "junit.xml"), status=1)

    page.write_text(before, encoding="utf-8")
    findings = _campaign(whole)["findings"]
    assert [finding.rpartition(" ")[2] for finding in findings] == ["[fichier-absent]"]
    assert all(f"✘ {finding}" in out for finding in findings)
    assert "absent.txt" in whole.joinpath("junit.xml").read_text(encoding="utf-8").partition("campagne")[2]
    assert _campaign(whole)["exit_status"] == 1


def test_a_run_that_did_not_ask_for_the_static_check_says_nothing_of_it(ran: Path) -> None:
    assert _campaign(ran)["findings"] is None


def test_a_pattern_after_an_exclamation_mark_leaves_files_out(tmp_path: Path) -> None:
    for name in ("a/b.py", "a/__pycache__/b.pyc", "a/secret.yaml", "c.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")

    found = fingerprints(tmp_path, ["!*/__pycache__/*", "**/*", "!a/secret*"])

    assert list(found) == ["a/b.py", "c.yaml"]
    assert fingerprints(tmp_path, ["absent/*"]) == {}
