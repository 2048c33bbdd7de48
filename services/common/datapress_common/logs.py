"""How does a service log: one JSON object per line, with the request id."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from datapress_common.request_id import current_request_id

_PROBE_PATHS = frozenset({"/health/live", "/health/ready"})


class JsonFormatter(logging.Formatter):
    """Turns a log record into one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; access records are spread over named fields."""
        document: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name == "gunicorn.access" and isinstance(record.args, dict):
            document |= _access(record.args)
        else:
            document["msg"] = record.getMessage()
            document["request_id"] = getattr(record, "request_id", None) or current_request_id()
        if record.exc_info:
            document["exc"] = self.formatException(record.exc_info)
        return json.dumps(
            {key: value for key, value in document.items() if value is not None},
            ensure_ascii=False,
            default=str,
        )


def _access(atoms: dict[str, Any]) -> dict[str, Any]:
    """The fields of an access record; the query string stays out, it may hold anything."""
    return {
        "msg": "access",
        "method": atoms["m"],
        "path": atoms["U"],
        "status": int(atoms["s"]),
        "bytes": atoms["B"],
        "duration_ms": atoms["D"] / 1000,
        "remote": atoms["h"],
        "user_agent": atoms["a"],
        "request_id": atoms["{x-request-id}o"],
    }


def demote_probe(record: logging.LogRecord) -> bool:
    """Lower the access record of a probe that went well to `debug`.

    Two probes per pod and a few seconds apart drown what people look for; a failed probe stays
    visible, and so does `/health`, which is the route of people and of the front.
    """
    atoms = record.args
    if isinstance(atoms, dict) and atoms["U"] in _PROBE_PATHS and int(atoms["s"]) < 400:
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
        return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)
    return True


def logging_settings(level: str) -> dict[str, Any]:
    """The `logging.config` dictionary of a service: everything to standard output, as JSON."""
    name = level.upper()
    # The access log is written at `info`: a service asked to be quieter keeps its access log,
    # which is what tells that it serves at all.
    access = "DEBUG" if name == "DEBUG" else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "filters": {"probes": {"()": lambda: demote_probe}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"level": name, "handlers": ["stdout"]},
        "loggers": {
            "gunicorn.error": {"level": name, "handlers": ["stdout"], "propagate": False},
            "gunicorn.access": {
                "level": access,
                "handlers": ["stdout"],
                "filters": ["probes"],
                "propagate": False,
            },
            # A dependency's debug messages are no debug messages of ours.
            "urllib3": {"level": "WARNING"},
        },
    }
