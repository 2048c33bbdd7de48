"""What became of one request?"""

import select
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from http.client import HTTPConnection, HTTPException
from socket import IPPROTO_TCP, SHUT_RDWR, TCP_NODELAY, create_connection, socket


class Mode(StrEnum):
    """How a caller uses connections."""

    KEPT = "gardees"
    NEW = "nouvelles"


class Loss(StrEnum):
    """Why a request counts as lost."""

    CONNECTION = "connexion"
    CUT = "coupure"
    LATE = "delai"
    STATUS = "statut"


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, and the seconds that each has from the connection to its last byte."""

    host: str
    port: int
    path: str
    timeout: float
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, in monotonic seconds; lost unless a whole answer 200 came in time."""

    name: str
    began: float
    ended: float
    loss: Loss | None = None
    detail: str = ""


@dataclass(slots=True)
class Caller:
    """What one thread holds and has seen; no other thread changes it."""

    target: Target
    mode: Mode
    connection: HTTPConnection | None = None
    busy_since: float | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    opened: int = 0
    closed_announced: int = 0
    closed_idle: int = 0


def request(caller: Caller, name: str) -> Exchange:
    """Send one GET, once, and wait for its whole answer; whatever goes wrong is in the result."""
    _forget_if_closed_idle(caller)
    began = caller.busy_since = time.monotonic()
    loss, detail, stage = None, "", Loss.CONNECTION
    try:
        connection = _connected(caller)
        stage = Loss.CUT
        connection.request("GET", caller.target.path, headers=_headers(caller.mode, name))
        response = connection.getresponse()
        response.read()
        if caller.mode is Mode.NEW:
            _close(caller)
        elif response.will_close:
            caller.closed_announced += 1
            _close(caller)
        if response.status != 200:
            loss, detail = Loss.STATUS, _one_line(f"{response.status} {response.reason}")
    except (OSError, HTTPException) as error:
        loss, detail = stage, _one_line(f"{type(error).__name__}: {error}")
        _close(caller)
    ended = time.monotonic()
    caller.busy_since = None
    if ended - began >= caller.target.timeout:
        loss, detail = Loss.LATE, detail or "réponse complète, mais trop tard"
    return Exchange(name, began, ended, loss, detail)


def cut_if_late(caller: Caller) -> None:
    """Wake a caller whose time is up: a socket's own timeout starts again at each byte received."""
    began, connection = caller.busy_since, caller.connection
    if began is None or connection is None or time.monotonic() - began < caller.target.timeout:
        return
    if connection.sock:
        with suppress(OSError):  # closed in the meantime: the caller is awake
            connection.sock.shutdown(SHUT_RDWR)


def _forget_if_closed_idle(caller: Caller) -> None:
    """Notice a close that came before anything was sent.

    HTTP lets a server do so at any time (RFC 9112, 9.3): no loss, but counted apart.
    """
    if caller.connection and select.select([caller.connection.sock], [], [], 0)[0]:
        caller.closed_idle += 1
        _close(caller)


@cache
def _trust() -> ssl.SSLContext:
    """The machine's authorities, or those of the file that SSL_CERT_FILE names."""
    return ssl.create_default_context()


def _socket(target: Target) -> socket:
    """A socket to the target; names below .localhost are this machine, whatever its resolver knows (RFC 6761)."""
    address = "localhost" if target.host.endswith(".localhost") else target.host
    plain = create_connection((address, target.port), target.timeout)
    plain.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return _trust().wrap_socket(plain, server_hostname=target.host) if target.tls else plain


def _connected(caller: Caller) -> HTTPConnection:
    if caller.connection is None:
        target = caller.target
        connection = HTTPConnection(target.host, target.port, timeout=target.timeout)
        connection.auto_open = 0  # http.client must not reconnect unseen
        connection.sock = _socket(target)
        caller.connection = connection
        caller.opened += 1
    return caller.connection


def _headers(mode: Mode, name: str) -> dict[str, str]:
    """The name makes a lost request easy to find in the services' logs."""
    headers = {"X-Request-ID": name, "User-Agent": "datapress-sonde"}
    return headers | {"Connection": "close"} if mode is Mode.NEW else headers


def _close(caller: Caller) -> None:
    if caller.connection:
        caller.connection.close()
        caller.connection = None


def _one_line(text: str) -> str:
    """What a server sent may end up here, and then in a terminal: printable, and not for ever."""
    return "".join(it if it.isprintable() else " " for it in text)[:200].rstrip()
