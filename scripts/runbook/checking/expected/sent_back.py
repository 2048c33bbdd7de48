"""Does an application send back the identifiers that the pages choose, if it sends back any?"""

import re
from collections.abc import Iterator

from runbook.checking.finding import Finding
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import written
from runbook.reading.content import PageBlocks

HEADER = re.compile(r"\b(X-[A-Za-z-]*I[Dd])[\"']?\s*:\s*[\"']?([A-Za-z0-9][\w.-]*)(?=[\"'])")
NAMED = re.compile(r"\bX-[A-Za-z-]*I[Dd]\b")
PLAIN = "abc"
HOSTILE = ("x" * 1000, 'abc "def"')


def sent_back(page: PageBlocks, model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """The `X-…-ID` headers of a page's commands and snippets, against what each application answers to them."""
    for index, text in enumerate(page.page.markdown.split("\n")):
        for header, value in HEADER.findall(text):
            for application in model.applications:
                kept = {_kept(application, header, value, target, network) for target in model.settings.targets}
                if False in kept and True not in kept:
                    cause = f"« {application} » ne rend pas l'identifiant « {value} » de {header}, alors qu'il rend « {PLAIN} »"
                    yield Finding(
                        page.page.path,
                        page.page.line_of[index],
                        cause,
                        "en prendre un que l'application accepte, ou corriger ce qu'elle accepte",
                        "sent_back",
                    )


def hostile_identifiers(model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """An application that sends an identifier back does so with one that a log can bear: of some length, on one line, without quotes."""
    for header in sorted({found for text in model.code.values() for found in NAMED.findall(text)}):
        for application in model.applications:
            for value in HOSTILE:
                if any(_kept(application, header, value, target, network) for target in model.settings.targets):
                    path, line = written(re.escape(header), model.code)
                    shown = f"de {len(value)} caractères" if len(value) > 20 else f"« {value} »"
                    yield Finding(
                        path,
                        line,
                        f"« {application} » rend tel quel un {header} {shown}, et l'écrit sans doute dans son journal",
                        "n'accepter qu'un identifiant court, de lettres, chiffres et tirets, et en tirer un autre sinon",
                        "sent_back",
                    )
                    break


def _kept(application: str, header: str, value: str, target: str, network: InnerNetwork) -> bool | None:
    """None where the application does not send that header back at all, or does not start."""
    plain, given = (network.answer(target, application, "/", {header: one}) for one in (PLAIN, value))
    if plain is None or given is None or plain.headers.get(header) != PLAIN:
        return None
    return bool(given.headers.get(header) == value)
