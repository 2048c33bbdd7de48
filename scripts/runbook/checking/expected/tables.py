"""Do the tables of kubectl and docker show names, ports and counts that the manifests and Compose give?"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.expected.lines import Told
from runbook.checking.expected.state import STOPS, PageState, fits, verb_of
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.compose_values import published
from runbook.checking.offered.containers import values_of
from runbook.checking.offered.objects import KIND_OF, KubeObject
from runbook.matching.tables import find
from runbook.reading.content import Block


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the expected result, and its cells by heading."""

    index: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, UNKNOWN)

    @property
    def name(self) -> str:
        """Without the kind that `get all` puts before it."""
        return self["NAME"].rpartition("/")[2]


Rows = list[Row]
Check = Callable[[Rows, Told, PageState], Iterator[Finding]]


def tables(block: Block, commands: list[Command], state: PageState) -> Iterator[Finding]:
    """Every table of the expected result against the model."""
    if block.expected is None or not any(command.name in ("kubectl", "docker") for command in commands):
        return
    lines = [line.rstrip() for line in block.expected.text.split("\n")]
    start = block.expected.line

    def told(index: int, cause: str, remedy: str) -> Finding:
        return Finding(block.page, start + index, f"résultat attendu : {cause}", remedy, "expected_tables")

    for table in find(lines).values():
        rows, gaps = [], False
        for index in range(table.start, table.end):
            cells = table.cells(lines[index])
            if lines[index].strip() == UNKNOWN:
                gaps = True
            elif cells is not None:
                rows.append(Row(index, dict(zip(table.headings, cells, strict=False))))
        check = next((check for headings, check in CHECKS.items() if set(headings) <= set(table.headings)), None)
        if check is not None:
            yield from check(rows, told, state)
            if rows and not gaps:
                yield from _complete(check, rows, commands, table.first, told, state)


