"""Ctrl+C and its kin: one stops, the next ones wait for the clean-up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console


@contextmanager
def interruptible(screen: Console) -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP stops the run; the next ones wait for the clean-up."""

    def stop(number: int, _: FrameType | None) -> None:
        for caught in handled:
            signal.signal(caught, signal.SIG_IGN)
        screen.print("\n[yellow]Arrêt demandé : nettoyage en cours…[/]")
        raise KeyboardInterrupt(number)

    handled = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
