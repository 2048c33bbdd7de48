"""Does the images' HEALTHCHECK tell a service that is well from one that is not?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMON = Path(__file__).parents[2] / "services" / "common"


@pytest.fixture
def probe():
    """Runs the health check against a port, as the engine does."""
    return lambda port, **more: subprocess.run(
        [sys.executable, "-m", "datapress_common.probe"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(COMMON), "PORT": str(port), **more},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


def test_a_service_that_is_alive_passes(probe, httpserver):
    httpserver.expect_request("/health/live").respond_with_json({"status": "ok"})

    assert probe(httpserver.port).returncode == 0


def test_a_service_that_fails_does_not_pass_and_its_status_is_told(probe, httpserver):
    httpserver.expect_request("/health/live").respond_with_data("", status=500)

    failed = probe(httpserver.port)

    assert failed.returncode == 1
    assert failed.stderr == "/health/live\N{NO-BREAK SPACE}: réponse 500\n"


def test_a_port_where_nobody_listens_does_not_pass(probe, free_port):
    failed = probe(free_port)

    assert failed.returncode == 1
    assert failed.stderr.startswith("/health/live\N{NO-BREAK SPACE}: ")


def test_a_service_that_says_nothing_does_not_pass(probe, tcp_server):
    url = tcp_server(lambda connection: connection.recv(1))

    assert probe(url.rpartition(":")[2]).returncode == 1


def test_a_service_that_does_not_speak_http_does_not_pass(probe, tcp_server):
    url = tcp_server(lambda connection: connection.sendall(b"bonjour\n"))

    failed = probe(url.rpartition(":")[2])

    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_a_service_is_looked_for_where_it_listens(gunicorn, probe, address):
    service = gunicorn("front", wait=False, BIND_ADDRESS=address)

    assert probe(service.url.rpartition(":")[2], BIND_ADDRESS=address).returncode == 0
