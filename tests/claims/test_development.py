"""Claims of the pages for those who write pages, on the pipeline, and on the proofs."""

import hashlib
import re
import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from macros.changes import Change
from macros.evidence import Proof
from macros.verdicts import verdict as shown
from runbook.checking.check import check
from runbook.checking.offered.model import Model
from runbook.checking.prose.proofs import proofs
from runbook.cli import EXIT_INTERRUPTED, EXIT_MISUSE, commands
from runbook.matching.expect import Kind, compare, diff
from runbook.plan import Mode, make_plan
from runbook.reading.content import ATTRIBUTES
from runbook.reporting import annotations, history, merge, record
from runbook.reporting.fingerprints import fingerprints
from runbook.reporting.terminal import SIGNS
from runbook.running import campaign as running
from runbook.running.campaign import Journal
from runbook.running.mask import Mask
from runbook.running.outcome import Outcome, verdict
from runbook.settings import Settings, Target, load
from runbook.verbs import verdict as remembered
from tests.claims.facts import ROOT, documented, page, pipeline, read_page, source
from tests.site.records import campaign as campaign_of
from tests.site.records import step as step_of

writing = partial(pytest.mark.claim, "ecrire-une-page.md")
integrating = partial(pytest.mark.claim, "integration-continue.md")
proving = partial(pytest.mark.claim, "preuves/index.md")

_read = partial(read_page, targets=("here", "away"), cible="here")
BOTH = {"without-docker", "every-target"}


def _fence(code: str, attributes: str = "", expected: str = "", language: str = "text") -> str:
    told = f'```{language} title="Résultat attendu"\n{expected}\n```\n\n' if expected else ""
    return f"``` {{ .bash {attributes} }}\n{code}\n```\n\n{told}"


def _ran(folder: Path, markdown: str) -> Journal:
    """What comes of a page on a target that needs nothing."""
    settings, journal = Settings({"here": Target("Here")}, stop_grace=1.0), Journal()
    plan = make_plan([_read(markdown)], settings, {})
    with running.opened(settings, folder) as run, closing(running.run_plan(plan, run, journal)) as events:
        for _ in events:
            pass
    return journal


def _outcomes(folder: Path, *fences: str) -> list[Outcome]:
    return [result.outcome for result in _ran(folder, "".join(fences)).results]


def _runs(job: str) -> list[str]:
    return [line.strip() for step in pipeline()["jobs"][job]["steps"] for line in step.get("run", "").splitlines()]


# Writing a page


@writing("**Une cible, en tête de page** : `local` (les services sans conteneur), `compose` ou `recette`.")
@pytest.mark.claim(
    "preuves/local.md",
    "Ce que la dernière exécution a vérifié sur la cible *local* : les services lancés par Gunicorn, sans conteneur.",
)
@pytest.mark.claim(
    "preuves/compose.md",
    "Ce que la dernière exécution a vérifié en mode développement : les services lancés par Docker Compose.",
)
@pytest.mark.claim(
    "preuves/recette.md",
    "Ce que la dernière exécution a vérifié sur la recette : les services déployés dans un cluster Kubernetes.",
)
def test_there_are_three_targets_and_one_of_them_runs_the_services_without_containers() -> None:
    settings = load(ROOT)

    assert list(settings.targets) == ["local", "compose", "recette"]
    assert {settings.services[name].command[2] for name in settings.targets["local"].services} == {"gunicorn"}
    assert settings.targets["local"].requires == []
    assert "Docker Compose" in settings.targets["compose"].title
    assert "Kubernetes" in settings.targets["recette"].title


@writing("nomme les pages dont celle-ci suppose l'effet : elles passent d'abord.")
def test_a_page_runs_after_those_that_it_relies_on() -> None:
    pages = [_read(_fence("true"), "a.md", apres=["b.md"]), _read(_fence("true"), "b.md")]

    assert [found.uri for found in make_plan(pages, Settings({"here": Target("Here")}), {}).pages] == ["b.md", "a.md"]


@writing("Sans lui, seul le code de sortie est jugé, et le rapport le dit.")
@writing("Le premier échec arrête la page ; les nettoyages passent quand même.")
@writing("`data-nettoyage` | `oui` | Toujours passer, en fin de page, dans un `bash` neuf, même après un échec |")
@writing("`data-code` | 0 à 255 | Code de sortie attendu, au lieu de 0 |")
@writing("`data-si` | Une commande | Ne passer que si elle réussit |")
@writing("`data-non-execute` | Une raison | Documenté, jamais exécuté ; la raison figure dans les rapports |")
@integrating("| `vérifié` | Le résultat est celui que la page annonce | – |")
@integrating("| `exécuté, sans assertion` | La commande a réussi ; la page n'annonce pas de résultat | – |")
@integrating("| `échoué`, avec un écart | La commande a tourné, son résultat n'est pas celui de la page | L'écart |")
@integrating(
    "| `non exécuté` | La page l'a décidé, ou la cible manque, ou une étape précédente a échoué | La raison, toujours donnée |"
)
@proving("| vérifié | La commande a tourné et sa sortie est celle que la page annonce |")
@proving("| exécuté, sans assertion | La commande a réussi ; la page n'annonce pas de résultat à comparer |")
@proving("| échoué | La commande, ou son résultat, n'est pas ce que la page annonce |")
@proving("| non exécuté | La commande n'a pas tourné, pour la raison indiquée |")
def test_what_comes_of_each_step_of_a_page(tmp_path: Path) -> None:
    page_of_steps = (
        _fence("x=1; rm -f kept", 'data-nettoyage="oui"'),
        _fence("touch kept; x=2"),
        _fence("echo $x", expected="2"),
        _fence("(exit 3)", 'data-code="3"'),
        _fence("touch left", 'data-si="false"'),
        _fence("touch left", 'data-non-execute="jamais"'),
        _fence("echo un", expected="deux"),
        _fence("touch left"),
    )
    journal = _ran(tmp_path, "".join(page_of_steps))
    told = [(result.outcome, bool(result.diff), bool(result.reason)) for result in journal.results]

    assert told == [
        (Outcome.EXECUTED, False, False),
        (Outcome.VERIFIED, False, False),
        (Outcome.VERIFIED, False, False),
        (Outcome.NOT_RUN, False, True),
        (Outcome.NOT_RUN, False, True),
        (Outcome.FAILED, True, True),
        (Outcome.NOT_RUN, False, True),
        (Outcome.EXECUTED, False, False),
    ]
    assert journal.results[4].reason == "jamais"
    assert not (tmp_path / "kept").exists()
    assert not (tmp_path / "left").exists()


