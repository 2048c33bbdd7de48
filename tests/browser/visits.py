"""What does a browser meet on a page: requests, complaints, weight, drawings, width, barriers?"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Literal
from urllib.parse import urlsplit

import msgspec
import psutil

from tests.site.conftest import ROOT

WIDE = 1440
SCREENS = {WIDE: 900, 375: 812}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# One more than the cores: a page that waits for the last answer leaves its core to another.
VISITORS = (os.cpu_count() or 1) + 1
DEADLINE = 60.0  # seconds that one page may take, on a busy machine too


class Sight(msgspec.Struct, frozen=True):
    """A page on one screen in one colour scheme."""

    width: int
    scheme: Scheme
    drawn: int  # diagrams
    sideways: int  # pixels that the page is wider than the screen
    ground: str  # the colours of its background and of its text
    covered: tuple[str, ...]  # commands that pass under their copy button
    cueless: int  # tables that go on beyond their frame, and do not look it
    barriers: tuple[str, ...]


class Visit(msgspec.Struct, frozen=True):
    """One page, loaded once, seen on every screen in every scheme; it was loaded in the scheme of the first sight."""

    address: str
    status: int
    elsewhere: tuple[str, ...]
    complaints: tuple[str, ...]
    weight: int  # bytes of a first visit without any compression, apart from the library that draws diagrams
    diagrams: int
    sights: tuple[Sight, ...]

    def __str__(self) -> str:
        return urlsplit(self.address).path


class Tour(msgspec.Struct, frozen=True):
    """What one visitor has to do."""

    program: str
    addresses: Sequence[str]
    first: Scheme
    deadline: float


def visit_all(program: str, addresses: Sequence[str], deadline: float = DEADLINE) -> list[Visit]:
    """Every address on every screen and in every scheme; the network is closed but for this machine.

    Each visitor is a process with a browser of its own, which shows one page at a time: a page that is never seen is
    never drawn. Where a page takes longer than `deadline` seconds, its visitor ends with it and says which it was.
    """
    shares = [(addresses[number::VISITORS], SCHEMES[number % 2]) for number in range(min(VISITORS, len(addresses)))]
    with ExitStack() as stack:
        visitors = [stack.enter_context(_visitor(Tour(program, share, first, deadline))) for share, first in shares]
        return [visit for visitor in visitors for visit in _told(*visitor)]


@contextmanager
def _visitor(tour: Tour) -> "Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]":
    """The process and what it writes; whatever of it is left at the end is ended."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as asked:
        asked.write(msgspec.json.encode(tour))
        asked.seek(0)
        path = os.pathsep.join((str(ROOT), str(ROOT / "scripts")))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.visitor"],
            stdin=asked,
            stdout=told,
            env={**os.environ, "PYTHONPATH": path},
        )
        try:
            yield process, told
        finally:
            end_with_children(process.pid)
            process.wait()


def _told(process: "subprocess.Popen[bytes]", told: IO[bytes]) -> list[Visit]:
    status = process.wait()
    told.seek(0)
    lines = told.read().splitlines()
    if status:
        raise RuntimeError(lines[-1].decode() if lines else f"un visiteur s'est arrêté avec le code {status}")
    return msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=list[Visit])


def end_with_children(pid: int) -> None:
    """End this process and all that it has started, be they in groups of their own."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                one.kill()
