"""What rules and dashboards ask of Prometheus: does anybody give the metric, set the label, have the page?"""

import ast
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import promql_parser as promql

from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository
from runbook.repository.yamlfile import Document, Keys, items, mapping, parse_documents
from runbook.rules.finding import Finding, meant, nearest, slip
from runbook.rules.pages import sections
from runbook.rules.rule import rule

SUFFIXES = {"Counter": ("_total", "_created"), "Gauge": ("",), "Info": ("_info",), "Enum": ("",)}  # added to names
SUFFIXES |= {"Histogram": ("_bucket", "_sum", "_count", "_created"), "Summary": ("_sum", "_count", "_created")}
EVERYWHERE = ("up", "ALERTS*", "scrape_*", "process_*", "python_*")
OF_SERIES = {"__name__", "job", "instance", "le", "quantile", "alertname", "alertstate", "severity"}


@rule("metrique-inconnue", where="prometheus/rules.yml", bad="shop_orders[5m]", good="shop_orders_total[5m]")
def unknown_metric(repository: Repository) -> Iterator[Finding]:
    """Une règle d'alerte ou un tableau de bord demande une mesure que rien n'expose, ou qui a changé de nom."""
    names = {*_coded(repository), *(str(one["record"]) for _, one, _ in _rules(repository) if "record" in one)}
    declared, families = repository.settings.model.metrics, [re.split("[_:]", name)[:2] for name in names]
    for path, line, tree in _queries(repository):  # a name like no other is an exporter's, unless these are declared
        for name in sorted({one.name or "up" for one in _nodes(tree, promql.VectorSelector)} - names):
            known = any(fnmatchcase(name, one) for one in (*EVERYWHERE, *declared))
            if not known and (declared or re.split("[_:]", name)[:2] in families or meant(name, names)):
                yield Finding(path, line, f"pas de mesure « {name} »", nearest(name, names.union(declared)))


@rule("label-inconnu", where="prometheus/rules.yml", bad="sum by (chop)", good="sum by (shop)")
def unknown_label(repository: Repository) -> Iterator[Finding]:
    """Une requête choisit ou groupe par un label que sa mesure n'a pas, tout près d'un qu'elle a."""
    coded = _coded(repository)
    for path, line, tree in _queries(repository):
        for node in _nodes(tree, (promql.VectorSelector, promql.AggregateExpr)):
            own = set[str]().union(*(coded.get(one.name or "", ()) for one in _nodes(node, promql.VectorSelector)))
            asked = {one.name for one in getattr(getattr(node, "matchers", None), "matchers", ())}
            asked |= set(getattr(getattr(node, "modifier", None), "labels", ()))
            for label in sorted(asked - own - OF_SERIES):
                yield Finding(path, line, f"pas de label « {label} »", slip(label, own))


@rule("alerte-sans-page", about="tool", where="prometheus/rules.yml", bad="}}/index/#verifer", good="}}/index/")
def dead_runbook(repository: Repository, pages: Callable[[], Sequence[PageBlocks]]) -> Iterator[Finding]:
    """Le `runbook_url` d'une alerte mène à une page, ou à une section, que le site n'a pas."""
    known = {one.page.url.strip("./"): one.page for one in pages()}
    site = re.search(r"^site_url:\s*(\S+)", repository.text(repository.settings.site), re.MULTILINE)
    for document, alert, keys in _rules(repository):
        written = str(mapping(alert.get("annotations")).get("runbook_url", ""))
        path, _, anchor = written.removeprefix(site[1] if site else "").partition("#")
        path = re.sub(r"^\{\{[^}]*\}\}", "", path).strip("./")
        line, page = document.line_of(*keys, "annotations", "runbook_url"), known.get(path)
        if page is None and path.partition("/")[0] in {url.partition("/")[0] for url in known}:  # else another site's
            yield Finding(document.path, line, f"le site n'a pas de page « {path} »", nearest(path, known))
        there = sections(page.markdown) if page and anchor else None
        if page and there is not None and anchor.lower() not in there:
            yield Finding(document.path, line, f"« {page.uri} » n'a pas de « #{anchor} »", nearest(anchor, there))


def _nodes(tree: Any, kind: Any) -> list[Any]:
    found: list[Any] = []
    promql.walk(tree, found.append)
    return [node for node in found if isinstance(node, kind)]


def _queries(repository: Repository) -> Iterator[tuple[str, int, Any]]:
    """Each expression, where it stands, as a tree; not one in another language, or that Prometheus would refuse."""
    written = [(one.path, one.line_of(*keys, "expr"), str(told.get("expr"))) for one, told, keys in _rules(repository)]
    for path in sorted(name for name in repository.files if name.endswith(".json")):
        text = repository.text(path)
        for asked in re.finditer(r'"expr":\s*("(?:[^"\\]|\\.)*")', text if '"panels"' in text else ""):
            query = re.sub(r"\$\{?__\w+\}?", "5m", json.loads(asked[1]))  # what Grafana puts where a duration stands
            written.append((path, text.count("\n", 0, asked.start()) + 1, query))
    for path, line, text in written:
        with suppress(ValueError):
            yield path, line, promql.parse(text)


def _rules(repository: Repository) -> Iterator[tuple[Document, dict[str, Any], Keys]]:
    for document in _documents(repository):
        base: Keys = ("spec",) if document.at("kind") == "PrometheusRule" else ()
        for index, group in enumerate(document.maps(*base, "groups")):
            for place, told in enumerate(items(group.get("rules"))):
                yield document, mapping(told), (*base, "groups", index, "rules", place)


@lru_cache(maxsize=1)
def _documents(repository: Repository) -> tuple[Document, ...]:
    """The objects, then what ConfigMaps and plain files hold of Prometheus' own."""
    maps = [(item, key, text or "") for item in repository.of_kind("ConfigMap") for key, text in item.data.items()]
    held = [(text, item.path, item.line_of("data", key)) for item, key, text in maps]
    held += [(repository.text(path), path, 0) for path in repository.files if path.endswith((".yml", ".yaml"))]
    own = [one for one in held if re.search("(?m)^groups:", one[0])]
    return (*repository.objects, *(document for one in own for document in parse_documents(*one)[0]))


@lru_cache(maxsize=1)
def _coded(repository: Repository) -> dict[str, set[str]]:
    """Name → labels of each metric that the Python code makes, where both are written out."""
    found: dict[str, set[str]] = {}
    for text in (repository.text(path) for path in repository.files if path.endswith(".py")):
        with suppress(SyntaxError):
            calls = ast.walk(ast.parse(text if "prometheus_client" in text else ""))
            for call in (one for one in calls if isinstance(one, ast.Call) and len(one.args) > 1):
                suffixes = SUFFIXES.get(getattr(call.func, "attr", getattr(call.func, "id", "")), ())
                named = {one.arg: one.value for one in call.keywords}
                words = [*(named[word] for word in ("namespace", "subsystem") if word in named), call.args[0]]
                labels = call.args[2] if len(call.args) > 2 else named.get("labelnames", ast.Tuple([]))
                with suppress(TypeError, ValueError):
                    name, values = "_".join(map(ast.literal_eval, words)), set(ast.literal_eval(labels))
                    bare = name.removesuffix("_total") if "_total" in suffixes else name
                    found |= {bare + suffix: values for suffix in suffixes}
    return found
