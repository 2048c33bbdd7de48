"""Do the images and Compose say what the services need?"""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
GUNICORN = SERVICES / "common" / "gunicorn.conf.py"

PORTS = {"api": 8000, "front": 8080}


def dockerfile(name):
    return (SERVICES / name / "Dockerfile").read_text(encoding="utf-8")


def tool(name):
    return shutil.which(name, path=Path(sys.executable).parent) or pytest.fail(f"no {name}")


def copied(name):
    return re.findall(r"^COPY (?!--from)(\S+)", dockerfile(name), re.MULTILINE)


@pytest.mark.parametrize("name", PORTS)
def test_hadolint_finds_nothing(name):
    found = subprocess.run(
        [tool("hadolint"), SERVICES / name / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stdout) == (0, "")


def test_the_two_dockerfiles_differ_by_names_and_a_port_only():
    without_names = {
        re.sub(rf'{port}|{name}|{name.upper()}|(?<=image\.description=)"[^"]*"', "…", dockerfile(name))
        for name, port in PORTS.items()
    }

    assert len(without_names) == 1


def test_compose_is_valid():
    checked = subprocess.run(
        [
            *(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"),
            ROOT / "compose.yaml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_the_two_images_are_made_in_the_same_way():
    api = dockerfile("api").replace("API_VERSION", "VERSION_NAME").replace("8000", "PORT_NUMBER")
    front = dockerfile("front").replace("FRONT_VERSION", "VERSION_NAME").replace("8080", "PORT_NUMBER")

    assert re.sub(r".*description=.*", "", api.replace("api", "SERVICE")) == re.sub(
        r".*description=.*", "", front.replace("front", "SERVICE")
    )


@pytest.mark.parametrize("name", PORTS)
def test_what_an_image_copies_exists_and_is_let_through(name):
    ignore = (SERVICES / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:].removesuffix("/**") for line in ignore if line.startswith("!")}

    assert "*" in ignore
    assert len(copied(name)) == 4
    for path in copied(name):
        assert (SERVICES / path).exists()
        assert path in allowed


def test_nothing_more_is_let_through_than_what_is_copied():
    ignore = (SERVICES / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:].removesuffix("/**") for line in ignore if line.startswith("!")}

    assert allowed == {*copied("api"), *copied("front")}


@pytest.mark.parametrize(("name", "port"), PORTS.items())
def test_image_and_compose_agree_on_the_port(name, port):
    published = COMPOSE["services"][name]["ports"][0]

    assert f"PORT={port}\n" in dockerfile(name)
    assert f"EXPOSE {port}\n" in dockerfile(name)
    assert published["target"] == port
    assert published["published"] == str(port)


@pytest.mark.parametrize("name", PORTS)
def test_an_image_listens_on_all_its_addresses(name):
    assert "BIND_ADDRESS=0.0.0.0 " in dockerfile(name)


@pytest.mark.promesse("pods-restreints")
@pytest.mark.parametrize("name", PORTS)
def test_what_runs_needs_no_shell_to_be_made_checked_or_started(name):
    """A RUN, or a command in one string, asks for the shell that the base does not have."""
    _, runtime = re.split(r"^FROM \$\{BASE\} AS runtime$", dockerfile(name), flags=re.MULTILINE)
    commands = re.findall(r"^(?:HEALTHCHECK .*?)?CMD (.*)$", runtime.replace("\\\n", ""), re.MULTILINE)

    assert re.findall(r"^(?:RUN|ADD|SHELL)\b", runtime, re.MULTILINE) == []
    assert "ENTRYPOINT []\n" in runtime
    assert len(commands) == 2
    assert all(command.startswith('["python", "-m", ') for command in commands)


@pytest.mark.promesse("pods-restreints")
@pytest.mark.parametrize("name", PORTS)
def test_an_image_runs_as_a_number_that_is_not_root(name):
    assert re.findall(r"^USER (.*)$", dockerfile(name), re.MULTILINE) == ["10001:10001"]


@pytest.mark.parametrize("name", PORTS)
def test_versions_in_labels_tags_and_code_are_one(name):
    package = (SERVICES / name / f"datapress_{name}" / "settings.py").read_text(encoding="utf-8")
    (version,) = re.findall(rf'{name}_version: Version = "(.*)"', package)

    assert COMPOSE["services"][name]["image"] == f"datapress-{name}:{version}"
    assert f"ARG VERSION={version}\n" in dockerfile(name)


@pytest.mark.promesse("compose-verrouille")
@pytest.mark.parametrize("name", PORTS)
def test_compose_locks_a_container_down(name):
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] == "192m"
    assert service["networks"] == ["datapress"]


def test_the_front_waits_for_an_api_that_is_well_and_calls_it_by_its_name():
    front = COMPOSE["services"]["front"]

    assert front["depends_on"] == {"api": {"condition": "service_healthy"}}
    assert front["environment"]["API_BASE_URL"] == "http://api:8000"
    assert front["environment"]["API_PUBLIC_URL"] == "http://localhost:8000"


@pytest.mark.promesse("port-local")
def test_ports_are_for_this_machine_only_unless_somebody_asks_for_more():
    for service in COMPOSE["services"].values():
        for port in service.get("ports", []):
            assert port["host_ip"] == "${PUBLISH_ADDRESS:-127.0.0.1}"


@pytest.fixture
def gunicorn_conf(monkeypatch):
    """What the shared Gunicorn settings are, with variables given as keywords."""

    def run(**environ):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(GUNICORN))

    return run


def test_a_container_is_given_longer_to_stop_than_gunicorn_takes(gunicorn_conf):
    grace = COMPOSE["services"]["api"]["stop_grace_period"]

    assert int(grace.removesuffix("s")) > gunicorn_conf()["graceful_timeout"] == 25


def test_gunicorn_has_one_worker_and_eight_threads_unless_told_otherwise(gunicorn_conf):
    by_default = gunicorn_conf()
    told = gunicorn_conf(
        BIND_ADDRESS="::", PORT="9000", GUNICORN_WORKERS="2", GUNICORN_THREADS="4", GUNICORN_KEEPALIVE="75"
    )

    names = ("bind", "workers", "threads", "keepalive")
    assert [by_default[name] for name in names] == ["127.0.0.1:8000", 1, 8, 5]
    assert [told[name] for name in names] == ["[::]:9000", 2, 4, 75]


def test_gunicorn_writes_nowhere_but_in_memory(gunicorn_conf):
    settings = gunicorn_conf()

    assert settings["control_socket_disable"] is True
    assert settings.get("worker_tmp_dir") == ("/dev/shm" if Path("/dev/shm").is_dir() else None)
