"""A small repository in which the check finds nothing: a front that calls an API, in Compose and in a cluster."""

import sys
import tempfile
from pathlib import Path
from textwrap import dedent

from runbook.reading.blocks import find_blocks
from runbook.reading.content import Page, PageBlocks, Site
from runbook.repository.model import Repository, read_repository
from runbook.rules.check import check
from runbook.rules.finding import Finding
from runbook.settings import load

SITE = Site((), ["attr_list", "pymdownx.superfences", "admonition"], {})
ANSWERS = tempfile.TemporaryDirectory(prefix="runbook-answers-")  # of other programs, to what the tests have in common
SETTINGS = f"""
[tool.runbook]
state = "{ANSWERS.name}"

[tool.runbook.targets.compose]
title = "Compose"

[tool.runbook.model]
manifests = ["k8s/*.yaml"]
generated = ["k8s/secret.yaml"]
made_by_commands = ["secret/shop-later"]
workflows = [".github/workflows/*.yml"]
scripts = "scripts"

[tool.runbook.model.applications.api]
factory = "shop_api:make"
path = ["app"]
settings = ["shop_api:Settings"]
ports = [8000]

[tool.runbook.model.applications.front]
factory = "shop_front:make"
path = ["app"]
settings = ["shop_front:Settings"]
ports = [8080]
"""
APPLICATION = """
import msgspec
from flask import Flask

class Settings(msgspec.Struct):
    greeting: str = "bonjour"
    retries: int = 3
    api_url: str = "http://localhost:8000"

def make():
    app = Flask("shop")
    app.add_url_rule("/health", "health", lambda: "ok")
    app.add_url_rule("/", "index", lambda: "shop")
    app.add_url_rule("/orders", "orders", lambda: "made", methods=["POST"])
    return app
"""
DOCKERFILE = """
FROM python:3.13-slim AS build
ARG EDITION=1
WORKDIR /srv
COPY app ./app

FROM python:3.13-slim
WORKDIR /srv
COPY --from=build /srv/app ./
EXPOSE {port}
USER 10001
HEALTHCHECK CMD ["python", "-c", "pass"]
CMD ["gunicorn", "shop_{name}:make()"]
"""
COMPOSE = """
services:
  api:
    image: shop-api:1.0
    build:
      context: .
      dockerfile: Dockerfile # api
      args: {EDITION: "2"}
    env_file: settings.env
    environment:
      GREETING: bonjour
      RETRIES: "3"
    ports:
      - "127.0.0.1:8000:8000"
    networks: [inside]
  front:
    image: shop-front:1.0
    build: {context: ., dockerfile: front.Dockerfile}
    environment:
      API_URL: http://api:8000
    ports:
      - "127.0.0.1:8080:8080"
    networks: [inside]
    depends_on:
      api: # awaited
        condition: service_healthy
  tools:
    image: busybox:1.37
    profiles: [tools]
networks:
  inside: {}
"""
NAMESPACE = """
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
"""
CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}-config
  namespace: shop
data:
  {data}
"""
WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop-{name}, namespace: shop, labels: {{app: {name}, part-of: boutique}}}}
spec:
  replicas: 2
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
        - name: {name}
          image: shop-{name}:1.0
          envFrom:
            - configMapRef:
                name: {config}-config
          ports:
            - name: http
              containerPort: {port}
          readinessProbe:
            httpGet:
              path: /health
              port: http
          resources:
            requests: {{memory: 32Mi}}
            limits:
              memory: 64Mi # limit
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {{drop: [ALL]}}
          volumeMounts:
            - mountPath: /etc/shop
              name: settings # mounted
      volumes:
        - name: settings
          configMap: {{name: {config}-config}}
---
apiVersion: v1
kind: Service
metadata: {{name: shop-{name}, namespace: shop, labels: {{part-of: boutique}}}}
spec:
  selector:
    app: {name} # selector
  ports:
    - port: 80
      targetPort: http
"""
UNUSED = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: shop}
"""
WORKFLOW = """
name: CI
on:
  pull_request:
permissions: {}
concurrency:
  group: ${{ github.ref }}
  cancel-in-progress: true
