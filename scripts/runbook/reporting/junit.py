"""The record as JUnit XML: one test suite a page and target, one case a step, with file and line."""

import io
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from runbook.outcome import Outcome
from runbook.reporting.label import label
from runbook.reporting.record import Campaign, StepRecord
from runbook.rules.finding import Finding
from runbook.whole_file import write_whole


def write(campaigns: Iterable[Campaign], path: Path) -> None:
    """Write `campaigns` to `path`; what no step shows is the errors of a suite of its own."""
    document = JUnitXml("runbook")
    for campaign in campaigns:
        for (page, target), steps in groupby(campaign.steps, key=lambda step: step.unit):
            suite = TestSuite(f"{page} ({target or 'sans cible'})")
            suite.timestamp = campaign.date
            suite.add_testcases([_case(step) for step in steps])
            document.add_testsuite(suite)
        if campaign.problems:
            suite = TestSuite("campagne")
            suite.timestamp = campaign.date
            for problem in campaign.problems:
                case = TestCase(problem.split(" : ")[0], "campagne")
                case.result = [Error(_clean(problem))]
                suite.add_testcase(case)
            document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    _save(document, path)


def write_findings(findings: Iterable[Finding], pages: Iterable[str], path: Path) -> None:
    """The static check: one case a page or file, failed if anything was found in it."""
    by_path: dict[str, list[Finding]] = {page: [] for page in pages}
    for found in findings:
        by_path.setdefault(found.path, []).append(found)
    suite = TestSuite("runbook check")
    for name, listed in by_path.items():
        case = TestCase(name, "runbook.check")
        case.result = [_failure(found) for found in listed]
        suite.add_testcase(case)
    document = JUnitXml("runbook check")
    document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    _save(document, path)


def _save(document: JUnitXml, path: Path) -> None:
    content = io.BytesIO()
    document.write(content, pretty=True)
    write_whole(path, content.getvalue())


def _failure(found: Finding) -> Failure:
    return Failure(_clean(str(found)), found.rule)


def _case(step: StepRecord) -> TestCase:
    case = TestCase(
        f"{step.page}:{step.line} {_clean(label(step.title, step.command))}",
        f"{step.page}.{step.target or 'sans cible'}",
        step.seconds,
    )
    case._elem.set("file", step.page)  # noqa: SLF001 — the library knows no attribute for the place
    case._elem.set("line", str(step.line))  # noqa: SLF001
    case.system_out, case.system_err = _clean(step.out), _clean(step.err)
    if step.outcome is Outcome.NOT_RUN:
        case.result = [Skipped(_clean(step.reason))]
    elif step.outcome.bad:
        failure = Failure(f"{step.page}:{step.fault_line} : {_clean(step.reason)}", str(step.outcome))
        failure.text = _clean(f"{step.command}\n\n{step.reason}")
        case.result = [failure]
    return case


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 has no way to hold."""
    return "".join(
        character
        for character in text
        if character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff")
    )
