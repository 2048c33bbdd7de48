"""Does each alert fire when it should, stay silent otherwise, and lead to a section that exists?"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OPTION = ROOT / "k8s/options/observation"
CASES = ROOT / "tests/manifests/alertes.yaml"
RULES = yaml.safe_load((OPTION / "regles.yaml").read_text())["data"]
SETTINGS = yaml.safe_load((OPTION / "reglages.yaml").read_text())["data"]["prometheus.yml"]
ALERTS = [
    rule
    for text in RULES.values()
    for group in yaml.safe_load(text)["groups"]
    for rule in group["rules"]
    if "alert" in rule
]


@pytest.fixture
def promtool(tmp_path):
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool absent de cette machine : les règles d'alerte ne sont pas essayées")
    for name, text in RULES.items():
        (tmp_path / name).write_text(text)

    def run(*words):
        ended = subprocess.run([program, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return run


def test_the_rules_and_the_settings_are_ones_that_prometheus_takes(promtool, tmp_path):
    (tmp_path / "prometheus.yml").write_text(SETTINGS)

    promtool("check", "rules", *RULES)
    promtool("check", "config", "--syntax-only", "prometheus.yml")


def test_each_alert_fires_in_its_case_and_not_in_another(promtool, tmp_path):
    shutil.copy(CASES, tmp_path / "cas.yaml")

    promtool("test", "rules", "cas.yaml")


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_has_both_cases_a_severity_and_a_page_to_follow(alert):
    tried = [
        bool(tried.get("exp_alerts"))
        for case in yaml.safe_load(CASES.read_text())["tests"]
        for tried in case["alert_rule_test"]
        if tried["alertname"] == alert["alert"]
    ]
    assert set(tried) == {True, False}
    assert alert["labels"]["severity"] in {"critique", "avertissement"}

    page, _, anchor = re.fullmatch(
        r"\{\{ \$externalLabels\.site \}\}/(.+)/(#(.+))?", alert["annotations"]["runbook_url"]
    ).group(1, 2, 3)
    text = (ROOT / "docs" / f"{page}.md").read_text()
    assert not anchor or re.search(rf"\{{ #{re.escape(anchor)}[ }}]", text)
