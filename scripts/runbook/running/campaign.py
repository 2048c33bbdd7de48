"""Run a whole plan, target after target, and say everything that came of it."""

import contextlib
import secrets
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from runbook.errors import TargetError
from runbook.plan import Mode, PagePlan, Plan, Step
from runbook.running import execute, processes
from runbook.running.execute import Started
from runbook.running.folder import private_folder
from runbook.running.guardian import guarded
from runbook.running.interruption import Interruptions
from runbook.running.outcome import Result
from runbook.running.private import Private
from runbook.running.session import Answer, Run, always, open_target, sweep
from runbook.settings import Settings


@dataclass(frozen=True, slots=True)
class PageStarted:
    """Announces the steps of one page on one target."""

    page: PagePlan


@dataclass(slots=True)
class Journal:
    """What the faces read while and after a campaign runs; `faults` make it fail, `notes` do not."""

    results: list[Result] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


Event = PageStarted | Started | Result


@contextlib.contextmanager
def opened(
    settings: Settings,
    root: Path,
    confirm: Callable[[Step], Answer] = always,
    interruptions: Interruptions | None = None,
) -> Iterator[Run]:
    """A run with its private folder; afterwards neither the folder nor a process of the run is left."""
    private = Private(settings.secrets, root)
    private.learn()
    token = secrets.token_hex(8)
    with private_folder() as folder, guarded(token, folder):
        processes.adopt_orphans()
        run = Run(root, folder, settings, private, token, confirm, interruptions or Interruptions())
        try:
            yield run
        finally:
            sweep(run)
            processes.adopt_orphans(wanted=False)  # what this process starts later is not the run's


def run_plan(plan: Plan, run: Run, journal: Journal) -> Generator[Event, None, None]:
    """Yield every event in order and keep the results in `journal`."""
    for (target, on), group in groupby(plan.pages, key=lambda page: (page.target, page.on)):
        for event in _run_group(target, on, list(group), run, journal):
            if isinstance(event, Result):
                journal.results.append(event)
            yield event


def _run_group(target: str, on: str, pages: list[PagePlan], run: Run, journal: Journal) -> Generator[Event, None, None]:
    if all(step.mode is Mode.NOT_RUN for page in pages for step in page.steps):
        for page in pages:
            yield PageStarted(page)
            yield from execute.not_run(page, "")
        return
    try:
        with open_target(target, on, run, journal.notes) as session:
            broken: set[str] = set()
            for page in pages:
                yield PageStarted(page)
                failed = [uri for uri in page.after if uri in broken]
                if failed:
                    broken.add(page.uri)
                    yield from execute.not_run(page, f"la page {failed[0]} qui la précède a échoué")
                    continue
                for event in execute.run_page(page, session, run):
                    if isinstance(event, Result) and event.outcome.bad:
                        broken.add(page.uri)
                    yield event
    except (TargetError, OSError) as error:  # a target that cannot be made ready, a full disk
        journal.faults.append(f"{target} : {error}")
        done = {id(result.step) for result in journal.results}
        for page in pages:
            yield from (result for result in execute.not_run(page, str(error)) if id(result.step) not in done)
