"""Is the service alive, is it ready?"""

from flask import Blueprint, Response, jsonify

LIVE_PATH = "/health/live"
READY_PATH = "/health/ready"
PROBE_PATHS = frozenset({LIVE_PATH, READY_PATH})


def health_blueprint(service: str, version: str) -> Blueprint:
    """The three health routes, which depend on nothing but the process itself.

    Liveness and readiness have a route each so that they can differ. Neither looks at another
    service: a dead API must not take the front down with it.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health", endpoint="health")
    @blueprint.get(LIVE_PATH, endpoint="live")
    @blueprint.get(READY_PATH, endpoint="ready")
    def health() -> Response:
        return jsonify(status="ok", service=service, version=version)

    return blueprint
