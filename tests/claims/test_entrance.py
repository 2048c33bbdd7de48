"""Claims of the pages that a reader begins with: home, context, first start, glossary."""

import ast
import itertools
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from macros.changes import changes_since
from macros.compose_services import read_compose
from macros.manifests import read_recette
from macros.roadmap import DAYS, read_roadmap
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.reporting.fingerprints import commands, fingerprints
from runbook.settings import load
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    TOKEN,
    api,
    blocks,
    documented,
    front,
    page,
    pipeline,
    place,
    source,
)

Manifest = Callable[[str, str], KubeObject]
HOME, CONTEXT, START, GLOSSARY = "index.md", "contexte.md", "demarrer.md", "glossaire.md"


# The home page


@pytest.mark.claim(HOME, "[Le diaporama, en dix diapositives](presentation/index.md)")
@pytest.mark.claim(
    CONTEXT,
    "| § 1 | Documentation et présentation pour le client | Accueil, Contexte et Feuille de route se lisent sans terminal ; dix diapositives avec leurs notes | [Présentation au DSI](presentation/index.md) : ses chiffres viennent de l'enregistrement |",
)
def test_the_deck_has_ten_slides_with_notes() -> None:
    slides = re.split(r"^---$", page("presentation/diaporama.md").page.markdown, flags=re.MULTILINE)
    assert len(slides) == 10
    assert all("!!! notes" in slide for slide in slides)


@pytest.mark.parametrize(
    ("target", "titled"),
    [
        pytest.param(target, titled, marks=pytest.mark.claim(HOME, f"[{text}]({target})"))
        for text, target, titled in [
            ("Contexte et objectifs", "contexte.md", "Contexte et objectifs"),
            ("Limites et feuille de route", "feuille-de-route.md", "Limites et feuille de route"),
            ("Preuves", "preuves/index.md", "Preuves"),
            ("Guide d'exploitation", "exploitation/index.md", "Guide d'exploitation"),
            ("Partir d'un symptôme", "exploitation/deboguer.md", "Partir de ce qu'on voit"),
            ("Revenir en arrière", "exploitation/revenir-en-arriere.md", "Revenir en arrière"),
            ("Démarrer en cinq minutes", "demarrer.md", "Démarrer en cinq minutes"),
            ("Utiliser l'API", "utiliser-api.md", "Utiliser l'API"),
            ("Tous les réglages", "architecture/configuration.md", "Configuration"),
            ("Intégration continue", "integration-continue.md", "Intégration continue"),
            ("Haute disponibilité", "exploitation/haute-disponibilite.md", "haute disponibilité"),
            ("Mettre à jour", "exploitation/mettre-a-jour.md", "Mettre à jour"),
            ("Architecture", "architecture/index.md", "Vue d'ensemble"),
        ]
    ],
)
def test_a_link_of_the_home_page_leads_to_the_page_that_it_names(target: str, titled: str) -> None:
    found = page(target).page
    assert titled in f"{found.title}\n{found.meta['title']}\n{found.meta['description']}".replace("’", "'")


@pytest.mark.claim(
    HOME,
    "sans licence à acheter ; la base de données en est le poste le plus lourd. [Chantier par chantier](feuille-de-route.md#cout)",
)
@pytest.mark.claim(HOME, "[Les trois décisions](feuille-de-route.md#decision)")
def test_the_data_are_the_heaviest_work_of_the_roadmap_and_three_decisions_are_asked() -> None:
    [heaviest] = {
        card.anchor
        for card in read_roadmap(ROOT / "docs/feuille-de-route.md").stages["horizon-1"]
        if card.days == DAYS["L"]
    }
    assert heaviest == "donnees"
    asked = source("docs/feuille-de-route.md").split("{ #decision }")[1]
    assert re.findall(r"^(\d)\. \*\*", asked, re.MULTILINE) == ["1", "2", "3"]


@pytest.mark.claim(HOME, "Un pod de l'API supprimé est remplacé sans qu'une requête se perde")
@pytest.mark.claim(
    CONTEXT,
    "| Une panne arrête tout le service | Plus aucun indicateur pour personne jusqu'à la remise en route du serveur | Chaque composant vit et redémarre seul ; l'API tourne en 2 exemplaires |",
)
@pytest.mark.claim(
    CONTEXT, "| § 2 | Charge répartie entre les réplicas | Par le Service ; la perte d'un pod le montre |"
)
def test_another_pod_of_the_api_serves_while_one_is_replaced(manifest: Manifest) -> None:
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2
    selector = manifest("Service", "datapress-api").at("spec", "selector")
    assert (
        selector.items() <= manifest("Deployment", "datapress-api").at("spec", "template", "metadata", "labels").items()
    )
    [end] = [
        block
        for block in blocks("exploitation/haute-disponibilite.md")
        if block.title == "Mesure à l'extérieur du cluster"
    ]
    assert end.expected
    assert "aucune requête perdue" in end.expected.text


