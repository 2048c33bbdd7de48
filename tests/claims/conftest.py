"""Each sentence that a page claims something with, and the proof of it.

A test of this folder is marked with the page and the words that it proves, as a reader sees them:

    @pytest.mark.claim("architecture/developpement.md", "Conteneur qui meurt | Reste arrêté | Redémarré")

The words must stand in the page, so that a claim which is reworded has to be proven again; what the test
asserts comes from the code, the manifests, Compose or the applications themselves, never from the page.
"""

from collections.abc import Callable

import pytest

from runbook.checking.offered.model import Model, read_model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.prose.proofs import plain
from runbook.settings import load
from tests.claims.facts import ROOT, documented, source


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Page → its Markdown as published, macros carried out, every run of white space one space; the README as it is."""
    return {
        "README.md": plain(source("README.md")),
        **{page.page.uri: plain(page.page.markdown) for page in documented()},
    }


@pytest.fixture(autouse=True)
def _stands_in_its_page(request: pytest.FixtureRequest, texts: dict[str, str]) -> None:
    claims = list(request.node.iter_markers("claim"))
    assert claims, "a test of this folder proves a claim: mark it with the page and the words"
    for mark in claims:
        page, words = mark.args
        assert plain(words) in texts[page], f"{page} no longer says « {words} »: prove what it says now"


@pytest.fixture(scope="session")
def model() -> Model:
    """What the repository offers: manifests, Compose, applications."""
    return read_model(ROOT, load(ROOT))


@pytest.fixture(scope="session")
def manifest(model: Model) -> Callable[[str, str], KubeObject]:
    """The object of this kind and name."""

    def named(kind: str, name: str) -> KubeObject:
        found = model.object_named(kind, name)
        assert found is not None, f"{kind}/{name}"
        return found

    return named
