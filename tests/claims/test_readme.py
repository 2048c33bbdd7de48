"""Claims of the page that whoever opens the repository reads first."""

import re
import subprocess
import sys
import tomllib
from functools import partial
from typing import Any

import pytest

from runbook.cli import EXIT_INTERRUPTED, EXIT_MISUSE
from runbook.reading.content import ATTRIBUTES
from runbook.reporting.terminal import SIGNS
from runbook.settings import Settings, load
from tests.claims.facts import ROOT, read_page, source

entering = partial(pytest.mark.claim, "README.md")
ENGINE: dict[str, Any] = tomllib.loads(source("pyproject.toml"))["tool"]["runbook"]


@pytest.mark.parametrize(
    ("port", "program"),
    [
        pytest.param(port, program, marks=entering(f"| <http://localhost:{port}> | {words} |"))
        for port, program, words in [
            ("8001", "served", "Le site, avec les preuves de cette exécution"),
            ("8080", "datapress_front:create_app()", "Le front"),
            ("8000", "datapress_api:create_app()", "L'API"),
        ]
    ],
)
def test_each_address_is_that_of_what_the_demonstration_serves(port: str, program: str) -> None:
    names = re.findall(r"runbook serve (.+)", source("scripts/demo"))[0].split()
    (service,) = (ENGINE["services"][name] for name in names if int(port) in ENGINE["services"][name]["ports"])
    assert program in service["command"]


@entering(
    "exécute les pages du site sur ce que la machine offre, construit le site avec leurs résultats, puis sert le tout jusqu'à Ctrl+C"
)
@entering("`scripts/demo --once` s'arrête avant de servir ; son code de sortie est le verdict.")
def test_the_demonstration_keeps_the_verdict_and_ends_with_it() -> None:
    steps = [
        "runbook run --check || verdict=$?",
        "mkdocs build",
        '[ "${1-}" = --once ] && exit "$verdict"',
        "exec runbook serve",
    ]
    places = [source("scripts/demo").index(step) for step in steps]
    assert places == sorted(places)


@entering(
    "`scripts/test --require local,compose,recette,navigateur` échoue en plus si une cible ou le navigateur manque"
)
@entering("c'est ce que lance la CI, par `.ci/run` ou par `.github/workflows/ci.yml`")
def test_the_pipeline_requires_everything() -> None:
    everything = f"scripts/test --require {','.join(ENGINE['targets'])},navigateur"
    assert everything in source(".ci/run")
    assert everything in source(".github/workflows/ci.yml")


@entering("| `local` | Les deux services, sans conteneur, avec les réglages de Gunicorn des images |")
def test_the_services_without_container_have_the_settings_of_the_images() -> None:
    settings = "gunicorn.conf.py"
    assert set(ENGINE["targets"]["local"]["services"]) == {"api", "front"}
    for name in ("api", "front"):
        assert any(word.endswith(settings) for word in ENGINE["services"][name]["command"])
        assert settings in source(f"services/{name}/Dockerfile")


@entering(
    "les requêtes HTTP des pages `compose` et `recette` sont adressées aux services lancés sans conteneur, et comptées comme *substitut local*"
)
def test_the_other_targets_have_the_first_as_a_stand_in() -> None:
    assert {name: target.get("stand_in", {}).get("target") for name, target in ENGINE["targets"].items()} == {
        "local": None,
        "compose": "local",
        "recette": "local",
    }


@entering("seuls les contextes `recette`, `kind-*`, `k3d-*`, `minikube` et `docker-desktop` sont admis")
def test_no_other_cluster_is_touched() -> None:
    assert ENGINE["targets"]["recette"]["contexts"] == ["recette", "kind-*", "k3d-*", "minikube", "docker-desktop"]


@entering("| ✔ vérifié | La commande a donné le résultat que la page annonce |")
@entering("| • exécuté, sans assertion | Elle a réussi ; la page n'annonce pas de résultat |")
@entering("| – non exécuté | La page, la cible ou une étape précédente l'a empêché : la raison est toujours donnée |")
def test_each_sign_is_that_of_its_outcome() -> None:
    assert {outcome.name: sign for outcome, (sign, _) in SIGNS.items()}.items() >= {
        "VERIFIED": "✔",
        "EXECUTED": "•",
    }.items()
    assert "–" in {sign for sign, _ in SIGNS.values()}


@entering(
    "Code de sortie : 0 si tout a tenu, 1 si une page ne dit pas vrai ou si rien n'a tourné, 2 si la commande est mal écrite, 130 après Ctrl+C."
)
def test_the_status_tells_how_a_run_ended() -> None:
    assert (EXIT_MISUSE, EXIT_INTERRUPTED) == (2, 130)
    lying = [sys.executable, "-m", "runbook", "--root", str(ROOT / "tests/lying")]
    ends = [
        subprocess.run([*lying, *words], check=False, stdin=subprocess.DEVNULL, capture_output=True).returncode
        for words in (["run", "docs/index.md"], ["run", "--target", "nowhere"], ["list"])
    ]
    assert ends == [1, EXIT_MISUSE, 0]


@pytest.mark.parametrize(
    ("attribute", "value", "field", "read"),
    [
        pytest.param(attribute, value, field, read, marks=entering(f'| `{attribute}="{value}"` | {words} |'))
        for attribute, value, field, read, words in [
            ("data-cible", "recette", "target", "recette", "Une autre cible que celle de la page"),
            ("data-delai", "60", "deadline", 60.0, "Un autre délai que 30 secondes"),
            ("data-code", "1", "exit_status", 1, "Un autre code de sortie attendu que 0"),
            ("data-reessayer", "60", "retry", 60.0, "Recommencer jusqu'au résultat, 60 secondes au plus"),
            (
                "data-arriere-plan",
                "port:8000",
                "background",
                "port:8000",
                "Laisser tourner, et continuer dès que la condition est vraie",
            ),
            ("data-nettoyage", "oui", "cleanup", True, "Toujours passer, en fin de page"),
            ("data-si", "commande", "condition", "commande", "Ne passer que si cette commande réussit"),
            ("data-non-execute", "raison", "not_run", "raison", "Ne pas exécuter, et dire pourquoi"),
            ("data-substitut", "non", "stand_in", False, "Ne pas faire répondre le substitut local"),
        ]
    ],
)
def test_each_attribute_does_what_is_said(attribute: str, value: str, field: str, read: object) -> None:
    settings: Settings = load(ROOT)
    plain, changed = (
        read_page(f"``` {{ .bash{given} }}\ntrue\n```\n", targets=settings.targets, cible="compose").blocks[0]
        for given in ("", f' {attribute}="{value}"')
    )
    assert attribute in ATTRIBUTES
    assert getattr(changed, field) == read != getattr(plain, field)
    assert settings.deadline == 30
    assert plain.exit_status == 0
