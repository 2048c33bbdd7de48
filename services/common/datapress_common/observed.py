"""What of a worker is there to be seen from outside?"""

from collections.abc import Callable

from flask import Flask

from datapress_common import tracing
from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.metrics import tell_build
from datapress_common.settings import load

_EXTENSION = "datapress-identity"


def identify(app: Flask, service: str, version: str) -> None:
    """Say which service `app` is."""
    app.extensions[_EXTENSION] = (service, version)


def watched(app: Flask) -> Callable[[], None]:
    """Have this worker of `app` be seen as its settings want; gives back what is to be done before it ends."""
    service, version = app.extensions[_EXTENSION]
    settings = load(GunicornSettings)
    tell_build(service, version, settings.revision)
    if not settings.otel_exporter_otlp_endpoint:
        return lambda: None
    return tracing.start(app, settings.otel_exporter_otlp_endpoint, settings.otel_traces_sampler_arg, service, version)
