"""Every rule finds its bad example and lets its good one pass."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from runbook.cli import commands
from runbook.rules.ignores import OF_ITSELF
from runbook.rules.programs import program
from runbook.rules.rule import load_rules

from .sample import fenced, found, page, write

RULES = load_rules()


@pytest.mark.parametrize("identifier", RULES)
def test_a_rule_finds_its_bad_example_and_not_its_good_one(identifier: str, tmp_path: Path) -> None:
    rule = RULES[identifier]
    if identifier in ("actionlint", "zizmor", "hadolint", "shellcheck") and program(identifier) is None:
        pytest.skip(f"{identifier} is not installed here")
    if rule.where:
        good = found(write(tmp_path, rule.where, rule.good, rule.good))
        bad = found(write(tmp_path, rule.where, rule.good, rule.bad))
    else:
        root = write(tmp_path)
        good = found(root, page(fenced(rule.good)))
        bad = found(root, page(fenced(rule.bad)))

    assert [str(one) for one in good] == []
    assert identifier in {one.rule.partition(":")[0] for one in bad}


def test_every_rule_says_itself_in_one_sentence() -> None:
    for rule in RULES.values():
        assert rule.sentence.endswith("."), rule.identifier
        assert "\n" not in rule.sentence, rule.identifier
    for identifier in OF_ITSELF:
        assert identifier in CliRunner().invoke(commands, ["rules", identifier]).output
