"""`kubectl set env`, `set image`, `set resources`: do the container, the image and the variable exist?"""

import re
from collections.abc import Iterator

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.targets import Target, items
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.objects import KubeObject

RULE = "kubectl_settings"
QUANTITY = re.compile(r"\d+(?:\.\d+)?(?:m|k|Ki|M|Mi|G|Gi|T|Ti)?")


def image(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """`CONTAINER=IMAGE`: a container of each workload, an image that Compose builds or that a workload runs."""
    pairs = [word for word in call.operands if re.match(r"[\w.*-]+=", word.text)]
    if not pairs and not any(UNKNOWN in word.text for word in call.operands):
        yield call.finding(
            RULE, "« kubectl set image » sans conteneur=image", "ajouter conteneur=image:étiquette", call.word
        )
    for word in pairs:
        container, _, name = word.text.partition("=")
        yield from check_container(call, Word(container, word.line), _workloads(call, targets), any_name="*")
        yield from check_image(call, word, name)
        yield from _same_image(call, targets, word, name)
        _remember(call, targets, name)


def _same_image(call: Call, targets: list[Target], word: Word, name: str) -> Iterator[Finding]:
    """The first image that a page gives is another than the manifest's: Kubernetes only looks at the name."""
    for item in _workloads(call, targets):
        first = (item.kind, item.name) not in call.situation.cluster.images_given
        call.situation.cluster.images_given.add((item.kind, item.name))
        if first and item.path and any(str(container.get("image")) == name for container in item.containers):
            yield call.finding(
                RULE,
                f"« {item.name} » a déjà l'image « {name} » : la commande ne changerait rien",
                "demander une autre étiquette",
                word,
            )


def _remember(call: Call, targets: list[Target], name: str) -> None:
    """Which workloads have an image that nothing built, for whoever waits for them."""
    cluster = call.situation.cluster
    if call.dry or call.command.block.not_run or call.command.block.cleanup:
        return
    for item in _workloads(call, targets):
        if UNKNOWN in name or name in images(call):
            cluster.missing_images.pop((item.kind, item.name), None)
        else:
            cluster.missing_images[item.kind, item.name] = name


def images(call: Call) -> set[str]:
    """The images that manifests run, Compose builds or the page built."""
    model = call.situation.model
    used = {str(container.get("image", "")) for item in model.objects for container in item.containers}
    return {*used, *(str(service.get("image", "")) for service in model.services.values()), *call.situation.images}


def check_image(call: Call, word: Word, name: str, *, own: bool = True) -> Iterator[Finding]:
    """The image's repository is one that Compose builds or a manifest runs; its tag is free: a page may ask for one that is missing.

    Without `own` it may be a public one, and only a name close to one of these is wrong.
    """
    repositories = {repository_of(item) for item in images(call) if item}
    if not name:
        yield call.finding(RULE, f"« {word.text} » : il manque l'image", "écrire dépôt:étiquette", word)
    elif UNKNOWN not in repository_of(name) and repository_of(name) not in repositories:
        near = nearest(repository_of(name), repositories)
        if own or near.startswith("vouliez"):
            yield call.finding(RULE, f"rien ici ne construit l'image « {repository_of(name)} »", near, word)


def repository_of(name: str) -> str:
    """An image's name without its tag and digest."""
    name = name.partition("@")[0]
    head, separator, last = name.rpartition("/")
    return f"{head}{separator}{last.partition(':')[0]}"


def check_container(call: Call, word: Word, workloads: list[KubeObject], any_name: str = "") -> Iterator[Finding]:
    """A container of one of these workloads is called that."""
    names = {str(container.get("name")) for item in workloads for container in item.containers}
    if names and UNKNOWN not in word.text and word.text not in (*names, any_name):
        yield call.finding(
            RULE, f"aucun conteneur « {word.text} » dans « {workloads[0].name} »", nearest(word.text, names), word
        )


def env(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """`NAME=value` and `NAME-`: variables that an application reads or a container already has."""
    for word in call.usage.values("--containers"):
        yield from check_container(call, word, _workloads(call, targets), any_name="*")
    for word in call.usage.values("--from"):
        yield from _source(call, word)
    workloads = _workloads(call, targets)
    if any(not item.path for item in workloads):  # made by the page itself, of any image
        return
    known = variables(call, workloads)
    given = [*call.operands, *call.usage.values("--env")]
    for word in given:
        found = re.match(r"([\w.]+)(=|-$)", word.text)
        if found and found[1] not in known and "/" not in found[1]:
            yield call.finding(
                RULE, f"aucune application ne lit la variable « {found[1]} »", nearest(found[1], known), word
            )


def variables(call: Call, workloads: list[KubeObject]) -> set[str]:
    """What the applications read, and what these workloads' containers are given."""
    model = call.situation.model
    known = {name for application in model.applications.values() for name in application.variables}
    for item in workloads:
        for container in item.containers:
            known |= {str(entry.get("name")) for entry in container.get("env") or []}
            for source in container.get("envFrom") or []:
                for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                    named = model.object_named(kind, str((source.get(key) or {}).get("name", "")))
                    known |= data_keys(named) if named else set()
    return known


def data_keys(item: KubeObject) -> set[str]:
    """The keys of a ConfigMap or of a Secret."""
    return {str(key) for part in ("data", "stringData", "binaryData") for key in (item.at(part) or {})}


def _source(call: Call, word: Word) -> Iterator[Finding]:
    kind, _, name = word.text.partition("/")
    cluster = call.situation.cluster
    wanted = {"configmap": "ConfigMap", "cm": "ConfigMap", "secret": "Secret"}.get(kind)
    if wanted is None and UNKNOWN not in kind:
        yield call.finding(
            RULE, f"--from={word.text} : ni ConfigMap ni Secret", "écrire configmap/nom ou secret/nom", word
        )
    elif wanted and not any(cluster.owners(wanted, name)):
        yield call.finding(
            RULE,
            f"aucun manifeste ne décrit « {word.text} »",
            nearest(name, {item.name for item in cluster.owners(wanted)}),
            word,
        )


def resources(call: Call, targets: list[Target]) -> Iterator[Finding]:
    """`--requests` and `--limits`: known resources, in quantities that Kubernetes reads."""
    for word in call.usage.values("--containers"):
        yield from check_container(call, word, _workloads(call, targets), any_name="*")
    given = call.usage.values("--requests", "--limits")
    if not given:
        yield call.finding(
            RULE,
            "« kubectl set resources » sans --requests ni --limits",
            "ajouter par exemple --limits=memory=256Mi",
            call.word,
        )
    for word in given:
        for pair in word.text.split(","):
            name, _, quantity = pair.partition("=")
            if name not in ("cpu", "memory", "ephemeral-storage") and UNKNOWN not in name:
                yield call.finding(
                    RULE, f"ressource « {name} » inconnue", nearest(name, ("cpu", "memory", "ephemeral-storage")), word
                )
            elif UNKNOWN not in quantity and not QUANTITY.fullmatch(quantity):
                yield call.finding(
                    RULE, f"« {quantity} » n'est pas une quantité", "écrire par exemple 250m, 1 ou 256Mi", word
                )


def _workloads(call: Call, targets: list[Target]) -> list[KubeObject]:
    return [item for target in targets for item in items(call, target) if item.containers]
