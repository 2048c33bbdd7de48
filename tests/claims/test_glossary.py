"""More claims of the pages that a reader begins with: what the home page promises, the first start, each word of the glossary."""

import copy
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, Response, jsonify, request
from kubernetes_validate.utils import all_versions, schema_contents

from macros.compose_services import read_compose
from macros.deck_drawings import deck_drawings
from macros.manifests import read_recette
from macros.roadmap import Card, read_roadmap
from runbook.checking.check import check_commands
from runbook.checking.manifests.check import check_manifests
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.checking.prose.proofs import plain
from runbook.cli import commands
from runbook.matching.expect import Kind, compare
from runbook.plan import make_plan
from runbook.running import campaign
from runbook.running.campaign import Journal
from runbook.running.outcome import Outcome
from runbook.settings import Settings, Target, load
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    api,
    blocks,
    container,
    documented,
    front,
    listening,
    page,
    pipeline,
    place,
    read_page,
    source,
)

Manifest = Callable[[str, str], KubeObject]
HOME, START, GLOSSARY = "index.md", "demarrer.md", "glossaire.md"
home = partial(pytest.mark.claim, HOME)
starting = partial(pytest.mark.claim, START)
defining = partial(pytest.mark.claim, GLOSSARY)

AVAILABILITY, UPDATE, UNDO = (
    "exploitation/haute-disponibilite.md",
    "exploitation/mettre-a-jour.md",
    "exploitation/revenir-en-arriere.md",
)


def section(uri: str, anchor: str) -> str:
    """What a page says under one heading, down to the next of its level or above."""
    found = re.search(
        rf"^(##+) [^\n]*\{{ #{anchor} \}}\n(.*?)(?=^##? |\Z)", page(uri).page.markdown, re.MULTILINE | re.DOTALL
    )
    assert found, f"{uri}#{anchor}"
    return found[2]


def rows(text: str) -> list[list[str]]:
    """The cells of a table, its heading left out."""
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [plain(line).split(" | ") for line in lines[1:]]


def card(anchor: str) -> Card:
    """One piece of work of the roadmap."""
    [found] = (
        one
        for stage in read_roadmap(ROOT / "docs/feuille-de-route.md").stages.values()
        for one in stage
        if one.anchor == anchor
    )
    return found


# The home page


@home(
    "La plateforme d'indicateurs de DataPress tient aujourd'hui sur un seul serveur : quand il s'arrête, tout s'arrête."
)
@home(
    "Ce POC montre, sur un périmètre réduit, une autre façon de la construire : un front et une API séparés, en conteneurs,"
)
def test_what_is_drawn_on_one_server_is_cut_in_two_images_and_the_rest_left_out(model: Model) -> None:
    [today] = deck_drawings(read_recette(ROOT / "k8s"), read_compose(ROOT / "compose.yaml"))["aujourdhui"].lanes
    assert today.title == "Un serveur"
    assert [box.name for box in today.boxes] == ["Front", "API", "Base de données", "Traitements planifiés"]
    built = {name: service["build"]["dockerfile"] for name, service in model.services.items()}
    assert built == {"api": "api/Dockerfile", "front": "front/Dockerfile"}
    assert {item.containers[0]["image"].partition(":")[0] for item in model.of_kind("Deployment")} == set(DEPLOYMENTS)


@home("Le problème posé, ce que le POC y répond, ce qu'il ne couvre pas et ce qu'il en coûterait de continuer.")
def test_the_pages_for_a_decision_have_problem_answer_limits_and_cost() -> None:
    assert all(len(row) == 3 for row in rows(section("contexte.md", "problemes")))
    assert all(len(row) == 4 for row in rows(section("contexte.md", "besoin-reponse-preuve")))
    assert rows(section("contexte.md", "hors-perimetre"))
    assert len(re.findall(r"^- \*\*", section("feuille-de-route.md", "limites"), re.MULTILINE)) > 1
    assert any("jours" in " ".join(row) for row in rows(section("feuille-de-route.md", "cout")))


@home("Le front et l'API sur votre poste, leurs réglages, et ce qui tourne quand vous poussez un changement.")
def test_the_pages_for_development_have_both_services_their_settings_and_the_pipeline() -> None:
    asked = {block.code.strip() for block in blocks("demarrer.md") if block.expected and block.target == "local"}
    assert {"curl -fsS http://localhost:8000/health", "curl -fsS http://localhost:8080"} <= asked
    settings = page("architecture/configuration.md").page.markdown
    assert {
        name
        for name in ("API_VERSION", "FRONT_VERSION", "API_BASE_URL", "GUNICORN_THREADS")
        if f"`{name}`" not in settings
    } == set()
    assert [
        job["name"]
        for job in pipeline()["jobs"].values()
        if job["name"] not in section("integration-continue.md", "controles")
    ] == []