@writing("un bloc a 30 secondes pour finir.")
@writing("`data-delai` | Secondes | Temps laissé au bloc, au lieu de 30 |")
@writing("`data-reessayer` | Secondes | Recommencer, ce temps au plus")
@integrating("| `échoué`, code de sortie | La commande elle-même a échoué | Sa sortie d'erreur, affichée dessous |")
@integrating("| `délai dépassé` | Rien n'est revenu à temps |")
@proving("| délai dépassé | La commande n'a pas rendu la main à temps, et a été arrêtée |")
def test_a_block_has_its_time_its_tries_and_is_stopped(tmp_path: Path) -> None:
    again = "test -e tried && echo oui || { touch tried; false; }"
    late, tried, failed = (
        _ran(tmp_path, fence).results[0]
        for fence in (
            _fence("sleep 9", 'data-delai="0.2"'),
            _fence(again, 'data-reessayer="5"', "oui"),
            _fence("echo mal >&2; false"),
        )
    )

    assert load(ROOT).deadline == 30
    assert late.outcome is Outcome.TIMED_OUT
    assert "tous ses processus ont été arrêtés" in late.reason
    assert (tried.outcome, tried.attempts) == (Outcome.VERIFIED, 2)
    assert (failed.outcome, failed.err, failed.reason) == (Outcome.FAILED, "mal\n", "code de sortie 1 au lieu de 0")


@writing("La comparaison porte sur la sortie standard, ou sur la sortie d'erreur quand la première est vide.")
def test_standard_output_is_compared_and_errors_where_there_is_none(tmp_path: Path) -> None:
    assert _outcomes(
        tmp_path,
        _fence("echo a; echo b >&2", expected="a"),
        _fence("echo b >&2", expected="b"),
        _fence("echo a; echo b >&2", expected="b"),
    ) == [
        Outcome.VERIFIED,
        Outcome.VERIFIED,
        Outcome.FAILED,
    ]


@writing("`data-cible` | `local`, `compose`, `recette` | Ce bloc vise une autre cible que sa page |")
@writing(
    "passer à la suite dès que l'adresse répond, que le port s'ouvre ou que le texte paraît ; arrêter en fin de page |"
)
@writing("`data-substitut` | `non` | Ne pas faire répondre le substitut local quand la cible manque")
def test_attributes_of_a_block_are_read() -> None:
    (away,) = _read(_fence("true", 'data-cible="away"')).blocks
    behind = [
        _read(_fence("sleep 9", f'data-arriere-plan="{ready}"')).blocks[0].background
        for ready in ("http://localhost:1/", "port:8000", "sortie:prêt")
    ]

    assert away.target == "away"
    assert behind == ["http://localhost:1/", "port:8000", "sortie:prêt"]
    assert _read(_fence("sleep 9", 'data-arriere-plan="bientôt"')).problems
    assert not _read(_fence("true", 'data-substitut="non"')).blocks[0].stand_in
    assert {f"`{name}`" for name in ATTRIBUTES} == set(
        re.findall(r"^\| (`data-[a-z-]+`) \|", page("ecrire-une-page.md").page.markdown, re.MULTILINE)
    )


TABLE = "NAME   READY   AGE\nweb    1/1     5m"
ACCEPTED = [
    ("| `…` dans une ligne | N'importe quel texte à cet endroit |", "a … d", "a b c d", "a b c e", Kind.TEXT),
    ("| `…` seul sur sa ligne | N'importe quelles lignes, ou aucune |", "a\n…\nb", "a\nb", "b\na", Kind.TEXT),
    (
        "| Un tableau de `kubectl` ou de `docker` | Les mêmes cellules, quelles que soient les largeurs ; deux durées se valent |",
        TABLE,
        "NAME        READY     AGE\nweb         1/1       2d3h",
        TABLE.replace("1/1", "0/1"),
        Kind.TEXT,
    ),
    (
        "| Du JSON (`json`) | Au moins ces clés, avec ces valeurs ; le reste est libre |",
        '{"a": 1}',
        '{"b": 2, "a": 1}',
        '{"a": 2}',
        Kind.JSON,
    ),
    (
        "| `\"…\"` pour valeur en JSON | N'importe quelle valeur, de n'importe quel type |",
        '{"a": "…", "b": 1}',
        '{"a": [1, null], "b": 1}',
        '{"b": 1}',
        Kind.JSON,
    ),
    (
        "| `\"…\"` comme élément d'une liste | N'importe quels éléments, ou aucun |",
        '[1, "…"]',
        "[1]",
        "[2, 1]",
        Kind.JSON,
    ),
]


