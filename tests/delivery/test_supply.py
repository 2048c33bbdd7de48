"""Is an exception to the policy dated and signed off, and does an absent program stop what requires it?"""

from datetime import date

import pytest

from delivery import supply
from delivery.programs import DeliveryError
from delivery.supply import POLICY, Chain, describe, exceptions, scan, verify

TODAY = date(2026, 12, 1)


def policy(tmp_path, reason: str):
    path = tmp_path / "politique.yaml"
    path.write_text(f'ignore:\n  - vulnerability: CVE-2026-0001\n    reason: "{reason}"\n')
    return path


def test_the_exceptions_of_the_project_hold_today() -> None:
    assert exceptions(POLICY, date.today()) is not None  # noqa: DTZ011 — the day where the tests run


def test_an_exception_holds_until_its_day_and_that_day_included(tmp_path) -> None:
    assert exceptions(policy(tmp_path, "jusqu'au 2026-12-01, décidé par A. Martin : jamais appelé"), TODAY)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("jusqu'au 2020-01-31, décidé par A. Martin : jamais appelé", "a pris fin le 2020-01-31"),
        ("décidé par A. Martin : jamais appelé", "jusqu'au AAAA-MM-JJ"),
        ("jusqu'au 2026-12-31", "décidé par NOM"),
    ],
)
def test_an_exception_out_of_date_or_unsigned_stops_a_delivery_without_any_scan(tmp_path, monkeypatch, reason, said):
    monkeypatch.setattr(supply, "POLICY", policy(tmp_path, reason))
    monkeypatch.setattr(supply, "present", lambda _: False)

    with pytest.raises(DeliveryError, match=said):
        scan(Chain(), {})


def test_an_absent_program_is_said_and_refused_where_its_step_is_required(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(supply, "present", lambda _: False)

    assert describe(Chain(), {"api": "image"}, tmp_path) == {}
    assert "non exécuté ici : syft est absent" in capsys.readouterr().out
    with pytest.raises(DeliveryError, match="syft est absent"):
        describe(Chain(required=["sbom"]), {"api": "image"}, tmp_path)


def test_a_required_signature_needs_somebody_to_have_signed(monkeypatch) -> None:
    monkeypatch.setattr(supply, "present", lambda _: True)

    with pytest.raises(DeliveryError, match="mais de qui"):
        verify(Chain(required=["signature"]), {"api": "image@sha256:0"})
