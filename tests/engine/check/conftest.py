"""The small repository, made once."""

import pytest
from tests.engine.check.shop import make_model

from runbook.checking.model import Model


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A repository with two services, a few files and scripts."""
    return make_model(tmp_path_factory.mktemp("shop"))
