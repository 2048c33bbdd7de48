"""Ask a program something short: its answer, in time and without a keyboard."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said; `status` is None where nobody answered: no such program, or not in time."""

    status: int | None
    out: str = ""
    err: str = ""

    @property
    def well(self) -> str:
        """What was said, without blanks around; nothing where that went wrong."""
        return self.out.strip() if self.status == 0 else ""


def ask(
    command: Sequence[str], root: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = TIMEOUT
) -> Answer:
    """In a session of its own: a Ctrl+C of the terminal is for the engine."""
    try:
        ran = subprocess.run(
            command,
            cwd=root,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Answer(None)
    return Answer(ran.returncode, ran.stdout.decode(errors="replace"), ran.stderr.decode(errors="replace"))
