"""How does the deck become a PDF, with the browser of the machine?"""

import os
import subprocess
from pathlib import Path

from .slides import DeckError

_DEADLINE = 20


def write_pdf(program: str, page: Path, path: Path) -> None:
    """Print the built page of the deck; raises `DeckError` if the browser does not."""
    command = [program, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
    if os.geteuid() == 0:
        command.append("--no-sandbox")  # the sandbox refuses to start for root, and the page is our own
    try:
        ran = subprocess.run(
            [*command, page.resolve().as_uri()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeckError(f"{program} n'a pas imprimé le diaporama en {_DEADLINE} s") from None
    if ran.returncode or not path.is_file():
        last = (ran.stderr.strip().splitlines() or ["sans message"])[-1]
        raise DeckError(f"{program} n'a pas imprimé le diaporama : {last}")
