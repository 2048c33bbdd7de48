"""Are pods confined and bounded, as Pod Security « restricted » asks and a little further?"""

import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.finding import Finding
from runbook.checking.offered.containers import Container, pod_keys
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import WORKLOADS, KubeObject
from runbook.checking.offered.places import Key, in_object

_UNITS = {"": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30}
_HARMLESS = ("configMap", "secret", "emptyDir", "projected", "downwardAPI", "persistentVolumeClaim", "ephemeral", "csi")
_ASKED = "Pod Security « restricted »"


def pod_security(model: Model) -> Iterator[Finding]:
    """Every pod satisfies Pod Security « restricted », and holds no token of the cluster."""
    for item in model.objects:
        if item.kind not in WORKLOADS:
            continue
        where = pod_keys(item)
        pod = item.at(*where, default=None) or {}
        security = pod.get("securityContext") or {}
        every = [spec.get("securityContext") or {} for spec in item.containers]

        def told(
            keys: tuple[Key, ...], cause: str, remedy: str, item: KubeObject = item, where: tuple[Key, ...] = where
        ) -> Finding:
            return in_object(
                model, item, (*where, *keys), f"{item.kind} « {item.name} » : {cause}", remedy, "pod_security"
            )

        if security.get("runAsNonRoot") is not True and not all(one.get("runAsNonRoot") is True for one in every):
            yield told(
                ("securityContext", "runAsNonRoot"), "rien n'interdit root", f"écrire runAsNonRoot: true ({_ASKED})"
            )
        if not security.get("runAsUser") and not all(one.get("runAsUser") for one in every):
            yield told(
                ("securityContext", "runAsUser"), "utilisateur non numérique ou root", "écrire le runAsUser de l'image"
            )
        profile = (security.get("seccompProfile") or {}).get("type")
        if profile not in ("RuntimeDefault", "Localhost") and not all(
            (one.get("seccompProfile") or {}).get("type") == "RuntimeDefault" for one in every
        ):
            yield told(
                ("securityContext", "seccompProfile", "type"),
                f"profil seccomp « {profile or 'absent'} »",
                f"écrire seccompProfile: {{type: RuntimeDefault}} ({_ASKED})",
            )
        if pod.get("automountServiceAccountToken") is not False:
            yield told(
                ("automountServiceAccountToken",),
                "un jeton d'accès au cluster entre dans le pod",
                "écrire automountServiceAccountToken: false",
            )
        if pod.get("enableServiceLinks") is not False:
            yield told(
                ("enableServiceLinks",),
                "les adresses des Services entrent dans l'environnement",
                "écrire enableServiceLinks: false",
            )
        group = security.get("fsGroup")
        if group is not None and group != security.get("runAsGroup", group):
            yield told(
                ("securityContext", "fsGroup"),
                f"fsGroup {group} n'est pas le groupe de l'application ({security['runAsGroup']})",
                "écrire le même numéro que runAsGroup",
            )
        yield from _open_to_node(model, item, where, pod)


