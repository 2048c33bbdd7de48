"""Is what pages tell of the pipeline so: what each of its jobs runs, and on which days?"""

import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.automation.workflows import jobs_of, schedules_of
from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.prose.quotes import CODE, prose
from runbook.reading.content import Page

RULE = "pipeline"
ROW = re.compile(r"^\s*\|\s*([^|]+?)\s*\|(.*)\|\s*$")
DAYS = ("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")  # as cron counts them
RUNS = re.compile(r"\b(?:rejou|relanc|tourne|pipeline|chaîne|workflow)", re.IGNORECASE)
EACH = re.compile(rf"\b(?:chaque|tous les|le|les) ({'|'.join(DAYS)})s?\b", re.IGNORECASE)


def pipeline(page: Page, model: Model) -> Iterator[Finding]:
    """Rows that begin with the name of a job, and sentences that give the days of a schedule."""
    for line, text in prose(page):
        for jobs in jobs_of(model):
            yield from (Finding(page.path, line, cause, remedy, RULE) for cause, remedy in _row(text, jobs))
        yield from (Finding(page.path, line, cause, remedy, RULE) for cause, remedy in _days(text, model))


def _row(text: str, jobs: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The commands of a row, of programs that its job does run, are those that it runs."""
    row = ROW.match(text)
    job = next((job for name, job in jobs.items() if row and row[1] in (name, job.get("name"))), None)
    if row is None or job is None:
        return
    lines = [
        line
        for step in job.get("steps") or []
        if isinstance(step, dict)
        for line in str(step.get("run") or "").splitlines()
    ]
    for quoted in (found[2].strip() for found in CODE.finditer(row[2]) if found[2].strip()):
        same = [line for line in lines if re.search(rf"(?<![\w-]){re.escape(quoted.split()[0])}(?![\w-])", line)]
        if same and not any(re.search(rf"(?<![\w-]){re.escape(quoted)}(?![\w,-])", line) for line in same):
            yield (
                f"« {quoted} », que le travail « {row[1]} » ne lance pas",
                f"il lance : {' ; '.join(line.strip() for line in same)}",
            )


def _days(text: str, model: Model) -> Iterator[tuple[str, str]]:
    """`Tout est rejoué chaque lundi et chaque jeudi`, and the cron lines."""
    told = {DAYS.index(day.lower()) for day in EACH.findall(text)} if RUNS.search(text) else set()
    known = {day for schedule in schedules_of(model) for day in days_of(schedule)} if told else set()
    if known and told != known:
        yield (
            f"la pipeline n'est pas lancée ces jours-là : {', '.join(schedules_of(model))}",
            f"jours de la semaine : {', '.join(DAYS[day] for day in sorted(known))}",
        )


def days_of(schedule: str) -> set[int]:
    """The days of the week of a cron line, Sunday being 0; all of them where the line names days of the month instead."""
    fields = schedule.split()
    if len(fields) != 5 or fields[4] == "*":
        return set(range(7))
    found = set()
    for part in fields[4].split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            found |= {day % 7 for day in range(int(first), int(last or first) + 1)}
    return found
