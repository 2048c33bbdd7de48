"""Whether something answers: an address, a port, a text in an output."""

import contextlib
import ipaddress
import socket
from urllib.parse import urlsplit

OUTPUT = "sortie:"


def holds(condition: str, output: bytes) -> bool:
    """Whether a readiness condition (`http…`, `port:N`, `sortie:text`) is true now."""
    kind, _, rest = condition.partition(":")
    if f"{kind}:" == OUTPUT:
        return rest.encode() in output
    return _listens(int(rest)) if kind == "port" else answers(condition)


def answers(url: str) -> bool:
    """Whether this URL answers below 500 within a second; no proxy is asked for an address of this machine."""
    import requests  # noqa: PLC0415 — a tenth of a second that pages without services do not pay

    with requests.Session() as session:
        session.trust_env = not _is_here(urlsplit(url).hostname or "")
        try:
            return session.get(url, timeout=1, allow_redirects=False).status_code < 500
        except requests.RequestException:
            return False


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost") or host == socket.gethostname()


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("localhost", port), timeout=1):
            return True
    except (OSError, OverflowError):
        return False
