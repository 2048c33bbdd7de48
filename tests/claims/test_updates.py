"""Claims of the pages on updating, going back, proving availability, and rebuilding."""

import json
import re
import socket
import threading
from datetime import UTC, datetime
from fnmatch import fnmatch
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from lossprobe import background
from lossprobe.calls import Caller, Exchange, Loss, Mode, Target, request
from lossprobe.figures import CAUSES, ROWS, summarise, table, verdict
from lossprobe.measure import LONGEST, READY, RESULT, STOP, End, Settings, _watch
from macros.manifests import read_recette
from runbook.checking.offered.model import Model
from runbook.plan import Mode as RunMode
from runbook.plan import make_plan
from runbook.reading.content import Block
from runbook.settings import load
from tests.claims.facts import (
    DEPLOYMENTS,
    ROOT,
    api,
    blocks,
    documented,
    listening,
    source,
)

updating = partial(pytest.mark.claim, "exploitation/mettre-a-jour.md")
undoing = partial(pytest.mark.claim, "exploitation/revenir-en-arriere.md")
measuring = partial(pytest.mark.claim, "exploitation/haute-disponibilite.md")
rebuilding = partial(pytest.mark.claim, "exploitation/reconstruire.md")

HEADING = re.compile(r"^#{2,3} (.+?) \{ #", re.MULTILINE)
ORDERS = {
    "exploitation/demarrer.md": (
        ("### 1. Construire et lancer", "docker compose up --build"),
        ("### 2. Interroger l'API", "curl http://localhost:8000/health"),
        ("### 3. Interroger le front", "curl http://localhost:8080"),
        ("### 4. Lire l'état des conteneurs", "docker compose ps"),
        ("## Arrêter", "docker compose down"),
        ("### 1. Lancer et attendre", "docker compose up --build -d --wait"),
        ("### 2. Lire les journaux", "docker compose logs api"),
        ("### 3. Arrêter", "docker compose down"),
        ("## Comment savoir que c'est fini", "docker compose ps --all"),
    ),
    "exploitation/deployer.md": (
        ("## Avant de commencer", "kubectl config current-context"),
        ("### 1. Construire les images", "docker compose build"),
        ("### 2. Créer le secret", "scripts/secret"),
        ("### 3. Appliquer les manifestes", "kubectl apply -f k8s/namespace.yaml"),
        ("### 4. Attendre que tout soit en place", "rollout status deployment/datapress-api"),
        ("### 5. Interroger le front par le NodePort", "localhost:30080/status"),
        ("### 6. Appliquer de nouveau", "kubectl apply -f k8s/"),
    ),
    "exploitation/mettre-a-jour.md": (
        ("### 1. Construire l'image", "docker buildx build"),
        ("### 2. Commencer à compter les requêtes", "scripts/sonde demarrer"),
        ("### 3. Demander la nouvelle image", "kubectl set image"),
        ("### 4. Attendre les nouveaux pods", "rollout status"),
        ("### 5. Attendre la fin des anciens", "state.running.startedAt"),
        ("### 6. Arrêter la mesure", "scripts/sonde arreter"),
        ("## Comment savoir que c'est fini", "localhost:30080/status"),
        ("## Remettre en état", "kubectl apply -f k8s/api-deployment.yaml"),
    ),
    "exploitation/revenir-en-arriere.md": (
        ("## Avant de commencer", "API_VERSION=1.1.0-essai"),
        ("### 1. Lire l'historique", "rollout history"),
        ("### 2. Revenir", "rollout undo"),
        ("### 3. Attendre", "rollout status"),
        ("## Comment savoir que c'est fini", "kubectl diff"),
    ),
    "exploitation/haute-disponibilite.md": (
        ("### 1. Appeler l'API sans arrêt, de l'intérieur", "kubectl apply -f k8s/options/sonde/"),
        ("### 2. Appeler le front sans arrêt, de l'extérieur", "scripts/sonde demarrer"),
        ("### 3. Supprimer un pod de l'API", 'kubectl delete "$POD"'),
        ("### 4. Redémarrer l'API, puis le front", "rollout restart deployment/datapress-api"),
        ("### 4. Redémarrer l'API, puis le front", "rollout restart deployment/datapress-front"),
        ("### 5. Attendre que les anciens conteneurs aient fini", "state.running.startedAt"),
        ("### 6. Lire les deux mesures", "scripts/sonde arreter"),
        ("### 6. Lire les deux mesures", "kubectl logs --follow datapress-sonde"),
    ),
    "exploitation/reconstruire.md": (
        ("## Avant de commencer", "kubectl config current-context"),
        ("### 1. Supprimer l'espace de noms", "kubectl delete namespace"),
        ("### 2. Ne pas attendre les pods", "--force --grace-period=0"),
        ("### 3. S'assurer qu'il n'en reste rien", "kubectl get namespace"),
        ("### 1. Tout appliquer en une commande", "kubectl apply -f k8s/namespace.yaml -f k8s/"),
        ("### 2. Attendre", "rollout status"),
    ),
}


def _placed(uri: str) -> list[tuple[str, str]]:
    """Section and text of each command of a page, but for those that clean up."""
    found, section = [], ""
    for block in blocks(uri):
        section = [section, *HEADING.findall(block.prose)][-1]
        found += [] if block.cleanup else [(section, block.code)]
    return found


