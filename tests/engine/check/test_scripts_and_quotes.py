"""The repository's own scripts, and the commands that the prose quotes, are held to what exists as the pages' blocks are."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.repository import check_sources

SORT = """#!/usr/bin/env bash
# usage: scripts/sort [--fast] north|south
set -euo pipefail
cd "$(dirname "$0")/.."
manifest=k8s/config.yaml
step() {
    printf '%s\\n' "$1"
    "${@:2}" || exit 1
}
docker compose config --images | sort
step "state" kubectl get pods -n post
if [ ! -f "$manifest" ]; then
    exit 1
fi
scripts/carry north
some-private-tool --check
"""
CARRY = "#!/bin/sh\n# usage: scripts/carry north|south\nexit 0\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be, with two scripts that are right."""
    post.write(tmp_path)
    for name, text in (("sort", SORT), ("carry", CARRY)):
        path = tmp_path / "scripts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    return tmp_path


QUOTED = "\nSee `scripts/carry`.\n"


def test_right_scripts_are_not_spoken_of(root: Path) -> None:
    assert post.check(root, QUOTED) == []


@pytest.mark.parametrize(
    ("old", "new", "cause", "remedy"),
    [
        ("config --images", "config --image", "option « --image » inconnue", "« --images »"),
        ("docker compose config", "docker compose confg", "verbe « docker compose confg » inconnu", "« config »"),
        ("k8s/config.yaml", "k8s/configs.yaml", "« k8s/configs.yaml » n'est pas dans le dépôt", "« k8s/config.yaml »"),
        ("kubectl get pods", "kubectl gets pods", "verbe « gets » inconnu de kubectl", "« get »"),
        ("scripts/carry north", "scripts/carry west", "n'a pas de « west »", ""),
        ("scripts/carry north", "scripts/cary north", "« scripts/cary » n'existe", "scripts/carry"),
        ("| sort", "| sort --uniqe", "option « --uniqe » inconnue", "« --unique »"),
        ("\nfi\n", "\nif\n", "bash ne lit pas ce script", "fermer"),
        ("exit 1", 'echo "$manifst"', "variable « manifst » jamais affectée", "plus haut dans le script"),
    ],
)
def test_what_does_not_exist_in_a_script_is_found(root: Path, old: str, new: str, cause: str, remedy: str) -> None:
    post.change(root, "scripts/sort", old, new)
    findings = [found for found in post.check(root, QUOTED) if found.path == "scripts/sort"]
    assert any(cause in found.cause and remedy in found.remedy for found in findings), findings


@pytest.mark.parametrize(
    "quoted",
    [
        "kubectl rollout restart",
        "kubectl logs deploy/…",
        "kubectl get pods -n post -o wide",
        "kubectl delete pod <pod>",
        "docker compose logs --follow desk",
        "docker compose up",
        "git push",
        "curl -fsS http://localhost:9200/",
        "scripts/carry south",
        "kubectl rollout undo … --to-revision=N",
    ],
)
def test_a_quoted_command_may_be_unfinished(root: Path, quoted: str) -> None:
    assert post.check(root, f"{QUOTED}\nUse `{quoted}`.\n") == []


@pytest.mark.parametrize(
    ("quoted", "cause"),
    [
        ("kubectl rollout relaunch", "« kubectl rollout relaunch » n'existe pas"),
        ("kubectl config get-context", "« kubectl config get-context » n'existe pas"),
        ("kubectl get pods --show-label", "option « --show-label » inconnue"),
        ("docker compose logs --folow", "option « --folow » inconnue"),
        ("docker compose logs dask", "service « dask »"),
        ("docker compose upp", "verbe « docker compose upp » inconnu"),
    ],
)
def test_a_quoted_command_may_not_be_wrong(root: Path, quoted: str, cause: str) -> None:
    findings = post.check(root, f"{QUOTED}\nUse `{quoted}`.\n")
    assert any(cause in found.cause and found.line == 4 for found in findings), findings


def test_a_variable_of_compose_must_be_documented(root: Path) -> None:
    post.change(root, "compose.yaml", '"127.0.0.1:9100:9100"', '"${DESK_ADDRESS:-127.0.0.1}:9100:9100"')
    undocumented = "variable « DESK_ADDRESS » de Compose qu'aucune page ne documente"
    assert any(found.cause == undocumented for found in post.check(root, QUOTED))
    assert not any(found.cause == undocumented for found in post.check(root, f"{QUOTED}\n`DESK_ADDRESS` opens it.\n"))


