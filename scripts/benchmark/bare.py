"""As little as Flask can do for the two routes of the brief."""

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    """The application that the services are compared with, on the same Gunicorn."""
    app = Flask(__name__)
    app.extensions["datapress-identity"] = ("nu", "0")

    @app.get("/")
    @app.get("/health")
    def answer() -> Response:
        return jsonify(status="ok", service="nu", version="1.0.0")

    return app
