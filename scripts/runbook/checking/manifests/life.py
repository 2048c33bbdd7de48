"""Are pods watched, replaced and stopped without losing a request?"""

import ast
import re
from collections.abc import Iterator
from typing import Any

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container, pod_keys
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.offered.places import Key, in_object

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_DEFAULTS = {"periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 1, "initialDelaySeconds": 0}
KEPT = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")  # their pods are started again when they end
WELL_KNOWN = re.compile(r"(?:[a-z-]+\.)*kubernetes\.io/")  # labels that Kubernetes itself puts on nodes
_PAUSE = re.compile(r"\bsleep\b\D{0,4}(\d+(?:\.\d+)?)")


def probes(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A container behind a Service is watched by three probes, each asking for a route that exists."""
    served = {
        (workload.kind, workload.name)
        for service in model.of_kind("Service")
        for workload in model.workloads_behind(service)
    }
    for container in found:
        for name in PROBES:
            probe = container.spec.get(name)
            if probe is None:
                if (container.item.kind, container.item.name) in served and not container.initial:
                    yield _told(
                        model,
                        container,
                        (),
                        f"{name} absente",
                        "l'ajouter : sans elle, Kubernetes ne sait pas si le pod démarre, sert ou vit",
                        "probes",
                    )
                continue
            for key in ("timeoutSeconds", "periodSeconds", "failureThreshold"):
                if probe.get(key, 1) < 1:
                    yield _told(
                        model,
                        container,
                        (name, key),
                        f"{name} : {key} {probe[key]} refusé par Kubernetes",
                        "écrire au moins 1",
                        "probes",
                    )
            if probe.get("successThreshold", 1) != 1 and name != "readinessProbe":
                yield _told(
                    model,
                    container,
                    (name, "successThreshold"),
                    f"{name} : successThreshold {probe['successThreshold']} refusé par Kubernetes",
                    "écrire 1",
                    "probes",
                )
            yield from _http(model, container, name, probe)
        yield from _roles(model, container)


def lifecycle(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A pod behind a Service pauses before it stops, and is given the time for it."""
    drain = graceful_timeout(model)
    for container in found:
        if container.application is None or container.initial:
            continue
        hook = (container.spec.get("lifecycle") or {}).get("preStop")
        if hook is None:
            yield _told(
                model,
                container,
                ("lifecycle",),
                "aucune pause avant l'arrêt : des requêtes en route seraient refusées",
                "ajouter lifecycle.preStop",
                "lifecycle",
            )
            continue
        command = [str(word) for word in (hook.get("exec") or {}).get("command") or []]
        keys = ("lifecycle", "preStop", "exec", "command")
        pause = (hook.get("sleep") or {}).get("seconds") if "sleep" in hook else _pause(command)
        if pause is None or pause < 1:
            yield _told(
                model,
                container,
                keys if "exec" in hook else ("lifecycle", "preStop"),
                "la commande preStop ne fait pas de pause",
                "y attendre quelques secondes",
                "lifecycle",
            )
            continue
        if command and command[0] in ("sh", "/bin/sh", "bash", "/bin/bash", "sleep"):
            yield _told(
                model,
                container,
                keys,
                f"preStop a besoin de « {command[0]} » dans l'image",
                "prendre le langage de l'image",
                "lifecycle",
            )
        grace = container.item.at(*pod_keys(container.item), "terminationGracePeriodSeconds", default=30)
        if drain is not None and grace <= pause + drain:
            yield in_object(
                model,
                container.item,
                (*pod_keys(container.item), "terminationGracePeriodSeconds"),
                f"terminationGracePeriodSeconds {grace} : la pause ({pause:g} s) et la fin des requêtes ({drain:g} s) n'y tiennent pas",
                f"écrire plus de {pause + drain:g}",
                "lifecycle",
            )


def placement(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A pod that is kept running has no end set to its life, and asks of a node only what every cluster tells of its own."""
    for item in {id(container.item): container.item for container in found}.values():
        keys = pod_keys(item)
        if item.kind in KEPT and item.at(*keys, "activeDeadlineSeconds", default=None) is not None:
            yield in_object(
                model,
                item,
                (*keys, "activeDeadlineSeconds"),
                f"{item.kind} « {item.name} » : activeDeadlineSeconds refusé par Kubernetes, ses pods doivent durer",
                "le retirer",
                "placement",
            )
        for label in item.at(*keys, "nodeSelector", default=None) or {}:
            if not WELL_KNOWN.match(str(label)):
                yield in_object(
                    model,
                    item,
                    (*keys, "nodeSelector", label),
                    f"{item.kind} « {item.name} » : aucun nœud n'a l'étiquette « {label} » sans qu'on la pose ; ses pods attendraient sans fin",
                    "retirer nodeSelector",
                    "placement",
                )


def rollouts(model: Model, found: list[Container]) -> Iterator[Finding]:
    """An update starts a new pod before it stops an old one, and waits long enough for it."""
    for item in model.of_kind("Deployment"):
        strategy = item.at("spec", "strategy", default=None) or {}
        rolling = strategy.get("rollingUpdate") or {}

        def told(keys: tuple[Key, ...], cause: str, remedy: str, item: KubeObject = item) -> Finding:
            return in_object(model, item, ("spec", *keys), f"Deployment « {item.name} » : {cause}", remedy, "rollouts")

        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            yield told(
                ("strategy", "type"),
                f"stratégie « {strategy['type']} » : une mise à jour coupe le service",
                "écrire type: RollingUpdate",
            )
            continue
        if rolling.get("maxUnavailable") not in (0, "0%"):
            yield told(
                ("strategy", "rollingUpdate", "maxUnavailable"),
                "une mise à jour peut retirer un pod avant que son remplaçant serve",
                "écrire maxUnavailable: 0",
            )
        if rolling.get("maxSurge", 1) in (0, "0%"):
            yield told(
                ("strategy", "rollingUpdate", "maxSurge"),
                "sans pod en plus ni en moins, la mise à jour ne commence jamais",
                "écrire maxSurge: 1",
            )
        if not item.at("spec", "minReadySeconds", default=0):
            yield told(
                ("minReadySeconds",),
                "un pod qui meurt juste après son démarrage serait cru bon",
                "écrire minReadySeconds: 2",
            )
        if item.at("spec", "revisionHistoryLimit", default=10) == 0:
            yield told(
                ("revisionHistoryLimit",),
                "aucune version gardée : « rollout undo » ne pourrait rien",
                "écrire au moins 1",
            )
        replicas = item.at("spec", "replicas", default=None)
        if not isinstance(replicas, int) or replicas < 1:
            yield told(
                ("replicas",),
                f"{'replicas absent' if replicas is None else f'{replicas} réplica'}",
                "écrire un nombre d'au moins 1",
            )
        for container in found:
            if container.item is item and "startupProbe" in container.spec:
                longest = _seconds(container.spec["startupProbe"]) + item.at("spec", "minReadySeconds", default=0)
                if item.at("spec", "progressDeadlineSeconds", default=600) <= longest:
                    yield told(
                        ("progressDeadlineSeconds",),
                        f"une mise à jour est jugée bloquée avant que le démarrage ait pu finir ({longest} s)",
                        f"écrire plus de {longest}",
                    )


def graceful_timeout(model: Model) -> float | None:
    """What the server gives to requests in flight, from its configuration file."""
    path = model.settings.model.server
    if not path or not (model.root / path).is_file():
        return None
    for node in ast.parse((model.root / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == [
            "graceful_timeout"
        ]:
            return float(ast.literal_eval(node.value))
    return None


def _http(model: Model, container: Container, name: str, probe: dict[str, Any]) -> Iterator[Finding]:
    asked = probe.get("httpGet")
    ports = container.spec.get("ports") or []
    names = [known for port in ports for known in (port.get("name"), port.get("containerPort")) if known is not None]
    if asked is None:
        port = (probe.get("tcpSocket") or {}).get("port")
        if port is not None and port not in names:
            yield _told(
                model,
                container,
                (name, "tcpSocket", "port"),
                f"{name} sur le port « {port} », que le conteneur n'annonce pas",
                nearest(str(port), map(str, names)),
                "probes",
            )
        elif container.application:
            yield _told(
                model,
                container,
                (name,),
                f"{name} sans httpGet : elle n'apprend pas si l'application répond",
                "prendre httpGet",
                "probes",
            )
        return
    if asked.get("port") not in names:
        yield _told(
            model,
            container,
            (name, "httpGet", "port"),
            f"{name} sur le port « {asked.get('port')} », que le conteneur n'annonce pas",
            nearest(str(asked.get("port")), map(str, names)),
            "probes",
        )
    if asked.get("scheme", "HTTP") != "HTTP":
        yield _told(
            model,
            container,
            (name, "httpGet", "scheme"),
            f"{name} en {asked['scheme']}, et l'application parle HTTP",
            "retirer scheme",
            "probes",
        )
    if "host" in asked:
        yield _told(
            model,
            container,
            (name, "httpGet", "host"),
            f"{name} interroge « {asked['host']} » et non le pod",
            "retirer host",
            "probes",
        )
    application = model.applications.get(container.application or "")
    path = str(asked.get("path", "/"))
    healthy = [rule for rule in application.routes if re.search(r"health|live|ready|ping", rule)] if application else []
    if not path.startswith("/"):
        yield _told(
            model,
            container,
            (name, "httpGet", "path"),
            f"{name} : chemin « {path} » sans « / »",
            f"écrire /{path}",
            "probes",
        )
    elif healthy and application and application.answers(path) and path not in healthy:
        yield _told(
            model,
            container,
            (name, "httpGet", "path"),
            f"{name} : « {path} » n'est pas une route de santé, et peut dépendre d'autre chose que du conteneur",
            nearest(path, healthy),
            "probes",
        )
    if "path" not in asked:
        yield _told(
            model, container, (name, "httpGet"), f"{name} sans chemin : elle demande « / »", "écrire path", "probes"
        )
    if application and not application.answers(path):
        yield _told(
            model,
            container,
            (name, "httpGet", "path"),
            f"{name} : l'application n'a pas de route « {path} »",
            nearest(path, application.routes),
            "probes",
        )


def _roles(model: Model, container: Container) -> Iterator[Finding]:
    """Readiness and liveness ask different questions, in the right order of patience."""
    paths = {name: str(((container.spec.get(name) or {}).get("httpGet") or {}).get("path", "")) for name in PROBES}
    ready, live = container.spec.get("readinessProbe"), container.spec.get("livenessProbe")
    for name, foreign in (("readinessProbe", "live"), ("livenessProbe", "ready"), ("startupProbe", "ready")):
        if paths[name].rstrip("/").endswith(foreign):
            yield _told(
                model,
                container,
                (name, "httpGet", "path"),
                f"{name} pose la question « {foreign} » de l'autre sonde ({paths[name]})",
                "prendre la route de cette sonde",
                "probes",
            )
    if not ready or not live or not paths["readinessProbe"]:
        return
    application = model.applications.get(container.application or "")
    if (
        paths["readinessProbe"] == paths["livenessProbe"]
        and application
        and len([rule for rule in application.routes if "health" in rule]) > 1
    ):
        yield _told(
            model,
            container,
            ("livenessProbe", "httpGet", "path"),
            f"vie et disponibilité posent la même question ({paths['livenessProbe']})",
            "prendre deux routes",
            "probes",
        )
    if 2 * _seconds(ready) >= _seconds(live):
        yield _told(
            model,
            container,
            ("readinessProbe",),
            f"le pod quitte le Service après {_seconds(ready)} s, et serait redémarré après {_seconds(live)} s : trop près",
            "laisser au moins deux fois plus de temps à livenessProbe",
            "probes",
        )
    for name in PROBES:
        probe = container.spec.get(name) or {}
        if probe.get("timeoutSeconds", 1) > max(int(probe.get("periodSeconds", 10)), 5):
            yield _told(
                model,
                container,
                (name, "timeoutSeconds"),
                f"{name} attend une réponse {probe['timeoutSeconds']} s, plus que l'intervalle entre deux appels",
                "baisser timeoutSeconds",
                "probes",
            )
    if not 15 <= _seconds(live) <= 90:
        yield _told(
            model,
            container,
            ("livenessProbe",),
            f"livenessProbe redémarre le pod après {_seconds(live)} s sans réponse",
            "laisser de 15 à 90 s",
            "probes",
        )
    if container.spec.get("startupProbe") and _seconds(container.spec["startupProbe"]) < 10:
        yield _told(
            model,
            container,
            ("startupProbe",),
            f"startupProbe ne laisse que {_seconds(container.spec['startupProbe'])} s au démarrage",
            "laisser au moins 10 s",
            "probes",
        )


def _seconds(probe: dict[str, Any]) -> int:
    """How long a probe puts up with failure."""
    period, failures, delay = (
        int(probe.get(key, _DEFAULTS[key])) for key in ("periodSeconds", "failureThreshold", "initialDelaySeconds")
    )
    return period * failures + delay


def _pause(command: list[str]) -> float | None:
    found = _PAUSE.search(" ".join(command))
    return float(found[1]) if found else None


def _told(model: Model, container: Container, keys: tuple[Key, ...], cause: str, remedy: str, rule: str) -> Finding:
    return in_object(
        model,
        container.item,
        (*container.keys, *keys),
        f"conteneur « {container.name} » de « {container.item.name} » : {cause}",
        remedy,
        rule,
    )
