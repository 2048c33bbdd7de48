"""What may the holder of the token see of the configuration the API really runs with?"""

import msgspec
from flask import Blueprint, Response, jsonify

from datapress_api.authorization import Guard
from datapress_api.settings import ApiSettings


def admin_blueprint(service: str, settings: ApiSettings, guard: Guard) -> Blueprint:
    """The routes about the service itself."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")

    @blueprint.get("/configuration")
    def configuration() -> Response:
        source = guard.check()
        return jsonify(
            service=service,
            settings={name.upper(): value for name, value in msgspec.structs.asdict(settings).items()},
            secret={"present": True, "source": source},
        )

    return blueprint
