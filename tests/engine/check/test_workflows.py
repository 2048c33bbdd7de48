"""One change to a workflow is found at its line; a workflow that asks for no more than it needs is silent."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.automation.workflows import check_workflows
from runbook.checking.check import resolve

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORKFLOW = f"""name: Round
on:
  push:
    branches: [main]
  pull_request:
permissions: {{}}
defaults:
  run:
    shell: bash
jobs:
  sort:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@{COMMIT} # v7
        with:
          persist-credentials: false
      - run: scripts/sort
      - run: |
          sudo docker compose build
          docker compose config --images | xargs docker save > letters.tar
      - uses: actions/upload-artifact@{COMMIT} # v7
        with:
          name: letters
          path: letters.tar
  carry:
    if: ${{{{ github.ref == 'refs/heads/main' }}}}
    needs: [sort]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      packages: write
    steps:
      - uses: actions/download-artifact@{COMMIT} # v7
        with:
          name: letters
      - env:
          TOKEN: ${{{{ github.token }}}}
        run: |
          docker load --input letters.tar
          docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<< "$TOKEN"
"""
# what it says | what it says instead | the line | a part of the cause | a part of the remedy
CHANGES = """
permissions: {}\\n | permissions: write-all\\n | 6 | droits par défaut « write-all » | permissions: {}
permissions: {}\\n |  | 1 | droits par défaut « de GitHub » | permissions: {}
  pull_request: |   pull_request_target: | 5 | pull_request_target | pull_request
branches: [main] | branches: [master] | 4 | attend la branche « main » | master
runs-on: ubuntu-24.04 | run-on: ubuntu-24.04 | 12 | clé « run-on » inconnue | « runs-on »
runs-on: ubuntu-24.04 | runs-on: ubuntu-latest | 12 | change de version | version
    timeout-minutes: 5\\n |  | 11 | sans limite de durée | timeout-minutes
needs: [sort] | needs: [sorts] | 30 | attend « sorts », qui n'existe pas | « sort »
    needs: [sort]\\n |  | 28 | écrit sans attendre | needs
    if: ${{ github.ref == 'refs/heads/main' }}\\n |  | 32 | droit d'écrire (packages) pour tout changement proposé | limiter
      contents: read |       contents: write\\n      contents: read | 16 | clé « contents » déjà écrite | corriger
      contents: read |       contents: write | 14 | droit d'écrire (contents) | retirer
      contents: read |       issues: read | 17 | besoin du droit « contents: read » | permissions
      packages: write |       packages: read | 39 | besoin du droit « packages: write » | permissions
persist-credentials: false | persist-credentials: true | 17 | jeton du dépôt reste | persist-credentials: false
checkout@0123456789abcdef0123456789abcdef01234567 | checkout@v7 | 17 | « actions/checkout@v7 » non figée | commit
run: scripts/sort | run: scripts/srot | 20 | scripts/srot | « scripts/sort »
run: scripts/sort | run: scripts/sort --fast | 20 | option « --fast » inconnue | noms connus
run: scripts/sort | run: scripts/sort || true | 20 | l'échec ne compterait pas | || true
run: scripts/sort | run: scripts/sort ${{ github.head_ref }} | 20 | son texte y serait exécuté | env
run: scripts/sort | run: scripts/sort\\n        uses: a/b@v1 | 20 | une seule de « uses » et « run » | l'une des deux
run: scripts/sort | run: scripts/sort\\n        continue-on-error: true | 21 | l'échec ne compterait pas | continue-on-error
docker compose build | docker compose bild | 22 | bild | build
input letters.tar | input parcels.tar | 42 | « parcels.tar » n'existe | noms connus
          name: letters\\n      - env |           name: leters\\n      - env | 38 | artefact « leters » qu'aucun job attendu ne confie | « letters »
--password-stdin <<< "$TOKEN" | --password "$TOKEN" | 41 | mot de passe en argument | --password-stdin
defaults:\\n  run:\\n    shell: bash\\n |  | 18 | avant « | » ne compterait pas | pipefail
jobs:\\n | job:\\n | 1 | workflow sans jobs | jobs
name: Round | name: "Round | 43 | YAML illisible | corriger
""".strip().splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with its pipeline."""
    post.write(tmp_path)
    (tmp_path / "scripts/sort").chmod(0o755)
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/round.yml").write_text(WORKFLOW)
    return tmp_path


def causes(root: Path) -> list[tuple[str, int, str, str]]:
    return [
        (finding.path, finding.line, finding.cause, finding.remedy)
        for finding in check_workflows(post.model(root), resolve)
    ]


def test_a_pipeline_that_holds_is_silent(root: Path) -> None:
    assert causes(root) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_at_its_line_with_its_remedy(root: Path, change: str) -> None:
    old, new, line, cause, remedy = (
        change.replace("\\n", "\n").replace(" || true", " \0").replace(" « | »", " « \1 »").split(" | ")
    )
    restored = [part.replace("\0", "|| true").replace("\1", "|") for part in (old, new, cause, remedy)]
    path = root / ".github/workflows/round.yml"
    text = path.read_text()
    assert restored[0] in text
    path.write_text(text.replace(restored[0], restored[1], 1))
    found = causes(root)
    assert any(
        int(line) == number and restored[2] in cause and restored[3] in cause + remedy
        for _, number, cause, remedy in found
    ), found


@pytest.mark.parametrize("place", ["round.yml", ".github/round.yml", "sub/.github/workflows/round.yml"])
def test_a_workflow_that_github_does_not_see_is_found(root: Path, place: str) -> None:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / ".github/workflows/round.yml").rename(root / place)
    assert [(path, cause) for path, _, cause, _ in causes(root)] == [(place, "workflow que GitHub ne voit pas")]
