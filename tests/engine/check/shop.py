"""A small repository in memory, two services in three places, and what the check says of a page of it."""

from pathlib import Path
from typing import Any

import msgspec
from werkzeug.routing import Map, Rule

from runbook.checking.check import check_commands
from runbook.checking.finding import Finding
from runbook.checking.offered.applications import Application
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.matching.expect import Kind
from runbook.reading.content import Block, Expected, Page, PageBlocks
from runbook.settings import Settings

SETTINGS = {
    "deadline": 60,
    "targets": {
        "bare": {"title": "Bare", "services": ["till", "window"]},
        "compose": {"title": "Compose"},
        "cluster": {"title": "Cluster", "contexts": ["kind-*"]},
    },
    "services": {
        "till": {"command": ["true"], "ready": "http://localhost:7000/", "ports": [7000]},
        "window": {"command": ["true"], "ready": "http://localhost:7001/", "ports": [7001]},
    },
    "model": {
        "compose": "compose.yaml",
        "generated": ["deploy/secret.yaml"],
        "commands": ["lolcat"],
        "applications": {"till": {"factory": "till:make", "path": ["src"], "ports": [7000]}},
    },
}
COMPOSE = {
    "services": {
        "till": {"image": "shop-till:2.0", "ports": [{"published": "7000", "target": 7000}]},
        "window": {"image": "shop-window:2.0", "ports": ["127.0.0.1:7001:7001"]},
    }
}
FILES = {
    "README.md": "read me",
    "compose.yaml": "services: {} # ${COLOUR:-blue}",
    "deploy/till.yaml": "kind: Deployment",
    "deploy/notes.txt": "words",
    "src/till/__init__.py": 'NAME = "X-Till-Number"',
    "src/till/Dockerfile": "FROM scratch\nARG EDITION=1",
    "src/press/Dockerfile": "FROM scratch\nARG EDITION=2.0",
    "tools/open": "#!/bin/sh\n# usage: tools/open [--now] morning|noon\n",
    "tools/close": "#!/bin/sh\n# usage: tools/close [--require PLACES]     once a day\n",
    "tools/send": "#!/bin/sh\n# usage: tools/send PLACE THING...\n",
    "tools/count": "#!/usr/bin/env python3\nfrom counting import main\nmain()\n",
    "tools/counting/__init__.py": 'commands.add_parser("begin")\ncommands.add_parser("end")\nparser.add_argument("--least")\n',
    "tools/choose": "#!/bin/sh\n# usage: tools/choose [--only red,green]\n",
    "tools/table": '#!/usr/bin/env python3\nadd_subparsers()\nfor verb in ("north", "south"): add_parser(verb)\n',
    "tools/plain": "no one may run this",
}
ROUTES = {
    "till": (("/", ["GET"]), ("/health", ["GET"]), ("/sales/<int:number>", ["GET", "DELETE"]), ("/sales", ["POST"])),
    "window": (("/", ["GET"]),),
}


def make_model(root: Path) -> Model:
    """The repository, its files written under `root`."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if text.startswith("#!") else 0o644)
    return Model(
        root=root,
        settings=msgspec.convert(SETTINGS, Settings),
        files=frozenset({*FILES, "deploy/secret.yaml"}),
        objects=tuple(_service()),
        compose=COMPOSE,
        applications={name: _application(name, port) for name, port in (("till", 7000), ("window", 7001))},
        faults=(),
    )


def _application(name: str, port: int) -> Application:
    url_map = Map([Rule(path, methods=methods, endpoint=path) for path, methods in ROUTES[name]])
    return Application(name, url_map, tuple(path for path, _ in ROUTES[name]), {"TILL_OPEN": None}, (port,))


def _service() -> list[KubeObject]:
    labels = {"app": "window"}
    container = {"name": "window", "image": "shop-window:2.0", "ports": [{"name": "http", "containerPort": 7001}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    service = {
        "spec": {
            "type": "NodePort",
            "selector": labels,
            "ports": [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30007}],
        }
    }
    deployment = {"spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}}
    return [
        KubeObject("Cluster", "", None, {}, {"name": "market"}, "deploy/kind.yaml", 1),
        KubeObject("Service", "shop-window", "shop", {}, service, "deploy/window.yaml", 1),
        KubeObject("Deployment", "shop-window", "shop", {}, deployment, "deploy/window.yaml", 20),
    ]


def block(code: str, target: str = "compose", line: int = 10, **more: Any) -> Block:
    """One block whose first command stands at line 11."""
    return Block(page="docs/page.md", line=line, title=None, code=code, target=target, **more)


def expecting(text: str) -> Expected:
    """An expected result."""
    return Expected(12, text, Kind.TEXT)


def found(
    model: Model, *blocks: Block, prose: str = "", uri: str = "page.md", after: tuple[str, ...] = ()
) -> list[Finding]:
    """What the check says of commands on a page with these blocks and this text before them."""
    return sorted(set(check_commands([page(*blocks, prose=prose, uri=uri, after=after)], model)))


def page(*blocks: Block, prose: str = "", uri: str = "page.md", after: tuple[str, ...] = ()) -> PageBlocks:
    """A page with `prose` from line 1 on, then its blocks."""
    text = prose.split("\n")
    lines = tuple(range(1, len(text) + 1))
    return PageBlocks(Page(f"docs/{uri}", uri, uri, "Page", {}, prose, lines), blocks, after, ())
