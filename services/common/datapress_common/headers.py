"""What goes around every answer: the id of its request, and the headers that protect it?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from datapress_common.proxies import Networks, find_client
from datapress_common.request_id import ENVIRON, HEADER, choose_request_id
from datapress_common.tracing import current_trace_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_EXTENSION = "datapress-headers"
_CACHE = "Cache-Control"


def register(app: Flask, content_security_policy: str, proxies: Networks) -> None:
    """Give every request to `app` an id and its client's address, and every answer that id and these headers.

    Around Flask and not within: a service must cost little more than Flask itself, and Werkzeug's
    headers, looked at one by one, cost a tenth of it.
    """
    app.extensions[_EXTENSION] = [*_ALWAYS.items(), ("Content-Security-Policy", content_security_policy)]
    within = app.wsgi_app

    def around(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begin(environ)
        if proxies:
            find_client(environ, proxies)

        def start(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
            # For the log and the metrics, which are written when Flask has let go of the request.
            environ["datapress.trace_id"] = current_trace_id()
            environ["datapress.route"] = getattr(environ.get("werkzeug.request"), "url_rule", None)
            return start_response(status, [*headers, *added(app, environ, headers)], failure)

        return within(environ, start)

    app.wsgi_app = around  # type: ignore[method-assign]  # as Flask's documentation does


def begin(environ: "WSGIEnvironment") -> None:
    """Choose the id of a request."""
    environ[ENVIRON] = choose_request_id(environ.get("HTTP_X_REQUEST_ID"))


def added(app: Flask, environ: "WSGIEnvironment", headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What an answer with these headers gets; what says nothing about caches is kept out of them."""
    more = [*app.extensions[_EXTENSION], (HEADER, environ[ENVIRON])]
    return more if any(name == _CACHE for name, _ in headers) else [*more, (_CACHE, "no-store")]
