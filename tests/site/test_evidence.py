"""Does the table of expectations claim what the record of a page supports, and no more?"""

import json
from pathlib import Path
from typing import Any

import pytest

from macros.changes import Changes
from macros.evidence import evidence
from macros.last_run import read_last_run
from macros.sources import SourceError
from tests.site.records import record, step

PAGE = "exploitation/deployer.md"
TITLES = {PAGE: "Déployer"}


def _said(folder: Path, *steps: dict[str, Any], changes: Changes | None = None) -> str:
    path = folder / "record.json"
    path.write_text(json.dumps(record(*steps)), encoding="utf-8")
    return evidence(read_last_run(path, "docs"), changes or Changes("docs"), TITLES, PAGE).partition("\u00a0: ")[2]


def test_the_commands_of_the_page_alone_are_counted(tmp_path: Path) -> None:
    assert _said(tmp_path, step(), step(), step(page="docs/autre.md")) == "2 commandes vérifiées"
    assert _said(tmp_path, step(), step(outcome="exécuté, sans assertion")) == "1 commande vérifiée"


def test_the_stand_in_is_told_apart(tmp_path: Path) -> None:
    assert _said(tmp_path, step(), step(on="local", stood_in=True)) == "2 commandes vérifiées, dont 1 par le substitut local"


@pytest.mark.parametrize("outcome", ["échoué", "délai dépassé"])
def test_one_failure_outweighs_what_held(tmp_path: Path, outcome: str) -> None:
    assert _said(tmp_path, step(), step(outcome=outcome)) == "**1 en échec**"


def test_a_proof_out_of_date_is_no_proof(tmp_path: Path) -> None:
    changes = Changes("docs", targets={"recette": ("k8s/api-deployment.yaml",)})

    assert _said(tmp_path, step(), changes=changes) == "preuve périmée"


def test_what_did_not_run_is_not_claimed(tmp_path: Path) -> None:
    assert _said(tmp_path, step(outcome="non exécuté", reason="pas de cluster")) == "non exécuté"
    assert _said(tmp_path, step(page="docs/autre.md")) == "pas encore exécuté"


def test_a_link_goes_to_the_section(tmp_path: Path) -> None:
    assert evidence(None, Changes("docs"), TITLES, PAGE, "appliquer").startswith(f"[Déployer]({PAGE}#appliquer)")


def test_a_page_that_does_not_exist_stops_the_build() -> None:
    with pytest.raises(SourceError, match=r"absente\.md"):
        evidence(None, Changes("docs"), TITLES, "absente.md")
