"""The second door: pytest sees each step as a test named by its place in the page."""

import os
import subprocess
from importlib.metadata import entry_points
from pathlib import Path

from tests.engine.preloaded import called

PLUGIN = "runbook.pytest_plugin"


def run_pytest(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With this plugin alone: the others take two thirds of the time."""
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return called("pytest", ["-p", PLUGIN, "-rA", "--rootdir", str(root), *arguments], env, root)


def test_pytest_finds_the_plugin_by_itself() -> None:
    assert [one.value for one in entry_points(group="pytest11") if one.name == "runbook"] == [PLUGIN]


def test_each_step_is_an_item_named_by_its_place(sample: Path) -> None:
    ran = run_pytest(sample, "docs")
    assert ran.returncode == 0, ran.stdout
    assert "PASSED docs/index.md::docs/index.md:14" in ran.stdout
    assert "6 passed, 1 skipped" in ran.stdout


def test_one_step_alone_still_gets_the_state_of_those_before_it(sample: Path) -> None:
    ran = run_pytest(sample, "docs", "-k", "index.md:14")
    assert "1 passed" in ran.stdout, ran.stdout


def test_a_step_that_lies_fails_with_place_and_command(sample: Path) -> None:
    page = sample / "docs" / "setup.md"
    page.write_text(page.read_text(encoding="utf-8").replace("web    …", "api    …"), encoding="utf-8")
    ran = run_pytest(sample, "docs/setup.md")
    assert ran.returncode == 1
    assert "docs/setup.md:12 : échoué" in ran.stdout
