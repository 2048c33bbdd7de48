"""Can this worker do its work yet, now, and still?"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

_EXTENSION = "datapress-life"


@dataclass(slots=True)
class Life:
    """What a worker does before it is ready, what it cannot work without, and whether it has begun to stop."""

    beginnings: list[Callable[[], object]] = field(default_factory=list)
    # Each says in French what is missing, `None` when all is there.
    needs: list[Callable[[], str | None]] = field(default_factory=list)
    stopping: bool = False
    _begun: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Do what comes before being ready, beside what is served already; called once, in the worker."""
        for beginning in self.beginnings:
            thread = threading.Thread(target=beginning, name="begin", daemon=True)
            self._begun.append(thread)
            thread.start()

    def obstacle(self) -> str | None:
        """Why no request should be sent here now, in French; `None` if there is no reason."""
        if self.stopping:
            return "arrêt en cours"
        if any(thread.is_alive() for thread in self._begun):
            return "démarrage en cours"
        return next((missing for missing in (need() for need in self.needs) if missing), None)


def life_of(app: Flask) -> Life:
    """The life of the service `app`, which begins with the first question."""
    life: Life = app.extensions.setdefault(_EXTENSION, Life())
    return life
