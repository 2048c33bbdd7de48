"""What does the API answer?"""

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Flask, Response, jsonify

from datapress_api.admin import admin_blueprint
from datapress_api.admin_token import read_admin_token
from datapress_api.authorization import Guard
from datapress_api.database import Database
from datapress_api.database_url import read_database_url
from datapress_api.indicators import indicators_blueprint
from datapress_api.openapi import openapi_blueprint
from datapress_api.settings import ApiSettings
from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.life import life_of
from datapress_common.service import make_service
from datapress_common.settings import load
from datapress_common.timestamps import iso_utc
from datapress_common.tracing import also_trace

SERVICE = "datapress-api"

# Answers are data: nothing in them is to be rendered, framed or run.
_CONTENT_SECURITY_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The API, configured from `environ`; raises `SettingError` for a setting it cannot use."""
    settings = load(ApiSettings, environ)
    token = read_admin_token(environ)
    guard = Guard(token)
    server = load(GunicornSettings, environ)
    # The other half of the threads is for what needs no database.
    places = server.gunicorn_threads // 2
    app = make_service(
        __package__,
        service=SERVICE,
        version=settings.api_version,
        content_security_policy=_CONTENT_SECURITY_POLICY,
        trusted_proxies=server.trusted_proxies,
    )
    database = Database(read_database_url(environ), places, life_of(app))
    instance = socket.gethostname()

    @app.get("/")
    def index() -> Response:
        return jsonify(
            service=SERVICE,
            version=settings.api_version,
            commit=server.revision,
            timestamp=iso_utc(datetime.now(UTC)),
            # Which of the replicas answered: a container's or a pod's host name.
            instance=instance,
            environment={"name": settings.environment, "log_level": settings.log_level},
            secret_present=token is not None and token.usable(),
            # An embedded database ends with the process: whoever writes into it is told so.
            data={"database": database.engine.dialect.name, "kept": database.location.kept},
        )

    if token is not None:
        life_of(app).needs.append(lambda: None if token.usable() else "jeton illisible")
    app.extensions["datapress-database"] = database
    also_trace(app, database.trace)
    app.register_blueprint(admin_blueprint(SERVICE, settings, guard))
    app.register_blueprint(indicators_blueprint(database, guard))
    app.register_blueprint(openapi_blueprint(settings.api_version))
    return app
