"""Do the addresses outside the site still answer? usage: python -m sitelinks SITE LIST"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from pathlib import Path
from urllib.parse import urldefrag

import requests

from .built import external

AT_ONCE = 8
MOST = 200  # addresses
DEADLINE = 60.0  # seconds, for all of them
_CONNECT, _READ = 3, 7
_REFUSED_TO_ROBOTS = {401, 403, 405, 429}


class Verdict(IntEnum):
    """The exit status."""

    ALIVE = 0
    DEAD = 1
    UNKNOWN = 2


def main(site: Path, listed: Path) -> Verdict:
    """Ask each address of the list once, and say what it answered."""
    addresses = listed.read_text(encoding="utf-8").split()[:MOST]
    pages = external(site)
    ends = time.monotonic() + DEADLINE
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = dict(zip(addresses, pool.map(lambda address: ask(address, ends), addresses), strict=True))
    for address, answer in answers.items():
        print(f"{answer or 'répond'} : {address} ({', '.join(pages.get(address, ['aucune page']))})")
    silent = [address for address, answer in answers.items() if answer.startswith("sans réponse")]
    if addresses and len(silent) == len(addresses):
        print("Aucune adresse ne répond : le réseau est sans doute absent, et rien n'a été vérifié.", file=sys.stderr)
        return Verdict.UNKNOWN
    return Verdict.DEAD if any(answers.values()) else Verdict.ALIVE


def ask(address: str, ends: float = float("inf")) -> str:
    """What is wrong with the answer of `address`: nothing, or a few words."""
    if time.monotonic() > ends:
        return "sans réponse : plus le temps de demander"
    try:
        with requests.get(
            urldefrag(address).url,
            timeout=(_CONNECT, _READ),
            stream=True,
            headers={"User-Agent": "datapress-poc-links"},
        ) as answer:
            alive = answer.ok or answer.status_code in _REFUSED_TO_ROBOTS
            return "" if alive else f"morte ({answer.status_code})"
    except requests.RequestException as error:
        return f"sans réponse : {type(error).__name__}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
