"""Do the Kubernetes objects hold together: what each names, another one is or has."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from runbook.repository.model import SYSTEM_NAMESPACES, Repository, same_place
from runbook.repository.objects import Container, KubeObject, items, mapping, selects, text_map
from runbook.repository.yamlfile import Key
from runbook.rules.finding import Finding, meant, nearest
from runbook.rules.kubernetes import is_own, namespaced
from runbook.rules.rule import rule

LEVELS = ("privileged", "baseline", "restricted")
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
KEY_REFERENCES = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
WHOLE_REFERENCES = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
VOLUMES = {
    "configMap": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}
UNITS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def in_object(item: KubeObject, keys: tuple[Key, ...], cause: str, remedy: str) -> Finding:
    """A finding at the value under `keys`, or at the deepest of them that exists."""
    return Finding(item.path, item.document.line_of(*keys), cause, remedy)


def references(repository: Repository) -> Iterator[tuple[KubeObject, tuple[Key, ...], str, str, str | None, bool]]:
    """What pods name: the object, where, the kind and the name meant, the key in it, whether it may be missing."""
    for item in repository.objects:
        keys = (*(item.pod_keys or ()), "spec")
        for index, volume in enumerate(map(mapping, items(item.pod.get("volumes")))):
            parts = [(volume, (*keys, "volumes", index))]
            for place, source in enumerate(map(mapping, items(mapping(volume.get("projected")).get("sources")))):
                parts.append((source, (*keys, "volumes", index, "projected", "sources", place)))
            for part, where in parts:
                for word, (kind, named) in VOLUMES.items():
                    source = mapping(part.get(word))
                    name = source.get(named, source.get("name"))
                    if name:
                        for entry in items(source.get("items")) or [{}]:
                            key = mapping(entry).get("key")
                            yield item, (*where, word), kind, str(name), key, bool(source.get("optional"))
        account = item.pod.get("serviceAccountName")
        if account and account != "default":
            yield item, (*keys, "serviceAccountName"), "ServiceAccount", str(account), None, False
        for container in item.containers():
            yield from _of_container(container)
        if item.kind == "HorizontalPodAutoscaler":
            target = mapping(item.at("spec", "scaleTargetRef"))
            yield (
                item,
                ("spec", "scaleTargetRef", "name"),
                str(target.get("kind")),
                str(target.get("name")),
                None,
                False,
            )
        if item.kind == "Ingress":
            yield from _of_ingress(item)


def _of_container(container: Container) -> Iterator[tuple[KubeObject, tuple[Key, ...], str, str, str | None, bool]]:
    item = container.owner
    for index, source in enumerate(map(mapping, items(container.spec.get("envFrom")))):
        for word, kind in WHOLE_REFERENCES.items():
            told = mapping(source.get(word))
            if told.get("name"):
                where = (*container.keys, "envFrom", index, word, "name")
                yield item, where, kind, str(told["name"]), None, bool(told.get("optional"))
    for index, variable in enumerate(map(mapping, items(container.spec.get("env")))):
        for word, kind in KEY_REFERENCES.items():
            told = mapping(mapping(variable.get("valueFrom")).get(word))
            if told.get("name"):
                where = (*container.keys, "env", index, "valueFrom", word)
                yield item, where, kind, str(told["name"]), told.get("key"), bool(told.get("optional"))


def _of_ingress(item: KubeObject) -> Iterator[tuple[KubeObject, tuple[Key, ...], str, str, str | None, bool]]:
    for number, one in enumerate(map(mapping, items(item.at("spec", "rules")))):
        for index, path in enumerate(map(mapping, items(mapping(one.get("http")).get("paths")))):
            name = mapping(mapping(path.get("backend")).get("service")).get("name")
            if name:
                yield (
                    item,
                    ("spec", "rules", number, "http", "paths", index, "backend"),
                    "Service",
                    str(name),
                    None,
                    False,
                )


@rule("reference-absente", about="repository", where="k8s/api.yaml")
def missing_reference(repository: Repository) -> Iterator[Finding]:
    """Un objet en nomme un autre, ou une clé d'un autre, qui n'existe pas : ses pods ne démarreraient pas.

    Mauvais : name: shop-confg
    Bon : name: shop-config
    """
    made = repository.settings.model.made_by_commands
    for item, keys, kind, name, key, optional in references(repository):
        found = repository.object_named(kind, name, item.namespace)
        if (
            found is None
            and not optional
            and f"{kind}/{name}".lower() not in made
            and is_own("v1", kind) | (kind in ("Deployment", "StatefulSet"))
        ):
            remedy = nearest(name, (other.name for other in repository.of_kind(kind)))
            declared = "si une commande le crée, le dire dans [tool.runbook.model] made_by_commands"
            yield in_object(
                item, keys, f"{item} : {kind} « {name} » qu'aucun manifeste ne décrit", f"{remedy} ; {declared}"
            )
        elif found is not None and key is not None and str(key) not in found.data and not optional:
            yield in_object(item, keys, f"{item} : clé « {key} » absente de {found}", nearest(str(key), found.data))


@rule("volume", about="repository", where="k8s/api.yaml")
def volumes(repository: Repository) -> Iterator[Finding]:
    """Un conteneur monte un volume que son pod ne décrit pas, ou un volume n'est monté nulle part.

    Mauvais : name: settingss # mounted
    Bon : name: settings # mounted
    """
    for item in repository.objects:
        described = {str(mapping(one).get("name")) for one in items(item.pod.get("volumes"))}
        claims = {
            str(mapping(mapping(one).get("metadata")).get("name"))
            for one in items(item.at("spec", "volumeClaimTemplates"))
        }
        mounted = set()
        for container in item.containers():
            for index, mount in enumerate(map(mapping, items(container.spec.get("volumeMounts")))):
                name = str(mount.get("name"))
                mounted.add(name)
                if name not in described | claims:
                    cause = f"{item} : volume « {name} » que le pod ne décrit pas"
                    yield in_object(item, (*container.keys, "volumeMounts", index), cause, nearest(name, described))
        for index, volume in enumerate(map(mapping, items(item.pod.get("volumes")))):
            if str(volume.get("name")) not in mounted:
                keys = (*(item.pod_keys or ()), "spec", "volumes", index)
                cause = f"{item} : volume « {volume.get('name')} » qu'aucun conteneur ne monte"
                yield in_object(item, keys, cause, "le monter, ou le retirer")


@rule("espace-de-noms-absent", about="repository", where="k8s/config.yaml")
def missing_namespace(repository: Repository) -> Iterator[Finding]:
    """Un objet va dans un espace de noms qu'aucun manifeste ne crée, ou n'en dit aucun quand les autres en ont un.

    Mauvais : namespace: shoop
    Bon : namespace: shop
    """
    known = repository.namespaces
    for item in repository.objects if known else ():
        if item.namespace is not None and item.namespace not in (*known, *SYSTEM_NAMESPACES):
            cause = f"{item} : espace de noms « {item.namespace} » qu'aucun manifeste ne crée"
            yield in_object(item, ("metadata", "namespace"), cause, nearest(item.namespace, known))
        elif item.namespace is None and is_own(str(item.at("apiVersion")), item.kind) and namespaced(item.kind):
            yield in_object(
                item,
                ("metadata", "name"),
                f"{item} sans metadata.namespace : il irait dans celui du moment",
                f"{nearest('', known)}",
            )


@rule("selecteur", about="repository", where="k8s/api.yaml")
def selectors(repository: Repository) -> Iterator[Finding]:
    """Un sélecteur ne désigne pas les pods qu'il devrait : ceux de son propre objet, ou aucun.

    Mauvais : app: appi # selector
    Bon : app: api # selector
    """
    for item in repository.objects:
        wanted = text_map(item.at("spec", "selector", "matchLabels"))
        if item.pod_keys and item.kind not in ("Pod", "Job", "CronJob"):
            for key, value in wanted.items():
                if item.pod_labels.get(key) != value:
                    cause = f"{item} : son sélecteur {key}={value} ne désigne pas ses propres pods"
                    yield in_object(
                        item,
                        ("spec", "selector", "matchLabels", key),
                        cause,
                        f"ses pods ont {key}={item.pod_labels.get(key)}",
                    )
        keys: tuple[Key, ...] = ("spec", "selector")
        if item.kind == "Service":
            wanted = text_map(item.at("spec", "selector"))
        elif item.kind == "NetworkPolicy":
            keys = ("spec", "podSelector")
            wanted = text_map(item.at("spec", "podSelector", "matchLabels"))
        elif item.kind != "PodDisruptionBudget":
            continue
        terms = ",".join(f"{key}={value}" for key, value in wanted.items())
        pods = [
            other.pod_labels for other in repository.objects if other.pod_keys is not None and same_place(item, other)
        ]
        if terms and pods and not any(selects(terms, labels) for labels in pods):
            cause = f"{item} : le sélecteur {terms} ne désigne aucun pod"
            yield in_object(
                item, keys, cause, nearest(terms, {f"{key}={value}" for one in pods for key, value in one.items()})
            )


@rule("port-de-service", about="repository", where="k8s/api.yaml")
def service_ports(repository: Repository) -> Iterator[Finding]:
    """Un Service mène à un port que ses pods n'annoncent pas, ou deux Services prennent le même NodePort.

    Mauvais : targetPort: htpp
    Bon : targetPort: http
    """
    node_ports: Counter[int] = Counter()
    for item in repository.of_kind("Service"):
        pods = repository.pods_behind(item)
        known = {name for pod in pods for container in pod.containers() for name in container.ports}
        for index, port in enumerate(map(mapping, items(item.at("spec", "ports")))):
            wanted = str(port.get("targetPort", port.get("port")))
            if known and wanted not in known:
                cause = f"{item} : port « {wanted} » que les pods n'annoncent pas"
                yield in_object(item, ("spec", "ports", index, "targetPort"), cause, nearest(wanted, known))
            number = port.get("nodePort")
            if isinstance(number, int):
                node_ports[number] += 1
                if node_ports[number] > 1 or not 30000 <= number <= 32767:
                    cause = f"{item} : NodePort {number} déjà pris, ou hors de 30000-32767"
                    yield in_object(item, ("spec", "ports", index, "nodePort"), cause, "en prendre un autre")


@rule("sonde", about="repository", where="k8s/api.yaml")
def probes(repository: Repository) -> Iterator[Finding]:
    """Une sonde interroge un port que le conteneur n'annonce pas, ou un chemin que l'application n'a pas.

    Mauvais : path: /healthy
    Bon : path: /health
    """
    for container in repository.containers():
        for name in PROBES:
            for form in ("httpGet", "tcpSocket"):
                asked = mapping(mapping(container.spec.get(name)).get(form))
                port = str(asked.get("port", ""))
                keys = (*container.keys, name, form)
                if asked and container.ports and port not in container.ports and not asked.get("host"):
                    cause = f"{container.owner} : {name} sur le port « {port} », que le conteneur n'annonce pas"
                    yield in_object(container.owner, (*keys, "port"), cause, nearest(port, container.ports))
                application = repository.applications.get(repository.application_of(container) or "")
                path = str(asked.get("path", "/")).partition("?")[0]
                if (
                    asked
                    and form == "httpGet"
                    and application
                    and container.ports.get(port) in application.ports
                    and not application.answers(path)
                ):
                    cause = f"{container.owner} : {name} demande « {path} », que {application.name} n'a pas"
                    yield in_object(container.owner, (*keys, "path"), cause, nearest(path, application.routes))


@rule("port-de-conteneur", about="repository", where="k8s/api.yaml")
def container_ports(repository: Repository) -> Iterator[Finding]:
    """Un conteneur annonce un port sur lequel son application n'écoute pas.

    Mauvais : containerPort: 8001
    Bon : containerPort: 8000
    """
    for container in repository.containers():
        built = repository.built.get(container.image)
        dockerfile = repository.dockerfiles.get(built.dockerfile) if built else None
        given = repository.environment(container).get("PORT")
        listening = {int(given)} if given and given.isdecimal() else dockerfile.exposed if dockerfile else set()
        application = repository.applications.get(repository.application_of(container) or "")
        listening = listening | set(application.ports if application and not given else ())
        for index, port in enumerate(map(mapping, items(container.spec.get("ports")))):
            number = port.get("containerPort")
            if listening and isinstance(number, int) and number not in listening:
                cause = f"{container.owner} : port {number} annoncé, et rien n'y écoute"
                yield in_object(
                    container.owner, (*container.keys, "ports", index), cause, nearest(str(number), map(str, listening))
                )


@rule("image-de-manifeste", about="repository", where="k8s/api.yaml")
def images(repository: Repository) -> Iterator[Finding]:
    """Un manifeste demande une image que ce dépôt construit sous un autre nom, ou avec une autre étiquette.

    Mauvais : image: shop-apy:1.0
    Bon : image: shop-api:1.0
    """
    names = {image.rpartition(":")[0]: image for image in repository.built}
    for container in repository.containers():
        name = container.image.partition("@")[0].rpartition(":")[0] or container.image
        short = name.rpartition("/")[2] if name.startswith("localhost") else name
        if (
            container.image not in repository.built
            and (short in names or meant(short, names))
            and "@" not in container.image
        ):
            near = names.get(short) or names[meant(short, names)]
            if not (name.startswith("localhost") and container.image.endswith(near)):
                cause = f"{container.owner} : image « {container.image} » que rien ici ne construit"
                yield in_object(container.owner, (*container.keys, "image"), cause, f"vouliez-vous dire « {near} » ?")


@rule("objet-en-double", about="repository", where="k8s/other.yaml")
def duplicates(repository: Repository) -> Iterator[Finding]:
    """Deux manifestes d'un même dossier décrivent le même objet : le dernier appliqué l'emporte.

    Mauvais : name: shop-config
    Bon : name: other-config
    """
    first: dict[tuple[str, ...], KubeObject] = {}
    for item in repository.objects:
        if not item.name or item.path.endswith((".example", ".sample")):
            continue
        folder = item.path.rpartition("/")[0]
        key = (folder, str(item.at("apiVersion")), item.kind, item.name, item.namespace or "")
        other = first.setdefault(key, item)
        if other is not item:
            where = f"{other.path}:{other.document.line}"
            yield in_object(item, ("metadata", "name"), f"{item} déjà décrit dans {where}", "n'en garder qu'un")


@rule("limite-de-ressource", about="repository", where="k8s/api.yaml")
def limits(repository: Repository) -> Iterator[Finding]:
    """Un conteneur demande plus qu'il n'a le droit de prendre : Kubernetes refuse son pod.

    Mauvais : memory: 16Mi # limit
    Bon : memory: 64Mi # limit
    """
    for container in repository.containers():
        told = mapping(container.spec.get("resources"))
        for name, limit in mapping(told.get("limits")).items():
            wanted = _quantity(mapping(told.get("requests")).get(name))
            most = _quantity(limit)
            if wanted is not None and most is not None and wanted > most:
                keys = (*container.keys, "resources", "limits", name)
                cause = f"{container.owner} : demande plus de {name} que sa limite, {limit}"
                yield in_object(container.owner, keys, cause, "monter la limite, ou baisser la demande")


def _quantity(value: Any) -> float | None:
    text = str(value)
    for unit, factor in (*UNITS.items(), ("", 1.0)):
        number = text.removesuffix(unit)
        if text.endswith(unit) and number.replace(".", "", 1).isdecimal():
            return float(number) * factor
    return None


@rule("pod-refuse", about="repository", where="k8s/api.yaml")
def pod_security(repository: Repository) -> Iterator[Finding]:
    """Un espace de noms applique un niveau de sécurité que ce pod n'a pas : il serait refusé.

    Mauvais : allowPrivilegeEscalation: true
    Bon : allowPrivilegeEscalation: false
    """
    label = "pod-security.kubernetes.io/enforce"
    strict = {item.name for item in repository.of_kind("Namespace") if item.labels.get(label) == "restricted"}
    for item in repository.of_kind("Namespace"):
        for key, value in item.labels.items():
            if key.startswith("pod-security.kubernetes.io/") and not key.endswith("version") and value not in LEVELS:
                yield in_object(
                    item, ("metadata", "labels", key), f"{item} : niveau « {value} »", nearest(value, LEVELS)
                )
    for item in repository.objects:
        if item.namespace not in strict:
            continue
        pod = mapping(item.pod.get("securityContext"))
        for container in item.containers():
            own = mapping(container.spec.get("securityContext"))
            both = {**pod, **own}
            capabilities = mapping(own.get("capabilities"))
            for wrong, key, remedy in (
                (
                    both.get("runAsNonRoot") is not True or both.get("runAsUser") == 0,
                    "runAsNonRoot",
                    "runAsNonRoot: true",
                ),
                (
                    own.get("allowPrivilegeEscalation") is not False,
                    "allowPrivilegeEscalation",
                    "allowPrivilegeEscalation: false",
                ),
                ("ALL" not in items(capabilities.get("drop")), "capabilities", "capabilities: {drop: [ALL]}"),
                (
                    set(items(capabilities.get("add"))) - {"NET_BIND_SERVICE"},
                    "capabilities",
                    "n'ajouter que NET_BIND_SERVICE",
                ),
                (
                    mapping(both.get("seccompProfile")).get("type") not in ("RuntimeDefault", "Localhost"),
                    "seccompProfile",
                    "seccompProfile: {type: RuntimeDefault}",
                ),
                (own.get("privileged"), "privileged", "retirer privileged"),
            ):
                if wrong:
                    cause = f"{item} : « {key} » du conteneur « {container.name} » que « {item.namespace} » refuse"
                    yield in_object(item, (*container.keys, "securityContext", key), cause, f"écrire {remedy}")
