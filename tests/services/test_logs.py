"""What stands in the log, and what stays out of it?"""

import json
import logging
import logging.config
import sys

import pytest
from flask import Flask

from datapress_common import request_id
from datapress_common.logs import JsonFormatter, logging_settings


def access_record(path, status):
    """The record that Gunicorn makes for a request."""
    atoms = {
        "m": "GET",
        "U": path,
        "s": status,
        "B": 42,
        "D": 1500,
        "h": "10.0.0.1",
        "a": 'agent \\"quoted\\"',
        "q": "jeton=secret",
        "{x-request-id}o": "abc",
    }
    return logging.LogRecord("gunicorn.access", logging.INFO, __file__, 1, "%(h)s", (atoms,), exc_info=None)


@pytest.fixture
def written(capsys):
    """Handles records as a service at a level does, and gives back the JSON it writes."""

    def write(level, *records):
        settings = logging_settings(level)
        # Only our own loggers: the root logger belongs to pytest.
        settings["loggers"] |= {"essai": {"handlers": ["stdout"], "propagate": False}}
        del settings["root"]
        settings["handlers"]["stdout"]["stream"] = sys.stdout
        logging.config.dictConfig(settings)
        for record in records:
            logging.getLogger(record.name).handle(record)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    yield write
    for name in ("essai", "gunicorn.access", "gunicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.filters.clear()
        logger.propagate = True


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
    app = Flask(__name__)
    request_id.register(app)

    with app.test_request_context(headers={"X-Request-ID": "abc"}):
        app.preprocess_request()
        line = json.loads(JsonFormatter().format(message("bonjour")))

    assert line["request_id"] == "abc"


def test_an_access_is_spread_over_fields_and_leaves_the_query_out(written):
    (line,) = written("info", access_record("/", "200"))

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
        "user_agent": 'agent "quoted"',
        "request_id": "abc",
    }


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
@pytest.mark.parametrize(("level", "levels"), [("info", []), ("debug", ["debug"])])
def test_a_probe_that_goes_well_is_written_at_debug_only(written, path, level, levels):
    assert [line["level"] for line in written(level, access_record(path, "200"))] == levels


@pytest.mark.parametrize(("path", "status"), [("/health/live", "500"), ("/health", "200")])
def test_a_probe_that_fails_and_the_route_of_people_stay_visible(written, path, status):
    assert [line["level"] for line in written("error", access_record(path, status))] == ["info"]


def test_the_level_silences_messages_and_not_the_access_log():
    settings = logging_settings("error")

    assert settings["root"]["level"] == settings["loggers"]["gunicorn.error"]["level"] == "ERROR"
    assert settings["loggers"]["gunicorn.access"]["level"] == "INFO"
