"""Does the table of expectations claim what the record of a page supports, and no more?"""

import re
from pathlib import Path
from typing import Any

import pytest

from macros.changes import Change
from macros.evidence import Evidence
from macros.proved import proved, section
from macros.sources import SourceError
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from tests.site.records import ROOT, proven, run, step

PAGE = "exploitation/deployer.md"
TEXT = """# Déployer

## Étapes { #etapes }

### 1. Appliquer { #appliquer }

```bash
# Ceci n'est pas un titre
kubectl apply -f k8s/
```

### 2. Attendre { #attendre }

## Fin { #fini data-promesse="x" }
"""


def _said(folder: Path, *steps: dict[str, Any], changed: dict[str, tuple[Change, ...]] | None = None) -> str:
    return _shown(folder, *steps, changed=changed).partition("\u00a0: ")[2]


def _shown(
    folder: Path, *steps: dict[str, Any], anchor: str = "", changed: dict[str, tuple[Change, ...]] | None = None
) -> str:
    page = folder / "docs" / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(TEXT + "\n" * 30, encoding="utf-8")
    return proved(proven(run(*steps), changed=changed), folder / "docs", "Déployer", PAGE, anchor)


def test_the_commands_of_the_page_alone_are_counted(tmp_path: Path) -> None:
    assert _said(tmp_path, step(), step(), step(page="docs/autre.md")) == "2 commandes vérifiées"
    assert _said(tmp_path, step(), step(outcome="exécuté, sans assertion")) == "1 commande vérifiée"


def test_the_stand_in_is_told_apart(tmp_path: Path) -> None:
    assert (
        _said(tmp_path, step(), step(on="local", stood_in=True))
        == "2 commandes vérifiées, dont 1 par le substitut local"
    )


@pytest.mark.parametrize("outcome", ["échoué", "délai dépassé"])
def test_one_failure_outweighs_what_held(tmp_path: Path, outcome: str) -> None:
    assert _said(tmp_path, step(), step(outcome=outcome)) == "**1 en échec**"


def test_a_proof_out_of_date_is_no_proof(tmp_path: Path) -> None:
    changed = {"recette": (Change("k8s/api-deployment.yaml", "k8s"),)}

    assert _said(tmp_path, step(), changed=changed) == "preuve périmée"


def test_what_did_not_run_is_not_claimed(tmp_path: Path) -> None:
    assert _said(tmp_path, step(outcome="non exécuté", reason="pas de cluster")) == "non exécuté"
    assert _said(tmp_path, step(page="docs/autre.md")) == "pas encore exécuté"


def test_a_section_counts_its_own_commands_and_leads_to_them(tmp_path: Path) -> None:
    shown = _shown(tmp_path, step(line=7), step(line=40), anchor="appliquer")

    assert shown == f"[Déployer]({PAGE}#appliquer)\u00a0: 1 commande vérifiée"


def test_a_section_holds_its_subsections_and_ends_at_the_next_of_its_rank() -> None:
    assert section(TEXT, "etapes") == range(3, 14)
    assert section(TEXT, "appliquer") == range(5, 12)
    assert section(TEXT, "fini") == range(14, 15)
    assert section(TEXT, "") == range(1, 15)


def test_a_page_or_a_section_that_does_not_exist_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absente\.md"):
        proved(Evidence(), tmp_path, None, "absente.md")
    with pytest.raises(SourceError, match="perdue"):
        _shown(tmp_path, step(), anchor="perdue")


def test_every_proof_that_the_table_names_holds_a_command() -> None:
    site = read_site(ROOT, "mkdocs.yml")
    targets = ("local", "compose", "recette")
    blocks = {page.path: find_blocks(page, site, targets).blocks for page in site.pages}
    table = (ROOT / "docs" / "contexte.md").read_text(encoding="utf-8")
    named = re.findall(r'proved\("([^"]+)"(?:, "([^"]+)")?\)', table)

    assert len(named) > 40
    for page, anchor in named:
        lines = section((ROOT / "docs" / page).read_text(encoding="utf-8"), anchor)
        assert [block for block in blocks[f"docs/{page}"] if block.line in lines and not block.not_run], (page, anchor)
