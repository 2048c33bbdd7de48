"""Do the manifests keep what the pages promise of the recette, whatever happens to a pod, a node or a version?"""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
VERSION = "app.kubernetes.io/version"

Manifests = dict[str, dict[str, Any]]


def quantity(text: str) -> float:
    """A quantity of Kubernetes in bytes or in processors."""
    number, unit = re.fullmatch(r"([\d.]+)([a-zA-Z]*)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"": 1, "m": 0.001, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[unit]


def patience(probe: dict[str, Any]) -> int:
    """The seconds of silence that a probe bears."""
    return int(probe["periodSeconds"] * probe["failureThreshold"])


@pytest.mark.promesse("memoire-bornee")
def test_memory_has_a_reservation_and_room_above_it_and_the_processor_no_ceiling(container: dict[str, Any]) -> None:
    requests, limits = container["resources"]["requests"], container["resources"]["limits"]

    assert 0 < quantity(requests["memory"]) < quantity(limits["memory"])
    assert 0 < quantity(requests["cpu"]) < 1
    assert "cpu" not in limits  # a pod that is slowed down at its start would miss its probes


@pytest.mark.promesse("memoire-bornee")
def test_a_lost_node_or_an_update_leaves_room_for_every_pod_on_the_smallest_machine(manifests: Manifests) -> None:
    wanted = 0.0
    for name in ("api", "front"):
        spec = manifests[f"{name}-deployment.yaml"]["spec"]
        [container] = spec["template"]["spec"]["containers"]
        copies = spec["replicas"] + spec["strategy"]["rollingUpdate"]["maxSurge"]
        wanted += copies * quantity(container["resources"]["limits"]["memory"])

    assert wanted <= 2 * 2**30


@pytest.mark.promesse("sans-etat")
def test_a_pod_keeps_nothing_that_its_successor_would_miss(pod: dict[str, Any], manifests: Manifests) -> None:
    kept = [kind for volume in pod.get("volumes", []) for kind in volume if kind not in ("name", "secret", "emptyDir")]

    assert kept == []
    assert {document["kind"] for document in manifests.values()}.isdisjoint({"StatefulSet", "PersistentVolumeClaim"})


@pytest.mark.promesse("deux-api")
def test_the_pods_of_the_api_spread_over_nodes_and_one_node_is_enough(manifests: Manifests) -> None:
    spec = manifests["api-deployment.yaml"]["spec"]
    [spread] = spec["template"]["spec"]["topologySpreadConstraints"]

    assert spec["replicas"] >= 2
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
    labels = spec["template"]["metadata"]["labels"]
    assert spread["labelSelector"]["matchLabels"].items() <= labels.items()


@pytest.mark.promesse("deux-api")
def test_a_drain_takes_the_pods_of_the_api_one_by_one(manifests: Manifests) -> None:
    [budget] = [one for one in manifests.values() if one["kind"] == "PodDisruptionBudget"]
    deployment = manifests["api-deployment.yaml"]["spec"]

    assert budget["spec"]["selector"] == deployment["selector"]
    assert budget["spec"].get("maxUnavailable", deployment["replicas"] - budget["spec"].get("minAvailable", 0)) == 1


@pytest.mark.promesse("remplacement")
def test_no_selector_follows_the_version_so_that_a_service_finds_old_and_new_pods(
    deployment: dict[str, Any], service: dict[str, Any]
) -> None:
    labels = deployment["spec"]["template"]["metadata"]["labels"]

    assert VERSION in labels
    for selector in (deployment["spec"]["selector"]["matchLabels"], service["spec"]["selector"]):
        assert VERSION not in selector
        assert selector.items() <= labels.items()


@pytest.mark.promesse("retour-arriere")
def test_a_version_that_went_wrong_can_be_left_for_the_one_before(deployment: dict[str, Any]) -> None:
    spec = deployment["spec"]

    assert spec["revisionHistoryLimit"] >= 2
    assert spec["progressDeadlineSeconds"] > spec["minReadySeconds"] + patience(
        spec["template"]["spec"]["containers"][0]["startupProbe"]
    )


@pytest.mark.promesse("arret")
def test_a_pod_that_ends_has_time_for_its_pause_and_its_last_requests(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    graceful = runpy.run_path(str(ROOT / "services/common/gunicorn.conf.py"))["graceful_timeout"]
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert pause > 0
    assert pod["terminationGracePeriodSeconds"] > pause + graceful


@pytest.mark.promesse("sondes")
def test_a_pod_that_fails_leaves_its_service_before_it_is_restarted(container: dict[str, Any]) -> None:
    assert patience(container["readinessProbe"]) < patience(container["livenessProbe"])


@pytest.mark.promesse("sondes")
def test_a_slow_start_is_no_failure(container: dict[str, Any]) -> None:
    assert container["startupProbe"]["httpGet"] == container["livenessProbe"]["httpGet"]
    assert patience(container["startupProbe"]) >= 30


@pytest.mark.promesse("sondes")
def test_a_probe_gives_up_before_the_next_one_or_a_little_later(container: dict[str, Any]) -> None:
    for name in ("readinessProbe", "livenessProbe"):
        assert container[name]["timeoutSeconds"] <= container[name]["periodSeconds"]


@pytest.mark.promesse("reglage-refuse")
def test_a_pod_does_not_start_without_its_settings_or_its_secret(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    sources = [one for source in container["envFrom"] for one in source.values()]
    secrets = [volume["secret"] for volume in pod.get("volumes", []) if "secret" in volume]

    assert [one for one in (*sources, *secrets) if one.get("optional")] == []


@pytest.mark.promesse("pods-restreints")
def test_no_pod_may_ask_anything_of_the_control_plane(pod: dict[str, Any], manifests: Manifests) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert "serviceAccountName" not in pod
    assert {document["kind"] for document in manifests.values()}.isdisjoint(
        {"ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}
    )


@pytest.mark.promesse("pods-restreints")
def test_the_namespace_is_the_one_that_refuses_what_the_pods_do_not_need(manifests: Manifests) -> None:
    labels = manifests["namespace.yaml"]["metadata"]["labels"]

    for mode in ("enforce", "warn", "audit"):
        assert labels.get(f"pod-security.kubernetes.io/{mode}", "restricted") == "restricted"


@pytest.mark.promesse("memes-images")
def test_the_recette_runs_what_compose_builds_and_never_a_tag_that_moves(container: dict[str, Any]) -> None:
    images = {one["image"] for one in yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()}

    assert container["image"] in images
    assert re.search(r":\d+\.\d+\.\d+$", container["image"])


@pytest.mark.promesse("front-seul-expose")
def test_one_service_alone_has_an_address_outside_and_it_is_the_fronts(manifests: Manifests) -> None:
    services = [one for one in manifests.values() if one["kind"] == "Service"]
    outside = [one["metadata"]["name"] for one in services if one["spec"]["type"] != "ClusterIP"]

    assert outside == ["datapress-front"]
    assert not [one for one in services if {"externalIPs", "loadBalancerIP"} & set(one["spec"])]
    assert {one["kind"] for one in manifests.values()}.isdisjoint({"Ingress", "HTTPRoute", "Gateway"})
