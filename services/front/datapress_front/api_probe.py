"""How does the API look from here, in less time than a reader waits?"""

import logging
import queue
import threading
import time

import requests
from datapress_common.request_id import HEADER
from urllib3.exceptions import HTTPError

from datapress_front.api_session import Call, make_session
from datapress_front.api_state import ApiState, state_of_answer, state_of_error, unreachable
from datapress_front.settings import FrontSettings

_LOG = logging.getLogger(__name__)

# Whatever the API does (no address, no answer, one byte per second), the call ends by then: what
# is left of the page's three seconds is for the page.
BUDGET_SECONDS = 2.8

_ATTEMPTS = 2
_MAX_CALLS = 16


class ApiProbe:
    """Asks the API for its health, from as many threads as the worker has."""

    def __init__(self, settings: FrontSettings) -> None:
        self._url = settings.api_base_url.rstrip("/") + "/health"
        self._timeouts = (settings.api_connect_timeout, settings.api_read_timeout)
        self._session = make_session(_MAX_CALLS)
        # Calls left behind come to an end by themselves; until then their number is bounded.
        self._slots = threading.BoundedSemaphore(_MAX_CALLS)

    def state(self, request_id: str) -> ApiState:
        """The API's state, in `BUDGET_SECONDS` at most; logs what is wrong and never raises."""
        state = self._bounded(request_id)
        if state.error is not None:
            _LOG.warning("API en défaut : %s", state.error)
        return state

    def _bounded(self, request_id: str) -> ApiState:
        deadline = time.monotonic() + BUDGET_SECONDS
        if not self._slots.acquire(timeout=BUDGET_SECONDS):
            return unreachable("trop d'appels en attente")
        call = Call()
        answer: queue.SimpleQueue[ApiState] = queue.SimpleQueue()
        # Looking up a name knows no timeout and a read timeout starts anew at each byte: only
        # another thread can be left behind. A daemon, so that it never delays a stop.
        threading.Thread(
            target=self._work, args=(call, request_id, answer), name="api-call", daemon=True
        ).start()
        try:
            return answer.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            call.abandon()
            return unreachable("délai de réponse dépassé")

    def _work(
        self, call: Call, request_id: str, answer: "queue.SimpleQueue[ApiState]"
    ) -> None:
        try:
            with call:
                answer.put(self._ask(call, request_id))
        finally:
            self._slots.release()

    def _ask(self, call: Call, request_id: str) -> ApiState:
        attempt = 1
        while True:
            try:
                return self._get(request_id)
            except requests.ConnectionError as error:
                # A pod that has just left, a kept-alive connection that the other end closed:
                # worth a second try. Slowness is not, the reader would only wait twice.
                if attempt == _ATTEMPTS or call.abandoned:
                    return state_of_error(error)
                attempt += 1
            except (requests.RequestException, HTTPError) as error:
                return state_of_error(error)

    def _get(self, request_id: str) -> ApiState:
        started = time.monotonic()
        with self._session.get(
            self._url,
            headers={HEADER: request_id},
            timeout=self._timeouts,
            allow_redirects=False,
            stream=True,
        ) as response:
            latency_ms = round((time.monotonic() - started) * 1000, 1)
            return state_of_answer(response, latency_ms)
