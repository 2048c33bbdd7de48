"""What does the front say, and how soon, when the API is down or slow?"""

import contextlib
import socket
import threading

import pytest

from datapress_front.settings import FrontSettings

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HEALTHY = HEAD + b'Content-Length: 15\r\n\r\n{"status":"ok"}'
PAGE_SECONDS = 3


def silent(connection):
    """Answer nothing until the other end gives up."""
    connection.recv(1)


def drip(head):
    """An answer that comes one byte at a time, for ever, until the other end cuts the line."""

    def talk(connection):
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            if is_closed(connection, wait=0.05):
                return

    return talk


def is_closed(connection, wait):
    connection.settimeout(wait)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False


def test_an_api_that_is_well_is_reachable_with_its_version_and_latency(seen_by_front, httpserver):
    httpserver.expect_request("/health").respond_with_json({"status": "ok", "version": "4.5.6"})

    api = seen_by_front(httpserver.url_for(""))

    assert 0 < api.pop("latency_ms") < 1000
    assert api == {"reachable": True, "status": 200, "version": "4.5.6", "error": None, "age_s": 0}


def test_the_status_names_the_front_and_its_environment(front_client, free_port):
    client = front_client(
        FRONT_VERSION="7.8.9", REVISION="0a1b2c3", ENVIRONMENT="recette", API_BASE_URL=f"http://127.0.0.1:{free_port}"
    )

    status = client.get("/status").json

    assert status.pop("api")["reachable"] is False
    assert status == {
        "service": "datapress-front",
        "version": "7.8.9",
        "commit": "0a1b2c3",
        "environment": "recette",
    }


def test_a_path_in_the_address_of_the_api_comes_before_its_route(seen_by_front, httpserver):
    httpserver.expect_request("/v1/health").respond_with_json({"status": "ok"})

    assert seen_by_front(httpserver.url_for("/v1/"))["error"] is None


def test_nobody_listens(seen_by_front, free_port):
    assert seen_by_front(f"http://127.0.0.1:{free_port}") == {
        "reachable": False,
        "status": None,
        "latency_ms": None,
        "version": None,
        "error": "connexion refusée",
        "age_s": 0,
    }


def test_the_name_is_not_in_the_dns(seen_by_front):
    api = seen_by_front("http://nom-inexistant.invalid:8000")

    # A resolver that takes its time is cut short like everything else.
    assert api["reachable"] is False
    assert api["error"] in {"nom introuvable dans le DNS", "délai de réponse dépassé"}


def test_nobody_picks_up(seen_by_front):
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        # Its queue full, the system leaves the next caller without an answer.
        for _ in range(2):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())

        api = seen_by_front(f"http://127.0.0.1:{listener.getsockname()[1]}", API_CONNECT_TIMEOUT="0.2")

    assert api["reachable"] is False
    assert api["error"] == "délai de connexion dépassé"


@pytest.mark.promesse("api-absente")
def test_the_api_says_nothing(seen_by_front, tcp_server):
    asked = []
    url = tcp_server(lambda connection: (asked.append(1), silent(connection)))

    api = seen_by_front(url, API_READ_TIMEOUT="0.2")

    assert api["reachable"] is False
    assert api["error"] == "délai de réponse dépassé"
    assert len(asked) == 1, "slowness is not to be tried twice"


def test_the_api_hangs_up_twice(seen_by_front, tcp_server):
    asked = []
    url = tcp_server(lambda _: asked.append(1))

    api = seen_by_front(url)

    assert api["reachable"] is False
    assert api["error"] == "connexion interrompue"
    assert len(asked) == 2


def test_the_api_hangs_up_once_and_nobody_notices(seen_by_front, tcp_server):
    asked = []

    def hang_up_first(connection):
        asked.append(1)
        if len(asked) > 1:
            connection.sendall(HEALTHY)

    assert seen_by_front(tcp_server(hang_up_first))["error"] is None
    assert len(asked) == 2


def test_a_kept_connection_that_the_api_closes_costs_no_error(front_client, tcp_server, next_request):
    connections = []

    def answer_once(connection):
        connections.append(connection)
        connection.sendall(HEALTHY)
        next_request(connection)

    client = front_client(API_BASE_URL=tcp_server(answer_once))

    assert [client.get("/status").status_code for _ in range(3)] == [200, 200, 200]
    assert len(connections) == 3


def test_a_connection_is_kept_for_the_next_request(front_client, tcp_server, next_request):
    connections = []

    def answer_always(connection):
        connections.append(connection)
        connection.sendall(HEALTHY)
        while next_request(connection):
            connection.sendall(HEALTHY)

    client = front_client(API_BASE_URL=tcp_server(answer_always))

    assert [client.get("/status").status_code for _ in range(3)] == [200, 200, 200]
    assert len(connections) == 1


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD + b"Content-Length: 60000\r\n\r\n"],
    ids=["in the first line", "in a header", "in the body"],
)
def test_the_api_answers_one_byte_at_a_time(seen_by_front, tcp_server, head):
    cut = threading.Event()

    def talk(connection):
        try:
            drip(head)(connection)
        finally:
            cut.set()

    api = seen_by_front(tcp_server(talk))

    assert (api["reachable"], api["error"]) == (False, "délai de réponse dépassé")
    assert cut.wait(15), "the connection must not be left to drip"
    for thread in threading.enumerate():
        if thread.name == "api-call":
            thread.join(15)
            assert not thread.is_alive(), "nobody waits for an answer any more"


def test_more_requests_than_simultaneous_calls_are_served_one_after_the_other(front_client, httpserver):
    httpserver.expect_request("/health").respond_with_json({"status": "ok"})
    client = front_client(API_BASE_URL=httpserver.url_for(""))

    assert {client.get("/status").status_code for _ in range(40)} == {200}


@pytest.mark.promesse("api-absente")
@pytest.mark.parametrize(
    ("body", "status", "title", "detail"),
    [
        (b'{"status":"ok"}', 200, "API disponible", "elle a répondu en"),
        (b"", 500, "API en erreur", "réponse HTTP 500"),
        (None, None, "API injoignable", "connexion refusée"),
    ],
    ids=["well", "in error", "down"],
)
def test_the_page_answers_200_and_says_how_the_api_is(front_client, httpserver, free_port, body, status, title, detail):
    url = httpserver.url_for("")
    if status is None:
        url = f"http://127.0.0.1:{free_port}"
    else:
        httpserver.expect_request("/health").respond_with_data(body, status=status)

    page = front_client(API_BASE_URL=url).get("/")

    assert page.status_code == 200
    assert title in page.text
    assert detail in page.text
    assert ("seule l’API est en défaut" in page.text) is (status != 200)


@pytest.mark.promesse("api-absente")
def test_the_page_answers_200_though_the_api_says_nothing_and_waits_no_longer_than_promised(front_client, tcp_server):
    client = front_client(API_BASE_URL=tcp_server(silent))

    page = client.get("/")

    defaults = FrontSettings()
    assert defaults.api_connect_timeout + defaults.api_read_timeout <= PAGE_SECONDS
    assert page.status_code == 200
    assert "API injoignable" in page.text
