"""How are numbers and months written for French readers?"""

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def number_in_french(number: float) -> str:
    """A decimal comma, and a narrow space between thousands; no decimals that say nothing."""
    whole = f"{number:,.0f}" if float(number).is_integer() else f"{number:,}"
    return whole.translate({ord(","): "\u202f", ord("."): ","})


def month_in_french(period: str) -> str:
    """`2026-11` as novembre 2026."""
    return f"{_MONTHS[int(period[5:]) - 1]} {period[:4]}"
