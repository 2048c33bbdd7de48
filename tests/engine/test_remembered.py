"""Are pages read again when, and only when, something that they are made of has changed?"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.runs import command_line

READ = "read.txt"  # one letter each time MkDocs reads the site
MACROS = f"""
from pathlib import Path

from runbook.errors import SettingsError
from runbook.reporting.record import load


def define_env(env):
    root = Path(env.project_dir)
    with (root / ".runbook" / "{READ}").open("a") as file:
        file.write("r")

    @env.macro
    def proof():
        try:
            return f"{{len(load(root / '.runbook' / 'record.json').campaigns)}} run"
        except SettingsError:
            return "no run"
"""
PAGE = """---
execution: {cible: here}
date: 2026-11-24
---
{{ proof() }}

```bash
echo bread
```

```text title="Résultat attendu"
bread
```
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one command, whose macros say each time that they are asked."""
    (tmp_path / "docs").mkdir()
    (tmp_path / ".runbook").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Small\nplugins: [macros]\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n",
        encoding="utf-8",
    )
    (tmp_path / "main.py").write_text(MACROS, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.runbook.targets.here]\ntitle = "Here"\n', encoding="utf-8")
    (tmp_path / "docs" / "index.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / ".gitignore").write_text(".runbook/\n__pycache__/\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def readings(site: Path) -> int:
    return len((site / ".runbook" / READ).read_text(encoding="utf-8"))


def listed(site: Path, **environment: str) -> list[dict[str, object]]:
    ran = command_line(site, "list", "--json", **environment)
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, object]] = json.loads(ran.stdout)
    return found


def _write(site: Path) -> None:
    page = site / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8").replace("echo", "printf"), encoding="utf-8")


def _add(site: Path) -> None:
    (site / "docs" / "other.md").write_text("Nothing.\n", encoding="utf-8")


def _program(site: Path) -> None:
    macros = site / "main.py"
    macros.write_text(f"{macros.read_text(encoding='utf-8')}\n# other\n", encoding="utf-8")


def _damage(site: Path) -> None:
    memory = site / ".runbook" / "cache" / "reading.msgpack"
    memory.write_bytes(memory.read_bytes()[:-5])


def test_every_verb_has_the_pages_that_one_has_read(site: Path) -> None:
    first, second = listed(site), listed(site)
    for verb in ("plan", "check", "run"):
        assert command_line(site, verb).returncode == 0, verb

    assert (first == second, readings(site)) == (True, 1)


@pytest.mark.parametrize("change", [_write, _add, _program, _damage])
def test_any_change_is_read(site: Path, change: Callable[[Path], None]) -> None:
    listed(site)
    change(site)
    after = listed(site)

    assert readings(site) == 2
    assert "printf" in str(after[0]["code"]) or change is not _write


def test_another_environment_is_read(site: Path) -> None:
    listed(site)
    listed(site, NAME="other")

    assert readings(site) == 2


def test_a_check_of_everything_reads_everything(site: Path) -> None:
    listed(site)
    assert command_line(site, "check", "--no-cache").returncode == 0

    assert readings(site) == 2


@pytest.mark.parametrize("matter", ["date: 2026-11-24", "a: !!set {b}", "a: [!!binary aGk=, 1.5, null]"])
def test_front_matter_may_hold_any_value(site: Path, matter: str) -> None:
    page = site / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8").replace("date: 2026-11-24", matter), encoding="utf-8")

    assert listed(site) == listed(site)
    assert readings(site) == 1


def test_the_text_before_a_command_does_not_depend_on_what_ran_before(site: Path) -> None:
    first = command_line(site, "list", "--json").stdout
    assert command_line(site, "run").returncode == 0
    (site / ".runbook" / "cache" / "reading.msgpack").unlink()

    assert command_line(site, "list", "--json").stdout == first
    assert "no run" in first


def test_a_state_that_cannot_be_written_is_read_each_time(site: Path) -> None:
    (site / ".runbook" / "cache").write_text("in the way", encoding="utf-8")

    assert listed(site) == listed(site)
    assert readings(site) == 2


def test_a_change_to_what_git_keeps_is_read(site: Path) -> None:
    subprocess.run(["git", "-C", str(site), "add", "--all"], check=True)
    listed(site)
    _write(site)
    assert "printf" in str(listed(site)[0]["code"])
    (site / "main.py").chmod(0o755)
    listed(site)

    assert readings(site) == 3
