"""Is a proof older than what it depends on told as such, with what changed?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from macros.changes import Change
from macros.evidence import Evidence, changed, read_evidence
from macros.home_status import status
from macros.page_proofs import verification
from tests.site.records import OTHER, PAGE, put, step

Build = Callable[[Path], Any]


def _prove(project: Path) -> None:
    put(
        project,
        step(),
        step(page=OTHER),
        step(page="docs/demarrer.md", target="local", on="local"),
        step(page="docs/demarrer.md", target="compose", on="compose"),
        step(page=OTHER, outcome="non exécuté", reason="un écran", page_reason=True),
    )


def _now(project: Path) -> Evidence:
    return read_evidence(project / ".runbook" / "record.json", project, "docs")


def _append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# changé\n")


def _stale(project: Path) -> list[tuple[str, ...]]:
    return [tuple(change.path for change in proof.changed) for proof in _now(project).proofs]


def test_nothing_is_out_of_date_while_contents_are_the_same_whatever_the_dates(copy: Path) -> None:
    _prove(copy)
    for path in (copy / "k8s").rglob("*.yaml"):
        path.touch()

    assert _stale(copy) == [()] * 5
    assert "périmée" not in verification(_now(copy), "exploitation/deployer.md")


@pytest.mark.promesse("preuves-perimees")
@pytest.mark.parametrize(
    ("changed", "recette", "local", "compose"),
    [
        ("services/api/datapress_api/app.py", True, True, True),
        ("services/front/Dockerfile", True, True, True),
        ("compose.yaml", True, False, True),
        ("k8s/api-deployment.yaml", True, False, False),
        ("k8s/options/sonde/pod.yaml", True, False, False),
    ],
)
def test_a_changed_file_outdates_the_targets_that_depend_on_it(
    copy: Path, changed: str, recette: bool, local: bool, compose: bool
) -> None:
    _prove(copy)
    _append(copy / changed)

    found = _stale(copy)

    assert [one == (changed,) for one in found] == [recette, recette, local, compose, False]
    assert [bool(one) for one in found] == [recette, recette, local, compose, False]


@pytest.mark.promesse("preuves-perimees")
def test_a_changed_page_outdates_its_own_proofs_only(copy: Path) -> None:
    _prove(copy)
    _append(copy / PAGE)

    assert _stale(copy) == [(PAGE,), (), (), (), ()]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("\n## ", "\nUne phrase.\n\n## ", "texte de la page"),
        ("kubectl apply -f k8s/namespace.yaml", "kubectl apply  -f k8s/namespace.yaml", "page"),
        ("datapress-front:1.0.0\n```", "datapress-front:1.0.2\n```", "page"),
        ("cible: recette", "cible: compose", "page"),
    ],
)
def test_a_page_whose_commands_are_the_same_is_told_apart(copy: Path, before: str, after: str, what: str) -> None:
    _prove(copy)
    page = copy / PAGE
    text = page.read_text(encoding="utf-8")
    assert before in text

    page.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert changed(_now(copy).of("exploitation/deployer.md")) == (Change(PAGE, what),)

    page.write_text(text, encoding="utf-8")
    assert _stale(copy) == [()] * 5


@pytest.mark.parametrize("name", ["k8s/nouveau.yaml", "services/front/datapress_front/nouveau.py"])
def test_a_new_file_and_one_that_has_gone_outdate_too(copy: Path, name: str) -> None:
    _prove(copy)
    (copy / name).write_text("# nouveau\n", encoding="utf-8")
    (copy / "k8s" / "front-service.yaml").unlink()

    assert _stale(copy)[0] == tuple(sorted({name, "k8s/front-service.yaml"}))


def test_a_secret_made_by_a_runbook_and_what_python_leaves_change_nothing(copy: Path) -> None:
    _prove(copy)
    (copy / "k8s" / "secret.yaml").write_text("kind: Secret\n", encoding="utf-8")
    cache = copy / "services" / "api" / "datapress_api" / "__pycache__"
    cache.mkdir()
    (cache / "app.cpython-313.pyc").write_bytes(b"\0")

    assert _stale(copy) == [()] * 5
    (run,) = _now(copy).runs
    assert not [path for one in run.depends.values() for path in one.files if path.endswith("secret.yaml")]


def test_what_changed_is_told_in_a_few_words_and_in_full(copy: Path) -> None:
    _prove(copy)
    for path in (PAGE, "k8s/configmap.yaml", "k8s/namespace.yaml", "services/front/Dockerfile"):
        _append(copy / path)
    evidence = _now(copy)

    told = verification(evidence, "exploitation/deployer.md")
    assert "**périmée**, a changé depuis\u00a0: texte de la page, k8s, services<" in told
    assert status(evidence).startswith('!!! warning "Vérifié le 1er novembre 2026, mais des preuves sont périmées"')
    assert "`k8s/configmap.yaml`" in status(evidence)


def test_the_site_shows_which_proofs_no_longer_hold(copy: Path, build: Build) -> None:
    code = "kubectl create namespace recette-de-passage"
    with (copy / PAGE).open("a", encoding="utf-8") as page:
        page.write(f"\n```bash\n{code}\n```\n")
    put(copy, step(command=code, out="configured"))
    _append(copy / "k8s" / "configmap.yaml")

    built = build(copy)

    assert built.status == 0, built.output
    deployer = (built.site / "exploitation" / "deployer" / "index.html").read_text(encoding="utf-8")
    assert "périmé, a changé depuis\u00a0: k8s\u00a0; vérifié sur Recette" in deployer
    assert "<code>k8s/configmap.yaml</code>" in deployer
    for name in ("preuves", "preuves/recette"):
        text = (built.site / name / "index.html").read_text(encoding="utf-8")
        assert "Preuves périmées" in text, name
        assert "k8s/configmap.yaml" in text, name
