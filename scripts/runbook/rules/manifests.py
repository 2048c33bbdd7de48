"""Do the Kubernetes objects hold together: what each names, another one is or has."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from runbook.repository.model import SYSTEM_NAMESPACES, Repository, same_place
from runbook.repository.objects import SELECTORS, Container, KubeObject, selects, terms
from runbook.repository.yamlfile import Keys, items, mapping, text_map, under
from runbook.rules.finding import Told, meant, nearest, slip
from runbook.rules.kubernetes import is_own, kinds
from runbook.rules.rule import rule

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
LEVELS = ("privileged", "baseline", "restricted")
LEVEL, VERSION = "|".join(LEVELS), r"latest|v\d+\.\d+"  # what Pod Security takes
# Where one of these words stands in an object, it names another one of this kind.
NAMES = {
    **dict.fromkeys(("configMap", "configMapRef", "configMapKeyRef"), "ConfigMap"),
    **dict.fromkeys(("secret", "secretRef", "secretKeyRef"), "Secret"),
    "persistentVolumeClaim": "PersistentVolumeClaim",
    "service": "Service",
    "serviceAccountName": "ServiceAccount",
    "ingressClassName": "IngressClass",
}
UNITS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "": 1.0}
BUILT_IN = ("default", "view", "edit", "admin", "cluster-admin")  # accounts and roles that every cluster holds
Reference = tuple[KubeObject | Container, Keys, str, dict[str, Any]]  # who, where, kind, what it says of it


def _references(repository: Repository) -> Iterator[Reference]:
    """What objects name: each with `name` and, where it is of one key, `key`."""
    for item in repository.objects:
        for keys, value in item.below() if is_own(item) else ():
            word, told = str(keys[-1]) if keys else "", mapping(value)
            if isinstance(value, str) and word.endswith("Name"):
                told = {"name": value}
            name = told.get("claimName") or told.get("secretName") or told.get("name")
            kind = NAMES.get(word) or str(told.get("kind", ""))
            for entry in map(mapping, items(told.get("items")) or [{}]) if name and kind else ():
                yield item, keys, kind, {**told, "name": name, **entry}
        for container in item.containers():
            yield from _of_mounts(container)


def _of_mounts(container: Container) -> Iterator[Reference]:
    """The keys of a mounted ConfigMap or Secret that the container's own words name as files."""
    volumes = {str(one.get("name")): one for one in map(mapping, items(container.owner.pod.get("volumes")))}
    words = str([container.at(part) for part in ("command", "args", "env")])
    for index, mount in enumerate(container.maps("volumeMounts")):
        for word in ("configMap", "secret"):
            source = mapping(under(volumes, str(mount.get("name")), word))
            name = source.get("secretName") or source.get("name")
            whole = name and not source.get("items") and not mount.get("subPath")
            for key in re.findall(rf"{re.escape(str(mount.get('mountPath')))}/([\w.-]*\w)", words) if whole else ():
                yield container, ("volumeMounts", index), NAMES[word], {**source, "name": name, "key": key}


@rule("reference-absente", where="k8s/api.yaml", bad="name: shop-confg", good="name: shop-config")
def missing_reference(repository: Repository) -> Iterator[Told]:
    """Un objet en nomme un autre, ou une clé d'un autre, qui n'existe pas : ses pods ne démarreraient pas."""
    made = repository.settings.model.made_by_commands
    for thing, keys, kind, told in _references(repository):
        name, key = str(told["name"]), told.get("key")
        owner = thing.owner if isinstance(thing, Container) else thing
        if told.get("optional") or f"{kind}/{name}".lower() in made:
            continue
        found = repository.object_named(kind, name, told.get("namespace", owner.namespace))
        known = [other.name for other in repository.of_kind(kind)]
        judged = known or (kind.lower() in kinds() and kinds()[kind.lower()].group in ("", "apps"))
        if found is None and judged and name not in BUILT_IN and not name.startswith("system:"):
            near = nearest(name, known)
            remedy = f"{near} ; si une commande le crée, le dire dans [tool.runbook.model] made_by_commands"
            yield thing, keys, f"{kind} « {name} » qu'aucun manifeste ne décrit", remedy
        elif found is not None and key is not None and str(key) not in found.data:
            yield thing, keys, f"clé « {key} » absente de {found}", nearest(str(key), found.data)


