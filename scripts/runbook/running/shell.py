"""One bash for a page: blocks are sourced one after the other and keep their state.

Each block comes from a file, reads nothing, writes its output to files of its own, and its end is
told on a private descriptor by a random marker with the exit status.
"""

import contextlib
import os
import secrets
import select
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from runbook.running import processes

POLL_MS = 50


@dataclass(frozen=True, slots=True)
class Ran:
    """What one block did; `exit_status` is None where the shell did not live to tell it. Seconds.

    `values` are those of the shell variables that the caller asked for.
    """

    exit_status: int | None
    out: bytes
    err: bytes
    duration: float
    timed_out: bool = False
    flooded: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A block left running in the background, and the files that its output goes to."""

    pid: int
    out: Path
    err: Path

    @property
    def running(self) -> bool:
        return any(processes.alive(process) for process in processes.tree(self.pid))


class Shell:
    """A non-interactive bash in a session of its own; a context manager that leaves no child behind.

    `limit` is the size in bytes of one output stream past which a block is stopped.
    """

    def __init__(self, folder: Path, cwd: Path, env: dict[str, str], limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._marker = secrets.token_hex(16)
        self._count = 0
        self._status, told = os.pipe()
        self._told = told
        try:
            self._process = subprocess.Popen(
                ["bash", "--noprofile", "--norc"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=cwd,
                env=env,
                pass_fds=[told],
                start_new_session=True,
            )
        finally:
            os.close(told)
        self._poll = select.poll()
        self._poll.register(self._status, select.POLLIN)

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, code: str, deadline: float, reveal: tuple[str, ...] = ()) -> Ran:
        """Source `code` and await its end; past `deadline` the shell and all below it are killed.

        `reveal` names the shell variables whose values are wanted afterwards.
        """
        script, out, err = self._files(code)
        values = "".join(f' "${{{name}-}}"' for name in reveal)
        started = time.monotonic()
        self._send(
            f". {quote(str(script))} {self._streams(out, err)}\n"
            f"builtin printf '%s\\0' \"{self._marker} $?\"{values} {self._marker} >&{self._told}\n"
        )
        told, timed_out, flooded = self._await(started + deadline, (out, err))
        duration = time.monotonic() - started
        if timed_out or flooded:
            processes.kill(processes.tree(self.pid))
        status, revealed = _parse(told, self._marker)
        return Ran(status, self._read(out), self._read(err), duration, timed_out, flooded, revealed)

    def start(self, code: str) -> Job | None:
        """Leave `code` running in the background; None if the shell is gone."""
        script, out, err = self._files(code)
        self._send(
            f"{{ . {quote(str(script))}; }} {self._streams(out, err)} &\n"
            f"builtin printf '%s\\0' \"{self._marker} $!\" {self._marker} >&{self._told}\n"
        )
        told, _, _ = self._await(time.monotonic() + 5, ())
        pid, _ = _parse(told, self._marker)
        return Job(pid, out, err) if pid else None

    def read(self, job: Job) -> tuple[bytes, bytes]:
        """What the job has printed so far."""
        return self._read(job.out), self._read(job.err)

    def close(self) -> None:
        """Let the shell end by itself (its EXIT trap runs), then end whatever is left below it."""
        below = processes.tree(self.pid)[1:]
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        processes.kill([*processes.tree(self.pid), *below])
        self._process.wait()
        if self._status >= 0:
            os.close(self._status)
            self._status = -1

    def _files(self, code: str) -> tuple[Path, Path, Path]:
        self._count += 1
        stem = str(self._folder / f"{self._count:04}")
        script = Path(stem + ".sh")
        script.write_text(code + "\n", encoding="utf-8")
        return script, Path(stem + ".out"), Path(stem + ".err")

    def _streams(self, out: Path, err: Path) -> str:
        return f"</dev/null >{quote(str(out))} 2>{quote(str(err))} {self._told}>&-"

    def _send(self, text: str) -> None:
        with contextlib.suppress(OSError):  # a shell that is gone is noticed by _await
            if self._process.stdin:
                self._process.stdin.write(text.encode())
                self._process.stdin.flush()

    def _await(self, end: float, watched: tuple[Path, ...]) -> tuple[bytes, bool, bool]:
        """What came on the status descriptor, whether time ran out, whether a stream grew too large."""
        told = b""
        finish = f"\0{self._marker}\0".encode()
        while not told.endswith(finish):
            left = end - time.monotonic()
            if left <= 0:
                return told, True, False
            if self._poll.poll(min(POLL_MS, left * 1000)):
                chunk = os.read(self._status, 65536)
                if not chunk:  # the shell closed it: it has ended
                    return told, False, False
                told += chunk
            elif any(_size(path) > self._limit for path in watched):
                return told, False, True
        return told, False, any(_size(path) > self._limit for path in watched)

    def _read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(self._limit)
        except FileNotFoundError:
            return b""


def _parse(told: bytes, marker: str) -> tuple[int | None, tuple[str, ...]]:
    fields = told.decode(errors="replace").split("\0")
    head = f"{marker} "
    for index, field in enumerate(fields):
        if field.startswith(head) and field[len(head) :].isdecimal():
            return int(field[len(head) :]), tuple(fields[index + 1 : -2])
    return None, ()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
