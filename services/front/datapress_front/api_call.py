"""How does the front ask the API something, in less time than a reader waits?"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import TypeVar

import requests
from urllib3.exceptions import HTTPError

from datapress_common.tracing import calling
from datapress_front.api_session import Call, make_session
from datapress_front.api_state import ApiState, state_of_answer, state_of_failure
from datapress_front.settings import FrontSettings

# Whatever the API does (no address, no answer, one byte per second), a call ends by then; what
# is left of the page's three seconds is for the page.
BUDGET_SECONDS = 2.8

_ATTEMPTS = 2
_MAX_CALLS = 16

_Result = TypeVar("_Result")


class ApiCaller:
    """Asks the API, from as many threads as the worker has."""

    def __init__(self, settings: FrontSettings) -> None:
        self._base = settings.api_base_url.rstrip("/")
        self._timeouts = (settings.api_connect_timeout, settings.api_read_timeout)
        self._session = make_session(_MAX_CALLS)
        # A call left behind ends when the system gives up on it: until then it counts.
        self._slots = threading.BoundedSemaphore(_MAX_CALLS)

    def ask(self, headers: Mapping[str, str]) -> ApiState:
        """The API's state."""
        return self.get("/health", headers, state_of_answer, state_of_failure)

    def get(
        self,
        target: str,
        headers: Mapping[str, str],
        read: Callable[[requests.Response, float], _Result],
        failed: Callable[[Exception], _Result],
    ) -> _Result:
        """What `read` makes of the answer and its latency (ms), or `failed` of its absence, in `BUDGET_SECONDS`."""
        deadline = time.monotonic() + BUDGET_SECONDS
        if not self._slots.acquire(timeout=BUDGET_SECONDS):
            return failed(TimeoutError())
        call = Call()
        results: queue.SimpleQueue[_Result] = queue.SimpleQueue()

        def work() -> None:
            try:
                with call:
                    results.put(self._try(target, headers, read, failed))
            finally:
                self._slots.release()

        # Resolving a name has no timeout, and a read timeout starts anew with every byte: only
        # another thread can be left behind. A daemon one, so that it never delays a stop.
        # It takes the request's context along, which is what its trace is kept in.
        threading.Thread(target=copy_context().run, args=(work,), name="api-call", daemon=True).start()
        try:
            return results.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            call.abandon()
            return failed(TimeoutError())

    def _try(
        self,
        target: str,
        headers: Mapping[str, str],
        read: Callable[[requests.Response, float], _Result],
        failed: Callable[[Exception], _Result],
    ) -> _Result:
        attempts = 1
        while True:
            try:
                return self._get(target, headers, read)
            except requests.ConnectionError as error:
                # A pod that has just gone, a kept-alive connection closed at the other end: worth
                # a second try. Slowness is not: the reader would wait twice.
                if attempts == _ATTEMPTS:
                    return failed(error)
                attempts += 1
            except (requests.RequestException, HTTPError) as error:
                return failed(error)

    def _get(
        self, target: str, headers: Mapping[str, str], read: Callable[[requests.Response, float], _Result]
    ) -> _Result:
        url, started = self._base + target, time.monotonic()
        with (
            calling("GET", url) as told,
            self._session.get(
                url,
                headers={**headers, **told},
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            return read(answer, round((time.monotonic() - started) * 1000, 1))
