"""What does the API answer?"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from datapress_common.service import make_service
from datapress_common.settings import load
from flask import Flask, Response, jsonify

from datapress_api.admin import admin_blueprint
from datapress_api.settings import ApiSettings
from datapress_api.token import read_token

SERVICE = "datapress-api"

# Answers are data: nothing of them may be rendered, framed or run.
_CONTENT_SECURITY_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The API, configured from `environ`; raises `SettingError` if a setting is not allowed."""
    settings = load(ApiSettings, environ)
    token = read_token(environ)
    app = make_service(
        __package__,
        service=SERVICE,
        version=settings.api_version,
        content_security_policy=_CONTENT_SECURITY_POLICY,
    )

    @app.get("/")
    def index() -> Response:
        return jsonify(
            service=SERVICE,
            version=settings.api_version,
            timestamp=datetime.now(UTC).isoformat(timespec="milliseconds"),
            environment={"name": settings.environment, "log_level": settings.log_level},
            secret_present=token is not None,
        )

    app.register_blueprint(admin_blueprint(SERVICE, settings, token))
    return app
