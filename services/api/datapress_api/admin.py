"""Who may see the configuration the API really runs with?"""

import msgspec
from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, ServiceUnavailable, Unauthorized

from datapress_api.admin_token import AdminToken
from datapress_api.settings import ApiSettings

_CHALLENGE = WWWAuthenticate("bearer", {"realm": "DataPress API"})


def admin_blueprint(service: str, settings: ApiSettings, token: AdminToken | None) -> Blueprint:
    """The routes for whoever has the token; closed to everybody when there is none."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")

    @blueprint.get("/configuration")
    def configuration() -> Response:
        source = _authorize(token)
        return jsonify(
            service=service,
            settings={name.upper(): value for name, value in msgspec.structs.asdict(settings).items()},
            secret={"present": True, "source": source},
        )

    return blueprint


def _authorize(token: AdminToken | None) -> str:
    """Where the token that the caller has shown comes from; anything else is an HTTP error."""
    if token is None:
        raise ServiceUnavailable
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise Unauthorized(www_authenticate=_CHALLENGE)
    if not token.matches(shown.token):
        raise Forbidden
    return token.source