def container_security(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Every container has all capabilities dropped, no escalation, a read-only root and its image's user."""
    for container in found:
        security = container.spec.get("securityContext") or {}

        def told(keys: tuple[Key, ...], cause: str, remedy: str, container: Container = container) -> Finding:
            where = (*container.keys, *keys)
            return in_object(
                model, container.item, where, f"conteneur « {container.name} » : {cause}", remedy, "container_security"
            )

        if security.get("allowPrivilegeEscalation") is not False:
            yield told(
                ("securityContext", "allowPrivilegeEscalation"),
                "élévation de privilèges possible",
                f"écrire allowPrivilegeEscalation: false ({_ASKED})",
            )
        if security.get("privileged"):
            yield told(("securityContext", "privileged"), "conteneur privilégié", f"retirer privileged ({_ASKED})")
        capabilities = security.get("capabilities") or {}
        if "ALL" not in (capabilities.get("drop") or []):
            yield told(
                ("securityContext", "capabilities", "drop"),
                "capacités système gardées",
                f'écrire drop: ["ALL"] ({_ASKED})',
            )
        if set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
            yield told(
                ("securityContext", "capabilities", "add"), "capacités système ajoutées", f"les retirer ({_ASKED})"
            )
        if security.get("readOnlyRootFilesystem") is not True:
            yield told(
                ("securityContext", "readOnlyRootFilesystem"),
                "système de fichiers modifiable",
                "écrire readOnlyRootFilesystem: true",
            )
        if security.get("runAsNonRoot") is False or security.get("runAsUser") == 0:
            yield told(("securityContext",), "root permis, malgré le pod", f"retirer ce réglage ({_ASKED})")
        for index, port in enumerate(container.spec.get("ports") or []):
            if port.get("hostPort"):
                yield told(
                    ("ports", index, "hostPort"),
                    "port ouvert sur le nœud",
                    f"retirer hostPort, passer par un Service ({_ASKED})",
                )
        yield from _user(model, container)


def resources(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Every container asks for memory and CPU, has a memory limit, and asks for no more than its limits."""
    for container in found:
        asked = (container.spec.get("resources") or {}).get("requests") or {}
        limits = (container.spec.get("resources") or {}).get("limits") or {}

        def told(keys: tuple[Key, ...], cause: str, remedy: str, container: Container = container) -> Finding:
            where = (*container.keys, "resources", *keys)
            return in_object(
                model, container.item, where, f"conteneur « {container.name} » : {cause}", remedy, "resources"
            )

        for name in ("memory", "cpu"):
            if name not in asked:
                yield told(("requests",), f"{name} non demandé", f"ajouter resources.requests.{name}")
        if "memory" not in limits:
            yield told(("limits",), "mémoire sans limite", "ajouter resources.limits.memory")
        for part, quantities in (("requests", asked), ("limits", limits)):
            for name, text in quantities.items():
                size = quantity(text)
                if size is None or size <= 0:
                    yield told(
                        (part, name), f"quantité « {text} » illisible ou nulle", "écrire par exemple 96Mi, ou 50m"
                    )
                elif name == "memory" and not 2**22 <= size <= 2**40:
                    yield told(
                        (part, name),
                        f"mémoire de « {text} » invraisemblable",
                        "l'unité manque-t-elle ? écrire par exemple 96Mi",
                    )
                elif name == "cpu" and not 1e-3 <= size <= 16:
                    yield told(
                        (part, name),
                        f"CPU de « {text} » invraisemblable",
                        "l'unité manque-t-elle ? écrire par exemple 50m",
                    )
        for name in sorted(set(asked) & set(limits)):
            low, high = quantity(asked[name]), quantity(limits[name])
            if low is not None and high is not None and low > high:
                yield told(
                    ("requests", name),
                    f"{name} demandé ({asked[name]}) au-dessus de sa limite ({limits[name]})",
                    "baisser la demande ou monter la limite",
                )


def namespace_security(model: Model) -> Iterator[Finding]:
    """A namespace refuses the pods that are below the strictest level."""
    for item in model.of_kind("Namespace"):
        for mode in ("enforce", "warn"):
            key = f"pod-security.kubernetes.io/{mode}"
            if item.labels.get(key) != "restricted":
                yield in_object(
                    model,
                    item,
                    ("metadata", "labels", key),
                    f"espace de noms « {item.name} » : {key} = « {item.labels.get(key, 'absent')} »",
                    f"écrire {key}: restricted",
                    "namespace_security",
                )
            version = item.labels.get(f"{key}-version", "latest")
            if not re.fullmatch(r"latest|v1\.\d+", version):
                yield in_object(
                    model,
                    item,
                    ("metadata", "labels", f"{key}-version"),
                    f"version de Pod Security « {version} » inconnue",
                    "écrire latest",
                    "namespace_security",
                )


def _open_to_node(model: Model, item: KubeObject, where: tuple[Key, ...], pod: dict[str, Any]) -> Iterator[Finding]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            yield in_object(
                model,
                item,
                (*where, name),
                f"{item.kind} « {item.name} » : {name} ouvre le nœud au pod",
                f"retirer {name} ({_ASKED})",
                "pod_security",
            )
    for index, volume in enumerate(pod.get("volumes") or []):
        for part in volume:
            if part != "name" and part not in _HARMLESS:
                yield in_object(
                    model,
                    item,
                    (*where, "volumes", index, part),
                    f"{item.kind} « {item.name} » : volume de type {part}",
                    f"prendre un de : {', '.join(_HARMLESS[:3])} ({_ASKED})",
                    "pod_security",
                )


def quantity(text: Any) -> float | None:
    """A Kubernetes quantity as a number."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(m|k|M|G|Ki|Mi|Gi|)", str(text))
    return float(found[1]) * _UNITS[found[2]] if found else None


def _user(model: Model, container: Container) -> Iterator[Finding]:
    """Files of the image belong to its own user: another one might not read them."""
    if container.image is None or container.image.user is None:
        return
    user, _, group = container.image.user.partition(":")
    where = pod_keys(container.item)
    pod = container.item.at(*where, "securityContext", default=None) or {}
    own = container.spec.get("securityContext") or {}
    for name, wanted in (("runAsUser", user), ("runAsGroup", group)):
        value = own.get(name, pod.get(name))
        if wanted and str(value) != wanted and (value is not None or name == "runAsGroup"):
            yield in_object(
                model,
                container.item,
                (*where, "securityContext", name),
                f"{name} {'absent' if value is None else value}, et l'image « {container.image.name} » a l'utilisateur {container.image.user}",
                f"écrire {wanted}, ou changer USER dans {container.image.dockerfile}",
                "container_security",
            )