def _deployments(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        item = _known("Deployment", row, told, state)
        if isinstance(item, Finding):
            yield item
        elif item is not None:
            wanted = state.wanted(item)
            settled = item.name not in state.unsettled
            ready = row["READY"].split("/")
            if len(ready) == 2 and ready[1].isdecimal() and int(ready[1]) != wanted:
                yield told(
                    row.index,
                    f"READY {row['READY']}, et « {item.name} » a {wanted} réplica(s)",
                    f"écrire {wanted}/{wanted}",
                )
            if not settled and row["UP-TO-DATE"].isdecimal() and int(row["UP-TO-DATE"]) > wanted:
                yield told(
                    row.index,
                    f"UP-TO-DATE {row['UP-TO-DATE']}, et « {item.name} » a {wanted} réplica(s)",
                    f"écrire {wanted}",
                )
            for heading, value in (
                ("READY", ready[0]),
                ("UP-TO-DATE", row["UP-TO-DATE"]),
                ("AVAILABLE", row["AVAILABLE"]),
            ):
                if (
                    settled
                    and value.isdecimal()
                    and int(value) != wanted
                    and not (heading == "READY" and ready[1:] != [str(wanted)])
                ):
                    yield told(
                        row.index, f"{heading} {value}, et « {item.name} » a {wanted} réplica(s)", f"écrire {wanted}"
                    )


def _replica_sets(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        if not state.knows("ReplicaSet", row.name):
            yield told(row.index, f"ReplicaSet « {row.name} » impossible", nearest(row.name, state.names("ReplicaSet")))
            continue
        owner = state.workload_of(row.name)
        numbers = [row[heading] for heading in ("DESIRED", "CURRENT", "READY")]
        if owner and owner.name not in state.unsettled and set(numbers) - {str(state.wanted(owner)), "0", UNKNOWN}:
            yield told(
                row.index,
                f"{' '.join(numbers)}, et « {owner.name} » a {state.wanted(owner)} réplica(s)",
                f"écrire {state.wanted(owner)}",
            )


def _pods(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        if not state.knows("Pod", row.name):
            yield told(row.index, f"pod « {row.name} » impossible", nearest(row.name, state.names("Pod")))
            continue
        owner = state.workload_of(row.name)
        size = len(owner.containers) if owner else None
        ready = row["READY"].split("/")
        if size is not None and len(ready) == 2 and ready[1].isdecimal() and int(ready[1]) != size:
            yield told(
                row.index,
                f"READY {row['READY']}, et le pod de « {owner.name if owner else ''} » a {size} conteneur(s)",
                f"écrire {size}/{size}",
            )
        if len(ready) == 2 and all(part.isdecimal() for part in ready):
            yield from _told_of_pod(row, int(ready[0]), int(ready[1]), told, state)
        if (
            row["STATUS"] == "Running"
            and owner
            and owner.name not in state.unsettled
            and len(ready) == 2
            and ready[0] != ready[1]
        ):
            yield told(
                row.index, f"READY {row['READY']} sur un pod que rien n'a changé", f"écrire {ready[1]}/{ready[1]}"
            )


def _is_one_of(status: str, known: Iterable[str]) -> bool:
    return status != UNKNOWN and any(fits(status, one) for one in known)


def _told_of_pod(row: Row, ready: int, size: int, told: Told, state: PageState) -> Iterator[Finding]:
    """What no pod shows: more ready containers than it has, all of them ready before they started, a restart without a cause."""
    before = _is_one_of(row["STATUS"], NOT_STARTED)
    if ready > size or (ready == size and (before or _is_one_of(row["STATUS"], ENDED))):
        yield told(
            row.index,
            f"READY {row['READY']} sur un pod « {row['STATUS']} »",
            f"écrire {size if ready > size else size - 1}/{size}",
        )
    restarts = row["RESTARTS"]  # one with its age, `3 (5m ago)`, was seen
    if (
        restarts.isdecimal()
        and int(restarts)
        and (before or (row["STATUS"] == "Running" and not STOPS.search(state.said)))
    ):
        yield told(row.index, f"RESTARTS {row['RESTARTS']}, et rien dans la page n'arrête un conteneur", "écrire 0")


def _services(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        item = _known("Service", row, told, state)
        if isinstance(item, Finding):
            yield item
        elif item is not None:
            kind = item.at("spec", "type", default="ClusterIP")
            if UNKNOWN not in row["TYPE"] and row["TYPE"] != kind:
                yield told(
                    row.index, f"TYPE {row['TYPE']}, et le Service « {item.name} » est un {kind}", f"écrire {kind}"
                )
            ports = ",".join(_port(port) for port in item.at("spec", "ports", default=[]))
            if not fits(row["PORT(S)"], ports):
                yield told(
                    row.index, f"PORT(S) {row['PORT(S)']}, et le Service « {item.name} » a {ports}", f"écrire {ports}"
                )
            if kind in ("ClusterIP", "NodePort") and row["EXTERNAL-IP"] not in ("<none>", UNKNOWN):
                yield told(row.index, f"EXTERNAL-IP {row['EXTERNAL-IP']} sur un {kind}", "écrire <none>")


def _endpoints(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        item = _known("Service", row, told, state)
        if isinstance(item, Finding):
            yield item
            continue
        behind = state.model.workloads_behind(item)[:1] if item else []
        for workload in behind:
            numbers = {
                str(port.get("containerPort")) for spec in workload.containers for port in spec.get("ports") or []
            }
            ports = re.findall(r":(\d+)", row["ENDPOINTS"])
            for port in sorted(set(ports) - numbers):
                yield told(
                    row.index,
                    f"adresse sur le port {port}, et les pods de « {workload.name} » écoutent sur {', '.join(sorted(numbers))}",
                    f"écrire {min(numbers, default=port)}",
                )
            count = 0 if row["ENDPOINTS"] == "<none>" else len(ports)
            if (
                workload.name not in state.unsettled
                and count != state.wanted(workload)
                and not re.search(r"(?<!\d)…(?!:)", row["ENDPOINTS"])
            ):
                yield told(
                    row.index,
                    f"{count} adresse(s), et « {workload.name} » a {state.wanted(workload)} réplica(s)",
                    "une adresse par pod",
                )


def _configuration(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        kind = "Secret" if row["TYPE"] != UNKNOWN else "ConfigMap"
        if row.name == "kube-root-ca.crt" or row["TYPE"].startswith("kubernetes.io/"):
            continue
        item = _known(kind, row, told, state)
        if isinstance(item, Finding):
            yield item
        elif item is not None:
            count = str(len(values_of(item)))
            if row["DATA"] not in (count, UNKNOWN):
                yield told(
                    row.index, f"DATA {row['DATA']}, et {kind} « {item.name} » a {count} clé(s)", f"écrire {count}"
                )
            if kind == "Secret" and row["TYPE"] not in (item.at("type", default="Opaque"), UNKNOWN):
                yield told(row.index, f"TYPE {row['TYPE']}", f"écrire {item.at('type', default='Opaque')}")


def _namespaces(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    known = {*state.model.namespaces, "kube-public", "kube-node-lease"}
    for row in rows:
        if (
            UNKNOWN not in row.name
            and row["ROLES"] == UNKNOWN
            and row["STATUS"] in ("Active", "Terminating")
            and row.name not in known
        ):
            yield told(row.index, f"espace de noms « {row.name} » inconnu", nearest(row.name, state.model.namespaces))


def _events(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    for row in rows:
        kind, mark, name = row["OBJECT"].partition("/")
        if not mark or UNKNOWN in kind:
            continue
        if kind not in KIND_OF:
            yield told(row.index, f"kubectl ne connaît pas « {kind} »", nearest(kind, KIND_OF))
        elif not state.knows(KIND_OF[kind], name):
            yield told(row.index, f"{KIND_OF[kind]} « {name} » n'existe pas", nearest(name, state.names(KIND_OF[kind])))


def _containers(rows: Rows, told: Told, state: PageState) -> Iterator[Finding]:
    project = str(state.model.compose.get("name", UNKNOWN))
    for row in rows:
        service = state.model.services.get(row["SERVICE"])
        if service is None:
            if UNKNOWN not in row["SERVICE"]:
                yield told(
                    row.index,
                    f"service « {row['SERVICE']} » absent de Compose",
                    nearest(row["SERVICE"], state.model.services),
                )
            continue
        name = str(service.get("container_name") or f"{project}-{row['SERVICE']}-1")
        if not fits(row["NAME"], name):
            yield told(row.index, f"conteneur « {row['NAME']} », que Compose appelle « {name} »", f"écrire {name}")
        if not fits(row["IMAGE"], str(service.get("image", row["IMAGE"]))):
            yield told(
                row.index,
                f"image « {row['IMAGE']} », et le service « {row['SERVICE']} » a {service.get('image')}",
                f"écrire {service.get('image')}",
            )
        ports = ", ".join(
            f"{port.address or '0.0.0.0'}:{port.host}->{port.target}/tcp" for port in published(service) if port.host
        )  # noqa: S104 - what Docker prints
        if not fits(row["PORTS"], ports):
            yield told(
                row.index,
                f"PORTS {row['PORTS']}, et le service « {row['SERVICE']} » publie {ports or 'rien'}",
                f"écrire {ports}",
            )


NOT_STARTED = (
    "Pending",
    "ContainerCreating",
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "CreateContainerConfigError",
)
ENDED = ("CrashLoopBackOff", "Error", "OOMKilled", "Completed", "ContainerStatusUnknown")
CHECKS: dict[tuple[str, ...], Check] = {
    ("NAME", "READY", "UP-TO-DATE", "AVAILABLE"): _deployments,
    ("NAME", "DESIRED", "CURRENT", "READY"): _replica_sets,
    ("NAME", "READY", "STATUS", "RESTARTS"): _pods,
    ("NAME", "TYPE", "PORT(S)"): _services,
    ("NAME", "ENDPOINTS"): _endpoints,
    ("NAME", "DATA"): _configuration,
    ("NAME", "STATUS", "AGE"): _namespaces,
    ("TYPE", "REASON", "OBJECT"): _events,
    ("NAME", "IMAGE", "SERVICE", "PORTS"): _containers,
}


def _complete(
    check: Check, rows: Rows, commands: list[Command], first: int, told: Told, state: PageState
) -> Iterator[Finding]:
    """A list without `…` rows, of all that the base holds, names it all, and as many pods as replicas."""
    gets = [command for command in commands if command.name == "kubectl" and verb_of(command) == "get"]
    if check is _pods:
        counts = Counter(owner.name for row in rows for owner in [state.workload_of(row.name)] if owner)
        for workload in state.model.objects:
            if (
                workload.kind == "Deployment"
                and workload.name in counts
                and workload.name not in state.unsettled
                and counts[workload.name] != state.wanted(workload)
            ):
                yield told(
                    first,
                    f"{counts[workload.name]} pod(s) de « {workload.name} », qui a {state.wanted(workload)} réplica(s)",
                    "une ligne par pod",
                )
    if len(gets) != 1 or any(word.text.startswith(("-l", "--selector", "--field-selector")) for word in gets[0].words):
        return
    kinds: dict[Check, str] = {
        _deployments: "Deployment",
        _services: "Service",
        _endpoints: "Service",
        _pods: "Deployment",
    }
    kind = kinds.get(check)
    asked = gets[0].words[2].text if len(gets[0].words) > 2 else ""
    plain = [
        word.text
        for word in gets[0].words[3:]
        if not word.text.startswith("-") and word.text not in state.model.namespaces
    ]
    if kind is None or "/" in asked or plain or not state.model.settings.model.base:
        return
    shown = (
        {owner.name for row in rows for owner in [state.workload_of(row.name)] if owner}
        if check is _pods
        else {row.name for row in rows}
    )
    for item in state.model.of_kind(kind):
        base = item.path.rpartition("/")[0] == state.model.settings.model.base
        if (
            base
            and item.name not in shown
            and not (check is _pods and state.wanted(item) == 0)
            and not any(fits(name, item.name) for name in shown)
        ):
            yield told(first, f"{kind} « {item.name} » manque dans la liste", "l'ajouter")


def _known(kind: str, row: Row, told: Told, state: PageState) -> KubeObject | Finding | None:
    """The object of a row; None for one that a command made or that only running can tell."""
    if row.name == UNKNOWN:
        return None
    item = next((item for item in state.model.of_kind(kind) if fits(row.name, item.name)), None)
    if item is None and not state.knows(kind, row.name):
        return told(row.index, f"{kind} « {row.name} » n'existe pas", nearest(row.name, state.names(kind)))
    return item


def _port(port: dict[str, object]) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}"
