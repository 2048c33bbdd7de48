"""Are the pictures of the site and of the front taken as they are named, and is it said when they cannot be?"""

import os
import struct
import subprocess
import sys
from pathlib import Path

from browser.find import MISSING
from tests.site.conftest import ROOT

SERVICES = ("scripts", "services/common", "services/api", "services/front")


def pictures(site: Path, folder: Path, *names: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "browser.screenshots", site, folder, *names],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / path) for path in SERVICES), **env},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def size(png: Path) -> tuple[int, int]:
    content = png.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_each_picture_has_the_width_and_the_scheme_of_its_name_and_the_whole_height(
    program: str, site: Path, tmp_path: Path
) -> None:
    ran = pictures(site, tmp_path / "taken", "accueil", "front")

    assert (ran.returncode, ran.stderr) == (0, "")
    taken = sorted((tmp_path / "taken").iterdir())
    assert [Path(line) for line in sorted(ran.stdout.splitlines())] == taken
    assert [path.name for path in taken] == sorted(
        f"{name}-{width}-{scheme}.png"
        for name in ("accueil", "front")
        for width in (375, 1440)
        for scheme in ("light", "dark")
    )
    assert [size(path)[0] for path in taken] == [int(path.stem.split("-")[1]) for path in taken]
    assert all(size(path)[1] >= {375: 812, 1440: 900}[size(path)[0]] for path in taken)
    assert len({path.read_bytes() for path in taken}) == len(taken)


def test_without_a_browser_it_is_said_which_one_to_install(site: Path, tmp_path: Path) -> None:
    ran = pictures(site, tmp_path / "taken", PATH=str(tmp_path))

    assert (ran.returncode, ran.stdout) == (1, "")
    assert MISSING in ran.stderr
    assert not (tmp_path / "taken").exists()


def test_a_name_of_no_picture_is_answered_with_those_that_there_are(site: Path, tmp_path: Path) -> None:
    ran = pictures(site, tmp_path / "taken", "acceuil")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "acceuil" in ran.stderr
    assert "accueil, runbook" in ran.stderr


def test_the_usage_names_every_picture() -> None:
    from browser.screenshots import FRONTS, PAGES

    (usage,) = (
        line for line in (ROOT / "scripts/screenshots").read_text(encoding="utf-8").splitlines() if "usage:" in line
    )

    assert usage.split("[NAME…]")[1].split(";")[0].split() == [f"{name}," for name in (*PAGES, *FRONTS)[:-1]] + [
        FRONTS[-1]
    ]
