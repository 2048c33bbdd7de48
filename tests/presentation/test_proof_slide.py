"""Does the deck claim what the record supports, and nothing more?"""

from html import unescape
from typing import Any

import pytest

from deck.slides import Figures, Table
from macros.changes import Change
from macros.deck_proof import Proof, proof
from runbook.settings import load
from tests.site.records import ROOT, proven, run, step

from .conftest import MEASURES, Deck


def _proof(*steps: dict[str, Any], changed: dict[str, tuple[Change, ...]] | None = None, **facts: Any) -> Proof:
    targets = {name: target.title for name, target in load(ROOT).targets.items()}
    return proof(proven(run(*steps, **facts), changed=changed), targets)


def _measure(verdict: str) -> dict[str, Any]:
    return step(page=MEASURES, title="Mesure", out=f"verdict\u00a0: {verdict}\n")


@pytest.mark.promesse("chiffres-enregistres")
def test_the_figures_are_those_of_the_record(deck: Deck) -> None:
    slide = deck.slides[7]
    (figures,) = (block for block in slide.blocks if isinstance(block, Figures))
    (table,) = (block for block in slide.blocks if isinstance(block, Table))

    assert slide.title == "Des pods ont été remplacés en service, sans une requête perdue"
    assert figures.pairs == (
        ("4", "commandes vérifiées sur 5"),
        ("0", "commande en échec"),
        (
            "0",
            "requête perdue sur 4\u202f734, pendant la perte d’un pod, deux redémarrages et un changement de version",
        ),
    )
    assert table.rows[1:] == (
        ("Recette (Kubernetes)", "3", "0", "0", "0", "cluster v1.20.2"),
        ("Local (Gunicorn, sans conteneur)", "1", "0", "0", "1", "Python 3.13.1"),
    )


def test_the_date_and_the_commit_stand_on_the_cover_and_beside_the_figures(deck: Deck) -> None:
    for slide in (deck.slides[0], deck.slides[7]):
        words = repr(slide.blocks)
        assert "1er novembre 2026" in words
        assert "012345678" in words


@pytest.mark.promesse("chiffres-enregistres")
def test_without_a_record_the_deck_claims_nothing(bare_deck: Deck) -> None:
    slide = bare_deck.slides[7]

    assert slide.title == "Rien n’est encore vérifié sur cette copie"
    assert [block.pairs[0][0] for block in slide.blocks if isinstance(block, Figures)] == ["0"]
    assert "n’affirme aucun chiffre" in repr(bare_deck.slides[0].blocks)


def test_a_failed_run_is_the_message_of_the_slide() -> None:
    shown = _proof(step(outcome="échoué"), _measure("aucune requête perdue sur 2\u00a0000"), exit_status=1)

    assert shown.title.startswith("La dernière exécution a échoué")
    assert "1\n:   commande en échec" in shown.figures


def test_a_target_that_was_missing_is_named_and_its_stand_in_counted() -> None:
    shown = _proof(step(on="local", stood_in=True), missing={"recette": "cluster injoignable"})

    assert shown.title == "Vérifié en partie\u00a0: Recette (Kubernetes) manquait"
    assert "1\n:   commandes vérifiées sur 1, dont 1 par le substitut local" in shown.figures
    assert "| absente |" in shown.figures


def test_lost_requests_are_added_up_and_change_the_message() -> None:
    shown = _proof(_measure("2 requêtes perdues sur 1\u00a0500"), _measure("aucune requête perdue sur 1\u00a0000"))

    assert "sans une requête perdue" not in shown.title
    assert "2\n:   requêtes perdues sur 2\u202f500" in shown.figures


def test_an_event_that_was_not_measured_is_not_named() -> None:
    shown = _proof(_measure("aucune requête perdue sur 2\u00a0000"))

    assert "pendant la perte d'un pod, deux redémarrages" in shown.figures
    assert "changement de version" not in shown.figures


def test_a_measure_that_proves_nothing_is_not_shown_as_a_figure() -> None:
    shown = _proof(
        _measure("aucune requête perdue sur 1\u00a0000"),
        _measure("mesure trop courte, 12 requêtes par mode au lieu de 1\u00a0000"),
    )

    assert shown.title == "Ce que ce site affirme a été exécuté"
    assert "–\n:   requêtes perdues\u00a0: pas de mesure complète" in shown.figures


def test_what_changed_since_the_run_is_said_first() -> None:
    changed = {"recette": (Change("k8s/api-deployment.yaml", "k8s"),)}

    shown = _proof(_measure("aucune requête perdue sur 2\u00a0000"), changed=changed)

    assert shown.title == "Vérifié le 1er novembre 2026, mais des preuves sont à refaire"
    assert "a changé depuis\u00a0: k8s" in shown.conditions
    assert "a changé depuis\u00a0: k8s" in shown.cover


def test_a_command_that_was_not_run_raises_a_question_that_the_slide_answers() -> None:
    skipped = step(outcome="non exécuté", reason="demande un écran", page_reason=True)

    assert "La commande non exécutée dit pourquoi dans sa page." in _proof(step(), skipped).conditions
    assert "Les 2 non exécutées disent pourquoi dans leur page." in _proof(skipped, skipped).conditions
    assert "pourquoi" not in _proof(step()).conditions
    assert "pourquoi" not in _proof(skipped, step(outcome="non exécuté", reason="moteur Docker injoignable")).conditions


def test_versions_are_told_as_people_call_them() -> None:
    versions = {"recette": {"kubectl": "v1.20.2", "docker": "20.10.24+dfsg1", "gunicorn": "gunicorn (version 27.0.1)"}}

    assert "kubectl v1.20.2, Docker 20.10.24, Gunicorn 27.0.1 |" in _proof(step(), versions=versions).figures


def test_many_runs_are_counted_rather_than_listed() -> None:
    days = [
        run(step(page=f"docs/{day}.md"), date=f"2026-11-{day:02d}T08:00:00+00:00", commit=f"{day:09d}")
        for day in (9, 8, 7)
    ]

    assert (
        proof(proven(*days[:2]), {}).conditions
        == "Exécution du 9 novembre 2026, commit `000000009`\u00a0; et du 8 novembre 2026, commit `000000008`."
    )
    assert (
        proof(proven(*days), {}).conditions
        == "Exécution du 9 novembre 2026, commit `000000009`\u00a0; et 2 autres depuis le 7 novembre 2026."
    )


def test_the_home_page_says_the_figures_of_the_slide_in_a_sentence(deck: Deck, bare_deck: Deck) -> None:
    told = (
        "4 commandes vérifiées sur 5 le 1er novembre 2026, et aucune requête perdue sur 4\u202f734, pendant la "
        "perte d’un pod, deux redémarrages et un changement de version."
    )

    assert told in unescape((deck.site / "index.html").read_text(encoding="utf-8"))
    assert "Rien n’est encore vérifié sur cette copie" in unescape(
        (bare_deck.site / "index.html").read_text(encoding="utf-8")
    )
    assert _proof(step()).summary == "1 commande vérifiée sur 1 le 1er novembre 2026"
    assert "et 2 requêtes perdues sur 1\u202f500" in _proof(_measure("2 requêtes perdues sur 1\u00a0500")).summary
