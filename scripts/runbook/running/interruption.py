"""Ctrl+C and its kin: where one may stop a run at once, and where it waits.

A signal that arrives while something is being put back would leave half of it; it is told when that
is over.  What may be stopped is opened explicitly: starting services, and the steps of a page.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OF_A_TERMINAL = (*SIGNALS, signal.SIGQUIT, signal.SIGTSTP)


class Interruptions:
    """The first signal stops the run, inside `allowed()` at once, else as soon as it is; a second one, every retry."""

    def __init__(self) -> None:
        self._allowed = False
        self._arrived: int | None = None
        self.insisted = False  # a second one came: somebody cannot wait

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """KeyboardInterrupt may be raised anywhere in this block."""
        try:
            self._allowed = True
            self.tell()
            yield
        finally:
            self._allowed = False

    def tell(self) -> None:
        """Raise KeyboardInterrupt if a signal has arrived."""
        if self._arrived is not None:
            raise KeyboardInterrupt(self._arrived)

    @contextmanager
    def handled(self, announce: Callable[[], None]) -> Iterator[None]:
        """Signals come here inside this block; at its end the one that waited is told."""

        def arrive(number: int, _: FrameType | None) -> None:
            self.insisted = self._arrived is not None
            if not self.insisted:
                self._arrived = number
                announce()
                if self._allowed:
                    self.tell()

        before = {number: signal.signal(number, arrive) for number in SIGNALS}
        before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, lambda *_: None)  # deadlines do not wait for a person
        try:
            yield
            self.tell()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
