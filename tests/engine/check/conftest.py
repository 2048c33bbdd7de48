"""The small repository, made once."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.check.shop import make_model

from runbook.checking.offered.model import Model


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A repository with two services, a few files and scripts."""
    return make_model(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The applications of the small repository are imported from this test's copy, and forgotten after it."""
    before = {name: module for name, module in sys.modules.items() if name.startswith("postal_")}
    for name in before:
        del sys.modules[name]
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    yield
    for name in [name for name in sys.modules if name.startswith("postal_")]:
        del sys.modules[name]
    sys.modules.update(before)
