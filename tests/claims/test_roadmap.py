"""Claims of the page on limits and on what comes next: what is there, what is not, and what each step relies on."""

import re
from functools import partial
from typing import Any

import pytest

from lossprobe.figures import ROWS
from macros.roadmap import DAYS, read_roadmap
from runbook.checking.offered.model import Model
from tests.claims.facts import DEPLOYMENTS, ROOT, api, front, page, pipeline, source

PAGE = "feuille-de-route.md"
planning = partial(pytest.mark.claim, PAGE)


@planning("**S**, 2 à 5 jours ; **M**, 5 à 15 jours ; **L**, 15 à 40 jours.")
@planning("L'état est l'un des trois : *livré* (dans ce dépôt, vérifié), *essayé* (mis à l'épreuve, non retenu ou non livré), *prévu*.")
def test_every_card_has_a_size_and_one_of_three_states() -> None:
    cards = [card for stage in read_roadmap(ROOT / "docs" / PAGE).stages.values() for card in stage]

    assert DAYS == {"S": (2, 5), "M": (5, 15), "L": (15, 40)}
    assert {re.split(r"[ ,;:\u00a0]", card.terms["État"])[0] for card in cards} == {"Livré", "Essayé", "Prévu"}
    assert [card.anchor for card in cards if card.days is None] == ["tests"]


@planning("Aucune licence n'est à acheter")
def test_no_card_asks_for_a_licence() -> None:
    cards = [card for stage in read_roadmap(ROOT / "docs" / PAGE).stages.values() for card in stage]

    assert all("Coût" in card.terms for card in cards)
    assert not any("licence" in card.terms["Coût"] for card in cards)


@planning("**Des échanges en clair.** La recette n'est joignable que depuis sa machine ; c'est ce qui le rend acceptable.")
def test_the_port_of_the_cluster_is_open_on_its_machine_only(model: Model) -> None:
    (cluster,) = model.of_kind("Cluster")
    mappings = [mapping for node in cluster.at("nodes") for mapping in node["extraPortMappings"]]

    assert {mapping["listenAddress"] for mapping in mappings} == {"127.0.0.1"}
    assert {mapping["hostPort"] for mapping in mappings} == {30080}


@planning("**Pas de supervision.** On sait lire l'état du service, personne n'est prévenu s'il se dégrade.")
def test_nothing_in_the_recette_watches_the_service(model: Model) -> None:
    assert {item.kind for item in model.objects} & {"ServiceMonitor", "PrometheusRule", "DaemonSet"} == set()
    assert {container["image"].partition(":")[0] for item in model.objects for container in item.containers} == set(DEPLOYMENTS)


@planning("**Pas d'objectif de charge.** Les requêtes perdues sont mesurées, le débit ne l'est pas.")
def test_a_measure_counts_losses_and_no_rate() -> None:
    assert "pertes" in ROWS
    assert not any(re.search(r"par seconde|débit|/s", title) for title in ROWS.values())


@planning("Prévu ; le NodePort qui en tient lieu est [une décision provisoire](decisions/0002-exposition.md)")
def test_the_way_in_is_a_node_port(model: Model) -> None:
    assert [item.name for item in model.of_kind("Service") if item.at("spec", "type") == "NodePort"] == ["datapress-front"]
    assert (ROOT / "docs/decisions/0002-exposition.md").exists()


@planning("Prévu ; `/health/ready` est prêt à en tenir compte")
def test_readiness_has_a_route_of_its_own(manifest: Any) -> None:
    rules = {rule.rule: rule.endpoint for rule in api().application.url_map.iter_rules()}
    (container,) = manifest("Deployment", "datapress-api").containers

    assert rules["/health/ready"] != rules["/health/live"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] != "/health/ready"


@planning("Construction, tests et documentation exécutée à chaque changement, publication des images à chaque changement de `main`")
@planning("Livré en partie : jusqu'à la publication des images ; déploiement automatique prévu")
@planning("Le registre et les machines d'intégration, déjà compris dans GitHub jusqu'à un certain volume")
def test_the_pipeline_goes_as_far_as_the_images_of_main() -> None:
    workflow = pipeline()
    jobs = workflow["jobs"]
    commands = "\n".join(step.get("run", "") for job in jobs.values() for step in job["steps"])

    assert jobs["publish-images"]["if"] == "${{ github.ref == 'refs/heads/main' && github.event_name == 'push' }}"
    assert "if" not in jobs["every-target"]
    assert "ghcr.io" in commands
    assert "kubectl" not in commands
    assert {job["runs-on"] for job in jobs.values()} == {"ubuntu-24.04"}


@planning("Chaque route, chaque réglage refusé, chaque mode dégradé ; au-dessus, les procédures de ce site servent de tests d'intégration")
def test_every_route_is_in_a_test() -> None:
    rules = {rule.rule for client in (api(), front()) for rule in client.application.url_map.iter_rules() if "<" not in rule.rule}
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/services").glob("*.py"))

    assert rules >= {"/", "/health", "/status"}
    assert [rule for rule in rules if f'"{rule}"' not in tests] == []


@planning("HPA sur le processeur, de 2 à quelques pods, après une mesure du débit d'un seul")
@planning("La place des pods supplémentaires, 96Mi chacun, pendant les pics")
@planning("le nombre de réplicas doit alors quitter le manifeste, sans quoi chaque application l'annule")
@planning("Prévu ; la réservation de processeur dont il a besoin est livrée")
def test_the_number_of_pods_stands_in_the_manifest_and_they_reserve_processor(model: Model, manifest: Any) -> None:
    deployment = manifest("Deployment", "datapress-api")

    assert deployment.at("spec", "replicas") == 2
    assert deployment.containers[0]["resources"]["requests"] == {"cpu": "50m", "memory": "96Mi"}
    assert not list(model.of_kind("HorizontalPodAutoscaler"))