@home(
    "Un front et une API séparés se déploient, se mettent à jour et perdent un pod de l'API sans qu'un utilisateur s'en aperçoive"
)
def test_an_update_and_the_loss_of_a_pod_happen_while_nothing_may_be_lost_for_a_user(manifest: Manifest) -> None:
    deployed = [block.code for block in blocks("exploitation/deployer.md")]
    for name in DEPLOYMENTS:
        assert any(f"rollout status deployment/{name}" in code for code in deployed)
        assert manifest("Deployment", name).at("spec", "strategy", "rollingUpdate", "maxUnavailable") == 0
    user = f"http://localhost:{manifest('Service', 'datapress-front').at('spec', 'ports', 0, 'nodePort')}/status"
    for uri, done in ((AVAILABILITY, 'kubectl delete "$POD"'), (UPDATE, "kubectl set image deployment/datapress-api")):
        ended = next(block for block in blocks(uri) if "scripts/sonde arreter" in block.code and not block.cleanup)
        assert place(uri, f"scripts/sonde demarrer {user}") < place(uri, done) < blocks(uri).index(ended)
        assert ended.exit_status == 0
        assert ended.expected
        assert "aucune requête perdue" in ended.expected.text


OBJECTIVES = {
    "la séparation du front et de l'API": "Séparer front et API",
    "une conteneurisation propre": "Conteneurisation propre",
    "un déploiement sur un cluster Kubernetes de recette": "Déploiement sur un cluster de recette",
    "un dépôt bien structuré": "Dépôt bien structuré",
    "un début d'intégration et de déploiement continus": "Début de CI/CD minimal",
    "une documentation claire et exploitable": "Documentation claire et exploitable",
}


@home("les [six objectifs du DSI](contexte.md#objectifs) ont chacun leur réponse |")
def test_each_of_the_six_objectives_has_an_answer() -> None:
    listed = re.findall(r"^\d\. (.+?)\s?[;.]$", section("contexte.md", "objectifs"), re.MULTILINE)
    assert [plain(text) for text in listed] == list(OBJECTIVES)
    answers = {row[1]: row[2] for row in rows(section("contexte.md", "besoin-reponse-preuve")) if row[0] == "§ 1"}
    assert all(answers[wanted].strip(" –") for wanted in OBJECTIVES.values())


@home("[Attente par attente](contexte.md#besoin-reponse-preuve) |")
def test_every_expectation_has_an_answer_and_something_that_proves_it() -> None:
    asked = rows(section("contexte.md", "besoin-reponse-preuve"))
    assert len(asked) > 50
    assert [row for row in asked if len(row) != 4 or not all(cell.strip(" –") for cell in row)] == []
    assert len({row[1] for row in asked}) == len(asked)
    assert [row[1] for row in asked if "](" not in row[3]] == []


@home("| Que coûterait la suite ? | 27 à 75 jours de travail avant toute mise en production, sans licence")
def test_the_days_before_production_are_the_sum_of_the_efforts_of_the_first_stage() -> None:
    days = {"S": (2, 5), "M": (5, 15), "L": (15, 40)}
    text = source("docs/feuille-de-route.md").partition("{ #horizon-1 }")[2].partition("\n## ")[0]
    efforts = re.findall(r"^Effort\n:   ([SML])\b", text, re.MULTILINE)
    assert len(efforts) == text.count("\n### ")
    assert tuple(sum(days[effort][side] for effort in efforts) for side in (0, 1)) == (27, 75)
    assert (
        "avant toute mise en production"
        in source("docs/feuille-de-route.md").partition(" { #horizon-1 }")[0].rpartition("\n")[2]
    )


@home("**Une panne reste locale.**")
def test_a_dead_api_leaves_the_page_of_the_front_and_its_health() -> None:
    alone = front(API_BASE_URL=NOBODY)
    assert [alone.get(path).status_code for path in ("/", "/health", "/health/live", "/health/ready")] == [200] * 4
    assert "API injoignable" in alone.get("/").text
    with listening(api().application) as address:
        assert "API disponible" in front(API_BASE_URL=address).get("/").text


@home("**Une version se pose et se retire sans coupure.**")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_version_comes_and_goes_by_the_same_replacement_that_never_lacks_a_pod(name: str, manifest: Manifest) -> None:
    spec = manifest("Deployment", name).at("spec")
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert spec["revisionHistoryLimit"] >= 1
    assert blocks(UPDATE)[place(UPDATE, "kubectl set image deployment/datapress-api")].exit_status == 0
    assert blocks(UNDO)[place(UNDO, "kubectl rollout undo deployment/datapress-api")].exit_status == 0


@home("**Le même logiciel va du poste à la recette.**")
def test_compose_and_the_cluster_start_the_same_images_by_the_same_command(model: Model, manifest: Manifest) -> None:
    for name, service in model.services.items():
        started = container(manifest, f"datapress-{name}")
        assert started["image"] == service["image"]
        assert not {"command", "entrypoint"} & set(service)
        assert not {"command", "args"} & set(started)