@pytest.mark.claim(HOME, "Les requêtes en cours et les connexions ouvertes vont à leur terme")
def test_requests_in_flight_have_time_to_end(manifest: Manifest) -> None:
    assert "\ngraceful_timeout = 25\n" in source("services/common/gunicorn.conf.py")
    for name in DEPLOYMENTS:
        assert manifest("Deployment", name).at("spec", "template", "spec", "terminationGracePeriodSeconds") > 25 + 5


@pytest.mark.claim(
    HOME,
    "Une procédure par situation : à copier bloc par bloc dans un terminal, avec le résultat attendu à chaque étape.",
)
def test_each_numbered_step_of_a_procedure_shows_what_must_come() -> None:
    for found in documented():
        if not found.page.uri.startswith("exploitation/"):
            continue
        lines = source(found.page.path).splitlines()
        steps: dict[str, list[bool]] = {}
        for block in found.blocks:
            heading = next(line for line in reversed(lines[: block.line]) if re.match(r"#{2,3} ", line))
            steps.setdefault(heading, []).append(bool(block.expected or block.background))
        assert [heading for heading, shown in steps.items() if re.match(r"### \d", heading) and not any(shown)] == []


@pytest.mark.claim(
    HOME,
    "| Que faut-il décider ? | Poursuivre ou non, où vit la base de données, qui exploite. [Les trois décisions](feuille-de-route.md#decision) |",
)
def test_the_decisions_are_those_of_the_roadmap() -> None:
    asked = source("docs/feuille-de-route.md").split("{ #decision }")[1]
    assert re.findall(r"^\d\. \*\*(.+?)\.\*\*", asked, re.MULTILINE) == [
        "Poursuivre ou non",
        "Où vit la base de données",
        "Qui exploite",
    ]


@pytest.mark.claim(HOME, "lancés en une commande sur un poste et déployés sur un cluster Kubernetes de recette")
def test_both_modes_are_there(model: Model) -> None:
    assert set(model.services) == {"api", "front"}
    assert [item.name for item in model.of_kind("Namespace")] == ["datapress-recette"]


# The context


@pytest.mark.claim(CONTEXT, "Le POC en sépare deux, le front et l'API")
@pytest.mark.claim(
    CONTEXT,
    "| Une panne arrête tout le service | Plus aucun indicateur pour personne jusqu'à la remise en route du serveur | Chaque composant vit et redémarre seul ; l'API tourne en 2 exemplaires |",
)
@pytest.mark.claim(
    CONTEXT,
    "| La base de données et les traitements planifiés | Un état à conserver demande des choix de sauvegarde et de reprise qui dépassent un POC | [Feuille de route](feuille-de-route.md#donnees) |",
)
def test_the_front_and_the_api_are_all_that_runs(model: Model) -> None:
    assert {item.name for item in model.of_kind("Deployment")} == set(DEPLOYMENTS)
    assert not [
        item for kind in ("StatefulSet", "CronJob", "Job", "PersistentVolumeClaim") for item in model.of_kind(kind)
    ]
    assert {len(item.containers) for item in model.of_kind("Deployment")} == {1}


@pytest.mark.claim(
    CONTEXT,
    "| L'infrastructure vieillit | Chaque mise à niveau du serveur touche tous les composants à la fois | Chaque image porte son système et ses dépendances, versions et empreintes comprises |",
)
@pytest.mark.claim(
    CONTEXT,
    "| § 2 | Images multi-étapes, utilisateur non privilégié | Utilisateur 10001, sans `root` ni outil de construction à l'exécution | [Images](decisions/0001-images.md) : `hadolint` et les tests de `tests/manifests` |",
)
@pytest.mark.claim(CONTEXT, "| § 2 | Pas de Python à installer sur le poste | Tout est dans les images |")
@pytest.mark.claim(START, "Python n'est plus nécessaire, il est dans les images.")
@pytest.mark.parametrize("name", ["api", "front"])
def test_an_image_holds_system_and_locked_dependencies_and_runs_as_a_number(name: str) -> None:
    text = source(f"services/{name}/Dockerfile")
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["python:3.13-slim-trixie"] * 2
    assert "--require-hashes" in text
    assert "\nUSER 10001:10001\n" in text
    assert not re.search(r"apt-get|gcc|build-essential", text)


