"""What stands in the log, and what stays out of it?"""

import json
import logging
import sys
import unicodedata
from datetime import timedelta

import pytest
from flask import Flask
from gunicorn.config import Config as GunicornConfig
from hypothesis import given
from hypothesis import strategies as st

from datapress_common.logs import JsonFormatter, ServiceLogger, json_line, logging_settings, path_as_sent


class Answer:
    """As much of Gunicorn's answer as its logger reads."""

    def __init__(self, status):
        self.status, self.sent = status, 42


def environ(target, **more):
    return {
        "RAW_URI": target,
        "REQUEST_METHOD": "GET",
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_USER_AGENT": 'agent "quoted" \\"',
        "datapress.request_id": "abc",
    } | more


@pytest.fixture
def written(capfd):
    """Has something logged as a service at a level does, and gives back the JSON it writes."""
    kept = {name: logging.getLogger(name) for name in ("", "essai", "gunicorn.access", "gunicorn.error")}
    before = {name: (list(logger.handlers), logger.level, logger.propagate) for name, logger in kept.items()}

    def write(level, *records, accesses=()):
        config = GunicornConfig()
        config.set("loglevel", level)
        config.set("logconfig_dict", logging_settings(level))
        logger = ServiceLogger(config)
        kept["essai"].handlers = kept["gunicorn.error"].handlers
        kept["essai"].propagate = False
        for record in records:
            kept["essai"].handle(record)
        for target, status in accesses:
            logger.access(Answer(status), None, environ(target), timedelta(microseconds=1500))
        for handler in kept["gunicorn.error"].handlers:
            handler.close()
        return [json.loads(line) for line in capfd.readouterr().out.split("\n") if line]

    yield write
    for name, logger in kept.items():
        logger.handlers, logger.level, logger.propagate = before[name]
        logger.manager._clear_cache()


def message(text, *args, exc_info=None):
    return logging.LogRecord("essai", logging.WARNING, __file__, 1, text, args, exc_info)


def test_a_message_is_one_object_with_time_level_and_logger(written):
    (line,) = written("info", message("API en défaut : %s", "« x »\nligne 2"))

    assert line.pop("ts").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "essai",
        "msg": "API en défaut : « x »\nligne 2",
    }


def failure():
    try:
        int("panne")
    except ValueError:
        return sys.exc_info()


def test_an_exception_stays_on_the_line_of_its_message(written):
    (line,) = written("info", message("échec", exc_info=failure()))

    assert line["msg"] == "échec"
    assert line["exc"].startswith("Traceback (most recent call last):\n")
    assert "ValueError" in line["exc"]


def test_a_message_written_while_a_request_is_served_carries_its_id():
    with Flask(__name__).test_request_context(environ_overrides={"datapress.request_id": "abc"}):
        line = json.loads(JsonFormatter().format(message("bonjour")))

    assert line["request_id"] == "abc"


@pytest.mark.promesse("journaux-json")
def test_an_access_is_spread_over_fields_and_leaves_the_query_out(written):
    (line,) = written("info", accesses=[("/?jeton=secret", "200 OK")])

    assert line.pop("ts")
    assert line == {
        "level": "info",
        "logger": "gunicorn.access",
        "msg": "access",
        "method": "GET",
        "path": "/",
        "status": 200,
        "bytes": 42,
        "duration_ms": 1.5,
        "remote": "10.0.0.1",
        "user_agent": 'agent "quoted" \\"',
        "request_id": "abc",
    }


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
@pytest.mark.parametrize(("level", "levels"), [("info", []), ("debug", ["debug"])])
def test_a_probe_that_goes_well_is_written_at_debug_only(written, path, level, levels):
    assert [line["level"] for line in written(level, accesses=[(path, "200 OK")])] == levels


@pytest.mark.parametrize(("path", "status"), [("/health/live", "500 X"), ("/health", "200 OK")])
def test_a_probe_that_fails_and_the_route_of_people_stay_visible(written, path, status):
    assert [line["level"] for line in written("error", accesses=[(path, status)])] == ["info"]


def test_the_level_silences_messages_and_not_the_access_log(written):
    settings = logging_settings("error")

    assert settings["root"]["level"] == settings["loggers"]["gunicorn.error"]["level"] == "ERROR"
    assert [line["msg"] for line in written("error", accesses=[("/", "200 OK")])] == ["access"]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/caf%C3%A9/100%25", "/caf%C3%A9/100%25"),
        ("/caf\u00c3\u00a9\x85", "/caf%C3%A9%85"),  # bytes as they came, each a character of Latin-1
        ("http://ailleurs/x?y", "/x"),
        ('/"\\', '/"\\'),
        ("*", "*"),
        ("", ""),
    ],
)
def test_a_path_is_written_as_it_was_sent(target, path):
    assert path_as_sent(target) == path


@pytest.mark.promesse("journaux-json")
@given(st.text())
def test_whatever_is_logged_is_one_line_that_a_terminal_shows_and_a_program_reads_back(text):
    line = json_line({"msg": text})

    assert json.loads(line) == {"msg": text}
    assert all(unicodedata.category(character) not in {"Cc", "Zl", "Zp"} for character in line)
    assert not set(line) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_a_field_is_not_longer_than_anybody_would_read():
    assert len(json_line({"msg": "x" * 100_000})) < 10_000
