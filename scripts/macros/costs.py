"""What does each way of hosting cost, under the assumptions of the data file?"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
from babel.numbers import format_decimal

from .dates import in_words
from .roadmap import Roadmap
from .sources import SourceError, only, read_yaml
from .tables import table

YEARS = 3
_DAY = "jour"


class Public(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public price that an assumption was held against: where it stands, and the day of which it tells."""

    texte: str
    adresse: str
    date: date


class Assumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price or a number of days, as a range, and where it comes from."""

    titre: str
    bas: float
    haut: float
    origine: str
    unite: str = "jours"
    reperes: list[Public] = []

    @property
    def told(self) -> str:
        """Its origin, then the public prices beside it, each with its address and its day."""
        beside = (f"[{one.texte}]({one.adresse}), au {in_words(one.date)}" for one in self.reperes)
        return " ; ".join((self.origine, *beside))


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way of hosting; its entries are assumption, low and high quantity, reason."""

    titre: str
    ancre: str
    depart: list[tuple[str, float, float, str]]
    annee: list[tuple[str, float, float, str]]


class OnCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weeks of a year in which somebody may be called."""

    titre: str
    semaines: int


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole data file."""

    date: date
    hypotheses: dict[str, Assumption]
    portage: Assumption
    scenarios: list[Scenario]
    astreinte: OnCall


@dataclass(frozen=True, slots=True)
class Span:
    """Euros without VAT, from the most favourable to the most careful."""

    low: float
    high: float

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.high + other.high)

    def __mul__(self, years: float) -> "Span":
        return Span(self.low * years, self.high * years)

    def __str__(self) -> str:
        """Two significant digits: an assumption is worth no more."""
        return f"{_rounded(self.low)} à {_rounded(self.high)}\u00a0€"


class Costs:
    """The tables and the sums that pages ask for."""

    def __init__(self, document: Document, roadmap: Roadmap) -> None:
        self._document, self._works = document, roadmap.range("horizon-1")
        self.date = in_words(document.date)
        self.porting = f"{document.portage.bas:g} à {document.portage.haut:g}"
        self.on_call = self.price("astreinte", document.astreinte.semaines, document.astreinte.semaines)

    def assumptions(self) -> str:
        """One row an assumption: what, how much, from where."""
        found = [*self._document.hypotheses.values(), self._document.portage]
        rows = [(one.titre, f"{one.bas:g} à {one.haut:g}", one.unite, one.told) for one in found]
        return table(("Hypothèse", "Valeur", "Unité", "D'où elle vient"), rows)

    def comparison(self) -> str:
        """One row a way of hosting: to start, each year, over the years that are compared."""
        rows = [
            (f"[{one.titre}](#{one.ancre})", self.start(one.ancre), self.year(one.ancre), self.over_years(one.ancre))
            for one in self._document.scenarios
        ]
        return table(("Façon d'héberger", "Pour démarrer", "Par an", f"Sur {YEARS} ans"), rows)

    def details(self, anchor: str) -> str:
        """The entries of one way of hosting, each with its price."""
        one = self._named(anchor)
        rows = [
            (when, reason, f"{_quantity(low, high)} {self._unit(name, high)}".strip(), self.price(name, low, high))
            for when, entries in (("Pour démarrer", one.depart), ("Par an", one.annee))
            for name, low, high, reason in entries
        ]
        return table(("Quand", "Poste", "Quantité", "Coût"), rows)

    def start(self, anchor: str) -> Span:
        return self._sum(self._named(anchor).depart)

    def year(self, anchor: str) -> Span:
        return self._sum(self._named(anchor).annee)

    def over_years(self, anchor: str) -> Span:
        return self.start(anchor) + self.year(anchor) * YEARS

    def _sum(self, entries: list[tuple[str, float, float, str]]) -> Span:
        return sum((self.price(name, low, high) for name, low, high, _ in entries), Span(0, 0))

    def price(self, name: str, low: float, high: float) -> Span:
        """So many of what this assumption counts; « portage » and « chantiers » are days of work."""
        day = self._document.hypotheses[_DAY]
        if name == "portage":
            return Span(self._document.portage.bas * day.bas, self._document.portage.haut * day.haut)
        if name == "chantiers":
            return Span(self._works[0] * day.bas, self._works[1] * day.haut)
        if name not in self._document.hypotheses:
            raise SourceError(
                f"coûts : hypothèse « {name} » inconnue ; connues : {', '.join(self._document.hypotheses)}"
            )
        price = self._document.hypotheses[name]
        return Span(price.bas * low, price.haut * high)

    def _unit(self, name: str, quantity: float) -> str:
        """What the quantities of an assumption count, as « mois » or « jours »; nothing for a sum of days."""
        unit: str = getattr(self._document.hypotheses.get(name), "unite", "").removeprefix("€ par ")
        return f"{unit}s" if int(quantity) > 1 and unit[-1:] not in ("", "s") else unit

    def _named(self, anchor: str) -> Scenario:
        found: Scenario = only(
            (one for one in self._document.scenarios if one.ancre == anchor), f"scénario « {anchor} »"
        )
        return found


def read_costs(path: Path, roadmap: Roadmap) -> Costs:
    """Read the data file at `path`; raises `SourceError` where it is not as it should be."""
    try:
        document = msgspec.convert(only(read_yaml(path), str(path)), Document)
    except msgspec.ValidationError as error:
        raise SourceError(f"{path} : {error}") from None
    return Costs(document, roadmap)


def _rounded(amount: float) -> str:
    return format_decimal(float(f"{amount:.2g}"), "#,##0", locale="fr")


def _quantity(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} à {high:g}"
