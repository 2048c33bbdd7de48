"""Has a whole request come, and may it be taken?"""

import re

from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge, RequestHeaderFieldsTooLarge

LARGEST_HEAD = 16 * 1024
# Beyond any body that a route here takes.
LARGEST_BODY = 16 * 1024

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:")


class Incoming:
    """The bytes of a connection that no thread has seen yet."""

    __slots__ = ("_bytes", "_size")

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._size: int | None = None

    def feed(self, received: bytes) -> None:
        """Add what has come."""
        self._bytes += received

    def is_whole(self) -> bool:
        """Whether a request is there to its last byte; raises the refusal of one that is too large.

        What a request means is the parser's business: of its head only the length of the body is
        read here, and one that is unclear is left to the parser, which refuses it.
        """
        if self._size is None:
            self._size = self._size_of_request()
        return self._size is not None and len(self._bytes) >= self._size

    def take(self) -> bytes:
        """All of it, which then is no longer here."""
        taken = bytes(self._bytes)
        self._bytes.clear()
        self._size = None
        return taken

    def _size_of_request(self) -> int | None:
        blank = len(self._bytes) - len(self._bytes.lstrip(b"\r\n"))
        end = self._bytes.find(b"\r\n\r\n", blank)
        if end < 0:
            if len(self._bytes) > LARGEST_HEAD:
                raise RequestHeaderFieldsTooLarge
            return None
        head = bytes(self._bytes[:end]) + b"\r\n"
        if _CHUNKED.search(head):
            raise LengthRequired
        lengths = _LENGTH.findall(head)
        length = int(lengths[0]) if lengths else 0
        if length > LARGEST_BODY:
            raise RequestEntityTooLarge
        return end + 4 + length