@pytest.mark.parametrize(
    ("uri", "steps"),
    [
        pytest.param(uri, steps, marks=[pytest.mark.claim(uri, f"{title} {{ #") for title, _ in steps], id=uri)
        for uri, steps in ORDERS.items()
    ],
)
def test_the_steps_of_a_runbook_stand_in_the_order_in_which_they_are_done(
    uri: str, steps: tuple[tuple[str, str], ...]
) -> None:
    placed = _placed(uri)
    order = [
        next(
            number
            for number, (section, code) in enumerate(placed)
            if title.endswith(f"# {section}") and command in code
        )
        for title, command in steps
    ]

    assert all(before < after for before, after in pairwise(order))


@updating("C'est pendant leur arrêt que des requêtes se perdraient.")
@measuring("C'est pendant leur arrêt que des requêtes se perdraient : la mesure doit le couvrir.")
@pytest.mark.parametrize("uri", ["exploitation/mettre-a-jour.md", "exploitation/haute-disponibilite.md"])
@pytest.mark.parametrize("name", ["api", "front"])
def test_old_pods_go_on_for_a_while_and_no_measure_ends_before_them(uri: str, name: str) -> None:
    recette = read_recette(ROOT / "k8s")
    codes = [code for _, code in _placed(uri)]
    (waiting,) = (number for number, code in enumerate(codes) if "state.running.startedAt" in code)
    started = next(number for number, code in enumerate(codes) if "sonde demarrer" in code)
    stopped = [number for number, code in enumerate(codes) if "sonde arreter" in code or "temoins/fin" in code]

    assert getattr(recette, name).pre_stop > 0
    assert started < waiting < min(stopped)


# Updating


@updating("La version est un argument de construction : l'image la porte, et l'API l'annonce.")
@updating(
    "La version annoncée n'a pas changé | L'image a été construite sans `--build-arg VERSION` ; reconstruire sous une autre étiquette |"
)
@undoing("Il simule une nouvelle version de l'API par la variable qui la nomme, sans construire d'image.")
def test_the_version_of_the_api_is_a_build_argument_that_becomes_its_variable() -> None:
    dockerfile = source("services/api/Dockerfile")

    assert "\nARG VERSION=1.0.0\n" in dockerfile
    assert "API_VERSION=${VERSION}" in dockerfile
    assert 'org.opencontainers.image.version="${VERSION}"' in dockerfile
    assert api(API_VERSION="1.1.0-essai").get("/health").get_json()["version"] == "1.1.0-essai"


@updating("La commande rend la main aux premières réponses, et la mesure continue en arrière-plan.")
@measuring("La commande rend la main aux premières réponses ; la mesure continue en arrière-plan, dix minutes au plus.")
@measuring("Les deux verdicts disent « aucune requête perdue ».")
@measuring(
    "La commande arrête la mesure et en donne le tableau ; elle échoue si une seule requête s'est perdue, ou si trop peu ont été faites pour conclure."
)
def test_a_measure_goes_on_in_the_background_until_it_is_asked_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Probe:
        def __init__(self, command: list[str], **options: Any) -> None:
            assert options["start_new_session"]
            assert command[2:4] == ["lossprobe", "mesurer"]
            (tmp_path / READY).touch()
            (tmp_path / RESULT).write_text(json.dumps(_summary(10, minimum=1)))

        def poll(self) -> None:
            return None

    monkeypatch.setattr(background.subprocess, "Popen", Probe)
    background.start(["http://localhost/"], tmp_path)
    running = not (tmp_path / STOP).exists()
    summary = background.stop(tmp_path)

    assert running
    assert (tmp_path / STOP).exists()
    assert re.search(r"verdict\s: aucune requête perdue sur 20$", table(summary))


def _summary(requests: int, minimum: int, lost: int = 0) -> dict[str, Any]:
    settings: Any = SimpleNamespace(url="http://localhost/", minimum=minimum)
    callers = [Caller(Target("localhost", 80, "/", 5), mode) for mode in Mode]
    for caller in callers:
        caller.exchanges = [Exchange(f"n-{number}", number, number + 0.5) for number in range(requests)]
    for number in range(lost):
        callers[0].exchanges[number] = Exchange(f"lost-{number}", number, number + 0.5, Loss.CUT, "fermée")
    return summarise(settings, callers, End(), 0, requests, datetime(2026, 11, 24, tzinfo=UTC))


@updating("La commande échoue si une seule requête s'est perdue, ou si trop peu ont été faites pour conclure.")
@measuring("`mesure trop courte` | Moins de mille requêtes par mode : le chiffre ne prouverait rien |")
def test_one_lost_request_or_too_few_of_them_are_a_failure(manifest: Any) -> None:
    assert verdict(_summary(10, minimum=10)) == (True, "aucune requête perdue sur 20")
    assert verdict(_summary(10, minimum=10, lost=1))[0] is False
    assert verdict(_summary(9, minimum=10)) == (False, "mesure trop courte, 9 requêtes par mode au lieu de 10")
    assert "--minimum=1000" in manifest("Pod", "datapress-sonde").containers[0]["args"]
    assert any(
        "sonde demarrer" in code and "--minimum=1000" in code
        for _, code in _placed("exploitation/haute-disponibilite.md")
    )


@updating(
    "La mesure annonce des pertes | Le tableau donne leur heure et leur nature : [Haute disponibilité](haute-disponibilite.md#echec) dit où chercher |"
)
def test_the_table_says_when_and_how_each_request_was_lost() -> None:
    assert re.search(r"2026-11-24T00:00:00\.000Z +gardees +réponse coupée", table(_summary(10, minimum=1, lost=1)))


