"""What does the front show?"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus

from datapress_common.errors import error_message, json_error
from datapress_common.request_id import current_request_id
from datapress_common.service import make_service
from datapress_common.settings import load
from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from datapress_front.api_probe import ApiProbe
from datapress_front.settings import FrontSettings

SERVICE = "datapress-front"

# One style sheet and one icon, both from here; no script at all.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The front, configured from `environ`; raises `SettingError` if a setting is not allowed."""
    settings = load(FrontSettings, environ)
    probe = ApiProbe(settings)
    app = make_service(
        __package__,
        service=SERVICE,
        version=settings.front_version,
        content_security_policy=_CONTENT_SECURITY_POLICY,
        static_folder="static",
        on_error=_page_or_json,
    )

    @app.get("/")
    def index() -> str:
        return render_template(
            "index.html",
            settings=settings,
            api=probe.state(current_request_id()),
            request_id=current_request_id(),
        )

    @app.get("/status")
    def status() -> tuple[Response, HTTPStatus]:
        api = probe.state(current_request_id())
        code = HTTPStatus.OK if api.error is None else HTTPStatus.SERVICE_UNAVAILABLE
        answer = jsonify(
            service=SERVICE,
            version=settings.front_version,
            environment=settings.environment,
            api=asdict(api),
        )
        return answer, code

    return app


def _page_or_json(error: HTTPException) -> Response:
    """An error page for a browser, JSON for a program."""
    answer = json_error(error)
    accepted = request.accept_mimetypes
    if accepted.best_match(["application/json", "text/html"]) == "text/html":
        answer.mimetype = "text/html"
        answer.set_data(
            render_template(
                "error.html",
                message=error_message(error),
                status=answer.status_code,
                request_id=current_request_id(),
            )
        )
    return answer
