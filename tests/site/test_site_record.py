"""What do the pages say of the last run, and of no run?"""

import json
from pathlib import Path
from typing import Any

import pytest

from macros.evidence import Evidence, read_evidence
from macros.home_status import status
from macros.losses import measured
from macros.page_proofs import duration, verification
from macros.proofs import proofs
from macros.verdicts import typographic
from tests.site.records import OTHER, campaign, proven, record, run, step, write

NOTHING = Evidence()
TITLES = {"exploitation/deployer.md": "Déployer", "exploitation/verifier.md": "Vérifier"}


def _evidence(*steps: dict[str, Any], **changes: Any) -> Evidence:
    return proven(run(*steps, **changes))


def _proofs(evidence: Evidence) -> str:
    return proofs(evidence, [], TITLES)


def _read(project: Path) -> Evidence:
    return read_evidence(project / ".runbook" / "record.json", project, "docs")


def test_what_the_engine_writes_is_what_the_site_reads_page_by_page(tmp_path: Path) -> None:
    write(tmp_path, campaign(step(), step(page=OTHER)))

    evidence = _read(tmp_path)

    assert [proof.page for proof in evidence.proofs] == ["exploitation/deployer.md", "exploitation/verifier.md"]
    assert [proof.step.page for proof in evidence.of("exploitation/verifier.md")] == [OTHER]


def test_without_a_record_nothing_is_claimed(tmp_path: Path) -> None:
    evidence = _read(tmp_path)

    assert evidence == NOTHING
    assert "Aucune vérification" in status(evidence)
    assert "Aucune exécution" in _proofs(evidence)
    assert verification(evidence, "exploitation/deployer.md") == "aucune exécution enregistrée"
    assert duration(evidence, "exploitation/deployer.md") == "non mesurée"


def test_a_green_run_gives_its_date_its_commit_and_its_count() -> None:
    text = status(_evidence(step(), step(outcome="exécuté, sans assertion")))

    assert text.startswith('!!! success "Vérifié le 1er novembre 2026"')
    assert "**2 commandes**" in text
    assert "1 vérifiée, 1 exécutée sans assertion" in text
    assert "`012345678`" in text


def test_a_failed_run_is_told_first_and_leads_to_page_and_line() -> None:
    evidence = _evidence(step(), step(outcome="échoué", reason="2/2\nattendu | reçu <1/2>"), exit_status=1)

    assert status(evidence).startswith("!!! danger")
    row = "| [Déployer](../exploitation/deployer.md) | 31 | échoué | 2/2 attendu \\| reçu &lt;1/2&gt; |"
    assert row in _proofs(evidence)


def test_a_run_without_one_of_its_targets_is_not_called_verified() -> None:
    evidence = _evidence(step(on="local", stood_in=True), missing={"recette": "cluster injoignable"})

    assert status(evidence).startswith("!!! warning")
    assert "1 par le substitut local" in status(evidence)
    assert "absente\u00a0: cluster injoignable" in _proofs(evidence)


def test_the_conditions_name_versions_once_and_keep_the_notes() -> None:
    text = _proofs(_evidence(step(), notes=["recette : laissée en place", "autre\u00a0: note"]))

    assert "Local\n:   Python 3.13.1\n" in text
    assert "Recette\n:   cluster v1.20.2\n" in text
    assert "Remarque\n:   recette : laissée en place" in text


def test_uncommitted_changes_are_told() -> None:
    assert "`012345678`, avec des modifications locales" in status(_evidence(step(), dirty=True))


def test_a_page_shows_its_own_steps_on_one_line() -> None:
    evidence = _evidence(step(), step(seconds=42.0), step(page="docs/exploitation/verifier.md", outcome="échoué"))

    text = verification(evidence, "exploitation/deployer.md")

    assert "\n" not in text
    assert text.startswith("1er novembre 2026, Recette\u00a0: 2 vérifiées")
    assert "échec" not in text
    assert duration(evidence, "exploitation/deployer.md") == "1\u00a0min\u00a022\u00a0s de commandes"
    assert verification(evidence, "index.md") == "aucune commande exécutée dans cette page"


def test_what_was_not_run_is_counted_by_reason() -> None:
    skipped = step(outcome="non exécuté", reason="demande un écran", page_reason=True)

    text = _proofs(_evidence(step(), skipped, skipped))

    assert "| [Déployer](../exploitation/deployer.md) | 2 | demande un écran |" in text


