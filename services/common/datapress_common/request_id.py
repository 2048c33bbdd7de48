"""Which request is this? One id from the browser to the front to the API, and in every log."""

import re
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"

_ACCEPTED = re.compile(r"[A-Za-z0-9-]{1,64}")


def register(app: Flask) -> None:
    """Give every request to `app` an id, and every answer the header that carries it."""
    app.before_request(_begin)
    app.after_request(_add_header)


def current_request_id() -> str:
    """The id of the request being served."""
    request_id: str = g.request_id
    return request_id


def choose_request_id(incoming: str | None) -> str:
    """The caller's id if it can disturb neither log nor header, a new one otherwise."""
    if incoming is not None and _ACCEPTED.fullmatch(incoming):
        return incoming
    return uuid.uuid4().hex


def _begin() -> None:
    g.request_id = request.environ["datapress.request_id"] = choose_request_id(request.headers.get(HEADER))


def _add_header(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    return response
