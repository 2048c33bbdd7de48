"""Do clients that are slow, too many, or wrong leave the others alone?"""

import contextlib
import http.client
import itertools
import resource
import socket
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import requests

from datapress_common.request_bytes import LARGEST_BODY, LARGEST_HEAD

REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /health HTTP/1.1\r\nHost: localhost\r\n"


@contextlib.contextmanager
def opened(service, count, sent):
    """So many connections that have sent these bytes, and stay."""
    host, _, port = service.url.removeprefix("http://").rpartition(":")
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection((host, int(port)), 10)) for _ in range(count)]
        for connection in connections:
            connection.sendall(sent)
        yield connections


def worker_of(service):
    (worker,) = psutil.Process(service.process.pid).children()
    return worker


def healthy(service):
    return requests.get(service.url + "/health", timeout=5).status_code == 200


def answer(connection):
    """Status, headers and text of the next answer on a connection; the text is all that comes until it is closed."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in headers), body.decode()


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", REQUEST[:-2], POST + b"Content-Length: 9\r\n\r\n", REQUEST + b"G"],
    ids=["nothing", "one byte", "half a head", "no body", "half a second request"],
)
def test_two_hundred_clients_that_do_not_finish_leave_room_for_the_others(gunicorn, sent):
    service = gunicorn("front")
    worker = worker_of(service)

    with opened(service, 200, sent):
        assert all(healthy(service) for _ in range(50))

    assert worker_of(service) == worker


@pytest.mark.parametrize("sent", [REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b"?\r\n\r\n"])
def test_clients_that_do_not_close_after_their_answer_keep_nobody_waiting(gunicorn, sent):
    service = gunicorn("front")

    with opened(service, 50, sent):
        assert healthy(service)


def test_more_connections_than_there_may_be_make_room_by_age(gunicorn):
    service = gunicorn("front")
    worker = worker_of(service)

    with opened(service, 1100, b"G") as connections:
        assert healthy(service)
        connections[0].settimeout(10)
        assert connections[0].recv(1) == b"", "the oldest is closed"

    assert worker_of(service) == worker


def test_a_worker_without_descriptors_goes_on_with_what_it_has(gunicorn):
    service = gunicorn("front")
    worker = worker_of(service)
    worker.rlimit(resource.RLIMIT_NOFILE, (worker.num_fds() + 20, worker.num_fds() + 20))

    with opened(service, 100, b"G"):
        assert healthy(service)
        service.wait_for_line("Connexions limitées")

    assert worker_of(service) == worker


def test_a_request_that_does_not_come_to_its_end_is_given_up(gunicorn, tmp_path):
    (tmp_path / "hurried.py").write_text(
        textwrap.dedent("""
            from datapress_common import worker

            worker.RECEIVE_SECONDS = 0.2
            Worker = worker.Worker
        """)
    )
    service = gunicorn("front", options=["-k", "hurried.Worker", "--pythonpath", str(tmp_path)])

    with opened(service, 1, REQUEST[:-2]) as (connection,):
        assert connection.recv(1) == b""


def test_requests_that_come_together_or_in_pieces_are_answered_in_order(gunicorn):
    service = gunicorn("api")
    other = REQUEST.replace(b"/health", b"/inconnu")

    with opened(service, 1, b"\r\n" + REQUEST + other + REQUEST[:20]) as (connection,):
        connection.sendall(REQUEST[20:-4] + b"\r\nConnection: close\r\n\r\n")
        received = b""
        while chunk := connection.recv(65536):
            received += chunk

    assert [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]] == [200, 404, 200]


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        (b"?\r\n\r\n", 400, "requête mal formée"),
        (b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400, "requête mal formée"),
        (POST + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), 413, "contenu trop volumineux"),
        (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400, "requête mal formée"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", 411, "longueur du contenu requise"),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414, "adresse trop longue"),
        (REQUEST[:-2] + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431, "en-têtes trop volumineux"),
        (REQUEST[:-2] + b"X: " + b"a" * LARGEST_HEAD, 431, "en-têtes trop volumineux"),
        (REQUEST[:-2] + b"Expect: miracle\r\n\r\n", 417, "attente impossible à satisfaire"),
    ],
)
def test_what_no_route_sees_is_refused_as_the_service_refuses(gunicorn, sent, status, message):
    api, front = gunicorn("api"), gunicorn("front")

    for service in (api, front):
        with opened(service, 1, sent) as (connection,):
            got, headers, body = answer(connection)
        assert got == status
        assert message in body
        assert headers["X-Request-ID"] in body
        assert headers["Connection"] == "close"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"].startswith("application/json" if service is api else "text/html")


def test_no_request_on_a_kept_connection_is_lost_at_a_stop(gunicorn):
    service = gunicorn("front")
    stopping = threading.Event()

    def call(number):
        """Ask until the service announces a close: every request sent must be answered."""
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=20)
        connection.connect()
        connection.auto_open = 0
        for answers in itertools.count(1):
            connection.request("GET", "/health")
            response = connection.getresponse()
            assert response.read()
            if answers == 20 and not stopping.is_set():
                stopping.set()
                service.terminate()
            if response.will_close:
                connection.close()
                return response.status
        raise AssertionError

    with ThreadPoolExecutor(16) as callers:
        statuses = list(callers.map(call, range(16)))

    assert statuses == [200] * 16
    assert service.exit_status() == 0
