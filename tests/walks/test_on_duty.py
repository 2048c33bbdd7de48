"""On duty: something broke, unseen; do the pages' own blocks lead from what is seen to the way out?"""

import os
import posixpath
import re
import shlex
import socket
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.site.conftest import ROOT
from tests.walks.conftest import answers, blocks, follow, kubectl, objects, replace, until
from tests.walks.terminal import Terminal

FIRST = "docs/exploitation/deboguer.md"
CLUSTER = "docs/exploitation/deboguer/cluster.md"
DESK = "docs/exploitation/deboguer/poste.md"
STEPS = ("", "-constater", "-diagnostiquer", "-remedier", "-retour")
ROW = re.compile(r"^\| (?P<seen>.+?) \| \[.+?\]\((?P<to>[^)]+)\) \|$", re.MULTILINE)
LOOKING = ("bon-cluster", "utilisateur", "etat")
BREAKAGES = yaml.safe_load((Path(__file__).parent / "breakages.yaml").read_text(encoding="utf-8"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("broken", BREAKAGES, ids=lambda broken: broken["name"])
def test_the_blocks_lead_from_the_symptom_to_the_way_out(
    broken: dict[str, Any], terminal: Terminal, desk: Path, tmp_path: Path
) -> None:
    for cause in broken["causes"]:
        _break(cause, tmp_path)
    until(lambda: _visible(broken["seen"]), broken["seen"])
    route = [f"docs/exploitation/{section}" for section in broken["route"]]

    shown = "\n".join(terminal.paste(block.code).output for block in blocks(FIRST, *LOOKING))
    first = _first_row(shown)
    assert first, shown
    assert first in route or any(section in _links(first) for section in route), shown
    for section, following in pairwise(route):
        assert following in _links(section), f"{section} does not name {following}"
    if "component" in broken:
        assert _broken_component(terminal) == broken["component"]
        terminal.paste(f"COMPOSANT={broken['component']}")
    terminal.paste(broken.get("typed", ":"))
    for section in route:
        page, _, anchor = section.partition("#")
        last = section == route[-1]
        for block in blocks(page, *(f"{anchor}{step}" for step in (STEPS if last else STEPS[:3]))):
            pasted = terminal.paste(block.code)
            if block.retry and "(Conflict)" in pasted.output:  # the cluster changed the object too
                pasted = terminal.paste(block.code)
            assert not last or "recette kubectl" not in block.code or pasted.status == 0, (
                f"{block.code}\n{pasted.output}"
            )

    until(lambda: answers()["api"]["reachable"], "the front answers and reaches the API")
    assert _as_in_the_files(desk) == []


def _break(cause: str | dict[str, Any], folder: Path) -> None:
    if isinstance(cause, str):
        kubectl(*shlex.split(cause))
    else:
        manifest = folder / "cause.yaml"
        manifest.write_text(yaml.safe_dump(cause))
        kubectl("apply", "-f", str(manifest))


def _visible(what: str) -> bool:
    if what == "no answer":
        return answers()["version"] is None
    if what == "no API":
        # Not while pods are replaced: the one that leaves may still reach it.
        replaced = kubectl("rollout", "status", "deployment/datapress-front", "--watch=false")
        leaving = [pod for pod in objects("pods") if "deletionTimestamp" in pod["metadata"]]
        said = answers()
        return (
            "successfully rolled out" in replaced
            and not leaving
            and said["version"] is not None
            and not said["api"]["reachable"]
        )
    return what in kubectl("get", "pods") + kubectl("get", "events")


def _first_row(shown: str) -> str:
    """Where the first row of the page's table leads, one of whose words in code was shown."""
    table = (ROOT / FIRST).read_text(encoding="utf-8").partition("{ #par-ou-commencer }")[2].partition("\n## ")[0]
    for row in ROW.finditer(table):
        words = re.findall(r"`([^`]+)`", row["seen"])
        if any(re.search(".*".join(map(re.escape, word.split("…"))), shown) for word in words):
            return _resolved(FIRST, row["to"])
    return ""


def _resolved(page: str, link: str) -> str:
    path, _, anchor = link.partition("#")
    return f"{posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page}#{anchor}"


def _links(section: str) -> list[str]:
    """The sections that one names, its own steps included."""
    page, _, anchor = section.partition("#")
    text = (ROOT / page).read_text(encoding="utf-8").partition(f"{{ #{anchor} }}")[2].partition("\n## ")[0]
    found = [_resolved(page, link) for link in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", text)]
    return [*found, *(link.removesuffix("-remedier") for link in found)]


def _broken_component(terminal: Terminal) -> str:
    """The component of the page's table that misses pods, or of which none is wanted."""
    block = blocks(FIRST, "composant")[0]
    rows = [line.split() for line in terminal.paste(block.code).output.splitlines()[1:]]
    return next((row[0] for row in rows if row[1] == "0" or row[2] != "<none>"), "")


def _as_in_the_files(desk: Path) -> list[str]:
    """The Deployments of which the cluster has other pods, or another number, than their files say."""
    where = "jsonpath={.spec.replicas} {.spec.template.spec.containers}"
    files = sorted((desk / "k8s").glob("*-deployment.yaml"))
    return [
        path.name
        for path in files
        if kubectl("get", "-f", str(path), "-o", where) != replace(path, "--dry-run=server", "-o", where)
    ]


def test_a_namespace_that_never_ends(terminal: Terminal, request: pytest.FixtureRequest) -> None:
    kubectl("create", "namespace", "datapress-essai", everywhere=True)
    space = ("-n", "datapress-essai")
    free = ("configmap", "garde", "--type=merge", '--patch={"metadata": {"finalizers": null}}', *space)
    request.addfinalizer(lambda: kubectl("patch", *free, everywhere=True))  # or a failure holds it for the next run too
    kubectl("create", "configmap", "garde", *space, everywhere=True)
    held = '{"metadata": {"finalizers": ["exemple.fr/absent"]}}'
    kubectl("patch", "configmap", "garde", "--type=merge", "--patch", held, *space, everywhere=True)
    kubectl("delete", "namespace", "datapress-essai", "--wait=false", everywhere=True)
    asked = terminal.paste("kubectl create configmap autre -n datapress-essai").output

    assert _first_row(asked) == f"{CLUSTER}#terminating"
    terminal.paste(blocks(FIRST, "bon-cluster")[0].code)
    why, *following = blocks(CLUSTER, "terminating")
    until(lambda: "exemple.fr/absent" in terminal.paste(why.code).output, "the page says what holds it")
    for block in following:
        assert terminal.paste(block.code).status == 0
    assert "datapress-essai" not in kubectl("get", "namespaces", everywhere=True)


def test_what_somebody_added_by_hand_and_did_not_say(terminal: Terminal, desk: Path) -> None:
    kubectl("set", "env", "deployment/datapress-front", "API_READ_TIMEOUT=9")
    kubectl("scale", "deployment/datapress-front", "--replicas=2")
    terminal.paste("COMPOSANT=front")
    outputs = [
        terminal.paste(block.code).output
        for block in [*blocks(FIRST, "bon-cluster"), *blocks(FIRST, *(f"fichiers{step}" for step in STEPS))]
    ]

    assert '"name": "API_READ_TIMEOUT"' in "\n".join(outputs)
    assert outputs[-1].endswith("front : tel que son fichier")
    assert _as_in_the_files(desk) == []


def test_docker_is_stopped(terminal: Terminal) -> None:
    terminal.paste("export DOCKER_HOST=unix:///tmp/arrete.sock")
    assert _first_row(terminal.paste("docker compose ps").output) == f"{DESK}#docker"
    terminal.paste("unset DOCKER_HOST")
    (block,) = blocks(DESK, "docker")
    assert follow(terminal, block).status == 0


def test_kubectl_speaks_to_another_cluster(terminal: Terminal, tmp_path: Path) -> None:
    configuration = tmp_path / "kubeconfig"
    configuration.write_text("{apiVersion: v1, kind: Config, current-context: production}")
    before = [item["metadata"]["generation"] for item in objects("deployments")]
    terminal.paste(f"export KUBECONFIG={configuration}")
    (guard,) = blocks(FIRST, "bon-cluster")
    shown = terminal.paste(guard.code).output
    terminal.paste(blocks(FIRST, "fichiers-remedier")[0].code.replace("${COMPOSANT:?api ou front}", "api"))

    assert _first_row(shown) == f"{DESK}#contexte"
    assert [item["metadata"]["generation"] for item in objects("deployments")] == before


def test_the_terminal_is_in_another_folder(terminal: Terminal, tmp_path: Path) -> None:
    terminal.paste(f"cd {tmp_path}")
    (guard,) = blocks(FIRST, "bon-cluster")

    assert _first_row(terminal.paste(guard.code).output) == "docs/exploitation/index.md#garde-fou"


def test_another_program_holds_the_port_then_the_pod_at_the_end_of_a_forward_goes(terminal: Terminal) -> None:
    forward = "kubectl port-forward svc/datapress-front 8030:80 -n datapress-recette"
    with socket.create_server(("", 8030), family=socket.AF_INET6, dualstack_ipv6=True):
        shown = terminal.paste(f"timeout 10 {forward}").output
        assert _first_row(shown) == f"{DESK}#port"
        (find, *_) = blocks(DESK, "port")
        held = terminal.paste(find.code.replace("8010", "8030")).output
        assert f" {os.getpid()} " in held
    terminal.paste(f"{forward} >forward.log 2>&1 &")
    until(lambda: "Forwarding" in terminal.paste("cat forward.log").output, "the forward is open")
    kubectl("delete", "pod", "-l", "app.kubernetes.io/component=front", "--force", "--grace-period=0")
    until(lambda: terminal.paste("curl -s http://localhost:8030/health").status, "the forward is broken")
    assert _first_row(terminal.paste("wait; cat forward.log").output) == f"{DESK}#passage"
    kubectl("rollout", "status", "deployment/datapress-front", "--timeout=60s")
    terminal.paste(f"{forward} >forward.log 2>&1 &")
    until(lambda: not terminal.paste("curl -fsS http://localhost:8030/health").status, "the forward is open again")
    terminal.paste("kill %%; rm forward.log")
