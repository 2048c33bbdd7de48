"""Who may see the API's configuration?"""

import msgspec
from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from datapress_api.settings import ApiSettings
from datapress_api.token import Token


def admin_blueprint(service: str, settings: ApiSettings, token: Token | None) -> Blueprint:
    """The routes for which the caller must show the token."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")

    @blueprint.before_request
    def require_token() -> None:
        if token is None:
            abort(503)
        authorization = request.authorization
        if authorization is None or authorization.type != "bearer" or not authorization.token:
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": service}))
        if not token.matches(authorization.token):
            abort(403)

    @blueprint.get("/configuration")
    def configuration() -> Response:
        return jsonify(
            service=service,
            settings=msgspec.to_builtins(settings),
            secret={"present": True, "source": token.source if token else None},
        )

    return blueprint
