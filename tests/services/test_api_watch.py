"""Who waits for the API, and what do the others get meanwhile?"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from datapress_front.api_state import ApiState
from datapress_front.api_watch import ApiWatch, Seen

WELL = ApiState(reachable=True, status=200, latency_ms=1.0)
DOWN = ApiState(reachable=False, error="délai de réponse dépassé")
NEVER = ApiState(reachable=False, error="première réponse encore attendue")
WAITING = 2


class Api:
    """An API that answers at once, or when it is told to."""

    def __init__(self):
        self.now = 0.0
        self.asked = []
        self.answer = WELL
        self.answering = threading.Event()
        self.answering.set()
        self.waiting = threading.Semaphore(0)

    def ask(self, request_id):
        self.asked.append(request_id)
        self.waiting.release()
        assert self.answering.wait(10)
        return self.answer


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def watch(api):
    return ApiWatch(WAITING, clock=lambda: api.now)


@pytest.fixture
def look(api, watch):
    """Asks as a request of this id does."""
    return lambda request_id, question="state": watch.look(question, lambda: api.ask(request_id), NEVER)


@pytest.fixture
def as_many_as_may_wait(api, look):
    """Has so many callers wait for a silent API, and lets them go at the end."""
    threads = []

    def wait():
        api.waiting = threading.Semaphore(0)
        api.answering.clear()
        for number in range(WAITING):
            threads.append(threading.Thread(target=look, args=(f"waiting-{number}",)))
            threads[-1].start()
            assert api.waiting.acquire(timeout=10)

    yield wait
    api.answering.set()
    for thread in threads:
        thread.join()


def test_an_api_that_answers_is_asked_by_everybody(api, look):
    assert [look(request_id) for request_id in "abc"] == [Seen(WELL)] * 3
    assert api.asked == ["a", "b", "c"]


def test_whoever_finds_no_place_gets_what_was_seen_last_and_its_age(api, look, as_many_as_may_wait):
    api.answer = DOWN
    look("first")
    as_many_as_may_wait()
    api.now += 1.5

    assert [look(request_id) for request_id in "abc"] == [Seen(DOWN, age=1.5)] * 3
    assert len(api.asked) == 1 + WAITING


def test_before_any_answer_nothing_is_made_up(look, as_many_as_may_wait):
    as_many_as_may_wait()

    assert look("early") == Seen(NEVER)


def test_at_the_start_the_first_answer_is_worth_a_moment(api, look, as_many_as_may_wait):
    as_many_as_may_wait()
    with ThreadPoolExecutor(1) as readers:
        early = readers.submit(look, "early")
        api.answering.set()

        assert early.result().state == WELL


def test_each_question_has_an_answer_of_its_own_and_not_all_are_remembered(api, look, as_many_as_may_wait):
    for number in range(100):
        look("a", question=f"question-{number}")
    as_many_as_may_wait()

    assert look("b", question="question-99").state == WELL
    assert look("b", question="question-0").state == NEVER
    assert look("b", question="autre").state == NEVER


def test_a_place_comes_back_even_when_asking_fails(api, look):
    api.answer = None

    for _ in range(WAITING + 1):
        with pytest.raises(AttributeError):
            look("a")
    api.answer = WELL

    assert look("b") == Seen(WELL)


def test_what_is_wrong_is_logged_once_per_question(api, look, caplog):
    look("a")
    api.answer = DOWN
    look("b")

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "API en défaut\N{NO-BREAK SPACE}: délai de réponse dépassé")
    ]