@pytest.mark.claim(
    CONTEXT,
    "| La charge | Aucun objectif de trafic n'est fixé ; les mesures portent sur les requêtes perdues, pas sur le débit | [Feuille de route](feuille-de-route.md#charge) |",
)
@pytest.mark.claim(
    CONTEXT,
    "| La supervision et l'alerte | Utiles une fois le service réellement utilisé ; les journaux et les sondes les préparent | [Feuille de route](feuille-de-route.md#observabilite) |",
)
@pytest.mark.claim(
    CONTEXT,
    "| § 7 | Mise à l'échelle automatique (HPA) | Prévue, après une mesure de débit | [Charge](feuille-de-route.md#charge) : raison, effort, coût, risque |",
)
def test_nothing_scales_watches_or_measures_throughput(model: Model) -> None:
    kinds = {item.kind for item in model.objects}
    assert not kinds & {"HorizontalPodAutoscaler", "ServiceMonitor", "PodMonitor", "PrometheusRule", "DaemonSet"}
    assert "/metrics" not in {rule.rule for rule in api().application.url_map.iter_rules()}
    assert "debit" not in source("scripts/lossprobe/figures.py")


@pytest.mark.claim(
    CONTEXT,
    "| § 1 | Début de CI/CD minimal | Tests, images et documentation exécutée à chaque changement ; site et images publiés depuis `main` |",
)
@pytest.mark.claim(
    CONTEXT,
    "| § 7 | Chaîne CI/CD : construction, tests, registre, déploiement automatique | Livrée jusqu'à la publication des images ; le déploiement automatique est prévu | [Livraison](feuille-de-route.md#livraison) : raison, effort, coût, risque |",
)
def test_every_change_is_verified_and_main_alone_is_published_and_nothing_deployed() -> None:
    workflow = pipeline()
    assert {"push", "pull_request"} <= set(workflow[True])
    jobs = workflow["jobs"]
    for name in ("without-docker", "every-target"):
        assert "if" not in jobs[name]
    for name in ("publish-site", "publish-images"):
        assert "github.ref == 'refs/heads/main'" in jobs[name]["if"]
        assert jobs[name]["needs"] == ["without-docker", "every-target"]
    runs = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert "docker compose build" in runs
    assert not [run for run in runs if "kubectl apply" in run or "set image" in run]


@pytest.mark.claim(
    CONTEXT,
    "| § 7 | Tests unitaires Python | Livrés : `tests/services`, à chaque changement | [Intégration continue](integration-continue.md#etapes) : étape « autres tests (pytest) » |",
)
def test_unit_tests_run_in_the_step_that_is_named() -> None:
    [step] = re.findall(
        r'^beside "autres tests \(pytest\)" pytest -rs tests (.*)$', source("scripts/test"), re.MULTILINE
    )
    assert "tests/services" not in step  # nothing of them is left out
    assert list((ROOT / "tests/services").glob("test_*.py"))
    assert [
        step
        for step in pipeline()["jobs"]["without-docker"]["steps"]
        if step.get("run", "").startswith("scripts/test ")
    ]


@pytest.mark.claim(
    CONTEXT,
    "| § 1 | Front affichant « DataPress – POC » et sa version | La page du front, qui affiche aussi l'état de l'API |",
)
@pytest.mark.claim(
    CONTEXT, "| § 3 | Front : titre, `FRONT_VERSION`, test de l'API | La page, et `/status` pour une supervision |"
)
def test_the_page_shows_title_version_and_state() -> None:
    shown = front(API_BASE_URL=NOBODY, FRONT_VERSION="9.8.7").get("/").text
    assert "<title>DataPress – POC</title>" in shown
    assert "<dt>Version du front</dt><dd>9.8.7</dd>" in shown
    assert 'id="api-state"' in shown
    assert front(API_BASE_URL=NOBODY).get("/status").mimetype == "application/json"


@pytest.mark.claim(CONTEXT, "| § 1 | API : `/` en JSON | Service, version, horodatage, réglages non sensibles |")
@pytest.mark.claim(START, "La racine de l'API dit ce qui tourne, et avec quels réglages")
def test_the_root_of_the_api_tells_service_version_time_and_settings() -> None:
    told = api(API_TOKEN=TOKEN).get("/").json
    assert {"service", "version", "timestamp", "environment"} <= set(told)
    assert told["environment"] == {"name": "local", "log_level": "info"}


