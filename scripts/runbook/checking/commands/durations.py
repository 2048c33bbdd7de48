"""Does a block leave a build the time that it takes on a machine that has nothing yet?"""

from collections.abc import Iterator

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import Command, Word
from runbook.checking.finding import Finding

BUILD = 60.0  # seconds: an image downloads its base and installs packages


def time_to_build(command: Command, word: Word, situation: Situation) -> Iterator[Finding]:
    """The deadline of a block that builds an image."""
    block = command.block
    deadline = block.deadline or situation.model.settings.deadline
    if not block.not_run and deadline < BUILD:
        yield finding(
            command,
            "durations",
            f"{deadline:g} s pour construire une image",
            f"laisser au moins {BUILD:g} s : data-delai",
            word,
        )
