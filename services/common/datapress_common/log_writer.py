"""How are lines written without ever waiting for whoever reads them?"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable

from datapress_common.metrics import count_lost_lines

# What may wait for a slow reader; beyond, lines are lost, and counted.
LARGEST_WAIT = 1024 * 1024
_BATCH = 64 * 1024
_FLUSH_SECONDS = 1.0


class LineWriter(logging.Handler):
    """Hands lines to a thread that writes them to a file descriptor; `lost` counts those that found no room.

    Each process has a thread of its own, made at its first line: threads do not survive a fork.
    """

    def __init__(self, descriptor: int = 1, told: Callable[[int], str] = "{} lines lost".format) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._told = told
        self._thread: threading.Thread | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._queued = self._written = self.lost = self._lost_told = 0
        os.register_at_fork(after_in_child=self._reset)

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line of a record; called by one thread at a time, as `logging` does."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
        except Exception:
            self._lose()  # to say more could fail as well, or wait
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="log", daemon=True)
            self._thread.start()
        if self._queued - self._written + len(line) > LARGEST_WAIT:
            self._lose()
            return
        self._queued += len(line)
        self._lines.put(line)

    def flush(self) -> None:
        """Wait until all is written, but not for a reader that has stalled."""
        deadline = time.monotonic() + _FLUSH_SECONDS
        while self._written < self._queued and time.monotonic() < deadline:
            time.sleep(0.005)

    def close(self) -> None:
        """Write what can be written, and end the thread."""
        self.flush()
        if self._thread is not None:
            self._lines.put(b"")
            self._thread.join(_FLUSH_SECONDS)
        super().close()

    def _lose(self) -> None:
        self.lost += 1
        count_lost_lines()

    def _reset(self) -> None:
        self._thread = None
        self._lines = queue.SimpleQueue()
        self._queued = self._written = self.lost = self._lost_told = 0

    def _write(self) -> None:
        lines, last = self._lines, b"\n"
        while last:
            batch = last = lines.get()
            while last and len(batch) < _BATCH and not lines.empty():
                last = lines.get()
                batch += last
            size, lost = len(batch), self.lost
            if lost > self._lost_told:
                batch += self._told(lost - self._lost_told).encode() + b"\n"
                self._lost_told = lost
            try:
                while batch:
                    batch = batch[os.write(self._descriptor, batch) :]
            except OSError:  # nobody reads any more
                self._lose()
            self._written += size
