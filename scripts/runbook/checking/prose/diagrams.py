"""Do the flowcharts of a page draw what the manifests and the pipeline say: who selects, reads and awaits whom?"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from runbook.checking.automation.workflows import jobs_of, needs_of
from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KIND_OF, WORKLOADS, KubeObject
from runbook.reading.content import Page

RULE = "diagrams"
FENCE = re.compile(r"^ *```+ *mermaid *\n(.*?)^ *```+ *$", re.MULTILINE | re.DOTALL)
NODE = re.compile(r"\b(\w+)(?:\(\[|\[\[|\{\{|\[|\(|\{)\"?(?P<label>[^\"\[\](){}]+)\"?(?:\]\)|\]\]|\}\}|\]|\)|\})")
ARROW = re.compile(r"\s*(?:-\.->|-->|==>|---)(?:\|[^|]*\|)?\s*")
SHUTDOWN = ("preStop", "SIGTERM", "SIGKILL")
NAME = re.compile(r"\w+")
REFERENCES = ("configMapRef", "secretRef", "configMapKeyRef", "secretKeyRef", "configMap", "secret")


@dataclass(frozen=True, slots=True)
class Flowchart:
    """Node → what is written in it, and the arrows in their order: from, to, line of the source."""

    labels: dict[str, str]
    arrows: list[tuple[str, str, int]]

    def before(self, node: str) -> set[str]:
        """Every node that arrows lead from to this one."""
        found: set[str] = set()
        wanted = [node]
        while wanted:
            here = wanted.pop()
            new = {start for start, end, _ in self.arrows if end == here} - found
            found |= new
            wanted += new
        return found


def diagrams(page: Page, model: Model) -> Iterator[Finding]:
    """Each arrow between two objects of the manifests, and each job with all that it waits for."""
    for found in FENCE.finditer(page.markdown):
        first = page.markdown.count("\n", 0, found.start(1))
        if "flowchart" not in found[1]:
            yield from _shutdown(found[1], first, page)
            continue
        chart = _read(found[1], first, page)
        yield from (Finding(page.path, line, cause, remedy, RULE) for line, cause, remedy in _objects(chart, model))
        yield from (Finding(page.path, line, cause, remedy, RULE) for line, cause, remedy in _jobs(chart, model))
        yield from (
            Finding(page.path, line, cause, remedy, RULE)
            for line, cause, remedy in _variables(found[1], first, chart, page, model)
        )


def _read(text: str, first: int, page: Page) -> Flowchart:
    labels: dict[str, str] = {}
    arrows = []
    for index, line in enumerate(text.split("\n")):
        labels.update({found[1]: found["label"].strip() for found in NODE.finditer(line)})
        ends = [NAME.match(part.strip()) for part in ARROW.split(NODE.sub(lambda found: found[1], line))]
        names = [end[0] for end in ends if end]
        if len(names) == len(ends):
            arrows += [(start, end, page.line_of[first + index]) for start, end in pairwise(names)]
    return Flowchart(labels, arrows)


def _objects(chart: Flowchart, model: Model) -> Iterator[tuple[int, str, str]]:
    drawn = {node: item for node, label in chart.labels.items() if (item := _object(label, model))}
    for start, end, line in chart.arrows:
        source, target = drawn.get(start), drawn.get(end)
        if source is None or target is None or target.kind not in WORKLOADS:
            continue
        if source.kind == "Service" and target not in model.workloads_behind(source):
            yield (
                line,
                f"le Service « {source.name} » ne mène pas à « {target.name} »",
                "corriger la flèche, ou le sélecteur",
            )
        elif source.kind in ("ConfigMap", "Secret") and source.name not in _read_by(target):
            readers = sorted(
                {item.name for item in model.objects if item.kind in WORKLOADS and source.name in _read_by(item)}
            )
            yield (
                line,
                f"« {target.name} » ne reçoit pas {source.kind} « {source.name} »",
                f"lu par : {', '.join(readers) or 'personne'}",
            )


def _object(label: str, model: Model) -> KubeObject | None:
    """`Kind<br>name<br>…`."""
    kind, *rest = [part.strip() for part in label.split("<br>")]
    return (
        next((item for name in rest for item in [model.object_named(kind, name)] if item), None)
        if kind.lower() in KIND_OF
        else None
    )


def _read_by(item: KubeObject) -> set[str]:
    """The ConfigMaps and Secrets that a pod gets, as variables or as files."""
    return set(_references(item.pod_template.get("spec") or {}))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key in REFERENCES and isinstance(value, dict):
                yield str(value.get("secretName") or value.get("name"))
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _jobs(chart: Flowchart, model: Model) -> Iterator[tuple[int, str, str]]:
    """The jobs that arrows lead from are those that a job needs, whatever stands between."""
    for jobs in jobs_of(model):
        titles = {str(job.get("name") or name): name for name, job in jobs.items()}
        drawn = {node: titles[label] for node, label in chart.labels.items() if label in titles}
        needed = {name: _needed(name, jobs) & set(drawn.values()) for name in drawn.values()}
        lines = defaultdict(lambda: 1, {end: line for _, end, line in chart.arrows})
        for node, name in drawn.items() if len(drawn) > 1 else ():
            shown = {drawn[other] for other in chart.before(node) if other in drawn}
            if shown != needed[name]:
                told = (
                    ", ".join(f"« {title} »" for title, other in titles.items() if other in needed[name])
                    or "aucun autre"
                )
                yield (
                    lines[node],
                    f"« {chart.labels[node]} » attend d'autres travaux que ceux du dessin",
                    f"dans le workflow, il attend : {told}",
                )


def _needed(name: str, jobs: dict[str, dict[str, Any]], known: frozenset[str] = frozenset()) -> set[str]:
    """The jobs that this one waits for, and those that they wait for: a circle, which GitHub refuses, is gone round once."""
    direct = set(needs_of(jobs.get(name, {}))) - known
    return direct.union(*(_needed(one, jobs, known | direct) for one in direct))


def _variables(text: str, first: int, chart: Flowchart, page: Page, model: Model) -> Iterator[tuple[int, str, str]]:
    """An arrow with a variable on it leaves from an application that reads this variable."""
    for index, line in enumerate(text.split("\n")):
        found = re.match(r"\s*(\w+)\s*(?:-\.->|-->|==>)\|([^|]*)\|", line)
        for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", found[2]) if found else ():
            readers = [
                application for application, described in model.applications.items() if name in described.variables
            ]
            start = chart.labels.get(found[1], found[1]).split("<br>")[0].strip().lower() if found else ""
            if readers and start not in readers:
                yield page.line_of[first + index], f"« {start} » ne lit pas {name}", f"lue par : {', '.join(readers)}"


def _shutdown(text: str, first: int, page: Page) -> Iterator[Finding]:
    """How Kubernetes ends a pod: preStop, then SIGTERM, then SIGKILL."""
    places = {
        step: next((index for index, line in enumerate(text.split("\n")) if step in line), None) for step in SHUTDOWN
    }
    known = [(step, place) for step, place in places.items() if place is not None]
    for (step, place), (after, later) in pairwise(known):
        if later < place:
            yield Finding(
                page.path,
                page.line_of[first + later],
                f"« {after} » avant « {step} »",
                f"Kubernetes suit cet ordre : {', '.join(SHUTDOWN)}",
                RULE,
            )