@planning("Faible : la pause d'arrêt et le contrôle de santé n'utilisent déjà que Python")
@pytest.mark.parametrize("name", ["api", "front"])
def test_nothing_in_the_images_relies_on_a_shell(manifest: Any, name: str) -> None:
    (container,) = manifest("Deployment", f"datapress-{name}").containers
    commands = re.findall(r"^(?:HEALTHCHECK .*\\\n\s*)?CMD \[\"(\w+)\"", source(f"services/{name}/Dockerfile"), re.MULTILINE)

    assert container["lifecycle"]["preStop"]["exec"]["command"][0] == "python"
    assert commands == ["python", "gunicorn"]
    assert "command" not in container


@planning("Moins de composants à surveiller, pas de shell à l'exécution")
@planning("Distroless plutôt qu'Alpine, dont la bibliothèque C n'a pas de paquets prêts pour toutes les dépendances")
def test_the_images_of_today_are_neither(model: Model) -> None:
    bases = {base for name in ("api", "front") for base in re.findall(r"^FROM (\S+)", source(f"services/{name}/Dockerfile"), re.MULTILINE)}

    assert bases == {"python:3.13-slim-trixie"}


@planning("deux réplicas du front, des budgets d'interruption ; Kustomize pour les variantes")
def test_there_is_one_environment_without_budgets_nor_variants(model: Model) -> None:
    assert not list(model.of_kind("PodDisruptionBudget"))
    assert not list((ROOT / "k8s").rglob("kustomization.y*ml"))


@planning("Ce que le tableau ne compte pas : porter l'application actuelle dans ces deux services, former les personnes qui exploiteront le cluster, et le temps d'astreinte.")
@pytest.mark.claim("presentation/diaporama.md", "Ne sont pas comptés : le portage de l'application actuelle, la formation et l'astreinte.")
def test_no_card_counts_the_port_nor_the_training() -> None:
    cards = [card for stage in read_roadmap(ROOT / "docs" / PAGE).stages.values() for card in stage]

    assert not any(re.search(r"portage|formation", f"{card.title} {card.terms['Effort']}", re.IGNORECASE) for card in cards)


@planning("Livré : [Intégration continue](integration-continue.md)")
@planning("Faible : trois retouches connues, aucune dans les pages")
@planning("Les correctifs de Material s'arrêtent le 5 mai 2027")
def test_the_engine_of_the_site_is_the_one_that_the_decision_tells_of() -> None:
    decision = page("decisions/0008-moteur-de-documentation.md").page.markdown

    assert re.search(r"mkdocs-material~=9\.8", source("pyproject.toml"))
    assert "trois retouches connues" in decision
    assert "au 5 mai 2027" in decision


CARDS = {
    "| [Exposition](#exposition) | D'abord | M, 5 à 15 jours | Moyen | Prévu |": {"Gateway", "Ingress", "Certificate"},
    "| [Sécurité](#securite) | D'abord | S, 2 à 5 jours | Faible | Prévu |": {"NetworkPolicy"},
    "| [Données](#donnees) | D'abord | L, 15 à 40 jours | Élevé | Prévu |": {"StatefulSet", "PersistentVolumeClaim"},
    "| [Observabilité](#observabilite) | D'abord | M, 5 à 15 jours | Moyen | Prévu |": {"ServiceMonitor", "PrometheusRule"},
    "| [Charge](#charge) | Ensuite | S, 2 à 5 jours | Faible | Prévu |": {"HorizontalPodAutoscaler"},
    "| [Plusieurs nœuds, plusieurs environnements](#noeuds) | Plus tard | L, 15 à 40 jours | Moyen | Prévu |": {"PodDisruptionBudget"},
}


@pytest.mark.parametrize("kinds", [pytest.param(kinds, marks=planning(row)) for row, kinds in CARDS.items()])
def test_what_is_planned_is_not_there_yet(model: Model, kinds: set[str]) -> None:
    assert {item.kind for item in model.objects} & kinds == set()


@planning("| [Traçage](#tracage) | Ensuite | S, 2 à 5 jours | Faible | Prévu |")
@planning("| [Images](#images) | Ensuite | S, 2 à 5 jours | Faible | Prévu |")
@planning("| [Livraison](#livraison) | Ensuite | M, 5 à 15 jours | Moyen | Livré en partie |")
@planning("| [Tests](#tests) | Ensuite | – | Faible | Livré |")
@planning("| [Documentation](#documentation) | Plus tard | S, 2 à 5 jours | Faible | Essayé |")
def test_what_is_delivered_is_there_and_the_rest_is_not() -> None:
    required = source("pyproject.toml")

    assert "opentelemetry" not in required
    assert not any(word in source("services/api/Dockerfile").lower() for word in ("distroless", "alpine"))
    assert "scripts/publish " in source(".github/workflows/ci.yml")
    assert "kubectl" not in source(".github/workflows/ci.yml")
    assert len(list((ROOT / "tests").rglob("test_*.py"))) > 50
    assert "mkdocs-material" in required
    assert "zensical" not in required


@planning("Faible, si le réseau du cluster les applique")
@planning("Tout refuser par défaut, puis ouvrir navigateur → front, front → API et la résolution de noms")
def test_the_only_calls_are_those_that_a_filter_would_open(model: Model) -> None:
    callers = {name: service.get("depends_on", {}) for name, service in model.services.items()}

    assert {name: list(called) for name, called in callers.items()} == {"api": [], "front": ["api"]}
    assert "requests" not in source("services/api/requirements.txt")
    assert next(model.of_kind("ConfigMap")).at("data", "API_BASE_URL").startswith("http://datapress-api")
