"""What would it take to go on, according to the cards of the roadmap?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .sources import SourceError
from .tables import table

_CARD = re.compile(r"^### ([^{\n]+?) \{ #([a-z-]+) \}\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_STAGE = re.compile(r"^## ([^{\n]+?) \{ #(horizon-\d) \}\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_TERM = re.compile(r"^([^\n:]+)\n:   ([^\n]+)", re.MULTILINE)
_FIRST_WORDS = re.compile(r"[^\u00a0:;,.(]+")
# Working days of one person, from the most favourable to the most careful.
DAYS = {"S": (2, 5), "M": (5, 15), "L": (15, 40)}


@dataclass(frozen=True, slots=True)
class Card:
    """One piece of work; `days` is None for what is already delivered."""

    title: str
    anchor: str
    terms: dict[str, str]
    days: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Roadmap:
    """The cards of each stage, in the order of the page."""

    stages: dict[str, tuple[Card, ...]]

    def days(self, *stages: str) -> str:
        """The work left in these stages, or in all of them, as « 27 à 75 »."""
        low, high = self.range(*stages)
        return f"{low} à {high}" if high else "déjà livré"

    def range(self, *stages: str) -> tuple[int, int]:
        """The same as two numbers of days."""
        found = [card.days for stage in stages or self.stages for card in self.stages[stage] if card.days]
        return sum(low for low, _ in found), sum(high for _, high in found)

    @staticmethod
    def size(name: str) -> str:
        """What a size stands for, as « 2 à 5 jours »."""
        low, high = DAYS[name]
        return f"{low}\u00a0à\u00a0{high}\u00a0jours"

    def left(self, stage: str) -> str:
        """One row for each card of a stage that is not delivered yet, for a slide."""
        cards = [card for card in self.stages[stage] if card.days]
        rows = (
            (_plain(card.title), _told(card.title), self.size(card.terms["Effort"][0]), _word(card, "Risque"))
            for card in cards
        )
        return table(("Chantier", "Ce qu'il apporte", "Effort", "Risque"), rows)

    def summary(self) -> str:
        """One row a card: the work, its effort, its risk, and where it stands."""
        rows = [
            (
                f"[{_plain(card.title)}](#{card.anchor})",
                stage,
                _effort(card),
                _word(card, "Risque"),
                _word(card, "État"),
            )
            for stage, cards in zip(("D'abord", "Ensuite", "Plus tard"), self.stages.values(), strict=True)
            for card in cards
        ]
        return table(("Chantier", "Quand", "Effort", "Risque", "État"), rows)


def read_roadmap(path: Path) -> Roadmap:
    """Read the cards of the page at `path`.

    Raises `SourceError` for an effort that is neither a size nor « – ».
    """
    text = path.read_text(encoding="utf-8")
    return Roadmap({anchor: tuple(_cards(body, path)) for _, anchor, body in _STAGE.findall(text)})


def _cards(body: str, path: Path) -> Iterable[Card]:
    for title, anchor, text in _CARD.findall(body):
        terms = dict(_TERM.findall(text))
        size = terms.get("Effort", "")[:1]
        if size not in (*DAYS, "–"):
            raise SourceError(f"{path} : « {title} » : effort {size!r} inconnu ; attendu {', '.join(DAYS)} ou –")
        yield Card(title, anchor, terms, DAYS.get(size))


def _plain(title: str) -> str:
    """The subject of a title: what comes before its colon."""
    return re.split(r"\s:", title)[0]


def _told(title: str) -> str:
    """What a title says of its subject: what comes after its colon."""
    return re.split(r"\s:\s", title, maxsplit=1)[-1].capitalize()


def _effort(card: Card) -> str:
    size = card.terms["Effort"][0]
    return f"{size}, {Roadmap.size(size)}" if card.days else "–"


def _word(card: Card, term: str) -> str:
    found = _FIRST_WORDS.match(card.terms[term])
    return found[0].strip() if found else card.terms[term]
