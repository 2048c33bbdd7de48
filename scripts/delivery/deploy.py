"""How does a release reach a cluster, and how does a cluster come back from one that is not good?"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from delivery.cluster import Cluster
from delivery.manifests import COMMIT, Manifests, trial, trial_name
from delivery.programs import DeliveryError, say
from delivery.release import COMPONENTS, PORTS, TELLS, Release

_SETTLED = 20.0  # seconds given to what answers: it may have been seen before it changed
_REVISION = "deployment.kubernetes.io/revision"
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Before:
    """What runs before a delivery: revisions and commits by component, and the objects around them."""

    revisions: dict[str, str]
    commits: dict[str, str]
    others: list[dict[str, Any]]


def try_out(cluster: Cluster, manifests: Manifests, release: Release, patience: int) -> None:
    """One pod of each component beside those that serve, where no request goes; taken away again in any case."""
    objects = trial(manifests)
    names = [f"{found['kind'].lower()}/{found['metadata']['name']}" for found in objects]
    start = time.monotonic()
    try:
        for found in objects:
            cluster.apply(found)
        for component in COMPONENTS:
            _rolled_out(cluster, trial_name(component), patience)
        for component in COMPONENTS:
            (pod,) = _running(cluster, trial_name(component))
            _until_settled(partial(_fault, cluster, pod, component, release))
    finally:
        cluster.kubectl("delete", *names, "--ignore-not-found", "--wait=false")
    say("à l'écart", f"prêts et justes en {time.monotonic() - start:.0f} s, sans une requête d'utilisateur")


def look(cluster: Cluster, manifests: Manifests) -> Before:
    """What is there, to come back to."""
    found = {component: cluster.get("deployment", f"datapress-{component}") for component in COMPONENTS}
    there = {component: item for component, item in found.items() if item}
    others = [cluster.get(item["kind"], item["metadata"]["name"]) for item in manifests.others]
    return Before(
        {component: item["metadata"]["annotations"][_REVISION] for component, item in there.items()},
        {component: commit_of(item) for component, item in there.items()},
        [item for item in others if item and _APPLIED in item["metadata"].get("annotations", {})],
    )


def roll_out(cluster: Cluster, manifests: Manifests, patience: int) -> None:
    """Give the cluster the objects, and wait until every pod is of this release and ready."""
    for item in manifests.others:
        cluster.apply(item)
    for component, deployment in manifests.deployments.items():
        live = cluster.get("deployment", f"datapress-{component}")
        if live:  # whoever scales, a person or an autoscaler, has the last word
            deployment["spec"]["replicas"] = live["spec"]["replicas"]
        cluster.apply(deployment)
    for component in manifests.deployments:
        _rolled_out(cluster, f"datapress-{component}", patience)
    say("déployer", "tous les pods sont prêts")


def check(cluster: Cluster, release: Release, address: str) -> None:
    """What runs is what was delivered, and what answers too: pod by pod, then where users call."""
    for component in COMPONENTS:
        for pod in _running(cluster, f"datapress-{component}"):
            _until_settled(partial(_fault, cluster, pod, component, release))
    expected: dict[str, object] = {"version": release.version, "commit": release.commit, "api": release.version}
    _until_settled(lambda: _outside(address, expected))
    say("contrôler", f"chaque pod, et {address}, répondent {release.version} du commit {release.commit[:12]}")


def undo(cluster: Cluster, before: Before, address: str, patience: int) -> None:
    """Bring back what ran before, and wait until it answers: the settings first, which pods read when they start."""
    for item in before.others:
        cluster.apply(json.loads(item["metadata"]["annotations"][_APPLIED]))
    changed = []
    for component, revision in before.revisions.items():
        live = cluster.get("deployment", f"datapress-{component}")
        if live["metadata"]["annotations"][_REVISION] != revision:
            # By its number: without one, undoing twice would bring the bad version back.
            cluster.kubectl("rollout", "undo", f"deployment/datapress-{component}", f"--to-revision={revision}")
            changed.append(component)
    for component in changed:
        _rolled_out(cluster, f"datapress-{component}", patience)
    if not before.revisions:
        say("annuler", "rien à quoi revenir : c'était la première livraison, et elle reste pour qu'on la lise")
        return
    _until_settled(lambda: _outside(address, {}))
    back = ", ".join(f"{component} : {commit[:12]}" for component, commit in before.commits.items())
    say("annuler", f"revenu à ce qui tournait avant ({back})")


def commit_of(deployment: dict[str, Any]) -> str:
    """The commit of a Deployment's pods; those that were applied by hand say none."""
    annotations = deployment["spec"]["template"]["metadata"].get("annotations", {})
    return str(annotations.get(COMMIT, "non livré par scripts/livrer"))


