"""Is there one delivery at a time, and does a dead one not hold the cluster for ever?"""

from datetime import UTC, datetime, timedelta

import pytest

from delivery.programs import DeliveryError
from delivery.turn import LONGEST, NAME, turn


def test_a_second_delivery_is_refused_and_told_who_has_the_turn(cluster) -> None:
    with turn(cluster, patience=0):
        holder = cluster.get("lease", NAME)["spec"]["holderIdentity"]
        with pytest.raises(DeliveryError, match=f"par {holder} depuis"), turn(cluster, patience=0):
            pass

        assert cluster.get("lease", NAME)["spec"]["holderIdentity"] == holder


def test_the_turn_is_given_back_even_after_a_failure(cluster) -> None:
    with pytest.raises(ZeroDivisionError), turn(cluster, patience=0):
        raise ZeroDivisionError

    with turn(cluster, patience=0):
        pass
    assert cluster.get("lease", NAME) is None


def grow_old(cluster, seconds: float) -> None:
    begun = datetime.now(UTC) - timedelta(seconds=seconds)
    cluster.get("lease", NAME)["spec"]["acquireTime"] = begun.isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_a_delivery_that_never_said_its_end_is_replaced_and_takes_nothing_back_from_the_next(cluster) -> None:
    with turn(cluster, patience=0):
        grow_old(cluster, LONGEST + 1)
        with turn(cluster, patience=0):
            second = cluster.get("lease", NAME)["spec"]["holderIdentity"]
        # The first one's end, below, must not release a third one's turn.
        with turn(cluster, patience=0):
            third = cluster.get("lease", NAME)["spec"]["holderIdentity"]
            assert third != second


def test_one_that_waits_has_its_turn_when_the_other_ends(cluster, monkeypatch) -> None:
    first = turn(cluster, patience=0)
    first.__enter__()
    monkeypatch.setattr("delivery.turn.time.sleep", lambda _: first.__exit__(None, None, None))

    with turn(cluster, patience=60):
        assert cluster.get("lease", NAME) is not None
