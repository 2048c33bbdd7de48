"""Do CI, the README and a workstation run the same commands, with every target required?"""

import json
import os
import re
import shutil
import subprocess
import sys

import psutil
import pytest

from .conftest import ROOT

BROWSER = "navigateur"
REQUIRED = {"local", "compose", "recette", BROWSER}


def required(command):
    return set(re.search(r"--require[ =](\S+)", command).group(1).split(","))


@pytest.fixture
def machine(tmp_path):
    """A checkout that holds `.ci/run`, and a `scripts/test` that says how it was called."""
    checkout = tmp_path / "checkout"
    (checkout / ".ci").mkdir(parents=True)
    shutil.copytree(ROOT / "scripts/browser", checkout / "scripts/browser")
    (checkout / ".ci/run").write_bytes((ROOT / ".ci/run").read_bytes())
    (checkout / "scripts/test").write_text('#!/bin/sh\necho "$PWD: scripts/test $* ($CLUSTER)"\nexit 7\n')
    program(checkout / "scripts", "prepare")
    for path in (".ci/run", "scripts/test"):
        (checkout / path).chmod(0o755)
    return checkout


def program(folder, name, body=""):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)
    return folder


def run_ci(machine, *first):
    """Run it where nothing can be installed: a browser is there, unless `first` holds others programs."""
    path = [program(machine.parent / "built", "go"), *(first or [program(machine.parent / "bin", "chromium")])]
    return subprocess.run(
        [machine / ".ci/run"],
        cwd="/",
        env={"PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        check=False,
    )


def prepare(machine, body):
    up = machine.parent / "shared" / "recette" / "up"
    up.parent.mkdir(parents=True)
    up.write_text(f"#!/bin/sh\n{body}\n")
    up.chmod(0o755)
    for name in ("image", "addon"):
        program(up.parent, name)


@pytest.mark.promesse("ci-toutes-cibles")
def test_ci_runs_the_tests_with_every_target_and_keeps_their_status(machine):
    ran = run_ci(machine)

    assert ran.stdout.startswith(f"{machine}: scripts/test --require ")
    assert required(ran.stdout.removesuffix(" ()\n")) == REQUIRED
    assert ran.returncode == 7


def test_ci_starts_a_cluster_where_the_machine_has_the_means(machine):
    prepare(machine, "echo 'export CLUSTER=started'")

    assert run_ci(machine).stdout.endswith("(started)\n")


def test_ci_stops_if_the_cluster_does_not_start(machine):
    prepare(machine, "echo 'no engine' >&2; exit 3")

    ran = run_ci(machine)

    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "", "no engine\n")


def test_ci_installs_a_browser_where_there_is_none_and_goes_on_if_it_cannot(machine):
    tools = program(machine.parent / "tools", "apt-get", 'echo "apt-get $*" >&2; exit 100')
    program(tools, "python3", "exit 1")
    program(tools, "id", "echo 0")

    ran = run_ci(machine, tools)

    assert ran.stderr == "apt-get update -qq\n"
    assert (ran.returncode, "scripts/test --require " in ran.stdout) == (7, True)


@pytest.fixture
def test_run(machine, tmp_path):
    """Run the real `scripts/test` where every tool is content, and only some programs are there."""
    (machine / "scripts/test").write_bytes((ROOT / "scripts/test").read_bytes())
    for script in ("prepare", "size"):
        program(machine / "scripts", script)
    tools = machine / ".venv/bin"
    for tool in ("ruff", "mypy", "runbook", "pytest", "mkdocs"):
        program(tools, tool)
    program(tools, "python", f'exec {sys.executable} "$@"')
    own = ("bash", "dirname", "tr", "grep", "paste", "rm", "mktemp", "mkdir", "touch", "tail", "tee", "sleep", "env")
    for tool in own:
        (tools / tool).symlink_to(shutil.which(tool))

    def run(*arguments, missing=None, browser=False, **bodies):
        for tool, body in bodies.items():
            program(tools, tool, body)
        if missing is not None:
            program(
                tools,
                "runbook",
                f"mkdir -p .runbook; echo '{json.dumps({'campaigns': [{'missing': missing}]})}' > .runbook/record.json",
            )
        if browser:
            program(tools, "chromium")
        command = ["env", "--default-signal=INT", machine / "scripts/test", *arguments]
        (tmp_path / "kept").mkdir()
        return subprocess.run(
            command,
            env={"PATH": str(tools), "TMPDIR": str(tmp_path / "kept")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            start_new_session=True,
        )

    yield run
    for process in psutil.process_iter(["environ"]):  # what a failure left waits for ever
        if (process.info["environ"] or {}).get("TMPDIR") == str(tmp_path / "kept"):
            process.kill()


def test_what_was_not_executed_is_said_at_the_end_with_its_reason(test_run):
    ran = test_run(missing={"compose": "moteur Docker injoignable"})

    end = ran.stdout.split("Non exécuté ici :")[1]
    assert ran.returncode == 0, ran.stderr
    assert "les tests dans un navigateur : aucun navigateur (Chromium ou Chrome)" in end
    assert "les commandes de la cible compose : moteur Docker injoignable" in end
    assert end.endswith("Tout ce qui a été exécuté est vert.\n")


def test_a_browser_that_is_required_and_missing_fails(test_run):
    ran = test_run("--require", "local,navigateur")

    assert ran.returncode == 1
    assert "navigateur exigé, et absent" in ran.stdout


def test_with_everything_there_nothing_is_left_out(test_run):
    ran = test_run("--require=navigateur", missing={}, browser=True)

    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "Tout est vert.")
    assert "Non exécuté" not in ran.stdout


