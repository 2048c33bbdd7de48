"""Does Compose keep what the pages promise of the development mode?"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
NAMES = ("api", "front")
# What runs without a profile being asked for.
DEFAULT = {name: service for name, service in COMPOSE["services"].items() if not service.get("profiles")}


def deployment(name: str) -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((ROOT / f"k8s/{name}-deployment.yaml").read_text())
    [container] = described["spec"]["template"]["spec"]["containers"]
    return {"pod": described["spec"]["template"]["spec"], "container": container}


@pytest.mark.promesse("compose-ordre")
def test_two_services_alone_run_unless_a_profile_is_asked_for() -> None:
    assert set(DEFAULT) == set(NAMES)


@pytest.mark.promesse("compose-ordre")
@pytest.mark.parametrize("name", NAMES)
def test_both_are_built_here_so_that_one_command_is_enough(name: str) -> None:
    build = DEFAULT[name]["build"]

    assert (ROOT / build["context"] / build["dockerfile"]).is_file()


@pytest.mark.promesse("compose-ordre")
def test_the_api_waits_for_nobody_and_the_front_for_an_api_that_answers() -> None:
    assert all(not one.get("required", True) for one in DEFAULT["api"].get("depends_on", {}).values())
    assert set(DEFAULT["front"]["depends_on"]) == {"api"}
    assert "HEALTHCHECK" in (ROOT / "services/api/Dockerfile").read_text()


@pytest.mark.promesse("compose-ordre")
@pytest.mark.parametrize("name", NAMES)
def test_a_service_that_dies_stays_down_and_is_seen(name: str) -> None:
    assert DEFAULT[name].get("restart", "no") == "no"
    assert "deploy" not in DEFAULT[name] or "restart_policy" not in DEFAULT[name]["deploy"]


@pytest.mark.promesse("sans-etat")
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_after_a_stop_because_nothing_is_kept(name: str) -> None:
    mounted = [volume for volume in DEFAULT[name].get("volumes", []) if not str(volume).startswith("/")]

    assert mounted == []


@pytest.mark.promesse("compose-verrouille")
@pytest.mark.parametrize("name", NAMES)
def test_a_container_is_held_as_in_the_recette(name: str) -> None:
    service, security = DEFAULT[name], deployment(name)["container"]["securityContext"]

    assert service["read_only"] is security["readOnlyRootFilesystem"] is True
    assert service["cap_drop"] == security["capabilities"]["drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "userns_mode"} & set(service)


@pytest.mark.promesse("compose-verrouille")
@pytest.mark.parametrize("name", NAMES)
def test_memory_processes_and_logs_have_a_limit_on_a_workstation_too(name: str) -> None:
    service = DEFAULT[name]
    limit = deployment(name)["container"]["resources"]["limits"]["memory"]

    assert service["mem_limit"].removesuffix("m") == limit.removesuffix("Mi")
    assert 0 < service["pids_limit"] <= 512
    options = service["logging"]["options"]
    assert re.fullmatch(r"\d+m", options["max-size"])
    assert 1 <= int(options["max-file"]) <= 10


@pytest.mark.promesse("jeton")
def test_the_token_is_passed_on_from_the_machine_to_the_api_alone_and_never_written() -> None:
    given = {name: service.get("environment", {}) for name, service in DEFAULT.items()}

    assert "API_TOKEN" in given["api"]
    assert given["api"]["API_TOKEN"] is None
    assert not [key for key in given["front"] if "TOKEN" in key or "SECRET" in key]


@pytest.mark.promesse("memes-images")
@pytest.mark.parametrize("name", NAMES)
def test_both_modes_run_one_image_on_one_port(name: str) -> None:
    container = deployment(name)["container"]

    assert DEFAULT[name]["image"] == container["image"]
    assert DEFAULT[name]["ports"][0]["target"] == container["ports"][0]["containerPort"]


@pytest.mark.promesse("memes-images")
def test_what_differs_between_the_modes_are_addresses_and_names() -> None:
    recette = yaml.safe_load((ROOT / "k8s/configmap.yaml").read_text())["data"]
    development = {**DEFAULT["api"]["environment"], **DEFAULT["front"]["environment"]}
    differing = {name for name in recette if name in development and recette[name] != development[name]}

    assert differing <= {"ENVIRONMENT", "API_BASE_URL", "API_PUBLIC_URL", "LOG_LEVEL"}


@pytest.mark.promesse("separation")
def test_the_two_services_share_a_network_and_nothing_else() -> None:
    assert [service["networks"] for service in DEFAULT.values()] == [list(COMPOSE["networks"])] * 2
    assert not any({"links", "volumes_from", "ipc", "pid"} & set(service) for service in DEFAULT.values())
    assert DEFAULT["api"]["image"] != DEFAULT["front"]["image"]


@pytest.mark.promesse("arret")
@pytest.mark.parametrize("name", NAMES)
def test_a_stop_gives_a_container_the_time_that_its_requests_have(name: str) -> None:
    grace = int(DEFAULT[name]["stop_grace_period"].removesuffix("s"))
    settings = (ROOT / "services/common/gunicorn.conf.py").read_text()
    timeout = re.search(r"^graceful_timeout = (\d+)", settings, re.MULTILINE)

    assert timeout is not None
    assert grace > int(timeout[1])


@pytest.mark.promesse("port-local")
@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_no_port_is_open_beyond_this_machine_unless_it_is_asked_for(name: str) -> None:
    for port in COMPOSE["services"][name].get("ports", []):
        written = port["host_ip"] if isinstance(port, dict) else str(port)
        assert written.startswith(("${PUBLISH_ADDRESS:-127.0.0.1}", "127.0.0.1")), port
