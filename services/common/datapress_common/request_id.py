"""Which request is this? One id from the browser to the front to the API, and in every log."""

import os
import re

from flask import request

HEADER = "X-Request-ID"
# Where a request's environment holds it.
ENVIRON = "datapress.request_id"

_ACCEPTED = re.compile(r"[A-Za-z0-9-]{1,64}")


def current_request_id() -> str:
    """The id of the request being served."""
    request_id: str = request.environ[ENVIRON]
    return request_id


def choose_request_id(incoming: str | None) -> str:
    """The caller's id if it can disturb neither log nor header, a new one otherwise."""
    if incoming is not None and _ACCEPTED.fullmatch(incoming):
        return incoming
    return os.urandom(16).hex()