FREEZE = """#!/usr/bin/env bash
# usage: scripts/freeze [--fast] [--only=NAME]
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
fast=no
only=
trap 'rm -rf "$tools"' EXIT
while [ $# -gt 0 ]; do
    case "$1" in
        --fast) fast=yes; shift ;;
        --only=*) only=${1#*=}; shift ;;
    esac
done
pip=("$tools/bin/python" -m pip --disable-pip-version-check -q install)
"${pip[@]}" --require-hashes -r "locks/test.txt"
lock() {
    "$tools/bin/uv" pip compile --quiet --generate-hashes \\
        --group "$1" --output-file "$2" "${@:3}"
}
lock test locks/test.txt
[ "$fast" = yes ] || lock desk locks/desk.txt --constraint locks/test.txt
while IFS= read -r line; do echo "$line"; done <locks/test.txt
if [ -n "$only" ]; then
    [ -f site/guide/index.html ] || PYTHONPATH=src:scripts python3 -m pytest k8s/config.yaml
fi
"""


@pytest.fixture
def frozen(root: Path) -> Path:
    """That repository with a script that installs and locks, right too."""
    for name, text in (
        ("scripts/freeze", FREEZE),
        ("locks/test.txt", ""),
        ("locks/desk.txt", ""),
        ("docs/guide.md", ""),
        ("pyproject.toml", "[dependency-groups]\ntest = []\ndesk = []\n"),
    ):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (root / "scripts/freeze").chmod(0o755)
    return root


FREEZES = f"{QUOTED}\nSee `scripts/freeze`.\n"


def test_a_right_script_that_installs_and_locks_is_not_spoken_of(frozen: Path) -> None:
    assert post.check(frozen, FREEZES) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "cause", "remedy"),
    [
        ('rm -rf "$tools"', 'rm -rf "$tool"', 8, "variable « tool » jamais affectée", "« tools »"),
        ('"$tools/bin/uv"', '"$tool/bin/uv"', 18, "variable « tool » jamais affectée", ""),
        ('[ -n "$only"', '[ -n "$onlyx"', 24, "variable « onlyx » jamais affectée", "« only »"),
        ('echo "$line"', 'echo "$lime"', 23, "variable « lime » jamais affectée", ""),
        ("--fast)", "--fas)", 11, "option « --fas » que la ligne « usage » du script n'annonce pas", "« --fast »"),
        ("--only=*)", "--onlyx=*)", 2, "option « --only » annoncée, que le script ne lit pas", "« --onlyx »"),
        (
            "--disable-pip-version-check",
            "--disable-pip-version-chek",
            15,
            "option « --disable-pip-version-chek » inconnue de « pip »",
            "« --disable-pip-version-check »",
        ),
        (
            "--require-hashes",
            "--requires-hashes",
            16,
            "option « --requires-hashes » inconnue de « pip install »",
            "« --require-hashes »",
        ),
        (
            "--generate-hashes",
            "--generate-hash",
            18,
            "option « --generate-hash » inconnue de « uv pip compile »",
            "« --generate-hashes »",
        ),
        ("pip compile", "pip compil", 18, "verbe « uv pip compil » inconnu", "« pip compile »"),
        ("lock desk locks", "lock dask locks", 22, "groupe de dépendances « dask » absent", "« desk »"),
        (
            "--constraint locks",
            "--constrain locks",
            22,
            "option « --constrain » inconnue de « uv pip compile »",
            "« --constraint »",
        ),
        (
            "--constraint locks/test.txt",
            "--constraint locks/tests.txt",
            22,
            "« locks/tests.txt » n'existe ni dans le dépôt",
            "« locks/test.txt »",
        ),
        ("src:scripts", "src:scripts/cary", 25, "« scripts/cary » n'est pas dans le dépôt", "« scripts/carry »"),
        (
            "site/guide/index.html",
            "site/guides/index.html",
            25,
            "« site/guides/index.html » n'est pas dans le dépôt",
            "« site/guide/index.html »",
        ),
    ],
)
def test_what_a_script_misspells_is_found_wherever_it_stands(
    frozen: Path, old: str, new: str, line: int, cause: str, remedy: str
) -> None:
    post.change(frozen, "scripts/freeze", old, new)
    findings = [found for found in post.check(frozen, FREEZES) if found.path == "scripts/freeze"]
    assert any(cause in found.cause and remedy in found.remedy and found.line == line for found in findings), findings


