"""Is all that the applications answer said in some page, and is what pages say of a route's statuses what it answers?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runbook.checking.finding import Finding
from runbook.checking.offered.applications import Application
from runbook.checking.offered.containers import containers
from runbook.checking.offered.images import built_images
from runbook.checking.offered.inner_network import TOKEN, InnerNetwork
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import written
from runbook.checking.prose.quotes import prose
from runbook.checking.whole import whole
from runbook.reading.content import Page

WRONG = "x" * 32
CALLERS: dict[str, Mapping[str, str]] = {
    "none": {},
    "wrong": {"Authorization": f"Bearer {WRONG}"},
    "right": {"Authorization": f"Bearer {TOKEN}"},
}
KEY = re.compile(r"[a-z]\w*")
SAID = re.compile(r"`(/[\w/-]*)` (?:répond|ne répond|répondra|renvoie|rend) (\d{3})\b")
ROUTE = re.compile(r"`(/[\w/-]*)`")
# How a sentence names the caller whose status it gives.
WHO = (
    ("none", re.compile(r"\b[Ss]ans (?:le |son |ce )?jeton\b(?! sur)")),
    ("wrong", re.compile(r"\bavec un (?:mauvais|faux|autre)\b")),
)
AUTHORIZATION = re.compile(r"\bAuthorization[\"']?\s*:\s*f?[\"']?([A-Z][A-Za-z]+) (?=[{$<…\w])")
STATUS = re.compile(r"\b([1-5]\d\d)\b")


class Answered:
    """Every answer that the applications can give to a GET: on each target, to each caller, with and without each other."""

    def __init__(self, model: Model, network: InnerNetwork) -> None:
        self._model, self._network = model, network

    def statuses(self, application: str, path: str, caller: str = "") -> set[int]:
        """The statuses to this caller, to any without."""
        callers = [caller] if caller else CALLERS
        return {
            response.status_code for who in callers for response in self._responses(application, path, CALLERS[who])
        }

    def bodies(self, application: str, path: str) -> Iterator[Any]:
        """What it answers in JSON where all is well."""
        for response in self._responses(application, path, CALLERS["right"]):
            if response.status_code < 400:
                yield response.get_json(silent=True)

    def pages(self, application: str, path: str) -> Iterator[str]:
        """What it answers in HTML."""
        for response in self._responses(application, path, CALLERS["none"]):
            if response.mimetype == "text/html":
                yield response.get_data(as_text=True)

    def schemes(self) -> set[str]:
        """How the applications ask to be told who calls: the first words of their `WWW-Authenticate`."""
        told = (
            response.headers.get("WWW-Authenticate", "")
            for name, application in self._model.applications.items()
            for rule in _plain(application)
            for response in self._responses(name, rule, CALLERS["none"])
        )
        return {header.split()[0] for header in told if header}

    def _responses(self, application: str, path: str, headers: Mapping[str, str]) -> Iterator[Any]:
        for target in self._model.settings.targets:
            for response in (
                self._network.answer(target, application, path, headers),
                self._network.alone(target, application, path, headers),
            ):
                if response is not None:
                    yield response


def ask_all(model: Model) -> None:
    """Ask every plain route for all that it can answer: who wants to know it later finds it heard."""
    with InnerNetwork(model, containers(model), built_images(model)) as network:
        answered = Answered(model, network)
        for name, application in model.applications.items():
            for rule in _plain(application):
                answered.statuses(name, rule)


def undocumented_keys(site: Sequence[Page], model: Model, answered: Answered) -> Iterator[Finding]:
    """The keys of the JSON that each documented route answers are named somewhere."""
    text = "\n".join(page.markdown for page in site)
    for name, application in model.applications.items():
        for rule in _plain(application):
            for key in dict.fromkeys(key for body in answered.bodies(name, rule) for key in _keys(body)):
                if KEY.fullmatch(key) and not whole(key).search(text):
                    path, line = written(rf"\b{re.escape(key)}\s*[=:]|[\"']{re.escape(key)}[\"']", model.code)
                    yield Finding(
                        path,
                        line,
                        f"clé « {key} » de la réponse de « {name} » à « {rule} », qu'aucune page ne documente",
                        "en parler dans une page, ou la retirer",
                        "answered",
                    )


def told_statuses(page: Page, model: Model, answered: Answered) -> Iterator[Finding]:
    """`/x` répond 503; 401 sans jeton, 403 avec un mauvais."""
    owners = {
        rule: [name for name, application in model.applications.items() if rule in application.routes]
        for application in model.applications.values()
        for rule in application.routes
    }
    for line, text in prose(page):
        if not STATUS.search(text):
            continue
        for rule, status in SAID.findall(text):
            known = set().union(*(answered.statuses(name, rule) for name in owners.get(rule, [])))
            if known and int(status) not in known:
                yield _told(page, line, f"« {rule} » ne répond jamais {status}", known)
        yield from _by_caller(page, line, text, model, answered)


def told_schemes(page: Page, answered: Answered) -> Iterator[Finding]:
    """`Authorization: Bearer …` names a scheme that a refusal of some application asks for, where one does."""
    asked = answered.schemes() if AUTHORIZATION.search(page.markdown) else set()
    for index, text in enumerate(page.markdown.split("\n")):
        for scheme in AUTHORIZATION.findall(text):
            if asked and scheme not in asked:
                yield Finding(
                    page.path,
                    page.line_of[index],
                    f"« Authorization: {scheme} », et les applications demandent : {', '.join(sorted(asked))}",
                    "reprendre ce qu'elles demandent",
                    "answered",
                )


def _by_caller(page: Page, line: int, text: str, model: Model, answered: Answered) -> Iterator[Finding]:
    if not any(pattern.search(text) for _, pattern in WHO):
        return
    guarded = [
        (name, rule)
        for name, application in model.applications.items()
        for rule in _plain(application)
        if answered.statuses(name, rule, "none") != answered.statuses(name, rule, "right")
    ]
    named = [(name, rule) for name, rule in guarded if f"`{rule}`" in text] or guarded
    for part in _parts(text):
        shown = STATUS.findall(part)
        who = next((who for who, pattern in WHO if pattern.search(part)), None)
        if who is None or len(shown) != 1 or len({rule for _, rule in named}) != 1:
            continue
        known = set().union(*(answered.statuses(name, rule, who) for name, rule in named))
        if int(shown[0]) not in known:
            yield _told(page, line, f"« {part.strip()} » : « {named[0][1]} » répond autre chose", known)


def _parts(text: str) -> Iterator[str]:
    """The clauses of a sentence, each with one status where there are several."""
    for clause in re.split(r"[;()|]|[.:\u00a0] ", text):
        yield from [clause] if len(STATUS.findall(clause)) < 2 else clause.split(",")


def _told(page: Page, line: int, cause: str, known: set[int]) -> Finding:
    return Finding(page.path, line, cause, f"statuts possibles : {', '.join(map(str, sorted(known)))}", "answered")


def _plain(application: Application) -> list[str]:
    return [rule for rule in application.routes if "<" not in rule and "GET" in application.methods(rule)]


def _keys(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        for key, value in body.items():
            yield str(key)
            yield from _keys(value)
