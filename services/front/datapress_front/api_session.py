"""How does the front open and share its connections to the API, and let go of one?"""

import socket
import threading
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


def make_session(connections: int) -> requests.Session:
    """A session for several threads at once, which keeps at most `connections` alive.

    Threads may share it because nothing in it changes afterwards (no cookies, no redirects, no
    proxy or `.netrc` of the environment) and urllib3's pool is made for them. It connects at its
    first request only, so each worker has connections of its own after the fork.
    """
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update(
        {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "datapress-front",
        }
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(pool_maxsize=connections))
    return session


class Call:
    """One call, made in a `with` block by one thread, which another thread may abandon."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._abandoned = False

    def __enter__(self) -> Self:
        _CURRENT.call = self
        return self

    def __exit__(self, *_: object) -> None:
        _CURRENT.call = None
        with self._lock:
            self._socket = None

    def abandon(self) -> None:
        """Cut the connection: the thread that waits for an answer gets an error at once."""
        with self._lock:
            self._abandoned = True
            self._cut()

    def waits_on(self, connection: socket.socket) -> None:
        """Remember where the answer will come from, even if nobody waits for it any more."""
        with self._lock:
            self._socket = connection
            if self._abandoned:
                self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # `SSLSocket.shutdown` would take TLS away from under the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Current(threading.local):
    call: Call | None = None


_CURRENT = _Current()


def _announce(connection: socket.socket | None) -> None:
    if _CURRENT.call is not None and connection is not None:
        _CURRENT.call.waits_on(connection)


class _Connection(HTTPConnection):
    def getresponse(self) -> Any:
        _announce(self.sock)
        return super().getresponse()


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        _announce(self.sock)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        # A session that does not follow redirects reads their whole body all the same, to
        # prepare a next request that nobody will make.
        return None
