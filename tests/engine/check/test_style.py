"""How blocks must be written: nothing to fill in, nothing destroyed without a word, and what ShellCheck says."""

import pytest
from tests.engine.check.shop import block, found, page

from runbook.checking.blocks import shellcheck
from runbook.checking.offered.model import Model
from runbook.checking.prose.explained_options import explained_options, history_read, taken_by_age

DOWN = "docker compose down"
FOREVER = "docker compose down -v"


@pytest.mark.parametrize(
    "code",
    [
        "docker logs <conteneur>",
        'docker logs "<conteneur>"',
        "docker compose ps …",
        "docker compose ps ...",
        "echo a\ndocker logs <mon conteneur>",
    ],
)
def test_nothing_is_left_to_the_reader_to_fill_in(shop: Model, code: str) -> None:
    assert any(
        item.line == 11 + code.count("\n") and item.rule in ("block_style", "command_style")
        for item in found(shop, block(code))
    )


@pytest.mark.parametrize(
    "code", ["grep -c '<title>' README.md", "cat <README.md >out", "echo 'Attendez…'", "echo a  # et <la suite>…"]
)
def test_what_only_looks_like_a_gap_is_left_alone(shop: Model, code: str) -> None:
    assert not found(shop, block(code))


@pytest.mark.parametrize("code", ['echo "bravo!vite"', "echo !!", "echo a\ngit log !$"])
def test_what_a_terminal_takes_from_its_history_is_found(shop: Model, code: str) -> None:
    assert any("historique" in item.cause and item.line == 11 + code.count("\n") for item in found(shop, block(code)))


@pytest.mark.parametrize(
    "code",
    [
        "echo 'bravo!vite'",
        'test "$A" != "$B"',
        "sleep 1 & wait $!",
        "! grep -q a README.md",
        'echo "Fini !"',
        "ls [!a]*",
        "echo a  # vite!vite",
    ],
)
def test_another_exclamation_mark_is_left_alone(shop: Model, code: str) -> None:
    assert not [item for item in found(shop, block(code)) if "historique" in item.cause]


@pytest.mark.parametrize("code", ["set -e", "set -euo pipefail", "set -o errexit"])
def test_a_block_does_not_close_the_terminal_of_its_reader(shop: Model, code: str) -> None:
    assert any("ferme le terminal" in item.cause for item in found(shop, block(code)))


@pytest.mark.parametrize(
    "prose",
    [
        "# Arrêter\n\nOn coupe les services.",
        "# Page\n\nCette commande arrête les deux services :",
        '# Page\n\n!!! danger "Tout disparaît"\n    Les données aussi.',
        "# Page\n\n/// warning\nAttention.\n///\n\n## Suite",
    ],
)
def test_a_destruction_that_is_announced_is_right(shop: Model, prose: str) -> None:
    assert not found(shop, block(DOWN, line=20), prose=prose)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (DOWN, False),
        ("kubectl delete -f k8s/till.yaml", False),
        (FOREVER, True),
        ("docker compose down --rmi all", True),
    ],
)
def test_a_clean_up_takes_back_what_its_page_made_and_nothing_more(shop: Model, code: str, told: bool) -> None:
    assert any(item.rule == "destructive" for item in found(shop, block(code, cleanup=True))) is told


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "# Page\n\nBonjour.",
        "# Arrêter\n\n## Suite\n\nBonjour.",
        "# Page\n\n## Avant\n\n!!! danger\n    Non.\n\n## Suite",
        "# Page\n\n```text\n!!! danger\n```",
    ],
)
def test_a_destruction_without_a_word_is_not(shop: Model, prose: str) -> None:
    (item,) = found(shop, block(DOWN, line=20), prose=prose)
    assert item.rule == "destructive"
    assert "!!! danger" in item.remedy


def test_what_cannot_be_undone_needs_a_box(shop: Model) -> None:
    assert found(shop, block(FOREVER, line=20), prose="# Supprimer\n\nOn supprime et on arrête.")
    assert not found(shop, block(FOREVER, line=20), prose="# Supprimer\n\n!!! danger\n    Les volumes aussi.")


