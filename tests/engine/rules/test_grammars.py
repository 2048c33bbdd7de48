"""The grammars kept here are those that `scripts/grammars` reads from the programs of this machine."""

import json
import shutil

import pytest

from grammar_data.__main__ import FOLDER, NEEDS, PROGRAMS

CLUSTER = ("kubernetes",)  # needs one that answers: `scripts/grammars kubernetes`


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in CLUSTER])
@pytest.mark.timeout(240)
def test_a_grammar_is_what_the_program_says_of_itself(name: str) -> None:
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if shutil.which(NEEDS.get(name, name)) is None:
        pytest.skip(f"{name} is not installed here")
    read = PROGRAMS[name]()
    if read["version"] != kept["version"]:
        pytest.skip(f"{name} is {read['version']} here, and the grammar that of {kept['version']}")

    assert read == kept


def test_the_fields_of_the_api_are_those_of_kubernetes_own_kinds() -> None:
    kept = json.loads((FOLDER / "kubernetes.json").read_text(encoding="utf-8"))

    assert {"Deployment", "Service", "Pod", "Event"} <= kept["kinds"].keys() & kept["types"].keys()
    assert kept["types"]["DeploymentSpec"]["template"] == "PodTemplateSpec"
    assert "lastTimestamp" in kept["types"]["Event"]