jobs:
  build:
    name: Build
    runs-on: ubuntu-24.04
    steps:
      - name: Get the sources
        uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8
        with: {persist-credentials: false}
      - name: Check
        run: scripts/check
  after:
    name: After
    runs-on: ubuntu-24.04
    needs: [build]
    steps:
      - name: Say so
        run: echo fini
"""
METRICS = """
from prometheus_client import Counter

ORDERS = Counter("orders", "Orders made", ["shop"], namespace="shop")
"""
ALERTS = """
groups:
  - name: shop
    rules:
      - alert: ManyOrders
        expr: sum by (shop) (rate(shop_orders_total[5m])) > 1
        annotations:
          runbook_url: "{{ $externalLabels.site }}/index/"
      - alert: Elsewhere
        expr: node_load1{place="here", anything="there"} > 4
        annotations:
          runbook_url: https://example.org/index/#load
"""
PAGE = """
# Vérifier

[Vérifier](#verifier), voir `k8s/api.yaml`.

```bash
true
```
"""
FILES = {
    "mkdocs.yml": "site_name: Shop\n",
    "pyproject.toml": SETTINGS,
    "app/shop_api.py": APPLICATION,
    "app/shop_front.py": APPLICATION,
    "app/shop_metrics.py": METRICS,
    "Dockerfile": DOCKERFILE.format(port=8000, name="api"),
    "front.Dockerfile": DOCKERFILE.format(port=8080, name="front"),
    "compose.yaml": COMPOSE,
    "settings.env": "GREETING=bonjour\n",
    "settings.json": "{}\n",
    "requirements.txt": "flask\n",
    "scripts/check": "#!/bin/sh\ndocker compose config --quiet\n",
    "k8s/namespace.yaml": NAMESPACE,
    "k8s/config.yaml": CONFIG.format(name="shop", data="GREETING: bonjour"),
    "k8s/other.yaml": CONFIG.format(name="other", data="API_URL: http://shop-api"),
    "k8s/api.yaml": WORKLOAD.format(name="api", port=8000, config="shop"),
    "k8s/front.yaml": WORKLOAD.format(name="front", port=8080, config="other"),
    "k8s/unused.yaml": UNUSED,
    "prometheus/rules.yml": ALERTS,
    ".github/workflows/ci.yml": WORKFLOW,
    "docs/index.md": PAGE,
}


def write(root: Path, where: str = "", old: str = "", new: str = "") -> Path:
    """The repository under `root`, with `new` for `old` in the file `where`, or as the command of its page."""
    for name, text in FILES.items():
        if name == where:
            assert old in text, f"{name}: {old}"
            text = text.replace(old, new, 1)  # noqa: PLW2901 — the file as it is to be
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return root


def offered(root: Path) -> Repository:
    """What the repository offers; its modules are imported anew."""
    for name in ("shop_api", "shop_front"):
        sys.modules.pop(name, None)
    sys.path[:] = [folder for folder in sys.path if not folder.endswith("/app")]
    return read_repository(root, load(root))


def page(text: str, target: str = "compose", uri: str = "index.md", after: tuple[str, ...] = ()) -> PageBlocks:
    """A page of this text, at line 1, that runs on `target`; on none if that is empty."""
    meta = {"execution": {"cible": target, "apres": list(after)}} if target else {}
    lines = tuple(range(1, text.count("\n") + 2))
    made = Page(f"docs/{uri}", uri, uri.replace(".md", "/"), "Page", meta, text, lines)
    return find_blocks(made, SITE, ["compose"] if target else [])


def fenced(code: str, attributes: str = "") -> str:
    """A block of commands, whose first line is line 2."""
    return f"``` {{ .bash{' ' if attributes else ''}{attributes} }}\n{dedent(code).strip()}\n```\n"


def found(root: Path, *pages: PageBlocks) -> list[Finding]:
    """All that the check finds in the repository, with its own page or with these."""
    text = (root / "docs/index.md").read_text(encoding="utf-8")
    return check(lambda: pages or (page(text),), offered(root)).findings