@rule("volume", where="k8s/api.yaml", bad="name: settingss # mounted", good="name: settings # mounted")
def volumes(repository: Repository) -> Iterator[Told]:
    """Un conteneur monte un volume que son pod ne décrit pas, ou un volume n'est monté nulle part."""
    for item in repository.objects:
        keys: Keys = (*(item.pod_keys or ()), "spec", "volumes")
        described = [str(one.get("name")) for one in item.maps(*keys)]
        claims = [str(under(one, "metadata", "name")) for one in item.maps("spec", "volumeClaimTemplates")]
        mounts = [(one, n, m.get("name")) for one in item.containers() for n, m in enumerate(one.maps("volumeMounts"))]
        for container, index, name in mounts:
            if name not in (*described, *claims):
                yield container, ("volumeMounts", index), f"volume « {name} » non décrit", nearest(str(name), described)
        for index, name in enumerate(described):
            if name not in {mounted for _, _, mounted in mounts}:
                yield item, (*keys, index), f"volume « {name} » qu'aucun conteneur ne monte", "le monter, ou le retirer"


@rule("espace-de-noms-absent", where="k8s/config.yaml", bad="namespace: shoop", good="namespace: shop")
def missing_namespace(repository: Repository) -> Iterator[Told]:
    """Un objet va dans un espace de noms qu'aucun manifeste ne crée, ou n'en dit aucun quand les autres en ont un."""
    known = {item.name for item in repository.of_kind("Namespace")}
    for item in repository.objects if known else ():
        keys = ("metadata", "namespace")
        if item.namespace is None and is_own(item) and kinds()[item.kind.lower()].namespaced:
            yield item, keys, "sans metadata.namespace : il irait dans celui du moment", nearest("", known)
        elif item.namespace not in (None, *known, *SYSTEM_NAMESPACES):
            yield item, keys, f"« {item.namespace} » qu'aucun manifeste ne crée", nearest(str(item.namespace), known)


