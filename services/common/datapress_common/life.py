"""Can this worker do its work yet, now, and still?"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

_EXTENSION = "datapress-life"


@dataclass(slots=True)
class Life:
    """What a worker does before it is ready, what it cannot work without, what must go on, and whether it stops."""

    beginnings: list[Callable[[], object]] = field(default_factory=list)
    # Each says in French what is missing, `None` when all is there.
    needs: list[Callable[[], str | None]] = field(default_factory=list)
    stopping: bool = False
    _begun: list[threading.Thread] = field(default_factory=list)
    _finished: list[threading.Thread] = field(default_factory=list)
    _due: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Do what comes before being ready, beside what is served already; called once, in the worker."""
        for beginning in self.beginnings:
            thread = threading.Thread(target=self._do, args=(beginning,), name="begin", daemon=True)
            self._begun.append(thread)
            thread.start()

    def turns(self, loop: str, within: float) -> None:
        """Note that a loop has turned, and that it promises to do so again within so many seconds."""
        self._due[loop] = time.monotonic() + within

    def obstacle(self) -> str | None:
        """Why no request should be sent here now, in French; `None` if there is no reason."""
        if self.stopping:
            return "arrêt en cours"
        if len(self._finished) < len(self._begun):
            return "démarrage en cours"
        return next((missing for missing in (need() for need in self.needs) if missing), None)

    def stall(self) -> str | None:
        """What no longer runs here and only a new start brings back, in French; `None` when all goes on."""
        if any(not thread.is_alive() and thread not in self._finished for thread in self._begun):
            return "démarrage interrompu"
        now = time.monotonic()
        return next((f"boucle arrêtée : {loop}" for loop, due in list(self._due.items()) if due < now), None)

    def _do(self, beginning: Callable[[], object]) -> None:
        beginning()
        self._finished.append(threading.current_thread())


def life_of(app: Flask) -> Life:
    """The life of the service `app`, which begins with the first question."""
    life: Life = app.extensions.setdefault(_EXTENSION, Life())
    return life
