"""A small repository on disk: a desk that a board calls, in Compose and in a cluster, and what the check says of a change to it."""

from pathlib import Path
from typing import Any

import msgspec

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model, read_model
from runbook.checking.repository import check_sources, check_texts
from runbook.reading.blocks import find_blocks
from runbook.reading.content import Page, PageBlocks, Site
from runbook.settings import Settings

DESK = """
import msgspec
from flask import Flask, jsonify
from typing import Annotated, Literal

class DeskSettings(msgspec.Struct):
    mood: Annotated[Literal["calm", "busy"], msgspec.Meta(description="calm ou busy")] = "calm"
    port: int = 9100
    listen: str = "127.0.0.1"

def make(environ):
    app = Flask("postal_desk")
    app.add_url_rule("/", "index", lambda: jsonify(mood=environ.get("MOOD", "calm"), stamped="STAMP_FILE" in environ))
    for path in ("/health/live", "/health/ready"):
        app.add_url_rule(path, path, lambda: jsonify(status="ok"))
    return app
"""
BOARD = """
import json, urllib.request
import msgspec
from flask import Flask

class BoardSettings(msgspec.Struct):
    desk_url: str = "http://localhost:9100"
    port: int = 9200
    listen: str = "127.0.0.1"

def make(environ):
    app = Flask("postal_board")

    @app.get("/")
    def index():
        try:
            with urllib.request.urlopen(environ.get("DESK_URL", "http://localhost:9100") + "/") as answer:
                return {"desk": json.load(answer)["mood"]}
        except OSError:
            return {"desk": None}, 503

    for path in ("/health/live", "/health/ready"):
        app.add_url_rule(path, path, lambda: {"status": "ok"})
    return app
"""
DOCKERFILE = """FROM python:3.13-slim AS build
WORKDIR /srv/post
COPY src/postal_{name} ./postal_{name}
COPY src/serve.py ./

FROM python:3.13-slim
WORKDIR /srv/post
COPY --from=build /srv/post ./
ENV LISTEN=0.0.0.0 \\
    PORT={port}
EXPOSE {port}
USER 10001:10001
HEALTHCHECK CMD ["python", "-c", "pass"]
CMD ["python", "serve.py", "postal_{name}:make()"]
"""
COMPOSE = """name: post
x-service: &service
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  mem_limit: 64m
  pids_limit: 64
  stop_grace_period: 20s
  logging:
    driver: json-file
    options: {max-size: 1m}
services:
  desk:
    <<: *service
    image: post-desk:1.2
    build: {context: ., dockerfile: desk.Dockerfile}
    environment:
      MOOD: busy
    ports:
      - "127.0.0.1:9100:9100"
  board:
    <<: *service
    image: post-board:1.2
    build: {context: ., dockerfile: board.Dockerfile}
    environment:
      DESK_URL: http://desk:9100
    ports:
      - host_ip: 127.0.0.1
        published: "9200"
        target: 9200
    depends_on:
      desk:
        condition: service_healthy
"""
NAMESPACE = """apiVersion: v1
kind: Namespace
metadata:
  name: post
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
"""
CONFIG = """apiVersion: v1
kind: ConfigMap
metadata:
  name: post-config
  namespace: post
data:
  MOOD: calm
  DESK_URL: http://post-desk
"""
SECRET = """apiVersion: v1
kind: Secret
metadata:
  name: post-secret
  namespace: post
type: Opaque
data:
  STAMP: eA==
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: post-{name}
  namespace: post
  labels:
    app.kubernetes.io/name: post-{name}
    app.kubernetes.io/component: {name}
    app.kubernetes.io/version: "1.2"
spec:
  replicas: {replicas}
  minReadySeconds: 1
  strategy:
    rollingUpdate:
      maxUnavailable: 0
  selector:
    matchLabels:
      app.kubernetes.io/name: post-{name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: post-{name}
        app.kubernetes.io/component: {name}
        app.kubernetes.io/version: "1.2"
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 20
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile:
          type: RuntimeDefault
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: post-{name}
      containers:
        - name: {name}
          image: post-{name}:1.2
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: {port}
          envFrom:
            - configMapRef:
                name: post-config
{stamp}          startupProbe:
            httpGet:
              path: /health/live
              port: http
            periodSeconds: 1
            failureThreshold: 20
          readinessProbe:
            httpGet:
              path: /health/ready
              port: http
            periodSeconds: 2
          livenessProbe:
            httpGet:
              path: /health/live
              port: http
            periodSeconds: 10
          lifecycle:
            preStop:
              exec:
                command: ["python", "-c", "import time; time.sleep(4)"]
          resources:
            requests:
              cpu: 50m
              memory: 32Mi
            limits:
              memory: 64Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
{volumes}"""
STAMP = """          env:
            - name: STAMP_FILE
              value: /run/post/STAMP
          volumeMounts:
            - name: stamp
              mountPath: /run/post
              readOnly: true
"""
VOLUMES = """      volumes:
        - name: stamp
          secret:
            secretName: post-secret
            defaultMode: 0440
"""
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: post-{name}
  namespace: post
  labels:
    app.kubernetes.io/name: post-{name}
    app.kubernetes.io/component: {name}
