"""Is a slow tool asked of each text once, and never believed for another text or version?"""

from pathlib import Path

import pytest

from runbook.checking.blocks import shellcheck
from runbook.checking.blocks.remembered import Remembered
from runbook.reading.content import Block


def _kept(path: Path, version: str = "1") -> Remembered:
    memory = Remembered(path, version)
    memory.learn("echo $a", [[1, 2086, "quote"]])
    memory.write()
    return memory


def test_what_was_said_of_a_text_is_remembered(tmp_path: Path) -> None:
    _kept(tmp_path / "cache" / "tool.json")

    assert Remembered(tmp_path / "cache" / "tool.json", "1").recall("echo $a") == [[1, 2086, "quote"]]


@pytest.mark.parametrize(("text", "version"), [("echo $b", "1"), ("echo $a", "2")])
def test_another_text_or_another_version_of_the_tool_is_asked_again(tmp_path: Path, text: str, version: str) -> None:
    _kept(tmp_path / "tool.json")

    assert Remembered(tmp_path / "tool.json", version).recall(text) is None


@pytest.mark.parametrize("damage", ["", "{", "[1"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, damage: str) -> None:
    (tmp_path / "tool.json").write_text(damage, encoding="utf-8")

    assert Remembered(tmp_path / "tool.json", "1").recall("echo $a") is None


def test_what_is_no_longer_asked_for_is_forgotten(tmp_path: Path) -> None:
    _kept(tmp_path / "tool.json")
    later = Remembered(tmp_path / "tool.json", "1")
    later.learn("echo $b", [])
    later.write()

    assert Remembered(tmp_path / "tool.json", "1").recall("echo $a") is None


def test_shellcheck_sees_a_text_once_and_says_the_same_of_it_again(tmp_path: Path) -> None:
    blocks = [Block("docs/a.md", line, None, "cp $a $b", "here") for line in (3, 9)]
    with shellcheck.started(blocks, tmp_path / "shellcheck.json") as first:
        said = list(first.findings())
    with shellcheck.started(blocks, tmp_path / "shellcheck.json") as second:
        again = list(second.findings())

    assert [(finding.line, "SC2086" in finding.cause) for finding in said] == [
        (4, True),
        (4, True),
        (10, True),
        (10, True),
    ]
    assert again == said
    assert (first.process is not None, second.process) == (True, None)
