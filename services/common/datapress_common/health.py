"""Is the service alive, is it ready?"""

from flask import Blueprint, Response, jsonify


def health_blueprint(service: str, version: str) -> Blueprint:
    """The three health routes, which depend on nothing but the process itself.

    Liveness and readiness have a route each so that they can differ one day; they do not look at
    other services, because a dead API must not take the front down with it.
    """
    blueprint = Blueprint("health", __name__, url_prefix="/health")

    def health() -> Response:
        return jsonify(status="ok", service=service, version=version)

    blueprint.add_url_rule("", "health", health)
    blueprint.add_url_rule("/live", "live", health)
    blueprint.add_url_rule("/ready", "ready", health)
    return blueprint