@home("- **La documentation ne ment pas longtemps.**")
def test_pages_run_at_each_change_and_twice_a_week_without_any() -> None:
    workflow = pipeline()
    assert {"push", "pull_request", "schedule"} <= set(workflow[True])
    [planned] = workflow[True]["schedule"]
    assert planned["cron"].split()[2:] == ["*", "*", "1,4"]
    assert "runbook run" in source("scripts/test")
    assert any(
        "scripts/test --require local,compose,recette" in step.get("run", "")
        for step in workflow["jobs"]["every-target"]["steps"]
    )


LEFT_OUT = {
    "donnees": "base de données",
    "exposition": "chiffrement des échanges",
    "observabilite": "supervision",
    "noeuds": "perte d'un nœud",
}


@home(
    "Le [périmètre](contexte.md#hors-perimetre) dit ce qui a été laissé de côté, la [feuille de route](feuille-de-route.md) ce qu'il faudrait pour l'ajouter."
)
@pytest.mark.parametrize(("anchor", "named"), LEFT_OUT.items())
def test_what_is_left_out_is_in_the_scope_and_has_its_work_in_the_roadmap(anchor: str, named: str) -> None:
    scope = [row[0] for row in rows(section("contexte.md", "hors-perimetre"))]
    assert [text for text in scope if named in text.lower()]
    assert card(anchor).days
    assert {"Raison", "Effort", "Coût", "Risque"} <= set(card(anchor).terms)


# The first start


@starting(
    "Deux chemins mènent au même résultat : sans Docker, pour regarder ; avec Docker Compose, pour travailler sur les images qui partiront en recette."
)
def test_both_ways_serve_the_same_applications_and_the_second_the_images_of_the_recette(
    model: Model, manifest: Manifest
) -> None:
    services = load(ROOT).services
    for name in ("api", "front"):
        application = f"datapress_{name}:create_app()"
        assert services[name].command[-1] == application
        assert f'CMD ["gunicorn", "{application}"]' in source(f"services/{name}/Dockerfile")
        assert model.services[name]["image"] == container(manifest, f"datapress-{name}")["image"]
    for word in ("docker", "compose"):
        assert word not in source("scripts/demo").lower()
    shown = {
        block.target: block.expected.text
        for block in blocks(START)
        if block.code.strip() == "curl -fsS http://localhost:8080/status" and block.expected
    }
    assert set(shown) == {"local", "compose"}
    answered = shown["local"].replace('"environment": "local"', '"environment": "developpement"')
    assert compare(shown["compose"], answered, Kind.JSON) is None


@starting("Toutes les commandes se lancent à la racine du dépôt.")
def test_every_file_that_a_command_names_is_found_from_the_root() -> None:
    codes = [block.code for block in blocks(START)]
    assert not [code for code in codes if re.search(r"\b(?:cd|pushd)\b", code)]
    assert [
        name
        for code in codes
        for name in re.findall(r"(?<![\w/.:])(?:scripts|k8s|docs|services)/\S+", code)
        if not (ROOT / name).exists()
    ] == []
    assert "scripts/demo" in codes[0]
    assert (ROOT / "compose.yaml").is_file()


@starting("Ouvrez <http://localhost:8080> dans un navigateur, ou demandez la page à `curl` :")
def test_the_front_is_on_port_8080_of_this_machine_and_gives_its_page(model: Model) -> None:
    assert load(ROOT).services["front"].ports == [8080]
    assert [port["published"] for port in model.services["front"]["ports"]] == ["8080"]
    asked = next(block for block in blocks(START) if block.code.strip() == "curl -fsS http://localhost:8080")
    with listening(api().application) as address:
        answer = front(API_BASE_URL=address).get("/")
    assert answer.mimetype == "text/html"
    assert asked.expected
    assert compare(asked.expected.text, answer.text, Kind.TEXT) is None


@starting("Il garde le terminal jusqu'à Ctrl+C, qui arrête tout : la suite se lance dans un second terminal.")
def test_the_demonstration_ends_by_serving_until_it_is_stopped() -> None:
    lines = [line for line in source("scripts/demo").splitlines() if line.strip()]
    assert lines[-1] == "exec runbook serve api front site"
    assert 'screen.print("Ctrl+C arrête tout.")' in source("scripts/runbook/verbs/serving.py")
    first, *others = blocks(START)
    assert (first.code.strip(), first.title) == ("scripts/demo", "Premier terminal")
    assert "Premier terminal" not in [block.title for block in others]


@starting("`services/front/datapress_front/app.py`, et les gabarits à côté | De même |")
def test_the_role_of_each_route_of_the_front_is_where_that_of_the_api_is() -> None:
    described = yaml.safe_load(source("docs/_data/services.yaml"))["routes"]
    routes = {rule.rule for rule in front().application.url_map.iter_rules()}
    assert set(described["front"]) == routes
    shown = section("architecture/index.md", "adresses").partition("### Front")[2]
    assert [role for role in described["front"].values() if plain(role) not in plain(shown)] == []


