"""How often may one client show a wrong token?"""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_AT_ONCE = 5
_SECONDS_EACH = 2.0
_CLIENTS = 4096


class Attempts:
    """Wrong tokens of each client: a few at once, then one every few seconds.

    Kept by each process for itself, in bounded memory: with n replicas a client gets n times as
    many, which is still nothing. Whoever has no attempt left is refused even with the right token,
    or guessing would go on at full speed.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # When each client will have all its attempts back; the most recent last.
        self._full_again: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str | None) -> float:
        """Seconds until this client may try again, 0 if it may now."""
        with self._lock:
            full_again = self._full_again.get(_client(address), 0.0)
        return max(0.0, full_again - self._clock() - (_AT_ONCE - 1) * _SECONDS_EACH)

    def wrong(self, address: str | None) -> None:
        """Count a wrong token."""
        client, now = _client(address), self._clock()
        with self._lock:
            self._full_again[client] = max(now, self._full_again.pop(client, 0.0)) + _SECONDS_EACH
            while len(self._full_again) > _CLIENTS:
                self._full_again.popitem(last=False)


def _client(address: str | None) -> str:
    """Who is counted: an IPv4 address, or the network of an IPv6 one, of which a client has as many as it likes."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
