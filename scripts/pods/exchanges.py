"""From which pod does a connection to which address pass?

usage: scripts/echanges NAMESPACE/WORKLOAD… -- HOST:PORT…
A workload is what `kubectl exec` takes (deploy/NAME, pod/NAME); its image must have Python.
Exit status: 0 once every attempt has an answer, 1 where a pod could not be asked, 2 for a wrong call.
"""

import sys

from pods.kubectl import KubectlError, kubectl

SECONDS = 2
# In the pod: all attempts of one pod in one go, each with a deadline of its own.
ATTEMPTS = f"""
import concurrent.futures as c, socket, sys
def seen(address):
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), {SECONDS}).close()
        return "passe"
    except socket.gaierror:
        return "nom inconnu"
    except ConnectionRefusedError:
        return "refusé"
    except OSError:
        return "sans réponse"
with c.ThreadPoolExecutor() as pool:
    print(*pool.map(seen, sys.argv[1:]), sep="\\n")
"""


def main(words: list[str]) -> int:
    """Ask each pod in turn, and print a table of what it saw."""
    if "--" not in words[1:-1] or not all(_is_address(word) for word in words[words.index("--") + 1 :]):
        print(__doc__, file=sys.stderr)
        return 2
    cut = words.index("--")
    origins, addresses = words[:cut], words[cut + 1 :]
    rows = [("DE", "VERS", "VU")]
    failed = False
    for origin in origins:
        namespace, _, workload = origin.partition("/")
        try:
            asked = kubectl("exec", "-n", namespace, workload, "--", "python", "-c", ATTEMPTS, *addresses)
        except KubectlError as error:
            print(f"scripts/echanges\u00a0: {origin}\u00a0: {error}", file=sys.stderr)
            failed = True
            continue
        rows += [(origin, address, seen) for address, seen in zip(addresses, asked.splitlines(), strict=True)]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for row in rows:
        print(f"{row[0]:<{widths[0]}}   {row[1]:<{widths[1]}}   {row[2]}")
    return int(failed)


def _is_address(word: str) -> bool:
    host, _, port = word.rpartition(":")
    return bool(host) and port.isdecimal()
