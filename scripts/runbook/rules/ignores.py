"""Findings that a page or the settings ask to leave out, with a reason; and what they ask for in vain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository
from runbook.rules.finding import Finding, nearest
from runbook.rules.rule import Rule
from runbook.settings import FILE

USELESS = "ignore-inutile"
OF_ITSELF = ("yaml", "bloc")  # findings of no rule


@dataclass(frozen=True, slots=True)
class Ignore:
    """One rule left out: in files that `pattern` names, from line `first` to `last`; asked for at `path`:`line`."""

    path: str
    line: int
    pattern: str
    first: float
    last: float
    rule: str

    def covers(self, found: Finding) -> bool:
        """Whether this is what it asks to leave out."""
        named = found.rule == self.rule or found.rule.startswith(f"{self.rule}:")
        return named and self.first <= found.line <= self.last and fnmatchcase(found.path, self.pattern)


def kept(
    findings: Iterable[Finding], pages: Sequence[PageBlocks], repository: Repository, rules: Sequence[Rule]
) -> list[Finding]:
    """The findings that stay, each once, and one for each ignore that is malformed or leaves nothing out."""
    ignores: list[Ignore] = []
    wrong: list[Finding] = []
    for path, line, pattern, first, last, text in _asked(pages, repository):
        identifier, separator, reason = (part.strip() for part in text.partition(":"))
        if identifier in ("shellcheck", "hadolint", "zizmor", "actionlint") and reason.partition(":")[1]:
            code, _, reason = (part.strip() for part in reason.partition(":"))
            identifier = f"{identifier}:{code}"
        known = {rule.identifier for rule in rules}
        if identifier.partition(":")[0] not in known | set(OF_ITSELF):
            remedy = f"{nearest(identifier, known)} ; « runbook rules » les donne toutes"
            wrong.append(Finding(path, line, f"règle « {identifier} » inconnue", remedy, USELESS))
        elif not separator or not reason:
            wrong.append(
                Finding(path, line, f"« {identifier} » ignorée sans raison", "écrire « règle: raison »", USELESS)
            )
        else:
            ignores.append(Ignore(path, line, pattern, first, last, identifier))
    unique = set(findings)
    left = [found for found in unique if not any(ignore.covers(found) for ignore in ignores)]
    idle = [ignore for ignore in ignores if not any(ignore.covers(found) for found in unique)]
    return [*left, *wrong, *(_idle(ignore) for ignore in idle)]


def _asked(pages: Sequence[PageBlocks], repository: Repository) -> Iterator[tuple[str, int, str, float, float, str]]:
    """Where it is asked, which file and lines it is about, and its text."""
    for page in pages:
        for block in page.blocks:
            last = block.line + block.code.count("\n") + 2
            if block.expected:
                last = block.expected.line + block.expected.text.count("\n") + 1
            for text in filter(None, (part.strip() for part in (block.ignore or "").split(";"))):
                yield block.page, block.line, block.page, block.line - 1, last, text
    written = repository.text(FILE).splitlines()
    for pattern, rules in repository.settings.rules.ignore.items():
        for identifier, reason in rules.items():
            line = next((number for number, text in enumerate(written, 1) if identifier in text and reason in text), 1)
            yield FILE, line, pattern, 0, float("inf"), f"{identifier}: {reason}"


def _idle(ignore: Ignore) -> Finding:
    cause = f"« {ignore.rule} » ignorée, et rien de tel n'est trouvé là"
    return Finding(ignore.path, ignore.line, cause, "retirer cette exception", USELESS)
