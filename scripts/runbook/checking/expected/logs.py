"""Do the log lines that pages show have the keys that the server's own formatter writes? It is asked to write some, here."""

import json
import logging
import logging.config
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from runbook.checking.applications.server_settings import log_configuration
from runbook.checking.blocks.words import Command
from runbook.checking.expected.state import form_of
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.images import Image
from runbook.checking.offered.model import Model
from runbook.reading.content import Block

LOGS = ("kubectl logs", "docker logs", "docker compose logs")
KEY = re.compile(r'"(\w+)":')
AGENT = re.compile(r'"user_agent": "([^"]+)"')
SHOWN = re.compile(r'"path": "([^"…]+)".*"status": (\d{3})\b')
KNOWN_AGENT = re.compile(r"curl/|Mozilla/|kube-probe/|python-requests/|-$")
# What Gunicorn knows of a request, for its access log; it gives "-" for any header that is not there.
ATOMS = {"h": "10.0.0.1", "l": "-", "u": "-", "t": "[date]", "r": "GET / HTTP/1.1", "s": "200", "m": "GET", "U": "/", "q": "", "H": "HTTP/1.1", "b": "10", "B": 10, "f": "-", "a": "curl", "T": 0, "D": 1000, "M": 1, "L": "0.001", "p": "<7>"}  # fmt: skip


class _Atoms(dict[str, Any]):
    def __missing__(self, _: str) -> str:
        return "-"


@dataclass
class Logged:
    """The keys of the lines that the server writes: of a request, and of anything else; none where they are not JSON."""

    model: Model
    images: Mapping[str, Image]

    @cached_property
    def of_a_request(self) -> frozenset[str]:
        return self._keys("gunicorn.access", "%(m)s", (_Atoms(ATOMS),))

    @cached_property
    def of_a_fact(self) -> frozenset[str]:
        """Those of every line, and those that the code adds to some: `fields["name"] = …`."""
        keys = self._keys("gunicorn.error", "message", ())
        return keys | frozenset(re.findall(r'\w\["(\w+)"\] = ', "\n".join(self.model.code.values()))) if keys else keys

    @cached_property
    def _settings(self) -> Mapping[str, Any]:
        return log_configuration(self.model, self.images)

    @cached_property
    def wrong_units(self) -> dict[str, float]:
        """The keys in milliseconds (`…_ms`) of a request of one millisecond that say something else."""
        return {
            key: value
            for key, value in self._line("gunicorn.access", "%(m)s", (_Atoms(ATOMS),)).items()
            if key.endswith("_ms") and value != 1
        }

    def hides(self, path: str, status: str) -> bool:
        """Whether the filters of the access log keep the line of such a request out of it."""
        try:
            described = self._settings["loggers"]["gunicorn.access"]
            handler = self._settings["handlers"][described["handlers"][0]]
            configurator = logging.config.DictConfigurator({})
            names = [*described.get("filters", []), *handler.get("filters", [])]
            filters = [configurator.configure_filter(dict(self._settings["filters"][name])) for name in names]
            record = logging.LogRecord(
                "gunicorn.access", logging.INFO, "", 0, "%(m)s", (_Atoms({**ATOMS, "U": path, "s": status}),), None
            )
            return not all(one.filter(record) for one in filters)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):  # as below
            return False

    def _keys(self, logger: str, message: str, arguments: tuple[Any, ...]) -> frozenset[str]:
        return frozenset(self._line(logger, message, arguments))

    def _line(self, logger: str, message: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        try:
            described = self._settings["loggers"].get(logger) or self._settings["root"]
            handler = self._settings["handlers"][described["handlers"][0]]
            formatter = logging.config.DictConfigurator({}).configure_formatter(
                dict(self._settings["formatters"][handler["formatter"]])
            )
            line = json.loads(
                formatter.format(logging.LogRecord(logger, logging.INFO, "", 0, message, arguments, None))
            )
        except (
            AttributeError,
            KeyError,
            IndexError,
            TypeError,
            ValueError,
        ):  # no such settings, or wrong ones, which another rule tells
            return {}
        return line if isinstance(line, dict) else {}


def logged(block: Block, commands: list[Command], server: Logged) -> Iterator[Finding]:
    """Each JSON line after a command that shows logs: its keys are those of a request if it has one that only requests have."""
    if block.expected is None or not any(form_of(command) in LOGS for command in commands):
        return
    for index, row in enumerate(block.expected.text.split("\n")):
        keys = KEY.findall(row[row.index("{") :]) if "{" in row else []
        if not keys or not server.of_a_request or not server.of_a_fact:
            continue
        for agent in AGENT.findall(row):
            if (
                "…" not in agent
                and not KNOWN_AGENT.match(agent)
                and not any(f'"{agent}"' in text for text in server.model.code.values())
            ):
                yield Finding(
                    block.page,
                    block.expected.line + index,
                    f"résultat attendu : appelant « {agent} », et aucun service ne se nomme ainsi",
                    "reprendre le User-Agent du code",
                    "expected_logs",
                )
        shown = SHOWN.search(row)
        if shown and '"level": "info"' in row and server.hides(shown[1], shown[2]):
            yield Finding(
                block.page,
                block.expected.line + index,
                f"résultat attendu : l'appel de « {shown[1]} », que le journal n'écrit pas à ce niveau",
                "montrer un autre appel, ou corriger le filtre du journal",
                "expected_logs",
            )
        request = (
            '"gunicorn.access"' in row or '"access"' in row or set(keys) & (server.of_a_request - server.of_a_fact)
        )
        known = server.of_a_request if request else server.of_a_fact
        for key in keys:
            if key in server.wrong_units:
                yield Finding(
                    block.page,
                    block.expected.line + index,
                    f"« {key} » d'une requête d'une milliseconde vaudrait {server.wrong_units[key]}",
                    "convertir ce que donne Gunicorn : D est en microsecondes, M en millisecondes",
                    "expected_logs",
                )
            if key not in known:
                yield Finding(
                    block.page,
                    block.expected.line + index,
                    f"résultat attendu : clé « {key} », que le service n'écrit pas dans son journal",
                    nearest(key, known),
                    "expected_logs",
                )
