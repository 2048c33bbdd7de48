"""The second door: `pytest docs` runs the pages, one test item a step, named `docs/page.md:line`.

Steps keep their order and their shell: choosing one item runs the steps before it as well, unreported.
Options: `--runbook-target` and `--runbook-context`, as `runbook run` has them.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from runbook.errors import RunbookError
from runbook.judging import Journal, Judged, judged
from runbook.outcome import Outcome, Result
from runbook.plan import Step, make_plan
from runbook.reading.blocks import blocks_of
from runbook.reading.pages import read_site
from runbook.running.asking import missing_targets
from runbook.running.run import opened
from runbook.settings import load


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("runbook", "documented commands")
    group.addoption(
        "--runbook-target", action="append", default=[], metavar="TARGET", help="only this target (repeatable)"
    )
    group.addoption("--runbook-context", metavar="NAME", help="allow this kubectl context too")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "PageFile | None":
    """A page, where somebody has said where pages run: other people's tests are none of ours."""
    with suppress(RunbookError):
        if file_path.suffix == ".md" and load(parent.config.rootpath).targets:
            return PageFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Steps in the order of the plan, whatever the order of the files; other tests stay where they were."""
    steps = [item for item in items if isinstance(item, StepItem)]
    if steps:
        session = _session(config)
        session.chosen = {item.step.block.page for item in steps}
        order = {id(step.block): rank for rank, step in enumerate(session.plan(session.chosen).steps)}
        ordered = iter(sorted(steps, key=lambda item: order[id(item.step.block)]))
        items[:] = [next(ordered) if isinstance(item, StepItem) else item for item in items]


class DocumentationSession:
    """The site as pytest sees it: read once, run once, results taken as the items ask for them."""

    def __init__(self, config: pytest.Config) -> None:
        self.root = root = config.rootpath.resolve()
        self.settings = settings = load(root)
        asked, context = config.getoption("--runbook-target"), config.getoption("--runbook-context")
        missing = missing_targets(settings, root, context, asked)
        self.plan = partial(make_plan, blocks_of(read_site(root, settings.site), settings), settings, missing)
        self.chosen: set[str] = set()
        self.run = self._run()
        config.add_cleanup(self.run.close)
        self._results: dict[int, Result] = {}

    def result(self, step: Step) -> Result:
        """Run up to this step; RunbookError if the plan ends without it."""
        while id(step.block) not in self._results:
            one = next(self.run, None)
            if one is None:
                raise RunbookError(f"{step.place} : étape absente du plan")
            self._results[id(one.step.block)] = one.result
        return self._results[id(step.block)]

    def _run(self) -> Generator[Judged, None, None]:
        plan = self.plan(self.chosen)
        with opened(self.settings, self.root) as run, closing(judged(plan, run, Journal())) as events:
            yield from (event for event in events if isinstance(event, Judged))


class PageFile(pytest.File):
    """One page of the site."""

    def collect(self) -> Iterator["StepItem"]:
        session = _session(self.config)
        path = self.path.resolve()
        page = path.relative_to(session.root).as_posix() if path.is_relative_to(session.root) else path.as_posix()
        for step in session.plan([page]).steps:
            if step.block.page == page:
                yield StepItem.from_parent(self, name=step.place, step=step)


class StepItem(pytest.Item):
    """One block of commands."""

    def __init__(self, *, step: Step, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step = step

    def runtest(self) -> None:
        result = _session(self.config).result(self.step)
        if result.outcome is Outcome.NOT_RUN:
            pytest.skip(result.reason)
        if result.outcome.bad:
            rows = [f"{result.place} : {result.outcome} : {result.reason}", "", self.step.block.code, *result.diff]
            rows += filter(None, (result.out.rstrip(), result.err.rstrip()))
            pytest.fail("\n".join(rows), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.step.block.line - 1, self.name


@cache
def _session(config: pytest.Config) -> DocumentationSession:
    return DocumentationSession(config)