@pytest.mark.parametrize(
    ("expected", "good", "bad", "kind"), [pytest.param(*rest, marks=writing(words)) for words, *rest in ACCEPTED]
)
def test_an_expected_result_accepts_what_the_table_says(expected: str, good: str, bad: str, kind: Kind) -> None:
    assert compare(expected, good, kind) is None
    assert compare(expected, bad, kind) is not None


REFUSED = {
    "- un bloc `bash` sans cible et sans raison de ne pas tourner ;": ("```bash\ntrue\n```", {"cible": None}),
    "- un attribut inconnu, ou écrit sans accolades : le site afficherait autre chose qu'un bloc ;": (
        _fence("true", 'data-inconnu="1"'),
        {},
    ),
    "- un langage voisin (`console`, `shell`…), qui ne serait ni exécuté ni compté ;": ("```console\ntrue\n```", {}),
    "- une invite de commande, que le bouton de copie emporterait ;": (_fence("$ true"), {}),
    "- un résultat attendu sans commande juste avant, ou dont le titre n'est pas tout à fait le bon ;": (
        '```text title="Résultat attendu"\na\n```',
        {},
    ),
    "- un résultat attendu sur un bloc lancé en arrière-plan : l'assertion va dans le bloc suivant.": (
        _fence("true", 'data-arriere-plan="port:8000"', "a"),
        {},
    ),
}


@pytest.mark.parametrize(
    ("markdown", "execution"), [pytest.param(*value, marks=writing(words)) for words, value in REFUSED.items()]
)
def test_the_engine_refuses_a_page_that_is_badly_written(markdown: str, execution: dict[str, Any]) -> None:
    assert _read(markdown, **execution).problems
    assert not _read(_fence("true", expected="a")).problems


@writing("écrit sans accolades : le site afficherait autre chose qu'un bloc ;")
@writing("ou dont le titre n'est pas tout à fait le bon ;")
@writing("Une page mal écrite arrête tout, avant la première commande, en nommant la ligne :")
def test_two_slips_of_the_pen_are_problems_at_their_line() -> None:
    bare, titled = (
        _read('\n```bash data-delai="60"\ntrue\n```'),
        _read('```bash\ntrue\n```\n\n```text title="Resultat attendu"\na\n```'),
    )

    assert [problem.line for problem in bare.problems][:1] == [2]
    assert [problem.line for problem in titled.problems] == [5]
    with pytest.raises(Exception, match=r"docs/a\.md:2"):
        make_plan([bare], Settings({"here": Target("Here")}), {})


@writing(
    "un `!` que l'historique remplacerait, un `set -e` qui fermerait la session du lecteur, une destruction que rien n'annonce."
)
def test_the_check_refuses_what_cannot_be_pasted_without_a_surprise(model: Model) -> None:
    faults = {
        'echo "bravo !fin"': "block_style",
        "set -e": "command_style",
        "kubectl delete namespace datapress-recette": "destructive",
    }
    markdown = "\n\n".join(f"```bash\n{code}\n```" for code in faults)
    found = read_page(markdown, targets=model.settings.targets, cible="recette")
    rules = {(finding.line, finding.rule) for finding in check([found], model) if finding.path == "docs/a.md"}

    assert {(4 * number + 2, rule) for number, rule in enumerate(faults.values())} <= rules


# The pipeline


@integrating("elle lance les deux commandes du README, `scripts/demo` et `scripts/test`, sur des machines neuves.")
def test_the_pipeline_runs_the_commands_of_the_readme() -> None:
    runs = "\n".join(_runs("without-docker") + _runs("every-target"))

    assert all(
        f"{name}" in source("README.md") and f"\n{name}" in f"\n{runs}" for name in ("scripts/demo", "scripts/test")
    )
    assert all(job["runs-on"].startswith("ubuntu-") for job in pipeline()["jobs"].values())


@integrating('push([Changement poussé]) --> sans["Sans Docker"]')
@integrating('push --> tout["Compose et kind"]')
@integrating('sans --> vert{{"Les deux sont verts,<br>sur main"}}')
@integrating("tout --> vert")
@integrating('vert --> site["Publier le site"]')
@integrating('vert --> images["Publier les images"]')
@integrating("| Publier le site | Sur `main`, si les deux premiers sont verts |")
@integrating(
    "| Publier les images | Sur `main`, après un `push`, si les deux premiers sont verts | `scripts/publish` |"
)
def test_what_is_published_waits_for_both_verifications_on_main() -> None:
    jobs = pipeline()["jobs"]
    names = {name: job["name"] for name, job in jobs.items()}

    assert names == {
        "without-docker": "Sans Docker",
        "every-target": "Compose et kind",
        "publish-site": "Publier le site",
        "publish-images": "Publier les images",
    }
    assert [name for name, job in jobs.items() if "needs" not in job and "if" not in job] == [
        "without-docker",
        "every-target",
    ]
    assert all(
        set(jobs[name]["needs"]) == BOTH and "github.ref == 'refs/heads/main'" in jobs[name]["if"]
        for name in ("publish-site", "publish-images")
    )
    assert "github.event_name == 'push'" in jobs["publish-images"]["if"]
    assert "github.event_name" not in jobs["publish-site"]["if"]
    assert any(line.startswith("scripts/publish ") for line in _runs("publish-images"))


