"""The DataPress API: a Flask application made by `create_app`."""

from datapress_api.app import create_app

__all__ = ["create_app"]
