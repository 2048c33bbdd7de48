"""How does the front open, share and abandon its connections to the API?"""

import socket
import threading
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


def make_session(connections: int) -> requests.Session:
    """A session that several threads may use at once, for at most `connections` kept alive.

    Nothing of it changes once it is made: cookies are refused, redirects are not looked at, the
    proxies and `.netrc` of the environment are not read; urllib3's pool is thread-safe. It opens
    no connection before its first request, so that each worker gets its own after the fork.
    """
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["Accept"] = "application/json"
    session.headers["Accept-Encoding"] = "identity"
    session.headers["User-Agent"] = "datapress-front"
    adapter = _Adapter(pool_maxsize=connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class Call:
    """One call, which another thread can abandon while it waits for an answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.abandoned = False

    def __enter__(self) -> "Call":
        _CURRENT.call = self
        return self

    def __exit__(self, *_: object) -> None:
        _CURRENT.call = None
        with self._lock:
            self._socket = None

    def abandon(self) -> None:
        """Cut the connection, if there is one: the waiting thread gets an error at once."""
        with self._lock:
            self.abandoned = True
            self._cut()

    def waits_on(self, connection: socket.socket) -> None:
        """Note on which connection the answer will come."""
        with self._lock:
            self._socket = connection
            if self.abandoned:
                self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # Not `SSLSocket.shutdown`, which would pull TLS away under the waiting thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Current(threading.local):
    call: Call | None = None


_CURRENT = _Current()


class _Connection(HTTPConnection):
    def getresponse(self) -> Any:
        _announce(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        _announce(self.sock)
        return super().getresponse()


def _announce(connection: socket.socket | None) -> None:
    if _CURRENT.call is not None and connection is not None:
        _CURRENT.call.waits_on(connection)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Even when it does not follow a redirect, a session reads its whole body to offer the
        # next request.
        return None
