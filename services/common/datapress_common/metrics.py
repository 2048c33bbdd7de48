"""What does a service count of itself, for Prometheus?"""

from datetime import timedelta

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_REQUESTS = Counter("http_requests", "Requests answered", ("method", "route", "status"))
_DURATION = Histogram("http_request_duration_seconds", "From a request to its answer", ("route",), buckets=_SECONDS)
_API = Histogram("datapress_api_call_seconds", "Calls to the API, seen by the front", ("outcome",), buckets=_SECONDS)
_API_REMEMBERED = Counter("datapress_api_remembered", "Readers given what the API said last")
_LOST = Counter("datapress_log_lines_lost", "Log lines that found no room while their reader stalled")
_BUILD = Gauge("datapress_build_info", "1, with what runs", ("service", "version", "revision"), multiprocess_mode="max")

# Anybody may invent a method: each new name would be kept for ever.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, route: str | None, status: int, took: timedelta) -> None:
    """Count an answer; `route` is the rule that served it, which is one of a few, or `None`."""
    rule = route or "(aucune)"
    _REQUESTS.labels(method if method in _METHODS else "(autre)", rule, str(status)).inc()
    _DURATION.labels(rule).observe(took.total_seconds())


def count_api_call(seconds: float, *, good: bool) -> None:
    """Count a call from the front to the API."""
    _API.labels("bonne" if good else "en défaut").observe(seconds)


def count_remembered() -> None:
    """Count a reader who did not wait for the API."""
    _API_REMEMBERED.inc()


def count_lost_lines(lines: int = 1) -> None:
    """Count log lines that nobody will read."""
    _LOST.inc(lines)


def tell_build(service: str, version: str, revision: str) -> None:
    """Say what runs."""
    _BUILD.labels(service, version, revision).set(1)
