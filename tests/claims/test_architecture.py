"""Claims of the pages on the architecture."""

import base64
import copy
import json
import logging
import re
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
import yaml

from datapress_api import create_app as create_api
from datapress_api.settings import ApiSettings
from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.logs import JsonFormatter
from datapress_common.settings import SettingError
from datapress_common.settings import load as load_settings
from datapress_front import create_app as create_front
from datapress_front.api_call import BUDGET_SECONDS
from datapress_front.api_state import ApiState
from datapress_front.api_watch import ApiWatch
from datapress_front.settings import FrontSettings
from macros import tables
from macros.compose_services import read_compose
from macros.deck_proof import proof
from macros.evidence import Evidence
from macros.manifests import read_recette
from macros.roadmap import DAYS, Card, read_roadmap
from macros.service_code import read_service
from runbook.checking.manifests.safety import _UNITS
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    TOKEN,
    api,
    blocks,
    container,
    front,
    listening,
    page,
    pipeline,
    place,
    source,
)

Manifest = Callable[[str, str], KubeObject]
OVERVIEW, SETTINGS, DEVELOPMENT, RECETTE = (
    "architecture/index.md",
    "architecture/configuration.md",
    "architecture/developpement.md",
    "architecture/recette.md",
)
DECK = "presentation/diaporama.md"
KINDS = (ApiSettings, FrontSettings, GunicornSettings)
FIELDS = sorted({(kind, field.name.upper()) for kind in KINDS for field in msgspec.structs.fields(kind)}, key=str)


@pytest.fixture
def heard() -> list[dict[str, Any]]:
    """The requests that the API of `heard_api` has received."""
    return []


@pytest.fixture
def listening_api(heard: list[dict[str, Any]]) -> Any:
    """The API, which notes what it is asked."""
    application: Any = api().application

    def noting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        heard.append(environ)
        return application(environ, start_response)

    return noting


def pod(manifest: Manifest, name: str) -> dict[str, Any]:
    """The pod of a Deployment."""
    spec: dict[str, Any] = manifest("Deployment", name).at("spec", "template", "spec")
    return spec


def recette(manifest: Manifest) -> dict[str, str]:
    """The variables that both components are given in the recette."""
    data: dict[str, str] = manifest("ConfigMap", "datapress-config").at("data")
    return data


def card(anchor: str, stage: str = "horizon-1") -> Card:
    """A card of a stage of the roadmap."""
    (found,) = (
        found for found in read_roadmap(ROOT / "docs/feuille-de-route.md").stages[stage] if found.anchor == anchor
    )
    return found


# The overview


@pytest.mark.claim(OVERVIEW, "une **API** qu'en recette seul le front appelle")
@pytest.mark.claim(OVERVIEW, "Seul le front est joignable de l'extérieur du cluster.")
@pytest.mark.claim(
    RECETTE,
    "Le front est le seul service joignable de l'extérieur, par le port 30080 de chaque nœud ; l'API n'a qu'une adresse interne, `http://datapress-api`.",
)
@pytest.mark.claim("decisions/0002-exposition.md", "Le front est en NodePort, port 30080 ; l'API en ClusterIP.")
@pytest.mark.claim(
    "decisions/0002-exposition.md",
    "Un navigateur doit atteindre le front de la recette ; l'API, elle, ne doit pas être publique.",
)
def test_the_front_alone_is_reached_from_outside(model: Model) -> None:
    outside = {
        item.name: item.at("spec", "ports")
        for item in model.of_kind("Service")
        if item.at("spec", "type") != "ClusterIP"
    }
    assert list(outside) == ["datapress-front"]
    assert [port["nodePort"] for port in outside["datapress-front"]] == [30080]
    assert all(
        item.at("spec", "externalTrafficPolicy", default="Cluster") == "Cluster" for item in model.of_kind("Service")
    )  # else only the nodes of its pods
    assert not [item for kind in ("Ingress", "Gateway", "HTTPRoute") for item in model.of_kind(kind)]


@pytest.mark.claim(OVERVIEW, "deux services sans état")
@pytest.mark.claim(OVERVIEW, "ne partagent ni disque ni mémoire")
def test_the_services_keep_nothing_and_share_nothing(model: Model, manifest: Manifest) -> None:
    volumes = {name: pod(manifest, name).get("volumes", []) for name in DEPLOYMENTS}
    assert volumes["datapress-front"] == []
    assert [set(volume) for volume in volumes["datapress-api"]] == [{"name", "secret"}]
    for service in model.services.values():
        assert not {"volumes", "volumes_from", "ipc", "pid", "tmpfs"} & set(service)
    assert "volumes" not in model.compose


@pytest.mark.claim(OVERVIEW, "(Flask, Gunicorn, une image chacun)")
@pytest.mark.claim("glossaire.md", "Le serveur qui exécute les deux services Python.")
@pytest.mark.claim(
    "contexte.md", "| § 1 | Séparer front et API | Deux services, deux images, deux déploiements ; un seul lien, HTTP |"
)
def test_each_service_is_flask_under_gunicorn_in_an_image_of_its_own(model: Model, manifest: Manifest) -> None:
    assert {service["image"].partition(":")[0] for service in model.services.values()} == set(DEPLOYMENTS)
    assert {container(manifest, name)["image"].partition(":")[0] for name in DEPLOYMENTS} == set(DEPLOYMENTS)
    for name in ("api", "front"):
        assert f'CMD ["gunicorn", "datapress_{name}:create_app()"]' in source(f"services/{name}/Dockerfile")
        assert "\nflask==" in source(f"services/{name}/requirements.txt")


@pytest.mark.claim(OVERVIEW, "Le prix à payer est un appel réseau de plus, donc une panne possible de plus")
@pytest.mark.claim(OVERVIEW, 'navigateur -->|"HTTP"| front front -->|"HTTP (API_BASE_URL)"| api ```')
@pytest.mark.claim(
    "contexte.md",
    "| § 2 | Le front appelle l'API par `API_BASE_URL` | Appel fait par le serveur du front, jamais par le navigateur : [trajet d'une requête](architecture/index.md#trajet) |",
)
@pytest.mark.claim("difficultes.md", "Le front appelle l'API depuis son serveur, par `API_BASE_URL`")
def test_the_front_calls_the_api_at_api_base_url_and_the_api_calls_nobody(
    listening_api: Any, heard: list[dict[str, Any]]
) -> None:
    with listening(listening_api) as address:
        page = front(API_BASE_URL=address, API_PUBLIC_URL="").get("/")
    assert [asked["HTTP_USER_AGENT"] for asked in heard] == ["datapress-front"]
    assert address not in page.text
    for path in (ROOT / "services").glob("api/**/*.py"):
        assert "requests" not in path.read_text()
        assert "http.client" not in path.read_text()
    assert "\nrequests==" not in source("services/api/requirements.txt")


@pytest.mark.claim(OVERVIEW, "participant N as Navigateur participant F as Front participant A as API N->>F: GET /")
@pytest.mark.claim(OVERVIEW, "revient au client : une requête se suit d'un bout à l'autre.")
@pytest.mark.claim(
    OVERVIEW,
    "N->>F: GET / Note over F: X-Request-ID<br>repris ou créé F->>A: GET /health<br>+ X-Request-ID Note over F,A: par le Service,<br>vers un des 2 pods disponibles A-->>F: 200, état et version F-->>N: 200, page avec<br>l'état de l'API",
)
@pytest.mark.claim(OVERVIEW, "L'identifiant `X-Request-ID` passe du front à l'API")
@pytest.mark.claim(
    "contexte.md",
    "| § 7 | Traçage distribué (Jaeger) | Prévu, avec Jaeger v2 ; l'identifiant de requête circule déjà | [Traçage](feuille-de-route.md#tracage) : raison, effort, coût, risque |",
)
@pytest.mark.parametrize("given", ["choisi-par-l-appelant", None])
def test_one_identifier_goes_from_the_browser_to_the_api_and_back(
    given: str | None, listening_api: Any, heard: list[dict[str, Any]], manifest: Manifest
) -> None:
    with listening(listening_api) as address:
        page = front(API_BASE_URL=address).get("/", headers={"X-Request-ID": given} if given else {})
    [asked] = heard
    assert (asked["REQUEST_METHOD"], asked["PATH_INFO"]) == ("GET", "/health")
    assert asked["HTTP_X_REQUEST_ID"] == page.headers["X-Request-ID"] == (given or page.headers["X-Request-ID"])
    assert (page.status_code, "API disponible" in page.text) == (200, True)
    assert recette(manifest)["API_BASE_URL"] == "http://" + manifest("Service", "datapress-api").name
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2


@pytest.mark.claim(
    OVERVIEW, "figure dans chaque ligne que la requête fait écrire aux journaux des deux et revient au client"
)
@pytest.mark.claim(
    "contexte.md",
    "| § 4 | Journaux des deux déploiements | Une ligne JSON par fait, avec l'identifiant de la requête |",
)
def test_every_line_that_a_request_has_written_bears_its_identifier() -> None:
    client = front(API_BASE_URL=NOBODY)
    written: list[dict[str, Any]] = []
    logger = logging.getLogger("datapress_front.api_watch")
    handler = logging.Handler()
    handler.emit = lambda record: written.append(json.loads(JsonFormatter().format(record)))  # type: ignore[method-assign]
    logger.addHandler(handler)
    try:
        answer = client.get("/", headers={"X-Request-ID": "suivie"})
    finally:
        logger.removeHandler(handler)
    assert [line["request_id"] for line in written] == ["suivie"]
    assert answer.headers["X-Request-ID"] == "suivie"
    atoms = dict.fromkeys(("m", "U", "B", "h", "a"), "-") | {"s": "200", "D": 1000, "{x-request-id}o": "suivie"}
    access = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, "%s", (atoms,), None)
    assert json.loads(JsonFormatter().format(access))["request_id"] == "suivie"


@pytest.mark.claim(OVERVIEW, "L'API peut manquer sans que la page disparaisse : le front répond, et dit ce qui manque.")
@pytest.mark.claim(
    OVERVIEW,
    "| Tous les pods de l'API | La page répond et annonce l'API indisponible ; `/status` répond 503 | Les conteneurs redémarrent, à intervalles croissants | [Déboguer](../exploitation/deboguer.md) |",
)
@pytest.mark.claim("index.md", "un front privé d'API répond encore en disant ce qui manque")
def test_without_the_api_the_page_answers_and_the_status_is_503(manifest: Manifest) -> None:
    client = front(API_BASE_URL=NOBODY)
    page, status = client.get("/"), client.get("/status")
    assert (page.status_code, "API injoignable" in page.text) == (200, True)
    assert (status.status_code, status.json["api"]["reachable"]) == (503, False)
    assert pod(manifest, "datapress-api").get("restartPolicy", "Always") == "Always"


@pytest.mark.claim(
    OVERVIEW, "Chaque service a son image, sa version et son déploiement ; mettre l'un à jour ne redémarre pas l'autre."
)
@pytest.mark.claim("contexte.md", "chacun peut tomber, changer et grandir sans l'autre")
def test_each_service_has_its_image_its_version_and_its_deployment(manifest: Manifest) -> None:
    images = [container(manifest, name)["image"].partition(":")[0] for name in DEPLOYMENTS]
    assert len(set(images)) == len({manifest("Deployment", name).path for name in DEPLOYMENTS}) == 2
    own = [
        {field.name for field in msgspec.structs.fields(kind) if "version" in field.name}
        for kind in (ApiSettings, FrontSettings)
    ]
    assert own == [{"api_version"}, {"front_version"}]


