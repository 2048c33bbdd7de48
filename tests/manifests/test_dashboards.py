"""Would Grafana read each dashboard whole, from where its pod finds it?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

OPTION = Path(__file__).parents[2] / "k8s/options/grafana"
FILES = sorted((OPTION / "tableaux").glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def dashboard(request: pytest.FixtureRequest) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(request.param.read_text())
    return described


def test_grafana_s_own_library_knows_every_field(dashboard: dict[str, Any]) -> None:
    plugins.register_default_plugins()

    understood = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(dashboard)))

    assert list(_lost(dashboard, understood)) == []


def test_a_field_that_grafana_does_not_have_would_be_seen() -> None:
    plugins.register_default_plugins()
    slip = {"title": "x", "panels": [{"type": "stat", "tilte": "y", "gridPos": {"h": 1, "w": 1, "x": 0, "y": 0}}]}

    understood = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(slip)))

    assert list(_lost(slip, understood)) == [".panels[0].tilte"]


def test_panels_stand_side_by_side_under_names_of_their_own(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    cells = [
        (column, line)
        for place in (panel["gridPos"] for panel in panels)
        for column in range(place["x"], place["x"] + place["w"])
        for line in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert {column for column, _ in cells} <= set(range(24))
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)


def test_every_panel_asks_the_source_that_is_provisioned_and_nobody_edits_it(dashboard: dict[str, Any]) -> None:
    settings = yaml.safe_load((OPTION / "reglages.yaml").read_text())["data"]
    [source] = yaml.safe_load(settings["source.yaml"])["datasources"]
    [provider] = yaml.safe_load(settings["tableaux.yaml"])["providers"]
    pod = yaml.safe_load((OPTION / "deploiement.yaml").read_text())["spec"]["template"]["spec"]
    mounts = {mount["mountPath"]: mount for mount in pod["containers"][0]["volumeMounts"]}

    asked = {panel["datasource"]["uid"] for panel in dashboard["panels"] if panel["type"] != "row"}

    assert asked == {source["uid"]}
    assert mounts[provider["options"]["path"]]["readOnly"]
    assert not dashboard["editable"]
    assert not provider["allowUiUpdates"]


def _lost(given: Any, understood: Any, where: str = "") -> Iterator[str]:
    """What of the file the library did not keep."""
    if isinstance(given, dict) and isinstance(understood, dict):
        for key, value in given.items():
            yield from _lost(value, understood.get(key, "absent"), f"{where}.{key}")
    elif isinstance(given, list) and isinstance(understood, list) and len(given) == len(understood):
        for index, value in enumerate(given):
            yield from _lost(value, understood[index], f"{where}[{index}]")
    elif given != understood:
        yield where