@starting("Le même état existe pour une supervision ;")
def test_page_and_status_tell_the_same_state() -> None:
    def told(address: str) -> tuple[bool, int, bool]:
        client = front(API_BASE_URL=address)
        answer: Any = client.get("/status")
        return "API disponible" in client.get("/").text, answer.status_code, answer.json["api"]["reachable"]

    with listening(api().application) as address:
        assert told(address) == (True, 200, True)
    assert told(NOBODY) == (False, 503, False)


@starting("Il faut un moteur Docker et son extension Compose ;")
def test_compose_is_absent_without_an_engine_or_its_extension() -> None:
    assert [one.missing for one in load(ROOT).targets["compose"].requires] == [
        "commande docker absente",
        "moteur Docker injoignable",
        "extension docker compose absente",
    ]


@starting(
    "Il n'y a pas de liste à retenir : `runbook check` nomme, à la ligne, chaque page et chaque manifeste qui ne suit plus."
)
@starting(
    "d'où vient [le tableau des routes](architecture/index.md#adresses) ; les pages dont une commande l'appelle |"
)
def test_a_command_that_calls_a_route_which_is_gone_is_named_at_its_line(model: Model) -> None:
    [calling] = (block for block in blocks(START) if block.code.strip() == "curl -fsS http://localhost:8000/health")
    called = source("docs/demarrer.md").splitlines().index(calling.code.strip()) + 1
    lost = replace(calling, code="curl -fsS http://localhost:8000/sante")
    changed = replace(
        page(START), blocks=tuple(lost if block is calling else block for block in blocks(START)), after=()
    )
    assert [(found.path, found.line) for found in check_commands([changed], model) if "/sante" in str(found)] == [
        ("docs/demarrer.md", called)
    ]
    assert not [found for found in check_commands([replace(page(START), after=())], model) if found.line == called]


@starting(
    "Il n'y a pas de liste à retenir : `runbook check` nomme, à la ligne, chaque page et chaque manifeste qui ne suit plus."
)
@starting(
    "| Une sonde des deux services | `services/common/datapress_common/health.py` | De même ; les manifestes qui l'appellent |"
)
@pytest.mark.parametrize("name", ["api", "front"])
def test_a_manifest_that_probes_a_route_which_is_gone_is_named_at_its_line(name: str, model: Model) -> None:
    def moved(item: KubeObject) -> KubeObject:
        document = copy.deepcopy(item.document)
        document["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"] = "/pret"
        return replace(item, document=document)

    spoilt = replace(
        model,
        objects=tuple(
            moved(item) if (item.kind, item.name) == ("Deployment", f"datapress-{name}") else item
            for item in model.objects
        ),
    )
    path = f"k8s/{name}-deployment.yaml"
    probed = next(number for number, line in enumerate(source(path).splitlines(), 1) if "/health/ready" in line)
    assert {(found.path, found.line) for found in check_manifests(spoilt) if "/pret" in str(found)} == {(path, probed)}
    assert list(check_manifests(model)) == []


@starting("et `scripts/test` dit le reste avant de pousser.")
def test_what_the_check_does_not_say_is_a_step_of_the_tests() -> None:
    steps = source("scripts/test")
    assert [
        step for step in ("pytest", "ruff", "mypy", "mkdocs build --strict", "runbook run") if step not in steps
    ] == []
    assert "git push" not in steps


@starting("- Appeler l'API depuis un programme : [Utiliser l'API](utiliser-api.md).")
def test_the_page_for_programs_calls_the_api_in_python() -> None:
    snippets = re.findall(r"^```python\n(.*?)^```", page("utiliser-api.md").page.markdown, re.DOTALL | re.MULTILINE)
    calling = [
        snippet
        for snippet in snippets
        if re.search(r"\bget\(|\brequests\.", snippet) and "http://localhost:8000" in snippet
    ]
    assert len(calling) > 1
    assert all("import requests" in snippet for snippet in calling)


# The glossary


@cache
def _definitions() -> dict[str, Any]:
    newest = all_versions()[-1]
    found: dict[str, Any] = schema_contents(f"kubernetes-json-schema/v{newest}-local/_definitions.json", newest)[
        "$defs"
    ]
    return found


def kubernetes(name: str, field: str = "") -> str:
    """What the newest API of Kubernetes says of a type, or of one of its fields."""
    definition = _definitions()[f"io.k8s.api.{name}"]
    told: str = (definition["properties"][field] if field else definition)["description"]
    return told


# Words of this repository


@defining("ADR : Note de décision d'architecture : ce qui a été décidé, contre quoi, à quel prix.")
@pytest.mark.parametrize("number", range(1, 11))
def test_a_decision_has_its_options_its_choice_and_its_price(number: int) -> None:
    [path] = (ROOT / "docs/decisions").glob(f"{number:04}-*.md")
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Contexte", "Options", "Décision", "Conséquences", "Confirmation"]


