"""Does work in a child give its result, its mistakes and its end to the parent?"""

import os
import time

import psutil
import pytest

from runbook.errors import Problem, RunbookError, SettingsError
from runbook.forked import forked

PROBLEM = Problem("docs/a.md", 3, "cause", "remède")


def test_the_result_comes_from_another_process() -> None:
    with forked(lambda: (os.getpid(), [PROBLEM])) as result:
        child, given = result()

    assert child != os.getpid()
    assert given == [PROBLEM]


def test_a_mistake_comes_back_as_it_was_raised() -> None:
    def work() -> None:
        raise SettingsError(str(PROBLEM))

    with forked(work) as result, pytest.raises(SettingsError, match=r"docs/a\.md:3 : cause ; remède"):
        result()


def test_a_bug_is_told_and_is_no_result(capfd: pytest.CaptureFixture[str]) -> None:
    with forked(lambda: 1 // 0) as result, pytest.raises(RunbookError, match="sans résultat"):
        result()

    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_child_that_never_ends_is_ended_at_its_deadline() -> None:
    with forked(lambda: time.sleep(600), deadline=1) as result, pytest.raises(RunbookError, match="dépassé son délai"):
        result()


def test_no_child_outlives_the_block() -> None:
    with forked(lambda: time.sleep(600)):
        assert len(psutil.Process().children()) == 1

    assert not psutil.Process().children()
