"""How is a request followed from the front to the database? Not at all, unless a collector is named."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

_EXTENSION = "datapress-traced"

# A collector that is dead is found so by a thread that nobody waits for.
_EXPORT_SECONDS = 2
_LAST_SECONDS = 1.0

_current: Callable[[], str | None] = lambda: None  # noqa: E731 - replaced by `start`


def also_trace(app: Flask, instrument: Callable[[], object]) -> None:
    """Have `instrument` called once spans are wanted: what `app` alone uses, such as its database."""
    app.extensions.setdefault(_EXTENSION, []).append(instrument)


def current_trace_id() -> str | None:
    """The trace of the request being served, `None` when nothing is traced."""
    return _current()


def start(app: Flask, endpoint: str, service: str, version: str) -> Callable[[], None]:
    """Trace what this worker serves from now on, and give back what is to be done before it ends.

    Called in the worker: the thread that sends spans would not survive a fork.
    """
    # Loaded only where they serve: they would double the memory of a service that is not traced.
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.instrumentation.flask import FlaskInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    global _current  # noqa: PLW0603 - one worker, one tracer
    resource = Resource.create({"service.name": service, "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces", timeout=_EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    FlaskInstrumentor().instrument_app(app, excluded_urls="health/live,health/ready")
    for instrument in app.extensions.get(_EXTENSION, []):
        instrument()

    def current() -> str | None:
        context = trace.get_current_span().get_span_context()
        return format(context.trace_id, "032x") if context.is_valid else None

    _current = current
    return lambda: _flush(provider)


def _flush(provider: Any) -> None:
    """Send what is left, but do not wait for a collector that does not answer."""
    last = threading.Thread(target=provider.force_flush, name="last-spans", daemon=True)
    last.start()
    last.join(_LAST_SECONDS)