def test_what_is_taken_from_the_cluster_needs_a_box(shop: Model) -> None:
    delete = block("kubectl delete pod/till-0", line=20)
    assert [
        item.rule
        for item in found(shop, delete, prose="# Supprimer un pod\n\nOn supprime.")
        if item.rule == "destructive"
    ] == ["destructive"]
    assert not [
        item
        for item in found(shop, delete, prose="# Supprimer\n\n!!! danger\n    Le pod est perdu.")
        if item.rule == "destructive"
    ]


def test_an_option_that_is_explained_is_one_that_is_shown(shop: Model) -> None:
    explained = "# Lancer\n\n`--wait` attend que tout soit sain.\nAjoutez `--quiet-pull` au besoin.\n"
    assert not list(explained_options(page(block("docker compose up -d --wait", line=1), prose=explained)))
    (item,) = explained_options(page(block("docker compose up -d", line=1), prose=explained))
    assert (item.line, item.cause) == (3, "« --wait », qu'aucune commande de la page n'a")


def test_a_build_is_left_the_time_that_it_takes(shop: Model) -> None:
    for code in ("docker compose build", "docker compose up -d --build", "docker build src/till"):
        assert not found(shop, block(code, deadline=60))
        assert [item.rule for item in found(shop, block(code, deadline=20))] == ["durations"]


def test_a_warning_after_the_command_comes_too_late(shop: Model) -> None:
    assert found(shop, block(DOWN, line=3), prose="# Page\n\n\n\n!!! danger\n    Trop tard.")


def test_a_clean_up_needs_no_announcement(shop: Model) -> None:
    assert not found(shop, block(DOWN, line=20, cleanup=True))


def test_shellcheck_speaks_of_the_page_and_its_lines() -> None:
    blocks = [block("echo fine"), block('A="a b"\necho $A', line=30), block('echo "never closed', line=50)]
    with shellcheck.started(blocks) as running:
        told = sorted(running.findings())
    assert [(item.path, item.line) for item in told if "SC2086" in item.cause] == [("docs/page.md", 32)]
    assert "sans guillemets" in next(item.cause for item in told if item.line == 32)
    assert any(item.line == 51 and item.cause.startswith("syntaxe bash") for item in told)
    assert not any(item.line < 30 for item in told)


def test_shellcheck_leaves_to_the_page_what_its_blocks_share() -> None:
    with shellcheck.started(
        [block("NAME=a"), block('echo "$NAME"'), block("cd deploy"), block('f() { echo "$1"; }')]
    ) as running:
        assert not list(running.findings())


def test_without_blocks_no_process_is_started() -> None:
    with shellcheck.started([]) as running:
        assert running.process is None
        assert not list(running.findings())


BY_AGE = "POD=$(kubectl get pods --sort-by=.metadata.creationTimestamp -o name | {end} -n 1)"


@pytest.mark.parametrize(
    ("prose", "end", "told"),
    [
        ("On prend le plus récent :", "tail", ""),
        ("On prend le plus récent :", "head", "« plus récent », et la commande prend le plus ancien"),
        ("Le plus ancien part d'abord :", "tail", "« plus ancien », et la commande prend le plus récent"),
        ("Le plus récent reste.\n\nOn en prend un :", "head", ""),
    ],
)
def test_what_is_taken_by_its_age_is_of_the_age_that_is_told(prose: str, end: str, told: str) -> None:
    found = list(taken_by_age(page(block(BY_AGE.format(end=end), prose=prose))))
    assert [told in one.cause for one in found] == ([True] if told else [])


@pytest.mark.parametrize(
    ("prose", "code", "told"),
    [
        ("La dernière ligne est la définition en service.", "kubectl rollout history deployment/till", False),
        ("La première ligne est la définition en service.", "kubectl rollout history deployment/till", True),
        ("La dernière révision est la plus ancienne.", "kubectl rollout history deployment/till", True),
        ("La première ligne est la définition en service.", "kubectl get pods", False),
    ],
)
def test_the_history_of_a_rollout_is_read_in_its_order(prose: str, code: str, told: bool) -> None:
    text = f"# Page\n\n{prose}"
    assert [one.line for one in history_read(page(block(code, line=1), prose=text))] == ([3] if told else [])
