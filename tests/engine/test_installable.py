"""The engine installed alone, beside anybody's site: all that it is made of, and all that it needs."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import yaml

from tests.engine.runs import command_line

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENGINE = ROOT / "scripts" / "runbook"
BESIDE = {"pytest"}  # whoever has it: the engine is then a plugin of it


def imported() -> set[str]:
    """The distributions that the engine's modules import."""
    known, names = packages_distributions(), set()
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.partition(".")[0])
    names -= sys.stdlib_module_names | {"runbook"}
    return {known[name][0].lower().replace("_", "-") for name in names} - BESIDE


def test_everything_imported_is_declared() -> None:
    declared = {re.match(r"[\w-]+", written)[0].lower() for written in PROJECT["dependencies"]}  # type: ignore[index]
    brought = {"jinja2"}  # by MkDocs, which it is a part of
    assert imported() - declared - brought == set()


def test_the_wheel_holds_every_file_of_the_engine_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", "pyproject.toml", "LICENSE", "scripts/runbook"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"  # as pip has it built
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=source, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == {
        name.removeprefix("scripts/") for name in tracked if name.startswith("scripts/") and (ROOT / name).exists()
    }


def test_it_says_its_version() -> None:
    ran = command_line(ROOT, "--version")
    assert ran.stdout == f"runbook {PROJECT['version']}\n"


def test_the_hook_for_other_repositories_calls_a_verb() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, verb = hook["entry"].split()
    assert program in PROJECT["scripts"]
    assert f"Usage: {program} {verb}" in command_line(ROOT, verb, "--help").stdout.replace("python -m runbook", program)
