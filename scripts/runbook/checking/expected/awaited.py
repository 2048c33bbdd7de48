"""Does a page wait for what it starts in the background before it asks something of it?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbook.checking.blocks.words import Command
from runbook.checking.expected.state import form_of
from runbook.checking.finding import Finding
from runbook.reading.content import Block

STARTS = ("docker compose up", "docker compose start", "docker compose restart")
DETACHED = re.compile(r"-[a-zA-Z]*d[a-zA-Z]*|--detach")


@dataclass(slots=True)
class Awaited:
    """`starting` from a `docker compose up -d` that does not wait to the first block that does, in the order of the page."""

    starting: bool = False

    def asked(self, block: Block, commands: list[Command], application: str | None) -> Iterator[Finding]:
        """The first block that counts on containers which may still be starting."""
        healthy = (
            block.expected is not None
            and "(healthy)" in block.expected.text
            and any(form_of(command) == "docker compose ps" for command in commands)
        )
        patient = (
            block.retry
            or block.not_run
            or any(word.text.startswith("--retry") for command in commands for word in command.arguments)
        )
        if self.starting and (healthy or application):
            self.starting = False
            if not patient:
                yield Finding(
                    block.page,
                    block.line,
                    "les conteneurs lancés plus haut démarrent peut-être encore",
                    "ajouter --wait à docker compose up, ou data-reessayer à ce bloc",
                    "awaited",
                )
        for command in commands:
            texts = [word.text for word in command.arguments]
            form = form_of(command)
            if form in STARTS and "--wait" not in texts:
                self.starting = form != "docker compose up" or any(DETACHED.fullmatch(text) for text in texts)
            elif form in STARTS or form in ("docker compose down", "docker compose stop"):
                self.starting = False
