"""usage: python -m benchmark.slow_api [SECONDS]

What does the front serve to 64 clients, and to its own probes, whatever the API takes to answer?
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from benchmark.load import load
from benchmark.serving import serving

CLIENTS = 64
LATENCIES = (0.0, 0.05, 0.1, 0.3, 0.5, 0.9, 1.5, 3.0, float("inf"))
BODY = b'{"status":"ok","version":"1.0.0"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def main(seconds: float) -> None:
    """Print one row per latency of the API."""
    print(f"{CLIENTS} clients sur /status pendant {seconds:.0f} s, une sonde par seconde, la page / à côté.")
    print(f"{'latence de l’API':>18}{'/status par s':>15}{'p50':>9}{'p99':>9}{'sondes':>9}{'/ au pire':>11}")
    for latency in LATENCIES:
        told = "jamais" if latency == float("inf") else f"{latency:g} s".replace(".", ",")
        asyncio.run(_row(told, latency, seconds))


async def _row(told: str, latency: float, seconds: float) -> None:
    async with _api(latency) as port:
        with serving("front", environ={"API_BASE_URL": f"http://127.0.0.1:{port}"}) as front:
            answers, probes, pages = await asyncio.gather(
                load(front.port, "/status", clients=CLIENTS, duration=seconds),
                load(front.port, "/health/live", clients=1, duration=seconds, pause=1, timeout=1, kept=False),
                load(front.port, "/", clients=1, duration=seconds, pause=0.2, timeout=3, kept=False),
            )
    good = f"{probes.statuses[200]}/{sum(probes.statuses.values())}"
    slowest = max(pages.seconds) if not pages.statuses[0] else float("inf")
    print(
        f"{told:>18}{answers.rate:15.0f}{answers.percentile(0.5):8.3f} {answers.percentile(0.99):8.3f} "
        f"{good:>9}{slowest:11.2f}",
        flush=True,
    )


@contextlib.asynccontextmanager
async def _api(latency: float) -> AsyncIterator[int]:
    """An API that takes so long for each answer, for any number of callers at once."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(min(latency, 3600))
                writer.write(ANSWER)
                await writer.drain()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
