"""Do the lines that kubectl and docker print name objects that exist, and that the block's commands concern?"""

import re
from collections.abc import Callable, Iterator

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.expected.state import DONE, PageState, applied, fits, named_objects, option_values, verb_of
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.objects import KIND_OF, KubeObject, selects
from runbook.reading.content import Block

OBJECT = re.compile(r"(?P<kind>[a-z]+)(?P<group>\.[a-z0-9.]+)?/(?P<name>[\w.…-]+) (?P<rest>\S.*)")
QUOTED = re.compile(r'(?P<kind>[a-z]+)(?P<group>\.[a-z0-9.]+)? "(?P<name>[^"]+)" (?P<rest>\S.*)')
CONTROLLERS = ("ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController", "Node")  # of pods
PREFIX = re.compile(r"\[pod/(?P<pod>[\w.…-]+)/(?P<container>[\w.…-]+)\]")

Told = Callable[[int, str, str], Finding]


def lines(block: Block, commands: list[Command], state: PageState) -> Iterator[Finding]:
    """Every line of the expected result against the model."""
    if block.expected is None:
        return
    calls = [command for command in commands if command.name == "kubectl"]
    text = block.expected.text.split("\n")
    start = block.expected.line

    def told(index: int, cause: str, remedy: str) -> Finding:
        return Finding(block.page, start + index, f"résultat attendu : {cause}", remedy, "expected_lines")

    if calls:
        yield from _applied(calls, text, told, state)
        for index, line in enumerate(text):
            yield from _object(calls, index, line, told, state)
            yield from _pod(index, line, told, state)
            yield from _selected(calls, index, line, told, state)
            yield from _described(index, text, told, state)
    if any(command.name in ("docker", "kubectl") for command in commands):
        for index, line in enumerate(text):
            yield from _images(index, line, told, state)
    if any(command.name == "docker" for command in commands):
        for index, line in enumerate(text):
            yield from _compose(index, line, told, state)


def _selected(calls: list[Command], index: int, line: str, told: Told, state: PageState) -> Iterator[Finding]:
    """`[pod/name/container] …` after `kubectl logs -l`: a pod that the selector takes."""
    selectors = [
        text
        for call in calls
        if verb_of(call) == "logs"
        for text in option_values(call, "-l", "--selector")
        if UNKNOWN not in text
    ]
    taken = [
        item.name
        for item in state.model.objects
        for text in selectors
        if item.pod_template and selects(text, item.pod_template.get("metadata", {}).get("labels") or item.labels)
    ]
    for found in PREFIX.finditer(line):
        owner = state.workload_of(found["pod"])
        if owner is not None and taken and owner.name not in taken:
            yield told(
                index,
                f"une ligne de « {owner.name} », que le sélecteur « {selectors[0]} » écarte",
                "corriger le sélecteur, ou le résultat",
            )


def _applied(calls: list[Command], text: list[str], told: Told, state: PageState) -> Iterator[Finding]:
    """`apply -f` prints one line an object, in the order of the files."""
    if {verb_of(call) for call in calls} != {"apply"} or any(line.strip() == UNKNOWN for line in text):
        return
    wanted = [_label(item) for call in calls for item in applied(state.model, call)]
    shown = [(index, line.partition(" ")[0]) for index, line in enumerate(text) if line.strip()]
    if not wanted or [word for _, word in shown] == wanted:
        return
    for (index, word), name in zip(shown, wanted, strict=False):
        if not fits(word, name):
            yield told(
                index,
                f"« {word} », là où la commande dit « {name} »",
                "reprendre les objets des fichiers, dans leur ordre",
            )
            return
    if len(shown) != len(wanted):
        yield told(
            shown[-1][0] if shown else 0,
            f"{len(shown)} objets, et les fichiers en ont {len(wanted)}",
            f"attendu : {', '.join(wanted)}",
        )


