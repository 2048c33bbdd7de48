"""What may the front say of the API without keeping its own threads busy?"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from datapress_front.api_state import ApiState

_LOG = logging.getLogger(__name__)

_SLOW_SECONDS = 1.0
_REMEMBERED_SECONDS = 5.0


class ApiWatch:
    """Lets one caller at a time wait for a slow API, and gives the others what the last one saw.

    Otherwise a slow API and a few readers would occupy every thread of the worker, the front's own
    probes would wait in line, and Kubernetes would restart a front that is well.
    """

    def __init__(self, ask: Callable[[str], ApiState], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._scouting = threading.Lock()
        self._last_slow: _Seen | None = None

    def state(self, request_id: str) -> ApiState:
        """The API's state, asked now or seen a moment ago; logs what is wrong with it."""
        remembered = self._remembered()
        if remembered is None:
            return self._look(request_id)
        if not self._scouting.acquire(blocking=False):
            return remembered
        try:
            return self._look(request_id)
        finally:
            self._scouting.release()

    def _remembered(self) -> ApiState | None:
        seen = self._last_slow
        if seen is None or self._clock() - seen.at > _REMEMBERED_SECONDS:
            return None
        return seen.state

    def _look(self, request_id: str) -> ApiState:
        started = self._clock()
        state = self._ask(request_id)
        now = self._clock()
        self._last_slow = _Seen(state, now) if now - started >= _SLOW_SECONDS else None
        if state.error is not None:
            _LOG.warning("API en défaut : %s", state.error)
        return state


@dataclass(frozen=True, slots=True)
class _Seen:
    state: ApiState
    at: float
