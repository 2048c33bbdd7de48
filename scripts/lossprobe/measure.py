"""How does a measurement run, and when does it end?"""

import fcntl
import json
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

from lossprobe.calls import Caller, Mode, Target, cut_if_late, request
from lossprobe.figures import summarise

READY, STOP, RESULT = "pret", "fin", "resume.json"
FIRST_ANSWERS = "sonde\u00a0: premières réponses reçues"
LONGEST = 600.0  # seconds, unless a duration was asked for
PATIENCE = 60.0  # seconds given to a slow machine to reach the minimum, once the end was asked for


class ProbeError(Exception):
    """There is no measurement to give; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to call and how; `duration` (seconds) is None for “until told to stop”."""

    url: str
    target: Target
    duration: float | None
    maximum: int
    minimum: int
    threads: int
    pause: float


@dataclass(slots=True)
class End:
    """Why the measurement ends; `complete` is false when a safety limit ended it."""

    over: Event = field(default_factory=Event)
    reason: str = ""
    complete: bool = True

    def set(self, reason: str, *, complete: bool = True) -> None:
        """Ask every caller to stop after its request; the first reason stays."""
        if not self.over.is_set():
            self.reason, self.complete = reason, complete
            self.over.set()


def measure(settings: Settings, folder: Path) -> dict[str, Any]:
    """Call until SIGTERM, SIGINT, the file `fin` or a limit, and return the summary.

    `fin` asks for the end; it comes once each mode has its minimum, or `PATIENCE` later.
    `folder` receives `pret` once every thread has had a good answer, and `resume.json` at the end.
    """
    with hold(folder):
        clear(folder)
        end = End()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: end.set("demandé"))
        callers = [Caller(settings.target, mode) for mode in Mode for _ in range(settings.threads)]
        began, began_at, asked = monotonic(), datetime.now(UTC), None
        threads = [Thread(target=_call, args=(settings, caller, end)) for caller in callers]
        for thread in threads:
            thread.start()
        while alive := [thread for thread in threads if thread.is_alive()]:
            alive[0].join(timeout=0.05)
            if asked is None and (folder / STOP).exists():
                asked = monotonic()
            if asked is not None and (_enough(settings, callers) or monotonic() - asked >= PATIENCE):
                end.set("demandé")
            _watch(settings, folder, callers, end, monotonic() - began)
        frame = {"url": settings.url, "minimum": settings.minimum, "arret": end.reason, "complet": end.complete}
        summary = frame | summarise(callers, began, monotonic(), began_at)
        draft = folder / f"{RESULT}.new"
        draft.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
        draft.replace(folder / RESULT)
    return summary


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep the folder for one probe; raises `ProbeError` when another one is running in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "verrou").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProbeError(f"une sonde tourne déjà dans {folder}") from None
        yield


def clear(folder: Path) -> None:
    """Remove what an earlier measurement left."""
    for name in (READY, STOP, RESULT):
        (folder / name).unlink(missing_ok=True)


def _call(settings: Settings, caller: Caller, end: End) -> None:
    """Send one request after the other until the end."""
    prefix = f"sonde-{secrets.token_hex(4)}"
    share = max(1, settings.maximum // (settings.threads * len(Mode)))
    while not end.over.is_set():
        if len(caller.exchanges) == share:
            end.set(f"limite de {settings.maximum} requêtes", complete=False)
            break
        caller.exchanges.append(request(caller, f"{prefix}-{len(caller.exchanges) + 1}"))
        end.over.wait(settings.pause)
    if caller.connection:
        caller.connection.close()


def _enough(settings: Settings, callers: list[Caller]) -> bool:
    """Whether each mode has made its minimum of requests: a number, whatever the speed of the machine."""
    return all(
        sum(len(caller.exchanges) for caller in callers if caller.mode is mode) >= settings.minimum for mode in Mode
    )


def _watch(settings: Settings, folder: Path, callers: list[Caller], end: End, elapsed: float) -> None:
    """Look at the limits that end the measurement, and at those that end one request of it."""
    if settings.duration is not None and elapsed >= settings.duration:
        end.set("durée prévue")
    if settings.duration is None and elapsed >= LONGEST:
        end.set(f"limite de {LONGEST:.0f} s", complete=False)
    if not (folder / READY).exists() and all(
        any(exchange.loss is None for exchange in caller.exchanges) for caller in callers
    ):
        (folder / READY).touch()
        print(FIRST_ANSWERS, flush=True)
    for caller in callers:
        cut_if_late(caller)
