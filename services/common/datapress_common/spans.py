"""Which spans does a request leave, and what do they say?

Made by hand on OpenTelemetry's SDK: what its own instrumentation of Flask and of requests adds to each request costs
as much as the request.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from datapress_common.health import PROBE_PATHS
from datapress_common.request_id import ENVIRON

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A collector that is dead is found so by a thread that nobody waits for.
_EXPORT_SECONDS = 2
_LAST_SECONDS = 1.0
_LONGEST = 500
_PARENT = "traceparent"
_W3C = TraceContextTextMapPropagator()


class Spans:
    """Makes the spans of one worker; records `ratio` of the traces that begin here, and those its callers record."""

    def __init__(self, endpoint: str, ratio: float, service: str, version: str) -> None:
        resource = Resource.create({"service.name": service, "service.version": version})
        self._provider = TracerProvider(
            resource=resource, sampler=ParentBased(TraceIdRatioBased(ratio)), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces", timeout=_EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(self._provider)
        self._tracer = trace.get_tracer(__name__)

    def trace_id(self) -> str | None:
        """The trace of what is being done."""
        current = trace.get_current_span().get_span_context()
        return format(current.trace_id, "032x") if current.is_valid else None

    def serving(self, within: "WSGIApplication") -> "WSGIApplication":
        """The application, each of whose requests is a span, within the trace that its caller names."""

        def around(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            if environ["PATH_INFO"] in PROBE_PATHS:
                return within(environ, start_response)
            named = environ.get("HTTP_TRACEPARENT")
            caller = _W3C.extract({_PARENT: named}, context.Context()) if named else context.Context()
            span = self._tracer.start_span(environ["REQUEST_METHOD"], caller, trace.SpanKind.SERVER)

            def start(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
                if span.is_recording():
                    _describe(span, environ, int(status[:3]))
                return start_response(status, headers, failure)

            token = context.attach(trace.set_span_in_context(span, caller))
            try:
                return within(environ, start)
            finally:
                context.detach(token)
                span.end()

        return around

    @contextmanager
    def calling(self, method: str, url: str) -> Iterator[dict[str, str]]:
        """A request to another service, and the header that tells it of this trace, recorded or not."""
        headers: dict[str, str] = {}
        if not trace.get_current_span().is_recording():
            _W3C.inject(headers)
            yield headers
            return
        attributes = {"http.request.method": method, "url.full": url[:_LONGEST]}
        span = self._tracer.start_span(method, kind=trace.SpanKind.CLIENT, attributes=attributes)
        _W3C.inject(headers, trace.set_span_in_context(span))
        try:
            yield headers
        except Exception as failure:
            span.set_status(trace.StatusCode.ERROR, type(failure).__name__)
            raise
        finally:
            span.end()

    def flush(self) -> None:
        """Send what is left, but do not wait for a collector that does not answer."""
        last = threading.Thread(target=self._provider.force_flush, name="last-spans", daemon=True)
        last.start()
        last.join(_LAST_SECONDS)


def _describe(span: trace.Span, environ: "WSGIEnvironment", status: int) -> None:
    method = environ["REQUEST_METHOD"]
    span.set_attributes(
        {
            "http.request.method": method,
            "http.response.status_code": status,
            "url.path": environ["PATH_INFO"][:_LONGEST],
            "datapress.request_id": environ[ENVIRON],
        }
    )
    rule = environ["datapress.route"]
    if rule is not None:
        span.update_name(f"{method} {rule.rule}")
        span.set_attribute("http.route", rule.rule)
    if status >= 500:
        span.set_status(trace.StatusCode.ERROR)
