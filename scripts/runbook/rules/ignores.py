"""Findings that a page or the settings ask to leave out, with a reason; and what they ask for in vain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository
from runbook.rules.finding import Finding, nearest
from runbook.rules.rule import load_rules
from runbook.settings import FILE

USELESS = "ignore-inutile"
OF_ITSELF = {  # findings of no rule
    "bloc": "Une page, ou l'un de ses blocs, ne peut pas s'exécuter comme elle est écrite.",
    "yaml": "Un fichier n'est pas du YAML, ou donne deux fois la même clé.",
    USELESS: "Une exception est mal écrite, sans raison, ou n'écarte rien.",
}
OF_PROGRAMS = ("shellcheck", "hadolint", "zizmor", "actionlint")  # whose rules have codes


@dataclass(frozen=True, slots=True)
class Ignore:
    """One rule left out in lines of the files that `pattern` names; asked for at `path`:`line`."""

    path: str
    line: int
    pattern: str
    first: float
    last: float
    rule: str
    reason: str

    def covers(self, found: Finding) -> bool:
        """Whether this is what it asks to leave out."""
        named = f"{found.rule}:".startswith(f"{self.rule}:")
        return named and self.first <= found.line <= self.last and fnmatchcase(found.path, self.pattern)


def kept(findings: Iterable[Finding], pages: Sequence[PageBlocks], repository: Repository) -> list[Finding]:
    """The findings that stay, each once, and one for each ignore that is malformed or leaves nothing out."""
    unique, known = set(findings), load_rules().keys()
    ignores: list[Ignore] = []
    wrong: list[Finding] = []
    for one in _asked(pages, repository):
        identifier = one.rule
        told: tuple[str, str] | None = None
        if identifier.partition(":")[0] not in known | set(OF_ITSELF):
            remedy = f"{nearest(identifier, known)} ; « runbook rules » les donne toutes"
            told = f"règle « {identifier} » inconnue", remedy
        elif not one.reason:
            told = f"« {identifier} » ignorée sans raison", "écrire « règle: raison »"
        elif not any(one.covers(found) for found in unique):
            told = f"« {identifier} » ignorée, et rien de tel n'est trouvé là", "retirer cette exception"
        else:
            ignores.append(one)
        wrong += [Finding(one.path, one.line, *told, USELESS)] if told else []
    return [*(found for found in unique if not any(ignore.covers(found) for ignore in ignores)), *wrong]


def _asked(pages: Sequence[PageBlocks], repository: Repository) -> Iterator[Ignore]:
    """Each that is asked for, in blocks and in the settings."""
    for page in pages:
        for block in page.blocks:
            for text in filter(None, (part.strip() for part in (block.ignore or "").split(";"))):
                yield Ignore(block.page, block.line, block.page, block.line - 1, block.end, *_parts(text))
    written = repository.text(FILE).splitlines()
    for pattern, rules in repository.settings.rules.ignore.items():
        for identifier, reason in rules.items():
            line = next((number for number, text in enumerate(written, 1) if identifier in text and reason in text), 1)
            yield Ignore(FILE, line, pattern, 0, float("inf"), *_parts(f"{identifier}: {reason}"))


def _parts(text: str) -> tuple[str, str]:
    """Of « rule: reason » the rule, with the code of another program's own rule, and the reason."""
    identifier, _, reason = (part.strip() for part in text.partition(":"))
    if identifier in OF_PROGRAMS and ":" in reason:
        code, _, reason = (part.strip() for part in reason.partition(":"))
        identifier = f"{identifier}:{code}"
    return identifier, reason