@updating("Une mesure oubliée en arrière-plan s'arrête ainsi, et d'elle-même au bout de dix minutes")
@measuring("la mesure continue en arrière-plan, dix minutes au plus.")
def test_a_forgotten_measure_ends_by_itself_after_ten_minutes(tmp_path: Path) -> None:
    settings = Settings("http://localhost/", Target("localhost", 80, "/", 5), None, 1, 1, 1, 1)
    before, after = End(), End()
    _watch(settings, tmp_path, [Caller(settings.target, Mode.NEW)], before, 599)
    _watch(settings, tmp_path, [Caller(settings.target, Mode.NEW)], after, 600)

    assert LONGEST == 10 * 60
    assert (before.over.is_set(), after.over.is_set()) == (False, True)


@updating(
    "Reportez l'étiquette dans `k8s/api-deployment.yaml` et validez-la : tant que le fichier dit 1.0.0, le prochain `kubectl apply` y ramène l'API."
)
@updating("Les fichiers font foi : les appliquer ramène la version qu'ils nomment.")
def test_the_file_of_the_deployment_names_the_version(manifest: Any) -> None:
    deployment = manifest("Deployment", "datapress-api")

    assert deployment.path == "k8s/api-deployment.yaml"
    assert deployment.containers[0]["image"] == "datapress-api:1.0.0"


# Going back