def _object(calls: list[Command], index: int, line: str, told: Told, state: PageState) -> Iterator[Finding]:
    found = OBJECT.fullmatch(line.strip()) or QUOTED.fullmatch(line.strip())
    if found is None:
        return
    kind = KIND_OF.get(found["kind"]) or KIND_OF.get(found["kind"] + (found["group"] or ""))
    if kind is None:
        if any(found["rest"].startswith(ending) for endings in DONE.values() for ending in endings):
            yield told(index, f"kubectl ne connaît pas « {found['kind']} »", nearest(found["kind"], KIND_OF))
        return
    name = found["name"]
    if not state.knows(kind, name):
        yield told(index, f"{kind} « {name} » n'existe pas", nearest(name, state.names(kind)))
        return
    owner = state.workload_of(name) if kind == "Pod" else None
    selectors = [value for call in calls if call.captured for value in option_values(call, "-l", "--selector")]
    if (
        owner is not None
        and selectors
        and not any(
            UNKNOWN in value or selects(value, owner.pod_template.get("metadata", {}).get("labels") or {})
            for value in selectors
        )
    ):
        yield told(
            index,
            f"pod de « {owner.name} », que « -l {selectors[0]} » ne choisit pas",
            "reprendre le nom que la commande trouve",
        )
    item = next((item for item in state.model.of_kind(kind) if fits(name, item.name)), None)
    if (
        item is not None
        and found.re is OBJECT
        and f"{found['kind']}{found['group'] or ''}" != _label(item).partition("/")[0]
    ):
        yield told(index, f"kubectl écrit « {_label(item)} »", "reprendre ce que la commande affiche")
    yield from _concerned(calls, index, kind, name, found["rest"], told, state)


def _concerned(
    calls: list[Command], index: int, kind: str, name: str, rest: str, told: Told, state: PageState
) -> Iterator[Finding]:
    """The block's commands name this object, and do what the line says."""
    endings = [ending for call in calls for ending in DONE.get(verb_of(call), ())]
    whole = all(DONE.get(verb_of(call)) or verb_of(call).startswith(("get", "logs", "describe")) for call in calls)
    known_ending = any(rest.startswith(ending) for others in DONE.values() for ending in others)
    if (
        endings
        and whole
        and known_ending
        and UNKNOWN not in rest
        and not any(rest.startswith(ending) for ending in endings)
    ):
        yield told(index, f"« {rest} », et la commande fait autre chose", f"attendu : {', '.join(endings)}")
    named = [pair for call in calls for pair in named_objects(call)]
    named += [(item.kind, item.name) for call in calls for item in applied(state.model, call)]
    unknown = any(UNKNOWN in word.text or word.text == "-" for call in calls for word in call.arguments)
    acts = any(rest.startswith(ending) for ending in endings)
    if acts and named and not unknown and not any(other == kind and fits(name, known) for other, known in named):
        yield told(
            index,
            f"{kind} « {name} », que la commande ne nomme pas",
            f"la commande nomme {', '.join(known for _, known in named)}",
        )


def _pod(index: int, line: str, told: Told, state: PageState) -> Iterator[Finding]:
    """`[pod/name/container]`, `Started container x` and such."""
    for found in PREFIX.finditer(line):
        if not state.knows("Pod", found["pod"]):
            yield told(index, f"pod « {found['pod']} » impossible", nearest(found["pod"], state.names("Pod")))
            continue
        workload = state.workload_of(found["pod"])
        names = [str(spec.get("name")) for spec in workload.containers] if workload else []
        if names and not any(fits(found["container"], name) for name in names):
            yield told(
                index,
                f"« {workload.name if workload else ''} » n'a pas de conteneur « {found['container']} »",
                nearest(found["container"], names),
            )
    known = {container.name for container in state.containers}
    for word in re.findall(r"(?:Created|Started|Stopping) container ([\w.-]+)", line):
        if word not in known and known:
            yield told(index, f"conteneur « {word} » inconnu", nearest(word, known))
    for kind, name in re.findall(r"(?:Created|Deleted) (pod): ([\w.…-]+)", line):
        if not state.knows(KIND_OF[kind], name):
            yield told(index, f"pod « {name} » impossible", nearest(name, state.names("Pod")))


