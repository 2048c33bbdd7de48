"""Are pods counted, added up and told, and is what is not known yet said?"""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Answers from the files beside it: what is in a namespace, and what a node measured.
KUBECTL = """#!/bin/sh
case "$*" in
    *--raw*) node=${3#/api/v1/nodes/}; exec cat "$CLUSTER/${node%%/*}.json" ;;
    *) [ "$4" != parti ] || { echo 'connection refused' >&2; exit 1; }; exec cat "$CLUSTER/in-$4.json" ;;
esac
"""


@pytest.fixture
def cost(tmp_path: Path):
    """Runs `scripts/cout` on a cluster of these namespaces, each with pods (node, seconds until ready or None)."""
    (tmp_path / "kubectl").write_text(KUBECTL)
    (tmp_path / "kubectl").chmod(0o755)

    def run(cluster, *words, measured=True):
        nodes = {}
        for namespace, pods in cluster.items():
            items = [pod(f"{namespace}-{number}", *told) for number, told in enumerate(pods)]
            (tmp_path / f"in-{namespace}.json").write_text(json.dumps({"items": items}))
            for item in items:
                parts = [{"memory": {"workingSetBytes": 3 << 20}, "cpu": {"usageNanoCores": 1_500_000}}] * 2
                one = {"podRef": {"uid": item["metadata"]["uid"]}, "containers": parts}
                nodes.setdefault(item["spec"]["nodeName"], []).append(one)
        for node, pods in nodes.items():
            (tmp_path / f"{node}.json").write_text(json.dumps({"pods": pods if measured else []}))
        return subprocess.run(
            [ROOT / "scripts" / "cout", *words],
            env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CLUSTER": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def pod(name, node, ready):
    conditions = [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-29T10:00:00Z"}]
    if ready is not None:
        conditions.append({"type": "Ready", "status": "True", "lastTransitionTime": f"2026-11-29T10:00:{ready:02}Z"})
    return {
        "metadata": {"uid": name, "creationTimestamp": "2026-11-29T10:00:00Z"},
        "spec": {"nodeName": node},
        "status": {"phase": "Running", "conditions": conditions},
    }


def test_the_pods_of_all_nodes_are_added_up_and_the_slowest_is_told(cost):
    ran = cost({"un": [("noeud-1", 4), ("noeud-2", 9)]}, "un")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "2 pods, 12 Mio, 6 millièmes de processeur, prêts en 9 s au plus\n"


def test_several_namespaces_are_told_one_by_one_then_together(cost):
    ran = cost({"un": [("noeud-1", 4)], "deux": [("noeud-1", 7)]}, "un", "deux")

    assert ran.stdout.replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        "un : 1 pod, 6 Mio, 3 millièmes de processeur, prêts en 4 s au plus",
        "deux : 1 pod, 6 Mio, 3 millièmes de processeur, prêts en 7 s au plus",
        "2 pods, 12 Mio, 6 millièmes de processeur, prêts en 7 s au plus",
    ]


@pytest.mark.parametrize(
    ("pods", "measured", "said"),
    [
        ([("noeud-1", None)], True, "pas prêt"),
        ([("noeud-1", 4)], False, "pas encore mesuré"),
        ([], True, "aucun pod dans un"),
    ],
)
def test_what_is_not_known_is_said_and_no_figure_is_given(cost, pods, measured, said):
    ran = cost({"un": pods}, "un", measured=measured)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert said in ran.stderr


def test_what_kubectl_says_is_told(cost):
    assert "connection refused" in cost({}, "parti").stderr


@pytest.mark.parametrize("words", [[], ["-l", "a=b"], ["un", "-l"], ["--aide"]])
def test_a_wrong_call_says_how(cost, words):
    ran = cost({}, *words)

    assert ran.returncode == 2
    assert "usage" in ran.stderr
