"""How are the moment and the commit of a run written for a French reader?"""

from datetime import date, datetime

from babel.dates import format_date

from runbook.reporting.kept import PastRun
from runbook.reporting.record import Campaign


def in_words(when: date) -> str:
    """A date as « 24 novembre 2026 »."""
    written = format_date(when, "long", locale="fr")
    return f"1er{written[1:]}" if when.day == 1 else written


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
