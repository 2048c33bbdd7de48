"""Run a whole plan, target after target, and say everything that was seen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from runbook.errors import TargetError
from runbook.outcome import Reason
from runbook.plan import Mode, PagePlan, Plan
from runbook.running.facts import Fact
from runbook.running.opened import Bad
from runbook.running.page import Started, not_run, run_page
from runbook.running.run import Run
from runbook.running.session import open_target
from runbook.running.tree import changes, tree


@dataclass(frozen=True, slots=True)
class PageStarted:
    """Announces the steps of one page on one target."""

    page: PagePlan


@dataclass(frozen=True, slots=True)
class PageEnded:
    """What the page left behind in the repository: `changes` is empty where it is as it was."""

    page: PagePlan
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetFailed:
    """A target could not be made ready, or not to the end."""

    target: str
    cause: str


Told = PageStarted | PageEnded | TargetFailed | Started | Fact


def run_plan(plan: Plan, run: Run, bad: Bad, notes: list[str]) -> Iterator[Told]:
    """Yield every event in order; `notes` gets what is worth saying of the targets at the end."""
    for (target, on), group in groupby(plan.pages, key=lambda page: (page.target, page.on)):
        pages = list(group)
        if any(step.mode is not Mode.NOT_RUN for page in pages for step in page.steps):
            yield from _run_group(target, on, pages, run, bad, notes)
        else:
            for page in pages:
                yield PageStarted(page)
                yield from not_run(page, Reason.TARGET, "")


def _run_group(target: str, on: str, pages: list[PagePlan], run: Run, bad: Bad, notes: list[str]) -> Iterator[Told]:
    told: set[int] = set()
    broken: set[str] = set()
    try:
        with open_target(target, on, run, notes) as session:
            before = tree(run.root)
            for page in pages:
                yield PageStarted(page)
                failed = next((uri for uri in page.after if uri in broken), None)
                events = not_run(page, Reason.PAGE_BEFORE, failed) if failed else run_page(page, session, run, bad)
                for event in events:
                    if isinstance(event, Fact):
                        told.add(id(event.step))
                        broken |= {page.uri} if failed or bad(event) else set()
                    yield event
                after = tree(run.root)
                yield PageEnded(page, changes(before, after))
                before = after
    except (TargetError, OSError) as error:  # a target that cannot be made ready, a full disk
        yield TargetFailed(target, str(error))
        for page in pages:
            rest = replace(page, steps=tuple(step for step in page.steps if id(step) not in told))
            yield from not_run(rest, Reason.TARGET, str(error))
