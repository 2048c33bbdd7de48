"""How is a series of months drawn, for eyes and for ears?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from datapress_front.api_data import Row
from datapress_front.wording import month_in_french, number_in_french

WIDTH, HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 14, 16, 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the drawing, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A line over months: the points of the polyline, marks on both axes, and the whole in a sentence."""

    line: str
    points: tuple[tuple[float, float, str], ...]
    values: tuple[Mark, ...]
    months: tuple[Mark, ...]
    told: str


def draw(rows: Sequence[Row]) -> Chart | None:
    """The drawing of the rows of one name, by month; nothing for fewer than two."""
    if len(rows) < 2:
        return None
    steps = _steps(min(row.valeur for row in rows), max(row.valeur for row in rows))
    low, high = steps[0], steps[-1]
    points = [
        (
            round(_LEFT + (WIDTH - _LEFT - _RIGHT) * number / (len(rows) - 1), 1),
            round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - row.valeur) / (high - low), 1),
            f"{month_in_french(row.periode)} : {number_in_french(row.valeur)} {row.unite}",
        )
        for number, row in enumerate(rows)
    ]
    every = max(1, ceil(len(rows) / 6))
    return Chart(
        line=" ".join(f"{x},{y}" for x, y, _ in points),
        points=tuple(points),
        values=tuple(
            Mark(round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - step) / (high - low), 1), number_in_french(step))
            for step in steps
        ),
        months=tuple(Mark(points[number][0], _short(rows[number].periode)) for number in range(0, len(rows), every)),
        told=_told(rows),
    )


def _steps(least: float, most: float) -> list[float]:
    """Three to eight round values, from below the least to above the most."""
    span = (most - least) or abs(most) or 1.0
    size = 10 ** floor(log10(span / 4))
    size *= next(factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 6)
    first, last = floor(least / size), ceil(most / size)
    return [round(number * size, 10) for number in range(first, max(last, first + 1) + 1)]


def _told(rows: Sequence[Row]) -> str:
    """What the line shows, for whoever does not see it."""
    first, last = rows[0], rows[-1]
    least, most = min(rows, key=lambda row: row.valeur), max(rows, key=lambda row: row.valeur)

    def said(row: Row) -> str:
        return f"{number_in_french(row.valeur)} {row.unite} en {month_in_french(row.periode)}"

    return f"De {said(first)} à {said(last)} ; au plus bas {said(least)}, au plus haut {said(most)}."


def _short(period: str) -> str:
    return f"{period[5:]}/{period[:4]}"
