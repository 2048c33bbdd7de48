"""With which indicators can DataPress be shown? Invented, plausible, and the same at every start."""

import math
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from datapress_api.table import INDICATORS

_SEED = 2026
_FIRST_YEAR, _FIRST_MONTH, _MONTHS = 2024, 11, 24


@dataclass(frozen=True, slots=True)
class Indicator:
    """One value of one month."""

    nom: str
    periode: str
    valeur: float
    unite: str
    source: str


@dataclass(frozen=True, slots=True)
class _Series:
    nom: str
    unite: str
    source: str
    start: float
    growth: float  # per month
    season: float  # part of the value that comes and goes with the year, highest in December
    noise: float
    digits: int


_SERIES = (
    _Series("Visites du site", "visites", "Mesure d'audience", 48_000, 0.012, 0.10, 0.04, 0),
    _Series("Abonnés à la lettre", "abonnés", "Outil d'envoi", 9_200, 0.015, 0.0, 0.005, 0),
    _Series("Taux d'ouverture des courriels", "%", "Outil d'envoi", 24.5, -0.002, 0.03, 0.03, 1),
    _Series("Taux de conversion", "%", "Boutique en ligne", 1.9, 0.004, 0.12, 0.05, 2),
    _Series("Chiffre d'affaires en ligne", "k€", "Boutique en ligne", 182, 0.011, 0.22, 0.05, 1),
    _Series("Coût par acquisition", "€", "Régie publicitaire", 31.4, 0.003, -0.08, 0.04, 2),
    _Series("Budget publicitaire", "k€", "Régie publicitaire", 27.5, 0.006, 0.18, 0.06, 1),
)


def sample() -> Iterator[Indicator]:
    """Seven indicators over twenty-four months."""
    chance = random.Random(_SEED)  # noqa: S311 - it is to be the same every time
    for series in _SERIES:
        for number in range(_MONTHS):
            year, month = divmod(_FIRST_YEAR * 12 + _FIRST_MONTH - 1 + number, 12)
            season = 1 + series.season * math.cos((month + 1) % 12 / 12 * 2 * math.pi)
            value = series.start * (1 + series.growth) ** number * season * chance.gauss(1, series.noise)
            yield Indicator(
                series.nom, f"{year}-{month + 1:02d}", round(value, series.digits), series.unite, series.source
            )


def add_sample(connection: Connection) -> int:
    """Fill an empty table, and leave any other as it is; how many rows were added."""
    if connection.scalar(select(func.count()).select_from(INDICATORS)):
        return 0
    rows = [asdict(indicator) for indicator in sample()]
    connection.execute(insert(INDICATORS), rows)
    return len(rows)
