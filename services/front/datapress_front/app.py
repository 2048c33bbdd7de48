"""What does the front answer?"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from datapress_common.errors import error_message, json_error
from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.life import life_of
from datapress_common.proxies import passed_on
from datapress_common.request_id import HEADER, current_request_id
from datapress_common.service import make_service
from datapress_common.settings import load
from datapress_common.timestamps import iso_utc
from datapress_front.api_call import ApiCaller
from datapress_front.api_state import ApiState, unreachable
from datapress_front.api_watch import ApiWatch, Seen
from datapress_front.indicators import indicators_blueprint
from datapress_front.settings import FrontSettings
from datapress_front.wording import month_in_french, number_in_french

SERVICE = "datapress-front"

_NEVER_SEEN = unreachable("première réponse encore attendue")

# One style sheet and one icon, both from here, and no script at all.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The front, configured from `environ`; raises `SettingError` for a setting it cannot use."""
    settings = load(FrontSettings, environ)
    server = load(GunicornSettings, environ)
    # The other half is for what needs no API: the probes, the last state known, the style sheet.
    watch = ApiWatch(waiting=server.gunicorn_threads // 2)
    caller = ApiCaller(settings)

    def look(headers: Mapping[str, str]) -> Seen[ApiState]:
        return watch.look("state", lambda: caller.ask(headers), _NEVER_SEEN)

    app = make_service(
        __package__,
        service=SERVICE,
        version=settings.front_version,
        content_security_policy=_CONTENT_SECURITY_POLICY,
        trusted_proxies=server.trusted_proxies,
        static_folder="static",
        on_error=_page_or_json,
    )

    # With nothing seen yet, the first readers would be told that the API is missing.
    life_of(app).beginnings.append(lambda: look({HEADER: "demarrage"}))

    app.add_template_filter(iso_utc)
    app.add_template_filter(in_french)
    app.add_template_filter(number_in_french)
    app.add_template_filter(month_in_french)
    app.context_processor(lambda: {"request_id": current_request_id()})

    @app.get("/")
    def index() -> str:
        seen = look(passed_on())
        return render_template(
            "index.html",
            settings=settings,
            commit=server.revision,
            api=seen.state,
            age=round(seen.age, 1),
            made_at=datetime.now(UTC),
        )

    @app.get("/status")
    def status() -> tuple[Response, HTTPStatus]:
        seen = look(passed_on())
        answer = jsonify(
            service=SERVICE,
            version=settings.front_version,
            commit=server.revision,
            environment=settings.environment,
            api=asdict(seen.state) | {"age_s": round(seen.age, 3)},
        )
        return answer, HTTPStatus.SERVICE_UNAVAILABLE if seen.state.error else HTTPStatus.OK

    app.register_blueprint(indicators_blueprint(caller, watch))
    return app


def in_french(number: float) -> str:
    """A number with its decimal comma."""
    return str(number).replace(".", ",")


def _page_or_json(error: HTTPException) -> Response:
    """The error as a page for a browser, in JSON for a program."""
    answer = json_error(error)
    if "text/html" in request.accept_mimetypes.values():
        answer.mimetype = "text/html"
        answer.set_data(
            render_template(
                "error.html",
                status=answer.status_code,
                message=error_message(error),
            )
        )
    return answer
