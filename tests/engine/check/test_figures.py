"""The figures of the prose hold: days, delays, versions, exit codes, counts; links lead to sections, and pages are in the navigation."""

from pathlib import Path

import pytest
from tests.engine.check import post
from tests.engine.check.test_expected_results import step

from runbook.checking.files.kept_out_of_git import kept_out_of_git
from runbook.checking.prose.counts import prose_counts
from runbook.checking.prose.figures import prose_figures
from runbook.checking.prose.said_everywhere import said_everywhere
from runbook.checking.prose.site_links import anchors, navigation, page_parts

PROJECT = '[project]\nrequires-python = ">=3.11"\n[dependency-groups]\nserver = ["gunicorn>=27.0.1,<28"]\n'
WORKFLOW = "name: CI\non:\n  schedule:\n    - cron: '17 4 * * 1,4'\n"
CALL = "```bash\ncurl -sS --max-time 5 http://localhost:30070/\n```\n\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small repository, with a project, a schedule, this engine and a script that waits."""
    post.write(tmp_path)
    for name, text in {
        "pyproject.toml": PROJECT,
        ".github/workflows/ci.yml": WORKFLOW,
        "scripts/runbook/cli.py": "",
        "scripts/walk": "#!/usr/bin/env python3\nimport walker\n",
        "scripts/walker/__init__.py": "LONGEST = 600.0\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def causes(root: Path, text: str, *more: str) -> list[str]:
    pages = [post.page(text), *(post.page(other) for other in more)]
    return [found.cause for found in prose_figures(pages, pages, post.model(root))]


WALK = "Il marche, dix minutes au plus :\n\n```bash\nscripts/walk\n```\n"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Rejoué chaque lundi et chaque jeudi.", ""),
        ("Rejoué chaque lundi.", ""),
        ("Rejoué chaque lundi et chaque mardi.", "lancée d'elle-même lundi, jeudi"),
        ("| `data-delai` | Temps laissé, au lieu de 30 |", ""),
        ("| `data-delai` | Temps laissé, au lieu de 20 |", "les réglages donnent 30 s"),
        ('| `data-delai="60"` | Un autre délai que 45 secondes |', "délai de 45 s"),
        ("Gunicorn 27.0.1 au moins, Python 3.11 ou plus récent.", ""),
        ("Gunicorn 26.0.1 au moins.", "pyproject.toml demande 27.0.1"),
        ("Python 3.9 ou plus récent.", "pyproject.toml demande 3.11"),
        ("Un bloc a 30 secondes : un bloc a 30 secondes pour finir.", ""),
        ("L'entrée est vide, et un bloc a 60 secondes pour finir.", "délai de 60 s"),
        ("La route répond 403, et `curl` rend le code 22.", ""),
        ("La route répond 403, et `curl` rend le code 7.", "code 7 de curl"),
        ("| `OOMKilled`, 137 |", ""),
        ("| `OOMKilled`, 143 |", "« OOMKilled » avec le code 143"),
        ("Se termine par `created`, `unchanged` ou `configured`.".replace("Se", "Elle se"), ""),
        ("Elle se termine par `create`, `unchanged` ou `configured`.", "« create », que kubectl n'écrit pas"),
        ("# Codes de sortie\n\n| Code | Sens |\n|---|---|\n| 0 | Tout va |\n| 130 | Interrompu |", ""),
        (
            "# Codes de sortie\n\n| Code | Sens |\n|---|---|\n| 0 | Tout va |\n| 143 | Interrompu |",
            "code de sortie 143",
        ),
        ("Code de sortie : 0 si tout va, 3 si la commande est mal écrite.", "code de sortie 3"),
        (WALK, ""),
        (WALK.replace("dix", "vingt"), "« vingt minutes », et « scripts/walk »"),
        (f"L'appel abandonne après 5 s.\n\n{CALL}", ""),
        (f"L'appel abandonne après 10 s.\n\n{CALL}", "abandon après 10 s, et les appels ont 5 s"),
        ("Réserver mille processeurs :\n\n```bash\necho cpu=1000\n```", ""),
        ("Réserver mille processeurs :\n\n```bash\necho cpu=100\n```", "« mille », qu'aucune commande"),
        ("Quelques centaines de requêtes.", ""),
    ],
)
def test_a_figure_of_the_prose_is_held_to_what_it_speaks_of(root: Path, text: str, cause: str) -> None:
    found = causes(root, text)
    assert any(cause in one for one in found) if cause else found == []


def alone(root: Path, *texts: str) -> list[str]:
    pages = [post.page(text) for text in texts]
    return [found.cause for found in said_everywhere(pages, pages, post.model(root))]


@pytest.mark.parametrize(
    ("same", "other", "cause"),
    [
        (
            "La page répond en moins de 3 s.",
            "La page répond en moins de 10 s.",
            "« en moins de 10 s », et les autres pages disent 3 s",
        ),
        (
            "Elle tient en dix diapositives.",
            "Neuf diapositives pour le DSI.",
            "« neuf diapositives », et les autres pages disent 10",
        ),
    ],
)
def test_one_page_that_disagrees_with_all_the_others_is_found(root: Path, same: str, other: str, cause: str) -> None:
    assert alone(root, same, same, same, same) == []
    assert alone(root, other, same, same, same) == [cause]
    assert alone(root, other, same, same) == []  # of three, who is right?
    assert alone(root, other, same, same, same, other) == []


