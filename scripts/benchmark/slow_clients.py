"""usage: python -m benchmark.slow_clients GEVENT [SECONDS]

Which of Gunicorn's workers still serves while 200 connections have sent one byte and stay?
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmark.load import Answers, load
from benchmark.serving import Serving, serving
from lossprobe.calls import Caller, Loss, Mode, Target, request

HELD, KEPT = 200, 32
WORKERS: dict[str, Sequence[str]] = {
    "gthread, 8 fils": ("-k", "gthread"),
    "gthread, 8 fils, 4 processus": ("-k", "gthread", "--workers", "4"),
    "gthread, 256 fils": ("-k", "gthread", "--threads", "256"),
    "gevent": ("-k", "gevent"),
    "celui des services": (),
}


def main(gevent: Path, seconds: float) -> None:
    """Print one row per worker: without slow clients, with them, and what a stop loses."""
    print(f"{HELD} connexions qui ont envoyé un octet, tenues {seconds:.0f} s ; /health à côté, 8 clients.")
    print(
        f"{'worker':32}{'req/s':>8}{'ms proc.':>10}{'p99 seul':>10}{'p99 tenu':>10}"
        f"{'sans rép.':>10}{'morts':>7}{'Mio':>6}{'perdues':>9}"
    )
    for name, options in WORKERS.items():
        with serving("front", options=options, paths=[gevent.resolve()]) as service:
            started = service.boots
            used = service.processor()
            alone = asyncio.run(load(service.port, "/health", clients=8, duration=5))
            used = (service.processor() - used) / len(alone.seconds)
            beside = asyncio.run(_beside(service, seconds))
            died, memory = service.boots - started, service.memory()
        with serving("front", options=options, paths=[gevent.resolve()]) as service:
            lost = _lost_at_stop(service)
        print(
            f"{name:32}{alone.rate:8.0f}{used * 1000:10.2f}"
            f"{_milliseconds(alone.percentile(0.99)):>10}{_milliseconds(beside.percentile(0.99)):>10}"
            f"{beside.statuses[0]:10}{died:7}{memory:6.0f}{lost:>9}",
            flush=True,
        )


async def _beside(service: Serving, seconds: float) -> Answers:
    over = asyncio.Event()
    holders = [asyncio.create_task(_hold(service.port, over)) for _ in range(HELD)]
    await asyncio.sleep(1)
    answers = await load(service.port, "/health", clients=8, duration=seconds, pause=0.02, timeout=5)
    over.set()
    await asyncio.gather(*holders)
    return answers


async def _hold(port: int, over: asyncio.Event) -> None:
    """Keep a connection open after one byte, and come back as soon as it is closed."""
    while not over.is_set():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.write(b"G")
        waits = [asyncio.create_task(reader.read()), asyncio.create_task(over.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        writer.close()


def _lost_at_stop(service: Serving) -> int:
    """Requests cut on kept connections while the service stops; each caller ends when its connection is closed."""
    asked = 0.5 + time.monotonic()

    def call(number: int) -> int:
        caller = Caller(Target("127.0.0.1", service.port, "/health", 5), Mode.KEPT)
        while True:
            exchange = request(caller, f"arret-{number}")
            closed = caller.connection is None or caller.closed_idle
            if exchange.loss or (time.monotonic() > asked and closed):
                # A close between two requests is announced or harmless: the next call finds nobody, and is no loss.
                return exchange.loss is Loss.CUT
            time.sleep(0.005)

    with ThreadPoolExecutor(KEPT + 1) as threads:
        callers = [threads.submit(call, number) for number in range(KEPT)]
        threads.submit(lambda: (time.sleep(0.5), service.terminate()))
        return sum(caller.result() for caller in callers)


def _milliseconds(seconds: float) -> str:
    return "jamais" if seconds == float("inf") else f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 60)
