"""Do the pages hold on the cluster of CI: its own image store, its own port, its newer tools?"""

import fnmatch
import re
import tomllib

import pytest
import yaml
from tests.site.conftest import documented

from .conftest import ROOT

CONFIG = "k8s/options/kind/cluster.yaml"
CLUSTER = yaml.safe_load((ROOT / CONFIG).read_text(encoding="utf-8"))
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["runbook"]

# What older tools print at the end of a line, and newer ones no longer print alone.
REWORDED = {
    "kubectl 1.34 adds the namespace": r'^(?!namespace )\S+ "[^"]+" (?:force )?deleted$',
    "Kubernetes 1.35 adds that the pod may use it": r"already present on machine$",
    "Kubernetes 1.35 says «Container started»": r"(?:Started|Created) container:? ",
    "Compose 5 puts one space": r"^ (?:Container|Network|Volume|Image) \S+  \w",
}


def services() -> list[dict]:
    """The Services of the base and of the options."""
    files = [*(ROOT / "k8s").glob("*.yaml"), *(ROOT / "k8s/options").rglob("*.yaml")]
    documents = (one for path in files for one in yaml.safe_load_all(path.read_text(encoding="utf-8")))
    return [one for one in documents if one and one["kind"] == "Service"]


def test_what_the_node_opens_outside_is_a_node_port_of_a_service_and_the_front_keeps_its_own():
    opened = {port["nodePort"] for one in services() for port in one["spec"]["ports"] if "nodePort" in port}
    [front] = [
        port for one in services() if one["metadata"]["name"] == "datapress-front" for port in one["spec"]["ports"]
    ]
    mapped = {
        mapping["containerPort"]: mapping["hostPort"]
        for node in CLUSTER["nodes"]
        for mapping in node.get("extraPortMappings", ())
    }

    assert set(mapped) == opened
    assert mapped[front["nodePort"]] == front["nodePort"]


def test_pages_may_touch_its_context():
    context = f"kind-{CLUSTER['name']}"

    assert any(fnmatch.fnmatchcase(context, pattern) for pattern in SETTINGS["targets"]["recette"]["contexts"])


def test_the_pipeline_creates_it_from_the_file_of_the_pages_and_pages_create_none_of_its_name(commands):
    creating = [command for command in commands if "kind create cluster" in command]
    trying = [block.code for block in documented() if "kind create cluster" in block.code]

    assert creating
    assert all(f"--config {CONFIG} " in command for command in creating)
    assert trying
    assert all("--name " in code and f"--name {CLUSTER['name']} " not in code for code in trying)


def test_every_image_that_is_built_here_is_brought_to_the_nodes_by_the_page_that_builds_it():
    built = {
        block.page
        for block in documented()
        if re.search(r"docker (?:compose|buildx) build", block.code) and block.target == "recette"
    }
    brought = {block.page for block in documented() if re.search(r"kind load docker-image |docker push ", block.code)}

    assert built
    assert built <= brought


@pytest.mark.parametrize("pattern", REWORDED.values(), ids=REWORDED)
def test_no_expected_result_holds_words_that_newer_tools_have_changed(pattern):
    found = [
        f"{block.page}:{block.expected.line + number} {line}"
        for block in documented()
        if block.expected
        for number, line in enumerate(block.expected.text.split("\n"))
        if re.search(pattern, line)
    ]

    assert found == []