@pytest.mark.claim(
    OVERVIEW,
    "| Élément perdu | Ce que voit l'utilisateur | Ce qui se répare seul | Ce qu'il faut faire | |---|---|---|---| | Un pod de l'API | Rien | Le Service l'écarte, un autre pod le remplace |",
)
@pytest.mark.claim(
    OVERVIEW, "L'API tourne en 2 exemplaires quand le front n'en a que 1 ; ce sont deux nombres dans deux fichiers."
)
@pytest.mark.claim(
    OVERVIEW,
    "| Le pod du front | La page est injoignable le temps du remplacement : il n'y en a que 1 | Un autre pod démarre | Rien ; un second réplica est une ligne du manifeste |",
)
@pytest.mark.claim(
    OVERVIEW,
    "| Un pod de l'API | Rien | Le Service l'écarte, un autre pod le remplace | Rien ; [en chercher la cause](../exploitation/deboguer.md) si cela se répète |",
)
def test_two_apis_and_one_front_are_told_in_a_file_each(manifest: Manifest) -> None:
    told = {item.path: item.at("spec", "replicas") for item in (manifest("Deployment", name) for name in DEPLOYMENTS)}
    assert told == {"k8s/api-deployment.yaml": 2, "k8s/front-deployment.yaml": 1}


@pytest.mark.claim(OVERVIEW, "Le navigateur ne parle qu'au front")
@pytest.mark.claim(
    "difficultes.md", "le lien offert au lecteur vient de `API_PUBLIC_URL`, et disparaît quand elle est vide"
)
@pytest.mark.claim(DEVELOPMENT, "`API_PUBLIC_URL` sert au lien que la page propose au lecteur.")
def test_the_page_gives_the_public_address_alone_and_runs_no_script() -> None:
    linked = front(API_BASE_URL=NOBODY, API_PUBLIC_URL="http://publique.test:8000").get("/")
    without = front(API_BASE_URL=NOBODY, API_PUBLIC_URL="").get("/")
    assert 'href="http://publique.test:8000"' in linked.text
    assert ("Ouvrir l’API" in linked.text, "Ouvrir l’API" in without.text) == (True, False)
    assert NOBODY not in linked.text + without.text
    policy = linked.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "connect-src" not in policy


