"""A reader's terminal: an interactive bash into which blocks are pasted, one after the other."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

MARK = "=== done with status "


@dataclass(frozen=True, slots=True)
class Pasted:
    """What came back: both streams in one, and the status of the last command."""

    status: int
    output: str


class Terminal:
    """One terminal, in `folder`; a mistake in a block ends that command, as it does for a person, not the shell."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "--noediting", "-i"],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "PS1": "", "PS2": "", "HISTFILE": "", **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.paste("unset HISTFILE")

    def paste(self, code: str, seconds: float = 180) -> Pasted:
        """Everything that the block printed until its last command ended."""
        assert self._bash.stdin is not None
        self._bash.stdin.write(f"{code}\nprintf '\\n{MARK}%s\\n' \"$?\"\n")
        self._bash.stdin.flush()
        end, lines = time.monotonic() + seconds, []
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no end after {seconds} s:\n{code}\n{''.join(lines)}") from None
            if line.startswith(MARK):
                return Pasted(int(line.removeprefix(MARK)), "".join(lines).strip())
            lines.append(line)

    def close(self) -> None:
        """The shell ends, and with it what it left in the background."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        self._reader.join(timeout=10)
        for stream in (self._bash.stdin, self._bash.stdout):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self._bash.stdout is not None
        for line in self._bash.stdout:
            self._lines.put(line)