def test_the_same_noun_may_count_other_things(root: Path) -> None:
    assert alone(root, "Comptez neuf minutes.", *["Comptez dix minutes."] * 3) == []
    assert alone(root, "Les dix décisions d'architecture.", *["Les trois décisions du DSI."] * 3) == []
    assert alone(root, "Les 3 décisions.", *["Les trois décisions."] * 3) == []


THREE = "- une ;\n- deux ;\n- trois.\n"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (f"Il faut trois choses :\n\n{THREE}", ""),
        (f"Il faut quatre choses :\n\n{THREE}", "« quatre choses », et la liste qui suit en a 3"),
        ("Il prouve 2 choses :\n\n1. une ;\n\n    à part ;\n\n2. deux.\n\nPuis rien.", ""),
        ("Les sept manifestes sont appliqués.", ""),
        ("Les six manifestes sont appliqués.", "« six manifestes », et « k8s » en a 7"),
        ("Elle tient en huit fichiers du dossier `k8s`.", "« huit fichiers du dossier `k8s` »"),
        ("Il change deux manifestes.", ""),
    ],
)
def test_what_a_page_counts_is_counted(root: Path, text: str, cause: str) -> None:
    found = [one.cause for one in prose_counts(post.page(text).page, post.model(root))]
    assert any(cause in one for one in found) if cause else found == []


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("[ici](#le-tri)", False),
        ("[ici](#tri)", True),
        ("[ici](page.md#donne)", False),
        ("[ici](page.md#donnee)", True),
        ("`[ici](#tri)`", False),
        ("[ici](#note)", False),
    ],
)
def test_a_link_leads_to_a_section(link: str, wrong: bool) -> None:
    page = post.page(f'# Le tri\n\n## Autre {"{ #donne }"}\n\n<p id="note"></p>\n\n{link}\n').page
    assert bool(list(anchors([page], [page]))) is wrong


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("[7](0007-flat.md)", False),
        ("[7](notes/0008-engine.md#why)", True),
        ("[sept](0008-engine.md)", False),
        ("[7](flat.md)", False),
    ],
)
def test_a_number_leads_to_the_page_of_that_number(root: Path, link: str, wrong: bool) -> None:
    assert [one.cause for one in page_parts(post.page(f"| {link} |").page, post.model(root))] == (
        ["« 7 » mène à la page 8"] if wrong else []
    )


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("[Stop the desk](#stop-the-board)", True),
        ("[Stop the desk](page.md#stop-the-desk)", False),
        ("[Stop it](#stop-the-board)", False),
        ("[the `board` of the desk](#stop-the-board)", False),
    ],
)
def test_a_link_that_names_an_application_leads_to_it(root: Path, link: str, wrong: bool) -> None:
    found = [one.cause for one in page_parts(post.page(link).page, post.model(root))]
    assert found == (["« Stop the desk » mène à « #stop-the-board », qui parle de « board »"] if wrong else [])


SITE = "site_name: Post\ndev_addr: 127.0.0.1:9200\nnav:\n  - Accueil: index.md\n  - Guide:\n      - guide/page.md\n"


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("", "", ""),
        ("nav:", "validation:\n  # strict\n  anchors: warn\nnav:", ""),
        (
            "nav:",
            "validation:\n  # strict\n  anchors: info\nnav:",
            "« anchors: info » : la construction stricte laisserait passer",
        ),
        ("      - guide/page.md\n", "      - autre.md\n", "page « guide/page.md » absente de la navigation"),
        (":9200", ":9300", "dev_addr sur le port 9300"),
    ],
)
def test_every_page_is_in_the_navigation(root: Path, old: str, new: str, cause: str) -> None:
    for name in ("docs/index.md", "docs/guide/page.md", "docs/_parts/part.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("# Page\n")
    (root / "mkdocs.yml").write_text(SITE.replace(old, new))
    found = [one.cause for one in navigation(post.model(root))]
    assert any(cause in one for one in found) if cause else found == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("/k8s/secret.yaml", False),
        ("secret.yaml", False),
        ("/k8s/", False),
        ("*.yaml", False),
        ("/k8s/other.yaml", True),
        ("# k8s/secret.yaml", True),
    ],
)
def test_what_is_made_here_is_kept_out_of_git(root: Path, line: str, wrong: bool) -> None:
    (root / ".gitignore").write_text(f"{line}\n")
    assert bool(list(kept_out_of_git(post.model(root, generated=["k8s/secret.yaml"])))) is wrong


@pytest.mark.parametrize(("back", "wrong"), [(2, False), (1, True)])
def test_a_workload_that_was_stopped_gets_its_replicas_back(root: Path, back: int, wrong: bool) -> None:
    text = "".join(
        step(f"kubectl scale deployment/post-desk --replicas={count} -n post", "deployment.apps/post-desk scaled")
        for count in (0, back)
    )
    assert any("était à zéro" in found.cause for found in post.check(root, text)) is wrong


def test_an_agent_of_a_log_line_is_one_that_calls(root: Path) -> None:
    (root / "src/postal_board/calls.py").write_text('AGENT = "post-board"\n')

    def strange(agent: str) -> bool:
        line = '{"at": "…", "path": "/", "user_agent": "' + agent + '"}'
        return any(
            "aucun service ne se nomme ainsi" in found.cause
            for found in post.check(root, step("kubectl logs deploy/post-desk -n post", line))
        )

    assert [strange(agent) for agent in ("post-board", "curl/8.5", "…")] == [False, False, False]