@integrating(
    "| Sans Docker | Chaque changement | `scripts/demo --once`, puis `scripts/test --require local,navigateur` | Python suffit : le POC tourne, et les pages qui s'en passent n'exigent pas Docker |"
)
@integrating(
    "`docker compose build`, un cluster `kind`, puis `scripts/test --require local,compose,recette,navigateur` ; sur `main`, `runbook report --commit`, puis le site | Toutes les commandes de toutes les pages, sur leurs vraies cibles |"
)
def test_one_job_works_without_docker_and_the_other_on_every_target() -> None:
    without, every = _runs("without-docker"), _runs("every-target")
    order = [
        "docker compose build",
        "kind create cluster",
        "scripts/test --require local,compose,recette,navigateur",
        ".venv/bin/runbook report --commit",
        "SITE_URL=",
    ]
    places = [next(number for number, line in enumerate(every) if line.startswith(words)) for words in order]

    assert [line.partition(" #")[0] for line in without] == [
        "sudo systemctl stop docker.socket docker.service",
        "scripts/demo --once",
        "scripts/test --require local,navigateur",
    ]
    assert places == sorted(places)
    assert {"push", "pull_request"} <= set(pipeline()[True])


@integrating("Le site en ligne porte les preuves de son propre commit, et d'aucun autre |")
@integrating("Les images publiées sont celles qui viennent d'être éprouvées, et non une seconde construction |")
@integrating(
    "| Publier le site | Sur `main`, si les deux premiers sont verts | Le site que le travail précédent a construit |"
)
def test_nothing_is_built_twice_and_no_other_commit_is_proven_by_the_site() -> None:
    every = _runs("every-target")
    commit = next(line for line in every if "report --commit" in line)

    assert commit == '.venv/bin/runbook report --commit "$GITHUB_SHA" > /dev/null'
    assert every.index(commit) < next(number for number, line in enumerate(every) if "mkdocs build" in line)
    assert not any("build" in line for name in ("publish-site", "publish-images") for line in _runs(name))
    assert "docker load --input images.tar.gz" in _runs("publish-images")
    assert any("docker save" in line for line in every)


@integrating("Tout est rejoué chaque lundi et chaque jeudi, même si rien n'a changé ici")
@integrating(
    "Ses actions sont figées par commit, chaque travail n'a que les droits qu'il emploie, et `zizmor` le relit à chaque changement."
)
@integrating("Le fichier est `.github/workflows/ci.yml`, à la racine du dépôt")
def test_the_pipeline_is_dated_pinned_and_read_again() -> None:
    workflow, text = pipeline(), source(".github/workflows/ci.yml")
    (reading,) = (step for step in workflow["jobs"]["every-target"]["steps"] if "zizmor" in step.get("run", ""))

    assert [entry["cron"].split()[2:] for entry in workflow[True]["schedule"]] == [["*", "*", "1,4"]]
    assert len(re.findall(r"uses: \S+@[0-9a-f]{40} ", text)) == text.count("uses: ")
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "without-docker": {"contents": "read"},
        "every-target": {"contents": "read"},
        "publish-site": {"pages": "write", "id-token": "write"},
        "publish-images": {"contents": "read", "packages": "write"},
    }
    assert "if" not in reading


@integrating("`.ci/run` fait la même chose sur une machine qui n'est pas celle de GitHub.")
@integrating("La même chose, en échec si une cible manque : ce que lance la CI")
def test_another_machine_runs_the_same_tests() -> None:
    last = source(".ci/run").rstrip().splitlines()[-1]

    assert last == "exec scripts/test --require local,compose,recette,navigateur"
    assert last.removeprefix("exec ") in _runs("every-target")


@integrating(
    "ceux qui se passent de navigateur tournent à côté des autres étapes, et leur sortie est donnée d'un bloc, à la fin."
)
def test_tests_run_beside_the_pages() -> None:
    assert "def test_tests_and_pages_run_side_by_side_and_each_output_is_whole" in source(
        "tests/ci/test_same_commands.py"
    )


