"""What does the record still hold of earlier campaigns once another one is done?"""

import multiprocessing
import resource
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook.outcome import Outcome, Result
from runbook.reporting.kept import keep, merge
from runbook.reporting.record import FILE, VERSION, Campaign, Record, load

TARGETS = ("here", "there")


def step(page: str, target: str = "here", outcome: Outcome = Outcome.VERIFIED, line: int = 1) -> Result:
    return Result(page, line, line, None, "true", target, target, outcome, "", False, False, 0.0, 1, 0, "", "")


def campaign(*steps: Result, day: int = 1, **changes: object) -> Campaign:
    made = Campaign(
        f"2026-11-{day:02d}T09:00:00+00:00",
        1.0,
        f"c{day}",
        False,
        "",
        {},
        {},
        [],
        [],
        0,
        None,
        {},
        {},
        list(steps),
        whole=False,
    )
    made = msgspec.structs.replace(made, **changes)
    return msgspec.structs.replace(
        made, exit_status=int(bool(made.problems) or any(step.outcome.bad for step in steps))
    )


def days(record: Record) -> dict[tuple[str, str], list[str]]:
    """Page and target → the commits of the campaigns that hold their proof."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in record.campaigns:
        for unit in dict.fromkeys(step.unit for step in one.steps):
            found.setdefault(unit, []).append(one.commit)
    return found


def test_a_whole_campaign_replaces_all() -> None:
    before = Record(VERSION, [campaign(step("a"), step("b"))])
    assert merge(before, campaign(step("a"), day=2, whole=True), 0).campaigns == [
        campaign(step("a"), day=2, whole=True)
    ]


def test_a_page_is_renewed_and_the_others_keep_their_date_and_commit() -> None:
    before = Record(VERSION, [campaign(step("a"), step("b"), step("b", "there"))])
    after = merge(before, campaign(step("b"), step("b", "there"), day=2), 0)
    assert days(after) == {("b", "here"): ["c2"], ("b", "there"): ["c2"], ("a", "here"): ["c1"]}


def test_a_command_that_has_left_its_page_or_its_target_leaves_the_record_with_it() -> None:
    before = Record(VERSION, [campaign(step("a", "there", line=1), step("a", line=2), step("a", line=3))])
    after = merge(before, campaign(step("a", line=1), day=2), 0)
    assert [(one.commit, len(one.steps)) for one in after.campaigns] == [("c2", 1)]


def test_a_missing_target_does_not_take_away_what_was_proven_on_it() -> None:
    before = Record(VERSION, [campaign(step("a", "there"), step("a"))])
    said = campaign(step("a", "there", Outcome.NOT_RUN), step("a"), day=2, missing={"there": "not asked"})
    assert days(merge(before, said, 0)) == {("a", "here"): ["c2"], ("a", "there"): ["c1"]}


def test_what_is_said_of_a_missing_target_is_kept_where_nothing_better_is_known() -> None:
    before = Record(VERSION, [campaign(step("a", "there", Outcome.NOT_RUN), missing={"there": "no engine"})])
    said = campaign(step("a", "there", Outcome.NOT_RUN), day=2, missing={"there": "not asked"})
    assert days(merge(before, said, 0)) == {("a", "there"): ["c2"]}


def test_a_failure_goes_with_the_steps_that_made_it_and_not_before() -> None:
    faults = ["there : no engine", "here : port 1 busy"]
    before = Record(
        VERSION, [campaign(step("a", "there", Outcome.FAILED), step("b", "there"), step("c"), faults=faults)]
    )

    partly = merge(before, campaign(step("a", "there"), day=2), 0)
    assert (partly.exit_status, partly.campaigns[1].faults) == (1, faults)

    mended = merge(partly, campaign(step("b", "there"), step("c"), day=3), 0)
    assert mended.exit_status == 0


def test_a_drop_of_the_coverage_ends_when_the_record_as_a_whole_has_made_up_for_it() -> None:
    whole = campaign(step("a", outcome=Outcome.EXECUTED), step("b"), whole=True, drop="50 %, minimum 90 %")
    still = merge(Record(VERSION, [whole]), campaign(step("b"), day=2), 90)
    assert "50,0 %, minimum 90 %" in still.campaigns[1].drop
    assert still.exit_status == 1

    mended = merge(Record(VERSION, [whole]), campaign(step("a"), day=2), 90)
    assert (mended.campaigns[1].drop, mended.exit_status) == ("", 0)


STEPS = st.lists(
    st.builds(step, st.sampled_from("abc"), st.sampled_from(TARGETS), st.sampled_from(Outcome)), min_size=1, max_size=6
)
MISSING = st.sampled_from([{}, {"there": "not asked"}, {"here": "no engine"}])


@given(st.lists(st.tuples(STEPS, MISSING, st.booleans()), min_size=1, max_size=5))
def test_each_page_and_target_stand_in_one_campaign_and_no_page_is_lost(
    runs: list[tuple[list[Result], dict[str, str], bool]],
) -> None:
    record, pages = None, set()
    for day, (steps, missing, whole) in enumerate(runs, start=1):
        record = merge(record, campaign(*steps, day=day, missing=missing, whole=whole), 90)
        pages = {step.page for step in steps} | (set() if whole else pages)
        assert all(len(commits) == 1 for commits in days(record).values())
        assert {page for page, _ in days(record)} == pages


def test_runs_that_end_together_all_find_their_place(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(keep, [(campaign(step(f"page-{day}"), day=day), tmp_path, 0) for day in range(1, 13)])

    assert len(days(load(tmp_path / FILE))) == 12


def test_a_record_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    keep(campaign(step("a")), tmp_path, 0)
    before = (tmp_path / FILE).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError, match=FILE):
            keep(campaign(step("b"), day=2), tmp_path, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (tmp_path / FILE).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", FILE]
