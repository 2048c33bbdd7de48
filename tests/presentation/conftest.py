"""What the tests of the deck share: the site built with a record, and the slides read from it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from deck.slides import Slide, read_slides
from tests.driven import browser as browser  # noqa: PLC0414 — fixtures of this package
from tests.driven import drive as drive  # noqa: PLC0414
from tests.site.conftest import build_site, copy_sources
from tests.site.records import put, step

MEASURES = "docs/exploitation/haute-disponibilite.md"
UPDATE = "docs/exploitation/mettre-a-jour.md"


@dataclass(frozen=True, slots=True)
class Deck:
    """A built site and the slides of its deck."""

    site: Path
    slides: list[Slide]

    @property
    def page(self) -> Path:
        return self.site / "presentation" / "diaporama" / "index.html"


@pytest.fixture(scope="session")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    """The deck of a copy whose record holds five commands, three of them measures."""
    project = copy_sources(tmp_path_factory.mktemp("deck") / "copy")
    put(
        project,
        step(
            page=MEASURES,
            title="Mesure",
            command="scripts/sonde arreter",
            out="verdict\u00a0: aucune requête perdue sur 3\u00a0000\n",
        ),
        step(page=MEASURES, title="Autre mesure", out="verdict\u00a0: aucune requête perdue sur 1\u00a0234\n"),
        step(page=UPDATE, title="Mesure", out="verdict\u00a0: aucune requête perdue sur 500\n"),
        step(page="docs/demarrer.md", target="local", on="local"),
        step(
            page="docs/demarrer.md",
            target="local",
            on="local",
            outcome="non exécuté",
            reason="demande un écran",
            page_reason=True,
        ),
        versions={"local": {"python": "Python 3.13.1"}, "recette": {"cluster": "v1.20.2"}},
    )
    built = build_site(project)
    assert built.status == 0, built.output
    return _deck(built.site)


@pytest.fixture(scope="session")
def bare_deck(site: Path) -> Deck:
    """The deck of a clean clone, where nothing was run."""
    return _deck(site)


def _deck(site: Path) -> Deck:
    return Deck(site, read_slides(site / "presentation" / "diaporama" / "index.html"))
