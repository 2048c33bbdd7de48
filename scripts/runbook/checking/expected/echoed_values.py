"""Is what a page looks for in an output what it sent: the id of a request, given to curl and then to grep?"""

import re
from collections.abc import Iterator

from runbook.checking.blocks.words import Command
from runbook.checking.expected.vocabulary import slip
from runbook.checking.finding import Finding

FILTERS = ("grep", "egrep", "awk", "sed", "jq")
IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")


def echoed_values(commands: list[Command], sent: set[str]) -> Iterator[Finding]:
    """An identifier in the words of a filter that is a slip away from one that a header carried; `sent` grows with the page."""
    for command in commands:
        if command.name == "curl":
            values = (word.text.partition(":")[2].strip() for word in command.arguments if ":" in word.text)
            sent.update(value for value in values if IDENTIFIER.fullmatch(value))
        elif command.name in FILTERS:
            for word in command.arguments:
                for found in IDENTIFIER.findall(word.text):
                    near = sorted(value for value in sent if found not in sent and slip(found, value))
                    if near:
                        yield Finding(
                            command.path,
                            word.line,
                            f"« {found} », que la page n'a envoyé nulle part",
                            f"vouliez-vous dire « {near[0]} » ?",
                            "echoed_values",
                        )
