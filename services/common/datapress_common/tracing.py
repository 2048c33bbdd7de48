"""How is a request followed from the front to the database? Not at all, unless a collector is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from datapress_common.spans import Spans

_EXTENSION = "datapress-traced"

# One worker, one tracer; set by `start`.
_spans: "Spans | None" = None


def also_trace(app: Flask, instrument: Callable[[], object]) -> None:
    """Have `instrument` called once spans are wanted: what `app` alone uses, such as its database."""
    app.extensions.setdefault(_EXTENSION, []).append(instrument)


def current_trace_id() -> str | None:
    """The trace of the request being served, recorded or not; `None` when nothing is traced."""
    return None if _spans is None else _spans.trace_id()


@contextmanager
def calling(method: str, url: str) -> Iterator[dict[str, str]]:
    """A call to another service, as a part of the trace; gives the headers that make its own spans the next part."""
    if _spans is None:
        yield {}
        return
    with _spans.calling(method, url) as headers:
        yield headers


def start(app: Flask, endpoint: str, ratio: float, service: str, version: str) -> Callable[[], None]:
    """Trace what this worker serves from now on, and give back what is to be done before it ends.

    Called in the worker: the thread that sends spans would not survive a fork.
    """
    global _spans  # noqa: PLW0603
    # Loaded only where they serve: they would double the memory of a service that is not traced.
    from datapress_common.spans import Spans  # noqa: PLC0415

    _spans = Spans(endpoint, ratio, service, version)
    app.wsgi_app = _spans.serving(app.wsgi_app)  # type: ignore[method-assign,assignment]  # as Flask documents
    for instrument in app.extensions.get(_EXTENSION, []):
        instrument()
    return _spans.flush
