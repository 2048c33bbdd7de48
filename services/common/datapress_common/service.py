"""What makes a Flask application a DataPress service?"""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from datapress_common import headers
from datapress_common.errors import json_error
from datapress_common.health import health_blueprint
from datapress_common.life import life_of
from datapress_common.observed import identify
from datapress_common.proxies import read_proxies


def make_service(
    package: str,
    *,
    service: str,
    version: str,
    content_security_policy: str,
    trusted_proxies: str = "",
    static_folder: str | None = None,
    on_error: Callable[[HTTPException], Response] = json_error,
) -> Flask:
    """A Flask application with request ids, JSON, health routes, errors and protective headers."""
    app = Flask(package, static_folder=static_folder)
    identify(app, service, version)
    app.json = _Json(app)
    # Werkzeug would send `//host/x` to the host that the client names.
    app.url_map.merge_slashes = False
    headers.register(app, content_security_policy, read_proxies(trusted_proxies))
    # Unforeseen exceptions come here as well: Flask logs them and makes a 500 of them.
    app.register_error_handler(HTTPException, on_error)
    app.register_blueprint(health_blueprint(service, version, life_of(app)))
    return app


class _Json(DefaultJSONProvider):
    """JSON that people read: in the order it was written, accents as they are."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """The text of `obj`."""
        return msgspec.json.encode(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """The answer that holds it, on a line of its own."""
        body = msgspec.json.encode(self._prepare_response_obj(args, kwargs)) + b"\n"
        return Response(body, mimetype="application/json")
