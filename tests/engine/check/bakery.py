"""A repository in memory with manifests of its own, and what the check says of kubectl commands on a page of it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from werkzeug.routing import Map, Rule

from runbook.checking.check import check_commands
from runbook.checking.finding import Finding
from runbook.checking.offered.applications import Application
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import objects_in
from runbook.reading.content import Block, Page, PageBlocks
from runbook.settings import Settings

NAMESPACE = "kind: Namespace\nmetadata: {name: bakery, labels: {team: bread}}\n"
CONFIG = "kind: ConfigMap\nmetadata: {name: oven-config, namespace: bakery}\ndata: {HEAT: '220', MODE: fan}\n"
SECRET = "kind: Secret\nmetadata: {name: oven-secret, namespace: bakery}\nstringData: {RECIPE: guess}\n"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: bakery, labels: {{app: {name}, part: bakery}}}}
spec:
  replicas: 2
  template:
    metadata: {{labels: {{app: {name}, part: bakery}}}}
    spec:
      containers:
        - name: {container}
          image: {name}:1.0
          securityContext: {{readOnlyRootFilesystem: {frozen}}}
          ports: [{{name: http, containerPort: {port}}}]
          envFrom: [{{configMapRef: {{name: oven-config}}}}]
          env: [{{name: LEVEL, value: low}}]
          volumeMounts: [{{name: recipe, mountPath: /run/recipe}}]
{more}      volumes: [{{name: recipe, secret: {{secretName: oven-secret}}}}]
"""
SERVICE = """
kind: Service
metadata: {name: oven, namespace: bakery, labels: {app: oven}}
spec: {type: NodePort, selector: {app: oven}, ports: [{name: web, port: 80, targetPort: http, nodePort: 30001}]}
"""
SIDECAR = "        - {name: proxy, image: 'counter:1.0', securityContext: {readOnlyRootFilesystem: true}}\n"
MANIFESTS = {
    "deploy/config.yaml": CONFIG,
    "deploy/counter.yaml": DEPLOYMENT.format(name="counter", container="till", port=9000, frozen="true", more=SIDECAR),
    "deploy/oven.yaml": DEPLOYMENT.format(name="oven", container="oven", port=7000, frozen="false", more=""),
    "deploy/secret.yaml.example": SECRET,
    "deploy/service.yaml": SERVICE,
    "deploy/zone.yaml": NAMESPACE,
    "extra/taster.yaml": "kind: Pod\nmetadata: {name: taster, namespace: bakery, labels: {app: taster}}\nspec: {containers: [{name: taster, image: 'oven:1.0'}]}\n",
    "extra/loose.yaml": "kind: ConfigMap\nmetadata: {name: loose}\ndata: {A: b}\n",
    "local/cluster.yaml": "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n",
}
SETTINGS = {
    "targets": {"cluster": {"title": "Cluster", "contexts": ["kind-*"]}},
    "model": {"base": "deploy", "generated": ["deploy/secret.yaml"]},
}
# What a page of its own did before, for the pages that come after it.
DEPLOY = "kubectl apply -f deploy/zone.yaml -f deploy/ -f deploy/secret.yaml"

MODEL = Model(
    root=Path("/nowhere"),
    settings=msgspec.convert(SETTINGS, Settings),
    files=frozenset({*MANIFESTS, "deploy/secret.yaml", "notes/read.txt", "README.md"}),
    objects=tuple(item for path, text in MANIFESTS.items() for item in objects_in(text, path)),
    compose={"services": {"oven": {"image": "oven:1.0"}}},
    applications={
        "oven": Application("oven", Map([Rule("/", endpoint="/")]), ("/",), {"LEVEL": "low", "COLOUR": None}, (7000,))
    },
    faults=(),
)


def manifest_of(path: str, text: str) -> Model:
    """The repository with another text in one manifest."""
    kept = tuple(item for item in MODEL.objects if item.path != path)
    return replace(MODEL, objects=(*kept, *objects_in(text, path)), files=MODEL.files | {path})


def block(code: str, **more: Any) -> Block:
    """One block whose first command stands at line 11."""
    return Block(page="docs/page.md", line=10, title=None, code=code, target="cluster", **more)


def page(*blocks: Block, uri: str = "page.md", after: tuple[str, ...] = ()) -> PageBlocks:
    """A page with these blocks."""
    text = "\n".join(block.code for block in blocks)
    return PageBlocks(
        Page(f"docs/{uri}", uri, uri, "Page", {}, text, tuple(range(1, text.count("\n") + 2))), blocks, after, ()
    )


def _of_kubectl(findings: Iterable[Finding]) -> list[Finding]:
    """Those of the rules under test; how a page is written is checked elsewhere."""
    return sorted({finding for finding in findings if finding.rule.startswith(("kubectl", "options", "files"))})


def deployed(code: str, model: Model = MODEL, **more: Any) -> list[Finding]:
    """What the check says of commands on a page that comes after the one that deploys."""
    pages = [page(block(DEPLOY), uri="deploy.md"), page(block(code, **more), after=("deploy.md",))]
    return _of_kubectl(check_commands(pages, model))


def alone(*codes: str, model: Model = MODEL, **more: Any) -> list[Finding]:
    """What the check says of commands on a page that starts from an empty cluster."""
    return _of_kubectl(check_commands([page(*(block(code, **more) for code in codes))], model))
