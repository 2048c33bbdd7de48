"""Which objects does a release consist of, and what stands for them while they are tried?"""

import copy
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import yaml

from delivery.release import COMPONENTS, Release, Source

Object = dict[str, Any]
COMMIT = "org.opencontainers.image.revision"
CAUSE = "kubernetes.io/change-cause"
CONFIGURATION = "datapress/configuration"
# The namespace is there before, and the secret is nobody's to deliver.
_LEFT = ("Namespace", "Secret", "Deployment")


@dataclass(frozen=True, slots=True)
class Manifests:
    """The objects of `k8s/` at a commit: the namespace, the Deployments by component, and what goes around them."""

    namespace: Object
    deployments: dict[str, Object]
    others: list[Object]


def read(source: Source, release: Release, cause: str) -> Manifests:
    """Those of the commit, with the release's images, and what says which release this is."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((source.folder / "k8s").glob("*.yaml"))]
    objects: list[Object] = [found for text in texts for found in yaml.safe_load_all(text) if found]
    others = [found for found in objects if found["kind"] not in _LEFT]
    settings = json.dumps([found["data"] for found in others if found["kind"] == "ConfigMap"], sort_keys=True)
    deployments = {}
    for component in COMPONENTS:
        deployment = next(
            found
            for found in objects
            if found["kind"] == "Deployment" and found["metadata"]["name"] == f"datapress-{component}"
        )
        template = deployment["spec"]["template"]
        for metadata in (deployment["metadata"], template["metadata"]):
            metadata["labels"]["app.kubernetes.io/version"] = release.version
            metadata.setdefault("annotations", {})[COMMIT] = release.commit
        deployment["metadata"]["annotations"][CAUSE] = cause
        # Settings are read at the start of a pod: other settings are other pods.
        template["metadata"]["annotations"][CONFIGURATION] = hashlib.sha256(settings.encode()).hexdigest()[:16]
        container = template["spec"]["containers"][0]
        container["image"] = release.images[component]
        deployments[component] = deployment
    return Manifests(next(found for found in objects if found["kind"] == "Namespace"), deployments, others)


def trial(manifests: Manifests) -> list[Object]:
    """The same pods, one of each, that no Service leads to, with the settings that they would get."""
    copies = [copy.deepcopy(found) for found in manifests.others if found["kind"] == "ConfigMap"]
    names = {found["metadata"]["name"] for found in copies}
    for found in copies:
        found["metadata"]["name"] += "-essai"
    for component, deployment in manifests.deployments.items():
        found = copy.deepcopy(deployment)
        name = trial_name(component)
        found["metadata"]["name"] = name
        found["spec"] |= {"replicas": 1, "minReadySeconds": 0, "revisionHistoryLimit": 0}
        for labels in (
            found["metadata"]["labels"],
            found["spec"]["selector"]["matchLabels"],
            found["spec"]["template"]["metadata"]["labels"],
        ):
            labels["app.kubernetes.io/name"] = name
        pod = found["spec"]["template"]["spec"]
        pod["topologySpreadConstraints"] = []
        for origin in pod["containers"][0].get("envFrom", ()):
            if origin.get("configMapRef", {}).get("name") in names:
                origin["configMapRef"]["name"] += "-essai"
        copies.append(found)
    return copies


def trial_name(component: str) -> str:
    """The Deployment that tries this component."""
    return f"datapress-{component}-essai"
