"""A line `/…/` of an expected result: a regular expression that a whole line of the output must match."""

import re
import signal
import threading
from types import FrameType
from typing import Final, NoReturn

_LINE: Final = re.compile(r"/(.+)/")
_PATIENCE: Final = 0.5  # seconds of the processor: an expression may take for ever
_slow: set[str] = set()


def fault(line: str) -> str | None:
    """Why a line that is written as an expression cannot be one, or None."""
    try:
        expression(line)
    except re.error as error:
        return f"expression régulière invalide ({error.msg}) dans {line}"
    return None


def expression(line: str) -> re.Pattern[str] | None:
    """The expression that a line is, None if it is plain text; re.error if it is wrong."""
    written = _LINE.fullmatch(line)
    return re.compile(written.group(1)) if written else None


def matches(expected: re.Pattern[str], line: str) -> bool:
    """Whether the whole line matches; not, if that would take too long."""
    if expected.pattern in _slow:
        return False
    if threading.current_thread() is not threading.main_thread():
        return expected.fullmatch(line) is not None
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _PATIENCE)
    try:
        return expected.fullmatch(line) is not None
    except TimeoutError:
        _slow.add(expected.pattern)
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise TimeoutError
