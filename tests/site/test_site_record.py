"""What do the pages say of the last run, and of no run?"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from macros.changes import Changes
from macros.last_run import VERSION, Run, read_last_run
from macros.losses import measured
from macros.proofs import duration, proofs, status, verification
from macros.sources import SourceError
from runbook.reporting.record import Record
from tests.site.records import record, step

NOTHING_CHANGED = Changes("docs")
TITLES = {"exploitation/deployer.md": "Déployer", "exploitation/verifier.md": "Vérifier"}


def _run(folder: Path, *steps: dict[str, Any], **changes: Any) -> Run:
    path = folder / "record.json"
    path.write_text(json.dumps(record(*steps, **changes)), encoding="utf-8")
    run = read_last_run(path, "docs")
    assert run is not None
    return run


def _status(run: Run | None) -> str:
    return status(run, NOTHING_CHANGED)


def _verification(run: Run | None, page: str) -> str:
    return verification(run, NOTHING_CHANGED, page)


def _proofs(run: Run | None) -> str:
    return proofs(run, NOTHING_CHANGED, [], TITLES)


def test_what_the_engine_writes_is_what_the_site_reads(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(msgspec.json.encode(msgspec.convert(record(step()), Record)))

    run = read_last_run(path, "docs")

    assert run is not None
    assert (run.version, run.steps[0].page, run.steps[0].fault_line) == (VERSION, "exploitation/deployer.md", 31)


def test_without_a_record_nothing_is_claimed(tmp_path: Path) -> None:
    run = read_last_run(tmp_path / "record.json", "docs")

    assert run is None
    assert "Aucune vérification" in _status(run)
    assert "Aucune exécution" in _proofs(run)
    assert _verification(run, "exploitation/deployer.md") == "aucune exécution enregistrée"
    assert duration(run, "exploitation/deployer.md") == "non mesurée"


def test_a_green_run_gives_its_date_its_commit_and_its_count(tmp_path: Path) -> None:
    text = _status(_run(tmp_path, step(), step(outcome="exécuté, sans assertion")))

    assert text.startswith('!!! success "Vérifié le 1er novembre 2026"')
    assert "**2 commandes**" in text
    assert "1 vérifiée, 1 exécutée sans assertion" in text
    assert "`012345678`" in text


def test_a_failed_run_is_told_first_and_leads_to_page_and_line(tmp_path: Path) -> None:
    run = _run(tmp_path, step(), step(outcome="échoué", reason="2/2\nattendu | reçu <1/2>"), exit_status=1)

    assert _status(run).startswith("!!! danger")
    row = "| [Déployer](../exploitation/deployer.md) | 31 | échoué | 2/2 attendu \\| reçu &lt;1/2&gt; |"
    assert row in _proofs(run)


def test_a_run_without_one_of_its_targets_is_not_called_verified(tmp_path: Path) -> None:
    run = _run(tmp_path, step(on="local", stood_in=True), missing={"recette": "cluster injoignable"})

    assert _status(run).startswith("!!! warning")
    assert "1 par le substitut local" in _status(run)
    assert "absente\u00a0: cluster injoignable" in _proofs(run)


def test_the_conditions_name_versions_once_and_keep_the_notes(tmp_path: Path) -> None:
    text = _proofs(_run(tmp_path, step(), notes=["recette : laissée en place"]))

    assert "Local\n:   Python 3.13.1\n" in text
    assert "Recette\n:   cluster v1.20.2\n" in text
    assert "Remarque\n:   recette : laissée en place" in text


def test_uncommitted_changes_are_told(tmp_path: Path) -> None:
    assert "`012345678`, avec des modifications locales" in _status(_run(tmp_path, step(), dirty=True))


def test_a_page_shows_its_own_steps_on_one_line(tmp_path: Path) -> None:
    run = _run(tmp_path, step(), step(seconds=42.0), step(page="docs/exploitation/verifier.md", outcome="échoué"))

    text = _verification(run, "exploitation/deployer.md")

    assert "\n" not in text
    assert text.startswith("1er novembre 2026, Recette\u00a0: 2 vérifiées")
    assert "échec" not in text
    assert duration(run, "exploitation/deployer.md") == "1\u00a0min\u00a022\u00a0s de commandes"
    assert _verification(run, "index.md") == "aucune commande exécutée dans cette page"


def test_what_was_not_run_is_counted_by_reason(tmp_path: Path) -> None:
    skipped = step(outcome="non exécuté", reason="demande un écran", page_reason=True)

    text = _proofs(_run(tmp_path, step(), skipped, skipped))

    assert "| [Déployer](../exploitation/deployer.md) | 2 | demande un écran |" in text


def test_a_measure_is_the_last_verdict_that_its_command_printed_in_its_page(tmp_path: Path) -> None:
    out = "requêtes : 3 000\nverdict : aucune requête perdue sur 3 000\n"
    run = _run(tmp_path, step(title="Mesure", out=out), step(title="Autre", out="verdict : autre"))

    text = measured(run, "exploitation/deployer.md", "Mesure")

    assert text == "aucune requête perdue sur 3 000, le 1er novembre 2026"
    assert measured(run, "exploitation/verifier.md", "Mesure") == "pas encore mesuré"
    assert measured(None, "exploitation/deployer.md", "Mesure") == "pas encore mesuré"


def test_a_page_that_has_gone_is_named_without_a_link(tmp_path: Path) -> None:
    text = _proofs(_run(tmp_path, step(page="docs/partie.md")))

    assert "`partie.md`" in text
    assert "(../partie.md)" not in text


@pytest.mark.parametrize("content", ["{}", "pas du JSON", json.dumps(record(step()) | {"steps": 3})])
def test_a_record_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(SourceError, match="enregistrement illisible"):
        read_last_run(path, "docs")


def test_a_record_of_another_version_proves_nothing_and_stops_no_run(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(json.dumps({"version": VERSION - 1, "steps": "of another kind"}), encoding="utf-8")

    assert read_last_run(path, "docs") is None