@defining("ADR : Note de décision d'architecture :")
@defining("DSI : Direction, ou directeur, des systèmes d'information.")
@defining("HPA : La mise à l'échelle automatique du nombre de pods.")
def test_the_words_shown_over_an_abbreviation_are_those_of_the_glossary() -> None:
    shown = {
        name: plain(words)
        for name, words in re.findall(r"^\*\[(\w+)\]: (.+)$", source("docs/_includes/abreviations.md"), re.MULTILINE)
    }
    assert shown == {
        "ADR": "Note de décision d'architecture",
        "DSI": "Direction des systèmes d'information",
        "HPA": "Mise à l'échelle automatique du nombre de pods",
    }


@defining("Assertion : Le résultat qu'une page annonce et que le moteur compare à ce qui est sorti.")
@pytest.mark.parametrize(
    ("announced", "outcome"), [("un", Outcome.VERIFIED), ("deux", Outcome.FAILED), (None, Outcome.EXECUTED)]
)
def test_what_comes_out_is_compared_with_what_the_page_announces(
    announced: str | None, outcome: Outcome, tmp_path: Path
) -> None:
    told = f'```text title="Résultat attendu"\n{announced}\n```\n' if announced else ""
    plan = make_plan(
        [read_page(f"```bash\necho un\n```\n\n{told}", targets=("here",), cible="here")],
        Settings({"here": Target("Here")}),
        {},
    )
    journal = Journal()
    with (
        campaign.opened(Settings({"here": Target("Here")}), tmp_path) as run,
        closing(campaign.run_plan(plan, run, journal)) as events,
    ):
        assert list(events)
    assert [result.outcome for result in journal.results] == [outcome]


@defining("CI : Intégration continue : les contrôles lancés à chaque changement.")
def test_the_checks_run_at_each_push_and_each_proposal() -> None:
    workflow = pipeline()
    assert workflow["name"] == "Intégration continue"
    assert {"push", "pull_request"} <= set(workflow[True])
    always = [job for job in workflow["jobs"].values() if "if" not in job]
    assert len(always) == 2
    assert all(any(step.get("run", "").startswith("scripts/test ") for step in job["steps"]) for job in always)


