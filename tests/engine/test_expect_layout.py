"""Keys and values in columns: what they say counts, how wide their program made them does not."""

import re
from pathlib import Path

import pytest

from runbook.matching.expect import Kind, compare
from runbook.matching.generalise import diff

POD = (Path(__file__).parent / "outputs" / "kubectl-describe-pod.txt").read_text(encoding="utf-8")
SERVICE = """\
Name:                     api
Labels:                   app=api
                          tier=back
Selector:                 app=api
Port:                     dns  53/UDP
Conditions:
  Type                        Status
  Ready                       True
    Inner:                    x
"""
NARROW = """\
Name:      api
Labels:    app=api
           tier=back
Selector:  app=api
Port:      dns      53/UDP
Conditions:
  Type     Status
  Ready    True
    Inner:  x
"""


def fits(expected: str, actual: str) -> bool:
    return compare(expected, actual, Kind.TEXT) is None


def widened(text: str) -> str:
    """The same keys and values in wider columns, as a program's next version prints them."""
    lines = re.sub(r"(?m)^( *\S+(?: \S+)*:)( {2,})(?=\S)", r"\1\2    ", text)
    return re.sub(r"(?m)^( {10,})(?=\S)", r"\1    ", lines)


@pytest.mark.parametrize(
    "expected", [SERVICE, NARROW, "…\nSelector:  app=…\n…", "…\nLabels:  …\n…\n         tier=back\n…"]
)
def test_the_width_of_a_column_is_nobodys_promise(expected: str) -> None:
    assert fits(expected, SERVICE)
    assert fits(expected, NARROW)


def test_a_real_description_fits_its_wider_self() -> None:
    assert widened(POD) != POD
    assert fits(POD, widened(POD))
    assert fits(widened(POD), POD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Name:      api", "Name:      web"),
        ("Name:  ", "Nome:  "),
        ("tier=back", "tier=front"),
        ("Selector:  ", "  Selector:  "),
        ("    Inner:", "  Inner:"),
        ("           tier", "    tier"),
        ("dns      53/UDP", "dns 53/UDP"),
        ("Ready    True", "Ready    False"),
        ("Ready    True", "Ready  Very  True"),
        ("Labels:    app=api\n           tier=back", "Labels:    tier=back\n           app=api"),
        ((
            "Labels:    app=api\n           tier=back\nSelector:  app=api"
        ), "Selector:  app=api\nLabels:    app=api\n           tier=back"),
        ("Selector:  app=api\n", ""),
    ],
)  # fmt: skip
def test_keys_values_order_and_nesting_are(old: str, new: str) -> None:
    assert old in NARROW
    assert not fits(SERVICE, NARROW.replace(old, new, 1))
    assert not fits(NARROW.replace(old, new, 1), SERVICE)


def test_a_text_without_keys_keeps_its_blanks() -> None:
    assert not fits("  a  b", "  a   b")
    assert not fits("total: 3\n  a  b", "total: 3\n  a   b")


def test_the_comparison_shows_as_different_what_differs_only() -> None:
    rows = diff(SERVICE, NARROW.replace("True", "False"), Kind.TEXT)
    assert [row.split() for row in rows if row[0] in "+-"] == [["-", "Ready", "True"], ["+", "Ready", "False"]]
