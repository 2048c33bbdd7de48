"""Whatever came before, and however its blocks are pasted, does the rollback page end on the good version, and stay?"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.walks.conftest import answers, blocks, follow, kubectl, objects, until
from tests.walks.terminal import Terminal

PAGE = "docs/exploitation/revenir-en-arriere.md"
UPDATE = "docs/exploitation/mettre-a-jour.md"


def _served(terminal: Terminal, desk: Path) -> str:
    """The bad version answers."""
    kubectl("set", "env", "deployment/datapress-api", "API_VERSION=1.1.0-essai")
    kubectl("rollout", "status", "deployment/datapress-api", "--timeout=90s")
    return "api"


def _restarted(terminal: Terminal, desk: Path) -> str:
    """The first reflex was a restart: the definition before the last is bad too."""
    component = _served(terminal, desk)
    kubectl("rollout", "restart", "deployment/datapress-api")
    kubectl("rollout", "status", "deployment/datapress-api", "--timeout=90s")
    return component


def _undone(terminal: Terminal, desk: Path) -> str:
    """Somebody has rolled back already: the definition before the last is the bad one."""
    component = _served(terminal, desk)
    kubectl("rollout", "undo", "deployment/datapress-api")
    return component


def _stuck(terminal: Terminal, desk: Path) -> str:
    """The front, and a version that never starts: the old pod still answers."""
    kubectl("set", "image", "deployment/datapress-front", "front=datapress-front:9.9.9")
    return "front"


def _reported(terminal: Terminal, desk: Path) -> str:
    """The new version was built, put in service and written into its file as the update page says, then applied."""
    for block in blocks(UPDATE, "avant", "nouvelle-version", "construire", "porter", "demander"):
        assert follow(terminal, block).status == 0, block.code
    kubectl("rollout", "status", "deployment/datapress-api", "--timeout=90s")
    file = desk / "k8s/api-deployment.yaml"
    file.write_text(file.read_text().replace("image: datapress-api:1.0.0", "image: datapress-api:1.0.1"))
    kubectl("apply", "-f", str(file))
    return "api"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("before", [_restarted, _undone, _stuck, _reported])
def test_every_way_through_ends_on_the_good_version(
    before: Callable[[Terminal, Path], str], terminal: Terminal, desk: Path
) -> None:
    component = before(terminal, desk)
    steps = blocks(PAGE)
    name = _good(terminal, component)

    shuffled = random.Random(before.__name__).sample(steps, len(steps))  # noqa: S311 — any order, the same each time
    for block in shuffled:
        terminal.paste(block.code)
    terminal.paste(f"BONNE={name}")
    reached = False
    for block in [*steps, *shuffled]:
        terminal.paste(block.code)
        assert not reached or _is_good(component), f"the bad version came back with:\n{block.code}"
        reached = _is_good(component)

    assert reached
    for block in blocks(PAGE, "fini"):
        pasted = follow(terminal, block)
        assert pasted.status == block.exit_status, f"{block.code}\n{pasted.output}"
    said = answers()
    assert (said["version"], said["api"]["version"]) == ("1.0.0", "1.0.0")
    assert f" image: datapress-{component}:1.0.0\n" in (desk / f"k8s/{component}-deployment.yaml").read_text()


def test_the_blocks_pasted_in_a_new_terminal_change_nothing(terminal: Terminal, desk: Path) -> None:
    _served(terminal, desk)
    for block in blocks(PAGE, "nommer", "revenir", "fichier"):
        assert terminal.paste(block.code).status != 0
    assert not _is_good("api")
    until(lambda: answers()["api"]["version"] == "1.1.0-essai", "the last pod of the version before leaves")


def _good(terminal: Terminal, component: str) -> str:
    """What a person chooses in the page's table: the last definition with the good image and no variable added."""
    (block,) = blocks(PAGE, "historique")
    rows = [line.split() for line in terminal.paste(block.code).output.splitlines()]
    variables = "API_TOKEN_FILE" if component == "api" else "<none>"
    return [row[0] for row in rows if row[3:5] == [f"datapress-{component}:1.0.0", variables]][-1]


def _is_good(component: str) -> bool:
    (deployment,) = (item for item in objects("deployments") if item["metadata"]["name"] == f"datapress-{component}")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    names = [variable["name"] for variable in container.get("env", ())]
    return container["image"] == f"datapress-{component}:1.0.0" and "API_VERSION" not in names