def test_a_measure_is_the_last_verdict_that_its_command_printed_in_its_page() -> None:
    out = "requêtes : 3 000\nverdict : aucune requête perdue sur 3 000\n"
    evidence = _evidence(step(title="Mesure", out=out), step(title="Autre", out="verdict : autre"))

    text = measured(evidence, "exploitation/deployer.md", "Mesure")

    assert text == "aucune requête perdue sur 3 000, le 1er novembre 2026"
    assert measured(evidence, "exploitation/verifier.md", "Mesure") == "pas encore mesuré"
    assert measured(NOTHING, "exploitation/deployer.md", "Mesure") == "pas encore mesuré"


def test_a_page_that_has_gone_is_named_without_a_link() -> None:
    text = _proofs(_evidence(step(page="docs/partie.md")))

    assert "`partie.md`" in text
    assert "(../partie.md)" not in text


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "pas du JSON",
        json.dumps({"version": 1}),
        json.dumps({"version": 99}),
        json.dumps(record(campaign(step())) | {"campaigns": 3}),
    ],
)
def test_a_record_that_cannot_be_read_proves_nothing_says_so_and_stops_no_run(tmp_path: Path, content: str) -> None:
    write(tmp_path)
    (tmp_path / ".runbook" / "record.json").write_text(content, encoding="utf-8")

    evidence = _read(tmp_path)

    assert evidence.proofs == ()
    assert "Enregistrement illisible" in status(evidence)


def _of_two_days() -> Evidence:
    """One page proven again eight days after the others, on another commit."""
    later = run(step(), date="2026-11-09T08:00:00+00:00", commit="fedcba9876543210", whole=False, findings=None)
    return proven(later, run(step(page=OTHER), step(page="docs/demarrer.md", target="local", on="local")))


def test_each_page_keeps_the_date_of_its_own_proof() -> None:
    evidence = _of_two_days()

    assert verification(evidence, "exploitation/deployer.md").startswith("9 novembre 2026, Recette\u00a0: 1 vérifiée<")
    assert verification(evidence, "exploitation/verifier.md").startswith(
        "1er novembre 2026, Recette\u00a0: 1 vérifiée<"
    )


def test_proofs_of_several_runs_are_told_with_the_commit_and_date_of_each() -> None:
    home, text = status(_of_two_days()), _proofs(_of_two_days())

    assert home.startswith('!!! success "Vérifié entre le 1er novembre 2026 et le 9 novembre 2026"')
    assert "**3 commandes**" in home
    assert "commit `fedcba987`, le 9 novembre 2026, 08:00 UTC" in home
    assert "commit `012345678`, le 1er novembre 2026, 09:30 UTC" in home
    assert "### Exécution du 9 novembre 2026, 08:00 UTC" in text
    assert "Portée\n:   [Déployer](../exploitation/deployer.md)\n" in text
    assert "Portée\n:   toutes les pages\n" in text


def test_an_earlier_run_that_failed_is_not_hidden_by_a_later_one_that_held() -> None:
    later = run(step(), date="2026-11-09T08:00:00+00:00", whole=False)
    earlier = run(step(page=OTHER, outcome="échoué"), exit_status=1)

    assert status(proven(later, earlier)).startswith('!!! danger "L\'exécution du 1er novembre 2026 a échoué"')


def test_what_the_static_check_said_is_a_condition_and_a_failure() -> None:
    assert "Contrôle sans exécution\n:   toutes les pages, rien à redire" in _proofs(_evidence(step()))

    text = _proofs(_evidence(step(), findings=["docs/a.md:3 : port <9> inconnu"], exit_status=1))

    assert "Contrôle sans exécution\n:   1 constat\n" in text
    assert "| – | – | échoué | docs/a.md:3 : port &lt;9&gt; inconnu |" in text


def test_a_page_run_alone_has_nothing_to_say_of_the_targets_that_it_does_not_use() -> None:
    alone = run(step(), whole=False, missing={"local": "cible non demandée"})

    assert "non demandée" not in _proofs(proven(alone))


def test_the_home_page_names_the_newest_runs_and_counts_the_others() -> None:
    pages = [
        run(step(page=f"docs/{day}.md"), date=f"2026-11-{day:02d}T08:00:00+00:00", whole=False)
        for day in (9, 8, 7, 6, 5)
    ]

    home = status(proven(*pages))

    assert "5 exécutions" in home
    assert "le 7 novembre 2026" in home
    assert "le 6 novembre 2026" not in home
    assert "et 2 de plus." in home


def test_reasons_have_the_apostrophes_of_the_site_and_commands_their_own() -> None:
    reason = "c'est la page, ou grep -q '^a' 'b'"

    assert typographic(reason) == "c’est la page, ou grep -q '^a' 'b'"
    assert "c’est la page, ou grep -q &#x27;^a&#x27;" in _proofs(
        _evidence(step(outcome="non exécuté", reason=reason, page_reason=True))
    )