@integrating("Toutes les étapes tournent, même après un échec : un seul passage dit tout ce qui ne va pas.")
@integrating("| style (ruff) | Le code Python, contre une liste de fautes connues |")
@integrating("| types (mypy) | La cohérence des types, services et moteur |")
@integrating("| tests du moteur (pytest) | Ce qui lit, contrôle, exécute et compare les pages |")
@integrating(
    "| autres tests (pytest) | Les services, les images, les manifestes, le site et [ce que ses phrases affirment](ecrire-une-page.md#affirmations), la pipeline elle-même |"
)
@integrating(
    "| contrôle et pages (runbook) | Les pages, les manifestes, Compose et le code entre eux, sans rien exécuter ; puis les commandes des pages et leurs résultats attendus, cible par cible |"
)
@integrating("| site (mkdocs) | La construction stricte du site |")
@integrating(
    "| tests dans un navigateur (pytest) | Chaque page du site et du front, et le diaporama, dans un vrai navigateur |"
)
def test_every_step_of_the_tests_runs_after_a_failure(tmp_path: Path) -> None:
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/test", tmp_path / "scripts/test")
    for path, body in [
        (tmp_path / "scripts/prepare", "exit 0"),
        *(
            (programs / name, f'echo {name} "$@" >>"{tmp_path}/called"; exit 1')
            for name in ("ruff", "mypy", "pytest", "runbook", "mkdocs", "python")
        ),
    ]:
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    ran = subprocess.run([tmp_path / "scripts/test"], capture_output=True, text=True, check=False)

    assert ran.returncode == 1
    shown = [
        "style (ruff)",
        "types (mypy)",
        "contrôle et pages (runbook)",
        "site (mkdocs)",
        "tests dans un navigateur (pytest)",
        "tests du moteur (pytest)",
        "autres tests (pytest)",
    ]
    assert re.findall(r"^== (.+)$", ran.stdout, re.MULTILINE) == shown
    called = [line.split()[0] for line in (tmp_path / "called").read_text().splitlines()]
    assert [name for name in called if name not in ("pytest", "python")] == ["ruff", "mypy", "runbook", "mkdocs"]
    assert called.count("pytest") == 3
    assert re.search(
        r"^runbook run --check .*\n(?:.*\n)*mkdocs build --strict", (tmp_path / "called").read_text(), re.MULTILINE
    )
    assert ran.stdout.rstrip().endswith("Échec : " + " ; ".join(shown) + " ;")


@integrating("La première exécution installe dans `.venv` les dépendances figées ; les suivantes se passent de réseau.")
def test_what_is_installed_is_not_installed_again() -> None:
    script = source("scripts/prepare")

    assert script.index('installed "$1" && compile && exit 0') < script.index("pip=(")
    assert '"${pip[@]}" --require-hashes --only-binary=:all: -r "$list"' in script


@integrating(
    "Réduit à la cible locale, un runbook de recette garde ses requêtes HTTP, auxquelles un substitut répond ; ses autres commandes n'ont pas d'équivalent."
)
@proving(
    "Le *substitut local* répond aux commandes HTTP d'une cible absente, avec les services lancés sans conteneur : il prouve la réponse du service, pas celle de Docker ni du cluster."
)
def test_a_stand_in_answers_what_is_asked_by_http_and_nothing_else() -> None:
    settings = load(ROOT)
    plan = make_plan(documented(), settings, {"compose": "absente", "recette": "absente"}, ["exploitation/deployer.md"])
    modes = {
        step.block.code: step.mode
        for found in plan.pages
        for step in found.steps
        if found.uri == "exploitation/deployer.md"
    }

    assert {code.split()[0] for code, mode in modes.items() if mode is Mode.STAND_IN} == {"curl"}
    assert not any("curl" in code for code, mode in modes.items() if mode is Mode.NOT_RUN)
    assert {target.stand_in.target for target in settings.targets.values() if target.stand_in} == {"local"}


ENGINE = {
    "list": "| `runbook list` | Liste les commandes des pages |",
    "plan": "| `runbook plan` | Dit ce qui serait exécuté ici, et pourquoi le reste ne le serait pas |",
    "check": "| `runbook check` | Contrôle les pages, les manifestes et le code les uns par rapport aux autres, sans rien exécuter |",
    "run": "| `runbook run` | Exécute, compare, enregistre ; avec `--check`, contrôle d'abord |",
    "report": "| `runbook report` | Relit ce qui est enregistré ; son code de sortie est celui du verdict |",
    "mutate": "| `runbook mutate` | Abîme une copie du dépôt, une chose à la fois, et compte ce que les contrôles laissent passer |",
    "serve": "| `runbook serve` | Démarre les services de ce dépôt et les garde jusqu'à Ctrl+C |",
}
SAID = {
    "list": "Liste les commandes des pages, sans rien exécuter",
    "plan": "Montre ce qui serait exécuté ici, où, et ce qui ne le serait pas, avec la raison",
    "check": "Contrôle les pages, les manifestes et le code entre eux, sans rien exécuter",
    "run": "Contrôler d'abord tout le site",
    "report": "son code de sortie est celui du verdict",
    "mutate": "Change une chose à la fois dans une copie du dépôt, et compte",
    "serve": "Démarre des services des réglages et les garde jusqu'à Ctrl+C",
}


@integrating("Chacune dit ses options avec `--help`, et se lance par `.venv/bin/runbook`.")
@pytest.mark.parametrize("name", [pytest.param(name, marks=integrating(words)) for name, words in ENGINE.items()])
def test_each_verb_of_the_engine_says_what_it_does(name: str) -> None:
    helped = CliRunner().invoke(
        commands, ["--root", str(ROOT), name, "--help"], standalone_mode=False, terminal_width=200
    )

    assert set(ENGINE) == set(commands.commands)
    assert SAID[name] in re.sub(r"\s+", " ", helped.output)


