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


def images(node) -> set[str]:
    """The images that an object, or anything in it, names."""
    if isinstance(node, dict):
        own = {node["image"]} if isinstance(node.get("image"), str) else set()
        return own.union(*map(images, node.values()))
    return set().union(*map(images, node)) if isinstance(node, list) else set()


def test_the_front_answers_outside_the_node_on_the_port_that_the_pages_call():
    service = yaml.safe_load((ROOT / "k8s/front-service.yaml").read_text(encoding="utf-8"))
    [port] = service["spec"]["ports"]
    mappings = [mapping for node in CLUSTER["nodes"] for mapping in node.get("extraPortMappings", ())]

    assert [(mapping["containerPort"], mapping["hostPort"]) for mapping in mappings] == [
        (port["nodePort"], port["nodePort"])
    ]


def test_pages_may_touch_its_context():
    context = f"kind-{CLUSTER['name']}"

    assert any(fnmatch.fnmatchcase(context, pattern) for pattern in SETTINGS["targets"]["recette"]["contexts"])


def test_the_pipeline_and_the_pages_create_it_from_the_same_file(commands):
    creating = [
        command for command in [*commands, *(block.code for block in documented())] if "kind create cluster" in command
    ]

    assert len(creating) >= 2
    assert all(f"--config {CONFIG} " in command for command in creating)


def test_every_image_that_a_pod_asks_for_is_loaded_by_a_page():
    files = [*(ROOT / "k8s").glob("*.yaml"), *(ROOT / "k8s/options").rglob("*.yaml")]
    asked = set().union(
        *(images(document) for path in files for document in yaml.safe_load_all(path.read_text(encoding="utf-8")))
    )
    loading = [block for block in documented() if block.code.startswith("recette kind load docker-image ")]
    loaded = {word for block in loading for word in block.code.split() if re.fullmatch(r"[\w./-]+:[\w.-]+", word)}

    assert {"datapress-api", "datapress-front"} <= {image.partition(":")[0] for image in asked}
    assert asked <= loaded
    assert all(block.condition and "kind-" in block.condition for block in loading)


def test_every_image_that_a_page_builds_for_the_cluster_is_loaded():
    pages = {
        block.page
        for block in documented()
        if re.search(r"docker (?:compose|buildx) build", block.code) and block.target == "recette"
    }
    loading = {block.page for block in documented() if block.code.startswith("recette kind load docker-image ")}

    assert pages
    assert pages <= loading


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
