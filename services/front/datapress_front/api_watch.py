"""What may the front say of the API without keeping its own threads busy?"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from datapress_common.metrics import count_api_call, count_remembered

_LOG = logging.getLogger(__name__)

_REMEMBERED = 64
# How long a reader waits at the front's start, while nothing at all is known.
_FIRST_SECONDS = 0.5


class _Told(Protocol):
    """What the API said, or `error` (in French) when that is not what was hoped for."""

    @property
    def error(self) -> str | None: ...


_Answer = TypeVar("_Answer", bound=_Told)


@dataclass(frozen=True, slots=True)
class Seen(Generic[_Answer]):
    """What the API said last, and how many seconds ago."""

    state: _Answer
    age: float = 0.0


class ApiWatch:
    """Lets a few callers at a time wait for the API, and gives the others what was seen last.

    Otherwise an API that takes a tenth of a second would occupy every thread of the worker, the
    front's own probes would wait in line, and Kubernetes would restart a front that is well.
    """

    def __init__(self, waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._places = threading.BoundedSemaphore(waiting)
        self._known = threading.Condition()
        self._last: OrderedDict[str, tuple[Any, float]] = OrderedDict()

    def look(self, question: str, ask: Callable[[], _Answer], never: _Answer) -> Seen[_Answer]:
        """The API's answer, asked now or seen a moment ago, `never` if it was not seen yet; logs what is wrong."""
        if self._places.acquire(blocking=False):
            began = self._clock()
            try:
                answer = ask()
            finally:
                self._places.release()
            count_api_call(self._clock() - began, good=answer.error is None)
            self._remember(question, answer)
            if answer.error is not None:
                _LOG.warning("API en défaut : %s", answer.error)
            return Seen(answer)
        count_remembered()
        with self._known:
            self._known.wait_for(lambda: self._last, _FIRST_SECONDS)
            last = self._last.get(question)
        return Seen(never) if last is None else Seen(last[0], self._clock() - last[1])

    def _remember(self, question: str, answer: _Told) -> None:
        with self._known:
            self._last[question] = (answer, self._clock())
            self._known.notify_all()
            self._last.move_to_end(question)
            while len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)
