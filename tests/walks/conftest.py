"""What the walks share: the recette as its own pages deploy it, a copy of the repository, and the blocks of a page."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook.matching.expect import compare
from runbook.reading.content import Block
from runbook.running.asking import lack
from runbook.settings import load
from tests.site.conftest import ROOT, documented
from tests.walks.terminal import Pasted, Terminal

NAMESPACE = "datapress-recette"
COPIED = ("compose.yaml", "k8s", "pyproject.toml", "scripts", "services")
# What the exercises of the pages do to the recette is no part of a walk: what is broken is broken unseen.
EXERCISE = "!!! example"


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the repository from which its own page has deployed the recette; it is taken away at the end."""
    settings = load(ROOT)
    missing = lack(settings.targets["recette"], ROOT)
    if missing:
        pytest.skip(f"les parcours demandent la recette : {missing}")
    if kubectl("get", "namespace", NAMESPACE, "--ignore-not-found", "-o", "name", everywhere=True):
        pytest.skip(f"l'espace de noms {NAMESPACE} existe déjà : ces parcours le casseraient")
    folder = tmp_path_factory.mktemp("desk")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "secret.yaml"))
        else:
            shutil.copy(source, folder)
    terminal = Terminal(folder)
    try:
        for block in blocks("docs/exploitation/deployer.md"):
            follow(terminal, block)
        yield folder
    finally:
        terminal.close()
        for command in settings.targets["recette"].teardown:
            subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, timeout=200, check=False)


@pytest.fixture
def terminal(desk: Path) -> Iterator[Terminal]:
    """A new terminal at the root of the copy, whose files are as they were."""
    kept = {path: path.read_bytes() for path in (desk / "k8s").glob("*.yaml")}
    opened = Terminal(desk)
    yield opened
    opened.close()
    for path, content in kept.items():
        path.write_bytes(content)


@pytest.fixture(autouse=True)
def sound(desk: Path) -> Iterator[None]:
    """Whatever a walk did, the next one finds the recette of the files, its events forgotten."""
    yield
    kubectl("delete", "networkpolicies,resourcequotas,persistentvolumeclaims", "--all", "--wait=false")
    kubectl("apply", "-f", str(desk / "k8s"))
    for path in sorted((desk / "k8s").glob("*.yaml")):
        replace(path, "--save-config")
    kubectl("delete", f"--raw=/api/v1/namespaces/{NAMESPACE}/events")  # in one request, not one by one
    for name in ("api", "front"):
        kubectl("rollout", "status", f"deployment/datapress-{name}", "--timeout=90s")
    leaving = [item["metadata"]["name"] for item in objects("pods") if "deletionTimestamp" in item["metadata"]]
    if leaving:
        kubectl("delete", "pod", *leaving, "--force", "--grace-period=0")
    until(lambda: answers()["api"]["reachable"], "the front reaches the API")


def blocks(page: str, *anchors: str, exercises: bool = False) -> list[Block]:
    """The commands of a page under these headings, in their order, or of the whole page."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    kept = []
    for block in documented():
        if block.page != page or block.not_run or block.target != "recette":
            continue
        above = lines[: block.line]
        heading = next(line for line in reversed(above) if line.startswith("#"))
        box = next((line for line in reversed(above) if line and not line.startswith(" ")), "")
        inside = lines[block.line - 1].startswith(" ") and box.startswith(EXERCISE)
        if (not anchors or any(f"{{ #{anchor} }}" in heading for anchor in anchors)) and (exercises or not inside):
            kept.append(block)
    assert kept, f"{page} has no command under {anchors}"
    return kept


def follow(terminal: Terminal, block: Block) -> Pasted:
    """Paste a block as its page asks: only where its condition holds, again until it shows what is expected."""
    if block.condition and terminal.paste(block.condition).status:
        return Pasted(0, "")
    end = time.monotonic() + (block.retry or 0)
    while True:
        pasted = terminal.paste(block.code)
        wrong = pasted.status != block.exit_status or (
            block.expected is not None and compare(block.expected.text, pasted.output, block.expected.kind) is not None
        )
        if not wrong or time.monotonic() >= end:
            return pasted
        time.sleep(0.5)


def kubectl(*arguments: str, everywhere: bool = False) -> str:
    """What the team behind the scene asks of the cluster; its failure is an answer too."""
    space = () if everywhere else ("-n", NAMESPACE)
    ran = subprocess.run(
        ["kubectl", *arguments, *space], capture_output=True, text=True, timeout=150, check=False, env=os.environ
    )
    return ran.stdout


def replace(path: Path, *options: str) -> str:
    """What replacing an object by its file prints: refused while the cluster changes it too, so asked again."""
    what = f"{path.name} replaces its object"
    return str(until(lambda: kubectl("replace", f"--filename={path}", *options), what, 20))


def objects(kind: str) -> list[dict[str, Any]]:
    """All objects of one kind in the namespace."""
    found: list[dict[str, Any]] = json.loads(kubectl("get", kind, "-o", "json"))["items"]
    return found


def answers() -> dict[str, Any]:
    """What the front says of itself and of the API, None where it says nothing."""
    ran = subprocess.run(
        ["curl", "-s", "--max-time", "5", "http://localhost:30080/status"], capture_output=True, text=True, check=False
    )
    try:
        said: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        return {"version": None, "api": {"reachable": False, "version": None}}
    return said


def until(holds: Callable[[], object], what: str, seconds: float = 60) -> object:
    """Wait for it; what it is when it holds."""
    end = time.monotonic() + seconds
    while not (told := holds()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.3)
    return told
