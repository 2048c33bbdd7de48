"""Work done in a fork of this process: on another core, with all that was read so far, and leaving no trace here."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from runbook.errors import RunbookError

Result = TypeVar("Result")


@contextlib.contextmanager
def forked(work: Callable[[], Result], deadline: int = 0) -> Iterator[Callable[[], Result]]:
    """Begin `work` in a child; what is yielded waits for its result, or raises the RunbookError that it raised.

    The child dies with the block, or after `deadline` seconds if that is not 0; a child that gave no result
    is a RunbookError as well.  To be called where no other thread runs, which the child would not have.
    """
    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    child = context.Process(target=_give, args=(work, writer, deadline))
    child.start()
    writer.close()
    try:
        yield partial(_take, reader)
    finally:
        child.kill()
        child.join()
        reader.close()


def _give(work: Callable[[], object], writer: Connection, deadline: int) -> None:
    signal.alarm(deadline)
    try:
        writer.send(work())
    except RunbookError as error:
        writer.send(error)


def _take(reader: Connection) -> Any:
    try:
        answer = reader.recv()
    except EOFError:
        raise RunbookError("un processus de travail s'est arrêté sans résultat, ou a dépassé son délai") from None
    if isinstance(answer, RunbookError):
        raise answer
    return answer
