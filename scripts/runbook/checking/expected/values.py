"""Do the addresses, paths, statuses and exit codes that expected results show fit the commands and the repository?"""

import difflib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.expected.lines import Told
from runbook.checking.expected.state import STOPS, PageState, form_of, named_objects, option_values
from runbook.checking.expected.vocabulary import Vocabulary
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.known_names import Names
from runbook.checking.prose.names import address_fault
from runbook.reading.content import Block

URL = re.compile(rf"https?://[^\s\"'<>(){UNKNOWN}]+(?![\w{UNKNOWN}])")
PATH = re.compile(r"(?<![\w./:<-])(?:[\w-][\w.-]*/)+[\w.-]+\.[a-z]+(?![\w/])")
CURL_ERROR = re.compile(r"curl: \((\d+)\)(?: Failed to connect to (\S+) port (\d+))?")
MESSAGE = re.compile(r"curl: \((\d+)\) (.+)")
# The first words of curl's messages, each with its number.
MESSAGES = {
    "Could not resolve host": 6, "Failed to connect to": 7, "Couldn't connect to server": 7, "The requested URL returned error": 22, "Operation timed out": 28,
    "Connection timed out": 28, "Empty reply from server": 52, "Recv failure": 56, "URL rejected": 3, "Unsupported protocol": 1, "SSL certificate problem": 60,
}  # fmt: skip
RESTARTED = re.compile(r"\s+Restart Count:\s+(\d+)$")
NODES = re.compile(rf"\b(\d+)/(?:\d+|{UNKNOWN}) nodes are available")
FIRST_PROCESS = re.compile(r"Listening at: \S+ \((\d+)\)")
STATUS = re.compile(r'"status": (\d{3})\b')
LISTENING = re.compile(r"https?://(?:0\.0\.0\.0|\[::\]):(\d+)")
OF_HTTP = ("200", "404", "405")  # what any server answers
LOGS = ("kubectl logs", "docker logs", "docker compose logs")


def expected_values(
    block: Block, commands: list[Command], state: PageState, vocabulary: Vocabulary, names: Names
) -> Iterator[Finding]:
    """What the text names: each line on its own."""
    if block.expected is None:
        return
    start = block.expected.line

    def told(index: int, cause: str, remedy: str) -> Finding:
        return Finding(block.page, start + index, f"résultat attendu : {cause}", remedy, "expected_values")

    programs = {command.name for command in commands}
    speaks_of_here = bool(programs & {"kubectl", "docker"}) or bool(programs & names.model.files)
    logs = [command for command in commands if form_of(command) in LOGS]
    rows = block.expected.text.split("\n")
    for index, row in enumerate(rows):
        yield from _paths(index, row, told, names)
        if speaks_of_here and "://" in row:
            yield from _addresses(index, row, told, names)
        if "kubectl" in programs:
            yield from _of_cluster(index, row, told, state)
        if logs:
            yield from _logged(index, row, logs, told, state, vocabulary)
    if "curl" in programs:
        yield from _curl_errors(block, rows, commands, told)
        yield from _curl_statuses(rows, commands, told, vocabulary)


def _paths(index: int, row: str, told: Told, names: Names) -> Iterator[Finding]:
    """A path close to one of the repository's, and not there."""
    for found in PATH.finditer(row):
        path = found[0]
        known = names.model.files
        if path in known or path in names.model.folders or any(name.endswith(f"/{path}") for name in known):
            continue
        close = difflib.get_close_matches(path, known, n=1, cutoff=0.9)
        if close:
            yield told(index, f"« {path} » n'est pas dans le dépôt", f"vouliez-vous dire « {close[0]} » ?")


def _addresses(index: int, row: str, told: Told, names: Names) -> Iterator[Finding]:
    for found in URL.finditer(row):
        problem = (
            None if LISTENING.match(found[0]) or "://:" in found[0] else address_fault(found[0].rstrip(".,;"), names)
        )
        if problem:
            yield told(index, *problem)


def _of_cluster(index: int, row: str, told: Told, state: PageState) -> Iterator[Finding]:
    """A restart that nothing in the page makes; a scheduler that failed although a node would do."""
    restarts = RESTARTED.match(row)
    if restarts and int(restarts[1]) and not STOPS.search(state.said):
        yield told(index, f"Restart Count {restarts[1]}, et rien dans la page n'arrête un conteneur", "écrire 0")
    for count in NODES.findall(row):
        if int(count):
            yield told(index, f"« {count}/… nodes are available », et le pod aurait trouvé sa place", "écrire 0/…")