@pytest.mark.claim(
    CONTEXT,
    "| § 1 | Namespace, Deployments, Services, ConfigMap, Secret, sondes | Tous présents, tous réellement utilisés : [objets déployés](architecture/recette.md#objets) |",
)
@pytest.mark.claim(
    CONTEXT, "| § 4 | Pods, Services et Deployments vérifiés | 2 pods API et 1 pod front `Running`, deux Services |"
)
def test_every_kind_of_object_that_was_asked_for_is_there_and_used(model: Model, manifest: Manifest) -> None:
    kinds = {item.kind for item in model.objects if item.path.startswith("k8s/") and "options" not in item.path}
    assert kinds == {"Namespace", "Deployment", "Service", "ConfigMap", "Secret"}
    pods = yaml.safe_dump([manifest("Deployment", name).document for name in DEPLOYMENTS])
    for name in ("datapress-config", "datapress-secret"):
        assert name in pods
    assert {manifest("Deployment", name).at("spec", "replicas") for name in DEPLOYMENTS} == {1, 2}
    assert len(list(model.of_kind("Service"))) == 2


@pytest.mark.claim(
    CONTEXT,
    "| § 2 | Le front joint l'API par `http://api:8000` | Réseau Docker propre au projet : [adresses](architecture/developpement.md#adresses) |",
)
@pytest.mark.claim(CONTEXT, "| § 1 | Mode développement : Docker Compose | `compose.yaml`, une commande |")
def test_compose_has_a_network_of_its_own(model: Model) -> None:
    assert model.compose["networks"] == {"datapress": None}  # not external: made for this project
    assert place("exploitation/demarrer.md", "docker compose up --build -d --wait") > 0


@pytest.mark.claim(CONTEXT, "| § 5 | Démarrer et arrêter en développement | Arrêt compris : rien ne reste |")
def test_nothing_of_compose_is_left_after_a_stop(model: Model) -> None:
    assert "volumes" not in model.compose
    assert not [service for service in model.services.values() if "volumes" in service]
    last = blocks("exploitation/demarrer.md")[-1]
    assert (last.code.strip(), last.cleanup) == ("docker compose down --remove-orphans", True)


@pytest.mark.claim(CONTEXT, "| § 3 | `docker compose up --build` | Au premier plan, ou avec `-d --wait` |")
def test_compose_is_started_in_both_ways() -> None:
    started = [block.code.strip() for block in blocks("exploitation/demarrer.md") if "compose up" in block.code]
    assert started == ["docker compose up --build", "docker compose up --build -d --wait"]


@pytest.mark.claim(
    CONTEXT,
    "| § 1 | Documentation et présentation pour le client | Accueil, Contexte et Feuille de route se lisent sans terminal ; dix diapositives avec leurs notes | [Présentation au DSI](presentation/index.md) : ses chiffres viennent de l'enregistrement |",
)
@pytest.mark.claim(HOME, "sans une ligne de commande")
@pytest.mark.parametrize(
    "uri", ["index.md", "contexte.md", "feuille-de-route.md", "presentation/index.md", "preuves/index.md"]
)
def test_who_decides_reads_without_a_terminal(uri: str) -> None:
    assert blocks(uri) == ()


@pytest.mark.claim(
    CONTEXT,
    "| § 7 | Images distroless ou Alpine | Étudiées ; `slim` retenu pour l'instant | [Images](feuille-de-route.md#images) : raison, effort, coût, risque |",
)
@pytest.mark.claim(
    CONTEXT,
    "| § 7 | Prometheus, Grafana, Loki | Prévu ; les journaux sont déjà structurés | [Observabilité](feuille-de-route.md#observabilite) : raison, effort, coût, risque |",
)
def test_images_are_slim_and_logs_are_json() -> None:
    assert "FROM python:3.13-slim-trixie AS runtime" in source("services/api/Dockerfile")
    assert "logconfig_dict = logging_settings(" in source("services/common/gunicorn.conf.py")
    assert "json.dumps(fields" in source("services/common/datapress_common/logs.py")


