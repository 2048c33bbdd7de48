"""Is what is installed, built and published exactly what was verified, with no right that is not used?"""

import re
import tomllib

import pytest
import yaml

from .conftest import ROOT

LOCKS = [*sorted((ROOT / "requirements").glob("*.txt")), *sorted((ROOT / "services").glob("*/requirements.txt"))]
DOCKERFILES = sorted((ROOT / "services").glob("*/Dockerfile"))


def packages(lock):
    """Name → version of what a lock installs."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE))


@pytest.mark.promesse("dependances-figees")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_dependency_has_one_version_and_its_fingerprints(lock):
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())

    assert len(entries) >= 5
    assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.promesse("dependances-figees")
def test_no_lock_says_where_a_machine_finds_its_packages():
    assert [
        lock.name for lock in LOCKS if re.search(r"https?://|--(?:extra-)?index|--find-links", lock.read_text())
    ] == []


@pytest.mark.promesse("dependances-figees")
def test_an_image_has_the_versions_that_the_tests_ran_with():
    tested = packages(ROOT / "requirements/test.txt")

    for lock in LOCKS:
        if lock.parent.parent == ROOT / "services":
            assert packages(lock).items() <= tested.items()


@pytest.mark.promesse("dependances-figees")
@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_image_installs_what_is_locked_and_compiles_nothing(dockerfile):
    commands = re.split(r"&&|\n", dockerfile.read_text().replace("\\\n", " "))
    installs = [command for command in commands if re.search(r"\bpip\b.* install ", command)]

    assert installs
    for command in installs:
        assert "--require-hashes" in command
        assert "--only-binary=:all:" in command


@pytest.mark.promesse("dependances-figees")
def test_every_group_that_is_installed_is_declared_in_one_place():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    locked = re.findall(r"^lock (\w+) (\S+)", (ROOT / "scripts/lock").read_text(), re.MULTILINE)

    assert {ROOT / path for _, path in locked} == set(LOCKS)
    assert {name for name, _ in locked} <= set(groups)


@pytest.mark.promesse("livraison-gardee")
def test_one_job_alone_reaches_the_recette_guarded_by_its_environment_and_after_everything_else(workflow, jobs):
    secret = {name for name, job in jobs.items() if "secrets." in str(job)}
    job = jobs["deploy"]

    assert secret == {"deploy"}
    assert "kubeconfig" not in str({name: one for name, one in jobs.items() if name != "deploy"}).lower()
    assert job["environment"] == "recette"
    assert job["concurrency"] == {"group": "recette", "cancel-in-progress": False}
    assert "write" not in job["permissions"].values()
    assert "refs/heads/main" in job["if"]
    assert {name for name, one in jobs.items() if "needs" not in one} <= awaited(jobs, "deploy")
    assert "pull_request_target" not in workflow["on"]


@pytest.mark.promesse("dependances-figees")
def test_what_is_published_names_its_bases_by_tag_and_digest_where_they_are_renewed():
    named = re.findall(r"^FROM (\S+) AS (\w+)$", (ROOT / "services/bases.Dockerfile").read_text(), re.MULTILINE)
    watched = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]

    assert {role for _, role in named} == {"slim", "base"}
    assert [image for image, _ in named if not re.fullmatch(r"\S+:[\w.-]+@sha256:[0-9a-f]{64}", image)] == []
    assert [one["directories"] for one in watched if one["package-ecosystem"] == "docker"] == [["/services"]]
    for dockerfile in DOCKERFILES:
        by_default = dict(re.findall(r"^ARG (SLIM|BASE)=(\S+)$", dockerfile.read_text(), re.MULTILINE))
        assert by_default == {role.upper(): image.partition("@")[0] for image, role in named}


@pytest.mark.promesse("publie-apres-verification")
def test_whatever_is_published_waits_for_every_verification(jobs):
    verifying = {name for name, job in jobs.items() if "needs" not in job}
    publishing = {name for name, job in jobs.items() if "write" in job["permissions"].values()}

    assert len(verifying) >= 2
    assert len(publishing) >= 2
    for name in publishing:
        assert verifying <= awaited(jobs, name)
        assert "refs/heads/main" in jobs[name]["if"]


def awaited(jobs, name):
    """The jobs that end before this one begins."""
    needs = jobs[name].get("needs", [])
    direct = {needs} if isinstance(needs, str) else set(needs)
    return direct | {other for one in direct for other in awaited(jobs, one)}


@pytest.mark.promesse("dependances-figees")
def test_every_action_is_named_by_its_commit(jobs):
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]

    assert len(used) >= 5
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []


@pytest.mark.promesse("dependances-figees")
def test_what_is_pinned_is_renewed_by_itself():
    watched = (ROOT / ".github/dependabot.yml").read_text()

    assert "package-ecosystem: github-actions" in watched


@pytest.mark.promesse("ci-toutes-cibles")
def test_the_pipeline_runs_when_something_changes_and_when_nothing_does(workflow):
    assert {"push", "pull_request", "schedule"} <= set(workflow["on"])


@pytest.mark.promesse("ci-toutes-cibles")
def test_no_job_can_run_for_ever(jobs):
    assert [name for name, job in jobs.items() if not 0 < job["timeout-minutes"] <= 60] == []


@pytest.mark.promesse("dependances-figees")
def test_a_program_that_is_built_from_go_has_one_version_wherever_it_is_named():
    files = [ROOT / ".ci/run", *(ROOT / ".github/workflows").glob("*.yml"), *(ROOT / "docs").rglob("*.md")]
    told = {found for path in files for found in re.findall(r"go (?:install|run) (\S+)@(v[\d.]+)", path.read_text())}

    assert {name.rsplit("/", 1)[1] for name, _ in told} >= {"syft", "cosign", "actionlint"}
    assert len(told) == len({name for name, _ in told})
