"""Do the services start, serve, log, refuse and stop as they should under Gunicorn?"""

import contextlib
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests


def log_of(service):
    return [json.loads(line) for line in service.lines]


def accesses(service, path):
    return [line for line in log_of(service) if line.get("path") == path]


@pytest.mark.parametrize(("name", "service"), [("api", "datapress-api"), ("front", "datapress-front")])
def test_a_service_starts_answers_logs_json_and_ends_with_status_0(gunicorn, httpserver, name, service):
    httpserver.expect_request("/health").respond_with_json({"status": "ok"})
    running = gunicorn(name, API_BASE_URL=httpserver.url_for(""))

    answer = requests.get(running.url + "/health", timeout=5)
    running.terminate()

    assert answer.json()["service"] == service
    assert running.exit_status() == 0
    running.wait_for_line("Shutting down: Master")
    messages = [line["msg"] for line in log_of(running)]
    assert "Using worker: datapress_common.worker.Worker" in messages
    assert [line["status"] for line in accesses(running, "/health")] == [200]
    assert not [line for line in log_of(running) if line["level"] in {"warning", "error"}]


@pytest.mark.promesse("identifiant")
def test_one_request_id_is_in_the_logs_of_front_and_api(gunicorn):
    api = gunicorn("api")
    front = gunicorn("front", API_BASE_URL=api.url)

    status = requests.get(front.url + "/status", headers={"X-Request-ID": "abc-123"}, timeout=5)
    for service in (front, api):
        service.terminate()
        service.exit_status()
        service.wait_for_line("Shutting down: Master")

    assert status.json()["api"]["error"] is None
    assert [line["request_id"] for line in accesses(front, "/status")] == ["abc-123"]
    assert [line["request_id"] for line in accesses(api, "/health")] == ["demarrage", "abc-123"]


def test_the_front_logs_why_the_api_is_missing_with_the_request_id(gunicorn, free_port):
    front = gunicorn("front", API_BASE_URL=f"http://127.0.0.1:{free_port}")

    requests.get(front.url, headers={"X-Request-ID": "abc-123"}, timeout=5)

    front.wait_for_line('"request_id": "abc-123"')
    (line,) = [line for line in log_of(front) if line["level"] == "warning" and line.get("request_id") == "abc-123"]
    assert line["msg"].endswith("connexion refusée")


@pytest.mark.promesse("jeton")
def test_the_token_is_in_no_log_whatever_is_asked(gunicorn, token):
    api = gunicorn("api", API_TOKEN=token, LOG_LEVEL="debug")
    wrong = "faux-jeton-0123456789"

    answers = [
        requests.get(
            api.url + "/admin/configuration?jeton=" + shown,
            headers={"Authorization": f"Bearer {shown}"},
            timeout=5,
        )
        for shown in (token, wrong)
    ]
    api.terminate()
    api.exit_status()
    api.wait_for_line("Shutting down: Master")

    assert [answer.status_code for answer in answers] == [200, 403]
    written = "".join(api.lines)
    assert "/admin/configuration" in written
    assert token not in written
    assert wrong not in written


@pytest.mark.promesse("reglage-refuse")
@pytest.mark.parametrize(
    ("name", "variable", "value"),
    [
        ("api", "ENVIRONMENT", "Recette !"),
        ("api", "API_VERSION", ""),
        ("api", "LOG_LEVEL", "bavard"),
        ("api", "API_TOKEN", "court"),
        ("api", "API_TOKEN_FILE", "/absent"),
        ("front", "FRONT_VERSION", "?"),
        ("front", "API_BASE_URL", "api:8000"),
        ("front", "API_PUBLIC_URL", "javascript:alert(1)"),
        ("front", "API_CONNECT_TIMEOUT", "vite"),
        ("front", "API_READ_TIMEOUT", "30"),
        ("front", "BIND_ADDRESS", "partout"),
        ("front", "PORT", "80"),
        ("front", "GUNICORN_WORKERS", "beaucoup"),
        ("front", "GUNICORN_THREADS", "0"),
        ("front", "GUNICORN_KEEPALIVE", "-1"),
    ],
)
def test_a_refused_setting_ends_the_start_at_once_with_one_line(refused_start, name, variable, value):
    ended = refused_start(name, **{variable: value})

    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"Configuration refusée\N{NO-BREAK SPACE}: {variable}")


def test_a_port_in_use_ends_the_start_with_a_failure(refused_start):
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        ended = refused_start("api", PORT=str(port))

    assert ended.returncode != 0
    assert str(port) in ended.stdout


@pytest.mark.promesse("arret")
def test_a_request_in_flight_ends_well_after_sigterm(gunicorn, tcp_server):
    asked, answer = threading.Event(), threading.Event()

    def answer_when_told(connection):
        asked.set()
        answer.wait(10)
        body = b'{"status":"ok"}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    front = gunicorn("front", API_BASE_URL=tcp_server(answer_when_told), wait=False)
    with ThreadPoolExecutor() as threads:
        in_flight = threads.submit(requests.get, front.url + "/status", timeout=10)
        assert asked.wait(10)
        front.terminate()
        front.wait_for_line("Handling signal: term")
        wait_until_unanswered(front.url)
        answer.set()
        status = in_flight.result()

    assert status.status_code == 200
    assert front.exit_status() == 0


def wait_until_unanswered(url):
    """Return once the worker takes no more requests; the system may still queue connections."""
    with contextlib.suppress(requests.RequestException):
        for _ in range(1000):
            requests.get(url + "/health", timeout=0.5)
        pytest.fail("requests are still answered")


@pytest.mark.promesse("api-absente")
def test_readers_of_a_silent_api_leave_room_for_the_probes(gunicorn, tcp_server):
    front = gunicorn("front", API_BASE_URL=tcp_server(lambda connection: connection.recv(1)))

    answered = threading.Event()

    def read(_):
        statuses = {requests.get(front.url, timeout=60).status_code}
        while not answered.is_set():  # were the probe to wait for them, it would wait for ever
            statuses.add(requests.get(front.url, timeout=60).status_code)
        return statuses

    with ThreadPoolExecutor(16) as readers:
        try:
            reading = [readers.submit(read, number) for number in range(16)]
            probe = requests.get(front.url + "/health/live", timeout=30)
        finally:
            answered.set()
        assert {status for one in reading for status in one.result()} == {200}

    assert probe.status_code == 200


def test_proxies_of_the_environment_do_not_come_between_front_and_api(gunicorn, free_port):
    api = gunicorn("api")
    proxy = f"http://127.0.0.1:{free_port}"
    front = gunicorn("front", API_BASE_URL=api.url, HTTP_PROXY=proxy, http_proxy=proxy)

    assert requests.get(front.url + "/status", timeout=5).status_code == 200


def test_several_workers_may_share_a_service(gunicorn):
    api = gunicorn("api")
    front = gunicorn("front", API_BASE_URL=api.url, GUNICORN_WORKERS="2", GUNICORN_THREADS="8")

    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(lambda _: requests.get(front.url + "/status", timeout=10), range(80)))

    assert {answer.status_code for answer in answers} == {200}
