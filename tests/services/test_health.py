"""Do live and ready say what Kubernetes needs to know, each its own?"""

import threading

import pytest
import requests
from sqlalchemy import event

from datapress_api import database
from datapress_api.database_url import read_database_url
from datapress_api.migrate import migrate
from datapress_common.life import life_of

from .databases import until

LIVE, READY = "/health/live", "/health/ready"


@pytest.fixture(params=["api", "front"])
def client(request, api_client, front_client):
    return {"api": api_client, "front": front_client}[request.param]()


def states(client):
    return client.get(LIVE).status_code, client.get(READY).status_code


def test_a_service_that_lacks_something_is_alive_and_not_ready_until_it_is_back(client):
    missing = ["base de données injoignable"]
    life_of(client.application).needs.append(lambda: missing[0] if missing else None)

    assert states(client) == (200, 503)
    assert client.get(READY).json["error"] == "base de données injoignable"

    missing.clear()
    assert states(client) == (200, 200)


def test_a_service_that_begins_is_alive_and_not_ready_yet(client):
    life, over = life_of(client.application), threading.Event()
    life.beginnings[:] = [lambda: over.wait(10)]
    life.begin()

    assert states(client) == (200, 503)
    assert client.get(READY).json["error"] == "démarrage en cours"

    over.set()
    for thread in threading.enumerate():
        if thread.name == "begin":
            thread.join()
    assert states(client) == (200, 200)


def test_a_service_whose_own_loop_has_stopped_is_ready_and_not_alive_until_it_turns_again(client):
    life = life_of(client.application)
    life.turns("regard", within=-1)

    assert states(client) == (503, 200)
    assert client.get(LIVE).json["error"] == "boucle arrêtée\N{NO-BREAK SPACE}: regard"

    life.turns("regard", within=60)
    assert states(client) == (200, 200)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_service_whose_start_has_failed_is_neither_alive_nor_ready(client):
    life = life_of(client.application)
    life.beginnings[:] = [lambda: 1 / 0]
    life.begin()
    for thread in threading.enumerate():
        if thread.name == "begin":
            thread.join()

    assert states(client) == (503, 503)
    assert client.get(LIVE).json["error"] == "démarrage interrompu"


def test_an_api_that_no_longer_looks_at_its_database_is_ready_and_not_alive(api_client, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_STALLED_SECONDS", 0.5)
    monkeypatch.setattr(database, "_LOOK_SECONDS", 0.05)
    location = f"sqlite:///{tmp_path}/essai.sqlite"
    migrate(database.make_engine(read_database_url({"DATABASE_URL": location}), 1))
    client = api_client(DATABASE_URL=location)
    watched = client.application.extensions["datapress-database"]
    looking, over = threading.Event(), threading.Event()
    watched.begin()
    assert states(client) == (200, 200)

    def stick(*_):
        looking.set()
        over.wait(30)

    event.listen(watched.engine, "checkout", stick)
    assert looking.wait(10)
    until(lambda: states(client) == (503, 200))

    over.set()
    until(lambda: states(client) == (200, 200))


@pytest.mark.parametrize("name", ["api", "front"])
def test_a_service_that_stops_is_alive_and_not_ready_any_more(gunicorn, name):
    service = gunicorn(name)
    with requests.Session() as kept:
        assert kept.get(service.url + READY, timeout=5).status_code == 200
        service.terminate()
        service.wait_for_line("Handling signal: term")
        answers = [kept.get(service.url + READY, timeout=5)]
        while answers[-1].status_code == 200 and len(answers) < 1000:
            answers.append(kept.get(service.url + READY, timeout=5))

    assert answers[-1].json()["error"] == "arrêt en cours"


def test_a_front_is_ready_once_it_has_seen_the_api_or_its_absence(gunicorn, tcp_server):
    asked, answer = threading.Event(), threading.Event()
    front = gunicorn("front", API_BASE_URL=tcp_server(lambda _: (asked.set(), answer.wait(10))), wait=False)

    assert asked.wait(10)
    assert requests.get(front.url + LIVE, timeout=5).status_code == 200
    assert requests.get(front.url + READY, timeout=5).status_code == 503

    answer.set()
    front.wait_until_ready()
