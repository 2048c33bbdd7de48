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


AGE = {
    "head": re.compile(r"\bplus récente?s?\b|\bderni(?:er|ère) (?:pod|créée?)\b"),
    "tail": re.compile(r"\bplus ancien(?:ne)?s?\b"),
}
BY_AGE = re.compile(r"--sort-by=[\"']?\{?\.metadata\.creationTimestamp\}?[\"']?[^|\n]*\|\s*(head|tail)\b")


def taken_by_age(page: PageBlocks) -> Iterator[Finding]:
    """`Le plus récent`, then the oldest of what kubectl lists by age, or the other way round."""
    for block in page.blocks:
        told = block.prose.rstrip().rsplit("\n", 1)[-1]
        for end in BY_AGE.findall(block.code):
            if AGE[end].search(told):
                cause = f"« {AGE[end].findall(told)[0]} », et la commande prend le {'plus ancien' if end == 'head' else 'plus récent'} : kubectl range du plus ancien au plus récent"
                yield Finding(
                    page.page.path,
                    block.line,
                    cause,
                    f"écrire {'tail' if end == 'head' else 'head'} -n 1, ou corriger la phrase",
                    "explained_options",
                )


HISTORY = re.compile(
    r"\b[Pp]remière (?:ligne|révision)\b[^.;|]*\b(?:en service|actuelle|courante)\b|\b[Dd]ernière (?:ligne|révision)\b[^.;|]*\bplus ancienne\b"
)


def history_read(page: PageBlocks) -> Iterator[Finding]:
    """`kubectl rollout history` ends with the revision in service."""
    listed = [block.line for block in page.blocks if "rollout history" in block.code]
    for line, text in prose(page.page) if listed else ():
        if line > listed[0] and HISTORY.search(text):
            yield Finding(
                page.page.path,
                line,
                "« kubectl rollout history » finit par la révision en service, et commence par la plus ancienne",
                "corriger la phrase",
                "explained_options",
            )


def explained_options(page: PageBlocks) -> Iterator[Finding]:
    """`--wait` attend …, below a command of Docker or Kubernetes, on a page none of whose commands has it."""
    shown = {option for block in page.blocks for option in OPTION.findall(block.code)}
    for line, text in prose(page.page):
        found = EXPLAINED.match(text)
        before = [block for block in page.blocks if block.line < line]
        if found and before and before[-1].code.lstrip().startswith(PROGRAMS) and found[1] not in shown:
            yield Finding(
                page.page.path,
                line,
                f"« {found[1]} », qu'aucune commande de la page n'a",
                nearest(found[1], shown),
                "explained_options",
            )
