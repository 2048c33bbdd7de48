"""One change to a locked requirements file is found; one that locks as much otherwise is not."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.dockerfiles.requirements import check_requirements

HASH = "a" * 64
LOCK = f"""# made by a tool
flask==3.1.3 \\
    --hash=sha256:{HASH} \\
    --hash=sha256:{HASH}
msgspec==0.22.0 ; python_version >= "3.11" --hash=sha256:{HASH}
""" + "".join(
    f"{name}==1.0 --hash=sha256:{HASH}\n"
    for name in ("blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug")
)
PROJECT = """[dependency-groups]
desk = ["flask~=3.1", { include-group = "fast" }]
fast = ["msgspec>=0.20,<1"]
"""
INSTALL = "COPY requirements/desk.txt /tmp/desk.txt\\nRUN pip install --require-hashes -r /tmp/desk.txt\\n".replace(
    "\\n", "\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose desk installs a locked file."""
    post.write(tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/desk.txt").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    post.change(tmp_path, "desk.Dockerfile", "COPY src/serve.py ./\n", f"COPY src/serve.py ./\n{INSTALL}")
    return tmp_path


def causes(root: Path) -> list[tuple[str, int, str]]:
    return [(finding.path, finding.line, finding.cause) for finding in check_requirements(post.model(root))]


def test_a_locked_file_is_silent(root: Path) -> None:
    assert causes(root) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "cause"),
    [
        ("flask==3.1.3", "flask>=3.1", 2, "« flask>=3.1 » sans version exacte"),
        (f" --hash=sha256:{HASH}\n", "\n", 5, "« msgspec » sans empreinte"),
        (f"sha256:{HASH} \\", "sha256:abc \\", 2, "empreinte de « flask » illisible"),
        ("flask==3.1.3", "flask==2.3.3", 2, "« flask » en 2.3.3, et pyproject.toml (groupe desk) demande ~=3.1"),
        ("flask==3.1.3", "flaks==3.1.3", 1, "« flask », que pyproject.toml demande pour le groupe desk, manque"),
        (
            "# made by a tool",
            "--index-url https://example.org/simple",
            1,
            "« --index-url https://example.org/simple » sans version exacte",
        ),
    ],
)
def test_a_change_to_a_locked_file_is_found_at_its_line(root: Path, old: str, new: str, line: int, cause: str) -> None:
    post.change(root, "requirements/desk.txt", old, new)
    assert ("requirements/desk.txt", line, cause) in [
        (path, number, text.split(" :")[0]) for path, number, text in causes(root)
    ]


def test_two_files_lock_one_version(root: Path) -> None:
    (root / "requirements/all.txt").write_text(LOCK.replace("flask==3.1.3", "flask==3.1.2"))
    assert causes(root) == [("requirements/desk.txt", 2, "« flask » en 3.1.3 ici, en 3.1.2 dans requirements/all.txt")]


def test_what_a_group_asks_for_is_in_its_file(root: Path) -> None:
    post.change(root, "pyproject.toml", '"flask~=3.1"', '"flask~=3.1", "requests~=2.34"')
    assert causes(root) == [
        ("requirements/desk.txt", 1, "« requests », que pyproject.toml demande pour le groupe desk, manque")
    ]


def test_what_an_application_imports_is_installed_in_its_image(root: Path) -> None:
    post.change(root, "src/postal_desk/__init__.py", "import msgspec\n", "import msgspec\nimport requests\n")
    assert causes(root) == [
        (
            "src/postal_desk/__init__.py",
            3,
            "module « requests » importé, et l'image « post-desk:1.2 » ne l'installe pas",
        )
    ]


def test_a_module_may_have_another_name_than_its_distribution(root: Path) -> None:
    post.change(root, "src/postal_desk/__init__.py", "import msgspec\n", "import msgspec\nimport yaml\n")
    (root / "requirements/desk.txt").write_text(f"{LOCK}pyyaml==6.0.3 --hash=sha256:{HASH}\n")
    assert causes(root) == []


@pytest.mark.parametrize("needed", ["werkzeug", "markupsafe"])
def test_what_a_distribution_needs_is_locked_with_it(root: Path, needed: str) -> None:
    post.change(root, "requirements/desk.txt", f"{needed}==1.0 --hash=sha256:{HASH}\n", "")
    assert (
        "requirements/desk.txt",
        2,
        f"« {needed} », dont « flask » a besoin, manque : pip refuserait le fichier",
    ) in causes(root)
