"""The record as JUnit XML: one test suite a page and target, one case a step, with file and line."""

import io
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from runbook.outcome import Outcome, Result
from runbook.plan import label
from runbook.reporting.record import Campaign
from runbook.rules.finding import Finding
from runbook.whole_file import write_whole


def write(campaigns: Iterable[Campaign], path: Path) -> None:
    """Write `campaigns` to `path`; what no step shows is the errors of a suite of its own."""
    document = JUnitXml("runbook")
    for campaign in campaigns:
        for (page, target), steps in groupby(campaign.steps, key=lambda step: step.unit):
            _add(document, f"{page} ({target or 'sans cible'})", [_step(step) for step in steps], campaign.date)
        problems = [_case(problem.split(" : ")[0], "campagne", Error(_clean(problem))) for problem in campaign.problems]
        if problems:
            _add(document, "campagne", problems, campaign.date)
    _save(document, path)


def write_findings(findings: Iterable[Finding], pages: Iterable[str], path: Path) -> None:
    """The static check: one case a page or file, failed if anything was found in it."""
    by_path: dict[str, list[Failure]] = {page: [] for page in pages}
    for found in findings:
        by_path.setdefault(found.path, []).append(Failure(_clean(str(found)), found.rule))
    document = JUnitXml("runbook check")
    cases = [_case(name, "runbook.check", *failures) for name, failures in by_path.items()]
    _add(document, "runbook check", cases)
    _save(document, path)


def _add(document: JUnitXml, name: str, cases: list[TestCase], date: str = "") -> None:
    suite = TestSuite(name)
    if date:
        suite.timestamp = date
    suite.add_testcases(cases)
    document.add_testsuite(suite)


def _save(document: JUnitXml, path: Path) -> None:
    document.update_statistics()  # type: ignore[no-untyped-call]
    content = io.BytesIO()
    document.write(content, pretty=True)
    write_whole(path, content.getvalue())


def _case(name: str, group: str, *results: Error | Failure | Skipped, seconds: float | None = None) -> TestCase:
    case = TestCase(name, group, seconds)
    case.result = list(results)
    return case


def _step(step: Result) -> TestCase:
    results: list[Failure | Skipped] = []
    if step.outcome is Outcome.NOT_RUN:
        results = [Skipped(_clean(step.reason))]
    elif step.outcome.bad:
        results = [Failure(f"{step.place} : {_clean(step.reason)}", str(step.outcome))]
        results[0].text = _clean("\n".join((step.command, "", step.reason, *step.diff)))
    name = f"{step.page}:{step.line} {_clean(label(step.title, step.command))}"
    case = _case(name, f"{step.page}.{step.target or 'sans cible'}", *results, seconds=step.seconds)
    case._elem.set("file", step.page)  # noqa: SLF001 — the library knows no attribute for the place
    case._elem.set("line", str(step.line))  # noqa: SLF001
    case.system_out, case.system_err = _clean(step.out), _clean(step.err)
    return case


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 has no way to hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
