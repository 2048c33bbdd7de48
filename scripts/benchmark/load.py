"""What do many clients at once get, and how soon?"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Answers:
    """What came back: statuses counted (0: none), seconds that each answer took, seconds in all."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.seconds) / self.elapsed

    def percentile(self, part: float) -> float:
        """The seconds within which `part` (0 to 1) of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


async def load(
    port: int, path: str, *, clients: int, duration: float, pause: float = 0.0, timeout: float = 10.0, kept: bool = True
) -> Answers:
    """Have so many clients call for `duration` seconds, each one request after the other."""
    answers = Answers()
    began = time.monotonic()

    async def client() -> None:
        connection = None
        while time.monotonic() - began < duration:
            started = time.monotonic()
            try:
                async with asyncio.timeout(timeout):
                    connection = connection or await asyncio.open_connection("127.0.0.1", port)
                    status, keep = await _exchange(*connection, path)
                answers.statuses[status] += 1
                answers.seconds.append(time.monotonic() - started)
                if kept and keep:
                    await asyncio.sleep(pause)
                    continue
            except (OSError, EOFError, TimeoutError):
                answers.statuses[0] += 1
            if connection is not None:
                connection[1].close()
            connection = None
            await asyncio.sleep(pause)
        if connection is not None:
            connection[1].close()

    await asyncio.gather(*(client() for _ in range(clients)))
    answers.elapsed = time.monotonic() - began
    return answers


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> tuple[int, bool]:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(None, 2)[1]), b"connection: close" not in head