@integrating(
    "Un dépôt trouvé sans défaut et inchangé depuis n'est pas relu : la réponse vient aussitôt, avec la date du contrôle qui l'a donnée."
)
@integrating("`--no-cache` relit tout.")
@integrating("il prend quelques secondes, et ne demande ni Docker ni cluster.")
def test_a_repository_that_has_not_changed_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        remembered, "recall", lambda *_: remembered.Silence("state", "2026-11-24 10:00 UTC", ["docs/a.md"], 3)
    )
    read: list[str] = []
    monkeypatch.setattr(remembered, "_check", lambda *_: read.append("again") or remembered.Verdict([], [], 0))
    monkeypatch.setattr(remembered, "keep", lambda *_: None)

    assert remembered.verdict(ROOT, load(ROOT), "state", list).since == "2026-11-24 10:00 UTC"
    assert read == []
    assert remembered.verdict(ROOT, load(ROOT), "state", list, anew=True).since == ""
    assert read == ["again"]
    assert not any(
        re.search(r"import.*presence|subprocess", path.read_text())
        for path in (ROOT / "scripts/runbook/checking").rglob("*.py")
        if path.name in ("check.py", "model.py", "whole.py")
    )


@integrating("Jamais à la main : les autres l'appellent pour créer `.venv` et y installer ce qui manque |")
@integrating("`scripts/demo` s'en charge, et le PDF demande un Chromium ou un Chrome déjà présent |")
@integrating("ses chiffres ne font échouer aucun test |")
@integrating("dans un dossier que git ignore ; demande un Chromium ou un Chrome |")
@integrating("à part, pour que la panne d'un autre site n'arrête rien ici |")
@integrating(
    "`scripts/lock` | Après un changement de dépendance dans `pyproject.toml` : récrit les listes figées par empreinte |"
)
def test_the_other_scripts_are_what_the_table_says() -> None:
    listed = "\n".join(source(f"scripts/{name}") for name in ("lock", "screenshots", "links"))
    tests = "\n".join(source(path) for path in ("scripts/test", "scripts/demo"))

    assert all(
        "\nscripts/prepare " in source(f"scripts/{name}")
        for name in ("demo", "test", "presentation", "bench", "screenshots", "links")
    )
    assert "\nscripts/presentation ||" in source("scripts/demo")
    assert "find_browser()" in source("scripts/deck/__main__.py")
    assert not re.search(r"scripts/(bench|links)\b", tests)
    assert "/screenshots/" in source(".gitignore").splitlines()
    assert "--generate-hashes" in listed
    assert "docs/_data/liens-externes.txt" in listed
    assert any(line.startswith("scripts/links || echo") for line in _runs("every-target"))


@integrating("Le dépôt garde un petit site dont l'unique page ment : `tests/lying`.")
def test_the_lying_site_has_one_page() -> None:
    assert [path.name for path in (ROOT / "tests/lying/docs").rglob("*.md")] == ["index.md"]


# What a machine reads


def _campaign(*steps: dict[str, Any], **changes: Any) -> record.Campaign:
    return msgspec.convert(campaign_of(*steps, **changes), record.Campaign)


@integrating(
    "Une exécution de toutes les pages le remplace ; celle d'une page, ou d'une cible, ne renouvelle que ses propres preuves : les autres gardent leur date et leur commit, et ce qui a été prouvé sur une cible absente ou non demandée reste."
)
def test_a_run_of_some_pages_renews_their_proofs_only() -> None:
    before = record.Record(
        record.VERSION, [_campaign(step_of(page="docs/a.md"), step_of(page="docs/b.md"), commit="old")]
    )
    some = _campaign(step_of(page="docs/a.md"), commit="new", whole=False)
    absent = _campaign(
        step_of(page="docs/a.md", outcome="non exécuté"), commit="new", whole=False, missing={"recette": "absente"}
    )
    merged = merge.merge(before, some, 0.0)

    assert [(one.commit, [step.page for step in one.steps]) for one in merged.campaigns] == [
        ("new", ["docs/a.md"]),
        ("old", ["docs/b.md"]),
    ]
    assert merge.merge(before, absent, 0.0) == before
    assert [one.commit for one in merge.merge(before, _campaign(step_of(), commit="new"), 0.0).campaigns] == ["new"]


@integrating(
    "la CI garde les deux avec chaque exécution, et l'historique des dernières : sur `main`, il passe d'une exécution à la suivante par un cache qu'aucun changement proposé ne peut écrire."
)
def test_the_history_goes_from_run_to_run_of_main_only() -> None:
    steps = pipeline()["jobs"]["every-target"]["steps"]
    caches = [step for step in steps if step.get("uses", "").startswith("actions/cache/")]
    (kept,) = (step for step in steps if step.get("with", {}).get("name") == "preuves")

    assert len(caches) == 2
    assert all("github.ref == 'refs/heads/main'" in step["if"] for step in caches)
    assert kept["with"]["path"].split() == [".runbook/record.json", ".runbook/history", ".runbook/junit.xml"]


@integrating(
    "Dans GitHub Actions, l'échec s'affiche en plus sur la ligne fautive de la page, dans la relecture du changement"
)
def test_a_failure_is_shown_at_its_line() -> None:
    failed = _campaign(step_of(outcome="échoué", reason="attendu a", fault_line=31))

    assert [
        line
        for line in annotations.annotations(failed)
        if line.startswith("::error file=docs/exploitation/deployer.md,line=31,")
    ]


