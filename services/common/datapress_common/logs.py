"""What does a service write to its log: one JSON object per line, with the request's id."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import has_request_context

from datapress_common.health import PROBE_PATHS
from datapress_common.request_id import current_request_id
from datapress_common.timestamps import iso_utc


def logging_settings(level: str) -> dict[str, Any]:
    """The `logging.config` dictionary of a service: everything to standard output, as JSON.

    The access log stays on whatever the level: it is what tells that a service serves at all.
    """
    stdout = {"handlers": ["stdout"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "filters": {"probes": {"()": _ProbeFilter, "shown": level == "debug"}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"level": level.upper(), "handlers": ["stdout"]},
        "loggers": {
            "gunicorn.error": {"level": level.upper(), **stdout},
            "gunicorn.access": {"level": "INFO", "filters": ["probes"], **stdout},
            # What a dependency calls debugging says nothing about the service.
            "urllib3": {"level": "WARNING"},
        },
    }


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON, an access record as one field per fact."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields: dict[str, Any] = {
            "ts": iso_utc(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        atoms = _atoms(record)
        if atoms is not None:
            fields |= _access_fields(atoms)
        else:
            fields["msg"] = record.getMessage()
            if has_request_context():
                fields["request_id"] = current_request_id()
        if record.exc_info:
            fields["exc"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


class _ProbeFilter(logging.Filter):
    """Keeps the access records of probes that went well for the level `debug`.

    Every pod is probed twice in a few seconds, for ever: at `info` that would drown the requests
    people look for. A probe that fails stays visible, and so does `/health`, the route of people
    and of the front.
    """

    def __init__(self, *, shown: bool) -> None:
        super().__init__()
        self._shown = shown

    def filter(self, record: logging.LogRecord) -> bool:
        atoms = _atoms(record)
        if atoms is None or atoms["U"] not in PROBE_PATHS:
            return True
        if int(atoms["s"]) >= HTTPStatus.BAD_REQUEST:
            return True
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
        return self._shown


def _atoms(record: logging.LogRecord) -> Mapping[str, Any] | None:
    """Gunicorn's facts about a request, `None` if the record is about something else."""
    if record.name == "gunicorn.access" and isinstance(record.args, Mapping):
        return record.args
    return None


def _access_fields(atoms: Mapping[str, Any]) -> dict[str, Any]:
    """The facts worth keeping; the query string is not, for it may hold anything."""
    return {
        "msg": "access",
        "method": atoms["m"],
        "path": atoms["U"],
        "status": int(atoms["s"]),
        "bytes": atoms["B"],
        "duration_ms": atoms["D"] / 1000,
        "remote": atoms["h"],
        # Gunicorn escapes quotes for the text line that it would write itself.
        "user_agent": atoms["a"].replace('\\"', '"'),
        "request_id": atoms["{x-request-id}o"],
    }
