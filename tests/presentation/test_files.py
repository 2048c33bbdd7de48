"""Do the files reach the site, and does the site say what it has and what it lacks?"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from browser.find import find_browser
from deck.slides import Pictures, read_slides
from tests.site.conftest import ROOT

from .conftest import Deck

CALL = "scripts/presentation"


@pytest.fixture
def copy(deck: Deck, tmp_path: Path) -> Path:
    """The part of a built site that the script reads and writes."""
    shutil.copytree(deck.site / "presentation", tmp_path / "site" / "presentation")
    shutil.copytree(deck.site / "assets", tmp_path / "site" / "assets")
    return tmp_path / "site"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs, alone on the search path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def _make(site: Path, search: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deck", site],
        env={**os.environ, "PATH": search, "PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _browser(folder: Path, body: str) -> None:
    program = folder / "chromium"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def _links(site: Path) -> list[str]:
    text = (site / "presentation" / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]+)" download>', text)
    assert all((site / "presentation" / name).is_file() for name in links)
    return links


def test_before_the_script_the_page_says_how_to_make_the_files(copy: Path) -> None:
    assert _links(copy) == []
    assert CALL in (copy / "presentation" / "index.html").read_text(encoding="utf-8")


def test_without_a_browser_the_pdf_is_said_to_be_missing_in_one_line(copy: Path, programs: Path) -> None:
    ran = _make(copy, str(programs))

    assert ran.returncode == 0
    assert re.fullmatch(r"PDF non fabriqué\u00a0: aucun navigateur \(.*\n", ran.stderr)
    assert _links(copy) == ["datapress-validation-dsi.pptx"]


def test_a_browser_that_fails_is_quoted_and_the_rest_is_made(copy: Path, programs: Path) -> None:
    _browser(programs, "echo 'first' >&2; echo 'no display' >&2; exit 3")

    ran = _make(copy, str(programs))

    assert ran.returncode == 0
    assert ran.stderr.startswith("PDF non fabriqué\u00a0: ")
    assert ran.stderr.endswith("no display\n")
    assert _links(copy) == ["datapress-validation-dsi.pptx"]


def test_a_browser_prints_the_deck_of_the_site_and_the_page_leads_to_both_files(copy: Path, programs: Path) -> None:
    _browser(
        programs, 'for word in "$@"; do case $word in --print-to-pdf=*) echo "$word $*" > "${word#*=}";; esac; done'
    )

    ran = _make(copy, f"{programs}:/bin:/usr/bin")
    again = _make(copy, f"{programs}:/bin:/usr/bin")

    assert (ran.returncode, ran.stderr, again.returncode) == (0, "", 0)
    assert _links(copy) == ["datapress-validation-dsi.pptx", "datapress-validation-dsi.pdf"]
    printed = (copy / "presentation" / "datapress-validation-dsi.pdf").read_text()
    assert (copy / "presentation" / "diaporama" / "index.html").as_uri() in printed


def test_a_pdf_of_before_does_not_outlive_its_browser(copy: Path, programs: Path) -> None:
    (copy / "presentation" / "datapress-validation-dsi.pdf").write_bytes(b"%PDF")

    _make(copy, str(programs))

    assert not (copy / "presentation" / "datapress-validation-dsi.pdf").exists()


def test_a_site_that_was_not_built_is_said(tmp_path: Path) -> None:
    ran = _make(tmp_path, "")

    assert ran.returncode == 1
    assert ran.stderr.startswith("scripts/presentation\u00a0: ")
    assert "construire d'abord le site" in ran.stderr


@pytest.mark.skipif(
    find_browser() is None, reason="no browser on this machine prints; the other tests hold the content"
)
def test_the_real_browser_prints_one_sheet_for_each_slide(copy: Path, deck: Deck) -> None:
    ran = _make(copy, os.environ["PATH"])

    assert ran.stderr == ""
    content = (copy / "presentation" / "datapress-validation-dsi.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == len(deck.slides)


@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine takes pictures")
def test_the_deck_shows_the_front_and_a_proof_as_a_browser_sees_them(copy: Path, deck: Deck) -> None:
    shutil.copytree(deck.site, copy, dirs_exist_ok=True)
    page = copy / "presentation" / "diaporama" / "index.html"
    assert "<img" not in page.read_text(encoding="utf-8")

    first, again = (_pictured(copy) for _ in range(2))

    assert (first.returncode, again.returncode, first.stderr) == (0, 0, again.stderr), first.stderr
    pictures = [block for slide in read_slides(page) for block in slide.blocks if isinstance(block, Pictures)]
    shown = [image for block in pictures for image in block.images]
    assert len(pictures) == 3
    assert all(path.read_bytes().startswith(b"\x89PNG") and told and tall > 40 for path, told, _, tall in shown)
    assert _make(copy, os.environ["PATH"]).stderr == ""
    presented = Presentation(str(copy / "presentation" / "datapress-validation-dsi.pptx"))
    held = [shape for one in presented.slides for shape in one.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert len(held) == len(shown) == 4


def _pictured(site: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(
        str(ROOT / part) for part in ("scripts", "services/common", "services/api", "services/front")
    )
    return subprocess.run(
        [sys.executable, "-m", "browser.captures", site],
        env={**os.environ, "PYTHONPATH": path, "LOG_LEVEL": "error"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_demonstration_adds_the_files_after_building_the_site() -> None:
    lines = [line.split(" ||")[0] for line in (ROOT / "scripts" / "demo").read_text(encoding="utf-8").splitlines()]

    assert lines.index("mkdocs build --strict --clean") < lines.index(CALL)
