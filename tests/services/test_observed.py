"""Can a service be seen: its numbers, and the trace of a request through all of it?"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug import Response

from . import databases


@pytest.fixture
def metrics_port(free_port):
    return free_port


def samples(port):
    """Every sample by its name and labels."""
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests_counted(port, route, status, method="GET"):
    return samples(port).get(("http_requests_total", ("method", method), ("route", route), ("status", status)), 0)


def test_requests_are_counted_by_route_method_and_status_whichever_worker_served_them(gunicorn, metrics_port):
    api = gunicorn("api", METRICS_PORT=str(metrics_port), GUNICORN_WORKERS="2", REVISION="abc123")

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(lambda _: requests.get(api.url + "/health", timeout=5), range(40)))
    for path in ("/indicateurs/1", "/indicateurs/2", "/indicateurs/999", "/inconnu"):
        requests.get(api.url + path, timeout=5)
    requests.request("INVENTEE", api.url + "/health", timeout=5)

    # An answer is counted once it has been sent.
    databases.until(lambda: requests_counted(metrics_port, "(aucune)", "405", "(autre)") == 1)
    assert requests_counted(metrics_port, "/health", "200") == 40
    assert requests_counted(metrics_port, "/indicateurs/<int:number>", "200") == 2
    assert requests_counted(metrics_port, "/indicateurs/<int:number>", "404") == 1
    assert requests_counted(metrics_port, "(aucune)", "404") == 1
    found = samples(metrics_port)
    assert found["http_request_duration_seconds_count", ("route", "/health")] >= 40
    build = ("datapress_build_info", ("revision", "abc123"), ("service", "datapress-api"), ("version", "1.0.0"))
    assert found[build] == 1
    assert found["process_resident_memory_bytes",] > 10_000_000
    assert found["process_cpu_seconds_total",] > 0


def test_the_front_counts_its_calls_to_the_api(gunicorn, metrics_port, free_port_elsewhere):
    front = gunicorn("front", METRICS_PORT=str(metrics_port), API_BASE_URL=f"http://127.0.0.1:{free_port_elsewhere}")

    requests.get(front.url + "/status", timeout=5)

    # The first call is the one of the start.
    assert samples(metrics_port)["datapress_api_call_seconds_count", ("outcome", "en défaut")] == 2


def test_metrics_are_on_a_port_of_their_own_or_nowhere(gunicorn, metrics_port):
    with_them, without = gunicorn("front", METRICS_PORT=str(metrics_port)), gunicorn("front")

    for service in (with_them, without):
        assert requests.get(service.url + "/metrics", timeout=5).status_code == 404
    assert requests.get(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5).status_code == 200


def test_what_workers_counted_is_removed_at_the_end(gunicorn, metrics_port):
    memory = Path("/dev/shm")
    before = set(memory.glob("datapress-metrics-*"))
    service = gunicorn("front", METRICS_PORT=str(metrics_port))
    made = set(memory.glob("datapress-metrics-*")) - before
    service.terminate()

    assert service.exit_status() == 0
    assert bool(made) == memory.is_dir()
    assert not any(folder.exists() for folder in made)


class Collector:
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self, httpserver):
        self.spans = []
        self.settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": httpserver.url_for("").rstrip("/"),
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        httpserver.expect_request("/v1/traces", method="POST").respond_with_handler(self.take)

    def take(self, request):
        sent = ExportTraceServiceRequest.FromString(request.get_data())
        for resource in sent.resource_spans:
            (service,) = [
                each.value.string_value for each in resource.resource.attributes if each.key == "service.name"
            ]
            self.spans += [(service, span) for scope in resource.scope_spans for span in scope.spans]
        return Response(b"", content_type="application/x-protobuf")


@pytest.fixture
def collector(httpserver):
    return Collector(httpserver)


def test_one_trace_leads_from_the_front_through_the_api_to_the_database(gunicorn, collector):
    traced = collector.settings | {"OTEL_TRACES_SAMPLER_ARG": "1"}
    api = gunicorn("api", **traced)
    front = gunicorn("front", API_BASE_URL=api.url, **traced)

    answer = requests.get(front.url + "/indicateurs", headers={"X-Request-ID": "abc-123"}, timeout=5)
    assert answer.status_code == 200
    trace = access(front, "abc-123")["trace_id"]

    def found():
        return [(service, span) for service, span in collector.spans if span.trace_id.hex() == trace]

    databases.until(lambda: {"SELECT"} <= {span.name.split()[0] for _, span in found()})
    databases.until(lambda: any(service == "datapress-front" and not span.parent_span_id for service, span in found()))
    spans = {span.span_id: (service, span) for service, span in found()}

    def lineage(span):
        services = []
        while span.span_id in spans:
            services.append(spans[span.span_id][0])
            if span.parent_span_id not in spans:
                return services
            span = spans[span.parent_span_id][1]
        return services

    select = next(span for _, span in spans.values() if span.name.startswith("SELECT"))
    assert lineage(select) == ["datapress-api", "datapress-api", "datapress-front", "datapress-front"]
    assert access(api, "abc-123")["trace_id"] == trace


def access(service, request_id):
    """What the access log of a service says of a request."""
    service.wait_for_line(f'"request_id": "{request_id}"')
    (line,) = [line for line in map(json.loads, service.lines) if line.get("request_id") == request_id]
    return line


def test_a_trace_that_is_not_recorded_is_in_the_logs_and_one_that_its_caller_records_is_recorded(gunicorn, collector):
    traced = collector.settings | {"OTEL_TRACES_SAMPLER_ARG": "0"}
    api = gunicorn("api", **traced)
    front = gunicorn("front", API_BASE_URL=api.url, **traced)
    asked = "0123456789abcdef0123456789abcdef"

    requests.get(front.url + "/indicateurs", headers={"X-Request-ID": "sans"}, timeout=5)
    headers = {"X-Request-ID": "avec", "traceparent": f"00-{asked}-0123456789abcdef-01"}
    requests.get(front.url + "/indicateurs", headers=headers, timeout=5)

    without = access(front, "sans")["trace_id"]
    assert re.fullmatch("[0-9a-f]{32}", without)
    assert access(api, "sans")["trace_id"] == without
    assert access(front, "avec")["trace_id"] == access(api, "avec")["trace_id"] == asked
    for service in ("datapress-front", "datapress-api"):
        databases.until(lambda service=service: service in {each for each, _ in collector.spans})
    assert {span.trace_id.hex() for _, span in collector.spans} == {asked}


def test_a_dead_collector_costs_neither_answers_nor_the_stop(gunicorn, tcp_listener):
    front = gunicorn(
        "front",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{tcp_listener}",
        OTEL_TRACES_SAMPLER_ARG="1",
        OTEL_BSP_SCHEDULE_DELAY="50",
    )

    answers = [requests.get(front.url + "/health", timeout=5).status_code for _ in range(200)]
    front.terminate()

    assert answers == [200] * 200
    assert front.exit_status() == 0


def test_without_a_collector_nothing_of_it_is_loaded():
    code = """
import sys
from datapress_api import create_app as api
from datapress_front import create_app as front
from datapress_common import worker

api({}), front({})
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"
