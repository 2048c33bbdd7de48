"""Do the imports of scripts/ go one way, as the contracts of pyproject.toml say, and without a circle?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .conftest import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo", root / "pyproject.toml"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_are_kept() -> None:
    ran = lint(ROOT)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_arrow_against_the_stream_and_a_circle_are_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module, imported in (("runbook/matching/wildcard", "runbook.plan"), ("macros/dates", "macros.home_status")):
        path = tmp_path / f"scripts/{module}.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}\nimport {imported}\n", encoding="utf-8")

    found = lint(tmp_path)

    assert found.returncode == 1
    assert "runbook.matching is not allowed to import runbook.plan" in found.stdout
    assert "No cycles are allowed in macros" in found.stdout