@pytest.mark.claim(
    CONTEXT, "| § 1 | Déploiement sur un cluster de recette | 7 fichiers, appliqués un par un ou en une commande |"
)
@pytest.mark.claim(GLOSSARY, "Une partie isolée du cluster (*namespace*) ; ici, `datapress-recette`.")
@pytest.mark.claim(CONTEXT, "| § 1 | Mode recette : Kubernetes | Espace de noms `datapress-recette` |")
@pytest.mark.claim(CONTEXT, "| § 2 | API en 2 réplicas | Deployment `datapress-api` |")
@pytest.mark.claim(CONTEXT, "| § 2 | Front en 1 réplica | Deployment `datapress-front` |")
@pytest.mark.claim(CONTEXT, "| § 2 | Service front NodePort | Port 30080 de la machine |")
@pytest.mark.claim(
    CONTEXT,
    "| § 2 | Mémoire réservée et limitée | 96Mi réservés, 192Mi au plus : [ressources](decisions/0004-ressources.md) |",
)
def test_the_recette_is_what_the_rows_say(model: Model, manifest: Manifest) -> None:
    files = {item.path for item in model.objects if "/options/" not in item.path}
    assert len({path.removesuffix(".example") for path in files}) == 7
    replicas = {name: manifest("Deployment", name).at("spec", "replicas") for name in DEPLOYMENTS}
    assert replicas == {"datapress-api": 2, "datapress-front": 1}
    assert {item.namespace for item in model.of_kind("Deployment")} == {"datapress-recette"}
    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080
    for name in DEPLOYMENTS:
        asked = manifest("Deployment", name).containers[0]["resources"]
        assert (asked["requests"]["memory"], asked["limits"]["memory"]) == ("96Mi", "192Mi")


@pytest.mark.claim(
    CONTEXT,
    "| § 2 | Navigateur → NodePort → front → ClusterIP → API | Le même trajet, suivi par un identifiant de requête |",
)
def test_one_identifier_is_followed_in_the_logs_of_both() -> None:
    sent = place("exploitation/verifier.md", 'X-Request-ID: $REQUETE" http://localhost:30080/status')
    found = blocks("exploitation/verifier.md")[sent + 1]
    assert 'grep "$REQUETE"' in found.code
    assert found.expected
    assert [name in found.expected.text for name in ("pod/datapress-api-", "pod/datapress-front-")] == [True, True]


@pytest.mark.claim(
    CONTEXT,
    "| Le chiffrement des échanges et un nom de domaine | La recette n'est joignable que depuis sa machine | [Feuille de route](feuille-de-route.md#exposition) |",
)
def test_the_node_port_of_the_throw_away_cluster_is_open_on_this_machine_only() -> None:
    [node] = yaml.safe_load(source("k8s/options/kind/cluster.yaml"))["nodes"]
    assert node["extraPortMappings"] == [{"containerPort": 30080, "hostPort": 30080, "listenAddress": "127.0.0.1"}]


@pytest.mark.claim(
    CONTEXT,
    "| Les déploiements sont longs et peu documentés | Ils reposent sur la mémoire de quelques personnes | Des manifestes dans le dépôt, des procédures écrites et exécutées à chaque changement |",
)
def test_manifests_are_in_git_and_procedures_are_run_at_each_change(model: Model) -> None:
    assert "k8s/api-deployment.yaml" in model.files
    runs = [step.get("run", "") for step in pipeline()["jobs"]["every-target"]["steps"]]
    assert "scripts/test --require local,compose,recette,navigateur" in runs


@pytest.mark.claim(CONTEXT, "| § 3 | `curl` sur l'API et sur le front | Avec leur résultat attendu |")
def test_every_curl_of_the_development_page_has_its_expected_result() -> None:
    calls = [block for block in blocks("exploitation/demarrer.md") if block.code.startswith("curl")]
    assert {"http://localhost:8000/health", "http://localhost:8080"} <= {
        block.code.strip().split()[-1] for block in calls
    }
    assert all(block.expected for block in calls)


@pytest.mark.claim(
    CONTEXT,
    "| § 4 | Front testé par NodePort et par `port-forward` | <http://localhost:30080>, puis <http://localhost:8080> |",
)
def test_the_front_is_asked_by_node_port_then_by_port_forward() -> None:
    uri = "exploitation/verifier.md"
    forward = place(uri, "kubectl port-forward svc/datapress-front 8080:80")
    by_node_port = max(number for number, block in enumerate(blocks(uri)) if "http://localhost:30080" in block.code)
    assert by_node_port < forward
    assert "http://localhost:8080/status" in blocks(uri)[forward + 1].code


@pytest.mark.claim(CONTEXT, "| § 4 | Événements dans l'ordre | Avec la lecture de chaque ligne |")
def test_events_are_shown_in_order_and_each_reason_is_read() -> None:
    uri = "exploitation/verifier.md"
    assert "--sort-by=.lastTimestamp" in blocks(uri)[place(uri, "kubectl get events")].code
    read = page(uri).page.markdown.split("{ #evenements }")[1].split("## ")[0]
    assert [
        reason
        for reason in ("ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Pulled", "Created", "Started")
        if f"`{reason}`" not in read
    ] == []