spec:
  type: {kind}
  selector:
    app.kubernetes.io/name: post-{name}
  ports:
    - name: http
      port: 80
      targetPort: http
{node}"""
PAGE = """# Post

`MOOD`, `PORT`, `LISTEN`, `DESK_URL`, `STAMP_FILE`; `/`, `/health/live`, `/health/ready`; `post`, `post-config`, `post-secret`,
`post-desk`, `post-board`, `scripts/sort`, at <http://localhost:30070>; they answer `mood`, `stamped`, `status` and `desk`.
"""
FILES = {
    "src/postal_desk/__init__.py": DESK,
    "src/postal_board/__init__.py": BOARD,
    "src/serve.py": 'import os\n\nbind = os.environ["LISTEN"] + ":" + os.environ["PORT"]\ngraceful_timeout = 10\n',
    "scripts/sort": "#!/bin/sh\n",
    "desk.Dockerfile": DOCKERFILE.format(name="desk", port=9100),
    "board.Dockerfile": DOCKERFILE.format(name="board", port=9200),
    "compose.yaml": COMPOSE,
    "k8s/namespace.yaml": NAMESPACE,
    "k8s/config.yaml": CONFIG,
    "k8s/secret.yaml": SECRET,
    "k8s/desk.yaml": DEPLOYMENT.format(name="desk", port=9100, replicas=2, stamp=STAMP, volumes=VOLUMES),
    "k8s/board.yaml": DEPLOYMENT.format(name="board", port=9200, replicas=1, stamp="", volumes=""),
    "k8s/desk-service.yaml": SERVICE.format(name="desk", kind="ClusterIP", node=""),
    "k8s/board-service.yaml": SERVICE.format(name="board", kind="NodePort", node="      nodePort: 30070\n"),
}
SETTINGS: dict[str, dict[str, Any]] = {
    "targets": {
        "bare": {"title": "Bare", "services": ["desk", "board"]},
        "compose": {"title": "Compose"},
        "cluster": {"title": "Cluster", "contexts": ["kind-*"]},
    },
    "services": {
        "desk": {"command": ["true"], "ready": "http://localhost:9100/", "ports": [9100]},
        "board": {"command": ["true"], "ready": "http://localhost:9200/", "ports": [9200]},
    },
    "model": {
        "manifests": ["k8s/*.yaml"],
        "base": "k8s",
        "compose": "compose.yaml",
        "server": "src/serve.py",
        "applications": {
            name: {
                "factory": f"postal_{name}:make",
                "path": ["src"],
                "arguments": [{}],
                "settings": [f"postal_{name}:{name.title()}Settings"],
                "ports": [port],
                "variables": more,
            }
            for name, port, more in (("desk", 9100, ["STAMP_FILE"]), ("board", 9200, []))
        },
    },
}
SITE = Site((), ["attr_list", "pymdownx.superfences"], {})


def write(root: Path) -> None:
    """The repository as it should be."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def change(root: Path, name: str, old: str, new: str) -> None:
    """Write `new` for `old`, everywhere in a file that has it."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text, f"{name} : {old}"
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def model(root: Path, **more: list[str] | str) -> Model:
    """What the repository at `root` offers, with `more` settings of the model."""
    settings = {
        **SETTINGS,
        "model": {**SETTINGS["model"], **more},
        "state": str(root.parent / "state"),
    }  # one cache for all tests
    return read_model(root, msgspec.convert(settings, Settings))


def page(text: str, target: str = "cluster") -> PageBlocks:
    """A page whose first line is line 1."""
    count = text.count("\n") + 1
    made = Page(
        "docs/page.md", "page.md", "page/", "Page", {"execution": {"cible": target}}, text, tuple(range(1, count + 1))
    )
    return find_blocks(made, SITE, tuple(SETTINGS["targets"]))


def check(root: Path, text: str = "", target: str = "cluster") -> list[Finding]:
    """All that the check says of the repository with one page that documents it and one with `text`."""
    pages, offered = [page(PAGE), page(text, target)], model(root)
    return sorted({*check_sources(offered), *check_texts(pages, pages, offered)})
