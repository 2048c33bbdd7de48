"""A target is here or says what it lacks; a cluster that nobody allowed is never touched."""

import os
from pathlib import Path

import pytest

from runbook.running.asking import lack
from runbook.settings import Requirement, Target

CLUSTER = Target(title="Cluster", contexts=["recette", "kind-*"])


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubectl first on the PATH that answers with the context written in a file beside it."""
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ntest "$*" = "config current-context" && cat {tmp_path}/context\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "context"


@pytest.mark.parametrize("context", ["recette", "kind-kind", "kind-ci"])
def test_an_allowed_context_is_accepted(kubectl: Path, tmp_path: Path, context: str) -> None:
    kubectl.write_text(f"{context}\n", encoding="utf-8")
    assert lack(CLUSTER, tmp_path) is None


@pytest.mark.parametrize("context", ["production", "recette-prod", "my-kind-of-cluster"])
def test_any_other_context_is_refused_by_name(kubectl: Path, tmp_path: Path, context: str) -> None:
    kubectl.write_text(f"{context}\n", encoding="utf-8")
    reason = lack(CLUSTER, tmp_path)
    assert reason is not None
    assert f"« {context} » refusé" in reason


def test_a_context_named_on_the_command_line_is_accepted_literally(kubectl: Path, tmp_path: Path) -> None:
    kubectl.write_text("production\n", encoding="utf-8")
    assert lack(CLUSTER, tmp_path, "production") is None
    assert lack(CLUSTER, tmp_path, "*") is not None


def test_no_context_at_all_is_a_lack(kubectl: Path, tmp_path: Path) -> None:
    assert lack(CLUSTER, tmp_path) == "aucun contexte kubectl courant"


def test_the_first_requirement_that_fails_is_the_reason(tmp_path: Path) -> None:
    target = Target(
        title="T", requires=[Requirement("true", "a"), Requirement("false", "b"), Requirement("false", "c")]
    )
    assert lack(target, tmp_path) == "b"