@pytest.mark.claim(
    CONTEXT,
    "| § 1 | Exploitabilité : `kubectl`, événements, journaux, redémarrage automatique | Une procédure par situation, et la lecture des sorties ligne par ligne |",
)
def test_there_is_a_procedure_for_each_situation_of_the_guide() -> None:
    guide = page("exploitation/index.md").page.markdown
    procedures = [
        found.page.uri.removeprefix("exploitation/")
        for found in documented()
        if found.page.uri.startswith("exploitation/") and found.blocks
    ]
    assert [name for name in procedures if f"]({name})" not in guide] == []


CARDS = {
    "| § 7 | Ingress, cert-manager, TLS | Prévu, sous la forme Gateway API | [Exposition](feuille-de-route.md#exposition) : raison, effort, coût, risque |": (
        "exposition",
        "Prévu",
    ),
    "| § 7 | Prometheus, Grafana, Loki | Prévu ; les journaux sont déjà structurés | [Observabilité](feuille-de-route.md#observabilite) : raison, effort, coût, risque |": (
        "observabilite",
        "Prévu",
    ),
    "| § 7 | Traçage distribué (Jaeger) | Prévu, avec Jaeger v2 ; l'identifiant de requête circule déjà | [Traçage](feuille-de-route.md#tracage) : raison, effort, coût, risque |": (
        "tracage",
        "Prévu",
    ),
    "| § 7 | Mise à l'échelle automatique (HPA) | Prévue, après une mesure de débit | [Charge](feuille-de-route.md#charge) : raison, effort, coût, risque |": (
        "charge",
        "Prévu",
    ),
    "| § 7 | Chaîne CI/CD : construction, tests, registre, déploiement automatique | Livrée jusqu'à la publication des images ; le déploiement automatique est prévu | [Livraison](feuille-de-route.md#livraison) : raison, effort, coût, risque |": (
        "livraison",
        "",
    ),
    "| § 7 | Base de données en conteneur | Prévue, après décision sur l'endroit où elle vit | [Données](feuille-de-route.md#donnees) : raison, effort, coût, risque |": (
        "donnees",
        "Prévu",
    ),
    "| § 7 | NetworkPolicies | Prévues, sur un cluster dont le réseau les applique | [Sécurité](feuille-de-route.md#securite) : raison, effort, coût, risque |": (
        "securite",
        "Prévu",
    ),
    "| § 7 | Images distroless ou Alpine | Étudiées ; `slim` retenu pour l'instant | [Images](feuille-de-route.md#images) : raison, effort, coût, risque |": (
        "images",
        "Prévu",
    ),
}


@pytest.mark.parametrize(
    ("anchor", "state"), [pytest.param(*card, marks=pytest.mark.claim(CONTEXT, words)) for words, card in CARDS.items()]
)
def test_a_row_on_what_comes_next_leads_to_a_card_that_says_all_of_it(anchor: str, state: str) -> None:
    cards = {
        card.anchor: card for cards in read_roadmap(ROOT / "docs/feuille-de-route.md").stages.values() for card in cards
    }
    assert {"Raison", "Effort", "Coût", "Risque", "État"} <= set(cards[anchor].terms)
    assert cards[anchor].terms["État"].startswith(state)


# The first start


@pytest.mark.claim(START, "Il faut Python 3.11 ou plus récent, et rien d'autre.")
def test_python_3_11_is_all_that_is_asked() -> None:
    assert "sys.version_info < (3, 11)" in source("scripts/prepare")
    assert tomllib.loads(source("pyproject.toml"))["project"]["requires-python"] == ">=3.11"
    assert load(ROOT).targets["local"].requires == []


@pytest.mark.claim(
    START,
    "Le programme prépare son environnement dans `.venv`, exécute les pages de ce site là où la machine le permet, construit le site avec leurs résultats, puis affiche trois adresses : le site, le front et l'API.",
)
@pytest.mark.claim(START, "Il garde le terminal jusqu'à Ctrl+C, qui arrête tout")
def test_the_demonstration_prepares_runs_builds_and_serves_in_that_order() -> None:
    text = source("scripts/demo")
    places = [
        text.index(command)
        for command in (
            "scripts/prepare run",
            "runbook run --check",
            "mkdocs build --strict",
            "exec runbook serve api front site",
        )
    ]
    assert places == sorted(places)
    assert "-m venv .venv" in source("scripts/prepare")
    assert "Ctrl+C arrête tout." in source("scripts/runbook/verbs/serving.py")


