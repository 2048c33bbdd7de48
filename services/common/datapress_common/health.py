"""Is the service alive, is it ready?"""

from http import HTTPStatus

import msgspec
from flask import Blueprint, Response, jsonify

from datapress_common.life import Life

LIVE_PATH = "/health/live"
READY_PATH = "/health/ready"
PROBE_PATHS = frozenset({LIVE_PATH, READY_PATH})


def health_blueprint(service: str, version: str, life: Life) -> Blueprint:
    """The three health routes.

    Live says that the process answers, and nothing more: what a restart does not heal must not
    cause one. Ready says that it can do its work, so that it is sent some. Neither looks at another
    service: a dead API must not take the front down with it.
    """
    blueprint = Blueprint("health", __name__)
    well = msgspec.json.encode({"status": "ok", "service": service, "version": version}) + b"\n"

    @blueprint.get("/health", endpoint="health")
    @blueprint.get(LIVE_PATH, endpoint="live")
    def live() -> Response:
        return Response(well, mimetype="application/json")

    @blueprint.get(READY_PATH)
    def ready() -> tuple[Response, HTTPStatus]:
        obstacle = life.obstacle()
        if obstacle is None:
            return live(), HTTPStatus.OK
        answer = jsonify(status="indisponible", error=obstacle, service=service, version=version)
        return answer, HTTPStatus.SERVICE_UNAVAILABLE

    return blueprint
