"""Does the pipeline hold what it promises: pinned actions, least privilege, nothing published unverified?"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runbook.reporting import history, record
from runbook.settings import load

from .conftest import ROOT, WORKFLOW

SETTINGS = load(ROOT)
VERIFYING = {"without-docker", "every-target"}
PINNED = re.compile(r"^ *(?:- )?uses: [\w-]+(?:/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", re.MULTILINE)


def tool(name):
    return shutil.which(name, path=Path(sys.executable).parent) or pytest.fail(f"no {name}")


def zizmor(folder):
    return subprocess.run(
        [
            tool("zizmor"),
            "--offline",
            "--no-progress",
            "--color",
            "never",
            "--strict-collection",
            "--persona",
            "auditor",
            folder / ".github",
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_zizmor_finds_nothing():
    found = zizmor(ROOT)

    assert (found.returncode, found.stdout.strip()) == (0, "No findings to report. Good job!")
    assert f"completed {WORKFLOW}" in found.stderr


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (r"@[0-9a-f]{40} # v7\.0\.1", "@v7"),
        (r"permissions: \{\}\n", "permissions: write-all\n"),
        (r"persist-credentials: false", "persist-credentials: true"),
        (r"run: scripts/demo --once", "run: scripts/demo ${{ github.event.head_commit.message }}"),
    ],
)
def test_zizmor_would_find(tmp_path, good, bad):
    text, changed = re.subn(good, bad, WORKFLOW.read_text(encoding="utf-8"), count=1)
    copy = tmp_path / ".github" / "workflows" / "ci.yml"
    copy.parent.mkdir(parents=True)
    copy.write_text(text, encoding="utf-8")

    assert changed == 1
    assert zizmor(tmp_path).returncode > 0


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-workflows", WORKFLOW),
        ("custom.github-workflows-require-timeout", WORKFLOW),
        ("vendor.dependabot", ROOT / ".github" / "dependabot.yml"),
    ],
)
def test_the_schemas_accept(schema, path):
    checked = subprocess.run(
        [tool("check-jsonschema"), "--builtin-schema", schema, path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_workflows_are_where_github_looks_for_them():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [path for path in listed.stdout.splitlines() if ".github/" in path]

    assert ".github/workflows/ci.yml" in found
    assert [path for path in found if not path.startswith(".github/")] == []


def test_every_action_is_pinned_by_commit_with_its_version_beside():
    text = WORKFLOW.read_text(encoding="utf-8")

    assert len(PINNED.findall(text)) == text.count("uses:") > 0


def test_one_version_of_an_action_serves_the_whole_pipeline():
    used = set(re.findall(r"uses: (\S+)@(\S+ # \S+)", WORKFLOW.read_text(encoding="utf-8")))

    assert len(used) == len({action for action, _ in used})


def test_no_expression_reaches_a_shell(commands):
    assert [line for line in commands if "${{" in line] == []


def test_nothing_is_allowed_unless_a_job_says_so(workflow, jobs):
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in jobs.values())


def test_the_jobs_that_verify_may_only_read(jobs):
    assert all(jobs[name]["permissions"] == {"contents": "read"} for name in VERIFYING)


@pytest.mark.promesse("publie-apres-verification")
def test_whatever_may_write_runs_on_main_and_after_every_verification(jobs):
    writing = {name: job for name, job in jobs.items() if "write" in job["permissions"].values()}

    assert set(writing) == set(jobs) - VERIFYING
    assert all("github.ref == 'refs/heads/main'" in job["if"] for job in writing.values())
    assert all(set(job["needs"]) == VERIFYING for job in writing.values())


def test_a_pull_request_is_verified_and_a_newer_push_to_it_replaces_the_run(workflow):
    assert "pull_request" in workflow["on"]
    assert "pull_request_target" not in workflow["on"]
    assert workflow["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"


def test_a_failing_pipe_fails_its_step(workflow):
    assert workflow["defaults"]["run"]["shell"] == "bash"


def test_what_is_published_is_not_built_again(jobs):
    for name in ("publish-site", "publish-images"):
        runs = [step.get("run", "") for step in jobs[name]["steps"]]
        assert not any("build" in run for run in runs)


def steps_of(job, action):
    return [step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@")]


@pytest.mark.promesse("publie-apres-verification")
def test_the_site_is_built_only_from_proofs_of_the_commit_that_is_published(jobs):
    (building,) = [step for step in jobs["every-target"]["steps"] if "mkdocs build" in step.get("run", "")]
    commands = [line.strip() for line in building["run"].splitlines()]

    assert commands[0].startswith('.venv/bin/runbook report --commit "$GITHUB_SHA"')


def test_the_history_is_carried_from_run_to_run_of_main_and_of_main_only(jobs):
    job = jobs["every-target"]
    (restore,), (save,) = steps_of(job, "actions/cache/restore"), steps_of(job, "actions/cache/save")
    (tests,) = [step for step in job["steps"] if step.get("run", "").startswith("scripts/test")]
    order = [job["steps"].index(step) for step in (restore, tests, save)]

    assert order == sorted(order)
    assert all("github.ref == 'refs/heads/main'" in step["if"] for step in (restore, save))
    assert restore["with"]["path"] == save["with"]["path"] == f"{SETTINGS.state}/{history.FOLDER}"
    assert restore["with"]["key"] == save["with"]["key"]
    assert "github.run_id" in save["with"]["key"]
    assert save["with"]["key"].startswith(restore["with"]["restore-keys"])


def test_the_history_is_used_before_a_week_without_use_deletes_it(workflow):
    (cron,) = [entry["cron"] for entry in workflow["on"]["schedule"]]
    days = sorted(int(day) for day in cron.split()[-1].split(","))

    assert max(later - earlier for earlier, later in zip(days, [*days[1:], days[0] + 7], strict=True)) < 7


def test_the_record_the_history_and_the_report_are_kept_with_every_run(jobs):
    (kept,) = [
        step for step in steps_of(jobs["every-target"], "actions/upload-artifact") if step["with"]["name"] == "preuves"
    ]

    assert kept["if"] == "${{ !cancelled() }}"
    assert set(kept["with"]["path"].split()) == {
        f"{SETTINGS.state}/{name}" for name in (record.FILE, history.FOLDER, "junit.xml")
    }
