"""Claims of the pages on the architecture."""

import pytest

from runbook.checking.model import Model


@pytest.mark.claim("architecture/developpement.md", "Conteneur qui meurt | Reste arrêté | Redémarré")
def test_compose_starts_nothing_again_and_the_cluster_everything(model: Model) -> None:
    assert {service.get("restart", "no") for service in model.services.values()} == {"no"}
    assert {item.at("spec", "template", "spec", "restartPolicy", default="Always") for item in model.of_kind("Deployment")} == {"Always"}
