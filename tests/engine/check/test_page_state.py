"""What a page makes counts from then on: files, folders, variables, images; and what it never made does not."""

import pytest
from tests.engine.check.shop import block, found, page

from runbook.checking.check import check_commands
from runbook.checking.offered.model import Model


@pytest.mark.parametrize(
    "code",
    [
        'X=$(mktemp) && echo a >"$X" && cat "$X" && rm "$X"',
        "mkdir -p /tmp/a/b && echo 1 >/tmp/a/b/c && cat /tmp/a/b/c && rm -r /tmp/a",
        "cd deploy && cat till.yaml",
        "(cd deploy; ls till.yaml)",
        "cp README.md copy.md && mv copy.md moved.md && rm moved.md",
        "echo a | tee new.txt && cat new.txt",
        "cat >out.txt <<END\ntext\nEND\ncat out.txt",
        'while read -r l; do echo "$l"; done <README.md',
        "curl -fsS -o answer.json http://localhost:7000/health && jq . answer.json",
        "base64 --decode <<<'YQ=='",
        "cat deploy/secret.yaml",
        "ls deploy/*.yaml",
        "git clone -q https://elsewhere.example/other.git && cd other && cat anything",
    ],
)
def test_what_the_page_made_exists(shop: Model, code: str) -> None:
    assert not found(shop, block(code))


@pytest.mark.parametrize(
    ("code", "cause", "remedy"),
    [
        ("cat deploy/tils.yaml", "« deploy/tils.yaml » n'existe", "« deploy/till.yaml »"),
        ("cd deply", "« deply » n'existe", "« deploy »"),
        ("cd deploy/till.yaml", "est un fichier", "« deploy »"),
        ("cat deploy", "est un dossier", ""),
        ("cd deploy && cat README.md", "« README.md » n'existe", ""),
        ("cat <absent.txt", "« absent.txt » n'existe", ""),
        ("echo 1 >absent/out.txt", "dossier de « absent/out.txt »", ""),
        ("mv README.md there.md && mv there.md back.md && cat there.md", "« there.md » n'existe", ""),
        ("ls deploy/*.json", "« deploy/*.json » n'existe", ""),
        ("rm -rf src", "« rm src » efface ce que la page n'a pas créé", ""),
        ("rm -rf /home/me", "« rm /home/me » efface", ""),
        ('echo "$UNSET"', "variable « UNSET »", "bloc précédent"),
        ("chmod 9 README.md", "mode « 9 » illisible", "600"),
        ("mkdir absent/b", "dossier de « absent/b »", ""),
    ],
)
def test_what_nothing_made_does_not(shop: Model, code: str, cause: str, remedy: str) -> None:
    assert any(cause in item.cause and remedy in item.remedy for item in found(shop, block(code)))


def test_a_clean_up_starts_in_a_fresh_shell(shop: Model) -> None:
    first = block("cd deploy\nNAME=till.yaml")
    assert not found(shop, first, block('cat "$NAME"', line=20))
    assert {item.line for item in found(shop, first, block('cat "$NAME"\ncat till.yaml', line=20, cleanup=True))} == {
        21,
        22,
    }


def test_targets_of_one_page_have_shells_of_their_own(shop: Model) -> None:
    assert found(shop, block("NAME=a", target="bare"), block('echo "$NAME"', target="compose", line=20))


def test_what_a_prerequisite_made_is_there_but_not_its_variables(shop: Model) -> None:
    before = page(block("docker build -q -t shop-x:1 src/till\nNAME=a\necho >made.txt"), uri="before.md")
    after = page(
        block('docker image inspect shop-x:1\ncat made.txt\necho "$NAME"'), uri="after.md", after=("before.md",)
    )
    alone = page(block("docker image inspect shop-x:1"), uri="alone.md")
    causes = [item.cause for item in check_commands([before, after, alone], shop)]
    assert len(causes) == 2
    assert "« NAME »" in causes[0]
    assert "image « shop-x:1 »" in causes[1]


def test_the_condition_of_a_block_is_a_command_too(shop: Model) -> None:
    assert not found(shop, block("echo a", condition='test -n "$HOME"'))
    (item,) = found(shop, block("echo a", condition="crul -fsS x"))
    assert item.line == 10


@pytest.mark.parametrize(
    "code",
    [
        "TILL_OPEN=1 tools/close",
        "COLOUR=red tools/close",
        "DOCKER_BUILDKIT=0 docker info",
        "env COLOUR=red tools/close",
    ],
)
def test_a_variable_for_one_command_is_read_by_a_tool_or_the_repository(shop: Model, code: str) -> None:
    assert not found(shop, block(code))


@pytest.mark.parametrize("code", ["TILL_OPNE=1 tools/close", "env TILL_OPNE=1 tools/close"])
def test_a_variable_for_one_command_that_nothing_reads_is_named(shop: Model, code: str) -> None:
    (item,) = found(shop, block(code))
    assert "« TILL_OPNE »" in item.cause
    assert "« TILL_OPEN »" in item.remedy


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("STAMP=$(cat README.md | base64 | tr -d '\\n')\necho \"$STAMP\"", ""),
        ('STAMP=$(cat README.md | base64)\necho "$STAMP"', "base64 coupe ce qu'il écrit tous les 76 caractères"),
        ('STAMP=$(cat README.md | base64 --decode)\necho "$STAMP"', ""),
        ("cat README.md | base64", ""),
    ],
)
def test_what_base64_cuts_is_not_taken_as_one_line(shop: Model, code: str, cause: str) -> None:
    assert [cause in item.cause for item in found(shop, block(code))] == ([True] if cause else [])
