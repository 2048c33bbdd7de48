"""Who is the client, where proxies stand between? Whoever the nearest address says that is not one of ours."""

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import request

from datapress_common.request_id import HEADER, current_request_id
from datapress_common.settings import quote, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Where a request's environment holds the address that it really came from.
PEER = "datapress.peer"

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def read_proxies(text: str) -> Networks:
    """The networks that a setting names; raises `SettingError` for what is none."""
    try:
        return tuple(ipaddress.ip_network(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise refusal(f"TRUSTED_PROXIES={quote(text)}", "des adresses ou des réseaux, comme 10.244.0.0/16") from None


def find_client(environ: "WSGIEnvironment", trusted: Networks) -> None:
    """Have `environ` tell the client for the address of its last trusted proxy; anybody else is believed nothing."""
    peer = environ.get("REMOTE_ADDR", "")
    environ[PEER], environ["REMOTE_ADDR"] = peer, client_address(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), trusted)


def client_address(peer: str, forwarded: str, trusted: Networks) -> str:
    """The first address from the end, of `peer` and of those it was forwarded for, that is no trusted proxy's."""
    client = peer
    for hop in reversed(forwarded.split(",")):
        if not _is_within(client, trusted):
            break
        try:
            client = str(ipaddress.ip_address(hop.strip()))
        except ValueError:
            break
    return client


def passed_on() -> dict[str, str]:
    """What another service of ours is told of the request being served: its id, and its client's address."""
    return {HEADER: current_request_id(), "X-Forwarded-For": request.remote_addr or ""}


@lru_cache(1024)
def _is_within(address: str, trusted: Networks) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in trusted)