def _described(index: int, text: list[str], told: Told, state: PageState) -> Iterator[Finding]:
    """The lines of `kubectl describe` that the manifests decide; those of one pod by the containers of its workload."""
    key, mark, value = text[index].strip().partition(":")
    value = value.strip()
    name = next((row.partition(":")[2].strip() for row in text[:index] if row.startswith("Name:")), "")
    owner = state.workload_of(name) if name else None
    every = [container for container in state.containers if owner is None or container.item == owner]
    if not mark or not value or value.startswith(UNKNOWN):
        return
    if key == "Namespace" and value not in state.model.namespaces:
        yield told(index, f"espace de noms « {value} » inconnu", nearest(value, state.model.namespaces))
    elif key in ("Liveness", "Readiness", "Startup") and value.startswith("http-get"):
        probes = [container.spec.get(f"{key.lower()}Probe", {}).get("httpGet", {}) for container in every]
        shown = {f"http-get http://:{probe.get('port')}{probe.get('path')}" for probe in probes if probe}
        if not any(value.split(" ")[:2] == known.split(" ") for known in shown):
            yield told(index, f"{key} : aucune sonde « {' '.join(value.split(' ')[:2])} »", nearest(value, shown))
    elif key == "Controlled By" and value.partition("/")[0] not in CONTROLLERS:
        yield told(index, f"« {value} » ne crée pas de pod", nearest(value.partition("/")[0], CONTROLLERS))
    elif (
        key == "Controlled By"
        and value.startswith("ReplicaSet/")
        and not state.knows("ReplicaSet", value.partition("/")[2])
    ):
        yield told(index, f"« {value} » impossible", nearest(value.partition("/")[2], state.names("ReplicaSet")))
    elif (
        key == "Name"
        and "-" in value
        and not any(
            state.knows(kind, value)
            for kind in ("Pod", "Deployment", "Service", "ConfigMap", "Secret", "Namespace", "Node")
        )
    ):
        yield told(index, f"aucun objet « {value} »", nearest(value, state.names("Pod")))
    elif key in ("memory", "cpu"):
        under = next(
            (
                row.strip().rstrip(":").lower()
                for row in reversed(text[:index])
                if row.strip() in ("Limits:", "Requests:")
            ),
            "",
        )
        resources = [container.spec.get("resources") or {} for container in every]
        sizes = {
            str(part.get(key))
            for one in resources
            for heading, part in one.items()
            if isinstance(part, dict) and under in ("", heading) and key in part
        }
        if sizes and value not in sizes and value not in state.said:
            yield told(index, f"{key} « {value} » : aucun conteneur ne la demande", nearest(value, sizes))


def _images(index: int, line: str, told: Told, state: PageState) -> Iterator[Finding]:
    """An image of a known repository has the tag that Compose builds, or one that the page typed."""
    known = {*state.images, *(str(container.spec.get("image")) for container in state.containers)}
    repositories = {name.rpartition(":")[0] for name in known}
    pattern = "|".join(map(re.escape, sorted(repositories, key=len, reverse=True)))
    for name, tag in re.findall(rf"(?<![\w/-])({pattern}):([\w.-]+)", line) if pattern else []:
        image = f"{name}:{tag}"
        if image not in known and image not in state.said and tag != "latest":
            yield told(index, f"image « {image} » que rien ne construit", nearest(image, known))
    for image in re.findall(r'(?:[Cc]ontainer image|pull image|Image:)\s+"?([\w./-]+:[\w.-]+)', line):
        if image not in known and image not in state.said:
            yield told(index, f"image « {image} » que rien ne construit", nearest(image, known))


def _compose(index: int, line: str, told: Told, state: PageState) -> Iterator[Finding]:
    """Container and network names that Compose makes from the project's name."""
    project = str(state.model.compose.get("name", ""))
    if not project:
        return
    names = {
        str(service.get("container_name") or f"{project}-{name}-1") for name, service in state.model.services.items()
    }
    networks = {f"{project}_{name}" for name in state.model.compose.get("networks") or {"default": None}}
    found = re.match(r"…? *(Container|Network) ([\w.…-]+)(?= |$)", line.strip())
    if found:
        if not line.startswith(UNKNOWN) or not line.rstrip().endswith(UNKNOWN):
            yield told(
                index,
                "dans un terminal, Compose met une coche devant cette ligne et une durée derrière",
                f"encadrer la ligne de {UNKNOWN}, qui vaut aussi pour rien",
            )
        known = names if found[1] == "Container" else networks
        if not any(fits(found[2], name) for name in known):
            yield told(
                index,
                f"{'conteneur' if found[1] == 'Container' else 'réseau'} « {found[2]} » que Compose ne crée pas",
                nearest(found[2], known),
            )
    log = re.match(r"…?([\w.-]+?)-(\d+) +\|", line)
    if log and log[1].removeprefix(f"{project}-") not in state.model.services:
        yield told(index, f"journal d'un service « {log[1]} » inconnu", nearest(log[1], state.model.services))


def _label(item: KubeObject) -> str:
    group = str(item.at("apiVersion", default="v1")).rpartition("/")[0]
    return f"{item.kind.lower()}{'.' + group if group else ''}/{item.name}"
