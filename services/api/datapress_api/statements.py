"""Which part of a request's trace is the database's?"""

from typing import Any

from opentelemetry import trace
from sqlalchemy import Engine, event

_TRACER = trace.get_tracer(__name__)
_LONGEST = 500


def trace_statements(engine: Engine) -> None:
    """Make a span of each statement of `engine`, within a trace that is recorded; values are left out."""

    def before(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        if not trace.get_current_span().is_recording():
            return
        context.span = _TRACER.start_span(
            statement.split(None, 1)[0],
            kind=trace.SpanKind.CLIENT,
            attributes={"db.system.name": engine.dialect.name, "db.query.text": statement[:_LONGEST]},
        )

    def after(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        span = getattr(context, "span", None)
        if span is not None:
            span.end()

    def failed(failure: Any) -> None:
        span = getattr(failure.execution_context, "span", None)
        if span is not None:
            span.set_status(trace.StatusCode.ERROR, type(failure.original_exception).__name__)
            span.end()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)
