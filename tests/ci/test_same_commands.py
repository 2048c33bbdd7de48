"""Do CI, the README and a workstation run the same commands, with every target required?"""

import os
import re
import subprocess
import tomllib

import pytest

from .conftest import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["runbook"]


def required(command):
    return set(re.search(r"--require[ =](\S+)", command).group(1).split(","))


@pytest.fixture
def machine(tmp_path):
    """A checkout that holds `.ci/run`, and a `scripts/test` that says how it was called."""
    checkout = tmp_path / "checkout"
    for folder in (".ci", "scripts"):
        (checkout / folder).mkdir(parents=True)
    (checkout / ".ci/run").write_bytes((ROOT / ".ci/run").read_bytes())
    (checkout / "scripts/test").write_text('#!/bin/sh\necho "$PWD: scripts/test $* ($CLUSTER)"\nexit 7\n')
    for path in (".ci/run", "scripts/test"):
        (checkout / path).chmod(0o755)
    return checkout


def run_ci(machine):
    return subprocess.run(
        [machine / ".ci/run"],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def prepare(machine, body):
    up = machine.parent / "shared" / "recette" / "up"
    up.parent.mkdir(parents=True)
    up.write_text(f"#!/bin/sh\n{body}\n")
    up.chmod(0o755)


def test_ci_runs_the_tests_with_every_target_and_keeps_their_status(machine):
    ran = run_ci(machine)

    assert ran.stdout.startswith(f"{machine}: scripts/test --require ")
    assert required(ran.stdout.removesuffix(" ()\n")) == set(SETTINGS["targets"])
    assert ran.returncode == 7


def test_ci_starts_a_cluster_where_the_machine_has_the_means(machine):
    prepare(machine, "echo 'export CLUSTER=started'")

    assert run_ci(machine).stdout.endswith("(started)\n")


def test_ci_stops_if_the_cluster_does_not_start(machine):
    prepare(machine, "echo 'no engine' >&2; exit 3")

    ran = run_ci(machine)

    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "", "no engine\n")


def test_the_pipeline_requires_every_target_too(commands):
    tests = [command for command in commands if command.startswith("scripts/test")]

    assert set().union(*map(required, tests)) == set(SETTINGS["targets"])


def test_one_job_shows_that_docker_is_not_needed(jobs):
    runs = [step.get("run", "") for step in jobs["without-docker"]["steps"]]

    assert [run for run in runs if run] == [
        "sudo systemctl stop docker.socket docker.service",
        "scripts/demo --once",
        "scripts/test --require local",
    ]


def test_every_command_of_the_readme_is_run_by_the_pipeline(commands):
    readme = re.sub(r"^````.*?^````$", "", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```bash\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shown = [line for block in blocks for line in block.splitlines()]

    assert {"scripts/demo", "scripts/test"} <= set(shown)
    assert [line for line in shown if not any(command.startswith(line) for command in commands)] == []


def test_every_script_that_the_pipeline_runs_can_be_run(commands):
    scripts = {word for command in commands for word in command.split() if word.startswith("scripts/")}

    assert len(scripts) >= 3
    assert all(os.access(ROOT / script, os.X_OK) for script in scripts)
