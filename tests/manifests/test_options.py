"""Can each option of the recette be applied, and taken away, without a thought for the base or for another option?"""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BASE = ROOT / "k8s"
OPTIONS = sorted(folder for folder in (BASE / "options").iterdir() if folder.is_dir() and folder.name != "kind")

Object = dict[str, Any]


def objects(folder: Path) -> list[Object]:
    found = [one for path in sorted(folder.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text())]
    return [one for one in found if one and "kind" in one]


def identity(one: Object) -> tuple[str, str, str]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


@pytest.mark.promesse("options-a-part")
@pytest.mark.parametrize("option", OPTIONS, ids=lambda folder: folder.name)
def test_an_option_describes_no_object_of_the_base_nor_of_another(option: Path) -> None:
    others = [BASE, *(folder for folder in OPTIONS if folder != option)]
    elsewhere = {identity(one) for folder in others for one in objects(folder)}

    assert objects(option)
    assert {identity(one) for one in objects(option)} & elsewhere == set()


@pytest.mark.promesse("options-a-part")
@pytest.mark.parametrize("option", OPTIONS, ids=lambda folder: folder.name)
def test_what_an_option_adds_belongs_to_datapress_and_says_where_it_goes(option: Path) -> None:
    for one in objects(option):
        assert one["metadata"]["labels"]["app.kubernetes.io/part-of"] == "datapress", identity(one)
        ends = ("Namespace", "Class", "ClusterIssuer", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition")
        cluster_wide = one["kind"].endswith(ends)
        assert cluster_wide or one["metadata"].get("namespace"), identity(one)


@pytest.mark.promesse("options-a-part")
def test_the_base_needs_no_object_but_its_own() -> None:
    example = yaml.safe_load((BASE / "secret.yaml.example").read_text())
    base = [*objects(BASE), example]
    needed = {name for one in base for name in _needed(one)}

    assert len(needed) >= 2
    assert needed <= {one["metadata"]["name"] for one in base}


def _needed(value: Any) -> list[str]:
    """The names of objects that a pod could not start without."""
    if isinstance(value, list):
        return [name for one in value for name in _needed(one)]
    if not isinstance(value, dict):
        return []
    here = [str(value[key]) for key in ("secretName", "claimName", "priorityClassName") if key in value]
    refs = [value[key].get("name") for key in value if key in ("configMap", "secret") or key.endswith("Ref")]
    return [*here, *(name for name in refs if name), *(name for one in value.values() for name in _needed(one))]
