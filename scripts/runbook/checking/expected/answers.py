"""Do the applications answer what the pages show after `curl`, configured as the page's target does?"""

import re
from collections.abc import Iterator

import msgspec
from werkzeug.test import TestResponse

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.commands.curl_options import CURL
from runbook.checking.commands.options import Usage, read_options
from runbook.checking.expected.situations import impossible_statuses, impossible_values
from runbook.checking.finding import Finding
from runbook.checking.offered.inner_network import TOKEN, InnerNetwork, path_of
from runbook.matching import expect
from runbook.reading.content import Block, Expected

FAILED = 22  # curl's exit status for an HTTP error with -f
REMEDY = "corriger la page, ou le code, les manifestes et Compose s'ils ont tort"


def answers(block: Block, commands: list[Command], network: InnerNetwork, said: str) -> Iterator[Finding]:
    """What the block's only call would print, compared with what the page shows.

    Where the answer depends on earlier steps, each value must be one that the application gives with or without
    the others, or one that the page has typed (`said`); a refusal that the page announces by its status depends on none.
    """
    call = _only_call(commands)
    name = asked(commands, network)
    if call is None or block.expected is None or block.not_run:
        return
    usage, url = call
    if name is None or name not in network.model.applications:
        return
    response = network.answer(block.target, name, path_of(url), _headers(usage))
    if response is None:
        return
    status = response.status_code
    if block.stand_in and status >= 400 and usage.has("--fail") and block.exit_status != FAILED:
        yield Finding(block.page, block.line + 1, f"« {name} » répond {status} à « {path_of(url)} »", REMEDY, "answers")
        return
    text = _printed(usage, response)
    if text is None:
        return
    if block.stand_in or (status >= 400 and re.search(rf"\b{status}\b", block.expected.text)):
        yield from _compared(block, block.expected, block.expected.text, text)
    elif block.expected.kind is expect.Kind.JSON:
        yield from _compared(block, block.expected, _names_only(block.expected.text), text)
        yield from impossible_values(block, block.expected, situations(block, url, usage, name, network), said)
    else:
        yield from impossible_statuses(block, block.expected, situations(block, url, usage, name, network))


def asked(commands: list[Command], network: InnerNetwork) -> str | None:
    """The application that answers the only call of these commands."""
    call = _only_call(commands)
    return network.model.local_ports.get(_port(call[1])) if call else None


def situations(block: Block, url: str, usage: Usage, name: str, network: InnerNetwork) -> list[TestResponse]:
    """What the application answers in its place, and when the others are gone."""
    path, headers = path_of(url), _headers(usage)
    return [
        response
        for response in (
            network.answer(block.target, name, path, headers),
            network.alone(block.target, name, path, headers),
        )
        if response is not None
    ]


def _compared(block: Block, expected: Expected, wanted: str, got: str) -> Iterator[Finding]:
    mismatch = expect.compare(wanted, got, expected.kind)
    if mismatch is not None:
        yield Finding(
            block.page,
            expected.line + (mismatch.line or 0),
            f"résultat attendu que l'application ne donne pas : {mismatch.reason}",
            REMEDY,
            "answers",
        )


def _only_call(commands: list[Command]) -> tuple[Usage, str] | None:
    """The options and URL of a `curl` whose output is the block's, and whose URL is known."""
    commands = [
        command for command in commands if not command.captured
    ]  # what they print goes into a variable or a word
    calls = [command for command in commands if command.name == "curl"]
    if len(calls) != 1 or commands[-1] is not calls[0] or calls[0].redirects:
        return None
    if calls[0] is not commands[0] and not calls[0].piped:
        return None
    usage = read_options(calls[0], calls[0].arguments, CURL, "curl")
    urls = [*usage.values("--url"), *usage.operands]
    if (
        len(urls) != 1
        or not urls[0].known
        or usage.findings
        or usage.has("--request", "--data", "--head", "--location", "--json")
    ):
        return None
    text = urls[0].text
    return usage, text if "://" in text else f"http://{text}"


def _headers(usage: Usage) -> dict[str, str]:
    headers = {}
    for word in usage.values("--header"):
        if word.text == "@-":  # a secret that never stands on a command line
            headers["Authorization"] = f"Bearer {TOKEN}"
        name, mark, value = word.text.partition(":")
        if mark:
            headers[name.strip()] = value.strip().replace(UNKNOWN, "x")
    return headers


def _printed(usage: Usage, response: TestResponse) -> str | None:
    """What curl writes; None where it writes what cannot be told from here."""
    body, status = response.get_data(as_text=True), response.status_code
    if usage.has("--include"):
        headers = "".join(f"{name}: {value}\n" for name, value in response.headers.items())
        body = f"HTTP/1.1 {response.status}\n{headers}\n{body}"
    formats = [word.text for word in usage.values("--write-out")]
    outputs = [word.text for word in usage.values("--output")]
    if not formats and not outputs:
        return body
    if outputs == ["/dev/null"] and len(formats) == 1 and formats[0].replace("%{http_code}", "").strip("\\n\n ") == "":
        return f"{status}\n"
    return None


def _names_only(text: str) -> str:
    def without_values(value: object) -> object:
        if isinstance(value, dict):
            return {key: without_values(item) for key, item in value.items()}
        return "…"

    return msgspec.json.encode(without_values(msgspec.json.decode(text))).decode()


def _port(url: str) -> int:
    host = url.split("://", 1)[1].split("/", 1)[0]
    port = host.rpartition(":")[2]
    return int(port) if port.isdecimal() else 80
