"""usage: python -m benchmark.overhead [SECONDS]

What does a request cost, in processor time: bare Flask, the API, its metrics, its traces?
"""

import asyncio
import statistics
import sys
from collections import defaultdict
from contextlib import ExitStack

from benchmark.load import load
from benchmark.serving import ROOT, Serving, free_port, serving

ROUNDS = 5
ROUTES = ("/health", "/")


def main(seconds: float) -> None:
    """Measure in turns, so that what else the machine does weighs on all alike; print medians and ratios."""
    dead = f"http://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        kinds = {
            "Flask nu": stack.enter_context(serving("benchmark.bare:create_app()", paths=[ROOT / "scripts"])),
            "API": stack.enter_context(serving("api")),
            "API, métriques": stack.enter_context(serving("api", environ={"METRICS_PORT": str(free_port())})),
            "API, traces vers un collecteur mort": stack.enter_context(
                serving("api", environ={"OTEL_EXPORTER_OTLP_ENDPOINT": dead})
            ),
        }
        for kind in kinds.values():
            asyncio.run(load(kind.port, "/health", clients=4, duration=1))
        costs: dict[tuple[str, str], list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            for route in ROUTES:
                for name, kind in kinds.items():
                    costs[name, route].append(_cost(kind, route, seconds))
    print(f"{'':38}" + "".join(f"{route + ' (ms)':>14}{'rapport':>9}" for route in ROUTES))
    for name in kinds:
        cells = ""
        for route in ROUTES:
            cost = statistics.median(costs[name, route])
            compared = "API" if name.startswith("API,") else "Flask nu"
            cells += f"{cost * 1000:14.3f}{statistics.median(costs[compared, route]) / cost:9.2f}"
        print(f"{name:38}{cells}")
    print("Rapport : à Flask nu pour l’API, à l’API pour le reste ; 1 serait gratuit. Médianes de", ROUNDS, "tours.")


def _cost(kind: Serving, route: str, seconds: float) -> float:
    """Seconds of processor for each request."""
    before = kind.processor()
    answers = asyncio.run(load(kind.port, route, clients=4, duration=seconds))
    return (kind.processor() - before) / len(answers.seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