@pytest.mark.claim(OVERVIEW, "donc une panne possible de plus : la suite dit comment il est borné.")
@pytest.mark.claim(
    OVERVIEW,
    "Le front attend au plus 1 s une connexion et 2 s une réponse, et ne réessaie qu'une fois, quand la connexion n'aboutit pas ou se coupe ; jamais parce que la réponse tarde.",
)
@pytest.mark.parametrize(
    ("failure", "calls"),
    [(requests.ConnectionError, 2), (requests.ConnectTimeout, 2), (requests.ReadTimeout, 1)],
)
def test_the_front_tries_a_lost_connection_again_and_a_slow_answer_never(
    failure: type[Exception], calls: int, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []

    def refuse(*_: Any, timeout: tuple[float, float], **__: Any) -> None:
        waits.append(timeout)
        raise failure

    monkeypatch.setattr(requests.Session, "get", refuse)
    assert front(**recette(manifest)).get("/status").status_code == 503
    assert waits == [(1.0, 2.0)] * calls


@pytest.mark.claim(
    OVERVIEW,
    "Quand l'API est lente, un seul lecteur à la fois l'attend ; les autres reçoivent le dernier état connu, et les sondes du front gardent des fils d'exécution libres.",
)
@pytest.mark.claim(
    OVERVIEW,
    "| L'API répond trop lentement | La page répond en moins de 3 s et le dit | Au premier appel à l'heure, l'état redevient normal | [Déboguer](../exploitation/deboguer.md) |",
)
@pytest.mark.claim(
    OVERVIEW, "Note over N,A: API absente ou lente : la page répond 200<br>en moins de 3 s et le dit ```"
)
@pytest.mark.claim("difficultes.md", "Un seul lecteur à la fois attend ; les autres reçoivent le dernier état connu")
def test_one_reader_waits_for_a_slow_api_and_the_others_get_what_was_seen() -> None:
    now, asked, answered = [0.0], threading.Event(), threading.Event()
    slow = ApiState(reachable=False, error="délai de réponse dépassé")

    def at_first(_: str) -> ApiState:
        now[0] += 2.8
        return slow

    watch = ApiWatch(at_first, lambda: now[0])
    assert watch.state("premier") is slow

    def wait(_: str) -> ApiState:
        asked.set()
        assert answered.wait(5)
        return ApiState(reachable=True)

    watch._ask = wait
    scout = threading.Thread(target=watch.state, args=("éclaireur",))
    scout.start()
    assert asked.wait(5)
    assert watch.state("autre") is slow
    answered.set()
    scout.join(5)
    assert watch.state("suivant") == ApiState(reachable=True)
    assert BUDGET_SECONDS < 3
    assert load_settings(GunicornSettings, {}).gunicorn_threads > 1


@pytest.mark.claim(
    OVERVIEW,
    "| La ConfigMap ou le Secret | Rien tant que les pods tournent | Rien : un nouveau pod ne démarre pas sans eux | [Réappliquer les manifestes](../exploitation/deployer.md) |",
)
def test_a_pod_cannot_start_without_its_config_map_and_secret(manifest: Manifest) -> None:
    for name in DEPLOYMENTS:
        [given] = container(manifest, name)["envFrom"]
        assert "optional" not in given["configMapRef"]
    [volume] = pod(manifest, "datapress-api")["volumes"]
    assert "optional" not in volume["secret"]


@pytest.mark.claim(
    OVERVIEW,
    "| Un réglage refusé au démarrage | Rien : les anciens pods restent en service | La mise à jour s'arrête d'elle-même | [Revenir en arrière](../exploitation/revenir-en-arriere.md) |",
)
@pytest.mark.claim(
    RECETTE,
    "Une mise à jour crée d'abord le nouveau pod, attend qu'il soit prêt, puis retire l'ancien : jamais moins de pods disponibles que demandé (1 pod en plus, 0 en moins).",
)
@pytest.mark.claim(
    "decisions/0006-mise-a-jour-sans-perte.md",
    "Un nouveau pod est prêt avant qu'un ancien ne parte : 1 pod en plus, 0 en moins.",
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_old_pod_stays_until_a_new_one_is_ready(name: str, manifest: Manifest) -> None:
    spec = manifest("Deployment", name).at("spec")
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert spec["progressDeadlineSeconds"] > spec["minReadySeconds"] > 0
    assert container(manifest, name)["readinessProbe"]
    with pytest.raises(SettingError):
        (api if name == "datapress-api" else front)(LOG_LEVEL="bavard")


@pytest.mark.claim(
    OVERVIEW,
    "| Le nœud de la recette | Plus rien ne répond : le cluster n'a que lui | Tout redémarre avec le nœud | Rétablir la machine |",
)
@pytest.mark.claim(
    "decisions/0002-exposition.md", "La recette est un cluster d'un nœud, sans équilibreur de charge ni nom de domaine."
)
@pytest.mark.claim(
    "index.md", "ni base de données, ni chiffrement des échanges, ni supervision, et un cluster d'un seul nœud"
)
@pytest.mark.claim(
    "contexte.md",
    "| La perte d'un nœud du cluster | La recette n'en a qu'un : le POC prouve la perte d'un pod, pas celle d'une machine | [Limites](feuille-de-route.md#limites) |",
)
def test_the_recette_is_one_node_two_services_in_clear_and_nothing_else(model: Model, manifest: Manifest) -> None:
    cluster = yaml.safe_load(source("k8s/options/kind/cluster.yaml"))
    assert len(cluster["nodes"]) == 1
    assert {item.at("spec", "type") for item in model.of_kind("Service")} == {"ClusterIP", "NodePort"}
    assert {item.name for item in model.of_kind("Deployment")} == set(DEPLOYMENTS)
    assert set(model.services) == {"api", "front"}
    assert recette(manifest)["API_BASE_URL"].startswith("http://")


@pytest.mark.claim(
    OVERVIEW,
    "| `/admin/configuration` | GET | Réglages en vigueur, réservés au porteur du jeton (401 sans jeton, 403 avec un mauvais, 503 si aucun n'est configuré) |",
)
@pytest.mark.claim(
    OVERVIEW, "| `/status` | GET | La même chose en JSON pour une supervision : 200 si l'API répond, 503 sinon |"
)
@pytest.mark.claim(
    OVERVIEW, "| `/health/ready` | GET | Sonde de disponibilité ; reste positive quand l'API est en panne |"
)
@pytest.mark.claim(OVERVIEW, "| `/health` | GET | État du front seul |")
@pytest.mark.claim(OVERVIEW, "| `/static/<path:filename>` | GET | Feuille de style et icône de la page |")
@pytest.mark.claim(OVERVIEW, "dit si le paramètre sensible est présent, jamais sa valeur")
def test_routes_answer_as_their_table_says() -> None:
    with listening(api().application) as address:
        up = front(API_BASE_URL=address).get("/status")
    down = front(API_BASE_URL=NOBODY)
    assert (up.status_code, down.get("/status").status_code) == (200, 503)
    assert [down.get(path).status_code for path in ("/health", "/health/ready")] == [200, 200]
    assert "api" not in down.get("/health").json
    for name, kind in (("style.css", "text/css"), ("icon.svg", "image/svg+xml")):
        with down.get(f"/static/{name}") as answer:
            assert answer.mimetype == kind
    assert {path.suffix for path in (ROOT / "services/front/datapress_front/static").iterdir()} == {".css", ".svg"}
    told = api(API_TOKEN=TOKEN).get("/")
    assert (told.json["secret_present"], TOKEN in told.text) == (True, False)
    shown = [{}, {"Authorization": "Bearer un-autre-jeton"}, {"Authorization": f"Bearer {TOKEN}"}]
    assert [api(API_TOKEN=TOKEN).get("/admin/configuration", headers=headers).status_code for headers in shown] == [
        401,
        403,
        200,
    ]
    assert api().get("/admin/configuration").status_code == 503


@pytest.mark.claim(
    OVERVIEW,
    "Toute autre adresse, et toute erreur, reçoit une réponse JSON avec l'identifiant de la requête ; jamais une page ni une trace d'exécution.",
)
@pytest.mark.claim(
    "utiliser-api.md",
    "Une erreur de l'API est toujours du JSON : un message, le statut HTTP et l'identifiant de la requête à transmettre à l'exploitation.",
)
def test_every_error_of_the_api_is_json_with_the_identifier_even_for_a_browser() -> None:
    client = api()
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    client.application.add_url_rule("/casse", view_func=lambda: 1 / 0)
    asked = [
        client.get("/inconnue"),
        client.post("/"),
        client.get("/casse"),
        client.get("/admin/configuration"),
        client.get("/static/x.css"),
    ]
    browser = client.get("/inconnue", headers={"Accept": "text/html"})
    assert [answer.status_code for answer in [*asked, browser]] == [404, 405, 500, 503, 404, 404]
    for answer in [*asked, browser]:
        assert answer.mimetype == "application/json"
        assert set(answer.json) == {"error", "status", "request_id"}
        assert answer.json["request_id"] == answer.headers["X-Request-ID"]
        assert "Traceback" not in answer.text
        assert "ZeroDivision" not in answer.text


# The settings


@pytest.mark.claim(SETTINGS, "Chaque service lit ses variables une fois, au démarrage")
@pytest.mark.claim(
    RECETTE,
    "Les deux composants lisent la ConfigMap à leur démarrage, et seulement à ce moment : après un changement, il faut un `kubectl rollout restart`.",
)
@pytest.mark.claim(
    "difficultes.md", "appliquer un Secret ne redémarre pas les pods, et l'API ne lit le jeton qu'au démarrage"
)
@pytest.mark.claim(
    "decisions/0005-configuration-et-secret.md",
    "Un changement de ConfigMap ou de Secret demande un redémarrage des pods",
)
def test_settings_and_token_are_read_at_the_start_only(tmp_path: Path, manifest: Manifest) -> None:
    secret = tmp_path / "API_TOKEN"
    secret.write_text(TOKEN)
    environ = {"ENVIRONMENT": "avant", "API_TOKEN_FILE": str(secret), "API_BASE_URL": NOBODY}
    clients = create_api(environ).test_client(), create_front(environ).test_client()
    environ["ENVIRONMENT"] = "apres"
    secret.write_text("un-tout-autre-jeton-0123")
    assert clients[0].get("/").json["environment"]["name"] == clients[1].get("/status").json["environment"] == "avant"
    assert clients[0].get("/admin/configuration", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for name in DEPLOYMENTS:  # nothing of the pod's definition changes with the ConfigMap or the Secret
        assert "annotations" not in manifest("Deployment", name).at("spec", "template", "metadata")


@pytest.mark.claim(SETTINGS, "ce qui était attendu ; elle ne se découvre pas en cours de route.")
@pytest.mark.claim(SETTINGS, "et les valide toutes")
@pytest.mark.claim(
    SETTINGS,
    "Une valeur refusée arrête le démarrage par une ligne qui nomme la variable, la valeur (jamais celle du jeton) et ce qui était attendu",
)
@pytest.mark.claim(
    "difficultes.md",
    "L'application est construite dans le processus père : une valeur refusée arrête tout, en une ligne",
)
@pytest.mark.claim("decisions/0005-configuration-et-secret.md", "que les deux services lisent et valident au démarrage")
@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_refused_value_ends_the_start_with_a_line(kind: type[Any], name: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings(kind, {name: "pas ça"})
    said = str(refused.value).replace("\N{NO-BREAK SPACE}", " ")
    assert f"{name}=« pas ça »" in said
    assert "attendu : " in said
    assert "\n" not in said
    with pytest.raises(SettingError) as hidden:
        api(API_TOKEN="pas ça")
    assert "API_TOKEN" in str(hidden.value)
    assert "pas ça" not in str(hidden.value)
    if kind is not GunicornSettings:
        with pytest.raises(SettingError):  # before any request
            (create_api if kind is ApiSettings else create_front)({name: "pas ça"})
    assert "\npreload_app = True\n" in source("services/common/gunicorn.conf.py")


@pytest.mark.claim(RECETTE, 'cm["ConfigMap<br>datapress-config"] secret["Secret<br>datapress-secret"] end')
@pytest.mark.claim(SETTINGS, "En recette, les valeurs viennent de la ConfigMap, sauf celle du jeton.")
@pytest.mark.claim(
    "contexte.md",
    "| § 2 | ConfigMap pour le non sensible | `datapress-config`, lue par les deux composants : [tous les réglages](architecture/configuration.md) |",
)
@pytest.mark.claim(RECETTE, "cm -.-> front cm -.-> api secret -.-> api ```")
@pytest.mark.claim(
    RECETTE, "Le Secret n'est que dans le pod de l'API, monté en lecture seule sous `/run/secrets/datapress`"
)
@pytest.mark.claim(
    "decisions/0005-configuration-et-secret.md",
    "Le jeton d'administration est dans le Secret `datapress-secret`, monté en fichier dans l'API",
)
def test_both_read_the_config_map_and_the_api_alone_the_secret(manifest: Manifest) -> None:
    for name in DEPLOYMENTS:
        assert container(manifest, name)["envFrom"] == [{"configMapRef": {"name": "datapress-config"}}]
    assert "env" not in container(manifest, "datapress-front")
    [token] = container(manifest, "datapress-api")["env"]
    [mount] = container(manifest, "datapress-api")["volumeMounts"]
    [volume] = pod(manifest, "datapress-api")["volumes"]
    assert token == {"name": "API_TOKEN_FILE", "value": f"{mount['mountPath']}/API_TOKEN"}
    assert volume["secret"]["secretName"] == "datapress-secret"
    assert (mount["mountPath"], mount["readOnly"]) == ("/run/secrets/datapress", True)
    assert "secret" not in str(pod(manifest, "datapress-front")).lower()


@pytest.mark.claim(SETTINGS, "`API_TOKEN` et `API_TOKEN_FILE` s'excluent.")
@pytest.mark.claim(SETTINGS, "Sans l'une ni l'autre, l'API fonctionne et la route d'administration répond 503.")
@pytest.mark.claim(DEVELOPMENT, "Sans jeton sur le poste, la route d'administration de l'API répond 503")
@pytest.mark.claim("utiliser-api.md", "Une API qui n'a pas reçu de jeton ne l'ouvre à personne")
def test_without_a_token_the_api_works_but_for_the_admin_route(tmp_path: Path) -> None:
    client = api()
    assert client.get("/health").status_code == 200
    assert client.get("/admin/configuration", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 503
    (tmp_path / "jeton").write_text(TOKEN)
    with pytest.raises(SettingError):
        api(API_TOKEN=TOKEN, API_TOKEN_FILE=str(tmp_path / "jeton"))


@pytest.mark.claim(
    DEVELOPMENT,
    "| Service | Depuis le navigateur | Depuis l'autre conteneur | |---|---|---| | `front` | http://localhost:8080 | sans objet |",
)
@pytest.mark.claim(DEVELOPMENT, "L'API a donc deux adresses, et deux variables les portent.")
@pytest.mark.claim(SETTINGS, "`API_BASE_URL` et `API_PUBLIC_URL` désignent la même API vue de deux endroits")
@pytest.mark.claim(
    DEVELOPMENT, "`API_BASE_URL` sert au serveur du front : le nom `api` n'existe que sur le réseau de Compose."
)
@pytest.mark.claim(
    DEVELOPMENT,
    "| `front` | http://localhost:8080 | sans objet | | `api` | http://localhost:8000 | `http://api:8000` |",
)
@pytest.mark.claim(
    DEVELOPMENT,
    'navigateur -->|"localhost:8080"| front navigateur -.->|"localhost:8000"| api front -->|"http://api:8000<br>réseau datapress"| api ```',
)
@pytest.mark.claim(
    "difficultes.md",
    "Le nom `api` n'existe que dans le réseau de Docker, comme `datapress-api` n'existe que dans le cluster",
)
def test_two_addresses_lead_to_one_api(model: Model) -> None:
    given = model.services["front"]["environment"]
    ports = {
        name: [(port["published"], port["target"]) for port in service["ports"]]
        for name, service in model.services.items()
    }
    assert ports == {"api": [("8000", 8000)], "front": [("8080", 8080)]}
    assert given["API_BASE_URL"] == "http://api:8000"
    assert given["API_PUBLIC_URL"] == "http://localhost:8000"
    assert {name: service["networks"] for name, service in model.services.items()} == {
        "api": ["datapress"],
        "front": ["datapress"],
    }
    assert not {"container_name", "hostname", "network_mode", "extra_hosts"} & {
        key for service in model.services.values() for key in service
    }


@pytest.mark.claim(
    SETTINGS,
    "| Recette, non sensible | `k8s/configmap.yaml` | Appliquer le fichier, puis `kubectl rollout restart` des Deployments qui le lisent | | Recette, jeton | `k8s/secret.yaml` | Appliquer le fichier, puis `kubectl rollout restart` de l'API |",
)
@pytest.mark.claim(SETTINGS, "| Développement | `compose.yaml` |")
def test_each_setting_is_changed_in_its_own_file(model: Model, manifest: Manifest) -> None:
    assert manifest("ConfigMap", "datapress-config").path == "k8s/configmap.yaml"
    assert manifest("Secret", "datapress-secret").path in {"k8s/secret.yaml", "k8s/secret.yaml.example"}
    assert "manifest=k8s/secret.yaml\n" in source("scripts/secret")
    assert all("env_file" not in service for service in model.services.values())


@pytest.mark.claim(
    SETTINGS, "| Version affichée | L'image : elle porte sa version | Construire et déployer une nouvelle image |"
)
@pytest.mark.claim("glossaire.md", "Le nom de version d'une image, après les deux-points ; ici, `1.0.0`.")
def test_the_version_is_in_the_image_and_nowhere_else(model: Model, manifest: Manifest) -> None:
    for name, variable in (("api", "API_VERSION"), ("front", "FRONT_VERSION")):
        text = source(f"services/{name}/Dockerfile")
        assert f"{variable}=${{VERSION}}" in text
        assert "ARG VERSION=1.0.0" in text
        assert variable not in model.services[name]["environment"]
        assert variable not in recette(manifest)
        assert container(manifest, f"datapress-{name}")["image"] == f"datapress-{name}:1.0.0"


@pytest.mark.claim(SETTINGS, "un réglage sans effet est le premier symptôme à [vérifier](../exploitation/deboguer.md).")
@pytest.mark.claim(SETTINGS, "Une variable mal orthographiée n'est pas une erreur pour le service, qui ne la lit pas")
def test_a_misspelt_variable_changes_nothing() -> None:
    for service in (api, front):
        assert service(LOGLEVEL="pas ça", API_BASE_URL=NOBODY).get("/health").status_code == 200
    assert (
        place("exploitation/deboguer.md", "-- printenv ENVIRONMENT") > 0
    )  # what a pod was given, for whoever doubts it


@pytest.mark.claim(SETTINGS, "Fichier où lire ce jeton ; un fichier nommé mais illisible ou vide empêche le démarrage")
@pytest.mark.parametrize("content", [None, ""])
def test_a_token_file_that_is_missing_or_empty_stops_the_start(content: str | None, tmp_path: Path) -> None:
    named = tmp_path / "jeton"
    if content is not None:
        named.write_text(content)
    with pytest.raises(SettingError):
        api(API_TOKEN_FILE=str(named))


@pytest.mark.claim(SETTINGS, "Adresse de l'API pour un navigateur ; vide, la page n'affiche pas de lien")
@pytest.mark.claim(SETTINGS, "Nom de l'environnement, affiché par le front et renvoyé par l'API")
@pytest.mark.claim(SETTINGS, "Adresse d'écoute ; hors conteneur, cette machine seulement")
@pytest.mark.claim(SETTINGS, "Version que l'API annonce")
@pytest.mark.claim(SETTINGS, "Version que la page affiche")
def test_each_variable_does_what_its_row_says(model: Model) -> None:
    page = front(API_BASE_URL=NOBODY, API_PUBLIC_URL="", ENVIRONMENT="essai", FRONT_VERSION="9.8.7").get("/").text
    assert "Ouvrir l’API" not in page
    assert "Environnement : essai" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "9.8.7" in page
    assert api(ENVIRONMENT="essai").get("/").json["environment"]["name"] == "essai"
    assert api(API_VERSION="9.8.7").get("/health").json["version"] == "9.8.7"
    assert load_settings(GunicornSettings, {}).bind_address == "127.0.0.1"
    for name in model.services:
        assert "BIND_ADDRESS=0.0.0.0" in source(f"services/{name}/Dockerfile")


# Development


@pytest.mark.claim(DEVELOPMENT, "par le contrôle de son image : il n'y a pas d'ordre de lancement à connaître.")
@pytest.mark.claim(DEVELOPMENT, "Le fichier `compose.yaml` construit les deux images, les lance et les relie")
@pytest.mark.claim(DEVELOPMENT, "Le front ne démarre qu'une fois l'API déclarée saine par le contrôle de son image")
def test_compose_builds_both_images_and_the_front_waits_for_the_check_of_the_apis_image(model: Model) -> None:
    assert {name: service["build"]["dockerfile"] for name, service in model.services.items()} == {
        "api": "api/Dockerfile",
        "front": "front/Dockerfile",
    }
    assert model.services["front"]["depends_on"] == {"api": {"condition": "service_healthy"}}
    assert "depends_on" not in model.services["api"]
    assert "test" not in model.services["api"]["healthcheck"]
    assert "HEALTHCHECK" in source("services/api/Dockerfile")


@pytest.mark.claim(
    DEVELOPMENT,
    "Les ports ne sont publiés que sur le poste lui-même ; `PUBLISH_ADDRESS` permet de les ouvrir à une autre interface",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 2 | Développement : front sur 8080, API sur 8000 | Ports publiés par Compose sur le poste seulement |",
)
def test_ports_are_open_on_this_machine_unless_publish_address_says_otherwise(model: Model) -> None:
    hosts = {port["host_ip"] for service in model.services.values() for port in service["ports"]}
    assert hosts == {"${PUBLISH_ADDRESS:-127.0.0.1}"}


@pytest.mark.claim(
    DEVELOPMENT,
    "Chaque conteneur tourne sans privilège, sans capacité système, sur un système de fichiers en lecture seule, avec 192m de mémoire au plus.",
)
@pytest.mark.claim("difficultes.md", "Les deux modes tournent en lecture seule")
def test_a_container_is_locked_down_in_both_modes(model: Model, manifest: Manifest) -> None:
    for service in model.services.values():
        assert (service["read_only"], service["cap_drop"], service["mem_limit"]) == (True, ["ALL"], "192m")
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not {"privileged", "cap_add", "user"} & set(service)
    for name in DEPLOYMENTS:
        assert container(manifest, name)["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.claim(
    DEVELOPMENT, "À l'arrêt, un conteneur a 30s pour finir, plus que Gunicorn n'en laisse aux requêtes en cours."
)
def test_compose_waits_longer_than_gunicorn(model: Model) -> None:
    grace = {service["stop_grace_period"] for service in model.services.values()}
    assert grace == {"30s"}
    assert "\ngraceful_timeout = 25\n" in source("services/common/gunicorn.conf.py")


@pytest.mark.claim(
    DEVELOPMENT, "Un service qui meurt n'est pas relancé : sur un poste de développement, une panne doit se voir."
)
@pytest.mark.claim(DEVELOPMENT, "Un service qui meurt n'est pas relancé")
@pytest.mark.claim(DEVELOPMENT, "Conteneur qui meurt | Reste arrêté | Redémarré")
def test_compose_starts_nothing_again_and_the_cluster_everything(model: Model) -> None:
    assert {service.get("restart", "no") for service in model.services.values()} == {"no"}
    assert {
        item.at("spec", "template", "spec", "restartPolicy", default="Always") for item in model.of_kind("Deployment")
    } == {"Always"}


@pytest.mark.claim(DEVELOPMENT, "la variable `API_TOKEN` du poste est transmise au conteneur")
@pytest.mark.claim(
    DEVELOPMENT,
    "| Jeton d'administration | Variable du poste, facultative | Secret `datapress-secret`, monté en lecture seule sous `/run/secrets/datapress` |",
)
def test_the_token_of_the_machine_is_passed_on_to_the_api_alone(model: Model) -> None:
    assert model.services["api"]["environment"]["API_TOKEN"] is None
    assert not [name for name in model.services["front"]["environment"] if "TOKEN" in name]


@pytest.mark.claim(
    DEVELOPMENT, "| Point | Développement | Recette | |---|---|---| | API | 1 conteneur | 2 pods, un Service devant |"
)
@pytest.mark.claim(
    DEVELOPMENT,
    "| API | 1 conteneur | 2 pods, un Service devant | | Adresse du front | http://localhost:8080 | http://localhost:30080 | | API joignable du navigateur | Oui, http://localhost:8000 | Non, sauf `port-forward` | | Réglages | `compose.yaml` | ConfigMap `datapress-config` |",
)
@pytest.mark.claim(DEVELOPMENT, "| Nom de l'environnement | `developpement` | `recette` |")
def test_what_differs_between_development_and_recette(model: Model, manifest: Manifest) -> None:
    assert not {"deploy", "scale"} & set(model.services["api"])
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2
    assert manifest("Service", "datapress-api").at("spec", "selector") == {"app.kubernetes.io/name": "datapress-api"}
    assert {service["environment"]["ENVIRONMENT"] for service in model.services.values()} == {"developpement"}
    assert recette(manifest)["ENVIRONMENT"] == "recette"


@pytest.mark.claim(DEVELOPMENT, "| Mise à jour | Conteneur remplacé, coupure brève | Pod par pod, sans coupure |")
def test_the_recette_alone_has_a_second_copy_during_an_update(model: Model, manifest: Manifest) -> None:
    assert not [name for name, service in model.services.items() if "deploy" in service]
    for name in DEPLOYMENTS:
        assert manifest("Deployment", name).at("spec", "strategy", "rollingUpdate", "maxUnavailable") == 0


@pytest.mark.claim(
    DEVELOPMENT,
    "Les images, les ports des conteneurs et les réglages de Gunicorn sont les mêmes : ce qui est essayé sur un poste est ce qui part en recette.",
)
@pytest.mark.claim(
    OVERVIEW, 'front["Front<br>Flask + Gunicorn<br>port 8080"] api["API<br>Flask + Gunicorn<br>port 8000"]'
)
@pytest.mark.claim(DEVELOPMENT, 'front["front<br>datapress-front:1.0.0"] api["api<br>datapress-api:1.0.0"]')
@pytest.mark.claim(OVERVIEW, "Le même couple existe sous deux formes, à partir des mêmes images :")
@pytest.mark.claim(DEVELOPMENT, "Les images, les ports des conteneurs et les réglages de Gunicorn sont les mêmes")
@pytest.mark.claim("index.md", "Les images sont identiques, seule la configuration change")
@pytest.mark.claim(
    "contexte.md",
    "| Une version ne s'essaie qu'en production | Chaque changement est un risque pour les utilisateurs, donc rare, donc gros | Un poste de développement et une recette lancent les mêmes images que celles qui seront livrées |",
)
def test_both_modes_run_the_same_images_on_the_same_ports_with_the_same_gunicorn(
    model: Model, manifest: Manifest
) -> None:
    tuned = {field.name.upper() for field in msgspec.structs.fields(GunicornSettings)} - {"LOG_LEVEL"}
    assert not tuned & set(recette(manifest))
    for name, service in model.services.items():
        deployed = container(manifest, f"datapress-{name}")
        assert service["image"] == deployed["image"]
        assert [port["target"] for port in service["ports"]] == [port["containerPort"] for port in deployed["ports"]]
        assert not tuned & set(service["environment"])
        assert not {"command", "entrypoint"} & set(service)
        assert not {"command", "args"} & set(deployed)
    assert [
        (service["image"], [port["target"] for port in service["ports"]]) for service in model.services.values()
    ] == [("datapress-api:1.0.0", [8000]), ("datapress-front:1.0.0", [8080])]


# The recette


@pytest.mark.claim(
    RECETTE, "La recette tient dans l'espace de noms `datapress-recette` et dans sept fichiers du dossier `k8s`."
)
@pytest.mark.claim(
    "decisions/0007-manifestes-a-plat.md",
    "Des fichiers à plat, un objet par fichier, chacun portant son espace de noms.",
)
@pytest.mark.claim("decisions/0007-manifestes-a-plat.md", "Le cahier des charges nomme sept fichiers")
@pytest.mark.claim(
    "decisions/0007-manifestes-a-plat.md",
    "`metadata.namespace` dans chaque objet interdit le pire cas : un déploiement silencieux dans `default`.",
)
@pytest.mark.claim("difficultes.md", "Chaque manifeste porte son espace de noms")
def test_seven_flat_files_hold_an_object_each_with_its_namespace() -> None:
    names = {path.name for path in (ROOT / "k8s").iterdir() if path.suffix == ".yaml"} - {"secret.yaml"}
    files = [ROOT / "k8s" / name for name in (*names, "secret.yaml.example")]
    objects = [list(yaml.safe_load_all(file.read_text())) for file in files]
    assert len(files) == 7
    assert {len(found) for found in objects} == {1}
    for [item] in objects:
        owner = item["metadata"]["name"] if item["kind"] == "Namespace" else item["metadata"]["namespace"]
        assert owner == "datapress-recette"


@pytest.mark.claim(
    RECETTE,
    'sf["Service<br>datapress-front<br>NodePort 30080"] front["Deployment<br>datapress-front<br>1 pod, port 8080"] sa["Service<br>datapress-api<br>ClusterIP, port 80"] api["Deployment<br>datapress-api<br>2 pods, port 8000"]',
)
@pytest.mark.claim(RECETTE, "navigateur --> sf --> front --> sa --> api")
@pytest.mark.claim("contexte.md", "| § 2 | Service API ClusterIP | Port 80 vers 8000, joignable du cluster seulement |")
def test_the_browser_goes_through_the_fronts_service_then_the_apis(manifest: Manifest) -> None:
    for name, port in zip(DEPLOYMENTS, (8000, 8080), strict=True):
        service, deployed = manifest("Service", name), manifest("Deployment", name)
        assert service.at("spec", "selector").items() <= deployed.at("spec", "template", "metadata", "labels").items()
        assert [(entry["port"], entry["targetPort"]) for entry in service.at("spec", "ports")] == [(80, "http")]
        assert [(entry["name"], entry["containerPort"]) for entry in container(manifest, name)["ports"]] == [
            ("http", port)
        ]
    assert recette(manifest)["API_BASE_URL"] == "http://datapress-api"
    assert [
        (manifest("Service", name).at("spec", "type"), manifest("Deployment", name).at("spec", "replicas"))
        for name in DEPLOYMENTS
    ] == [("ClusterIP", 2), ("NodePort", 1)]
    assert manifest("Service", "datapress-front").at("spec", "ports")[0]["nodePort"] == 30080


@pytest.mark.claim(
    RECETTE,
    "Le fichier `k8s/secret.yaml` n'est pas dans git : `scripts/secret` le fabrique à partir de `k8s/secret.yaml.example` et d'un tirage aléatoire, puis n'y touche plus.",
)
@pytest.mark.claim(
    "decisions/0005-configuration-et-secret.md", "`scripts/secret` en tire `k8s/secret.yaml`, une seule fois."
)
@pytest.mark.claim("decisions/0005-configuration-et-secret.md", "Le fichier emploie `data` et non `stringData`")
@pytest.mark.claim("difficultes.md", "`data`, en base64, écrit par `scripts/secret`")
@pytest.mark.claim("difficultes.md", "Chaque poste fabrique le sien")
def test_the_secret_is_made_once_from_its_example_and_chance(tmp_path: Path) -> None:
    assert "/k8s/secret.yaml\n" in source(".gitignore")
    made = []
    for machine in ("un", "deux"):
        for folder in ("scripts", "k8s"):
            (tmp_path / machine / folder).mkdir(parents=True)
        shutil.copy(ROOT / "scripts/secret", tmp_path / machine / "scripts")
        shutil.copy(ROOT / "k8s/secret.yaml.example", tmp_path / machine / "k8s")
        for _ in range(2):
            subprocess.run([tmp_path / machine / "scripts/secret"], check=True, capture_output=True)
            made.append((tmp_path / machine / "k8s/secret.yaml").read_text())
    assert made[0] == made[1] != made[2] == made[3]
    document = yaml.safe_load(made[0])
    assert "stringData" not in document
    assert len(base64.b64decode(document["data"]["API_TOKEN"], validate=True)) == 64


@pytest.mark.claim(
    RECETTE,
    "Les deux Deployments ont les mêmes soins ; seuls le nombre de réplicas, le port et le Secret les distinguent.",
)
@pytest.mark.claim(RECETTE, "Les sondes du front sont les mêmes.")
@pytest.mark.claim("decisions/0004-ressources.md", "Le front et l'API ont les mêmes valeurs")
def test_the_two_deployments_differ_by_replicas_port_and_secret_only(manifest: Manifest) -> None:
    def alike(name: str) -> str:
        document = copy.deepcopy(manifest("Deployment", name).document)
        del document["spec"]["replicas"]
        spec = document["spec"]["template"]["spec"]
        [only] = spec["containers"]
        for holder, key in ((spec, "volumes"), (only, "env"), (only, "volumeMounts")):
            holder.pop(key, None)
        del only["ports"][0]["containerPort"]
        return (
            yaml.safe_dump(document)
            .replace(name, "datapress")
            .replace(f": {name.removeprefix('datapress-')}\n", ": service\n")
        )

    assert alike("datapress-api") == alike("datapress-front")


@pytest.mark.claim(
    RECETTE, "Les pods de l'API se répartissent sur des nœuds différents quand le cluster en a plusieurs."
)
def test_the_pods_of_the_api_spread_over_nodes(manifest: Manifest) -> None:
    [spread] = pod(manifest, "datapress-api")["topologySpreadConstraints"]
    assert (spread["maxSkew"], spread["topologyKey"]) == (1, "kubernetes.io/hostname")
    assert spread["labelSelector"]["matchLabels"] == {"app.kubernetes.io/name": "datapress-api"}


@pytest.mark.claim(
    RECETTE, "Aucune n'interroge l'autre service : un front ne doit pas être redémarré parce que l'API est en panne."
)
@pytest.mark.claim("decisions/0003-sondes.md", "Aucune n'interroge un autre service.")
@pytest.mark.claim("decisions/0003-sondes.md", "Une API en panne ne provoque aucun redémarrage du front.")
@pytest.mark.claim(
    "contexte.md",
    "| § 3 | `/health` utilisé par les sondes | Réponse en JSON, sans dépendance à l'autre service : [sondes](decisions/0003-sondes.md) |",
)
@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_no_probe_of_the_front_asks_the_api(probe: str, manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*_: Any, **__: Any) -> None:
        pytest.fail("the API was called")

    client = front(API_BASE_URL=NOBODY)
    monkeypatch.setattr(requests.Session, "get", called)
    answer = client.get(container(manifest, "datapress-front")[probe]["httpGet"]["path"])
    assert (answer.status_code, answer.mimetype) == (200, "application/json")


@pytest.mark.claim(RECETTE, "il protège la route d'administration")
@pytest.mark.claim("glossaire.md", "Le mot de passe de la route d'administration de l'API.")
def test_the_token_opens_the_admin_route_and_nothing_else_needs_it() -> None:
    client = api(API_TOKEN=TOKEN)
    closed = [rule.rule for rule in client.application.url_map.iter_rules() if client.get(rule.rule).status_code == 401]
    assert closed == ["/admin/configuration"]


@pytest.mark.claim(RECETTE, "Le retrait suit toujours le même ordre :")
@pytest.mark.claim(
    RECETTE,
    "K->>S: retire l'adresse K->>P: preStop :<br>pause de 5 s Note over S,P: le pod sert encore<br>pendant que son<br>adresse s'efface K->>P: SIGTERM Note over S,P: Gunicorn finit ce qui est en cours P-->>K: arrêt Note over K,P: au-delà de 40 s : SIGKILL ```",
)
@pytest.mark.claim(
    "decisions/0006-mise-a-jour-sans-perte.md",
    "Le délai d'arrêt (40 s) dépasse la pause et le délai de Gunicorn réunis.",
)
@pytest.mark.claim(
    "decisions/0006-mise-a-jour-sans-perte.md",
    "`preStop` attend 5 s, par une commande Python : sans shell, et sans le champ `preStop.sleep`",
)
@pytest.mark.claim(
    "decisions/0001-images.md", "la pause avant l'arrêt et le contrôle de santé n'appellent déjà que Python"
)
@pytest.mark.claim("difficultes.md", "Chaque pod a droit à 40 s pour finir")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_pauses_then_ends_its_requests_before_it_is_killed(name: str, manifest: Manifest) -> None:
    stop = container(manifest, name)["lifecycle"]["preStop"]
    assert stop == {"exec": {"command": ["python", "-c", "import time; time.sleep(5)"]}}
    assert pod(manifest, name)["terminationGracePeriodSeconds"] == 40 > 5 + 25
    dockerfile = source(f"services/{name.removeprefix('datapress-')}/Dockerfile")
    assert "STOPSIGNAL SIGTERM" in dockerfile
    assert 'CMD ["python", "-m", "datapress_common.probe"]' in dockerfile


@pytest.mark.claim(RECETTE, "que l'espace de noms impose sur les clusters qui le connaissent :")
@pytest.mark.claim(
    RECETTE, "Tous les pods satisfont le niveau `restricted` de Pod Security, que l'espace de noms impose"
)
@pytest.mark.claim(
    RECETTE,
    "utilisateur 10001, jamais `root` ; aucune élévation possible ; aucune capacité système ; - système de fichiers en lecture seule ; profil seccomp du moteur ; - aucun jeton d'accès à l'API de Kubernetes dans les pods.",
)
def test_every_pod_is_restricted_as_the_namespace_demands(model: Model, manifest: Manifest) -> None:
    assert manifest("Namespace", "datapress-recette").labels["pod-security.kubernetes.io/enforce"] == "restricted"
    workloads = [item for kind in ("Deployment", "Pod") for item in model.of_kind(kind)]
    assert len(workloads) == 3
    for item in workloads:
        spec = item.pod_template["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert (spec["securityContext"]["runAsUser"], spec["securityContext"]["runAsNonRoot"]) == (10001, True)
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for found in item.containers:
            assert found["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.claim(
    RECETTE,
    "| Objet | Nom | Rôle | Fichier | | --- | --- | --- | --- | | Deployment | `datapress-api` | 2 réplicas de l'API, remplacés un par un | `k8s/api-deployment.yaml` |",
)
@pytest.mark.claim(
    RECETTE, "| Deployment | `datapress-api` | 2 réplicas de l'API, remplacés un par un | `k8s/api-deployment.yaml` |"
)
@pytest.mark.claim(
    RECETTE,
    "| Service | `datapress-api` | Adresse interne de l'API (ClusterIP), port 80 vers 8000 | `k8s/api-service.yaml` |",
)
@pytest.mark.claim(
    RECETTE,
    "| ConfigMap | `datapress-config` | Paramètres non sensibles, lus par les deux composants à leur démarrage | `k8s/configmap.yaml` |",
)
@pytest.mark.claim(RECETTE, "| Deployment | `datapress-front` | 1 réplica du front | `k8s/front-deployment.yaml` |")
@pytest.mark.claim(
    RECETTE,
    "| Service | `datapress-front` | Adresse du front pour un navigateur (NodePort 30080), port 80 vers 8080 | `k8s/front-service.yaml` |",
)
@pytest.mark.claim(
    RECETTE,
    "| Namespace | `datapress-recette` | Isole la recette du reste du cluster ; refuse tout pod sous le niveau `restricted` | `k8s/namespace.yaml` |",
)
@pytest.mark.claim(
    RECETTE,
    "| Secret | `datapress-secret` | Jeton d'administration de l'API, monté en lecture seule sous `/run/secrets/datapress` ; jamais dans git | `k8s/secret.yaml` |",
)
def test_each_object_is_in_the_file_of_its_row(model: Model) -> None:
    found = {
        (item.kind, item.name): item.path.removesuffix(".example")
        for item in model.objects
        if "/options/" not in item.path
    }
    assert found == {
        ("Deployment", "datapress-api"): "k8s/api-deployment.yaml",
        ("Service", "datapress-api"): "k8s/api-service.yaml",
        ("ConfigMap", "datapress-config"): "k8s/configmap.yaml",
        ("Deployment", "datapress-front"): "k8s/front-deployment.yaml",
        ("Service", "datapress-front"): "k8s/front-service.yaml",
        ("Namespace", "datapress-recette"): "k8s/namespace.yaml",
        ("Secret", "datapress-secret"): "k8s/secret.yaml",
    }
    config = model.object_named("ConfigMap", "datapress-config")
    assert config
    assert not [name for name in config.at("data") if any(word in name for word in ("TOKEN", "SECRET", "PASSWORD"))]


@pytest.mark.claim(
    RECETTE,
    "| Sonde | Adresse | Toutes les | Échec après | Effet d'un échec | | --- | --- | --- | --- | --- | | Démarrage | `/health/live` | 1 s | 30 essais |",
)
@pytest.mark.claim(
    RECETTE,
    "| Démarrage | `/health/live` | 1 s | 30 essais | le conteneur est redémarré | | Disponibilité | `/health/ready` | 3 s | 2 essais | le pod sort du Service, sans être redémarré | | Vie | `/health/live` | 10 s | 3 essais | le conteneur est redémarré |",
)
@pytest.mark.claim(
    "decisions/0003-sondes.md", "la première redémarre le conteneur, la seconde retire seulement le pod du Service"
)
@pytest.mark.claim(
    "decisions/0003-sondes.md",
    "La sonde de démarrage laisse jusqu'à 30 s au service avant que la sonde de vie ne commence",
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_each_probe_asks_as_often_and_as_long_as_its_row_says(name: str, manifest: Manifest) -> None:
    probes = container(manifest, name)
    told = {
        key: (probes[key]["httpGet"]["path"], probes[key]["periodSeconds"], probes[key]["failureThreshold"])
        for key in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert told == {
        "startupProbe": ("/health/live", 1, 30),
        "readinessProbe": ("/health/ready", 3, 2),
        "livenessProbe": ("/health/live", 10, 3),
    }
    assert not [key for key in told if "initialDelaySeconds" in probes[key]]


@pytest.mark.claim(
    RECETTE,
    "Pour interroger l'API depuis un poste, `kubectl port-forward` ouvre un passage temporaire vers un pod : [Vérifier](../exploitation/verifier.md).",
)
@pytest.mark.claim(
    RECETTE,
    "Les mesures sont dans [Haute disponibilité](../exploitation/haute-disponibilite.md), le raisonnement dans [Mise à jour sans perte](../decisions/0006-mise-a-jour-sans-perte.md).",
)
def test_the_pages_that_the_recette_names_hold_what_it_says() -> None:
    assert place("exploitation/verifier.md", "kubectl port-forward svc/datapress-api") > 0
    assert [
        block
        for block in blocks("exploitation/haute-disponibilite.md")
        if block.title and block.title.startswith("Mesure")
    ]


@pytest.mark.claim(RECETTE, "Ce que la recette ne fait pas encore : filtrer les échanges entre pods.")
@pytest.mark.claim(
    "contexte.md",
    "| § 7 | NetworkPolicies | Prévues, sur un cluster dont le réseau les applique | [Sécurité](feuille-de-route.md#securite) : raison, effort, coût, risque |",
)
def test_nothing_filters_what_pods_say_to_each_other(model: Model) -> None:
    assert list(model.of_kind("NetworkPolicy")) == []


WORKLOADS: dict[str, tuple[tuple[str | int, ...], tuple[object, object]]] = {
    "| Réglage | API | Front | | --- | --- | --- | | Deployment | `datapress-api` | `datapress-front` |": (
        ("metadata", "name"),
        ("datapress-api", "datapress-front"),
    ),
    "| Réplicas | 2 | 1 |": (("spec", "replicas"), (2, 1)),
    "| Image | `datapress-api:1.0.0` | `datapress-front:1.0.0` |": (
        ("containers", 0, "image"),
        ("datapress-api:1.0.0", "datapress-front:1.0.0"),
    ),
    "| Port du conteneur | 8000 | 8080 |": (("containers", 0, "ports", 0, "containerPort"), (8000, 8080)),
    "| Mémoire réservée | 96Mi | 96Mi |": (("containers", 0, "resources", "requests", "memory"), ("96Mi", "96Mi")),
    "| Mémoire maximale | 192Mi | 192Mi |": (("containers", 0, "resources", "limits", "memory"), ("192Mi", "192Mi")),
    "| Processeur réservé | 50m | 50m |": (("containers", 0, "resources", "requests", "cpu"), ("50m", "50m")),
    "| Utilisateur | 10001 | 10001 |": (("securityContext", "runAsUser"), (10001, 10001)),
    "| Pause avant l'arrêt | 5 s | 5 s |": (
        ("containers", 0, "lifecycle", "preStop", "exec", "command", 2),
        ("import time; time.sleep(5)", "import time; time.sleep(5)"),
    ),
    "| Délai d'arrêt | 40 s | 40 s |": (("terminationGracePeriodSeconds",), (40, 40)),
}


@pytest.mark.parametrize(
    ("path", "told"),
    [pytest.param(path, told, marks=pytest.mark.claim(RECETTE, row)) for row, (path, told) in WORKLOADS.items()],
)
def test_the_two_deployments_hold_what_their_row_says(
    path: tuple[str | int, ...], told: tuple[object, object], manifest: Manifest
) -> None:
    found = []
    for name in DEPLOYMENTS:
        at: Any = manifest("Deployment", name).document if path[0] in {"metadata", "spec"} else pod(manifest, name)
        for key in path:
            at = at[key]
        found.append(at)
    assert tuple(found) == told


@pytest.mark.claim(RECETTE, "`Mi` se lit mébioctets, et `m` millièmes de processeur.")
def test_mi_is_two_to_the_twentieth_and_m_a_thousandth(manifest: Manifest) -> None:
    assert (_UNITS["Mi"], _UNITS["m"]) == (1024 * 1024, 0.001)
    for name in DEPLOYMENTS:
        resources = container(manifest, name)["resources"]
        assert [value[-2:] for value in (resources["requests"]["memory"], resources["limits"]["memory"])] == [
            "Mi",
            "Mi",
        ]
        assert re.fullmatch(r"\d+m", resources["requests"]["cpu"])


@pytest.mark.claim(
    RECETTE, "Le choix du NodePort, et ce qui le remplacera, sont dans [Exposition](../decisions/0002-exposition.md)."
)
def test_the_decision_on_the_exposure_names_the_node_port_and_the_card_of_what_replaces_it(manifest: Manifest) -> None:
    decision = page("decisions/0002-exposition.md").page.markdown
    assert manifest("Service", "datapress-front").at("spec", "type") == "NodePort"
    assert (
        f"port {manifest('Service', 'datapress-front').at('spec', 'ports')[0]['nodePort']}"
        in decision.partition("\n## Décision\n")[2]
    )
    assert "../feuille-de-route.md#exposition" in decision.partition("\n## Conséquences\n")[2]
    assert card("exposition").terms["Choix d'aujourd'hui"].startswith("**Gateway API**")


@pytest.mark.claim(RECETTE, "Variables, valeurs admises et défauts : [Configuration](configuration.md).")
@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_the_settings_page_has_every_variable_with_what_it_takes_and_its_default(kind: type[Any], name: str) -> None:
    [row] = {
        line
        for line in page(SETTINGS).page.markdown.split("\n")
        if line.startswith(f"| `{name}` |") and (name != "PORT" or "`8000`" in line)
    }
    with pytest.raises(SettingError) as refused:
        load_settings(kind, {name: "pas ça"})
    allowed = str(refused.value).replace("\N{NO-BREAK SPACE}", " ").partition("attendu : ")[2].removesuffix(".")
    assert allowed
    assert row.split(" | ")[1].endswith(f"<br>*{allowed}*")
    assert re.match(r"`[^`]+`", row.split(" | ")[2])


@pytest.mark.claim(RECETTE, "Sans la pause, les requêtes envoyées pendant que l'adresse se retire seraient refusées")
@pytest.mark.claim(RECETTE, "sans une version récente de Gunicorn, les connexions gardées ouvertes seraient coupées.")
@pytest.mark.parametrize("name", ["api", "front"])
def test_a_pod_serves_on_before_its_signal_and_gunicorn_is_recent(name: str, manifest: Manifest) -> None:
    assert (
        container(manifest, f"datapress-{name}")["lifecycle"]["preStop"]["exec"]["command"][-1]
        == "import time; time.sleep(5)"
    )
    pinned = re.search(r"^gunicorn==(\d+)\.(\d+)\.(\d+) ", source(f"services/{name}/requirements.txt"), re.MULTILINE)
    assert pinned
    assert tuple(int(part) for part in pinned.groups()) >= (
        27,
        0,
        1,
    )  # the first that answers on kept connections while it stops


@pytest.mark.claim(
    RECETTE,
    "Les [NetworkPolicies](../feuille-de-route.md#securite) sont à l'étape suivante, car elles ne se prouvent que sur un cluster dont le réseau les applique.",
)
def test_the_roadmap_has_network_policies_among_what_comes_next(model: Model) -> None:
    terms = card("securite").terms
    assert (terms["Demande"], terms["État"].split()[0].strip("\N{NO-BREAK SPACE};")) == ("NetworkPolicies", "Prévu")
    assert "si le réseau du cluster les applique" in terms["Risque"]
    assert not list(model.of_kind("NetworkPolicy"))


# The settings, row by row


BOTH, API, FRONT = ("api", "front"), ("api",), ("front",)
# Row → services, variable, default, whether it is the image's, in Compose, in the ConfigMap, some values that pass, some that do not.
ROWS: dict[str, tuple[tuple[str, ...], str, str, bool, str | None, str | None, tuple[str, ...], tuple[str, ...]]] = {
    "| Variable | Rôle et valeurs admises | Défaut | Développement | Recette | | --- | --- | --- | --- | --- | | `ENVIRONMENT` | Nom de l'environnement, affiché par le front et renvoyé par l'API<br>*1 à 32 minuscules sans accent, chiffres ou tirets, par exemple recette* | `local` | `developpement` | `recette` |": (
        BOTH,
        "ENVIRONMENT",
        "local",
        False,
        "developpement",
        "recette",
        ("a", "z" * 32, "recette-2"),
        ("", "z" * 33, "Recette", "é"),
    ),
    "| `LOG_LEVEL` | Niveau de détail des journaux<br>*debug, info, warning ou error* | `info` | `info` | `info` |": (
        BOTH,
        "LOG_LEVEL",
        "info",
        False,
        "info",
        "info",
        ("debug", "info", "warning", "error"),
        ("INFO", "critical", "trace"),
    ),
    "| `BIND_ADDRESS` | Adresse d'écoute ; hors conteneur, cette machine seulement<br>*127.0.0.1, 0.0.0.0, ::1 ou ::* | `0.0.0.0` (image) | – | – |": (
        BOTH,
        "BIND_ADDRESS",
        "0.0.0.0",
        True,
        None,
        None,
        ("127.0.0.1", "0.0.0.0", "::1", "::"),
        ("localhost", "10.0.0.1"),
    ),
    "| `GUNICORN_WORKERS` | Nombre de processus ; la charge se répartit plutôt par le nombre de pods<br>*un nombre de processus de 1 à 16* | `1` | – | – |": (
        BOTH,
        "GUNICORN_WORKERS",
        "1",
        False,
        None,
        None,
        ("1", "16"),
        ("0", "17"),
    ),
    "| `GUNICORN_THREADS` | Requêtes servies en même temps par un processus<br>*un nombre de threads de 1 à 64* | `8` | – | – |": (
        BOTH,
        "GUNICORN_THREADS",
        "8",
        False,
        None,
        None,
        ("1", "64"),
        ("0", "65"),
    ),
    "| `GUNICORN_KEEPALIVE` | Durée de maintien d'une connexion inactive, en secondes<br>*un nombre de secondes de 0 à 300* | `5` | – | – |": (
        BOTH,
        "GUNICORN_KEEPALIVE",
        "5",
        False,
        None,
        None,
        ("0", "300"),
        ("-1", "301"),
    ),
    "| Variable | Rôle et valeurs admises | Défaut | Développement | Recette | | --- | --- | --- | --- | --- | | `API_VERSION` | Version que l'API annonce<br>*1 à 64 lettres, chiffres, points ou tirets, par exemple 1.0.0* | `1.0.0` (image) | – | – |": (
        API,
        "API_VERSION",
        "1.0.0",
        True,
        None,
        None,
        ("1", "1.0-rc.2", "a" * 64),
        ("", "a" * 65, "1 0"),
    ),
    "| `PORT` | Port d'écoute<br>*un port entre 1024 et 65535* | `8000` (image) | – | – |": (
        API,
        "PORT",
        "8000",
        True,
        None,
        None,
        ("1024", "65535"),
        ("1023", "65536"),
    ),
    "| Variable | Rôle et valeurs admises | Défaut | Développement | Recette | | --- | --- | --- | --- | --- | | `FRONT_VERSION` | Version que la page affiche<br>*1 à 64 lettres, chiffres, points ou tirets, par exemple 1.0.0* | `1.0.0` (image) | – | – |": (
        FRONT,
        "FRONT_VERSION",
        "1.0.0",
        True,
        None,
        None,
        ("1", "1.0-rc.2", "a" * 64),
        ("", "a" * 65, "1 0"),
    ),
    "| `API_BASE_URL` | Adresse de l'API pour le serveur du front<br>*une adresse http:// ou https:// sans identifiants, par exemple http://api:8000* | `http://localhost:8000` | `http://api:8000` | `http://datapress-api` |": (
        FRONT,
        "API_BASE_URL",
        "http://localhost:8000",
        False,
        "http://api:8000",
        "http://datapress-api",
        ("http://api:8000", "https://api.test"),
        ("", "ftp://api", "http://moi:secret@api"),
    ),
    "| `API_PUBLIC_URL` | Adresse de l'API pour un navigateur ; vide, la page n'affiche pas de lien<br>*rien, ou une adresse http:// ou https:// sans identifiants* | `http://localhost:8000` | `http://localhost:8000` | vide |": (
        FRONT,
        "API_PUBLIC_URL",
        "http://localhost:8000",
        False,
        "http://localhost:8000",
        "",
        ("", "http://api:8000", "https://api.test"),
        ("ftp://api", "http://moi:secret@api"),
    ),
    "| `API_CONNECT_TIMEOUT` | Attente maximale d'une connexion à l'API, en secondes<br>*un nombre de secondes de 0.1 à 2.5* | `1` | – | `1` |": (
        FRONT,
        "API_CONNECT_TIMEOUT",
        "1.0",
        False,
        None,
        "1",
        ("0.1", "2.5"),
        ("0.09", "2.6"),
    ),
    "| `API_READ_TIMEOUT` | Attente maximale d'une réponse de l'API, en secondes<br>*un nombre de secondes de 0.1 à 2.5* | `2` | – | `2` |": (
        FRONT,
        "API_READ_TIMEOUT",
        "2.0",
        False,
        None,
        "2",
        ("0.1", "2.5"),
        ("0.09", "2.6"),
    ),
    "| `PORT` | Port d'écoute<br>*un port entre 1024 et 65535* | `8080` (image) | – | – |": (
        FRONT,
        "PORT",
        "8080",
        True,
        None,
        None,
        ("1024", "65535"),
        ("1023", "65536"),
    ),
}


@pytest.mark.parametrize(
    ("services", "name", "default", "of_image", "development", "deployed", "good", "bad"),
    [pytest.param(*value, marks=pytest.mark.claim(SETTINGS, row)) for row, value in ROWS.items()],
)
def test_a_variable_has_the_default_the_values_and_the_bounds_of_its_row(
    services: tuple[str, ...],
    name: str,
    default: str,
    of_image: bool,
    development: str | None,
    deployed: str | None,
    good: tuple[str, ...],
    bad: tuple[str, ...],
    model: Model,
    manifest: Manifest,
) -> None:
    kinds = [kind for kind, known in FIELDS if known == name]
    assert kinds
    for service in services:
        dockerfile = source(f"services/{service}/Dockerfile")
        image = dict(re.findall(r"^(?:ENV| {3}) (\w+)=([^\s\\]+)", dockerfile, re.MULTILINE))
        assert (name in image) is of_image
        assert (
            not of_image
            or image[name].replace("${VERSION}", re.findall(r"^ARG VERSION=(\S+)", dockerfile, re.MULTILINE)[0])
            == default
        )
        assert model.services[service]["environment"].get(name) == development
        assert name not in {given["name"] for given in container(manifest, f"datapress-{service}").get("env", [])}
    assert recette(manifest).get(name) == deployed
    for kind in kinds:
        assert of_image or str(getattr(load_settings(kind, {}), name.lower())) == default
        for value in good:
            load_settings(kind, {name: value})
        for value in bad:
            with pytest.raises(SettingError):
                load_settings(kind, {name: value})


@pytest.mark.claim(
    SETTINGS,
    "| `API_TOKEN` | Jeton de la route d'administration, donné directement | – | reprise du poste si elle y est | – |",
)
@pytest.mark.claim(
    SETTINGS,
    "| `API_TOKEN_FILE` | Fichier où lire ce jeton ; un fichier nommé mais illisible ou vide empêche le démarrage | – | – | `/run/secrets/datapress/API_TOKEN` (Secret) |",
)
def test_the_token_is_given_directly_or_by_a_file(tmp_path: Path, model: Model, manifest: Manifest) -> None:
    named = tmp_path / "jeton"
    named.write_text(TOKEN)
    for environ in ({"API_TOKEN": TOKEN}, {"API_TOKEN_FILE": str(named)}):
        assert (
            api(**environ).get("/admin/configuration", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        )
    given = model.services["api"]["environment"]
    assert given["API_TOKEN"] is None  # of the machine, if it has it
    assert "API_TOKEN_FILE" not in given
    assert "API_TOKEN" not in source("services/api/Dockerfile")
    assert container(manifest, "datapress-api")["env"] == [
        {"name": "API_TOKEN_FILE", "value": "/run/secrets/datapress/API_TOKEN"}
    ]
    assert list(manifest("Secret", "datapress-secret").at("data")) == ["API_TOKEN"]


@pytest.mark.claim(SETTINGS, "Nombre de processus ; la charge se répartit plutôt par le nombre de pods")
@pytest.mark.claim(SETTINGS, "Requêtes servies en même temps par un processus")
@pytest.mark.claim(SETTINGS, "Durée de maintien d'une connexion inactive, en secondes")
@pytest.mark.claim(SETTINGS, "Niveau de détail des journaux")
@pytest.mark.claim(SETTINGS, "| `PORT` | Port d'écoute")
def test_gunicorn_takes_each_variable_for_what_its_row_says(
    monkeypatch: pytest.MonkeyPatch, manifest: Manifest
) -> None:
    given = {
        "GUNICORN_WORKERS": "3",
        "GUNICORN_THREADS": "5",
        "GUNICORN_KEEPALIVE": "7",
        "PORT": "9001",
        "LOG_LEVEL": "warning",
        "BIND_ADDRESS": "127.0.0.1",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    read = runpy.run_path(str(ROOT / "services/common/gunicorn.conf.py"))
    assert (read["workers"], read["threads"], read["keepalive"], read["bind"]) == (3, 5, 7, "127.0.0.1:9001")
    assert read["worker_class"] == "gthread"  # a thread serves a request
    assert read["logconfig_dict"]["root"]["level"] == "WARNING"
    assert (
        load_settings(GunicornSettings, {}).gunicorn_workers
        == 1
        < manifest("Deployment", "datapress-api").at("spec", "replicas")
    )


@pytest.mark.claim(SETTINGS, "Adresse de l'API pour le serveur du front")
@pytest.mark.claim(SETTINGS, "`API_CONNECT_TIMEOUT` | Attente maximale d'une connexion à l'API, en secondes")
@pytest.mark.claim(SETTINGS, "`API_READ_TIMEOUT` | Attente maximale d'une réponse de l'API, en secondes")
def test_the_front_calls_the_address_that_it_is_given_and_waits_as_long_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[tuple[str, tuple[float, float]]] = []

    def refuse(_: requests.Session, url: str, *, timeout: tuple[float, float], **__: Any) -> None:
        calls.append((url, timeout))
        raise requests.ReadTimeout

    monkeypatch.setattr(requests.Session, "get", refuse)
    front(API_BASE_URL="http://ailleurs.test:81", API_CONNECT_TIMEOUT="0.5", API_READ_TIMEOUT="1.5").get("/")
    assert calls == [("http://ailleurs.test:81/health", (0.5, 1.5))]


@pytest.mark.claim(
    SETTINGS,
    "Ces tableaux sont produits à partir du code, des Dockerfiles, de `compose.yaml` et des manifestes ; un tiret veut dire que le défaut s'applique.",
)
def test_the_tables_follow_the_dockerfiles_compose_and_the_manifests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    for folder in ("k8s", "services"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("secret.yaml", "__pycache__"))
    changes = {
        "k8s/configmap.yaml": ("ENVIRONMENT: recette", "ENVIRONMENT: ailleurs"),
        "compose.yaml": ("ENVIRONMENT: developpement", "ENVIRONMENT: ici"),
        "services/api/Dockerfile": ("PORT=8000", "PORT=8123"),
    }
    for path, (before, after) in changes.items():
        (tmp_path / path).write_text(source(path).replace(before, after))
    services = tuple(read_service(tmp_path / "services", name) for name in ("api", "front"))
    meanings = yaml.safe_load(source("docs/_data/services.yaml"))["variables"]
    common, own = (
        tables.settings_table(
            services, group, read_compose(tmp_path / "compose.yaml"), read_recette(tmp_path / "k8s"), meanings
        )
        for group in ("commun", "api")
    )
    assert re.search(r"^\| `ENVIRONMENT` \|.*\| `local` \| `ici` \| `ailleurs` \|$", common, re.MULTILINE)
    assert re.search(r"^\| `PORT` \|.*\| `8123` \(image\) \| – \| – \|$", own, re.MULTILINE)
    assert re.search(r"^\| `GUNICORN_THREADS` \|.*\| `8` \| – \| – \|$", common, re.MULTILINE)
    assert "[[= settings_table(" in source(f"docs/{SETTINGS}")
    assert "| `ENVIRONMENT`" not in source(f"docs/{SETTINGS}")


# The overview, row by row


@pytest.mark.claim(OVERVIEW, "en [développement](developpement.md), Docker Compose le lance sur un poste ;")
@pytest.mark.claim(DEVELOPMENT, "Procédure : [Démarrer et arrêter](../exploitation/demarrer.md).")
def test_the_procedure_starts_and_stops_both_with_compose(model: Model) -> None:
    codes = [block.code.strip() for block in blocks("exploitation/demarrer.md")]
    assert "docker compose up --build -d --wait" in codes
    assert "docker compose down" in codes[codes.index("docker compose up --build -d --wait") :]
    assert set(model.services) == {"api", "front"}


@pytest.mark.claim(
    OVERVIEW, "en [recette](recette.md), Kubernetes le tient en marche dans l'espace de noms `datapress-recette`."
)
def test_both_deployments_are_in_the_namespace_of_the_recette(manifest: Manifest) -> None:
    assert [manifest("Deployment", name).at("metadata", "namespace") for name in DEPLOYMENTS] == [
        "datapress-recette"
    ] * 2
    assert all(manifest("Deployment", name).at("spec", "replicas") > 0 for name in DEPLOYMENTS)


@pytest.mark.claim(
    OVERVIEW,
    "| Le plan de contrôle de Kubernetes | Rien : les pods continuent de servir | Rien n'est plus remplacé ni déployé | Rétablir le cluster |",
)
def test_no_pod_asks_anything_of_the_control_plane(manifest: Manifest) -> None:
    for name in DEPLOYMENTS:
        assert pod(manifest, name)["automountServiceAccountToken"] is False
        assert pod(manifest, name)["enableServiceLinks"] is False
        assert "kubernetes" not in source(f"services/{name.removeprefix('datapress-')}/requirements.txt")
    for path in (ROOT / "services").rglob("*.py"):
        assert "kubernetes.default" not in path.read_text()
        assert "KUBERNETES_SERVICE" not in path.read_text()


@pytest.mark.claim(OVERVIEW, "| `/health` | GET | État du service, pour une personne ou pour le front |")
@pytest.mark.claim(OVERVIEW, "| `/health/live` | GET | Sonde de vie ; un échec prolongé fait redémarrer le conteneur |")
@pytest.mark.claim(OVERVIEW, "| `/health/ready` | GET | Sonde de disponibilité ; un échec retire le pod du Service |")
@pytest.mark.claim(
    OVERVIEW,
    "| Route | Méthode | Réponse | | --- | --- | --- | | `/` | GET | Identité du service, version, horodatage, réglages non sensibles",
)
def test_the_routes_of_the_api_are_those_of_its_table(
    listening_api: Any, heard: list[dict[str, Any]], manifest: Manifest
) -> None:
    client = api(ENVIRONMENT="essai")
    routes = {
        rule.rule: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in client.application.url_map.iter_rules()
    }
    assert routes == {
        path: {"GET"} for path in ("/", "/admin/configuration", "/health", "/health/live", "/health/ready")
    }
    assert set(client.get("/health").json) == {"status", "service", "version"}
    assert {"service", "version", "timestamp", "environment"} <= set(client.get("/").json)
    with listening(listening_api) as address:
        front(API_BASE_URL=address).get("/status")
    assert [asked["PATH_INFO"] for asked in heard] == ["/health"]
    probes = container(manifest, "datapress-api")
    assert (probes["livenessProbe"]["httpGet"]["path"], probes["readinessProbe"]["httpGet"]["path"]) == (
        "/health/live",
        "/health/ready",
    )
    assert probes["livenessProbe"]["failureThreshold"] > 1


@pytest.mark.claim(
    OVERVIEW,
    "| Route | Méthode | Réponse | | --- | --- | --- | | `/` | GET | La page « DataPress – POC », sa version, l'environnement et l'état de l'API |",
)
@pytest.mark.claim(
    OVERVIEW,
    "| `/health/live` | GET | Sonde de vie | | `/health/ready` | GET | Sonde de disponibilité ; reste positive",
)
def test_the_routes_of_the_front_are_those_of_its_table(manifest: Manifest) -> None:
    client = front(API_BASE_URL=NOBODY, ENVIRONMENT="essai", FRONT_VERSION="9.8.7")
    routes = {
        rule.rule: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in client.application.url_map.iter_rules()
    }
    assert routes == {
        path: {"GET"}
        for path in ("/", "/health", "/health/live", "/health/ready", "/static/<path:filename>", "/status")
    }
    shown = client.get("/").text.replace("\N{NO-BREAK SPACE}", " ")
    assert all(
        words in shown
        for words in ("<h1>DataPress – POC</h1>", "<dd>9.8.7</dd>", "Environnement : essai", "API injoignable")
    )
    assert container(manifest, "datapress-front")["livenessProbe"]["httpGet"]["path"] == "/health/live"


@pytest.mark.claim(
    OVERVIEW,
    "Le POC se compose de deux services sans état : un **front** qui sert la page aux utilisateurs, et une **API**",
)
def test_the_front_alone_serves_a_page() -> None:
    assert front(API_BASE_URL=NOBODY).get("/").mimetype == "text/html"
    assert api().get("/", headers={"Accept": "text/html"}).mimetype == "application/json"


@pytest.mark.claim(
    OVERVIEW,
    "l'adresse interne de l'API ne lui servirait à rien, [il ne saurait pas la résoudre](../difficultes.md#deux-adresses).",
)
@pytest.mark.claim(
    SETTINGS, "désignent la même API vue de deux endroits : [pourquoi deux adresses](../difficultes.md#deux-adresses)."
)
def test_the_inner_address_is_the_name_of_a_service_and_its_reason_is_written(model: Model, manifest: Manifest) -> None:
    inner = [recette(manifest)["API_BASE_URL"], model.services["front"]["environment"]["API_BASE_URL"]]
    assert [re.fullmatch(r"http://([a-z-]+)(?::\d+)?", address) is not None for address in inner] == [
        True,
        True,
    ]  # no domain: known inside only
    assert manifest("Service", "datapress-api").at("spec", "type") == "ClusterIP"
    assert "### Une API, deux adresses { #deux-adresses }" in source("docs/difficultes.md")


@pytest.mark.claim(
    SETTINGS,
    "| Où | Que modifier | Pour qu'il prenne effet | |---|---|---| | Développement | `compose.yaml` | Relancer `docker compose up`",
)
@pytest.mark.claim(
    SETTINGS,
    "| Développement | `compose.yaml` | Relancer `docker compose up` : seuls les services touchés sont recréés |",
)
def test_each_service_of_compose_has_its_own_variables(model: Model) -> None:
    assert "environment" not in model.compose["x-service"]
    assert all(service["environment"] for service in model.services.values())
    assert any(block.code.strip().startswith("docker compose up") for block in blocks("exploitation/demarrer.md"))


@pytest.mark.claim(
    DEVELOPMENT,
    "construit les deux images, les lance et les relie, sans rien installer d'autre que Docker sur le poste.",
)
def test_compose_needs_docker_alone(model: Model) -> None:
    asked = [item.command for item in model.settings.targets["compose"].requires]
    assert asked == ["command -v docker", "docker info", "docker compose version"]
    for name, service in model.services.items():
        assert set(service["build"]) == {"context", "dockerfile"}
        assert "pip" in source(f"services/{name}/Dockerfile")  # the dependencies are installed in the image


@pytest.mark.claim(
    DEVELOPMENT,
    "Sans jeton sur le poste, la route d'administration de l'API répond 503 et `/` dit qu'il manque ; rien d'autre ne change.",
)
def test_without_a_token_only_the_admin_route_and_the_home_page_differ() -> None:
    with_token, without = api(API_TOKEN=TOKEN), api()
    paths = sorted(rule.rule for rule in without.application.url_map.iter_rules())
    told = {
        path: [client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) for client in (with_token, without)]
        for path in paths
    }
    differ = [
        path
        for path, (first, second) in told.items()
        if (first.status_code, {**first.json, "timestamp": ""})
        != (second.status_code, {**second.json, "timestamp": ""})
    ]
    assert differ == ["/", "/admin/configuration"]
    assert told["/admin/configuration"][1].status_code == 503
    first, second = (answer.json for answer in told["/"])
    assert {key for key in first if first[key] != second[key]} - {"timestamp"} == {"secret_present"}
    assert second["secret_present"] is False


# What the deck tells of it


@pytest.mark.claim(DECK, "DataPress – POC, version 1.0.0")
@pytest.mark.claim(
    DECK,
    "| Attente du DSI | Réponse du POC | |---|---| | Séparer le front et l'API | Deux services, deux images, un seul lien HTTP |",
)
@pytest.mark.claim(DECK, "Si l'on demande pourquoi deux services et pas dix")
@pytest.mark.claim(
    DECK,
    'aria-label="Les deux mêmes images : en développement sur le réseau de Docker Compose, en recette derrière des Services Kubernetes."',
)
def test_two_services_of_one_version_run_in_both_modes(model: Model, manifest: Manifest) -> None:
    assert model.project["project"]["version"] == "1.0.0"
    assert {service["image"] for service in model.services.values()} == {"datapress-api:1.0.0", "datapress-front:1.0.0"}
    assert {container(manifest, name)["image"] for name in DEPLOYMENTS} == {
        "datapress-api:1.0.0",
        "datapress-front:1.0.0",
    }
    assert {network for service in model.services.values() for network in service["networks"]} == {"datapress"}
    assert (
        {item.name for item in model.of_kind("Service")}
        == {item.name for item in model.of_kind("Deployment")}
        == set(DEPLOYMENTS)
    )
    assert [name for name in ("api", "front") if "requests" in source(f"services/{name}/requirements.txt")] == ["front"]


@pytest.mark.claim(DECK, "aria-label=\"Le navigateur appelle le front, qui appelle l'un des 2 exemplaires de l'API.\"")
@pytest.mark.claim(DECK, "ne connaît que le front")
def test_the_front_calls_one_of_two_apis(manifest: Manifest) -> None:
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2
    assert recette(manifest)["API_BASE_URL"] == "http://datapress-api"
    assert recette(manifest)["API_PUBLIC_URL"] == ""
    assert manifest("Service", "datapress-api").at("spec", "type") == "ClusterIP"


@pytest.mark.claim(
    DECK,
    "| Sécurité | Fiabilité | |---|---| | Utilisateur 10001, jamais `root`, sans privilège | 2 pods d'API ; un pod perdu est remplacé |",
)
def test_the_user_is_no_root_and_a_lost_pod_is_replaced(manifest: Manifest) -> None:
    for name in DEPLOYMENTS:
        security = pod(manifest, name)["securityContext"]
        assert (security["runAsUser"], security["runAsNonRoot"]) == (10001, True)
        assert container(manifest, name)["securityContext"]["allowPrivilegeEscalation"] is False
        assert container(manifest, name)["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2


PROBLEMS = {
    "**Une panne arrête tout** Plus aucun indicateur, pour personne.": (
        "Une panne arrête tout le service",
        "Plus aucun indicateur pour personne",
    ),
    "**Tout s'essaie en production** Chaque changement est un risque.": (
        "ne s'essaie qu'en production",
        "Chaque changement est un risque",
    ),
    "**Déployer repose sur la mémoire** C'est long et peu documenté.": (
        "Les déploiements sont longs et peu documentés",
        "Ils reposent sur la mémoire",
    ),
    "**Le socle entier vieillit d'un coup** Une mise à niveau touche tout à la fois.": (
        "L'infrastructure vieillit",
        "Chaque mise à niveau du serveur touche tous les composants à la fois",
    ),
}


@pytest.mark.parametrize(
    ("problem", "cost"),
    [pytest.param(problem, cost, marks=pytest.mark.claim(DECK, words)) for words, (problem, cost) in PROBLEMS.items()],
)
def test_each_problem_of_the_slide_is_one_of_the_context(problem: str, cost: str) -> None:
    rows = [
        line.split(" | ")
        for line in page("contexte.md").page.markdown.partition("{ #problemes }")[2].partition("\n## ")[0].split("\n")
        if line.startswith("| ")
    ]
    assert len([cells for cells in rows if problem in cells[0] and cost in cells[1]]) == 1


@pytest.mark.claim(DECK, "Une seule cause, le couplage : rien ne peut être changé, essayé ou perdu séparément.")
def test_the_context_gives_coupling_for_the_one_cause() -> None:
    told = page("contexte.md").page.markdown.partition("{ #problemes }")[2].partition("\n## ")[0]
    assert told.count("La cause commune est le couplage") == 1


@pytest.mark.claim(
    DECK, "La documentation est le test d'intégration : une procédure périmée se voit avant une astreinte, pas pendant."
)
def test_every_run_of_the_pipeline_runs_the_pages_and_some_come_without_a_change() -> None:
    trying = [
        step["run"].split(" #")[0]
        for job in pipeline()["jobs"].values()
        for step in job["steps"]
        if step.get("run", "").startswith("scripts/test")
    ]
    assert trying == [
        "scripts/test --require local,navigateur",
        "scripts/test --require local,compose,recette,navigateur",
    ]
    assert re.search(r'^step "[^"]*" runbook run --check --require "\$targets"', source("scripts/test"), re.MULTILINE)
    assert pipeline()[True]["schedule"]


@pytest.mark.claim(DECK, "Le dernier pas, déployer sans geste manuel, demande de décider qui valide.")
def test_deployment_without_a_gesture_waits_for_somebody_who_decides() -> None:
    delivery = card("livraison", "horizon-2")
    assert delivery.title.replace("\N{NO-BREAK SPACE}", " ") == "Livraison : déployer sans geste manuel"
    assert "il faut décider qui valide" in delivery.terms["Risque"]
    assert "kubectl apply" not in source(".github/workflows/ci.yml")


@pytest.mark.claim(DECK, "commande exécutée : aucun enregistrement n'accompagne cette copie du support")
@pytest.mark.claim(DECK, "## Rien n'est encore vérifié sur cette copie { #preuves }")
def test_without_a_record_the_slide_says_zero_and_why() -> None:
    told = proof(Evidence())
    assert re.match(r"0\n:\s+commande exécutée", told.figures)
    assert "aucun enregistrement" in told.figures
    assert told.title == "Rien n'est encore vérifié sur cette copie"


@pytest.mark.claim(
    DECK,
    "| Limite d'aujourd'hui | Recommandation | Effort | Risque | |---|---|---|---| | Échanges en clair, sur un port | Gateway API et cert-manager | 5 à 15 jours | Moyen |",
)
@pytest.mark.claim(DECK, "jours de travail en tout**, un ordre de grandeur à confirmer par un chiffrage.")
def test_the_effort_of_a_card_is_the_range_of_its_size(model: Model) -> None:
    exposure = card("exposition")
    assert (exposure.days, exposure.terms["Effort"], exposure.terms["Risque"].split()[0]) == ((5, 15), "M", "Moyen")
    assert {found.days for found in read_roadmap(ROOT / "docs/feuille-de-route.md").stages["horizon-1"]} <= set(
        DAYS.values()
    )
    assert all(high >= 2 * low for low, high in DAYS.values())
    assert {port["port"] for item in model.of_kind("Service") for port in item.at("spec", "ports")} == {80}


@pytest.mark.claim(
    DECK,
    "Nous recommandons de poursuivre : ce qui reste risqué n'est plus la conteneurisation, mais les données et l'exploitation.",
)
@pytest.mark.claim(
    DECK,
    "En cas d'accord, commencer par le filtrage entre pods et l'exposition : peu d'effort, et rien à défaire ensuite.",
)
def test_the_two_first_works_are_small_and_the_data_alone_are_of_high_risk() -> None:
    first = read_roadmap(ROOT / "docs/feuille-de-route.md").stages["horizon-1"]
    days = {found.anchor: found.days for found in first if found.days}
    assert days["securite"] == DAYS["S"]
    assert days["exposition"] == DAYS["M"]
    assert days["securite"][1] + days["exposition"][1] < days["donnees"][1]
    assert [found.anchor for found in first if found.terms["Risque"].startswith("Élevé")] == ["donnees"]
    assert (
        card("observabilite")
        .terms["Risque"]
        .replace("\N{NO-BREAK SPACE}", " ")
        .startswith("Moyen, pour l'exploitation")
    )


@pytest.mark.claim(DECK, "En cas de refus, le dépôt reste utilisable tel quel comme environnement d'essai.")
def test_the_repository_builds_all_that_it_runs(model: Model, manifest: Manifest) -> None:
    built = {service["image"] for service in model.services.values() if "build" in service}
    assert built == {container(manifest, name)["image"] for name in DEPLOYMENTS}
    assert {container(manifest, name)["imagePullPolicy"] for name in DEPLOYMENTS} == {"IfNotPresent"}
    assert (ROOT / "k8s/options/kind/cluster.yaml").is_file()