def test_tests_and_pages_run_side_by_side_and_each_output_is_whole(test_run):
    """Neither ends before the other has begun."""
    ran = test_run(
        pytest="echo begun; >tests-are-here; until [ -e pages-are-here ]; do sleep 0.05; done; echo ended >&2",
        runbook="echo begun; >pages-are-here; until [ -e tests-are-here ]; do sleep 0.05; done; echo ended",
    )

    outputs = dict(re.findall(r"^== (.*)\n((?:.+\n)*)", ran.stdout, re.MULTILINE))
    assert [name for name, output in outputs.items() if output == "begun\nended\n"] == [
        "contrôle et pages (runbook)",
        "tests dans un navigateur (pytest)",
        "tests du moteur (pytest)",
        "autres tests (pytest)",
        "parcours (pytest)",
    ]


def test_every_test_is_in_one_of_the_parts(test_run):
    parts = re.findall(r"^-rs (.*)", test_run(pytest='echo "$@"').stdout, re.MULTILINE)
    (others,) = [part for part in parts if "--ignore" in part]

    assert sorted(others.removeprefix("tests --ignore ").split(" --ignore ")) == sorted(
        " ".join(part for part in parts if part != others).split()
    )


def test_every_step_runs_after_a_failure_and_each_failure_is_named(test_run):
    ran = test_run(ruff="exit 1", pytest='[ "$3" != --ignore ] || { echo refused; exit 1; }')
    steps, end = ran.stdout.split("\n== autres tests (pytest) : la fin\n")

    assert (ran.returncode, steps.count("\n== ")) == (1, 9)
    assert end == "refused\n\nÉchec : style (ruff) ; autres tests (pytest) ;\n"


def test_ctrl_c_stops_what_runs_beside_and_leaves_nothing(test_run, machine, tmp_path):
    """It comes to the group of the terminal, where the tests are not."""
    ran = test_run(
        pytest='trap "echo $3 >>stopped; exit 2" INT; >"tests-are-here$3"; while :; do sleep 0.05; done',
        runbook="until [ -e tests-are-here ]; do sleep 0.05; done; kill -INT 0; sleep 60",
        mkdocs=">built",
    )

    assert (ran.returncode, "mkdocs" in ran.stdout) == (130, False)
    assert (machine / "stopped").read_text().splitlines() == [""]  # the others had not begun
    assert not (machine / "built").exists()
    assert list((tmp_path / "kept").iterdir()) == []


def test_the_pipeline_requires_every_target_too(commands):
    tests = [command for command in commands if command.startswith("scripts/test")]

    assert set().union(*map(required, tests)) == REQUIRED
    assert all(BROWSER in required(command) for command in tests)


@pytest.mark.promesse("sans-docker")
def test_one_job_shows_that_docker_is_not_needed(jobs):
    runs = [step.get("run", "") for step in jobs["without-docker"]["steps"]]

    assert [run for run in runs if run] == [
        "sudo systemctl stop docker.socket docker.service",
        "scripts/demo --once",
        "scripts/test --require local,navigateur",
    ]


def test_every_command_of_the_readme_is_run_by_the_pipeline(commands):
    readme = re.sub(
        r"^````.*?^````$", "", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    blocks = re.findall(r"^```bash\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shown = [line for block in blocks for line in block.splitlines()]

    assert {"scripts/demo", "scripts/test"} <= set(shown)
    assert [line for line in shown if not any(command.startswith(line) for command in commands)] == []


def test_every_script_that_the_pipeline_runs_can_be_run(commands):
    scripts = {word for command in commands for word in command.split() if word.startswith("scripts/")}

    assert len(scripts) >= 3
    assert all(os.access(ROOT / script, os.X_OK) for script in scripts)
