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

    Live says that the process answers and that what it does by itself goes on: what a new start
    heals, and nothing else. Ready says that it can do its work, so that it is sent some. Neither
    looks at another service: a dead API must not take the front down with it.
    """
    blueprint = Blueprint("health", __name__)
    well = msgspec.json.encode({"status": "ok", "service": service, "version": version}) + b"\n"

    def told(error: str | None) -> Response:
        if error is None:
            return Response(well, mimetype="application/json")
        answer = jsonify(status="indisponible", error=error, service=service, version=version)
        answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return answer

    @blueprint.get("/health", endpoint="health")
    @blueprint.get(LIVE_PATH, endpoint="live")
    def live() -> Response:
        return told(life.stall())

    @blueprint.get(READY_PATH)
    def ready() -> Response:
        return told(life.obstacle())

    return blueprint
