"""Do the blocks that change the cluster do nothing when pasted alone, or where kubectl speaks to another cluster?"""

import os
import shutil
import subprocess
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.site.conftest import ROOT, documented

GUARD = ". scripts/recette"
# A programme that does nothing but write down how it was called, and knows one context.
FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >>"$CALLS"
[ "$*" != "config current-context" ] || sed -n 's/^current-context: //p' "$KUBECONFIG"
"""
READING = (
    "*--dry-run=*",
    "*--local *",
    "api-resources*",
    "auth can-i*",
    "config current-context",
    "config get-contexts*",
    "config view*",
    "describe *",
    "diff *",
    "explain *",
    "get *",
    "logs *",
    "port-forward *",
    "rollout history *",
    "rollout status *",
    "top *",
    "version*",
    "wait *",
)
PAGES: dict[str, list[str]] = {}
for block in documented():
    if block.target == "recette" and not block.not_run:
        PAGES.setdefault(block.page, []).append(block.code)

Paste = Callable[[str, list[str]], list[str]]


@pytest.fixture
def paste(tmp_path: Path) -> Paste:
    """Pastes blocks into a new terminal where kubectl has this context; what they would change in a cluster."""
    shutil.copytree(ROOT / "k8s", tmp_path / "k8s")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/recette", tmp_path / "scripts")
    fakes = tmp_path / "fakes"
    fakes.mkdir()
    for name in ("kubectl", "kind", "docker", "curl"):
        (fakes / name).write_text(FAKE)
        (fakes / name).chmod(0o755)

    def pasted(context: str, codes: list[str]) -> list[str]:
        calls, configuration = tmp_path / "calls", tmp_path / "kubeconfig"
        calls.write_text("")
        configuration.write_text(f"current-context: {context}\n")
        subprocess.run(
            ["bash"],
            input="\n".join(codes),
            cwd=tmp_path,
            env={
                "PATH": f"{fakes}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "CALLS": str(calls),
                "KUBECONFIG": str(configuration),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return [call for call in calls.read_text().splitlines() if _changes(call)]

    return pasted


def _changes(call: str) -> bool:
    name, _, arguments = call.partition(" ")
    return call.startswith("kind load") or (
        name == "kubectl" and not any(fnmatchcase(arguments, pattern) for pattern in READING)
    )


@pytest.mark.promesse("cluster-admis")
@pytest.mark.parametrize("page", PAGES)
def test_without_the_first_block_of_their_page_the_others_change_nothing(page: str, paste: Paste) -> None:
    assert paste("kind-datapress", [code for code in PAGES[page] if GUARD not in code]) == []


@pytest.mark.promesse("cluster-admis")
@pytest.mark.parametrize("page", PAGES)
def test_where_kubectl_speaks_to_another_cluster_the_page_changes_nothing(page: str, paste: Paste) -> None:
    assert paste("production", PAGES[page]) == []


@pytest.mark.parametrize("page", PAGES)
def test_when_the_context_changes_after_the_first_block_the_page_changes_nothing(page: str, paste: Paste) -> None:
    elsewhere = "printf 'current-context: production\\n' >\"$KUBECONFIG\""
    later = [code for code in PAGES[page] if GUARD not in code]

    assert paste("kind-datapress", [GUARD, elsewhere, *later]) == []


def test_the_guard_lets_commands_through_where_they_may_act(paste: Paste) -> None:
    command = "kubectl rollout restart deploy/datapress-api -n datapress-recette"

    assert paste("kind-datapress", [GUARD, f"recette {command}"]) == [command]
    assert paste("gke_recette", [f"{GUARD} gke_recette", f"recette {command}"]) == [command]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_changes_the_cluster_starts_with_the_guard(page: str) -> None:
    touching = [code for code in PAGES[page] if GUARD in code or "kubectl" in code]

    assert GUARD in touching[0] or not any("recette k" in code for code in touching)
