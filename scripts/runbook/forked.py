"""Work done in a fork of this process: on another core, with all that was read so far, and leaving no trace here."""

import contextlib
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, TypeVar

from runbook.errors import RunbookError

Result = TypeVar("Result")


@contextlib.contextmanager
def forked(work: Callable[[], Result], deadline: int = 0) -> Iterator[Callable[[], Result]]:
    """Begin `work` in a child; what is yielded waits for its result, or raises the RunbookError that it raised.

    The child dies with the block, or after `deadline` seconds if that is not 0; a child that gave no result
    is a RunbookError as well.  To be called where no other thread runs, which the child would not have.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        signal.alarm(deadline)
        _give(work, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as stream:
            yield partial(_take, stream)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _give(work: Callable[[], object], writer: int) -> None:
    """Write the result, and end this process whatever happens: the parent's clean-up is not the child's."""
    try:
        stream = os.fdopen(writer, "wb")  # open until all is told: its end is what the parent waits for
        try:
            pickle.dump(work(), stream)
        except RunbookError as error:
            pickle.dump(error, stream)
        stream.flush()
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(0)


def _take(stream: BinaryIO) -> Any:
    written = stream.read()
    if not written:
        raise RunbookError("un processus de travail s'est arrêté sans résultat, ou a dépassé son délai")
    answer = pickle.loads(written)  # noqa: S301 — our own child wrote it
    if isinstance(answer, RunbookError):
        raise answer
    return answer