def _rolled_out(cluster: Cluster, name: str, patience: int) -> None:
    try:
        cluster.kubectl("rollout", "status", f"deployment/{name}", f"--timeout={patience}s", within=patience + 15)
    except DeliveryError:
        raise DeliveryError(f"{name} n'est pas prêt en {patience} s\n{_why(cluster, name)}") from None


def _why(cluster: Cluster, name: str) -> str:
    """What the cluster says of the pods that are not ready, on a few lines."""
    lines, pods = [], cluster.get("pods", selector=f"app.kubernetes.io/name={name}")
    for pod in pods:
        for status in pod["status"].get("containerStatuses", ()):
            if not status["ready"]:
                waiting = status["state"].get("waiting", {})
                lines.append(f"{pod['metadata']['name']} : {waiting.get('reason', 'démarré, mais pas prêt')}")
    told = cluster.kubectl(
        *("get", "events", "--field-selector", "type=Warning", "--sort-by=.lastTimestamp"),
        *("--output", "jsonpath={range .items[*]}{.involvedObject.name} : {.message}{'\\n'}{end}"),
    )
    events = [line for line in told.splitlines() if line.startswith(tuple(pod["metadata"]["name"] for pod in pods))]
    return "\n".join([*lines, *events[-3:]])


def _running(cluster: Cluster, name: str) -> list[str]:
    """The pods that are not about to leave."""
    found = cluster.get("pods", selector=f"app.kubernetes.io/name={name}")
    return [pod["metadata"]["name"] for pod in found if not pod["metadata"].get("deletionTimestamp")]


def _fault(cluster: Cluster, pod: str, component: str, release: Release) -> str:
    """What is wrong with what this pod answers; empty when nothing is."""
    try:
        status, told = cluster.ask(pod, PORTS[component], TELLS[component])
    except DeliveryError as error:
        return f"{pod} ne répond pas : {error}"
    expected: dict[str, object] = {
        "service": f"datapress-{component}",
        "version": release.version,
        "commit": release.commit,
    }
    expected |= {"secret_present": True} if component == "api" else {}
    return _difference(pod, status, told, expected)


def _outside(address: str, expected: dict[str, object]) -> str:
    try:
        with urllib.request.urlopen(f"{address}/status", timeout=5) as answer:  # noqa: S310 - the caller's address
            status, told = answer.status, json.load(answer)
    except (OSError, ValueError) as error:
        return f"{address}/status : {error}"
    return _difference(f"{address}/status", status, {**told, "api": told.get("api", {}).get("version")}, expected)


def _difference(who: str, status: int, told: dict[str, Any], expected: dict[str, object]) -> str:
    if status != 200:
        return f"{who} répond {status}"
    wrong = {name: told.get(name) for name, value in expected.items() if told.get(name) != value}
    return f"{who} répond {wrong}, attendu {expected}" if wrong else ""


def _until_settled(fault: Callable[[], str]) -> None:
    end = time.monotonic() + _SETTLED
    while found := fault():
        if time.monotonic() > end:
            raise DeliveryError(found)
        time.sleep(0.5)
