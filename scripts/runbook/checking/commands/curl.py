"""`curl` and `wget`: known options, and URLs that something answers with that method."""

import re
from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.curl_options import CURL, WGET, WRITE_OUT
from runbook.checking.commands.files import can_be_written, must_be_file
from runbook.checking.commands.options import Usage, read_options
from runbook.checking.commands.urls import url_answers
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
BODY = (
    "--data",
    "--data-ascii",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--json",
    "--form",
    "--form-string",
)
NUMBERS = (
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--max-redirs",
    "--parallel-max",
)
HEADERS = (
    *(
        "Accept",
        "Accept-Charset",
        "Accept-Encoding",
        "Accept-Language",
        "Authorization",
        "Cache-Control",
        "Connection",
        "Content-Length",
    ),
    *(
        "Content-Type",
        "Cookie",
        "Date",
        "Expect",
        "Forwarded",
        "Host",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "Origin",
        "Pragma",
    ),
    *(
        "Range",
        "Referer",
        "Te",
        "Traceparent",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
    ),
    *("X-Forwarded-Proto", "X-Real-Ip"),
)
FROM_FILE = ("--header", "--data", "--data-binary", "--json")  # a value `@name` is read from the file `name`


def curl(command: Command, situation: Situation) -> Iterator[Finding]:
    """Options, values, files read and written, then each URL."""
    usage = read_options(command, command.arguments, CURL, "curl")
    yield from usage.findings
    yield from _values(command, usage)
    yield from _headers(command, usage, situation)
    yield from _files(command, usage, situation)
    urls = [*usage.values("--url"), *usage.operands]
    if not urls and not usage.findings and not usage.has("--version", "--help", "--manual", "--config"):
        yield finding(command, "curl", "curl sans URL", "écrire l'URL à appeler")
    method = _method(usage)
    for word in urls:
        yield from url_answers(command, word, situation, method)


def wget(command: Command, situation: Situation) -> Iterator[Finding]:
    """Options, then each URL."""
    usage = read_options(command, command.arguments, WGET, "wget")
    yield from usage.findings
    if usage.has("--no-check-certificate"):
        yield finding(command, "insecure", "« --no-check-certificate » accepte n'importe quel serveur", "la retirer")
    for word in usage.values("--output-document"):
        if word.text != "-":
            yield from can_be_written(command, word, situation)
    posted = usage.values("--post-data", "--post-file", "--body-data")
    method = next(
        (word.text for word in usage.values("--method")),
        "POST" if posted else "HEAD" if usage.has("--spider") else "GET",
    )
    for word in usage.operands:
        yield from url_answers(command, word, situation, method)


def _method(usage: Usage) -> str:
    asked = usage.values("--request")
    if asked:
        return asked[-1].text
    if usage.has("--head"):
        return "HEAD"
    if usage.has("--upload-file"):
        return "PUT"
    return "POST" if usage.has(*BODY) and not usage.has("--get") else "GET"


def _values(command: Command, usage: Usage) -> Iterator[Finding]:
    if usage.has("--insecure", "--proxy-insecure"):
        yield finding(command, "insecure", "« -k » accepte n'importe quel serveur", "la retirer")
    for word in usage.values("--request"):
        if word.known and word.text not in METHODS:
            yield finding(command, "curl", f"méthode HTTP « {word.text} » inconnue", nearest(word.text, METHODS), word)
    for word in usage.values(*NUMBERS):
        if word.known and not re.fullmatch(r"\d+(\.\d+)?", word.text):
            yield finding(command, "curl", f"« {word.text} » n'est pas un nombre", "écrire un nombre", word)
    for word in usage.values("--write-out"):
        for name in re.findall(r"%\{(\w+)\}", word.text):
            if name not in WRITE_OUT.split() and not name.startswith(("header", "output")):
                yield finding(
                    command, "curl", f"variable « {name} » inconnue de curl -w", nearest(name, WRITE_OUT.split()), word
                )


def _headers(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    """`Name: value`, where the name is a usual one or stands in the code of an application."""
    for word in usage.values("--header"):
        named = re.match(r"([\w-]+)\s*[:;]", word.text)
        if named is None:
            if word.known and not word.text.startswith("@"):
                yield finding(command, "curl", f"en-tête « {word.text} » sans « : »", "écrire « Nom: valeur »", word)
        elif UNKNOWN not in named[1] and named[1].title() not in HEADERS:
            own = set(_headers_in_code(situation.model))
            if named[1].title() not in {name.title() for name in own}:
                yield finding(
                    command,
                    "curl",
                    f"en-tête « {named[1]} » : le code n'en parle pas",
                    nearest(named[1], {*own, *HEADERS}),
                    word,
                )


def _headers_in_code(model: Model) -> Iterator[str]:
    """What looks like the name of a header in the applications' folders."""
    for text in model.code.values():
        yield from re.findall(r"[\"']([A-Z][\w]*(?:-[A-Z][\w]*)+)[\"']", text)


def _files(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    for word in usage.values(*FROM_FILE):
        if word.text.startswith("@") and word.text not in ("@-", f"@{UNKNOWN}"):
            yield from must_be_file(command, word, situation, word.text[1:])
    for word in usage.values("--config", "--upload-file", "--cacert", "--cert", "--key", "--netrc-file"):
        if word.text not in ("-", "."):
            yield from must_be_file(command, word, situation)
    for word in usage.values("--output", "--dump-header", "--cookie-jar", "--trace", "--trace-ascii", "--stderr"):
        if word.text not in ("-", "%"):
            yield from can_be_written(command, Word(word.text, word.line), situation)


RESOLVERS: dict[str, Rule] = {"curl": curl, "wget": wget}
