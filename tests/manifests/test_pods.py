"""Are the pods confined, bounded, watched, and stopped without losing a request?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lossprobe.measure import LONGEST

ROOT = Path(__file__).parents[2]
PROBES = ["startupProbe", "readinessProbe", "livenessProbe"]


@pytest.mark.promesse("pods-restreints")
def test_a_pod_satisfies_the_restricted_level(pod: dict[str, Any], container: dict[str, Any]) -> None:
    _assert_restricted(pod, container)


def test_the_pod_that_measures_satisfies_the_restricted_level(probe_pod: dict[str, Any]) -> None:
    [container] = probe_pod["spec"]["containers"]
    _assert_restricted(probe_pod["spec"], container)


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_asks_for_a_route_that_the_application_answers(
    probe: str, container: dict[str, Any], create_app: Callable[..., Any]
) -> None:
    asked = container[probe]["httpGet"]
    assert asked["port"] == container["ports"][0]["name"]
    assert asked["path"].startswith("/health")
    answer = create_app({}).test_client().get(asked["path"])
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


@pytest.mark.promesse("sondes")
def test_readiness_and_liveness_are_not_the_same_question(container: dict[str, Any]) -> None:
    paths = {probe: container[probe]["httpGet"]["path"] for probe in PROBES}
    assert paths["readinessProbe"] != paths["livenessProbe"] == paths["startupProbe"]


@pytest.mark.promesse("remplacement")
def test_an_update_starts_a_new_pod_before_it_stops_an_old_one(deployment: dict[str, Any]) -> None:
    spec = deployment["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert spec["minReadySeconds"] > 0


def test_the_pause_before_the_stop_needs_nothing_in_the_image(container: dict[str, Any]) -> None:
    assert list(container["lifecycle"]["preStop"]) == ["sleep"]
    assert container["lifecycle"]["preStop"]["sleep"]["seconds"] > 0


def test_the_image_is_the_one_that_compose_builds(container: dict[str, Any], deployment: dict[str, Any]) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert container["image"] == services[container["name"]]["image"]
    assert container["image"].partition(":")[0] == deployment["metadata"]["name"]
    assert container["imagePullPolicy"] == "IfNotPresent"


def test_the_version_is_the_images_everywhere(
    container: dict[str, Any], deployment: dict[str, Any], create_app: Callable[..., Any]
) -> None:
    version = container["image"].rpartition(":")[2]
    for labels in (deployment["metadata"]["labels"], deployment["spec"]["template"]["metadata"]["labels"]):
        assert labels["app.kubernetes.io/version"] == version
    assert create_app({}).test_client().get("/health").json["version"] == version


def test_the_pod_that_measures_calls_the_service_of_the_api_and_runs_long_enough(
    probe_pod: dict[str, Any], manifests: dict[str, dict[str, Any]]
) -> None:
    [container] = probe_pod["spec"]["containers"]
    assert f"http://{manifests['api-service.yaml']['metadata']['name']}/health" in container["command"]
    assert probe_pod["spec"]["activeDeadlineSeconds"] > LONGEST
    [front] = manifests["front-deployment.yaml"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == front["image"]


def _assert_restricted(pod: dict[str, Any], container: dict[str, Any]) -> None:
    """The “restricted” Pod Security Standard, a read-only root, and no token of the cluster."""
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] >= 10000
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    for volume in pod.get("volumes", []):
        assert set(volume) <= {"name", "configMap", "secret", "emptyDir"}
    # A setting of the container would win over the pod's.
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not any("hostPort" in port for port in container.get("ports", []))
