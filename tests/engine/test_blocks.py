"""A shell block is decided or reported: nothing that an author writes is passed over in silence."""

from pathlib import Path

import pytest

from runbook.reading.blocks import find_blocks
from runbook.reading.content import Block
from runbook.reading.pages import read_site

TARGETS = ("here", "away")


def read(root: Path) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    site = read_site(root, "mkdocs.yml")
    found = find_blocks(site.pages[0], site, TARGETS)
    return found.blocks, tuple(str(problem) for problem in found.problems)


def test_attributes_become_typed_fields(make_site) -> None:
    blocks, problems = read(
        make_site(
            index="""\
            ``` { .bash title="T" data-cible="away" data-delai="2.5" data-code="3" data-reessayer="9" data-si="true" }
            false
            ```
            """
        )
    )
    assert not problems
    (block,) = blocks
    assert (block.target, block.deadline, block.exit_status, block.retry, block.condition) == (
        "away",
        2.5,
        3,
        9.0,
        "true",
    )
    assert (block.page, block.line, block.title, block.code) == ("docs/index.md", 4, "T", "false")


def test_the_next_fence_titled_expected_is_the_assertion(make_site) -> None:
    blocks, problems = read(
        make_site(
            index="""\
            ```bash
            echo '{"a": 1}'
            ```

            Some prose.

            ```json title="Résultat attendu"
            {"a": 1}
            ```
            """
        )
    )
    assert not problems
    assert blocks[0].expected is not None
    assert (blocks[0].expected.line, blocks[0].expected.text) == (11, '{"a": 1}')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('``` { .bash data-delais="3" }\ntrue\n```', "index.md:4 : attribut « data-delais » inconnu"),
        ('``` { .bash data-delai="vite" }\ntrue\n```', 'index.md:4 : data-delai="vite" n\'est pas une durée'),
        ('``` { .bash data-delai="0" }\ntrue\n```', 'data-delai="0" n\'est pas une durée'),
        ('``` { .bash data-code="300" }\ntrue\n```', "n'est pas un code de sortie"),
        ('``` { .bash data-cible="ailleurs" }\ntrue\n```', 'data-cible="ailleurs" inconnu'),
        ('``` { .bash data-nettoyage="yes" }\ntrue\n```', 'data-nettoyage="yes" inconnu'),
        ('``` { .bash data-arriere-plan="bientôt" }\ntrue\n```', "n'est pas une condition"),
        ('``` { .bash data-non-execute="" }\ntrue\n```', "data-non-execute vide"),
        ('``` { .bash data-arriere-plan="port:1" data-reessayer="3" }\ntrue\n```', "data-arriere-plan avec réessai"),
        ("```bash\n\n```", "bloc de commandes vide"),
        ("```bash timeout=3\ntrue\n```", "n'est pas rendu comme un bloc"),
        ('```text title="Résultat attendu"\nx\n```', "résultat attendu sans commande"),
        ('```bash\ntrue\n```\n\n```json title="Résultat attendu"\n{\n```', "index.md:8 : "),
        ('```bash\ntrue\n```\n\n```yaml title="Résultat attendu"\na: 1\n```', "résultat attendu en « yaml »"),
        ('```bash\ntrue\n```\n\n```text title="Resultat attendu :"\nx\n```', "écrire exactement « Résultat attendu »"),
    ],
)
def test_an_authors_mistake_is_named_with_its_place(make_site, text: str, said: str) -> None:
    _, problems = read(make_site(index=text + "\n"))
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("execution: here", "n'est pas un dictionnaire"),
        ("execution: {cible: nulle-part}", "cible « nulle-part » inconnue"),
        ("execution: {cible: here, ordre: 3}", "clé « execution.ordre » inconnue"),
        ("execution: {cible: here, apres: autre.md}", "n'est pas une liste de pages"),
        ("execution: {cible: here, apres: 3}", "n'est pas une liste de pages"),
        ("execution: {cible: [here]}", "cible « ['here'] » inconnue"),
    ],
)
def test_a_page_that_does_not_say_where_it_runs_is_refused(make_site, head: str, said: str) -> None:
    _, problems = read(make_site(index=f"---\ntitle: T\n{head}\n---\n```bash\ntrue\n```\n"))
    assert any(said in problem for problem in problems), problems


def test_a_block_with_a_reason_not_to_run_needs_no_target(make_site) -> None:
    blocks, problems = read(
        make_site(index='---\ntitle: T\n---\n``` { .bash data-non-execute="parce que" }\nreboot\n```\n')
    )
    assert not problems
    assert (blocks[0].not_run, blocks[0].target) == ("parce que", "")


def test_a_dollar_that_starts_a_command_is_no_prompt(make_site) -> None:
    _, problems = read(make_site(index='```bash\n$HOME/bin/x || true\n"$(which true)"\ncat <<END\nEND\n```\n'))
    assert not problems