@defining("Docker Compose : L'outil qui lance plusieurs conteneurs reliés, décrits dans un seul fichier.")
def test_one_file_describes_two_containers_on_one_network(model: Model) -> None:
    assert [name for name in model.files if re.search(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$", name)] == [
        "compose.yaml"
    ]
    assert len(model.services) == 2
    assert {tuple(service["networks"]) for service in model.services.values()} == {("datapress",)}
    assert not {"include", "extends"} & set(model.compose)


@defining("Image : Un système de fichiers prêt à exécuter, figé et versionné.")
@pytest.mark.parametrize("name", ["api", "front"])
def test_an_image_has_a_version_is_not_written_to_and_starts_by_itself(
    name: str, model: Model, manifest: Manifest
) -> None:
    started = container(manifest, f"datapress-{name}")
    assert re.fullmatch(r"datapress-\w+:\d+\.\d+\.\d+", started["image"])
    assert started["securityContext"]["readOnlyRootFilesystem"] is True
    assert model.services[name]["read_only"] is True
    assert re.search(r"^CMD \[", source(f"services/{name}/Dockerfile"), re.MULTILINE)


@defining("Conteneur : Un processus isolé, lancé à partir d'une image.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_container_is_started_from_an_image_with_no_hold_on_its_host(name: str, manifest: Manifest) -> None:
    assert kubernetes("core.v1.Container", "image").startswith("Container image name.")
    pod, started = manifest("Deployment", name).pod_template["spec"], container(manifest, name)
    assert started["image"]
    assert started["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert not [volume for volume in pod.get("volumes", []) if "hostPath" in volume]


@defining("Distroless : Une image réduite au programme et à ses bibliothèques, sans shell.")
def test_an_image_without_a_shell_was_an_option_and_is_not_what_is_used() -> None:
    [option] = re.findall(r"^- \*\*Distroless\*\*\s?: (.*)$", source("docs/decisions/0001-images.md"), re.MULTILINE)
    assert option.startswith("ni shell ni gestionnaire de paquets à l'exécution")
    for name in ("api", "front"):
        assert set(re.findall(r"^FROM (\S+)", source(f"services/{name}/Dockerfile"), re.MULTILINE)) == {
            "python:3.13-slim-trixie"
        }


@defining("POC : Preuve de faisabilité : une réalisation limitée, faite pour décider.")
def test_limits_are_named_and_decisions_are_asked() -> None:
    assert len(rows(section("contexte.md", "hors-perimetre"))) > 3
    assert re.search(r"^1\. \*\*Poursuivre ou non", section("feuille-de-route.md", "decision"), re.MULTILINE)


@defining("Procédure : Une page d'exploitation qui se suit bloc par bloc (*runbook*).")
def test_a_procedure_is_run_block_by_block() -> None:
    procedures = [found for found in documented() if re.fullmatch(r"exploitation/(?!index)[\w-]+\.md", found.page.uri)]
    assert len(procedures) == 8
    assert [found.page.uri for found in procedures if len(found.blocks) < 5] == []
    assert "--step" in [name for option in commands.commands["run"].params for name in option.opts]


@defining("Recette : L'environnement où l'on vérifie une version avant de la livrer.")
def test_images_are_published_only_after_the_recette_has_been_verified() -> None:
    jobs = pipeline()["jobs"]
    assert "every-target" in jobs["publish-images"]["needs"]
    [tested] = [
        step["run"] for step in jobs["every-target"]["steps"] if step.get("run", "").startswith("scripts/test ")
    ]
    assert "recette" in tested.partition("--require ")[2].split(",")


@defining("Registre : L'endroit d'où un cluster télécharge ses images.")
def test_images_are_pushed_to_a_registry_and_pulled_where_they_are_absent(manifest: Manifest) -> None:
    assert 'docker push --quiet "$published"' in source("scripts/publish")
    assert "published=$registry/" in source("scripts/publish")
    assert "pull" in kubernetes("core.v1.Container", "imagePullPolicy").lower()
    assert {container(manifest, name)["imagePullPolicy"] for name in DEPLOYMENTS} == {"IfNotPresent"}


@defining("Traçage : Le suivi d'une requête d'un service à l'autre.")
def test_a_request_keeps_its_identifier_from_one_service_to_the_other() -> None:
    heard: list[str | None] = []
    noting = Flask("noting")

    @noting.get("/health")
    def health() -> Response:
        heard.append(request.headers.get("X-Request-ID"))
        return jsonify(status="ok", service="datapress-api", version="1.0.0")

    with listening(noting) as address:
        answer = front(API_BASE_URL=address).get("/status", headers={"X-Request-ID": "suivie-1"})
    assert heard == ["suivie-1"]
    assert answer.headers["X-Request-ID"] == "suivie-1"
    assert "l'identifiant de requête, commun aux journaux des deux services, est livré" in plain(
        card("tracage").terms["État"]
    )


# Words of Kubernetes


@defining("Cluster : Un ensemble de machines que Kubernetes gère comme une seule.")
@defining("Nœud : Une machine du cluster.")
@defining("Ordonnanceur : La partie de Kubernetes qui attribue un nœud à chaque pod.")
def test_a_cluster_lists_its_nodes_and_no_pod_asks_for_one(model: Model) -> None:
    [cluster] = model.of_kind("Cluster")
    assert [node["role"] for node in cluster.at("nodes")] == ["control-plane"]
    assert kubernetes("core.v1.Node").startswith("Node is a worker node in Kubernetes.")
    assert "If empty, this pod is a candidate for scheduling by the scheduler" in kubernetes(
        "core.v1.PodSpec", "nodeName"
    )
    pods = [item.pod_template["spec"] for item in model.objects if item.pod_template]
    assert len(pods) == 3
    assert not [pod for pod in pods if {"nodeName", "nodeSelector", "affinity", "schedulerName"} & set(pod)]


@defining("ClusterIP : Un Service joignable du cluster seulement.")
def test_a_cluster_ip_is_inside(manifest: Manifest) -> None:
    assert '"ClusterIP" allocates a cluster-internal IP address' in kubernetes("core.v1.ServiceSpec", "type")
    spec = manifest("Service", "datapress-api").at("spec")
    assert spec["type"] == "ClusterIP"
    assert not {"nodePort", "hostPort"} & {key for port in spec["ports"] for key in port}
    assert not {"externalIPs", "loadBalancerIP"} & set(spec)


@defining("ConfigMap : Des réglages non sensibles, donnés aux pods par Kubernetes.")
@defining("Secret : Un réglage sensible, donné aux pods par Kubernetes.")
def test_settings_come_from_the_config_map_and_the_token_from_the_secret(model: Model, manifest: Manifest) -> None:
    assert kubernetes("core.v1.ConfigMap") == "ConfigMap holds configuration data for pods to consume."
    assert kubernetes("core.v1.Secret").startswith("Secret holds secret data")
    [config] = model.of_kind("ConfigMap")
    [secret] = (item for item in model.of_kind("Secret") if item.path not in model.settings.model.generated)
    assert [name for name in config.at("data") if re.search("TOKEN|SECRET|PASSWORD", name)] == []
    assert list(secret.at("data")) == ["API_TOKEN"]
    for name in DEPLOYMENTS:
        assert container(manifest, name)["envFrom"] == [{"configMapRef": {"name": config.name}}]
    assert (
        manifest("Deployment", "datapress-api").pod_template["spec"]["volumes"][0]["secret"]["secretName"]
        == secret.name
    )


@defining(
    "Deployment : La description d'un composant : son image, son nombre de réplicas, sa façon de se mettre à jour."
)
@defining("Kubernetes : Le système qui tient en marche le nombre voulu de conteneurs sur un cluster.")
@defining("Réplica : Un exemplaire d'un pod.")
@pytest.mark.parametrize(("name", "replicas"), [("datapress-api", 2), ("datapress-front", 1)])
def test_a_deployment_says_image_number_and_way_of_replacing(name: str, replicas: int, manifest: Manifest) -> None:
    assert kubernetes("apps.v1.DeploymentSpec", "replicas").startswith("Number of desired pods.")
    assert (
        kubernetes("apps.v1.DeploymentSpec", "strategy")
        == "The deployment strategy to use to replace existing pods with new ones."
    )
    assert "Default to Always" in kubernetes("core.v1.PodSpec", "restartPolicy")
    deployment = manifest("Deployment", name)
    assert deployment.at("spec", "replicas") == replicas
    assert deployment.at("spec", "strategy", "type") == "RollingUpdate"
    assert container(manifest, name)["image"].startswith(f"{name}:")
    assert "restartPolicy" not in deployment.pod_template["spec"]


@defining(
    "ReplicaSet : Ce qu'un Deployment crée pour chaque définition de ses pods ; l'ancien est gardé pour pouvoir y revenir."
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_old_replica_sets_are_kept_to_go_back_to(name: str, manifest: Manifest) -> None:
    assert kubernetes("apps.v1.DeploymentSpec", "revisionHistoryLimit").startswith(
        "The number of old ReplicaSets to retain to allow rollback."
    )
    assert manifest("Deployment", name).at("spec", "revisionHistoryLimit") > 0
    assert not manifest("Deployment", name).at("spec", "paused")


@defining("HPA : La mise à l'échelle automatique du nombre de pods.")
def test_the_autoscaler_manages_the_number_of_replicas() -> None:
    assert "which automatically manages the replica count" in kubernetes("autoscaling.v2.HorizontalPodAutoscaler")
    assert plain(card("charge").terms["Demande"]) == "Mise à l'échelle automatique selon la charge (HPA)"


@defining("Ingress : L'entrée HTTP d'un cluster : noms, chemins, TLS.")
def test_an_ingress_has_names_paths_and_tls() -> None:
    assert "allow inbound connections" in kubernetes("networking.v1.Ingress")
    assert "fully qualified domain name" in kubernetes("networking.v1.IngressRule", "host")
    assert "path of an incoming request" in kubernetes("networking.v1.HTTPIngressPath", "path")
    assert "TLS configuration" in kubernetes("networking.v1.IngressSpec", "tls")


@defining("Manifeste : Un fichier YAML qui décrit un objet de Kubernetes.")
def test_each_manifest_describes_one_object(model: Model) -> None:
    described = [
        item.path
        for item in model.objects
        if item.kind != "Cluster" and item.path not in model.settings.model.generated
    ]
    assert len(described) == len(set(described)) == 8
    assert {re.sub(r"\.example$", "", path).rpartition(".")[2] for path in described} == {"yaml"}


@defining("NetworkPolicy : Une règle qui dit quels pods peuvent se parler.")
def test_a_network_policy_tells_what_may_reach_pods() -> None:
    assert (
        kubernetes("networking.v1.NetworkPolicy")
        == "NetworkPolicy describes what network traffic is allowed for a set of Pods"
    )
    assert "sources which should be able to access the pods" in kubernetes(
        "networking.v1.NetworkPolicyIngressRule", "from"
    )


@defining("Pod : La plus petite unité de Kubernetes : un ou plusieurs conteneurs démarrés et arrêtés ensemble.")
def test_a_pod_has_at_least_one_container_and_one_time_to_end_for_all(manifest: Manifest) -> None:
    assert kubernetes("core.v1.Pod").startswith("Pod is a collection of containers that can run on a host.")
    assert "There must be at least one container in a Pod." in kubernetes("core.v1.PodSpec", "containers")
    pod, alone = (set(_definitions()[f"io.k8s.api.core.v1.{name}"]["properties"]) for name in ("PodSpec", "Container"))
    assert {"terminationGracePeriodSeconds", "nodeName"} <= pod - alone
    for name in DEPLOYMENTS:
        assert len(manifest("Deployment", name).containers) == 1


@defining("`port-forward` : Un passage temporaire, ouvert par `kubectl`, d'un poste vers un pod.")
def test_a_port_forward_is_a_command_of_kubectl_that_lasts_while_its_terminal_is_held() -> None:
    opened = [block for found in documented() for block in found.blocks if re.search(r"\bport-forward\b", block.code)]
    assert len(opened) >= 2
    assert [block.code for block in opened if not block.code.lstrip().startswith("kubectl port-forward ")] == []
    assert all(str(block.background).startswith("http://localhost:") for block in opened)


@defining("Service : Une adresse stable devant des pods qui changent.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_service_finds_its_pods_by_a_label_that_no_version_changes(name: str, manifest: Manifest) -> None:
    assert "the selector that determines which pods will answer requests" in kubernetes("core.v1.Service")
    assert manifest("Service", name).at("spec", "selector") == {"app.kubernetes.io/name": name}
    assert "app.kubernetes.io/version" in manifest("Deployment", name).pod_template["metadata"]["labels"]
    assert manifest("ConfigMap", "datapress-config").at("data", "API_BASE_URL") == "http://datapress-api"


@defining("Sonde : Une question posée à intervalle régulier à un conteneur : es-tu démarré, disponible, en vie ?")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_container_is_asked_three_questions_again_and_again(name: str, manifest: Manifest) -> None:
    assert kubernetes("core.v1.Probe", "periodSeconds").startswith("How often (in seconds) to perform the probe.")
    asked = {key: value["periodSeconds"] for key, value in container(manifest, name).items() if key.endswith("Probe")}
    assert set(asked) == {"startupProbe", "readinessProbe", "livenessProbe"}
    assert min(asked.values()) > 0
    assert "successfully initialized" in kubernetes("core.v1.Container", "startupProbe")
    assert "service readiness" in kubernetes("core.v1.Container", "readinessProbe")
    assert "container liveness" in kubernetes("core.v1.Container", "livenessProbe")


@defining(
    "Plan de contrôle : Les programmes qui décident pour tout le cluster ; sans eux, les pods continuent de servir."
)
def test_the_control_plane_is_a_role_of_a_node_and_no_pod_has_its_key(model: Model) -> None:
    [cluster] = model.of_kind("Cluster")
    assert [node["role"] for node in cluster.at("nodes")].count("control-plane") == 1
    pods = [item.pod_template["spec"] for item in model.objects if item.pod_template]
    assert {pod["automountServiceAccountToken"] for pod in pods} == {False}


# Words of the roadmap

TOOLS = {
    "Alloy : L'agent de Grafana qui ramasse les journaux et les envoie à Loki ; il remplace Promtail.": (
        "observabilite",
        "Choix d'aujourd'hui",
        "Loki alimenté par **Grafana Alloy**, Promtail étant en fin de vie",
    ),
    "Loki : L'outil qui garde les journaux et permet d'y chercher.": (
        "observabilite",
        "Choix d'aujourd'hui",
        "Loki alimenté par **Grafana Alloy**",
    ),
    "Grafana : L'outil qui affiche métriques, journaux et traces.": (
        "observabilite",
        "Demande",
        "Prometheus, Grafana, Loki",
    ),
    "Prometheus : L'outil qui relève les métriques et déclenche les alertes.": (
        "observabilite",
        "Choix d'aujourd'hui",
        "Prometheus, Grafana et des alertes",
    ),
    "cert-manager : L'outil qui obtient et renouvelle les certificats TLS d'un cluster.": (
        "exposition",
        "Demande",
        "cert-manager et TLS",
    ),
    "Gateway API : Le successeur d'Ingress pour l'entrée du trafic dans un cluster.": (
        "exposition",
        "Choix d'aujourd'hui",
        "**Gateway API** et cert-manager, plutôt qu'un Ingress",
    ),
    "GitOps : Une façon de déployer où le cluster s'aligne de lui-même sur l'état décrit dans git.": (
        "livraison",
        "Choix d'aujourd'hui",
        "une approche GitOps (Argo CD ou Flux) plutôt que des accès au cluster confiés à la CI",
    ),
    "Jaeger : L'outil qui garde les traces et les montre.": ("tracage", "Choix d'aujourd'hui", "vers **Jaeger v2**"),
    "OpenTelemetry : La norme commune pour produire métriques, journaux et traces.": (
        "tracage",
        "Choix d'aujourd'hui",
        "Traces par OpenTelemetry vers",
    ),
    "Opérateur : Un programme qui administre une application dans le cluster, par exemple une base de données.": (
        "donnees",
        "Choix d'aujourd'hui",
        "PostgreSQL, par un opérateur si elle vit dans le cluster",
    ),
    "TLS : Le chiffrement des échanges.": ("exposition", "Raison", "en clair n'est ni mémorisable ni sûr"),
}


@pytest.mark.parametrize(
    ("anchor", "term", "chosen"),
    [pytest.param(*place_and_words, marks=defining(words)) for words, place_and_words in TOOLS.items()],
)
def test_a_tool_of_the_glossary_has_this_part_in_the_roadmap_and_none_in_the_manifests(
    anchor: str, term: str, chosen: str, model: Model
) -> None:
    terms = {plain(name): plain(words) for name, words in card(anchor).terms.items()}
    assert chosen in terms[term]
    assert terms["État"].startswith(("Prévu", "Livré en partie"))
    assert {item.at("apiVersion") for item in model.objects if item.kind != "Cluster"} == {"v1", "apps/v1"}


@defining("TLS : Le chiffrement des échanges.")
def test_encryption_is_left_out_and_leads_to_the_work_that_brings_tls(manifest: Manifest) -> None:
    [(_, _, leads)] = (
        row
        for row in rows(section("contexte.md", "hors-perimetre"))
        if row[0].startswith("Le chiffrement des échanges")
    )
    assert leads == "[Feuille de route](feuille-de-route.md#exposition)"
    assert "TLS" in card("exposition").terms["Demande"]
    assert manifest("ConfigMap", "datapress-config").at("data", "API_BASE_URL").startswith("http://")