@integrating("| 0 | Quelque chose a tourné, et tout a tenu |")
@integrating("| 1 | Une page ne dit pas vrai, une cible exigée manque, ou rien n'a tourné |")
@integrating("| 2 | Commande ou réglage mal écrit : une ligne dit quoi |")
@integrating("| 130 | Interrompu ; ce qui avait été lancé est arrêté |")
def test_exit_statuses(tmp_path: Path) -> None:
    held = _ran(tmp_path, _fence("true")).results
    lied = _ran(tmp_path, _fence("false")).results
    left = _ran(tmp_path, _fence("true", 'data-non-execute="jamais"')).results

    assert [
        verdict(held, []),
        verdict(lied, []),
        verdict(left, []),
        verdict(held, ["recette : cible requise mais absente"]),
    ] == [0, 1, 1, 1]
    assert (EXIT_MISUSE, EXIT_INTERRUPTED) == (2, 130)


@integrating("**Le site**, sur GitHub Pages")
@integrating("**Les images**, dans le registre du dépôt (`ghcr.io`), sous l'empreinte du commit et sous `main`.")
@integrating(
    "Un changement proposé depuis une copie du dépôt est vérifié de la même façon, sans aucun droit d'écrire ni de publier."
)
def test_where_things_are_published_and_who_may() -> None:
    workflow = pipeline()

    assert 'scripts/publish "ghcr.io/$GITHUB_REPOSITORY" "$GITHUB_SHA" main' in _runs("publish-images")
    assert workflow["jobs"]["publish-site"]["steps"][-1]["uses"].startswith("actions/deploy-pages@")
    assert "pull_request" in workflow[True]
    assert "pull_request_target" not in workflow[True]
    assert all(workflow["jobs"][name]["permissions"] == {"contents": "read"} for name in BOTH)


# The proofs


def _mention(*changes: Change, **of_step: Any) -> str:
    run = _campaign(step_of(**of_step))
    return shown(Proof(run.steps[0], "exploitation/deployer.md", run, changes)).text


@proving("| vérifié sur recette, sur Compose, en local | L'endroit où la commande a tourné |")
@proving(
    "| vérifié en local (substitut) | La cible manquait ; les services lancés sans conteneur ont répondu à sa place |"
)
@proving(
    "| contrôlé sans exécution | La cible manquait ; tout ce que nomme la commande existe dans le dépôt, rien de plus |"
)
@proving(
    "| périmé, a changé depuis | La page, les services ou les manifestes n'ont plus le contenu qu'ils avaient ce jour-là |"
)
def test_what_stands_under_a_command() -> None:
    assert [_mention(on=place) for place in ("recette", "compose", "local")] == [
        "vérifié sur recette",
        "vérifié sur Compose",
        "vérifié en local",
    ]
    assert _mention(on="local", stood_in=True) == "vérifié en local (substitut)"
    assert re.match(r"contrôlé sans exécution\s: absente", _mention(outcome="non exécuté", reason="absente"))
    assert re.match(r"non exécuté\s: jamais", _mention(outcome="non exécuté", reason="jamais", page_reason=True))


