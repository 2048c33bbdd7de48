"""What does a caller get whose request no route ever sees?"""

from http import HTTPStatus

from flask import Flask
from werkzeug.exceptions import HTTPException

from datapress_common import headers


def refusal_bytes(app: Flask, status: int) -> bytes:
    """The whole answer, as the error handlers of `app` make it for a browser, with its headers."""
    error = HTTPException()
    error.code = status
    with app.test_request_context(headers={"Accept": "text/html"}) as context:
        environ = context.request.environ
        headers.begin(environ)
        answer = app.make_response(app.handle_http_exception(error))
    body = answer.get_data()
    answer.headers["Content-Length"] = str(len(body))
    answer.headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    sent = list(answer.headers)
    lines += [f"{name}: {value}" for name, value in [*sent, *headers.added(app, environ, sent)]]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class StatusOnly:
    """Stands for the client's socket where Gunicorn writes an answer of its own: the status is kept, no more."""

    def __init__(self) -> None:
        self.status = 500

    def gettimeout(self) -> float:
        """Of a socket that never blocks."""
        return 0.0

    def sendall(self, data: bytes) -> None:
        """Keep the status."""
        self.status = int(data.split(None, 2)[1])
