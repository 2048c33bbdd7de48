"""What does a service write to its log: one JSON object per line, with the request's id."""

import json
import logging
import re
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from flask import has_request_context
from gunicorn.glogging import Logger

from datapress_common import metrics
from datapress_common.health import PROBE_PATHS
from datapress_common.proxies import PEER
from datapress_common.request_id import current_request_id
from datapress_common.timestamps import iso_utc
from datapress_common.tracing import current_trace_id

_LONGEST_FIELD = 8 * 1024

# What a terminal obeys or a reader takes for the end of a line, and JSON leaves as it is: DEL, C1 (NEL
# is one of them), the separators of Unicode, and what turns the direction of text.
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def logging_settings(level: str) -> dict[str, Any]:
    """The `logging.config` dictionary of a service: everything to standard output, as JSON.

    The access log stays on whatever the level: it is what tells that a service serves at all.
    """
    stdout = {"handlers": ["stdout"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {
            "stdout": {"()": "datapress_common.log_writer.LineWriter", "told": lost_line, "formatter": "json"}
        },
        "root": {"level": level.upper(), "handlers": ["stdout"]},
        "loggers": {
            "gunicorn.error": {"level": level.upper(), **stdout},
            # Its own level lets probes through; the level of everything else does not matter to it.
            "gunicorn.access": {"level": "DEBUG" if level == "debug" else "INFO", **stdout},
            # What a dependency calls debugging says nothing about the service.
            "urllib3": {"level": "WARNING"},
            "alembic.runtime.plugins": {"level": "WARNING"},
            # A collector that does not answer is no fault of the service: once a batch is enough.
            "opentelemetry": {"level": "ERROR"},
        },
    }


class ServiceLogger(Logger):
    """Gunicorn's logger, which tells an access as facts instead of a line of text."""

    def access(
        self,
        resp: Any,
        req: Any,  # noqa: ARG002 - of Gunicorn's signature
        environ: MutableMapping[str, Any],
        request_time: timedelta,
    ) -> None:
        """Log a request that has been answered; the query string is not kept, for it may hold anything.

        Every pod is probed twice in a few seconds, for ever: a probe that goes well is for the
        level `debug`. One that fails stays visible, and so does `/health`, the route of people.
        """
        status, path = int(str(resp.status)[:3]), path_as_sent(environ.get("RAW_URI", ""))
        rule = environ.get("datapress.route")
        metrics.count_request(environ.get("REQUEST_METHOD", ""), rule and rule.rule, status, request_time)
        quiet = path in PROBE_PATHS and status < HTTPStatus.BAD_REQUEST
        self.access_log.log(
            logging.DEBUG if quiet else logging.INFO,
            "access",
            extra={
                "facts": {
                    "method": environ.get("REQUEST_METHOD"),
                    "path": path,
                    "status": status,
                    "bytes": getattr(resp, "sent", None),
                    "duration_ms": round(request_time.total_seconds() * 1000, 3),
                    "remote": environ.get(PEER, environ.get("REMOTE_ADDR")),
                    "user_agent": environ.get("HTTP_USER_AGENT", "-"),
                    **({"client": environ["REMOTE_ADDR"]} if PEER in environ else {}),
                    "request_id": environ.get("datapress.request_id"),
                    "trace_id": environ.get("datapress.trace_id"),
                }
            },
        )

    def setup(self, cfg: Any) -> None:
        """As Gunicorn does, without the level that it gives to the access log."""
        super().setup(cfg)
        self.access_log.setLevel(logging_settings(cfg.loglevel)["loggers"]["gunicorn.access"]["level"])


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON, an access record as one field per fact."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields: dict[str, Any] = {
            "ts": iso_utc(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "msg": record.getMessage(),
        }
        facts = getattr(record, "facts", None)
        if facts is not None:
            fields |= facts
        elif has_request_context():
            fields |= {"request_id": current_request_id(), "trace_id": current_trace_id()}
        if fields.get("trace_id", "") is None:
            del fields["trace_id"]
        if record.exc_info:
            fields["exc"] = self.formatException(record.exc_info)
        return json_line(fields)


def json_line(fields: dict[str, Any]) -> str:
    """The fields on one line that can be shown: escaped once, by JSON, and not for ever."""
    shortened = {
        name: value[:_LONGEST_FIELD] + "…" if isinstance(value, str) and len(value) > _LONGEST_FIELD else value
        for name, value in fields.items()
    }
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(shortened, ensure_ascii=False))


def path_as_sent(target: str) -> str:
    """The path of a request's target as its client wrote it: what it had percent-encoded stays so, once."""
    if not target.startswith("/"):
        target = urlsplit(target).path
    return quote(target.partition("?")[0].encode("latin-1", "replace"), safe="!#$%&'()*+,/:;=?@[]~\"<>\\^`{|}")


def lost_line(count: int) -> str:
    """The line that says how many are missing."""
    return json_line(
        {
            "ts": iso_utc(datetime.now(UTC)),
            "level": "warning",
            "logger": __name__,
            "msg": f"{count} lignes de journal perdues : leur lecteur ne suivait pas",
            "lost": count,
        }
    )
