"""The grammars kept here are those that `scripts/grammars` reads from the programs of this machine."""

import json
import random
from datetime import UTC, datetime

import pytest

from grammar_data.__main__ import FOLDER, PROGRAMS, is_here

CLUSTER = ("kubernetes",)  # needs one that answers: `scripts/grammars kubernetes`
LARGE = ("kubectl", "docker", "kind")  # programs asked verb by verb, hundreds of times: some verbs a day
SAMPLE = 3


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in CLUSTER])
def test_a_grammar_is_what_the_program_says_of_itself(name: str) -> None:
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if not is_here(name):
        pytest.skip(f"{name} is not installed here")
    today = random.Random(datetime.now(UTC).toordinal())  # noqa: S311 — a sample, no secret
    sample = ["", *today.sample(sorted(kept["verbs"]), SAMPLE)] if name in LARGE else []
    read = PROGRAMS[name](*sample)
    if read["version"] != kept["version"]:
        pytest.skip(f"{name} is {read['version']} here, and the grammar that of {kept['version']}")

    assert read["verbs"] == {verb: kept["verbs"][verb] for verb in sample or kept["verbs"]}
    assert {*read["aliases"]} <= {*kept["aliases"], *kept["verbs"]} if sample else read == kept


def test_the_fields_of_the_api_are_those_of_kubernetes_own_kinds() -> None:
    kept = json.loads((FOLDER / "kubernetes.json").read_text(encoding="utf-8"))

    assert {"Deployment", "Service", "Pod", "Event"} <= kept["kinds"].keys() & kept["types"].keys()
    assert kept["types"]["DeploymentSpec"]["template"] == "PodTemplateSpec"
    assert "lastTimestamp" in kept["types"]["Event"]