@pytest.mark.claim(START, "La première fois il télécharge ses dépendances ; les fois suivantes il se passe de réseau.")
def test_what_is_installed_is_not_installed_again() -> None:
    text = source("scripts/prepare")
    done, install = (
        text.index('installed "$1" && compile && exit 0'),
        text.index("-m pip --disable-pip-version-check -qq install"),
    )
    assert done < install


@pytest.mark.claim(START, "Si `scripts/demo` tourne encore, arrêtez-le d'abord : les ports sont les mêmes.")
@pytest.mark.claim(
    START,
    "Les adresses sont les mêmes que sans Docker, <http://localhost:8080> et <http://localhost:8000> ; seul l'environnement change de nom.",
)
def test_the_ports_are_the_same_without_docker_and_the_name_of_the_environment_is_not(model: Model) -> None:
    services = load(ROOT).services
    for name in ("api", "front"):
        published = [int(port["published"]) for port in model.services[name]["ports"]]
        assert published == services[name].ports
        assert "ENVIRONMENT" not in services[name].env
        assert model.services[name]["environment"]["ENVIRONMENT"] == "developpement"
    assert (services["front"].ports, services["api"].ports) == ([8080], [8000])
    assert api().get("/").json["environment"]["name"] == "local"


@pytest.mark.claim(START, "La commande rend la main quand les deux services se déclarent sains")
def test_both_images_declare_their_health() -> None:
    [started] = [block.code.strip() for block in blocks("demarrer.md") if "compose up" in block.code]
    assert started == "docker compose up --build -d --wait"
    for name in ("api", "front"):
        assert "\nHEALTHCHECK " in source(f"services/{name}/Dockerfile")


def routes(path: str) -> set[str]:
    """The routes that a module declares."""
    tree = ast.parse(source(path))
    found = itertools.chain.from_iterable(
        node.decorator_list for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    )
    calls = [
        call
        for call in found
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "get"
    ]
    return {ast.unparse(call.args[0]) for call in calls}


@pytest.mark.claim(
    START,
    "| Une route de l'API | `services/api/datapress_api/app.py`, et `admin.py` à côté | Son rôle dans `docs/_data/services.yaml`, d'où vient [le tableau des routes](architecture/index.md#adresses)",
)
@pytest.mark.claim(
    START, "| Une route ou la page du front | `services/front/datapress_front/app.py`, et les gabarits à côté |"
)
@pytest.mark.claim(START, "| Une sonde des deux services | `services/common/datapress_common/health.py` |")
def test_each_route_is_in_the_file_that_is_named() -> None:
    assert routes("services/api/datapress_api/app.py") == {"'/'"}
    assert routes("services/api/datapress_api/admin.py") == {"'/configuration'"}
    assert routes("services/front/datapress_front/app.py") == {"'/'", "'/status'"}
    assert routes("services/common/datapress_common/health.py") == {"'/health'", "LIVE_PATH", "READY_PATH"}
    assert list((ROOT / "services/front/datapress_front/templates").glob("*.html"))
    described = yaml.safe_load(source("docs/_data/services.yaml"))["routes"]
    for name, client in (("api", api()), ("front", front())):
        assert set(described[name]) == {rule.rule for rule in client.application.url_map.iter_rules()}


@pytest.mark.claim(
    START,
    "| Un réglage | `services/api/datapress_api/settings.py` ou `services/front/datapress_front/settings.py` ; ceux de Gunicorn dans `services/common/datapress_common/gunicorn_settings.py` | Son rôle dans le même fichier, d'où vient [Configuration](architecture/configuration.md) ; sa valeur dans `compose.yaml` et `k8s/configmap.yaml` |",
)
def test_each_setting_is_in_the_file_that_is_named(model: Model, manifest: Manifest) -> None:
    def fields(path: str) -> set[str]:
        return {
            node.target.id.upper()
            for node in ast.walk(ast.parse(source(path)))
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }

    named = set.union(
        *(
            fields(f"services/{path}.py")
            for path in (
                "api/datapress_api/settings",
                "front/datapress_front/settings",
                "common/datapress_common/gunicorn_settings",
            )
        )
    )
    given = set(manifest("ConfigMap", "datapress-config").at("data"))
    given |= {name for service in model.services.values() for name in service["environment"]}
    assert given - {"API_TOKEN"} <= named
    assert named <= set(yaml.safe_load(source("docs/_data/services.yaml"))["variables"])


