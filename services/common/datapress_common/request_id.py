"""Which request is this: one id from the browser to the front to the API, and in every log line."""

import re
import uuid

from flask import Flask, Response, g, has_request_context, request

HEADER = "X-Request-ID"

_ACCEPTED = re.compile(r"[A-Za-z0-9-]{1,64}")


def register(app: Flask) -> None:
    """Give each request of `app` an id, and each answer the header that carries it."""
    app.before_request(_begin)
    app.after_request(_add_header)


def current_request_id() -> str | None:
    """The id of the request being served, `None` outside of one."""
    return g.get("request_id") if has_request_context() else None


def choose_request_id(incoming: str | None) -> str:
    """Keep the caller's id if it cannot disturb a log or a header; make one otherwise."""
    if incoming is not None and _ACCEPTED.fullmatch(incoming):
        return incoming
    return uuid.uuid4().hex


def _begin() -> None:
    g.request_id = choose_request_id(request.headers.get(HEADER))


def _add_header(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    return response