def _logged(
    index: int, row: str, logs: list[Command], told: Told, state: PageState, vocabulary: Vocabulary
) -> Iterator[Finding]:
    """The port that a server says it listens on is its container's; a status is one that its code gives."""
    named = {name for command in logs for _, name in named_objects(command)}
    workloads = [item for item in state.model.objects if item.name in named and item.containers]
    ports = {
        str(port.get("containerPort"))
        for item in workloads
        for spec in item.containers
        for port in spec.get("ports") or []
    }
    for port in LISTENING.findall(row):
        if ports and port not in ports:
            yield told(
                index,
                f"« {workloads[0].name} » écoute sur {', '.join(sorted(ports))}, pas sur {port}",
                f"écrire {min(ports)}",
            )
    of_kubernetes = all(command.name == "kubectl" for command in logs)
    for number in FIRST_PROCESS.findall(row):
        if (
            of_kubernetes
            and number != "1"
            and not any((item.pod_template.get("spec") or {}).get("shareProcessNamespace") for item in workloads)
        ):
            yield told(
                index, f"processus {number}, et un conteneur numérote depuis 1 le programme qu'il lance", "écrire (1)"
            )
    for status in STATUS.findall(row):
        if vocabulary.code and status not in OF_HTTP and status not in vocabulary.numbers:
            yield told(
                index,
                f"statut {status}, que le code des applications ne donne pas",
                "écrire le statut que la route répond",
            )


def _curl_errors(block: Block, rows: list[str], commands: list[Command], told: Told) -> Iterator[Finding]:
    """`curl: (7) …` says the exit status of the block, and the place that its URL names."""
    calls = [command for command in commands if command.name == "curl"]
    urls = [urlsplit(word.text) for call in calls for word in call.arguments if "://" in word.text and word.known]
    codes = []
    for index, row in enumerate(rows):
        found = CURL_ERROR.match(row.strip())
        if found is None:
            continue
        codes.append((index, int(found[1])))
        said = MESSAGE.match(row.strip())
        number = next((number for start, number in MESSAGES.items() if said and said[2].startswith(start)), None)
        if number not in (None, int(found[1])) and not (said and "timed out" in said[2]):
            yield told(
                index,
                f"erreur ({found[1]}) de curl, dont le message est celui de l'erreur ({number})",
                f"écrire ({number})",
            )
        meant = [start for start, number in MESSAGES.items() if number == int(found[1])]
        if (
            said
            and number is None
            and meant
            and UNKNOWN not in said[2][:12]
            and difflib.get_close_matches(said[2][: len(meant[0]) + 2], meant, n=1, cutoff=0.8)
        ):
            yield told(index, f"« {said[2]} », que curl n'écrit pas", f"écrire « {meant[0]} … »")
        places = {f"{url.hostname} port {url.port or (443 if url.scheme == 'https' else 80)}" for url in urls}
        place = f"{found[2]} port {found[3]}"
        if found[3] and places and UNKNOWN not in place and place not in places:
            yield told(index, f"« {place} », que la commande n'appelle pas", nearest(place, places))
    alone = len(calls) == 1 and commands[-1] is calls[0]
    if alone and codes and block.exit_status not in {code for _, code in codes}:
        index, code = codes[-1]
        yield told(
            index,
            f"erreur ({code}) de curl, et le bloc attend le code {block.exit_status}",
            f'écrire data-code="{code}", ou l\'erreur ({block.exit_status})',
        )


def _curl_statuses(rows: list[str], commands: list[Command], told: Told, vocabulary: Vocabulary) -> Iterator[Finding]:
    """After `curl -o /dev/null -w '%{http_code}\\n'` alone: three digits, 000 where nothing answered."""
    calls = [command for command in commands if command.name == "curl"]
    others = {command.name for command in commands} - {"curl", "true", ":"}
    formats = [value for call in calls for value in option_values(call, "-w", "--write-out")]
    if (
        len(calls) != 1
        or others
        or [text.replace("\\n", "").strip() for text in formats] != ["%{http_code}"]
        or option_values(calls[0], "-o", "--output") != ["/dev/null"]
    ):
        return
    for index, row in enumerate(rows):
        if row.strip() and UNKNOWN not in row and not re.fullmatch(r"000|[1-5]\d\d", row.strip()):
            yield told(
                index,
                f"« {row.strip()} » n'est pas un statut HTTP",
                "écrire ses trois chiffres, ou 000 si rien n'a répondu",
            )
        elif (
            vocabulary.code
            and row.strip().isdecimal()
            and row.strip() not in ("000", "500", *OF_HTTP, *vocabulary.statuses)
        ):
            yield told(
                index,
                f"statut {row.strip()}, que le code des applications ne donne pas",
                "écrire le statut que la route répond",
            )
