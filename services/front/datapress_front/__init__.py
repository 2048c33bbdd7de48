"""The DataPress front: a Flask application made by `create_app`."""

from datapress_front.app import create_app

__all__ = ["create_app"]
