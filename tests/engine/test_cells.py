"""Two cells are the same, or they are not; only times may differ."""

import pytest

from runbook.matching.tables import same_cell as same


@pytest.mark.parametrize(
    ("heading", "expected", "actual"),
    [
        ("AGE", "5d", "3m12s"),
        ("AGE", "5d", "<unknown>"),
        ("LAST SEEN", "10s", "2d3h"),
        ("FIRST SEEN", "1y", "5d"),
        ("DURATION", "2s", "1m"),
        ("LAST SCHEDULE", "2s", "1m"),
        ("CREATED", "2 minutes ago", "About a minute ago"),
        ("CREATED", "Less than a second ago", "3 weeks ago"),
        ("RESTARTS", "1 (5m ago)", "1 (2d3h ago)"),
        ("RESTARTS", "1 (5m ago)", "1"),
        ("STATUS", "Up 5 seconds (healthy)", "Up About an hour (healthy)"),
        ("STATUS", "Up 5 seconds …", "Up 2 hours (healthy)"),
        ("STATUS", "Exited (1) 5 seconds ago", "Exited (1) 3 months ago"),
        ("PORTS", "0.0.0.0:8000->8000/tcp…", "0.0.0.0:8000->8000/tcp, :::8000->8000/tcp"),
        ("TARGETS", "<unknown>/80%", "<unknown>/80%"),
    ],
)
def test_times_are_interchangeable_where_nothing_else_stands(heading: str, expected: str, actual: str) -> None:
    assert same(heading, expected, actual)


@pytest.mark.parametrize(
    ("heading", "expected", "actual"),
    [
        ("AGE", "5d", "yesterday"),
        ("LAST SCHEDULE", "<none>", "12s"),
        ("RESTARTS", "1 (5m ago)", "2 (5m ago)"),
        ("RESTARTS", "0", "5m"),
        ("STATUS", "Up 5 seconds (healthy)", "Up 5 seconds (unhealthy)"),
        ("STATUS", "Up 5 seconds (healthy)", "Up 5 seconds (health: starting)"),
        ("STATUS", "Up 5 seconds (healthy)", "Up 5 seconds"),
        ("STATUS", "Up 5 seconds", "Exited (1) 5 seconds ago"),
        ("STATUS", "Exited (0) 5 seconds ago", "Exited (1) 5 seconds ago"),
        ("STATUS", "Up 5 seconds", "Up #"),
        ("STATUS", "Running", "CrashLoopBackOff"),
        ("STATUS", "running(2)", "running(1)"),
        ("READY", "5m", "6m"),
        ("PORT(S)", "80:30080/TCP", "80:30081/TCP"),
        ("SIZE", "5m", "6m"),
        ("PORTS", "0.0.0.0:8000->8000/tcp", "0.0.0.0:8000->8000/tcp, :::8000->8000/tcp"),
        ("EXTERNAL-IP", "<none>", ""),
    ],
)
def test_everything_else_is_literal(heading: str, expected: str, actual: str) -> None:
    assert not same(heading, expected, actual)