@rule("selecteur", where="k8s/api.yaml", bad="app: appi # selector", good="app: api # selector")
def selectors(repository: Repository) -> Iterator[Told]:
    """Un sélecteur ne désigne pas les pods qu'il devrait : ceux de son propre objet, ou aucun."""
    for item in repository.objects:
        others = [one for one in repository.objects if one.pod_keys is not None and same_place(item, one)]
        asked = [(SELECTORS.get(item.kind, ()), item.selector, others if item.pod_keys is None else [item])]
        for keys, told in item.below() if item.kind == "NetworkPolicy" else ():
            if keys[-2:-1] in (("from",), ("to",)):  # whom a policy lets in or out, in a namespace that is known
                named = under(told, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
                space = named if "namespaceSelector" in told else item.namespace
                pods = [one for one in repository.objects if one.pod_keys is not None and one.namespace == space]
                asked.append(((*keys, "podSelector"), terms(under(told, "podSelector", "matchLabels")), pods))
        for keys, selector, pods in asked:
            labels = [one.pod_labels for one in pods]
            if selector and labels and not any(selects(selector, one) for one in labels):
                whom = "aucun pod" if item.pod_keys is None else "pas ses propres pods"
                known = {f"{key}={value}" for one in labels for key, value in one.items()}
                yield item, keys, f"le sélecteur {selector} ne désigne {whom}", nearest(selector, known)


@rule("etiquette-isolee", where="k8s/front.yaml", bad="part-of: boutiqeu", good="part-of: boutique")
def lonely_labels(repository: Repository) -> Iterator[Told]:
    """Une étiquette a une valeur qu'aucun autre objet n'a, tout près d'une que plusieurs ont : `-l` le manquerait."""
    every = [(item, keys, told) for item in repository.objects for keys, told in item.below() if keys]
    labels = [(item, keys, text_map(told)) for item, keys, told in every if keys[-1] in ("labels", "matchLabels")]
    pairs = {(id(item), *pair) for item, keys, found in labels if keys[-1] == "labels" for pair in found.items()}
    values = Counter((key, value) for _, key, value in pairs)
    for item, keys, found in labels:
        for key, value in found.items() if values else ():
            if values[key, value] <= (keys[-1] == "labels"):  # alone
                shared = (one for (of, one), count in values.items() if of == key and count > 1 and len(one) > 4)
                yield item, (*keys, key), f"étiquette {key}={value} qu'aucun autre objet n'a", slip(value, shared)


@rule("port-de-service", where="k8s/api.yaml", bad="targetPort: htpp", good="targetPort: http")
def service_ports(repository: Repository) -> Iterator[Told]:
    """Un Service ou une NetworkPolicy mène à un port que ses pods n'annoncent pas, ou un NodePort est déjà pris."""
    taken: set[int] = set()
    names = {port for item in repository.objects for port in repository.opened(item) if not port.isdecimal()}
    for item in repository.of_kind("Service", "NetworkPolicy"):
        known = {port for pod in repository.pods_behind(item) for port in repository.opened(pod)}
        sides = [("spec", side, n) for side in ("ingress", "egress") for n, _ in enumerate(item.maps("spec", side))]
        lists: list[Keys] = [(*keys, "ports") for keys in (("spec",), *sides)]
        for keys, port in [((*one, n), port) for one in lists for n, port in enumerate(item.maps(*one))]:
            wanted, node = str(port.get("targetPort", port.get("port"))), port.get("nodePort")
            there = known if "egress" not in keys else () if wanted.isdecimal() else names
            if there and wanted not in ("None", *there) and "endPort" not in port:
                cause = f"port « {wanted} » que les pods n'annoncent pas"
                yield item, (*keys, "targetPort"), cause, nearest(wanted, there)
            if isinstance(node, int):
                if node in taken or not 30000 <= node <= 32767:
                    yield item, (*keys, "nodePort"), f"NodePort {node} déjà pris, ou hors de 30000-32767", "un autre"
                taken.add(node)


@rule("sonde", where="k8s/api.yaml", bad="path: /healthy", good="path: /health")
def probes(repository: Repository) -> Iterator[Told]:
    """Une sonde interroge un port que le conteneur n'annonce pas, ou un chemin que l'application n'a pas."""
    for container in repository.containers():
        application = repository.application_of(container)
        for name, form in ((name, form) for name in PROBES for form in ("httpGet", "tcpSocket")):
            asked = mapping(container.at(name, form))
            port, path = str(asked.get("port", "")), str(asked.get("path", "/")).partition("?")[0]
            if not asked or asked.get("host"):
                continue
            if container.ports and port not in container.ports:
                cause = f"{name} sur le port « {port} », que le conteneur n'annonce pas"
                yield container, (name, form, "port"), cause, nearest(port, container.ports)
            number = container.ports.get(port)
            if form == "httpGet" and application and number in application.ports and not application.answers(path):
                cause = f"{name} demande « {path} », que {application.name} n'a pas"
                yield container, (name, form, "path"), cause, nearest(path, application.routes)


@rule("port-de-conteneur", where="k8s/api.yaml", bad="containerPort: 8001", good="containerPort: 8000")
def container_ports(repository: Repository) -> Iterator[Told]:
    """Un conteneur annonce un port sur lequel son application n'écoute pas."""
    for container in repository.containers():
        listening = repository.listening(container)
        for index, port in enumerate(container.maps("ports")):
            number = port.get("containerPort")
            if listening and isinstance(number, int) and number not in listening:
                remedy = nearest(str(number), map(str, listening))
                yield container, ("ports", index), f"port {number} annoncé, et rien n'y écoute", remedy


@rule("image-de-manifeste", where="k8s/api.yaml", bad="image: shop-apy:1.0", good="image: shop-api:1.0")
def images(repository: Repository) -> Iterator[Told]:
    """Un manifeste demande une image que ce dépôt construit sous un autre nom, ou avec une autre étiquette."""
    names = {image.rpartition(":")[0]: image for image in repository.built}
    for container in repository.containers():
        image = container.image.removeprefix("localhost:5001/").removeprefix("localhost:5000/")
        name = image.partition("@")[0].rpartition(":")[0] or image
        near = names.get(name) or names.get(meant(name, names))
        if near and image not in repository.built and "@" not in image:
            remedy = f"vouliez-vous dire « {near} » ?"
            yield container, ("image",), f"image « {container.image} » que rien ici ne construit", remedy


@rule("objet-en-double", where="k8s/other.yaml", bad="name: shop-config", good="name: other-config")
def duplicates(repository: Repository) -> Iterator[Told]:
    """Deux manifestes d'un même dossier décrivent le même objet : le dernier appliqué l'emporte."""
    first: dict[tuple[str | None, ...], KubeObject] = {}
    for item in repository.objects:
        if item.name and not item.path.endswith((".example", ".sample")):
            folder = item.path.rpartition("/")[0]
            other = first.setdefault((folder, item.at("apiVersion"), item.kind, item.name, item.namespace), item)
            if other is not item:
                yield item, ("metadata", "name"), f"déjà décrit dans {other.path}:{other.line}", "n'en garder qu'un"


@rule("limite-de-ressource", where="k8s/api.yaml", bad="memory: 16Mi # limit", good="memory: 64Mi # limit")
def limits(repository: Repository) -> Iterator[Told]:
    """Un conteneur demande plus qu'il n'a le droit de prendre : Kubernetes refuse son pod."""
    for container in repository.containers():
        for name, limit in mapping(container.at("resources", "limits")).items():
            if _quantity(container.at("resources", "requests", name)) > _quantity(limit) > 0:
                cause = f"demande plus de {name} que sa limite, {limit}"
                yield container, ("resources", "limits", name), cause, "monter la limite, ou baisser la demande"


def _quantity(value: Any) -> float:
    """A quantity as Kubernetes writes it; 0 for none, or for one that cannot be read."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)([A-Za-z]*)", str(value))
    return float(found[1]) * UNITS.get(found[2], 0) if found else 0


@rule("pod-refuse", where="k8s/api.yaml", bad="allowPrivilegeEscalation: true", good="allowPrivilegeEscalation: false")
def pod_security(repository: Repository) -> Iterator[Told]:
    """Un espace de noms applique un niveau de sécurité que ce pod n'a pas, et le refuserait."""
    start, strict = "pod-security.kubernetes.io/", set()
    for item in repository.of_kind("Namespace"):
        for key, value in item.labels.items():
            if key.startswith(start) and not re.fullmatch(VERSION if key.endswith("version") else LEVEL, value):
                yield item, ("metadata", "labels", key), f"« {value} » inconnu", nearest(value, LEVELS)
        if item.labels.get(f"{start}enforce") == "restricted":
            strict.add(item.name)
    for container in repository.containers():
        for key, remedy in _refused(container) if container.owner.namespace in strict else ():
            cause = f"« {key} » que « {container.owner.namespace} » refuse"
            yield container, ("securityContext", key), cause, f"écrire {remedy}"


def _refused(container: Container) -> Iterator[tuple[str, str]]:
    """What the level *restricted* of the Pod Security Standards refuses in it, and what to write."""
    own = mapping(container.at("securityContext"))
    both = {**mapping(container.owner.pod.get("securityContext")), **own}
    capabilities = mapping(own.get("capabilities"))
    if both.get("runAsNonRoot") is not True or both.get("runAsUser") == 0:
        yield "runAsNonRoot", "runAsNonRoot: true, et runAsUser autre que 0"
    if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
        yield "allowPrivilegeEscalation", "allowPrivilegeEscalation: false, sans privileged"
    if "ALL" not in items(capabilities.get("drop")) or {*items(capabilities.get("add"))} - {"NET_BIND_SERVICE"}:
        yield "capabilities", "capabilities: {drop: [ALL]}"
    if under(both, "seccompProfile", "type") not in ("RuntimeDefault", "Localhost"):
        yield "seccompProfile", "seccompProfile: {type: RuntimeDefault}"
