"""What may the front say of the API without keeping its own threads busy?"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from datapress_front.api_state import ApiState, unreachable

_LOG = logging.getLogger(__name__)

_NEVER_SEEN = unreachable("première réponse encore attendue")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the API was last seen to be, and how many seconds ago."""

    state: ApiState
    age: float = 0.0


class ApiWatch:
    """Lets a few callers at a time wait for the API, and gives the others what was seen last.

    Otherwise an API that takes a tenth of a second would occupy every thread of the worker, the
    front's own probes would wait in line, and Kubernetes would restart a front that is well.
    """

    def __init__(
        self, ask: Callable[[str], ApiState], waiting: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._places = threading.BoundedSemaphore(waiting)
        self._last: tuple[ApiState, float] | None = None

    def look(self, request_id: str) -> Seen:
        """The API's state, asked now or seen a moment ago; logs what is wrong with it."""
        if self._places.acquire(blocking=False):
            try:
                state = self._ask(request_id)
            finally:
                self._places.release()
            self._last = (state, self._clock())
            if state.error is not None:
                _LOG.warning("API en défaut : %s", state.error)
            return Seen(state)
        last = self._last
        if last is None:
            return Seen(_NEVER_SEEN)
        state, at = last
        return Seen(state, self._clock() - at)
