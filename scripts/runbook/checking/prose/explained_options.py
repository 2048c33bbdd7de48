"""Is an option that a page explains one that its commands have?"""

import re
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.prose.quotes import prose
from runbook.reading.content import PageBlocks

# At the start of a sentence: « `--wait` attend… » explains a command, « ajoutez `--wait` » proposes another.
EXPLAINED = re.compile(r"^\s*(?:[-*] )?`(--[a-z][\w-]*)(?:=[^`]*)?`")
PROGRAMS = ("docker", "kubectl", "curl", "kind")  # of others, an option may be explained without being shown
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")


def explained_options(page: PageBlocks) -> Iterator[Finding]:
    """`--wait` attend …, below a command of Docker or Kubernetes, on a page none of whose commands has it."""
    shown = {option for block in page.blocks for option in OPTION.findall(block.code)}
    for line, text in prose(page.page):
        found = EXPLAINED.match(text)
        before = [block for block in page.blocks if block.line < line]
        if found and before and before[-1].code.lstrip().startswith(PROGRAMS) and found[1] not in shown:
            yield Finding(page.page.path, line, f"« {found[1]} », qu'aucune commande de la page n'a", nearest(found[1], shown), "explained_options")
