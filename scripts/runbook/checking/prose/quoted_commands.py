"""Do the commands that the prose quotes, often in part, name verbs, options, services and files that exist?"""

import shlex
from collections.abc import Iterable, Iterator

from runbook.checking.blocks.situation import Rule, Situation
from runbook.checking.blocks.words import UNKNOWN, Shell
from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.prose.quotes import code
from runbook.reading.content import Block, Page

PROGRAMS = ("curl", "docker", "git", "kind", "kubectl", "runbook")
VERBS = ("kubectl_verb", "docker", "compose", "runbook", "git", "kind")
WRONG = ("inconnu", "n'existe pas")  # a quoted command may be unfinished, but not wrong


def check_quoted_commands(pages: Iterable[Page], model: Model, resolve: Rule) -> Iterator[Finding]:
    """What is mistyped in them; `resolve` checks one command."""
    for page in pages:
        for quote in code(page):
            words = quote.text.split()
            program = words[0].rpartition("/")[2] if words else ""
            if (
                len(words) < 2
                or "<" in quote.text
                or not (program in PROGRAMS or words[0] in model.files)
                or not _closed(quote.text)
            ):
                continue
            block = Block(page.path, quote.line - 1, None, quote.text, "", not_run="cité")
            situation = Situation(model, page, "", resolve, Shell({"POD": UNKNOWN, **model.settings.env}))
            for command in situation.shell.read(block):
                for found in resolve(command, situation):
                    if "vouliez-vous" in found.remedy or (
                        found.rule in VERBS and any(mark in found.cause for mark in WRONG)
                    ):
                        yield found


def _closed(text: str) -> bool:
    try:
        shlex.split(text)
    except ValueError:
        return False
    return True
