"""Where are the metrics read: on a port of their own, which no Service and no front leads to."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_READ_SECONDS = 5.0


def serve(address: str, port: int, workers: Callable[[], Iterable[int]]) -> None:
    """Answer with what all workers have counted, from a thread of the master, which no request keeps busy."""
    registry = CollectorRegistry(support_collectors_without_names=True)
    MultiProcessCollector(registry)
    registry.register(_Processes(workers))
    server = make_server(address, port, make_wsgi_app(registry), _server_class(address), _Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def forget(worker: int) -> None:
    """Keep what a worker that has ended counted, and no longer what it was."""
    mark_process_dead(worker)


class _Processes:
    """The usual `process_*` metrics, of all workers together."""

    def __init__(self, workers: Callable[[], Iterable[int]]) -> None:
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        summed: dict[str, Metric] = {}
        for pid in sorted(self._workers()):
            for metric in ProcessCollector(registry=None, pid=partial(int, pid)).collect():
                if metric.name not in summed:
                    summed[metric.name] = metric
                    continue
                before, now = summed[metric.name].samples[0], metric.samples[0]
                together = min if metric.name == "process_start_time_seconds" else sum
                summed[metric.name].samples[0] = before._replace(value=together((before.value, now.value)))
        yield from summed.values()


class _Handler(WSGIRequestHandler):
    timeout = _READ_SECONDS

    def log_message(self, *_: object) -> None:
        """Nothing: a scrape every few seconds says nothing about the service."""


def _server_class(address: str) -> type[ThreadingWSGIServer]:
    class Server(ThreadingWSGIServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

    return Server
