"""How are other programs called, and their failures told?"""

import os
import shutil
import subprocess
from pathlib import Path

_SHOWN = 25  # lines of what a program said before it failed


class DeliveryError(Exception):
    """A delivery that cannot go on: one line that says why, and what can be done."""


def call(*words: str | Path, given: str | bytes | None = None, within: float = 600, **environment: str) -> str:
    """What the program prints; raises `DeliveryError` with what it said when it fails or takes too long."""
    named = " ".join(str(word) for word in words[:3])
    text = given.encode() if isinstance(given, str) else given
    try:
        done = subprocess.run(
            [str(word) for word in words],
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            timeout=within,
            check=False,
            env=os.environ | environment,
        )
    except FileNotFoundError:
        raise DeliveryError(f"commande {words[0]} absente ; l'installer, puis relancer") from None
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"« {named} » ne finit pas en {within:.0f} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise DeliveryError("\n".join([f"« {named} » a échoué (code {done.returncode})", *said[-_SHOWN:]]))
    return done.stdout.decode(errors="replace")


def present(program: str) -> bool:
    """Whether this machine has the program."""
    return shutil.which(program) is not None


def say(step: str, what: str) -> None:
    """Tell the reader what a step did."""
    print(f"{step:<10} {what}", flush=True)
