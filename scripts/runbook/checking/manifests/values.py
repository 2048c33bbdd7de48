"""Are values among those that Kubernetes knows, where its schemas do not say so, and paths those of the volumes?"""

import difflib
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.finding import Finding, nearest
from runbook.checking.manifests.safety import quantity
from runbook.checking.offered.containers import Container, pod_keys
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import Key, in_object

RESTARTS = {
    "Deployment": ("Always",),
    "StatefulSet": ("Always",),
    "DaemonSet": ("Always",),
    "Job": ("OnFailure", "Never"),
    "CronJob": ("OnFailure", "Never"),
}
PULLS = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("TCP", "UDP", "SCTP")


def allowed_values(model: Model) -> Iterator[Finding]:
    """Restart policies, deadlines, types of secrets, memory volumes: what the API server would refuse."""
    for item in model.objects:
        where: tuple[Key, ...] = pod_keys(item)
        pod: dict[str, Any] = item.pod_template.get("spec") or {}

        def told(keys: tuple[Key, ...], text: Any, known: tuple[str, ...], item_: Any = item) -> Finding:
            return in_object(
                model,
                item_,
                keys,
                f"{keys[-1]} « {text} » inconnu de Kubernetes",
                nearest(str(text), known),
                "allowed_values",
            )

        policy = pod.get("restartPolicy")
        choices = RESTARTS.get(item.kind, ("Always", "OnFailure", "Never"))
        if policy is not None and policy not in choices:
            yield told((*where, "restartPolicy"), policy, choices)
        deadline = pod.get("activeDeadlineSeconds")
        if deadline is not None and deadline < 1:
            yield in_object(
                model,
                item,
                (*where, "activeDeadlineSeconds"),
                f"durée « {deadline} » refusée par Kubernetes",
                "écrire au moins 1",
                "allowed_values",
            )
        kind = item.at("type", default="Opaque")
        if item.kind == "Secret" and kind != "Opaque" and "/" not in kind:
            yield told(("type",), kind, ("Opaque", "kubernetes.io/tls", "kubernetes.io/dockerconfigjson"))
        for index, volume in enumerate(pod.get("volumes") or []):
            empty = volume.get("emptyDir") or {}
            if empty.get("medium", "") not in ("", "Memory"):
                yield told((*where, "volumes", index, "emptyDir", "medium"), empty["medium"], ("Memory",))
            if "sizeLimit" in empty and not quantity(empty["sizeLimit"]):
                yield told((*where, "volumes", index, "emptyDir", "sizeLimit"), empty["sizeLimit"], ("8Mi",))
        for part in ("initContainers", "containers"):
            for index, spec in enumerate(pod.get(part) or []):
                if spec.get("imagePullPolicy", "Always") not in PULLS:
                    yield told((*where, part, index, "imagePullPolicy"), spec["imagePullPolicy"], PULLS)
                for number, port in enumerate(spec.get("ports") or []):
                    if port.get("protocol", "TCP") not in PROTOCOLS:
                        yield told((*where, part, index, "ports", number, "protocol"), port["protocol"], PROTOCOLS)


def mounted_paths(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A path of a command, of an argument or of a probe is not beside what is mounted there."""
    for container in found:
        mounts = [str(mount.get("mountPath")) for mount in container.spec.get("volumeMounts") or []]
        known = {*mounts, *(posixpath.dirname(mount) for mount in mounts)} - {"/"}
        for keys, text in _texts(container):
            for path in re.findall(r"(?:^|[=\s])(/[\w./-]+)", text):
                inside = any(path == mount or path.startswith(f"{mount}/") for mount in mounts) or path in known
                close = difflib.get_close_matches(path, known, n=1, cutoff=0.8) or difflib.get_close_matches(
                    posixpath.dirname(path), known, n=1, cutoff=0.8
                )
                if not inside and close:
                    yield in_object(
                        model,
                        container.item,
                        (*container.keys, *keys),
                        f"« {path} » : aucun volume n'est monté là",
                        nearest(path, known),
                        "mounted_paths",
                    )


def _texts(container: Container) -> Iterator[tuple[tuple[Key, ...], str]]:
    for part in ("command", "args"):
        for index, word in enumerate(container.spec.get(part) or []):
            yield (part, index), str(word)
    if "workingDir" in container.spec:
        yield ("workingDir",), str(container.spec["workingDir"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        for index, word in enumerate(((container.spec.get(probe) or {}).get("exec") or {}).get("command") or []):
            yield (probe, "exec", "command", index), str(word)
