"""What does the API answer?"""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from flask import abort


def test_the_root_tells_what_runs_where_and_since_when(api_client):
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    answer = api_client(API_VERSION="2.3.4", ENVIRONMENT="recette", LOG_LEVEL="warning", REVISION="0a1b2c3").get("/")

    timestamp = answer.json.pop("timestamp")
    assert answer.status_code == 200
    assert timestamp.endswith("Z")
    assert before <= datetime.fromisoformat(timestamp) <= datetime.now(UTC)
    assert answer.json | {"timestamp": timestamp} == {
        "service": "datapress-api",
        "version": "2.3.4",
        "commit": "0a1b2c3",
        "timestamp": timestamp,
        "instance": socket.gethostname(),
        "environment": {"name": "recette", "log_level": "warning"},
        "secret_present": False,
        "data": {"database": "sqlite", "kept": False},
    }


def test_the_root_says_that_there_is_a_secret_and_nothing_of_it(api_client, token):
    answer = api_client(API_TOKEN=token).get("/")

    assert answer.json["secret_present"] is True
    assert not any(token[start : start + 4] in answer.text for start in range(len(token) - 3))


def test_without_any_variable_the_documented_defaults_hold(api_client):
    answer = api_client().get("/").json

    assert answer["version"] == "1.0.0"
    assert answer["environment"] == {"name": "local", "log_level": "info"}


def test_json_reads_in_the_order_it_was_written_with_its_accents(api_client):
    client = api_client()

    assert client.get("/").text.index('"service"') < client.get("/").text.index('"secret_present"')
    assert "é" in client.post("/health").text


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_every_health_route_says_that_all_is_well(api_client, path):
    answer = api_client(API_VERSION="2.3.4").get(path)

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "service": "datapress-api", "version": "2.3.4"}


@pytest.mark.promesse("erreurs")
def test_an_unknown_path_is_a_json_404_with_the_request_id(api_client):
    answer = api_client().get("/inconnu", headers={"X-Request-ID": "abc", "Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.json == {"error": "ressource inconnue", "status": 404, "request_id": "abc"}


def test_a_wrong_method_is_a_json_405_that_names_the_right_ones(api_client):
    answer = api_client().post("/health", headers={"X-Request-ID": "abc"})

    assert answer.status_code == 405
    assert answer.json["status"] == 405
    assert answer.json["request_id"] == "abc"
    assert "GET" in answer.headers["Allow"]


@pytest.mark.promesse("erreurs")
def test_an_unforeseen_error_is_a_json_500_that_shows_no_stack(api_client, caplog):
    client = api_client()

    def fail():
        message = "détail interne"
        raise RuntimeError(message)

    client.application.add_url_rule("/panne", view_func=fail)
    answer = client.get("/panne", headers={"X-Request-ID": "abc", "Accept": "text/html"})

    assert answer.status_code == 500
    assert answer.json == {"error": "erreur interne", "status": 500, "request_id": "abc"}
    assert caplog.records[-1].exc_info[0] is RuntimeError


def test_an_error_without_french_words_is_json_all_the_same(api_client):
    client = api_client()
    client.application.add_url_rule("/trop", view_func=lambda: abort(418))

    answer = client.get("/trop")

    assert answer.status_code == 418
    assert answer.json["error"] == "I'm a Teapot"


def test_no_route_serves_files(api_client):
    rules = list(api_client().application.url_map.iter_rules())

    assert "/health" in {rule.rule for rule in rules}
    assert [rule.rule for rule in rules if rule.endpoint == "static" or "filename" in rule.arguments] == []
