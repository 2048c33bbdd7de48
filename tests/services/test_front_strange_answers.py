"""What does the front make of an API that answers, but not as it should?"""

import zlib

import pytest

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HEALTHY = HEAD + b'Content-Length: 15\r\n\r\n{"status":"ok"}'


@pytest.mark.parametrize("status", [204, 301, 302, 401, 404, 500, 503])
def test_the_api_answers_with_another_status(seen_by_front, httpserver, status):
    target = httpserver.url_for("/ailleurs")
    httpserver.expect_request("/health").respond_with_data("x" * 1000, status=status, headers={"Location": target})

    api = seen_by_front(httpserver.url_for(""))

    assert (api["reachable"], api["status"]) == (True, status)
    assert api["error"] == f"réponse HTTP {status}"
    assert [request.path for request, _ in httpserver.log] == ["/health"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><h1>It works!</h1>",
        b'{"status": "ok"',
        b"null",
        b"[]",
        b"{}",
        b'{"status": "ko"}',
        b'{"status": "ok", "version": 1}',
        b'{"status": "ok", "version": "' + b"1" * 65 + b'"}',
        b'{"status": "ok", "version": "\xff"}',
        b'{"x": ' + b"[" * 30000,
    ],
    ids=lambda body: repr(body[:32]),
)
def test_the_api_answers_something_else(seen_by_front, httpserver, body):
    httpserver.expect_request("/health").respond_with_data(body)

    api = seen_by_front(httpserver.url_for(""))

    assert (api["reachable"], api["status"]) == (True, 200)
    assert api["error"] == "réponse inattendue"
    assert api["version"] is None


def test_an_answer_without_end_is_cut_short(seen_by_front, tcp_server):
    sent = []

    def flood(connection):
        connection.sendall(HEAD + b"\r\n")
        while True:
            sent.append(connection.send(b"x" * 4096))

    api = seen_by_front(tcp_server(flood))

    assert api["error"] == "réponse trop longue"
    assert sum(sent) < 32 * 1024 * 1024


def test_the_body_of_a_redirect_is_not_even_read(seen_by_front, tcp_server):
    sent = []

    def flood(connection):
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 4096))

    api = seen_by_front(tcp_server(flood))

    assert api["error"] == "réponse HTTP 302"
    assert sum(sent) < 32 * 1024 * 1024


def test_an_answer_that_breaks_off_is_not_taken_for_a_good_one(seen_by_front, tcp_server):
    url = tcp_server(lambda connection: connection.sendall(HEALTHY[:-3]))

    api = seen_by_front(url)

    assert (api["reachable"], api["error"]) == (True, "réponse interrompue")


def test_a_compressed_answer_cannot_grow_without_limit(seen_by_front, httpserver):
    bomb = zlib.compress(bytes(64 * 1024 * 1024))
    httpserver.expect_request("/health").respond_with_data(bomb, headers={"Content-Encoding": "deflate"})

    assert seen_by_front(httpserver.url_for(""))["error"] == "réponse trop longue"


def test_cookies_of_the_api_are_not_kept(front_client, httpserver):
    httpserver.expect_request("/health").respond_with_json(
        {"status": "ok"}, headers={"Set-Cookie": "session=1; Path=/"}
    )
    client = front_client(API_BASE_URL=httpserver.url_for(""))

    client.get("/status")
    client.get("/status")

    assert [request.headers.get("Cookie") for request, _ in httpserver.log] == [None, None]
