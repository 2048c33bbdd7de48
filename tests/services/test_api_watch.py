"""Who waits for a slow API, and what do the others get meanwhile?"""

import threading

import pytest

from datapress_front.api_state import ApiState
from datapress_front.api_watch import ApiWatch

WELL = ApiState(reachable=True, status=200, latency_ms=1.0)
DOWN = ApiState(reachable=False, error="délai de réponse dépassé")


class Api:
    """An API whose answers take the time they are told to, on a clock of its own."""

    def __init__(self):
        self.now = 0.0
        self.asked = []
        self.answer, self.takes = WELL, 0.01
        self.holds = None

    def ask(self, request_id):
        self.asked.append(request_id)
        if self.holds:
            self.holds()
        self.now += self.takes
        return self.answer


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def watch(api):
    return ApiWatch(api.ask, clock=lambda: api.now)


def test_a_fast_api_is_asked_by_everybody(api, watch):
    assert [watch.state(request_id) for request_id in "abc"] == [WELL] * 3
    assert api.asked == ["a", "b", "c"]


def test_an_api_that_fails_fast_is_asked_by_everybody(api, watch):
    api.answer = DOWN

    assert [watch.state(request_id) for request_id in "abc"] == [DOWN] * 3
    assert api.asked == ["a", "b", "c"]


def test_while_one_waits_for_a_slow_api_the_others_get_what_was_last_seen(api, watch):
    api.answer, api.takes = DOWN, 2.0
    watch.state("first")
    waiting, released = threading.Event(), threading.Event()
    api.holds = lambda: (waiting.set(), released.wait(10))
    scout = threading.Thread(target=watch.state, args=("scout",))
    scout.start()
    assert waiting.wait(10)

    others = [watch.state(request_id) for request_id in "abc"]

    released.set()
    scout.join()
    assert others == [DOWN] * 3
    assert api.asked == ["first", "scout"]


def test_the_first_good_answer_ends_it(api, watch):
    api.answer, api.takes = DOWN, 2.0
    watch.state("slow")
    api.answer, api.takes = WELL, 0.01

    assert [watch.state(request_id) for request_id in "abc"] == [WELL] * 3
    assert api.asked == ["slow", "a", "b", "c"]


def test_what_was_seen_long_ago_is_given_to_nobody(api, watch):
    api.answer, api.takes = DOWN, 2.0
    watch.state("slow")
    api.now += 60
    waiting, released = threading.Event(), threading.Event()
    api.holds = lambda: (waiting.set(), released.wait(10))
    scout = threading.Thread(target=watch.state, args=("scout",))
    scout.start()
    assert waiting.wait(10)
    api.holds, api.answer, api.takes = None, WELL, 0.01

    assert watch.state("later") == WELL
    released.set()
    scout.join()


def test_what_is_wrong_is_logged_once_per_question(api, watch, caplog):
    watch.state("a")
    api.answer = DOWN
    watch.state("b")

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "API en défaut\N{NO-BREAK SPACE}: délai de réponse dépassé")
    ]
