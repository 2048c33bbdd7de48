"""Is a verdict remembered for the very same repository, and for no other?"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.runs import command_line

AGAIN = "inchangées depuis le contrôle du"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A repository of two commands in which nothing is wrong."""
    root = tmp_path / "site"
    (root / "docs").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(
        "site_name: Small\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n", encoding="utf-8"
    )
    (root / "pyproject.toml").write_text('[tool.runbook.targets.here]\ntitle = "Here"\n', encoding="utf-8")
    (root / "bread.txt").write_text("rye\n", encoding="utf-8")
    (root / "docs" / "index.md").write_text(
        "---\nexecution: {cible: here}\n---\n```bash\ncat bread.txt\n```\n\n```bash\nwc -l bread.txt\n```\n",
        encoding="utf-8",
    )
    (root / ".gitignore").write_text(".runbook/\n", encoding="utf-8")
    (root / "docs" / ".gitignore").write_text("ignored.md\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


def check(root: Path, *options: str, **environment: str) -> tuple[int, str, str]:
    ran = command_line(root, "check", *options, **environment)
    return ran.returncode, ran.stdout, ran.stderr


def test_nothing_is_checked_twice_and_that_is_said(site: Path) -> None:
    first, second = check(site), check(site)

    assert (first[0], AGAIN in first[2]) == (0, False)
    assert (second[0], AGAIN in second[2], "2 commandes" in second[2]) == (0, True, True)


def test_a_run_that_checks_first_is_a_check_too(site: Path) -> None:
    assert command_line(site, "run", "--check").returncode == 0

    assert AGAIN in check(site)[2]


def test_all_is_checked_again_on_demand(site: Path) -> None:
    check(site)

    assert AGAIN not in check(site, "--no-cache")[2]


def test_every_form_of_report_says_the_same_of_what_is_remembered(site: Path, tmp_path: Path) -> None:
    first = check(site, "--junit", str(tmp_path / "first.xml"), "--json")
    second = check(site, "--junit", str(tmp_path / "second.xml"), "--json")

    assert first == second
    assert (tmp_path / "first.xml").read_text(encoding="utf-8") == (tmp_path / "second.xml").read_text(encoding="utf-8")


def _lie(root: Path) -> None:
    page = root / "docs" / "index.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n```bash\ncat no-such-file\n```\n", encoding="utf-8")


def _remove(root: Path) -> None:
    (root / "bread.txt").unlink()


def _add(root: Path) -> None:
    (root / "new").touch()


def _permit(root: Path) -> None:
    (root / "pyproject.toml").chmod(0o755)


def _add_ignored_page(root: Path) -> None:
    page = root / "docs" / "ignored.md"
    page.write_text("A page that git ignores is published all the same.\n", encoding="utf-8")


def _damage(root: Path) -> None:
    (root / ".runbook" / "cache" / "silence.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize("change", [_lie, _remove, _add, _add_ignored_page, _permit, _damage])
def test_any_change_is_checked(site: Path, change: Callable[[Path], None]) -> None:
    check(site)
    change(site)

    assert AGAIN not in check(site)[2]


def test_what_a_run_leaves_is_no_change(site: Path) -> None:
    check(site)
    (site / ".runbook" / "record.json").write_text("{}", encoding="utf-8")

    assert AGAIN in check(site)[2]


def test_a_folder_that_the_repository_around_it_ignores_has_files_all_the_same(site: Path) -> None:
    (site / ".gitignore").write_text("inner/\n", encoding="utf-8")
    inner = site / "inner"
    (inner / "docs").mkdir(parents=True)
    for name in ("mkdocs.yml", "pyproject.toml", "bread.txt", "docs/index.md"):
        (inner / name).write_bytes((site / name).read_bytes())
    first = check(inner)
    _lie(inner)
    second = check(inner)

    assert (first[0], second[0], "no-such-file" in second[1]) == (0, 1, True)


def test_another_environment_is_checked(site: Path) -> None:
    check(site)

    assert AGAIN not in check(site, NAME="other")[2]


def test_a_verdict_with_findings_is_never_kept(site: Path) -> None:
    check(site)
    _lie(site)
    first, second = check(site), check(site)

    assert first == second
    assert (first[0], "no-such-file" in first[1]) == (1, True)


def test_the_verdict_before_a_fault_comes_back_with_its_cure(site: Path) -> None:
    page = site / "docs" / "index.md"
    honest = page.read_text(encoding="utf-8")
    check(site)
    _lie(site)
    check(site)
    page.write_text(honest, encoding="utf-8")

    assert AGAIN in check(site)[2]
