"""Are the files that a repository's visitors and tools look for what those tools expect?"""

import subprocess
import sys
import tomllib

import pytest
import yaml

from .conftest import ROOT

FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [ROOT / ".github/ISSUE_TEMPLATE/config.yml"]),
    ],
)
def test_github_takes_the_forms(schema, files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files]

    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (len(files) > 0, ran.returncode) == (True, 0), ran.stdout


def test_what_runs_before_a_commit_is_what_the_tests_run():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    entries = [hook["entry"] for repository in config["repos"] for hook in repository["hooks"]]
    tests = (ROOT / "scripts/test").read_text()

    assert len(entries) >= 4
    for entry in entries:
        program, *words = entry.removeprefix(".venv/bin/").split()
        assert program in tests
        assert all(word in tests for word in words if word.startswith("--check"))


def test_the_licence_is_the_one_that_the_project_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [name] = project["license-files"]

    assert project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / name).read_text()
