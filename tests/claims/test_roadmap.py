"""Claims of the pages on limits and what comes next, and on the context: what is there, what is not, and what each step relies on."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from lossprobe.figures import ROWS
from macros.compose_services import read_compose
from macros.deck_drawings import deck_drawings
from macros.manifests import read_recette
from macros.proved import section
from macros.roadmap import DAYS, Card, read_roadmap
from runbook.checking.offered.model import Model
from runbook.checking.prose.proofs import plain
from runbook.reading.content import Block
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    api,
    blocks,
    documented,
    front,
    listening,
    page,
    pipeline,
    source,
)

PAGE = "feuille-de-route.md"
planning = partial(pytest.mark.claim, PAGE)
context = partial(pytest.mark.claim, "contexte.md")


@planning("**S**, 2 à 5 jours ; **M**, 5 à 15 jours ; **L**, 15 à 40 jours.")
@planning(
    "L'état est l'un des trois : *livré* (dans ce dépôt, vérifié), *essayé* (mis à l'épreuve, non retenu ou non livré), *prévu*."
)
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


@planning(
    "**Des échanges en clair.** La recette n'est joignable que depuis sa machine ; c'est ce qui le rend acceptable."
)
def test_the_port_of_the_cluster_is_open_on_its_machine_only(model: Model) -> None:
    (cluster,) = model.of_kind("Cluster")
    mappings = [mapping for node in cluster.at("nodes") for mapping in node["extraPortMappings"]]

    assert {mapping["listenAddress"] for mapping in mappings} == {"127.0.0.1"}
    assert {mapping["hostPort"] for mapping in mappings} == {30080}


@planning("**Pas de supervision.** On sait lire l'état du service, personne n'est prévenu s'il se dégrade.")
def test_nothing_in_the_recette_watches_the_service(model: Model) -> None:
    assert {item.kind for item in model.objects} & {"ServiceMonitor", "PrometheusRule", "DaemonSet"} == set()
    assert {container["image"].partition(":")[0] for item in model.objects for container in item.containers} == set(
        DEPLOYMENTS
    )


@planning("**Pas d'objectif de charge.** Les requêtes perdues sont mesurées, le débit ne l'est pas.")
def test_a_measure_counts_losses_and_no_rate() -> None:
    assert "pertes" in ROWS
    assert not any(re.search(r"par seconde|débit|/s", title) for title in ROWS.values())


@planning("Prévu ; le NodePort qui en tient lieu est [une décision provisoire](decisions/0002-exposition.md)")
def test_the_way_in_is_a_node_port(model: Model) -> None:
    assert [item.name for item in model.of_kind("Service") if item.at("spec", "type") == "NodePort"] == [
        "datapress-front"
    ]
    assert (ROOT / "docs/decisions/0002-exposition.md").exists()


@planning("Prévu ; `/health/ready` est prêt à en tenir compte")
def test_readiness_has_a_route_of_its_own(manifest: Any) -> None:
    rules = {rule.rule: rule.endpoint for rule in api().application.url_map.iter_rules()}
    (container,) = manifest("Deployment", "datapress-api").containers

    assert rules["/health/ready"] != rules["/health/live"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] != "/health/ready"


@planning(
    "Construction, tests et documentation exécutée à chaque changement, publication des images à chaque changement de `main`"
)
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


@planning(
    "Chaque route, chaque réglage refusé, chaque mode dégradé ; au-dessus, les procédures de ce site servent de tests d'intégration"
)
def test_every_route_is_in_a_test() -> None:
    rules = {
        rule.rule
        for client in (api(), front())
        for rule in client.application.url_map.iter_rules()
        if "<" not in rule.rule
    }
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
    commands = re.findall(
        r"^(?:HEALTHCHECK .*\\\n\s*)?CMD \[\"(\w+)\"", source(f"services/{name}/Dockerfile"), re.MULTILINE
    )

    assert container["lifecycle"]["preStop"]["exec"]["command"][0] == "python"
    assert commands == ["python", "gunicorn"]
    assert "command" not in container


@planning("Moins de composants à surveiller, pas de shell à l'exécution")
@planning("Distroless plutôt qu'Alpine, dont la bibliothèque C n'a pas de paquets prêts pour toutes les dépendances")
def test_the_images_of_today_are_neither(model: Model) -> None:
    bases = {
        base
        for name in ("api", "front")
        for base in re.findall(r"^FROM (\S+)", source(f"services/{name}/Dockerfile"), re.MULTILINE)
    }

    assert bases == {"python:3.13-slim-trixie"}


@planning("deux réplicas du front, des budgets d'interruption ; Kustomize pour les variantes")
def test_there_is_one_environment_without_budgets_nor_variants(model: Model) -> None:
    assert not list(model.of_kind("PodDisruptionBudget"))
    assert not list((ROOT / "k8s").rglob("kustomization.y*ml"))


@planning(
    "Ce que le tableau ne compte pas : porter l'application actuelle dans ces deux services, former les personnes qui exploiteront le cluster, et le temps d'astreinte."
)
@pytest.mark.claim(
    "presentation/diaporama.md",
    "Ne sont pas comptés : le portage de l'application actuelle, la formation et l'astreinte.",
)
def test_no_card_counts_the_port_nor_the_training() -> None:
    cards = [card for stage in read_roadmap(ROOT / "docs" / PAGE).stages.values() for card in stage]

    assert not any(
        re.search(r"portage|formation", f"{card.title} {card.terms['Effort']}", re.IGNORECASE) for card in cards
    )


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
    "| [Observabilité](#observabilite) | D'abord | M, 5 à 15 jours | Moyen | Prévu |": {
        "ServiceMonitor",
        "PrometheusRule",
    },
    "| [Charge](#charge) | Ensuite | S, 2 à 5 jours | Faible | Prévu |": {"HorizontalPodAutoscaler"},
    "| [Plusieurs nœuds, plusieurs environnements](#noeuds) | Plus tard | L, 15 à 40 jours | Moyen | Prévu |": {
        "PodDisruptionBudget"
    },
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


LISTED = source("docs/_data/liens-externes.txt").split()
KINDS = re.findall(r"^(\w+): ", source("scripts/runbook/checking/commands/kubectl/kinds.txt"), re.MULTILINE)


def _cards() -> dict[str, Card]:
    """The cards of the roadmap by anchor."""
    return {card.anchor: card for stage in read_roadmap(ROOT / "docs" / PAGE).stages.values() for card in stage}


def _required() -> set[str]:
    """What the two images install."""
    return {
        name
        for service in ("api", "front")
        for name in re.findall(r"^([\w-]+)==", source(f"services/{service}/requirements.txt"), re.MULTILINE)
    }


def _terms() -> dict[str, str]:
    """What the glossary says, by word."""
    return dict(re.findall(r"^(\S.*)\n:   (.+)", page("glossaire.md").page.markdown, re.MULTILINE))


def _commands() -> str:
    """Every command of the site."""
    return "\n".join(block.code for found in documented() for block in found.blocks)


@planning("Les jours sont ceux d'une personne qui connaît Kubernetes, du cas favorable au cas prudent :")
@planning("| Chantier | Quand | Effort | Risque | État |")
def test_a_card_becomes_a_row_under_five_headings(tmp_path: Path) -> None:
    card = "### Filtre\u00a0: des échanges { #filtre }\n\nEffort\n:   S\n\nRisque\n:   Faible ; peu\n\nÉtat\n:   Prévu ; un jour\n"
    written = tmp_path / "carte.md"
    written.write_text(
        "".join(
            f"## Étape {number} {{ #horizon-{number} }}\n\n{card if number == 2 else ''}\n" for number in (1, 2, 3)
        ),
        encoding="utf-8",
    )

    assert read_roadmap(written).days() == "2 à 5"
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in read_roadmap(written).summary().splitlines()
    ]

    assert rows[0] == ["Chantier", "Quand", "Effort", "Risque", "État"]
    assert [cell.replace("\u00a0", " ") for cell in rows[2]] == [
        "[Filtre](#filtre)",
        "Ensuite",
        "S, 2 à 5 jours",
        "Faible",
        "Prévu",
    ]


@planning(
    "Ce sont des ordres de grandeur, à confirmer par un chiffrage sur l'application réelle ; les besoins en machines le sont aussi."
)
@context(
    "| Les fonctions métier (indicateurs, exports) | Le POC porte sur la façon de construire et d'exploiter, pas sur l'application | Étape suivante, après décision |"
)
def test_the_application_itself_is_not_here() -> None:
    served = {rule.rule for client in (api(), front()) for rule in client.application.url_map.iter_rules()}

    assert served == {
        "/",
        "/health",
        "/health/live",
        "/health/ready",
        "/admin/configuration",
        "/status",
        "/static/<path:filename>",
    }
    assert all(least < most for least, most in DAYS.values())
    assert not any(re.search(r"indicateur|export", card.title, re.IGNORECASE) for card in _cards().values())


@planning("Un port 30080 en clair n'est ni mémorisable ni sûr")
@planning("Un nom de domaine interne et une autorité de certification ; le contrôleur et cert-manager sont libres")
def test_the_recette_has_a_port_no_name_and_no_certificate(model: Model, manifest: Any) -> None:
    called = {
        host
        for found in documented()
        for block in found.blocks
        if block.target == "recette"
        for host in re.findall(r"https?://([\w.-]+)", block.code)
    }

    assert [port["nodePort"] for port in manifest("Service", "datapress-front").at("spec", "ports")] == [30080]
    assert manifest("ConfigMap", "datapress-config").at("data", "API_BASE_URL").startswith("http://")
    assert not re.search(r"^(?:certfile|keyfile|ssl_context)", source("services/common/gunicorn.conf.py"), re.MULTILINE)
    assert not [item for item in model.of_kind("Secret") if item.at("type") == "kubernetes.io/tls"]
    assert "localhost" in called
    assert not [host for host in called if "." in host and not re.fullmatch(r"127\.0\.0\.1", host)]


@planning(
    "**Gateway API** et cert-manager, plutôt qu'un Ingress : ingress-nginx, le contrôleur le plus répandu, n'est plus maintenu depuis mars 2026[^ingress]"
)
@planning(
    "[^ingress]: Annonce du projet Kubernetes : [Ingress NGINX Retirement](https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/)."
)
def test_the_successor_of_the_ingress_is_that_of_the_decision() -> None:
    decision = page("decisions/0002-exposition.md").page.markdown

    assert "ingress-nginx, n'est plus maintenu depuis mars 2026" in decision
    assert "on ira directement à Gateway API" in decision
    assert "successeur d'Ingress" in _terms()["Gateway API"]
    assert "certificats TLS" in _terms()["cert-manager"]
    assert "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/" in LISTED


@planning("Moyen : il faut un cluster récent, et un contrôleur à choisir puis à suivre")
@planning("Aucun si le réseau du cluster sait les appliquer ; sinon, en changer (Calico ou Cilium, libres)")
def test_kubernetes_brings_the_filter_but_not_the_gateway(model: Model) -> None:
    (cluster,) = model.of_kind("Cluster")

    assert {"Ingress", "NetworkPolicy"} <= set(KINDS)
    assert {"Gateway", "GatewayClass", "HTTPRoute", "Certificate", "Issuer"}.isdisjoint(KINDS)
    assert cluster.at("networking") is None


@planning("Demande : Base de données en conteneur")
@planning("Sans elle, l'application réelle ne peut pas migrer")
@planning(
    "Du stockage répliqué, et autant pour les sauvegardes, ailleurs que dans le cluster ; un exercice de restauration par trimestre"
)
def test_no_pod_can_keep_anything(model: Model, manifest: Any) -> None:
    volumes = [
        volume
        for name in DEPLOYMENTS
        for volume in manifest("Deployment", name).at("spec", "template", "spec").get("volumes", [])
    ]

    assert [sorted(volume) for volume in volumes] == [["name", "secret"]]
    assert all(
        container["securityContext"]["readOnlyRootFilesystem"]
        for name in DEPLOYMENTS
        for container in manifest("Deployment", name).containers
    )
    assert not {item.kind for item in model.objects} & {
        "CronJob",
        "Job",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "StorageClass",
        "StatefulSet",
    }
    assert not model.project.get("volumes")
    assert {"flask", "gunicorn"} <= _required()
    assert not {name for name in _required() if re.search(r"psycopg|sqlalchemy|pg8000|mysql|redis", name)}


@planning(
    "PostgreSQL, par un opérateur si elle vit dans le cluster, ou hors du cluster si l'équipe en administre déjà une"
)
@planning("Élevé : sauvegarde, restauration éprouvée et montée de version sont à décider d'abord")
@planning("**Où vit la base de données.** C'est le choix qui commande tous les autres.")
def test_the_data_are_the_one_high_risk_and_where_they_live_is_open(model: Model) -> None:
    deck = page("presentation/diaporama.md").page.markdown

    assert [anchor for anchor, card in _cards().items() if card.terms["Risque"].startswith("Élevé")] == ["donnees"]
    assert "| PostgreSQL, restauration éprouvée | 15 à 40 jours | Élevé |" in plain(deck)
    assert (
        "Dans le cluster avec un opérateur, ou hors du cluster si une équipe l'administre déjà : ce choix commande les autres."
        in plain(deck)
    )
    assert not {item.kind for item in model.objects} & {"CustomResourceDefinition", "StatefulSet"}
    assert not [item.name for item in model.of_kind("Service") if item.at("spec", "type") == "ExternalName"]


@planning("Une panne doit être vue avant d'être signalée par un utilisateur")
def test_a_loss_of_the_api_is_told_to_whoever_asks_and_nobody_does(model: Model) -> None:
    probes = [
        probe["httpGet"]["path"]
        for item in model.of_kind("Deployment")
        for container in item.containers
        for key, probe in container.items()
        if key.endswith("Probe")
    ]

    assert front(API_BASE_URL=NOBODY).get("/status").status_code == 503
    assert probes
    assert "/status" not in probes
    assert not {"CronJob", "ServiceMonitor", "PrometheusRule", "Probe"} & {item.kind for item in model.objects}


@planning(
    "Prometheus, Grafana et des alertes ; Loki alimenté par **Grafana Alloy**, Promtail étant en fin de vie depuis mars 2026[^promtail]"
)
@planning(
    "[^promtail]: Documentation de Loki : [Promtail agent](https://grafana.com/docs/loki/latest/send-data/promtail/)."
)
@planning("Traces par OpenTelemetry vers **Jaeger v2**, la v1 ayant pris fin en décembre 2025[^jaeger]")
@planning(
    "[^jaeger]: Annonce du projet Jaeger : [Jaeger v1 End-of-life](https://github.com/jaegertracing/jaeger/issues/6321)."
)
def test_the_tools_that_ended_have_their_successor_in_the_glossary() -> None:
    assert re.search(r"journaux.*Loki ; il remplace Promtail", _terms()["Alloy"].replace("\u00a0", " "))
    assert "Promtail, souvent cités, sont en fin de vie depuis mars 2026" in plain(
        page("presentation/diaporama.md").page.markdown
    )
    assert "Jaeger v2" in page("contexte.md").page.markdown
    assert {
        "https://grafana.com/docs/loki/latest/send-data/promtail/",
        "https://github.com/jaegertracing/jaeger/issues/6321",
    } <= set(LISTED)


@planning(
    "Moyen, pour l'exploitation, et faible pour le service : ces outils demandent eux-mêmes de la place et des soins"
)
@planning("Faible : les services gardent leur comportement si le collecteur est absent")
def test_the_services_answer_without_any_collector() -> None:
    with listening(api().application) as address:
        assert front(API_BASE_URL=address).get("/status").status_code == 200

    assert {"flask", "gunicorn"} <= _required()
    assert not {name for name in _required() if re.search(r"prometheus|opentelemetry|jaeger|loki|statsd", name)}
    assert {'accesslog = "-"', 'errorlog = "-"'} <= set(source("services/common/gunicorn.conf.py").splitlines())


@planning("Savoir quelle étape a pris du temps, dès qu'il y aura plus de deux services")
@planning("S, une fois l'observabilité en place")
@planning("Demande : Traçage distribué avec Jaeger")
def test_traces_wait_for_more_than_the_two_services_of_today(model: Model) -> None:
    stages = read_roadmap(ROOT / "docs" / PAGE).stages
    stage_of = {card.anchor: stage for stage, cards in stages.items() for card in cards}

    assert set(model.services) == {"api", "front"}
    assert {item.name for item in model.of_kind("Deployment")} == set(DEPLOYMENTS)
    assert (stage_of["observabilite"], stage_of["tracage"]) == ("horizon-1", "horizon-2")


@planning("Construction, tests, publication dans un registre, déploiement automatique en recette")
@planning("Supprimer le dernier geste manuel entre un changement et la recette")
@planning("M pour le déploiement seul")
@planning("Moyen : il faut décider qui valide, et ce qui annule")
def test_the_deployment_and_its_undoing_are_the_gestures_left() -> None:
    jobs = pipeline()["jobs"]
    run = "\n".join(step.get("run", "") for job in jobs.values() for step in job["steps"])

    assert set(jobs) == {"without-docker", "every-target", "publish-site", "publish-images"}
    assert all(command in run for command in ("docker compose build", "scripts/test ", "scripts/publish "))
    assert {job["environment"]["name"] for job in jobs.values() if "environment" in job} == {"github-pages"}
    assert any("kubectl apply" in block.code for block in blocks("exploitation/deployer.md"))
    assert any("kubectl rollout undo" in block.code for block in blocks("exploitation/revenir-en-arriere.md"))
    assert not re.search(r"kubectl (?:apply|rollout)", run)


@planning("Changer une route ou un réglage sans crainte")
@planning("Demande : Tests unitaires Python")
@planning("Effort : – : c'est fait")
@planning("Celui de les tenir à jour, à chaque changement")
def test_every_setting_is_in_a_test_that_every_change_runs() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py") if "claims" not in path.parts
    )
    variables = yaml.safe_load(source("docs/_data/services.yaml"))["variables"]
    workflow = pipeline()

    assert "API_TOKEN" in variables
    assert [name for name in variables if not re.search(rf"\b{name}\b", tests)] == []
    assert {"push", "pull_request"} <= set(workflow[True])
    assert all(
        any("scripts/test " in step.get("run", "") for step in workflow["jobs"][name]["steps"])
        for name in ("without-docker", "every-target")
    )


@planning("Demande : Mise à l'échelle automatique selon la charge (HPA)")
@planning("Absorber un pic sans réserver en permanence")
@planning("S, une fois le serveur de métriques en place")
def test_the_number_of_pods_is_fixed_and_nothing_measures_them(model: Model) -> None:
    assert {item.name: item.at("spec", "replicas") for item in model.of_kind("Deployment")} == {
        "datapress-api": 2,
        "datapress-front": 1,
    }
    assert "HorizontalPodAutoscaler" in KINDS
    assert not list(model.of_kind("HorizontalPodAutoscaler"))
    assert "kubectl get pods" in _commands()
    assert not re.search(r"kubectl (?:top|autoscale)|metrics-server", _commands() + source(".github/workflows/ci.yml"))


@planning("Prévu ; [les raisons](decisions/0001-images.md)")
@planning("Aucun ; le diagnostic, sans shell, passera par `kubectl debug`")
def test_the_reasons_are_in_the_decision_on_images() -> None:
    options = page("decisions/0001-images.md").page.markdown.partition("## Options")[2].partition("\n## ")[0]

    assert re.search(r"^- \*\*Distroless\*\*.*ni shell.*conteneur auxiliaire", options, re.MULTILINE)
    assert re.search(r"^- \*\*Alpine\*\*.*bibliothèque C", options, re.MULTILINE)
    assert re.search(r"^debug: ", source("scripts/runbook/checking/commands/kubectl/options.txt"), re.MULTILINE)
    assert "kubectl exec" in _commands()
    assert "kubectl debug" not in _commands()


@planning("Survivre à une machine ; séparer préproduction et production")
@planning("Choix d'aujourd'hui : Un cluster récent de trois nœuds, deux réplicas du front, des budgets d'interruption")
@planning("Trois machines au lieu d'une, par environnement ; une astreinte formée")
def test_there_is_one_machine_and_one_environment(model: Model) -> None:
    (cluster,) = model.of_kind("Cluster")

    assert [node["role"] for node in cluster.at("nodes")] == ["control-plane"]
    assert [item.name for item in model.of_kind("Namespace")] == ["datapress-recette"]
    assert [item.at("data", "ENVIRONMENT") for item in model.of_kind("ConfigMap")] == ["recette"]


@planning("Essayer Zensical à blanc sur chaque version, basculer quand il construit ce site sans écart")
@planning("Essayé, une première fois ; [le constat](decisions/0008-moteur-de-documentation.md)")
def test_the_trial_of_the_next_engine_is_told_by_the_decision() -> None:
    decision = page("decisions/0008-moteur-de-documentation.md").page.markdown
    plugins = source("mkdocs.yml").partition("\nplugins:\n")[2].partition("\nmarkdown_extensions:")[0]

    assert len(re.findall(r"Zensical \d+\.\d+\.\d+ le construit en mode strict", decision)) == 1
    assert "(../feuille-de-route.md#documentation)" in decision
    assert re.findall(r"^  - (\w+)", plugins, re.MULTILINE) == ["search", "macros", "tags"]
    assert not any(
        "zensical" in source(name).lower()
        for name in ("pyproject.toml", "requirements/test.txt", ".github/workflows/ci.yml")
    )


@planning(
    "**Poursuivre ou non.** Le POC établit que la séparation, le déploiement et la mise à jour sans coupure fonctionnent ; les risques qui restent sont dans les données et l'exploitation."
)
def test_separation_deployment_and_update_each_have_a_page_that_is_run() -> None:
    def proven(uri: str, command: str) -> list[Block]:
        return [
            block
            for block in blocks(uri)
            if command in block.code and block.target == "recette" and block.not_run is None
        ]

    assert proven("exploitation/deboguer.md", "kubectl scale deployment/datapress-api --replicas=0")
    assert proven("exploitation/deployer.md", "kubectl apply")
    assert proven("exploitation/mettre-a-jour.md", "kubectl set image")
    assert proven("exploitation/mettre-a-jour.md", "scripts/sonde demarrer ")
    assert _cards()["donnees"].terms["Risque"].startswith("Élevé")
    assert _cards()["observabilite"].terms["Risque"].startswith("Moyen, pour l'exploitation")


@planning(
    "**Qui exploite.** Un cluster demande des personnes qui sachent le lire ; le [guide d'exploitation](exploitation/index.md) donne la mesure de ce qui leur est demandé."
)
def test_the_guide_leads_to_every_procedure() -> None:
    procedures = {path.name for path in (ROOT / "docs/exploitation").glob("*.md")} - {"index.md"}
    rows = page("exploitation/index.md").page.markdown.partition("| Situation |")[2].partition("\n\n")[0]

    assert set(re.findall(r"\]\(([\w-]+\.md)\)", rows)) == procedures


@context("Le DSI attend un POC limité, non productif, qui prouve six choses :")
@context("1. la séparation du front et de l'API ; 2. une conteneurisation propre ;")
@context("3. un déploiement sur un cluster Kubernetes de recette ; 4. un dépôt bien structuré ;")
@context("5. un début d'intégration et de déploiement continus ; 6. une documentation claire et exploitable.")
def test_each_goal_has_its_part_of_the_repository(model: Model) -> None:
    jobs = pipeline()["jobs"]

    assert {path.parent.name for path in (ROOT / "services").glob("*/Dockerfile")} == {"api", "front"}
    assert {service["environment"]["ENVIRONMENT"] for service in model.services.values()} == {"developpement"}
    assert [item.at("data", "ENVIRONMENT") for item in model.of_kind("ConfigMap")] == ["recette"]
    assert [item.at("name") for item in model.of_kind("Cluster")] == ["datapress"]
    assert {"services", "k8s", "docs", "scripts", "tests"} <= model.folders
    assert "publish-images" in jobs
    assert not any("deploy" in name for name in jobs)
    assert [block for found in documented() for block in found.blocks if block.expected]


@context("Le front, l'API, la base de données et les traitements planifiés tournent ensemble sur un seul serveur.")
@context("La cause commune est le couplage : rien ne peut être changé, mis à l'épreuve ou perdu séparément.")
def test_the_server_of_today_holds_all_that_the_poc_pulls_apart(manifest: Any) -> None:
    (today,) = deck_drawings(read_recette(ROOT / "k8s"), read_compose(ROOT / "compose.yaml"))["aujourdhui"].lanes

    assert [box.name for box in today.boxes] == ["Front", "API", "Base de données", "Traitements planifiés"]
    assert (today.title, today.links) == ("Un serveur", ())
    assert (
        len({container["image"] for name in DEPLOYMENTS for container in manifest("Deployment", name).containers}) == 2
    )


@context("| Exclu | Pourquoi | Où il est traité |")
def test_what_is_left_out_leads_to_a_section_of_the_roadmap() -> None:
    rows = source("docs/contexte.md").partition("| Exclu |")[2].partition("\n\n")[0].splitlines()[2:]
    anchors = set(re.findall(r"\{ #([\w-]+) \}", source(f"docs/{PAGE}")))
    led = [re.findall(r"\(feuille-de-route\.md#([\w-]+)\)", row) for row in rows]

    assert [row for row, found in zip(rows, led, strict=True) if not found] == [
        row for row in rows if row.startswith("| Les fonctions métier")
    ]
    assert {anchor for found in led for anchor in found} <= anchors


def _rows() -> list[list[str]]:
    """The rows of the table of needs, as written."""
    table = source("docs/contexte.md").partition("{ #besoin-reponse-preuve }")[2]
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|(?!length)", line)[1:-1]]
        for line in table.splitlines()
        if re.match(r"\| §\s\d", line)
    ]


@context("Chaque ligne reprend une attente du cahier des charges, dans son ordre et avec son paragraphe.")
@context("| § | Attente | Réponse | Page et preuve |")
def test_the_needs_follow_their_paragraphs() -> None:
    paragraphs = [int(row[0].split()[1]) for row in _rows()]

    assert paragraphs == sorted(paragraphs)
    assert set(paragraphs) == {1, 2, 3, 4, 5, 7}
    assert {len(row) for row in _rows()} == {4}


@context(
    "La dernière colonne mène à la page qui y répond et donne ce que ses commandes ont établi lors de la [dernière exécution](preuves/index.md) ; quand une attente ne se prouve pas par une commande, elle nomme ce qui la contrôle."
)
def test_a_need_without_command_names_what_checks_it() -> None:
    proven = re.compile(r"\[\[= proved\(\"([\w/-]+\.md)\"")
    known = {found.page.uri for found in documented()}
    last = [row[3] for row in _rows()]

    assert all(
        set(proven.findall(cell)) | {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", cell)} <= known
        for cell in last
    )
    assert all(proven.search(cell) or re.search(r"\]\([^)]+\)\s: \S", cell) for cell in last)
    assert any(proven.search(cell) for cell in last)


@context("Les noms propres à Kubernetes (Deployment, Service, ConfigMap…) sont dans le [glossaire](glossaire.md).")
def test_every_kind_that_is_deployed_is_in_the_glossary(model: Model) -> None:
    kinds = {item.kind for item in model.objects if item.kind in KINDS}

    assert kinds >= {"Deployment", "Service", "ConfigMap"}
    assert [
        kind
        for kind in sorted(kinds)
        if not any(kind in term or f"(*{kind.lower()}*)" in said for term, said in _terms().items())
    ] == []


@context("| § 5 | Déboguer : `logs`, `describe`, `events` | Par symptôme, chaque symptôme étant provoqué puis guéri |")
def test_every_symptom_is_caused_then_cured() -> None:
    found = page("exploitation/deboguer.md")
    sections = [part for part in re.split(r"^## ", found.page.markdown, flags=re.MULTILINE) if "### Constater" in part]
    marks = ("Pour s'exercer", "### Constater", "### Diagnostiquer", "### Remédier", "### Retour à la normale")
    code = "\n".join(block.code for block in found.blocks)

    assert len(sections) == 6
    assert all(
        [part.find(mark) for mark in marks] == sorted(part.find(mark) for mark in marks)
        and all(mark in part for mark in marks)
        for part in sections
    )
    assert all(
        re.search(command, code) for command in (r"kubectl logs", r"kubectl describe", r"kubectl (?:get )?events")
    )


@planning("pour le déploiement, une approche GitOps (Argo CD ou Flux) plutôt que des accès au cluster confiés à la CI")
def test_the_pipeline_holds_no_access_to_a_cluster() -> None:
    workflow = source(".github/workflows/ci.yml")
    rights = {right for job in pipeline()["jobs"].values() for right in job["permissions"]}

    assert rights == {"contents", "pages", "id-token", "packages"}
    assert "github.token" in workflow
    assert not re.search(r"\bsecrets\.|kubeconfig|argocd|\bflux\b", workflow, re.IGNORECASE)


@context(
    "| § 2 | Pas de Python à installer sur le poste | Tout est dans les images | [Démarrer et arrêter](exploitation/demarrer.md) :"
)
def test_the_development_mode_calls_no_python_of_the_machine() -> None:
    called = {
        line.split()[0]
        for block in blocks("exploitation/demarrer.md")
        for line in block.code.splitlines()
        if line.strip() and not line.startswith((" ", "#"))
    }

    assert {"docker", "curl"} <= called
    assert not [name for name in called if re.match(r"python|pip|uv|\.venv|scripts/", name)]


ASKED = {
    "Demande : NetworkPolicies": ("securite", "NetworkPolicies"),
    "Demande : Prometheus, Grafana, Loki": ("observabilite", "Prometheus, Grafana, Loki"),
    "Demande : Ingress, cert-manager et TLS": ("exposition", "Ingress, cert-manager, TLS"),
    "Demande : Images distroless ou Alpine": ("images", "Images distroless ou Alpine"),
}


@pytest.mark.parametrize(
    ("anchor", "need"), [pytest.param(*asked, marks=planning(words)) for words, asked in ASKED.items()]
)
def test_what_a_card_was_asked_for_is_a_need_of_the_context(anchor: str, need: str) -> None:
    (row,) = (row for row in _rows() if f"(feuille-de-route.md#{anchor})" in row[3])

    assert row[0].split() == ["§", "7"]
    assert row[1] == need
    assert anchor in _cards()


# The need, the answer and where they lead: the page, its section, and what is found there, in a command or in its result.
SHOWN = {
    "| § 1 | Séparer front et API | Deux services, deux images, deux déploiements ; un seul lien, HTTP | [Vue d'ensemble](architecture/index.md) ; l'un sans l'autre dans [Déboguer](exploitation/deboguer.md#api-indisponible) :": (
        "exploitation/deboguer.md",
        "api-indisponible",
        (r"scale deployment/datapress-api --replicas=0", r'"reachable": false'),
    ),
    "| § 1 | Déploiement sur un cluster de recette | 7 fichiers, appliqués un par un ou en une commande | [Déployer en recette](exploitation/deployer.md) :": (
        "exploitation/deployer.md",
        "",
        (r"kubectl apply -f k8s/namespace\.yaml", r"apply -n datapress-recette -f k8s/configmap\.yaml"),
    ),
    "| § 1 | Début de CI/CD minimal | Tests, images et documentation exécutée à chaque changement ; site et images publiés depuis `main` | [Intégration continue](integration-continue.md) :": (
        "integration-continue.md",
        "",
        (r"scripts/test",),
    ),
    "| § 1 | Front affichant « DataPress – POC » et sa version | La page du front, qui affiche aussi l'état de l'API | [Démarrer en cinq minutes](demarrer.md#ouvrir-le-front) :": (
        "demarrer.md",
        "ouvrir-le-front",
        (r"<h1>DataPress – POC", r'"version": "1\.0\.0"'),
    ),
    "| § 1 | API : `/` en JSON | Service, version, horodatage, réglages non sensibles | [Démarrer en cinq minutes](demarrer.md#interroger-l-api) :": (
        "demarrer.md",
        "interroger-l-api",
        (r"localhost:8000/\n", r'"service": "datapress-api"', r'"version": "1\.0\.0"', r'"timestamp"'),
    ),
    "| § 1 | API : `/health` pour les sondes | `/health`, doublé de `/health/live` et `/health/ready` | [Vérifier la recette](exploitation/verifier.md#un-pod) :": (
        "exploitation/verifier.md",
        "un-pod",
        (r"Liveness:\s+http-get .*/health/live", r"Readiness:\s+http-get .*/health/ready"),
    ),
    "| § 1 | Mode développement : Docker Compose | `compose.yaml`, une commande | [Démarrer et arrêter](exploitation/demarrer.md) :": (
        "exploitation/demarrer.md",
        "",
        (r"docker compose up --build",),
    ),
    "| § 1 | Mode recette : Kubernetes | Espace de noms `datapress-recette` | [Déployer en recette](exploitation/deployer.md) :": (
        "exploitation/deployer.md",
        "",
        (r"namespace/datapress-recette",),
    ),
    "| § 1 | Namespace, Deployments, Services, ConfigMap, Secret, sondes | Tous présents, tous réellement utilisés : [objets déployés](architecture/recette.md#objets) | [Vérifier la recette](exploitation/verifier.md#essentiel) :": (
        "exploitation/verifier.md",
        "essentiel",
        (
            r"service/datapress-front",
            r"deployment\.apps/datapress-api",
            r"configmap/datapress-config",
            r"secret/datapress-secret",
        ),
    ),
    "| § 1 | Exploitabilité : `kubectl`, événements, journaux, redémarrage automatique | Une procédure par situation, et la lecture des sorties ligne par ligne | [Vérifier la recette](exploitation/verifier.md) :": (
        "exploitation/verifier.md",
        "",
        (r"kubectl get events", r"kubectl logs", r"kubectl describe", r"RESTARTS"),
    ),
    "| § 2 | Le front appelle l'API par `API_BASE_URL` | Appel fait par le serveur du front, jamais par le navigateur : [trajet d'une requête](architecture/index.md#trajet) | [Vérifier la recette](exploitation/verifier.md#suivre-une-requete) :": (
        "exploitation/verifier.md",
        "suivre-une-requete",
        (r"X-Request-ID: \$REQUETE", r"\[pod/datapress-api-…/api\].*/health"),
    ),
    "| § 2 | Développement : front sur 8080, API sur 8000 | Ports publiés par Compose sur le poste seulement | [Démarrer et arrêter](exploitation/demarrer.md#etat) :": (
        "exploitation/demarrer.md",
        "etat",
        (r"docker compose ps", r"127\.0\.0\.1:8000->8000", r"127\.0\.0\.1:8080->8080"),
    ),
    "| § 2 | Le front joint l'API par `http://api:8000` | Réseau Docker propre au projet : [adresses](architecture/developpement.md#adresses) | [Démarrer et arrêter](exploitation/demarrer.md#lancer-et-attendre) :": (
        "exploitation/demarrer.md",
        "lancer-et-attendre",
        (r"localhost:8080/status", r'"reachable": true'),
    ),
    "| § 2 | Environnement reproductible, services isolés | Dépendances figées par empreinte ; un conteneur par service | [Déployer en recette](exploitation/deployer.md#construire) :": (
        "exploitation/deployer.md",
        "construire",
        (r"docker compose build", r"datapress-api:1\.0\.0\ndatapress-front:1\.0\.0"),
    ),
    "| § 2 | API en 2 réplicas | Deployment `datapress-api` | [Vérifier la recette](exploitation/verifier.md#deployments) :": (
        "exploitation/verifier.md",
        "deployments",
        (r"datapress-api\s+2/2",),
    ),
    "| § 2 | Service API ClusterIP | Port 80 vers 8000, joignable du cluster seulement | [Vérifier la recette](exploitation/verifier.md#services) :": (
        "exploitation/verifier.md",
        "services",
        (r"datapress-api\s+ClusterIP\s.*\s80/TCP", r"datapress-api\s.*:8000"),
    ),
    "| § 2 | Front en 1 réplica | Deployment `datapress-front` | [Vérifier la recette](exploitation/verifier.md#deployments) :": (
        "exploitation/verifier.md",
        "deployments",
        (r"datapress-front\s+1/1",),
    ),
    "| § 2 | Service front NodePort | Port 30080 de la machine | [Déployer en recette](exploitation/deployer.md#interroger) :": (
        "exploitation/deployer.md",
        "interroger",
        (r"http://localhost:30080/status",),
    ),
    "| § 2 | ConfigMap pour le non sensible | `datapress-config`, lue par les deux composants : [tous les réglages](architecture/configuration.md) | [Déboguer](exploitation/deboguer.md#configuration) :": (
        "exploitation/deboguer.md",
        "configuration",
        (r"patch configmap datapress-config", r'"environment": "essai"'),
    ),
    "| § 2 | Secret pour le sensible | `datapress-secret`, jeton d'une route d'administration ; [absent de git](decisions/0005-configuration-et-secret.md) | [Vérifier la recette](exploitation/verifier.md#api) :": (
        "exploitation/verifier.md",
        "api",
        (r"get secret datapress-secret", r"/admin/configuration"),
    ),
    "| § 2 | Sondes de disponibilité et de vie sur `/health` | [Trois sondes](architecture/recette.md#sondes) par conteneur | [Vérifier la recette](exploitation/verifier.md#un-pod) :": (
        "exploitation/verifier.md",
        "un-pod",
        (r"Liveness:.*/health/", r"Readiness:.*/health/"),
    ),
    "| § 2 | Mémoire réservée et limitée | 96Mi réservés, 192Mi au plus : [ressources](decisions/0004-ressources.md) | [Vérifier la recette](exploitation/verifier.md#un-pod) :": (
        "exploitation/verifier.md",
        "un-pod",
        (r"Limits:\s+memory:\s+192Mi", r"memory:\s+96Mi"),
    ),
    "| § 2 | Navigateur → NodePort → front → ClusterIP → API | Le même trajet, suivi par un identifiant de requête | [Vérifier la recette](exploitation/verifier.md#suivre-une-requete) :": (
        "exploitation/verifier.md",
        "suivre-une-requete",
        (r"localhost:30080/status", r"\[pod/datapress-front-…/front\]", r"\[pod/datapress-api-…/api\]"),
    ),
    "| § 2 | Charge répartie entre les réplicas | Par le Service ; la perte d'un pod le montre | [Éprouver la haute disponibilité](exploitation/haute-disponibilite.md#supprimer-un-pod) :": (
        "exploitation/haute-disponibilite.md",
        "supprimer-un-pod",
        (r"kubectl delete", r'pod "datapress-api-…" deleted'),
    ),
    "| § 3 | `/` : horodatage, service, variables d'environnement | Les réglages non sensibles seulement ; pour le secret, sa présence, jamais sa valeur | [Démarrer en cinq minutes](demarrer.md#interroger-l-api) :": (
        "demarrer.md",
        "interroger-l-api",
        (r'"timestamp"', r'"environment"'),
    ),
    "| § 3 | `/health` utilisé par les sondes | Réponse en JSON, sans dépendance à l'autre service : [sondes](decisions/0003-sondes.md) | [Démarrer et arrêter](exploitation/demarrer.md#interroger-l-api) :": (
        "exploitation/demarrer.md",
        "interroger-l-api",
        (r"localhost:8000/health", r'\{"status": "ok", "service": "datapress-api"'),
    ),
    "| § 3 | Dockerfiles multi-étapes, exécution légère, Gunicorn | Même structure pour les deux images, même fichier de réglages | [Démarrer et arrêter](exploitation/demarrer.md#journaux) :": (
        "exploitation/demarrer.md",
        "journaux",
        (r"docker compose logs", r'"logger": "gunicorn'),
    ),
    "| § 3 | Front : titre, `FRONT_VERSION`, test de l'API | La page, et `/status` pour une supervision | [Démarrer en cinq minutes](demarrer.md#ouvrir-le-front) :": (
        "demarrer.md",
        "ouvrir-le-front",
        (r"<title>DataPress – POC</title>", r"localhost:8080/status", r'"reachable": true'),
    ),
    "| § 3 | `docker compose up --build` | Au premier plan, ou avec `-d --wait` | [Démarrer et arrêter](exploitation/demarrer.md#premier-plan) :": (
        "exploitation/demarrer.md",
        "premier-plan",
        (r"docker compose up --build$",),
    ),
    "| § 3 | `curl` sur l'API et sur le front | Avec leur résultat attendu | [Démarrer et arrêter](exploitation/demarrer.md#demarrer) :": (
        "exploitation/demarrer.md",
        "demarrer",
        (r"curl http://localhost:8000/health\n\{", r"curl http://localhost:8080\n…"),
    ),
    "| § 4 | Manifestes appliqués un par un | Dans l'ordre du cahier des charges, rejouable | [Déployer en recette](exploitation/deployer.md#appliquer) :": (
        "exploitation/deployer.md",
        "appliquer",
        (r"namespace\.yaml\n.*configmap\.yaml\n.*secret\.yaml",),
    ),
    "| § 4 | Pods, Services et Deployments vérifiés | 2 pods API et 1 pod front `Running`, deux Services | [Vérifier la recette](exploitation/verifier.md#essentiel) :": (
        "exploitation/verifier.md",
        "essentiel",
        (r"(?:pod/datapress-api-…\s+1/1\s+Running.*\n){2}pod/datapress-front-…\s+1/1\s+Running",),
    ),
    "| § 4 | Événements dans l'ordre | Avec la lecture de chaque ligne | [Vérifier la recette](exploitation/verifier.md#evenements) :": (
        "exploitation/verifier.md",
        "evenements",
        (r"kubectl get events -n datapress-recette --sort-by=\.lastTimestamp",),
    ),
    "| § 4 | Journaux des deux déploiements | Une ligne JSON par fait, avec l'identifiant de la requête | [Vérifier la recette](exploitation/verifier.md#journaux) :": (
        "exploitation/verifier.md",
        "journaux",
        (r"kubectl logs deploy/datapress-api", r"kubectl logs deploy/datapress-front"),
    ),
    "| § 4 | API testée par `port-forward` | Le temps d'un diagnostic, puis refermé | [Vérifier la recette](exploitation/verifier.md#api) :": (
        "exploitation/verifier.md",
        "api",
        (r"port-forward svc/datapress-api 8000:80",),
    ),
    "| § 4 | Front testé par NodePort et par `port-forward` | <http://localhost:30080>, puis <http://localhost:8080> | [Vérifier la recette](exploitation/verifier.md#front) :": (
        "exploitation/verifier.md",
        "front",
        (
            r"curl .*http://localhost:30080",
            r"port-forward svc/datapress-front 8080:80",
            r"curl .*http://localhost:8080",
        ),
    ),
    "| § 5 | Démarrer et arrêter en développement | Arrêt compris : rien ne reste | [Démarrer et arrêter](exploitation/demarrer.md) :": (
        "exploitation/demarrer.md",
        "",
        (r"docker compose up", r"docker compose down"),
    ),
    "| § 5 | `kubectl apply -f k8s/` | Précédé de l'espace de noms, sans quoi la commande [échoue sur un cluster vide](difficultes.md#ordre-des-manifestes) | [Retirer et reconstruire](exploitation/reconstruire.md#tout-appliquer) :": (
        "exploitation/reconstruire.md",
        "tout-appliquer",
        (r"kubectl apply -f k8s/namespace\.yaml -f k8s/$", r"namespace/datapress-recette created\n"),
    ),
    "[Mettre à jour un composant](exploitation/mettre-a-jour.md) :": (
        "exploitation/mettre-a-jour.md",
        "",
        (r"kubectl rollout restart", r"scripts/sonde demarrer", r"kubectl set image"),
    ),
    "[Éprouver la haute disponibilité](exploitation/haute-disponibilite.md) :": (
        "exploitation/haute-disponibilite.md",
        "",
        (r"scripts/sonde", r"kubectl delete"),
    ),
}


@pytest.mark.parametrize(
    ("uri", "anchor", "found"), [pytest.param(*shown, marks=context(words)) for words, shown in SHOWN.items()]
)
def test_the_section_that_a_need_leads_to_shows_it(uri: str, anchor: str, found: tuple[str, ...]) -> None:
    lines = section(source(f"docs/{uri}"), anchor)
    shown = "\n".join(
        f"{block.code.strip()}\n{block.expected.text if block.expected else ''}"
        for block in blocks(uri)
        if block.line in lines
    )

    assert [words for words in found if not re.search(words, shown, re.MULTILINE)] == []
