"""usage: python -m benchmark.overhead [SECONDS]

What does a request cost, in processor time: bare Flask, the API, its metrics, its traces?
"""

import asyncio
import statistics
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmark.load import load
from benchmark.serving import ROOT, Serving, free_port, serving

ROUNDS = 7
BARE = "Flask nu"
ROUTES = ("/health", "/", "/indicateurs")


def main(seconds: float) -> None:
    """Measure in turns, so that what else the machine does weighs on all alike; print medians and ratios."""
    dead = f"http://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        collector = stack.enter_context(_collector())
        settings: dict[str, dict[str, str]] = {
            "API": {},
            "API, métriques": {"METRICS_PORT": str(free_port())},
            "API, une trace sur dix": {"OTEL_EXPORTER_OTLP_ENDPOINT": collector},
            "API, toutes les traces": {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_TRACES_SAMPLER_ARG": "1"},
            "API, une sur dix, collecteur mort": {"OTEL_EXPORTER_OTLP_ENDPOINT": dead},
        }
        kinds = {
            BARE: stack.enter_context(serving("benchmark.bare:create_app()", paths=[ROOT / "scripts"])),
            **{name: stack.enter_context(serving("api", environ=environ)) for name, environ in settings.items()},
        }
        for kind in kinds.values():
            asyncio.run(load(kind.port, "/health", clients=4, duration=1))
        costs: dict[tuple[str, str], list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            for route in ROUTES:
                for name, kind in kinds.items():
                    if name != BARE or route != "/indicateurs":
                        costs[name, route].append(_cost(kind, route, seconds))
    print(f"{'':36}" + "".join(f"{route + ' (ms)':>18}{'rapport':>9}" for route in ROUTES))
    for name in kinds:
        cells = ""
        for route in ROUTES:
            compared = costs["API" if name.startswith("API,") else BARE, route] or costs[name, route]
            if costs[name, route]:
                cost = statistics.median(costs[name, route])
                cells += f"{cost * 1000:18.3f}{statistics.median(compared) / cost:9.2f}"
        print(f"{name:36}{cells}")
    print("Rapport : à Flask nu pour l’API, à l’API pour le reste ; 1 serait gratuit. Médianes de", ROUNDS, "tours.")


def _cost(kind: Serving, route: str, seconds: float) -> float:
    """Seconds of processor for each request."""
    before = kind.processor()
    answers = asyncio.run(load(kind.port, route, clients=4, duration=seconds))
    return (kind.processor() - before) / len(answers.seconds)


@contextmanager
def _collector() -> Iterator[str]:
    """The address of a collector that takes all spans, and does nothing with them."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
