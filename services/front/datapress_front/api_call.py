"""How does the API look from here, in less time than a reader waits?"""

import queue
import threading
import time

import requests
from urllib3.exceptions import HTTPError

from datapress_common.request_id import HEADER
from datapress_front.api_session import Call, make_session
from datapress_front.api_state import (
    TOO_SLOW,
    ApiState,
    state_of_answer,
    state_of_failure,
    unreachable,
)
from datapress_front.settings import FrontSettings

# Whatever the API does (no address, no answer, one byte per second), a call ends by then; what
# is left of the page's three seconds is for the page.
BUDGET_SECONDS = 2.8

_ATTEMPTS = 2
_MAX_CALLS = 16


class ApiCaller:
    """Asks the API for its health, from as many threads as the worker has."""

    def __init__(self, settings: FrontSettings) -> None:
        self._url = settings.api_base_url.rstrip("/") + "/health"
        self._timeouts = (settings.api_connect_timeout, settings.api_read_timeout)
        self._session = make_session(_MAX_CALLS)
        # A call left behind ends when the system gives up on it: until then it counts.
        self._slots = threading.BoundedSemaphore(_MAX_CALLS)

    def ask(self, request_id: str) -> ApiState:
        """The API's state, `BUDGET_SECONDS` from now at the latest."""
        deadline = time.monotonic() + BUDGET_SECONDS
        if not self._slots.acquire(timeout=BUDGET_SECONDS):
            return unreachable(TOO_SLOW)
        call = Call()
        states: queue.SimpleQueue[ApiState] = queue.SimpleQueue()
        # Resolving a name has no timeout, and a read timeout starts anew with every byte: only
        # another thread can be left behind. A daemon one, so that it never delays a stop.
        threading.Thread(target=self._work, args=(call, request_id, states), name="api-call", daemon=True).start()
        try:
            return states.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            call.abandon()
            return unreachable(TOO_SLOW)

    def _work(self, call: Call, request_id: str, states: "queue.SimpleQueue[ApiState]") -> None:
        try:
            with call:
                states.put(self._try(request_id))
        finally:
            self._slots.release()

    def _try(self, request_id: str) -> ApiState:
        attempts = 1
        while True:
            try:
                return self._get(request_id)
            except requests.ConnectionError as error:
                # A pod that has just gone, a kept-alive connection closed at the other end: worth
                # a second try. Slowness is not: the reader would wait twice.
                if attempts == _ATTEMPTS:
                    return state_of_failure(error)
                attempts += 1
            except (requests.RequestException, HTTPError) as error:
                return state_of_failure(error)

    def _get(self, request_id: str) -> ApiState:
        started = time.monotonic()
        with self._session.get(
            self._url,
            headers={HEADER: request_id},
            timeout=self._timeouts,
            allow_redirects=False,
            stream=True,
        ) as answer:
            latency_ms = round((time.monotonic() - started) * 1000, 1)
            return state_of_answer(answer, latency_ms)