@pytest.mark.parametrize(
    ("placeholder", "cause"),
    [("PUT_HERE", ""), ("PUT_THERE", "« PUT_THERE », que « k8s/secret.yaml.example » ne contient pas")],
)
def test_what_a_script_replaces_stands_in_what_it_reads(tmp_path: Path, placeholder: str, cause: str) -> None:
    from runbook.checking.automation.script_names import placeholders

    script = f'made=k8s/secret.yaml\nplaceholder={placeholder}\ntext=$(<"$made.example")\necho "${{text/"$placeholder"/"$1"}}"\n'
    found = [
        one.cause for one in placeholders("scripts/make", script, {"k8s/secret.yaml.example": "STAMP: PUT_HERE\n"})
    ]
    assert found == ([cause] if cause else [])


def test_an_option_that_the_usage_promises_and_no_case_reads_is_found() -> None:
    from runbook.checking.automation.script_names import options_of_usage

    script = '#!/bin/sh\n# usage: sort [--once]\ncase "${1-}" in\n    "" | --once) ;;\n    *) exit 2 ;;\nesac\n'
    assert list(options_of_usage("scripts/sort", script)) == []
    assert [
        "« --once » annoncée" in one.cause for one in options_of_usage("scripts/sort", script.replace(" | --once", ""))
    ] == [True]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("umask 077\ncat k8s/secret.yaml.example > k8s/secret.yaml", False),
        ("cat k8s/secret.yaml.example > k8s/secret.yaml", True),
        ("cat k8s/secret.yaml.example > k8s/secret.yaml\nchmod 600 k8s/secret.yaml", False),
        ("kubectl apply -f k8s/secret.yaml", False),
    ],
)
def test_the_file_of_a_secret_is_for_its_owner_alone(root: Path, lines: str, told: bool) -> None:
    (root / "k8s/secret.yaml").rename(root / "k8s/secret.yaml.example")
    (root / "scripts/sort").write_text(f"#!/bin/sh\n{lines}\n")
    offered = post.model(
        root, manifests=["k8s/*.yaml", "k8s/*.example"], scripts="scripts", generated=["k8s/secret.yaml"]
    )
    found = [one.line for one in check_sources(offered) if "serait lisible par tous" in one.cause]
    assert found == ([2] if told else [])


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys\nfrom counting.main import main\n\nsys.exit(main())", ""),
        (
            "from counting.main import main\n\nmain()",
            "« main() » rend un code de sortie, et ce script finit toujours par 0",
        ),
        ("from counting.main import other\n\nother()", ""),
        ("from counting.main import main\n\nmain(", "Python ne lit pas ce script"),
    ],
)
def test_a_python_script_ends_as_its_main_function_tells(root: Path, code: str, told: str) -> None:
    (root / "scripts/counting").mkdir()
    (root / "scripts/counting/main.py").write_text(
        "def main() -> int:\n    return 1\n\n\ndef other() -> None:\n    pass\n"
    )
    (root / "scripts/count").write_text(f"#!/usr/bin/env python3\n{code}\n")
    found = [one.cause for one in check_sources(post.model(root)) if one.path == "scripts/count"]
    assert [told in one for one in found] == ([True] if told else [])


@pytest.mark.parametrize(
    ("kind", "line", "told"),
    [
        ("data", "umask 077; printf '%s' \"$1\" > k8s/secret.yaml", True),
        ("data", "umask 077; printf '%s' \"$1\" | base64 > k8s/secret.yaml", False),
        ("stringData", "umask 077; printf '%s' \"$1\" > k8s/secret.yaml", False),
    ],
)
def test_what_goes_into_the_data_of_a_secret_is_encoded(root: Path, kind: str, line: str, told: bool) -> None:
    (root / "k8s/secret.yaml").unlink()
    (root / "k8s/secret.yaml.example").write_text(
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: post-secret, namespace: post}}\n{kind}: {{STAMP: PUT_HERE}}\n"
    )
    (root / "scripts/sort").write_text(f"#!/bin/sh\n{line}\n")
    offered = post.model(
        root, manifests=["k8s/*.yaml", "k8s/*.example"], scripts="scripts", generated=["k8s/secret.yaml"]
    )
    assert any("n'y met rien qui le soit" in one.cause and one.line == 2 for one in check_sources(offered)) is told