@undoing("Kubernetes en garde 5.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_five_definitions_are_kept(manifest: Any, name: str) -> None:
    assert manifest("Deployment", name).at("spec", "revisionHistoryLimit") == 5


@undoing("Tout ce qui décrit le pod revient en arrière d'un bloc : image, variables, sondes, ressources.")
@undoing("**La ConfigMap et le Secret** : `rollout undo` ne les touche pas.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_definition_of_a_pod_holds_all_but_the_configuration_and_the_secret(manifest: Any, name: str) -> None:
    (container,) = manifest("Deployment", name).containers

    assert {"image", "envFrom", "startupProbe", "readinessProbe", "livenessProbe", "resources"} <= set(container)
    assert not {value.get("name") for value in container.get("env", [])} & set(
        manifest("ConfigMap", "datapress-config").at("data")
    )
    assert not any("valueFrom" in value for value in container.get("env", []))


@undoing("**Les données** : le POC n'en a pas.")
@rebuilding("les pods sont sans état")
@pytest.mark.claim(
    "feuille-de-route.md",
    "**Aucun état.** Sans base de données, ni sauvegarde, ni migration, ni reprise n'ont été mises à l'épreuve.",
)
def test_no_pod_keeps_anything(model: Model) -> None:
    volumes = [volume for item in model.objects for volume in (item.pod_template.get("spec") or {}).get("volumes", [])]

    assert {kind for volume in volumes for kind in volume if kind != "name"} == {"secret", "configMap", "emptyDir"}
    assert {item.kind for item in model.objects} & {"PersistentVolumeClaim", "StatefulSet"} == set()


@undoing(
    "**Les fichiers du dépôt** : ils nomment encore la version retirée. Annulez le commit, sans quoi le prochain `kubectl apply` la remet en service."
)
def test_going_back_changes_no_file() -> None:
    codes = [code for _, code in _placed("exploitation/revenir-en-arriere.md")]

    assert [code for code in codes if re.search(r"\bgit\b|>|\bsed -i", code)] == []
    assert any("rollout undo deployment/datapress-api" in code for code in codes)


# Measuring


@measuring(
    "On appelle donc le service sans arrêt, de l'extérieur et de l'intérieur du cluster, sur des connexions nouvelles et sur des connexions gardées ouvertes, et on compte."
)
@measuring("Un pod de mesure appelle le Service de l'API, comme le fait le front.")
def test_the_probe_calls_from_both_sides_and_the_api_as_the_front_does(manifest: Any) -> None:
    inside = urlsplit(manifest("Pod", "datapress-sonde").containers[0]["command"][-1])
    codes = [code for _, code in _placed("exploitation/haute-disponibilite.md")]

    assert f"{inside.scheme}://{inside.netloc}" == manifest("ConfigMap", "datapress-config").at("data", "API_BASE_URL")
    assert f'"{inside.path}"' in source("services/front/datapress_front/api_call.py")
    assert any("scripts/sonde demarrer http://localhost:30080/" in code for code in codes)
    assert {str(mode) for mode in Mode} == {"gardees", "nouvelles"}


@measuring("Son programme est dans `scripts/lossprobe` ; une ConfigMap l'y apporte.")
def test_the_programme_of_the_probe_comes_from_a_config_map(manifest: Any) -> None:
    pod = manifest("Pod", "datapress-sonde")
    (volume,) = (volume for volume in pod.at("spec", "volumes") if "configMap" in volume)
    (mount,) = (mount for mount in pod.containers[0]["volumeMounts"] if mount["name"] == volume["name"])

    assert mount["mountPath"].endswith("/lossprobe")
    assert any(
        f"create configmap {volume['configMap']['name']} " in code and "--from-file=scripts/lossprobe " in code
        for _, code in _placed("exploitation/haute-disponibilite.md")
    )


@measuring("Le pod se déclare prêt quand chacun de ses fils a reçu une première réponse")
def test_the_probe_is_ready_once_every_thread_had_an_answer(manifest: Any, tmp_path: Path) -> None:
    settings = Settings("http://localhost/", Target("localhost", 80, "/", 5), None, 1, 1, 1, 1)
    callers = [Caller(settings.target, mode) for mode in Mode]
    callers[0].exchanges.append(Exchange("a", 0, 1))
    _watch(settings, tmp_path, callers, End(), 1)
    early = (tmp_path / READY).exists()
    callers[1].exchanges.append(Exchange("b", 0, 1))
    _watch(settings, tmp_path, callers, End(), 1)

    assert (early, (tmp_path / READY).exists()) == (False, True)
    assert manifest("Pod", "datapress-sonde").containers[0]["readinessProbe"]["exec"]["command"] == [
        "test",
        "-e",
        f"/sonde/temoins/{READY}",
    ]
    assert any(f"touch /sonde/temoins/{STOP}" in code for _, code in _placed("exploitation/haute-disponibilite.md"))


@measuring("On prend le plus récent, qui n'est jamais déjà en cours d'arrêt")
def test_the_pod_that_is_deleted_is_the_newest() -> None:
    (deleting,) = (code for _, code in _placed("exploitation/haute-disponibilite.md") if 'delete "$POD"' in code)

    assert re.search(r"--sort-by=\.metadata\.creationTimestamp -o name \| tail -n 1\)", deleting)


@measuring("L'ancien reste visible en `Terminating` pendant qu'il finit ; les deux autres servent")
def test_two_pods_of_the_api_are_wanted(manifest: Any) -> None:
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2
    assert any(
        'delete "$POD"' in code and "--wait=false" in code for _, code in _placed("exploitation/haute-disponibilite.md")
    )


@measuring(
    "« plus longue pause » : le plus long moment sans bonne réponse sur les connexions de cette colonne, tous fils confondus"
)
def test_the_longest_pause_is_that_of_a_mode_without_a_good_answer() -> None:
    summary = _summary(10, minimum=1, lost=4)
    pauses = {mode: summary["modes"][mode]["interruption_ms"] for mode in Mode}

    assert ROWS["interruption_ms"].startswith("plus longue pause")
    assert pauses == {Mode.KEPT: 4500.0, Mode.NEW: 1000.0}


@measuring(
    "« fermées, annoncé » : connexions gardées que le serveur a closes en le disant, et que l'appelant a rouvertes sans rien perdre."
)
def test_an_announced_close_is_counted_and_loses_nothing() -> None:
    service = api().application

    def closing(environ: dict[str, Any], start: Any) -> Any:
        return service.wsgi_app(
            environ, lambda status, headers, *rest: start(status, [*headers, ("Connection", "close")], *rest)
        )

    with listening(closing) as address:
        parts = urlsplit(address)
        caller = Caller(Target(parts.hostname or "", parts.port or 0, "/health", 5), Mode.KEPT)
        exchanges = [request(caller, "a"), request(caller, "b")]

    assert ROWS["fermetures_annoncees"] == "fermées, annoncé"
    assert (caller.closed_announced, caller.opened) == (2, 2)
    assert [exchange.loss for exchange in exchanges] == [None, None]


@measuring(
    "`connexion impossible` pendant l'arrêt d'un pod | Le pod a cessé d'écouter avant que son adresse soit oubliée |"
)
@measuring("`réponse coupée` sur les connexions gardées | Le serveur a fermé sans prévenir |")
@measuring("`délai dépassé` | Plus assez de pods prêts, ou une machine saturée |")
def test_what_the_probe_calls_each_loss() -> None:
    refused = request(Caller(Target("127.0.0.1", 9, "/", 5), Mode.NEW), "a")
    late = request(Caller(Target("127.0.0.1", 9, "/", 0), Mode.NEW), "a")

    assert refused.loss is not None
    assert CAUSES[refused.loss] == "connexion impossible"
    assert late.loss is not None
    assert CAUSES[late.loss] == "délai dépassé"
    assert CAUSES[Loss.CUT] == "réponse coupée"


@measuring("Un conteneur tué net perd les requêtes qu'il traitait, et la recette n'a qu'un nœud")
@pytest.mark.claim("presentation/diaporama.md", "La recette n'a qu'un nœud : la perte d'une machine n'est pas couverte")
@pytest.mark.claim(
    "feuille-de-route.md",
    "**Un nœud.** La recette prouve la perte d'un pod, pas celle d'une machine ; les manifestes répartissent déjà les pods de l'API quand il y a plusieurs nœuds.",
)
def test_the_recette_has_one_node_and_its_pods_would_spread(model: Model, manifest: Any) -> None:
    (cluster,) = model.of_kind("Cluster")
    (spread,) = manifest("Deployment", "datapress-api").at("spec", "template", "spec", "topologySpreadConstraints")

    assert [node["role"] for node in cluster.at("nodes")] == ["control-plane"]
    assert (spread["topologyKey"], spread["maxSkew"], spread["whenUnsatisfiable"]) == (
        "kubernetes.io/hostname",
        1,
        "ScheduleAnyway",
    )


# Rebuilding


@rebuilding(
    "Tout ce que contient l'espace de noms est supprimé, secret compris ; `k8s/secret.yaml` reste sur ce poste."
)
@rebuilding("Une coupure complète, de la suppression jusqu'à la fin de la reconstruction")
def test_the_secret_goes_with_the_namespace_and_its_file_stays(model: Model) -> None:
    codes = [code for _, code in _placed("exploitation/reconstruire.md")]

    assert {item.namespace for item in model.objects if item.kind in ("Secret", "Deployment", "Service")} == {
        "datapress-recette"
    }
    assert any("delete namespace datapress-recette" in code for code in codes)
    assert not any(re.search(r"\brm\b", code) for code in codes)


@rebuilding(
    "Les pods créés avant leur ConfigMap ou leur Secret attendent qu'ils existent, puis démarrent : il n'y a rien à rejouer."
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_no_pod_starts_without_what_it_reads(manifest: Any, name: str) -> None:
    deployment = manifest("Deployment", name)
    (container,) = deployment.containers
    secrets = [volume["secret"] for volume in deployment.at("spec", "template", "spec", "volumes", default=[])]

    assert [given["configMapRef"].get("optional", False) for given in container["envFrom"]] == [False]
    assert not any(secret.get("optional") for secret in secrets)


@rebuilding(
    "Un pod de l'API reste en `ContainerCreating` | Le Secret manque : `k8s/secret.yaml` n'est pas sur ce poste | [Créer le secret](deployer.md#secret), puis appliquer de nouveau |"
)
def test_the_api_alone_waits_for_the_volume_of_its_secret(manifest: Any) -> None:
    # A volume that cannot be mounted keeps a container from being created; a missing variable would be an error of its configuration.
    asked = {
        name: [
            volume.get("secret", {}).get("secretName")
            for volume in manifest("Deployment", name).at("spec", "template", "spec", "volumes", default=[])
        ]
        for name in DEPLOYMENTS
    }
    given = [
        source
        for name in DEPLOYMENTS
        for container in manifest("Deployment", name).containers
        for source in (*container["envFrom"], *container.get("env", []))
    ]

    assert asked == {"datapress-api": ["datapress-secret"], "datapress-front": []}
    assert not any("secretRef" in one or "valueFrom" in one for one in given)


@rebuilding(
    "Une suppression forcée fait oublier le pod à Kubernetes sans s'assurer qu'il s'est arrêté : les requêtes en cours sont perdues."
)
def test_pods_are_forced_away_in_one_place_only() -> None:
    forced = [section for uri in ORDERS for section, code in _placed(uri) if "--force" in code]

    assert forced == ["2. Ne pas attendre les pods"]


@rebuilding("tant qu'elle montre `Terminating`, la suppression continue.")
@rebuilding("La suppression est demandée, sans attendre qu'elle s'achève")
def test_the_deletion_is_asked_for_then_waited_for() -> None:
    asking, _, waiting = [
        block for block in blocks("exploitation/reconstruire.md") if re.search(r"delete|get namespace", block.code)
    ]

    assert "--wait=false" in asking.code
    assert (waiting.exit_status, waiting.retry) == (1, 180)


# From one component to the other, and what is compared


@updating("pour changer le front, remplacez `api` par `front`.")
@undoing("Le front se retire de la même façon, en remplaçant `datapress-api` par `datapress-front`.")
def test_the_commands_for_the_api_hold_for_the_front_under_its_name(manifest: Any) -> None:
    codes = [
        code for _, code in (*_placed("exploitation/mettre-a-jour.md"), *_placed("exploitation/revenir-en-arriere.md"))
    ]
    (building,) = (code for code in codes if "buildx build" in code)
    (asking,) = (code for code in codes if "set image" in code)
    container = manifest("Deployment", "datapress-front").containers[0]

    assert (ROOT / re.findall(r"--file (\S+)", building)[0].replace("api", "front")).exists()
    assert asking.replace("api", "front").startswith(
        f"kubectl set image deployment/datapress-front {container['name']}={container['image'].partition(':')[0]}:"
    )
    assert "FRONT_VERSION=${VERSION}" in source("services/front/Dockerfile")


@updating("On ne met pas à jour une recette déjà malade : tous les pods voulus sont disponibles.")
@updating("Noter les versions en service :")
def test_an_update_begins_with_a_look_at_what_is_there() -> None:
    first = [code for _, code in _placed("exploitation/mettre-a-jour.md")][:2]

    assert first[0] == "kubectl get deployments -n datapress-recette"
    assert first[1].endswith("/status")


@updating("Il ne reste alors que les 2 conteneurs voulus.")
@measuring("Il ne reste alors que les conteneurs voulus, 2 pour l'API et 1 pour le front.")
@pytest.mark.parametrize(
    ("uri", "names"),
    [("exploitation/mettre-a-jour.md", ["datapress-api"]), ("exploitation/haute-disponibilite.md", list(DEPLOYMENTS))],
)
def test_the_containers_that_are_waited_for_are_those_that_are_wanted(
    manifest: Any, uri: str, names: list[str]
) -> None:
    (waiting,) = (block for block in blocks(uri) if "state.running.startedAt" in block.code)

    assert waiting.expected
    assert int(waiting.expected.text) == sum(manifest("Deployment", name).at("spec", "replicas") for name in names)


@updating(
    "Un pod en `ImagePullBackOff` | L'étiquette n'existe pas sur ce cluster : [Déboguer](deboguer.md#imagepullbackoff) |"
)
@updating(
    "Un pod en `CrashLoopBackOff` | La nouvelle version refuse de démarrer : [Déboguer](deboguer.md#crashloopbackoff) |"
)
@undoing(
    "Le cluster ne s'écarte plus des fichiers ; s'il s'en écartait, la commande montrerait l'écart et rendrait le code 1"
)
@undoing(
    "`kubectl diff` montre un écart | Quelqu'un a modifié le cluster sans passer par les fichiers ; `kubectl apply -f k8s/` les fait prévaloir |"
)
def test_the_cluster_is_compared_with_the_files_that_are_applied() -> None:
    comparing = [code for _, code in _placed("exploitation/revenir-en-arriere.md") if "kubectl diff" in code]
    debugging = [block.code for block in blocks("exploitation/deboguer.md")]

    assert comparing == ["kubectl diff -f k8s/ && echo 'aucun écart avec les fichiers'"]
    assert any("apply -f k8s/" in code for code in debugging)
    assert any("set image deployment/datapress-api api=datapress-api:9.9.9" in code for code in debugging)


@measuring("Ici les requêtes passent par le NodePort, comme celles d'un navigateur.")
@measuring("| De l'extérieur | `http://localhost:30080/status` |")
@measuring("| De l'intérieur | `http://datapress-api/health` |")
def test_both_measures_call_the_addresses_of_the_table(manifest: Any) -> None:
    (asking,) = (code for _, code in _placed("exploitation/haute-disponibilite.md") if "sonde demarrer" in code)

    assert f"localhost:{manifest('Service', 'datapress-front').at('spec', 'ports', 0, 'nodePort')}/status " in asking
    assert manifest("Pod", "datapress-sonde").containers[0]["command"][-1] == "http://datapress-api/health"


@measuring(
    "Avant d'affirmer que la recette survit à la perte d'un pod : après une première installation, un changement de sondes ou de Gunicorn"
)
@measuring("La pause `preStop` (5 s) et le délai d'arrêt (40 s) des manifestes |")
@pytest.mark.parametrize("name", ["api", "front"])
def test_the_pause_and_the_grace_of_a_stop(manifest: Any, name: str) -> None:
    pause = getattr(read_recette(ROOT / "k8s"), name).pre_stop
    grace = manifest("Deployment", f"datapress-{name}").at("spec", "template", "spec", "terminationGracePeriodSeconds")
    graceful = re.search(r"^graceful_timeout = (\d+)$", source("services/common/gunicorn.conf.py"), re.MULTILINE)

    assert graceful
    assert (pause, grace) == (5, 40)
    assert pause + int(graceful[1]) < grace


# What is said at the head of each page, and what an exercise leaves

UPDATING, UNDOING, MEASURING, REBUILDING = (
    "exploitation/mettre-a-jour.md",
    "exploitation/revenir-en-arriere.md",
    "exploitation/haute-disponibilite.md",
    "exploitation/reconstruire.md",
)


def _block(uri: str, words: str) -> Block:
    """The first command of a page that holds these words."""
    return next(block for block in blocks(uri) if words in block.code)


def _expected(block: Block) -> str:
    assert block.expected
    return block.expected.text


@updating("Une nouvelle image est prête, ou la configuration a changé et les pods doivent la relire")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_pods_read_their_configuration_at_start_only_and_the_page_starts_them_again(manifest: Any, name: str) -> None:
    deployment = manifest("Deployment", name)
    volumes = deployment.at("spec", "template", "spec", "volumes", default=[])
    codes = [code for _, code in _placed(UPDATING)]

    assert [given["configMapRef"]["name"] for given in deployment.containers[0]["envFrom"]] == ["datapress-config"]
    assert not any("configMap" in volume for volume in volumes)
    assert f"kubectl rollout restart deploy/{name} -n datapress-recette" in codes
    assert any(code.startswith("kubectl set image ") for code in codes)


@updating("De la version 1.0.0 à la 1.0.1, pendant que des requêtes arrivent :")
@updating("Aucune requête n'est perdue, et le front voit la nouvelle version de l'API :")
def test_the_version_that_is_built_is_asked_for_while_requests_are_counted_and_then_seen(manifest: Any) -> None:
    codes = [block.code for block in blocks(UPDATING)]
    counting, asking = (
        next(number for number, code in enumerate(codes) if words in code) for words in ("sonde demarrer", "set image")
    )
    ending = next(number for number, code in enumerate(codes) if code == "scripts/sonde arreter")
    seen = next(block for block in blocks(UPDATING)[ending:] if block.code.endswith("/status"))
    (version,) = re.findall(r"--build-arg VERSION=(\S+)", _block(UPDATING, "buildx build").code)

    assert counting < asking < ending
    assert manifest("Deployment", "datapress-api").containers[0]["image"].endswith(":1.0.0")
    assert codes[asking].split(" -n ")[0].endswith(f"=datapress-api:{version}")
    assert version == "1.0.1"
    assert json.loads(_expected(seen))["api"]["version"] == version
    assert re.search(r"^pertes +0 +0$", _expected(blocks(UPDATING)[ending]), re.MULTILINE)


@updating("La commande ne fait que demander ; on attend la fin avec :")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_restart_is_followed_by_its_wait(name: str) -> None:
    codes = [code for _, code in _placed(UPDATING)]
    asked = codes.index(f"kubectl rollout restart deploy/{name} -n datapress-recette")

    assert "status" not in codes[asked]
    assert codes[asked + 1] == f"kubectl rollout status deploy/{name} -n datapress-recette --timeout=120s"


@undoing(", exercice compris")
@undoing("La version en service est bien celle qu'on veut retirer :")
def test_the_exercise_is_run_with_the_page_and_its_version_is_the_one_to_withdraw() -> None:
    (plan,) = (plan for plan in make_plan(documented(), load(ROOT), {}).pages if plan.page == f"docs/{UNDOING}")
    exercise, _, seen = blocks(UNDOING)[:3]
    (version,) = re.findall(r"API_VERSION=(\S+)", exercise.code)

    assert [step.mode for step in plan.steps if step.block.code == exercise.code] == [RunMode.RUN]
    assert json.loads(_expected(seen)) == {"api": {"version": version}}
    assert seen.stand_in is False  # no other service knows what the exercise did


@undoing(
    "En cas de doute, revenez d'abord, cherchez ensuite : la version précédente est connue, et le retour ne détruit rien."
)
@undoing("Rien à défaire : le retour en arrière est lui-même une nouvelle révision, dont on peut revenir.")
def test_going_back_deletes_nothing_and_has_nothing_to_undo(manifest: Any) -> None:
    codes = [block.code for block in blocks(UNDOING)]

    assert not any(re.search(r"\b(delete|replace|scale|rm)\b|--force", code) for code in codes)
    assert not any(block.cleanup for block in blocks(UNDOING))
    assert codes[-1].startswith("kubectl diff ")  # nor is anything put back after what was looked at
    assert all(manifest("Deployment", name).at("spec", "revisionHistoryLimit") >= 2 for name in DEPLOYMENTS)


@undoing(
    "`kubectl rollout history … --revision=N` montre le contenu de l'une d'elles, et `kubectl rollout undo … --to-revision=N` y revient."
)
def test_history_and_undo_each_name_a_revision_with_an_option_of_their_own() -> None:
    options = dict(
        line.split(": ", 1)
        for line in source("scripts/runbook/checking/commands/kubectl/options.txt").splitlines()
        if line.startswith("rollout ")
    )
    offered = {verb: set(re.findall(r"--[\w-]*revision=", options[f"rollout {verb}"])) for verb in ("history", "undo")}

    assert offered == {"history": {"--revision="}, "undo": {"--to-revision="}}


@undoing(
    "L'attente dépasse son délai | La version précédente ne démarre plus non plus : la cause est ailleurs (configuration, secret, cluster), voir [Déboguer](deboguer.md) |"
)
@undoing(
    "Le défaut reste après le retour | Il ne venait pas de cette version ; chercher ce qui a changé en même temps |"
)
def test_what_an_undo_leaves_as_it_is_stands_in_other_objects_than_the_deployment(manifest: Any) -> None:
    template = manifest("Deployment", "datapress-api").at("spec", "template", "spec")
    (waiting,) = {block.code for block in blocks(UNDOING) if "rollout status" in block.code}

    assert "--timeout=120s" in waiting
    assert manifest("Deployment", "datapress-api").at("spec", "progressDeadlineSeconds") == 120
    assert template["containers"][0]["envFrom"] == [
        {"configMapRef": {"name": "datapress-config"}}
    ]  # by name: the values stay
    assert [volume["secret"]["secretName"] for volume in template["volumes"]] == ["datapress-secret"]


@measuring(
    "Supprimer un pod et le voir revenir ne prouve rien pour les utilisateurs : entre-temps, des requêtes ont pu se perdre."
)
def test_a_service_that_answers_again_does_not_make_up_for_a_loss() -> None:
    summary = _summary(1000, minimum=10, lost=1)  # the first one, and 999 good ones after it

    assert verdict(summary) == (False, "1 requête perdue sur 2\u00a0000")


@measuring("Rien : c'est ce que cette page mesure")
@pytest.mark.parametrize("command", ["scripts/sonde arreter", "kubectl logs --follow datapress-sonde"])
def test_the_page_expects_no_loss_from_either_measure(command: str) -> None:
    expected = _expected(_block(MEASURING, command))

    assert re.search(r"^pertes +0 +0$", expected, re.MULTILINE)
    assert re.search(r"^verdict\s: aucune requête perdue sur …$", expected, re.MULTILINE)


@measuring("Tous les pods voulus sont disponibles :")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_before_a_measure_as_many_pods_are_available_as_are_wanted(manifest: Any, name: str) -> None:
    first = blocks(MEASURING)[0]
    wanted = manifest("Deployment", name).at("spec", "replicas")

    assert first.code == "kubectl get deployments -n datapress-recette"
    assert re.search(rf"^{name} +{wanted}/{wanted} +{wanted} +{wanted} ", _expected(first), re.MULTILINE)


@measuring("Le pod est perdu ; ce qu'il servait passe aux autres.")
@measuring("Un autre le remplace aussitôt :")
def test_the_service_has_other_pods_and_a_new_one_is_looked_for(manifest: Any) -> None:
    deployment, service = manifest("Deployment", "datapress-api"), manifest("Service", "datapress-api")
    codes = [block.code for block in blocks(MEASURING)]
    deleting = next(number for number, code in enumerate(codes) if 'delete "$POD"' in code)

    assert deployment.at("spec", "replicas") > 1
    assert service.at("spec", "selector").items() <= deployment.at("spec", "template", "metadata", "labels").items()
    assert 'test "$NOUVEAU" != "$POD"' in codes[deleting + 1]
    assert codes[deleting + 2].startswith('kubectl wait --for=condition=Ready "$NOUVEAU"')


@measuring("Elle porte sur l'arrêt ordonné d'un pod : suppression, mise à jour, remplacement.")
def test_every_pod_of_a_measure_is_asked_to_stop_and_none_is_killed() -> None:
    codes = "\n".join(code for uri in (MEASURING, UPDATING) for _, code in _placed(uri))

    assert not re.search(r"--force|--now\b|--grace-period|\bkill\b|docker (stop|rm)", codes)
    assert 'kubectl delete "$POD"' in codes
    assert "kubectl set image" in codes
    assert "kubectl rollout restart" in codes


@rebuilding("Le cluster est le bon : le nom affiché est celui de la recette, jamais celui d'une production.")
def test_the_name_of_the_cluster_is_shown_first_and_the_engine_takes_no_production() -> None:
    allowed = load(ROOT).targets["recette"].contexts

    assert blocks(REBUILDING)[0].code == "kubectl config current-context"
    assert "recette" in allowed
    assert not any(
        fnmatch(name, pattern) for name in ("production", "prod", "datapress-production") for pattern in allowed
    )


@rebuilding("L'espace de noms ne contient que ce qu'on veut perdre :")
@rebuilding("Libérer le cluster, ou repartir d'un état connu quand on ne sait plus ce qui a été modifié")
@rebuilding("Rien à défaire : la recette est celle des fichiers.")
def test_what_is_lost_is_shown_and_is_what_the_files_bring_back(model: Model) -> None:
    shown = set(
        re.findall(
            r"^(deployment\.apps|service)/(\S+)",
            _expected(_block(REBUILDING, "get deployments,services")),
            re.MULTILINE,
        )
    )
    base = [item for item in model.objects if item.path.startswith("k8s/") and item.path.count("/") == 1]
    applying = _block(REBUILDING, "kubectl apply")

    assert shown == {
        ({"Deployment": "deployment.apps", "Service": "service"}[item.kind], item.name)
        for item in base
        if item.kind in ("Deployment", "Service")
    }
    assert applying.code == "kubectl apply -f k8s/namespace.yaml -f k8s/"
    assert {(item.kind.lower(), item.name) for item in base} == {
        (kind.partition(".")[0], name)
        for kind, name in re.findall(r"^([\w.]+)/(\S+) created$", _expected(applying), re.MULTILINE)
    }
    assert not any(block.cleanup for block in blocks(REBUILDING))


@rebuilding(
    "L'espace de noms reste en `Terminating` au-delà de trois minutes | Un objet le retient | `kubectl get all -n datapress-recette` montre ce qui reste |"
)
@rebuilding(
    "`because it is being terminated` à la reconstruction | La suppression n'est pas finie | Attendre sa fin, puis appliquer de nouveau |"
)
def test_the_end_of_the_deletion_is_waited_for_three_minutes_before_anything_is_applied() -> None:
    codes = [block.code for block in blocks(REBUILDING)]
    gone = codes.index("kubectl get namespace datapress-recette")

    assert blocks(REBUILDING)[gone].retry == 3 * 60
    assert "(NotFound)" in _expected(blocks(REBUILDING)[gone])
    assert not any("apply" in code for code in codes[:gone])
    assert codes[gone + 1].startswith("kubectl apply ")
    assert not any("--timeout" in code for code in codes if "delete" in code)  # no deletion of the page times out


@updating("L'exemple passe l'API en 1.0.1, pendant que des requêtes arrivent sans arrêt par le front ;")
@updating(
    "Une étiquette déjà utilisée ne déclenche rien : Kubernetes ne voit que le nom de l'image. Une version, une étiquette."
)
def test_the_new_version_has_a_tag_of_its_own_and_is_called_through_the_front(manifest: Any) -> None:
    (tag,) = re.findall(r"--tag datapress-api:(\S+)", _block(UPDATING, "buildx build").code)
    front = manifest("Service", "datapress-front")

    assert f"--build-arg VERSION={tag} " in _block(UPDATING, "buildx build").code
    assert tag == "1.0.1"
    assert manifest("Deployment", "datapress-api").containers[0]["image"] != f"datapress-api:{tag}"
    assert manifest("Deployment", "datapress-api").containers[0]["imagePullPolicy"] == "IfNotPresent"
    assert f"localhost:{front.at('spec', 'ports', 0, 'nodePort')}/status " in _block(UPDATING, "sonde demarrer").code


@undoing("Rien de plus que ce qu'ils voient déjà : le retour se fait pod par pod, sans coupure")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_pods_are_replaced_one_by_one_and_none_goes_before_its_successor(manifest: Any, name: str) -> None:
    strategy = manifest("Deployment", name).at("spec", "strategy")

    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


@undoing("La dernière ligne est la définition en service, l'avant-dernière celle où l'on va revenir ;")
def test_the_undo_names_no_revision_and_comes_after_the_history() -> None:
    codes = [block.code for block in blocks(UNDOING)]

    assert codes.index("kubectl rollout history deployment/datapress-api -n datapress-recette") < codes.index(
        "kubectl rollout undo deployment/datapress-api -n datapress-recette"
    )
    assert not any("--to-revision" in code for code in codes)


@undoing(
    "Remettez le fichier précédent depuis git, appliquez-le, puis [redémarrez le composant](mettre-a-jour.md#redemarrer)."
)
def test_the_section_on_restarting_restarts_both_components() -> None:
    section, restarted = "", {}
    for block in blocks(UPDATING):
        section = [section, *re.findall(r"^## .+\{ #([\w-]+) \}", block.prose, re.MULTILINE)][-1]
        if found := re.search(r"kubectl rollout restart deploy/(\S+)", block.code):
            restarted[found[1]] = section

    assert restarted == dict.fromkeys(DEPLOYMENTS, "redemarrer")


@measuring(
    "Le serveur a fermé sans prévenir | La version de Gunicorn, voir [Mise à jour sans perte](../decisions/0006-mise-a-jour-sans-perte.md) |"
)
@measuring(
    "Moins de mille requêtes par mode : le chiffre ne prouverait rien | Relancer, sur une machine moins chargée |"
)
def test_a_close_without_notice_and_a_short_measure_are_told_apart() -> None:
    def close_the_next_one() -> None:
        server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        caller = Caller(Target("127.0.0.1", server.getsockname()[1], "/", 5), Mode.KEPT)
        closing = threading.Thread(target=close_the_next_one)
        closing.start()
        exchange = request(caller, "a")
        closing.join()

    assert exchange.loss is Loss.CUT
    assert CAUSES[exchange.loss] == "réponse coupée"
    assert "gunicorn>=27.0.1" in source("pyproject.toml")
    assert verdict(_summary(999, minimum=1000))[1].startswith("mesure trop courte")
    assert verdict(_summary(1000, minimum=1000))[0] is True


@rebuilding("L'espace de noms n'existe plus, et la commande le dit par un code de retour 1 ;")
def test_the_absence_of_the_namespace_is_told_by_the_status_1() -> None:
    looking = _block(REBUILDING, "kubectl get namespace datapress-recette")

    assert looking.exit_status == 1
    assert _expected(looking) == 'Error from server (NotFound): namespaces "datapress-recette" not found'
