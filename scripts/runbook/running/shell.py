"""One bash for a page: blocks are sourced one after the other and keep their state.

Each block comes from a file, reads nothing, writes its output to files of its own, and its end is
told on a private descriptor by a random marker with the exit status.  The shell reads its orders
from a pipe one character at a time: they are one short line a block, in which nothing is left to
read for a block that finds the pipe.

A block ends at the first command that fails, as after `set -e` but without ending its shell: an ERR trap, which
functions and subshells inherit, returns from the block.  What `||`, `if` or `!` looks at does not fail; neither does
a command of a pipeline but the last, nor one inside `$(…)`.  A page that sets an ERR trap itself keeps its own.
"""

import contextlib
import os
import secrets
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from runbook.running import processes
from runbook.running.facts import End, Ran
from runbook.running.interruption import OF_A_TERMINAL
from runbook.running.outputs import ERR, OUT, Outputs, empty_large

POLL_MS = 50
EMPTYING = 0.25  # seconds between two looks at the outputs that nobody reads
START = 5.0  # seconds that bash may take to put a job in the background
FAREWELL = 1.0  # seconds that an EXIT trap may take
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A block left running in the background, and where its output goes."""

    pid: int
    outputs: Outputs

    @property
    def running(self) -> bool:
        return any([processes.alive(process) for process in processes.tree(self.pid)])  # noqa: C419 — signals may come


@dataclass(frozen=True, slots=True)
class _Turn:
    """One block's turn: a name that nobody can guess, its files as the shell's words, and its outputs."""

    name: str
    script: str
    streams: str
    outputs: Outputs


class Shell:
    """A non-interactive bash in a session of its own; closed, it leaves no child behind.

    `limit` is the size in bytes of one output stream past which a block is stopped.  The values of the variables
    `reveal` are wanted after each block, those of `locals_` after each function.
    """

    def __init__(
        self, folder: Path, cwd: Path, env: dict[str, str], limit: int, reveal: Words = (), locals_: Words = ()
    ) -> None:
        self._folder, self._limit, self._reveal = folder, limit, reveal
        self._marker = f"r{secrets.token_hex(6)}"
        self._noted, self._values = folder / "noted", folder / "values"
        self._count, self._emptied = 0, time.monotonic()
        self._waits = False  # for the end of a block
        self._jobs: list[Job] = []
        self._status, self._told = os.pipe()
        deaf = any(signal.getsignal(one) is signal.SIG_IGN for one in OF_A_TERMINAL)
        try:
            self._process = subprocess.Popen(
                ["bash", "--noprofile", "--norc"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=cwd,
                env=env,
                pass_fds=[self._told],
                start_new_session=True,
                preexec_fn=_heed if deaf else None,  # noqa: PLW1509 — no other thread here
            )
        finally:
            os.close(self._told)
        self._poll = select.poll()
        self._poll.register(self._status, select.POLLIN)
        self._noted.touch()
        self._values.touch()
        self._send(self._guard(locals_))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, code: str, deadline: float) -> Ran:
        """Source `code` and await its end; past `deadline` the shell and all below it are killed."""
        turn = self._turn(code)
        try:
            values = "".join(f' "${{{name}[@]-}}"' for name in self._reveal)
            started = time.monotonic()
            told = self._told_of(turn, f'"$?" "${{{self._marker}e-}}"{values}')
            self._send(f"{self._marker}e=;\\builtin . {turn.script} {turn.streams};{told}")
            self._waits = True
            fields, end = self._await(turn, started + deadline)
            self._waits = False
            duration = time.monotonic() - started
            if end in (End.LATE, End.FLOODED):
                processes.kill(processes.tree(self.pid))
            out, err = turn.outputs.read()
        finally:
            turn.outputs.close()
        if not fields:  # of a shell that ended by itself, its own status is the block's
            status = self._process.poll() if end is End.CLOSED else None
            return Ran(end, status if status is None or status >= 0 else None, out, err, duration)
        if fields[:2] == ("0", ""):
            end = End.RETURNED
        noted = (place.partition(":") for place in _taken(self._noted).split())
        line = next((int(line) for script, _, line in noted if script == str(self._count) and line.isdecimal()), 0)
        return Ran(end, int(fields[0]), out, err, duration, line, (*fields[2:], *_taken(self._values).split("\0")))

    def start(self, code: str) -> Job | None:
        """Leave `code` running in the background; None if the shell is gone."""
        turn = self._turn(code)
        told = self._told_of(turn, '"$!"')
        self._send(f"{{ \\builtin . {turn.script}; }} {turn.streams} & {told}")
        fields, _ = self._await(turn, time.monotonic() + START)
        if not fields:
            turn.outputs.close()
            return None
        job = Job(int(fields[0]), turn.outputs)
        self._jobs.append(job)
        return job

    def close(self, grace: float = 0.0) -> None:
        """Stop what was left running, let the shell end by itself (its EXIT trap runs), then end what is left below."""
        processes.stop([process for job in self._jobs for process in processes.tree(job.pid)], grace)
        below = processes.tree(self.pid)[1:]
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=0 if self._waits else FAREWELL)  # a block cut short is not at its EXIT trap
        processes.kill([*processes.tree(self.pid), *below])
        self._process.wait()
        for job in self._jobs:
            job.outputs.close()
        self._jobs.clear()
        if self._status >= 0:
            os.close(self._status)
            self._status = -1

    def _turn(self, code: str) -> _Turn:
        """The files of one more block."""
        self._count += 1
        stem = f"{self._folder}/{self._count}"
        last = f'{{ {self._marker}e=$?;\\builtin return "${self._marker}e"; }} 2>/dev/null'  # tells that it was reached
        with Path(stem).open("xb") as script:
            script.write(f"{code}\n{last}\n".encode())
        streams = f"</dev/null >>{quote(stem + OUT)} 2>>{quote(stem + ERR)} {self._told}>&-"
        return _Turn(f"{self._marker}{self._count}", quote(stem), streams, Outputs(stem, self._limit))

    def _guard(self, locals_: Words) -> str:
        """The shell's words that end a block at its first failure and note its place,
        and the values of `locals_` as functions end.

        In a subshell the output of a block is a file; in `$(…)` and before `|` it is a pipe: there a failure is its
        caller's to see.
        """
        status = f"{self._marker}s"
        noted = f'\\builtin printf "%s:%s " "${{BASH_SOURCE[0]##*/}}" "${{LINENO-}}" >>{quote(str(self._noted))}'
        ends = (
            f"if ((BASH_SUBSHELL));then [[ -p /dev/stdout ]]||{{ {noted};\\builtin exit ${status};}};else "
            f"{noted};\\builtin return ${status};fi"
        )
        action = quote(f"{status}=$?;[[ -z ${{BASH_SOURCE[0]-}} ]]||{ends}")
        words = f"\\builtin set -E;\\builtin trap {action} ERR\n"
        if not locals_:
            return words
        told = " ".join(f'"${{{name}[@]-}}"' for name in locals_)
        kept = quote(f"\\builtin printf '%s\\0' {told} >>{quote(str(self._values))}")
        return f"{words}\\builtin set -T;\\builtin trap {kept} RETURN\n"

    def _told_of(self, turn: _Turn, words: str) -> str:
        """The shell's words for the end of a turn: its name, what came of it, its name again."""
        return f"\\builtin printf '%s\\0' {turn.name} {words} {turn.name} >&{self._told}\n"

    def _send(self, text: str) -> None:
        data = text.encode()
        with contextlib.suppress(OSError):  # a shell that is gone is noticed by _await
            while data and self._process.stdin:  # unbuffered: an order that a signal cuts short is not sent later
                data = data[os.write(self._process.stdin.fileno(), data) :]

    def _await(self, turn: _Turn, end: float) -> tuple[Words, End]:
        """The fields told between the two names of a turn, and how it ended.

        Nothing else may stand on the descriptor: words that the shell was not asked for are no end.
        """
        told, name = b"", turn.name.encode()
        while not told.endswith(b"\0" + name + b"\0"):
            left = end - time.monotonic()
            if left <= 0:
                return (), End.LATE
            if self._poll.poll(min(POLL_MS, left * 1000)):
                chunk = os.read(self._status, 65536)
                if not chunk:  # closed: the shell is about to end; its status is worth the wait, unless it goes on
                    with contextlib.suppress(subprocess.TimeoutExpired):  # as another program
                        self._process.wait(timeout=0 if turn.outputs.flooded else min(FAREWELL, left))
                    break
                told += chunk
            elif turn.outputs.flooded or not self.alive:  # what it left running may still hold the descriptor
                break
            if time.monotonic() - self._emptied > EMPTYING:  # what processes left running print, and nobody reads
                empty_large(self._folder, self._limit, turn.outputs)
                self._emptied = time.monotonic()
        else:
            first, *fields = told.decode(errors="replace").split("\0")[:-2]
            if first == turn.name and fields and fields[0].isdecimal():
                return tuple(fields), End.FLOODED if turn.outputs.flooded else End.STATUS
        return (), End.FLOODED if turn.outputs.flooded else End.CLOSED


def _taken(file: Path) -> str:
    """What stands in the file, and no more does afterwards; nothing where a block has removed it."""
    with contextlib.suppress(OSError):
        if told := file.read_text(encoding="utf-8", errors="replace"):
            os.truncate(file, 0)
        return told
    return ""


def _heed() -> None:
    """As in a terminal, even where who started the engine ignores some, as `nohup` does: bash cannot undo that."""
    for one in OF_A_TERMINAL:
        signal.signal(one, signal.SIG_DFL)
