"""What does a caller get when something goes wrong?"""

from http import HTTPStatus

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from datapress_common.request_id import current_request_id

_MESSAGES = {
    HTTPStatus.BAD_REQUEST: "requête mal formée",
    HTTPStatus.UNAUTHORIZED: "authentification requise",
    HTTPStatus.FORBIDDEN: "accès refusé",
    HTTPStatus.NOT_FOUND: "ressource inconnue",
    HTTPStatus.METHOD_NOT_ALLOWED: "méthode non permise sur cette ressource",
    HTTPStatus.CONFLICT: "existe déjà",
    HTTPStatus.LENGTH_REQUIRED: "longueur du contenu requise",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "contenu trop volumineux",
    HTTPStatus.REQUEST_URI_TOO_LONG: "adresse trop longue",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "type de contenu non accepté",
    HTTPStatus.EXPECTATION_FAILED: "attente impossible à satisfaire",
    HTTPStatus.TOO_MANY_REQUESTS: "trop de demandes, réessayer plus tard",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "en-têtes trop volumineux",
    HTTPStatus.INTERNAL_SERVER_ERROR: "erreur interne",
    HTTPStatus.SERVICE_UNAVAILABLE: "service indisponible",
}


def json_error(error: HTTPException) -> Response:
    """The error in JSON: status, French message and request id, with headers such as `Allow`."""
    status = error_status(error)
    told = {"error": error_message(error), "status": status.value, "request_id": current_request_id()}
    # What was expected, from an error that says so in words of its own.
    detail = getattr(error, "detail", None)
    answer = jsonify(told | {"detail": detail} if detail else told)
    answer.status_code = status
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers.add(name, value)
    return answer


def error_status(error: HTTPException) -> HTTPStatus:
    """The error's status, 500 when it has none."""
    return HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)


def error_message(error: HTTPException) -> str:
    """A few words for people, which never quote an exception."""
    status = error_status(error)
    return _MESSAGES.get(status, status.phrase)
