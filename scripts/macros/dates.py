"""How are the moment and the commit of a run written for a French reader?"""

from datetime import date, datetime

from runbook.reporting.history import PastRun
from runbook.reporting.record import Campaign

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def in_words(when: date) -> str:
    """A date as « 24 novembre 2026 »."""
    return f"{'1er' if when.day == 1 else when.day} {_MONTHS[when.month - 1]} {when.year}"


def day(run: Campaign | PastRun) -> str:
    """The date of a run, in words."""
    return in_words(datetime.fromisoformat(run.date))


def moment(run: Campaign | PastRun) -> str:
    """The date and the hour, as « 24 novembre 2026, 09:30 UTC »."""
    return f"{day(run)}, {datetime.fromisoformat(run.date):%H:%M} UTC"


def revision(run: Campaign | PastRun) -> str:
    """The commit in Markdown, and whether the tree differed from it."""
    short = f"`{run.commit[:9]}`" if run.commit else "hors de git"
    return f"{short}, avec des modifications locales" if run.dirty else short
