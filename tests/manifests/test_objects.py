"""Do the manifests hold together, and does every Kubernetes take them?"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from runbook.repository.model import read_repository
from runbook.rules.check import of_repository
from runbook.settings import load

ROOT = Path(__file__).parents[2]

Manifests = dict[str, dict[str, Any]]


def test_the_recette_is_the_files_that_the_brief_names_and_a_budget(manifests: Manifests) -> None:
    assert set(manifests) == {
        "namespace.yaml",
        "configmap.yaml",
        "secret.yaml",
        "api-budget.yaml",
        "api-deployment.yaml",
        "api-service.yaml",
        "front-deployment.yaml",
        "front-service.yaml",
    }


def test_no_rule_finds_anything_in_the_manifests() -> None:
    # Schemas, selectors, ports, probes, keys, images, Pod Security: tests/engine/rules.
    assert list(of_repository(read_repository(ROOT, load(ROOT)))) == []


@pytest.mark.promesse("fichiers-a-plat")
def test_kubectl_apply_finds_nothing_else_in_the_folder(manifests: Manifests) -> None:
    # A kustomization.yaml, for example, would be sent to the cluster with the rest, and refused.
    taken = {path.name for path in (ROOT / "k8s").iterdir() if path.suffix in {".json", ".yaml", ".yml"}}
    assert taken | {"secret.yaml"} == set(manifests)


def test_every_object_belongs_to_datapress(manifests: Manifests, probe_pod: dict[str, Any]) -> None:
    for document in [*manifests.values(), probe_pod]:
        assert document["metadata"]["labels"]["app.kubernetes.io/part-of"] == "datapress"


@pytest.mark.promesse("fichiers-a-plat")
def test_every_object_says_its_namespace(manifests: Manifests, probe_pod: dict[str, Any]) -> None:
    namespace = manifests["namespace.yaml"]
    assert namespace["metadata"]["name"] == "datapress-recette"
    others = [it for it in [*manifests.values(), probe_pod] if it is not namespace]
    assert {it["metadata"].get("namespace") for it in others} == {"datapress-recette"}


def test_a_service_leads_from_port_80_to_the_containers_port(
    service: dict[str, Any], container: dict[str, Any]
) -> None:
    [port] = service["spec"]["ports"]
    [exposed] = container["ports"]
    assert (port["port"], port["targetPort"], port["name"]) == (80, exposed["name"], "http")


@pytest.mark.promesse("front-seul-expose")
def test_the_api_stays_inside_and_the_front_is_on_port_30080(manifests: Manifests) -> None:
    api, front = manifests["api-service.yaml"]["spec"], manifests["front-service.yaml"]["spec"]
    assert (api["type"], api["ports"][0].get("nodePort")) == ("ClusterIP", None)
    assert (front["type"], front["ports"][0]["nodePort"]) == ("NodePort", 30080)


def test_two_apis_and_one_front_run(manifests: Manifests) -> None:
    assert manifests["api-deployment.yaml"]["spec"]["replicas"] == 2
    assert manifests["front-deployment.yaml"]["spec"]["replicas"] == 1


def test_the_namespace_refuses_pods_below_the_restricted_level(manifests: Manifests) -> None:
    labels = manifests["namespace.yaml"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.promesse("vidage")
@pytest.mark.parametrize("path", ["k8s/api-budget.yaml", "k8s/options/disponibilite/front-budget.yaml"])
def test_a_budget_covers_its_component_and_never_blocks_the_drain_of_a_lone_pod(
    path: str, manifests: Manifests
) -> None:
    budget = yaml.safe_load((ROOT / path).read_text())
    component = budget["metadata"]["labels"]["app.kubernetes.io/component"]
    deployment = manifests[f"{component}-deployment.yaml"]
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]
    assert budget["spec"]["maxUnavailable"] == 1
    assert "minAvailable" not in budget["spec"]


def test_the_option_describes_no_second_deployment() -> None:
    files = [yaml.safe_load(path.read_text()) for path in (ROOT / "k8s/options/disponibilite").iterdir()]
    assert [it["kind"] for it in files] == ["PodDisruptionBudget"]
