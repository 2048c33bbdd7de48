"""Does the pipeline hold what it promises: pinned actions, least privilege, nothing published unverified?"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runbook.reporting.kept import HISTORY
from runbook.reporting.record import FILE
from runbook.settings import load

from .conftest import ROOT, WORKFLOW

SETTINGS = load(ROOT)
VERIFYING = {"without-docker", "every-target", "workflows"}
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


def test_the_jobs_that_run_the_repository_may_only_read(jobs):
    running = {name: job for name, job in jobs.items() if steps_of(job, "actions/checkout")}

    assert set(running) > VERIFYING
    assert all(set(job["permissions"].values()) == {"read"} for job in running.values())


@pytest.mark.promesse("publie-apres-verification")
def test_whatever_may_write_runs_nothing_of_the_repository_and_only_what_main_has_verified(jobs):
    writing = {name: job for name, job in jobs.items() if "write" in job["permissions"].values()}

    assert set(writing) == {"publish-site", "publish-images"}
    for name in (*writing, "build-site"):
        assert "github.ref == 'refs/heads/main'" in jobs[name]["if"]
    for job in writing.values():
        assert not steps_of(job, "actions/checkout")
        assert not any(word in step.get("run", "") for step in job["steps"] for word in ("scripts/", ".venv/"))
    assert set(jobs["publish-images"]["needs"]) == set(jobs["build-site"]["needs"]) == VERIFYING
    assert jobs["publish-site"]["needs"] == ["build-site"]


def test_an_attempt_finds_the_files_of_the_attempt_that_made_them(jobs):
    """A job that is not run again keeps its outputs: the name comes with them, and no two attempts share one."""
    uploads = [
        step["with"]["name"]
        for job in jobs.values()
        for action in ("actions/upload-artifact", "actions/upload-pages-artifact")
        for step in steps_of(job, action)
    ]
    taken = [
        step["with"].get("name") or step["with"]["artifact_name"]
        for job in jobs.values()
        for action in ("actions/download-artifact", "actions/deploy-pages")
        for step in steps_of(job, action)
    ]

    assert len(uploads) == len(taken) == 3
    assert all("${{ github.run_attempt }}" in name for name in uploads)
    for name in taken:
        job, output = re.fullmatch(r"\$\{\{ needs\.([\w-]+)\.outputs\.(\w+) \}\}", name).groups()
        given = jobs[job]["outputs"][output]
        prefix = re.search(r"[a-z]+", given.removeprefix("${{").partition("format(")[2] or given).group()
        assert "github.run_attempt" in given
        assert any(upload.startswith(prefix) for upload in uploads)


def test_the_pages_run_on_the_oldest_and_on_the_newest_kubernetes(jobs):
    job = jobs["every-target"]

    assert set(job["strategy"]["matrix"]["kubernetes"]) == {"oldest", "newest"}
    assert job["strategy"]["fail-fast"] is False
    assert any("scripts/versions" in step.get("run", "") and "--image" in step["run"] for step in job["steps"])


def test_a_pull_request_is_verified_and_a_newer_push_to_it_replaces_the_run(workflow):
    assert "pull_request" in workflow["on"]
    assert "pull_request_target" not in workflow["on"]
    assert workflow["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"


def test_a_failing_pipe_fails_its_step(workflow):
    assert workflow["defaults"]["run"]["shell"] == "bash"


def steps_of(job, action):
    return [step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@")]


@pytest.mark.promesse("publie-apres-verification")
def test_the_site_is_built_only_from_proofs_of_the_commit_that_is_published(jobs):
    (building,) = [step for step in jobs["build-site"]["steps"] if "mkdocs build" in step.get("run", "")]
    report, build = (building["run"].index(word) for word in ('runbook report --commit "$GITHUB_SHA"', "mkdocs build"))

    assert report < build


def test_the_history_is_carried_from_run_to_run_of_main_and_of_main_only(jobs):
    job = jobs["every-target"]
    (restore,), (save,) = steps_of(job, "actions/cache/restore"), steps_of(job, "actions/cache/save")
    (tests,) = [step for step in job["steps"] if step.get("run", "").startswith("scripts/test")]
    order = [job["steps"].index(step) for step in (restore, tests, save)]

    assert order == sorted(order)
    assert all("github.ref == 'refs/heads/main'" in step["if"] for step in (restore, save))
    assert all("matrix.kubernetes == 'newest'" in step["if"] for step in (restore, save))
    assert restore["with"]["path"] == save["with"]["path"] == f"{SETTINGS.state}/{HISTORY}"
    assert restore["with"]["key"] == save["with"]["key"]
    assert "github.run_id" in save["with"]["key"]
    assert save["with"]["key"].startswith(restore["with"]["restore-keys"])


def test_the_history_is_used_before_a_week_without_use_deletes_it(workflow):
    (cron,) = [entry["cron"] for entry in workflow["on"]["schedule"]]
    days = sorted(int(day) for day in cron.split()[-1].split(","))

    assert max(later - earlier for earlier, later in zip(days, [*days[1:], days[0] + 7], strict=True)) < 7


def test_the_record_the_history_and_the_report_are_kept_with_every_run(jobs):
    (kept,) = [
        step
        for step in steps_of(jobs["every-target"], "actions/upload-artifact")
        if step["with"]["name"].startswith("preuves-")
    ]

    assert kept["if"] == "${{ !cancelled() }}"
    assert set(kept["with"]["path"].split()) == {f"{SETTINGS.state}/{name}" for name in (FILE, HISTORY, "junit.xml")}
