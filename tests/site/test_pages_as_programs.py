"""Are the pages programs that a person can paste: values in full, bounded waits, nothing to replace, a way back?"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook.reading.content import Block
from runbook.settings import load
from tests.site.conftest import ROOT, documented

DOCS = ROOT / "docs"
RUNBOOKS = sorted(path for path in (DOCS / "exploitation").glob("*.md") if "{ #remettre-en-etat }" in path.read_text())
TERM = re.compile(r"^([^\n:|#]+)\n:   ", re.MULTILINE)
PAGES = sorted(path for path in DOCS.rglob("*.md") if "```" in path.read_text(encoding="utf-8"))
WRITTEN = re.compile(r"^[ ]*(```+)[^\n]*(?:bash|sh\b|Résultat attendu)[^\n]*\n(.*?)^[ ]*\1", re.DOTALL | re.MULTILINE)


@pytest.mark.promesse("page-programme")
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_what_is_run_and_compared_is_written_in_full_so_that_it_can_contradict_the_code(page: Path) -> None:
    for block in WRITTEN.finditer(page.read_text(encoding="utf-8")):
        assert "[[=" not in block.group(2)


@pytest.mark.promesse("attentes-bornees")
def test_no_call_of_the_node_port_may_wait_for_ever_or_give_up_at_once() -> None:
    # While no pod behind it is ready, a node port refuses or, with another network, never answers.
    calls = [block for block in documented() if re.search(r"\bcurl\b.*:30080", block.code)]

    assert len(calls) >= 10
    assert [f"{block.page}:{block.line}" for block in calls if "--max-time" not in block.code or not block.retry] == []


def places(condition: Callable[[Block], object]) -> list[str]:
    """Where the blocks that are run and answer to a condition stand."""
    return [f"{block.page}:{block.line}" for block in documented() if not block.not_run and condition(block)]


@pytest.mark.promesse("attentes-bornees")
def test_every_wait_for_the_cluster_says_how_long_it_lasts() -> None:
    waits = re.compile(r"\bkubectl (?:wait|rollout status)\b(?:[^\n|;&]|\\\n)*")

    assert len(places(lambda block: waits.search(block.code))) >= 10
    assert places(lambda block: any("--timeout" not in one for one in waits.findall(block.code))) == []


@pytest.mark.promesse("attentes-bornees")
def test_nothing_waits_by_the_clock() -> None:
    assert places(lambda block: re.search(r"(?<![\w-])sleep \d(?![^\n]*done)", block.code)) == []


@pytest.mark.promesse("attentes-bornees")
def test_what_keeps_its_terminal_is_left_running_beside() -> None:
    held = re.compile(
        r"\bkubectl port-forward\b|\s(?:--follow|-f)\s*$|\s(?:-w|--watch)\b|compose up(?!.*(?:-d|--wait))"
    )
    kubectl = re.compile(r"^(?:\w+ )?(?:kubectl|docker) ", re.MULTILINE)

    running = [block for block in documented() if not block.not_run and kubectl.search(block.code)]
    held_lines = [
        (block, line)
        for block in running
        for line in block.code.splitlines()
        if kubectl.search(line) and held.search(line)
    ]
    assert len(held_lines) >= 3
    assert [(block.page, line) for block, line in held_lines if not block.background and "timeout " not in line] == []


@pytest.mark.promesse("rien-a-remplacer")
def test_nothing_is_left_for_the_reader_to_replace() -> None:
    assert places(lambda block: re.search(r"<[a-zé][\w é-]*>|\bxxx+\b|À_REMPLACER|VOTRE_", block.code)) == []


@pytest.mark.promesse("rien-a-remplacer")
def test_no_command_names_a_pod_that_the_next_deployment_will_not_have() -> None:
    assert places(lambda block: re.search(r"datapress-(?:api|front)-[0-9a-f]{6,10}-\w{5}\b", block.code)) == []


@pytest.mark.promesse("rien-a-remplacer")
def test_every_manifest_and_script_that_a_command_names_is_there_or_made_above() -> None:
    named = re.compile(r"(?<![\w/.-])((?:k8s|scripts|services)/[\w./-]*\w)")
    made = set(load(ROOT).model.generated)

    found = {(block.page, name) for block in documented() for name in named.findall(block.code)}
    assert len(found) > 20
    assert [(page, name) for page, name in sorted(found) if not (ROOT / name).exists() and name not in made] == []


@pytest.mark.promesse("procedures-completes")
@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda path: path.stem)
def test_a_runbook_says_how_to_begin_to_end_and_to_put_things_back(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    anchors = re.findall(r"^## .*\{[^}]*#([\w-]+)", text, re.MULTILINE)

    assert {"avant", "par-ou-commencer"} & set(anchors)
    assert {"echec", "remettre-en-etat"} <= set(anchors)
    assert {"Quand", "Durée", "Dernière vérification"} <= {term.strip() for term in TERM.findall(text)}


@pytest.mark.promesse("procedures-completes")
@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda path: path.stem)
def test_a_runbook_that_changes_something_checks_what_came_of_it(page: Path) -> None:
    name = page.relative_to(ROOT).as_posix()
    blocks = [block for block in documented() if block.page == name and not block.not_run and not block.cleanup]

    assert blocks
    assert sum(block.expected is not None for block in blocks) / len(blocks) > 0.5
    assert any(block.expected for block in blocks[-3:])


@pytest.mark.promesse("procedures-completes")
def test_the_guide_leads_to_every_runbook() -> None:
    index = (DOCS / "exploitation/index.md").read_text(encoding="utf-8")

    assert [page.name for page in RUNBOOKS if f"({page.name}" not in index] == []


@pytest.mark.promesse("sans-docker")
def test_a_machine_with_python_alone_still_has_pages_to_run() -> None:
    local = [block for block in documented() if block.target == "local" and not block.not_run]

    assert len(local) >= 8
    assert [block.line for block in local if re.search(r"^(?:docker|kubectl|kind) ", block.code, re.MULTILINE)] == []


@pytest.mark.promesse("page-programme")
def test_every_block_runs_or_says_why_it_does_not() -> None:
    assert [f"{block.page}:{block.line}" for block in documented() if block.undecided] == []
    reasons = [block.not_run for block in documented() if block.not_run]
    assert all(len(reason) > 10 for reason in reasons)
    assert len(reasons) < len(documented()) / 10


@pytest.mark.promesse("secret-hors-git")
def test_no_command_puts_a_secret_on_its_own_line() -> None:
    given = re.compile(
        r"--from-literal=\S*(?:TOKEN|SECRET|PASSWORD)|(?:TOKEN|SECRET|PASSWORD)\w*=(?!\$\(|\"|/dev/stdin)[^\s$]{6,}"
    )

    assert places(lambda block: given.search(block.code)) == []