@proving("l'enregistrement garde l'empreinte SHA-256 de la page et des fichiers dont chaque cible dépend.")
@proving("Une preuve est périmée quand un *contenu* a changé, pas une date")
def test_a_fingerprint_is_that_of_a_content(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("texte")
    before = fingerprints(tmp_path, ["*.md"])
    (tmp_path / "a.md").touch()

    assert before == fingerprints(tmp_path, ["*.md"]) == {"a.md": hashlib.sha256(b"texte").hexdigest()}
    assert {"pages", "depends"} <= set(record.Campaign.__struct_fields__)
    assert all(target.depends for target in load(ROOT).targets.values())


@proving(
    "un fichier JSON, `.runbook/record.json`, que décrit le schéma affiché par `runbook report --schema` ; les 20 dernières exécutions complètes sont résumées dans `.runbook/history`."
)
def test_where_the_record_and_the_history_are(tmp_path: Path) -> None:
    assert (load(ROOT).state, record.FILE, history.FOLDER, history.KEPT) == (".runbook", "record.json", "history", 20)
    assert "campaigns" in str(record.schema())
    for day in range(1, 23):
        history.keep(_campaign(step_of(), date=f"2026-11-{day:02d}T00:00:00+00:00"), tmp_path)
    assert len(list((tmp_path / history.FOLDER).glob("*.json"))) == 20


@proving("un clic montre ce qu'elle a réellement affiché, secrets masqués.")
def test_secrets_are_masked_in_what_is_kept() -> None:
    assert Mask(["jeton-secret"])("Bearer jeton-secret") == "Bearer ••••"
    assert load(ROOT).secrets.manifests == ["k8s/secret*.yaml"]


# A failure, and what a run leaves


@integrating("| `✘   11` | La commande de la ligne 11 |")
@integrating("| `docs/index.md:17` | La ligne à regarder : ici, celle du résultat attendu qui n'a pas été obtenu |")
@integrating("| `AGE` ignoré | Deux durées se valent : seul ce qui compte est comparé, ici `READY` |")
@integrating("| `–   21` | La suite de la page n'a pas tourné, et dit pourquoi : elle n'est pas comptée comme verte |")
def test_the_lines_of_the_lying_page() -> None:
    lines = (ROOT / "tests/lying/docs/index.md").read_text(encoding="utf-8").splitlines()
    told = (ROOT / "tests/lying/releve/deploiements.txt").read_text(encoding="utf-8")
    shown_there = "\n".join(lines[15:18])

    assert (lines[10], lines[20].split()[:3]) == ("```bash", ["```", "{", ".bash"])
    assert lines[16].startswith("datapress-api ")
    assert compare(shown_there, told, Kind.TEXT)
    assert compare(shown_there, re.sub(r"\d+d?$", "9h", shown_there, flags=re.MULTILINE), Kind.TEXT) is None
    assert (SIGNS[Outcome.FAILED][0], SIGNS[Outcome.NOT_RUN][0]) == ("✘", "–")


@integrating("| `-` et `+` | Ce que la page annonce, ce qui est venu ; les lignes sans signe concordent |")
def test_a_difference_shows_what_was_announced_and_what_came() -> None:
    assert diff("a\nb", "a\nc", Kind.TEXT) == ("  a", "- b", "+ c")


@integrating("Un changement qui fait mentir une page est refusé, avec le nom de la page et la ligne.")
@integrating(
    "Chaque exécution laisse dans `.runbook` un enregistrement, `record.json`, dont le site tire ses [preuves](preuves/index.md)."
)
@proving("sur quelle machine, avec quelles versions, sur quel commit, et avec quel verdict.")
@proving(
    "Après `scripts/demo --once` ou `scripts/test`, cette page donne pour chaque cible les commandes exécutées, leur verdict et leur durée."
)
def test_what_a_record_holds_and_who_writes_it_before_the_site_is_built() -> None:
    assert {"machine", "versions", "commit", "exit_status", "steps"} <= set(record.Campaign.__struct_fields__)
    assert {"page", "fault_line", "outcome", "seconds", "target"} <= set(record.StepRecord.__struct_fields__)
    assert all(
        re.search(r"runbook run .*mkdocs build", source(f"scripts/{name}"), re.DOTALL) for name in ("demo", "test")
    )
    assert 'read_evidence(root / _STATE / "record.json"' in source("scripts/macros/__init__.py")


@integrating("Sans cluster sous la main, `kind` en fait un, jetable, dont le NodePort répond sur `localhost` :")
def test_the_throw_away_cluster_opens_the_node_port(model: Model, manifest: Any) -> None:
    (mapping,) = next(model.of_kind("Cluster")).at("nodes", 0, "extraPortMappings")

    assert (
        mapping["containerPort"]
        == mapping["hostPort"]
        == manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort")
    )
    assert any(
        "kind create cluster --config k8s/options/kind/cluster.yaml" in block.code
        for block in page("integration-continue.md").blocks
    )


@integrating("`list` les montre, avec leur page, leur ligne et leur cible.")
@integrating("`plan` dit ce qui serait exécuté ici, par quoi, et pourquoi le reste ne le serait pas.")
def test_commands_are_listed_with_their_place_and_target() -> None:
    listed = CliRunner().invoke(
        commands, ["--root", str(ROOT), "list", "docs/exploitation/deployer.md"], standalone_mode=False
    )

    assert re.search(r"^docs/exploitation/deployer\.md:\d+  recette  ", listed.output, re.MULTILINE)


@writing(
    "Une page est aussi un programme : ses blocs `bash` sont exécutés dans l'ordre, et comparés aux résultats qu'elle annonce."
)
@writing(
    "Dans le texte et les tableaux, ils viennent des [macros](decisions/0008-moteur-de-documentation.md), qui les lisent dans les manifestes et le code."
)
def test_blocks_run_in_the_order_of_the_page(tmp_path: Path) -> None:
    journal = _ran(tmp_path, _fence("echo un", expected="un") + "texte\n\n" + _fence("echo deux", expected="deux"))

    assert [(result.step.block.code, result.outcome) for result in journal.results] == [
        ("echo un", Outcome.VERIFIED),
        ("echo deux", Outcome.VERIFIED),
    ]
    assert 'recette = read_recette(root / "k8s")' in source("scripts/macros/__init__.py")


@proving(
    "Le détail, commande par commande : [en local](local.md), [avec Docker Compose](compose.md), [sur la recette](recette.md)."
)
@pytest.mark.parametrize("target", ["local", "compose", "recette"])
def test_each_target_has_its_page_of_proofs(target: str) -> None:
    assert f'[[= target_run("{target}") =]]' in source(f"docs/preuves/{target}.md")


@writing(
    "Changer la phrase aussi, et `runbook check` suffit à le voir : il donne la ligne de la page, les mots qui n'y sont plus et la preuve qui les tenait."
)
def test_the_check_sees_that_a_proven_sentence_has_changed(model: Model) -> None:
    pages = [found.page for found in documented()]
    written = page("ecrire-une-page.md").page
    changed = replace(written, markdown=written.markdown.replace("`runbook check` suffit", "rien ne suffit"))
    (found,) = (one for one in proofs([changed], pages, model) if one.path == written.path)
    assert (
        "rien ne suffit"
        in source(found.path).replace("`runbook check` suffit", "rien ne suffit").splitlines()[found.line - 1]
    )
    assert "`runbook check` suffit" in found.cause
    assert "tests/claims/test_development.py" in found.remedy
