"""The repository's own scripts, and the commands that the prose quotes, are held to what exists as the pages' blocks are."""

from pathlib import Path

import pytest
from tests.engine.check import post

SORT = """#!/usr/bin/env bash
# usage: scripts/sort [--fast] north|south
set -euo pipefail
cd "$(dirname "$0")/.."
manifest=k8s/config.yaml
step() {
    printf '%s\\n' "$1"
    "${@:2}" || exit 1
}
docker compose config --images | sort
step "state" kubectl get pods -n post
if [ ! -f "$manifest" ]; then
    exit 1
fi
scripts/carry north
some-private-tool --check
"""
CARRY = "#!/bin/sh\n# usage: scripts/carry north|south\nexit 0\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be, with two scripts that are right."""
    post.write(tmp_path)
    for name, text in (("sort", SORT), ("carry", CARRY)):
        path = tmp_path / "scripts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    return tmp_path


QUOTED = "\nSee `scripts/carry`.\n"


def test_right_scripts_are_not_spoken_of(root: Path) -> None:
    assert post.check(root, QUOTED) == []


@pytest.mark.parametrize(
    ("old", "new", "cause", "remedy"),
    [
        ("config --images", "config --image", "option « --image » inconnue", "« --images »"),
        ("docker compose config", "docker compose confg", "verbe « docker compose confg » inconnu", "« config »"),
        ("k8s/config.yaml", "k8s/configs.yaml", "« k8s/configs.yaml » n'est pas dans le dépôt", "« k8s/config.yaml »"),
        ("kubectl get pods", "kubectl gets pods", "verbe « gets » inconnu de kubectl", "« get »"),
        ("scripts/carry north", "scripts/carry west", "n'a pas de « west »", ""),
        ("scripts/carry north", "scripts/cary north", "« scripts/cary » n'existe", "scripts/carry"),
        ("| sort", "| sort --uniqe", "option « --uniqe » inconnue", "« --unique »"),
        ("\nfi\n", "\nif\n", "bash ne lit pas ce script", "fermer"),
        ("exit 1", 'echo "$manifst"', "variable « manifst » jamais affectée", "plus haut dans le script"),
    ],
)
def test_what_does_not_exist_in_a_script_is_found(root: Path, old: str, new: str, cause: str, remedy: str) -> None:
    post.change(root, "scripts/sort", old, new)
    findings = [found for found in post.check(root, QUOTED) if found.path == "scripts/sort"]
    assert any(cause in found.cause and remedy in found.remedy for found in findings), findings


@pytest.mark.parametrize(
    "quoted",
    [
        "kubectl rollout restart",
        "kubectl logs deploy/…",
        "kubectl get pods -n post -o wide",
        "kubectl delete pod <pod>",
        "docker compose logs --follow desk",
        "docker compose up",
        "git push",
        "curl -fsS http://localhost:9200/",
        "scripts/carry south",
        "kubectl rollout undo … --to-revision=N",
    ],
)
def test_a_quoted_command_may_be_unfinished(root: Path, quoted: str) -> None:
    assert post.check(root, f"{QUOTED}\nUse `{quoted}`.\n") == []


@pytest.mark.parametrize(
    ("quoted", "cause"),
    [
        ("kubectl rollout relaunch", "« kubectl rollout relaunch » n'existe pas"),
        ("kubectl config get-context", "« kubectl config get-context » n'existe pas"),
        ("kubectl get pods --show-label", "option « --show-label » inconnue"),
        ("docker compose logs --folow", "option « --folow » inconnue"),
        ("docker compose logs dask", "service « dask »"),
        ("docker compose upp", "verbe « docker compose upp » inconnu"),
    ],
)
def test_a_quoted_command_may_not_be_wrong(root: Path, quoted: str, cause: str) -> None:
    findings = post.check(root, f"{QUOTED}\nUse `{quoted}`.\n")
    assert any(cause in found.cause and found.line == 4 for found in findings), findings


def test_a_variable_of_compose_must_be_documented(root: Path) -> None:
    post.change(root, "compose.yaml", '"127.0.0.1:9100:9100"', '"${DESK_ADDRESS:-127.0.0.1}:9100:9100"')
    undocumented = "variable « DESK_ADDRESS » de Compose qu'aucune page ne documente"
    assert any(found.cause == undocumented for found in post.check(root, QUOTED))
    assert not any(found.cause == undocumented for found in post.check(root, f"{QUOTED}\n`DESK_ADDRESS` opens it.\n"))