@pytest.mark.claim(
    START,
    "| Un port, un nom, un nombre de pods | `compose.yaml` et `k8s` | Les commandes qui l'écrivent ; le texte et les schémas le lisent dans ces fichiers |",
)
@pytest.mark.claim(
    "decisions/0010-syntaxe-des-pages.md",
    "Le texte et les tableaux, eux, tirent ces faits de leur source par les macros.",
)
@pytest.mark.claim(
    "decisions/0008-moteur-de-documentation.md", "tire ses ports, noms et versions du code et des manifestes"
)
def test_pages_take_ports_names_and_counts_from_their_files(tmp_path: Path) -> None:
    for name in ("k8s", "compose.yaml"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    manifest = tmp_path / "k8s/api-deployment.yaml"
    manifest.write_text(manifest.read_text().replace("replicas: 2", "replicas: 7"))
    compose = tmp_path / "compose.yaml"
    compose.write_text(compose.read_text().replace('published: "8080"', 'published: "9090"'))
    assert read_recette(tmp_path / "k8s").api.replicas == 7
    assert read_compose(compose).front.url == "http://localhost:9090"
    text = source("scripts/macros/__init__.py")
    assert 'recette = read_recette(root / "k8s")' in text
    assert 'compose = read_compose(root / "compose.yaml")' in text


@pytest.mark.claim(
    START,
    "Travailler avec Compose au quotidien, lire ses journaux, l'arrêter proprement : [Démarrer et arrêter](exploitation/demarrer.md).",
)
@pytest.mark.claim(START, "Déployer sur un cluster : [Déployer en recette](exploitation/deployer.md).")
@pytest.mark.claim(START, "[Regarder sans exécuter](integration-continue.md#regarder) montre comment le lancer")
def test_the_pages_that_come_next_do_what_is_said() -> None:
    assert place("exploitation/demarrer.md", "docker compose logs api") > 0
    assert place("exploitation/deployer.md", "kubectl apply -f k8s/namespace.yaml") > 0
    assert "### Regarder sans exécuter { #regarder }" in source("docs/integration-continue.md")
    assert place("integration-continue.md", ".venv/bin/runbook check") > 0


# The glossary


@pytest.mark.claim(GLOSSARY, "*périmée* quand la page, les services ou les manifestes ont changé depuis.")
def test_a_proof_is_out_of_date_when_page_services_or_manifests_change(tmp_path: Path) -> None:
    step = SimpleNamespace(page="page.md", target="local", page_reason=False)
    (tmp_path / "page.md").write_text("Avant.\n\n```bash\ntrue\n```\n")
    run = SimpleNamespace(
        steps=[step], pages=fingerprints(tmp_path, ["page.md"]), commands=commands(tmp_path, ["page.md"]), depends={}
    )
    assert changes_since(run, tmp_path, "docs").of(step) == ()
    (tmp_path / "page.md").write_text("Après.\n\n```bash\ntrue\n```\n")
    assert changes_since(run, tmp_path, "docs").of(step)
    targets = load(ROOT).targets
    assert all("services/**/*" in target.depends for target in targets.values())
    assert "k8s/**/*.yaml" in targets["recette"].depends


@pytest.mark.claim(GLOSSARY, "l'ancien est gardé pour pouvoir y revenir")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_earlier_definitions_are_kept(name: str, manifest: Manifest) -> None:
    assert manifest("Deployment", name).at("spec", "revisionHistoryLimit") > 0


@pytest.mark.claim(GLOSSARY, "Le service qui répond en JSON ; ici, `datapress-api`.")
@pytest.mark.claim(GLOSSARY, "Le service qui sert la page aux utilisateurs ; ici, `datapress-front`.")
def test_the_api_answers_json_and_the_front_a_page() -> None:
    assert api().get("/").mimetype == "application/json"
    assert api().get("/health").json["service"] == "datapress-api"
    assert front(API_BASE_URL=NOBODY).get("/").mimetype == "text/html"
    assert front(API_BASE_URL=NOBODY).get("/health").json["service"] == "datapress-front"


@pytest.mark.claim(GLOSSARY, "Sans rapport avec les sondes de Kubernetes.")
def test_the_program_of_measure_is_no_probe_of_kubernetes(manifest: Manifest) -> None:
    for name in DEPLOYMENTS:
        [container] = manifest("Deployment", name).containers
        assert {
            probe for probe in ("startupProbe", "readinessProbe", "livenessProbe") if "httpGet" in container[probe]
        } == {"startupProbe", "readinessProbe", "livenessProbe"}
    assert "lossprobe" in source("scripts/sonde")
