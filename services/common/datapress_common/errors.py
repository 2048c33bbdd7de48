"""What does a caller get when something goes wrong: JSON with the request id, never a stack."""

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from datapress_common.request_id import current_request_id

_MESSAGES = {
    400: "requête mal formée",
    401: "authentification requise",
    403: "accès refusé",
    404: "page ou ressource inconnue",
    405: "méthode non acceptée pour cette ressource",
    413: "requête trop volumineuse",
    500: "erreur interne",
    503: "service indisponible",
}


def json_error(error: HTTPException) -> Response:
    """The JSON answer for an HTTP error, with the error's own headers (`Allow`, …)."""
    status = error.code or 500
    response = jsonify(
        error=error_message(error),
        status=status,
        request_id=current_request_id(),
    )
    response.status_code = status
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def error_message(error: HTTPException) -> str:
    """One French sentence for people; never the text of an exception."""
    return _MESSAGES.get(error.code or 500, error.name)
