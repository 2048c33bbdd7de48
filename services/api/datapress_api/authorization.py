"""May this caller do what only the holder of the token may?"""

import math

from flask import request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, ServiceUnavailable, TooManyRequests, Unauthorized

from datapress_api.admin_token import AdminToken
from datapress_api.attempts import Attempts

_CHALLENGE = WWWAuthenticate("bearer", {"realm": "DataPress API"})


class Guard:
    """Lets through whoever shows the token; closed to everybody when there is none."""

    def __init__(self, token: AdminToken | None) -> None:
        self._token = token
        self._attempts = Attempts()

    def check(self) -> str:
        """Where the token comes from that the caller of the request being served has shown; raises an HTTP error."""
        if self._token is None or not self._token.usable():
            raise ServiceUnavailable
        wait = self._attempts.wait(request.remote_addr)
        if wait:
            raise TooManyRequests(retry_after=math.ceil(wait))
        shown = _bearer(request.headers.get("Authorization", ""))
        if not shown:
            raise Unauthorized(www_authenticate=_CHALLENGE)
        if not self._token.matches(shown):
            self._attempts.wrong(request.remote_addr)
            raise Forbidden
        return self._token.source


def _bearer(header: str) -> str:
    """The token in the header; Werkzeug takes one with a `=` inside for a list of parameters."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
