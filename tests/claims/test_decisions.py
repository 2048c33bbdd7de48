"""Claims of the decisions on architecture."""

import ast
import base64
import copy
import html
import importlib.metadata
import json
import logging
import os
import re
import runpy
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import gunicorn.arbiter
import kubernetes_validate
import msgspec
import pytest
import requests
import yaml
from click.testing import CliRunner
from markdown.extensions import Extension

from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.health import PROBE_PATHS
from datapress_common.logs import _ProbeFilter
from datapress_common.settings import load as load_settings
from datapress_front.api_call import ApiCaller
from datapress_front.settings import FrontSettings
from lossprobe.calls import Caller, Mode, Target, request
from lossprobe.figures import verdict
from macros import block_marks
from macros.block_marks import BlockMarks
from macros.roadmap import read_roadmap
from runbook.checking.commands.kubectl.tables import fields, younger_fields
from runbook.checking.manifests.check import check_manifests
from runbook.checking.manifests.schema import schemas
from runbook.checking.manifests.younger import younger
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.matching.expect import Kind, check_expected, compare
from runbook.plan import Mode as PlanMode
from runbook.plan import make_plan
from runbook.reading.content import ATTRIBUTES
from runbook.reporting.record import Campaign, StepRecord
from runbook.running import presence
from runbook.running.mask import Mask
from runbook.running.outcome import Outcome, Result
from runbook.running.outcome import verdict as outcome_of_the_run
from runbook.settings import load
from runbook.verbs import listing
from served.while_open import served
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    TOKEN,
    api,
    blocks,
    container,
    documented,
    front,
    place,
    read_page,
    source,
)

Manifest = Callable[[str, str], KubeObject]
IMAGES, EXPOSURE, PROBES, RESOURCES, SECRET, UPDATE, FLAT, SITE, EXECUTED, SYNTAX = (
    "decisions/0001-images.md",
    "decisions/0002-exposition.md",
    "decisions/0003-sondes.md",
    "decisions/0004-ressources.md",
    "decisions/0005-configuration-et-secret.md",
    "decisions/0006-mise-a-jour-sans-perte.md",
    "decisions/0007-manifestes-a-plat.md",
    "decisions/0008-moteur-de-documentation.md",
    "decisions/0009-documentation-executee.md",
    "decisions/0010-syntaxe-des-pages.md",
)
INDEX = "decisions/index.md"
IMAGE_NAMES = ("api", "front")
read = partial(read_page, targets=load(ROOT).targets)


class Lines(yaml.SafeLoader):
    """MkDocs' settings, whatever its own tags stand for."""


Lines.add_multi_constructor("", lambda loader, tag, node: None)


def mkdocs() -> dict[str, Any]:
    """The settings of the site."""
    settings: dict[str, Any] = yaml.load(source("mkdocs.yml"), Lines)  # noqa: S506 — it is a safe one
    return settings


def stages(name: str) -> list[list[str]]:
    """The instructions of each stage of a Dockerfile, on a line each."""
    text = re.sub(r"^\s*#.*\n", "", source(f"services/{name}/Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line for line in text.split("\n") if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


# 1. Images


@pytest.mark.claim(IMAGES, "Deux étapes sur `python:3.13-slim-trixie`, la même base pour construire et pour exécuter.")
@pytest.mark.claim(IMAGES, "la première installe, la seconde n'emporte que le résultat")
@pytest.mark.claim(IMAGES, "Un shell reste présent à l'exécution")
@pytest.mark.claim(IMAGES, "Une même base pour les deux services : une seule image à surveiller")
@pytest.mark.claim(
    INDEX,
    "| [1](0001-images.md) | Images en deux étapes, utilisateur numérique non privilégié | Image unique, distroless, Alpine | Un shell reste dans l'image |",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 1 | Conteneurisation propre | Images en deux étapes, sans droits d'administration, système de fichiers en lecture seule | [Images](decisions/0001-images.md) : `hadolint` et les tests de `tests/services` |",
)
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_an_image_has_two_stages_on_one_base_and_the_second_only_copies(name: str) -> None:
    build, runtime = stages(name)
    assert (build[0], runtime[0]) == (
        "FROM python:3.13-slim-trixie AS build",
        "FROM python:3.13-slim-trixie AS runtime",
    )
    assert [line for line in runtime if line.startswith("RUN ")] == []
    assert all(line.startswith("COPY --from=build ") for line in runtime if line.startswith(("COPY", "ADD")))


@pytest.mark.claim(
    IMAGES,
    "Les dépendances viennent d'un fichier figé par empreinte, sans compilation : un paquet altéré arrête la construction.",
)
@pytest.mark.claim(IMAGES, "L'environnement virtuel n'a pas de `pip` ; celui de l'image de base reste")
@pytest.mark.claim(
    "contexte.md",
    "| § 2 | Environnement reproductible, services isolés | Dépendances figées par empreinte ; un conteneur par service |",
)
@pytest.mark.claim(
    "difficultes.md",
    "Dépendances figées par empreinte, contexte de construction en liste blanche, deux images de même structure",
)
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_dependencies_are_locked_and_the_base_has_the_pip_that_the_environment_lacks(name: str) -> None:
    [install] = [line for line in stages(name)[0] if "pip" in line]
    assert "--require-hashes" in install
    assert "--only-binary=:all:" in install
    assert "venv --without-pip /opt/venv" in install
    assert "python -m pip --python /opt/venv/bin/python" in install  # the base's own
    for requirement in re.findall(
        r"^[a-z][^\n]*(?:\n +--hash[^\n]*)*", source(f"services/{name}/requirements.txt"), re.MULTILINE
    ):
        assert "==" in requirement.split("\n")[0]
        assert "--hash=sha256:" in requirement


@pytest.mark.claim(IMAGES, "L'utilisateur est le numéro 10001 et non un nom")
@pytest.mark.claim("difficultes.md", "`USER 10001`, et le même numéro dans les manifestes")
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_the_user_is_the_same_number_in_image_and_manifest(name: str, manifest: Manifest) -> None:
    user = manifest("Deployment", f"datapress-{name}").at("spec", "template", "spec", "securityContext", "runAsUser")
    assert [line for line in stages(name)[1] if line.startswith("USER ")] == [f"USER {user}:{user}"]
    assert user == 10001


@pytest.mark.claim(IMAGES, "Le contrôle de santé est écrit en Python, pour ne pas embarquer `curl`.")
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_the_health_check_is_python_and_nothing_brings_curl(name: str) -> None:
    [check] = [line for line in stages(name)[1] if line.startswith("HEALTHCHECK")]
    assert 'CMD ["python", "-m", "datapress_common.probe"]' in check
    assert not [line for stage in stages(name) for line in stage if "curl" in line or "apt" in line]


@pytest.mark.claim(
    IMAGES, "Un `.dockerignore` en liste blanche : seul ce qui est nommé entre dans le contexte de construction."
)
def test_the_context_holds_only_what_is_named() -> None:
    rules = [line for line in source("services/.dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule for rule in rules[1:] if not rule.startswith("!")} == {"**/__pycache__"}


@pytest.mark.claim(
    IMAGES,
    "Deux Dockerfiles presque identiques : chacun se lit, se construit et se contrôle seul, son port et son module écrits en toutes lettres.",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 3 | Dockerfiles multi-étapes, exécution légère, Gunicorn | Même structure pour les deux images, même fichier de réglages |",
)
def test_the_two_dockerfiles_say_the_same_with_their_own_port_and_module() -> None:
    texts = [source(f"services/{name}/Dockerfile") for name in IMAGE_NAMES]
    for name, port, text in zip(IMAGE_NAMES, ("8000", "8080"), texts, strict=True):
        assert f"datapress_{name}:create_app()" in text
        assert f"PORT={port}" in text
        assert "COPY common/gunicorn.conf.py ./" in text
    instructions = [[line.split()[0] for stage in stages(name) for line in stage] for name in IMAGE_NAMES]
    assert instructions[0] == instructions[1]


@pytest.mark.claim(IMAGES, "`hadolint` relit les deux Dockerfiles et ne doit rien trouver")
@pytest.mark.claim(IMAGES, "Un test les tient identiques, à ces noms près.")
@pytest.mark.claim(
    "contexte.md",
    "| § 1 | Conteneurisation propre | Images en deux étapes, sans droits d'administration, système de fichiers en lecture seule | [Images](decisions/0001-images.md) : `hadolint` et les tests de `tests/services` |",
)
def test_tests_of_the_services_read_both_dockerfiles() -> None:
    text = source("tests/services/test_images.py")
    names = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert {"test_hadolint_finds_nothing", "test_the_two_dockerfiles_differ_by_names_and_a_port_only"} <= names
    assert 'PORTS = {"api": 8000, "front": 8080}' in text
    assert '@pytest.mark.parametrize("name", PORTS)\ndef test_hadolint_finds_nothing' in text


@pytest.mark.claim(IMAGES, "Elles doivent se construire avec Docker 20.10 comme avec les versions suivantes")
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_a_dockerfile_holds_nothing_that_an_old_docker_lacks(name: str) -> None:
    assert not re.search(r"--mount|--link|--chmod|<<|^# syntax", source(f"services/{name}/Dockerfile"), re.MULTILINE)


@pytest.mark.claim("difficultes.md", "`hadolint`, et un test qui compare les deux")
def test_a_manifest_with_another_user_than_its_image_is_found(model: Model) -> None:
    def other(item: KubeObject) -> KubeObject:
        document = copy.deepcopy(item.document)
        if item.kind == "Deployment":
            document["spec"]["template"]["spec"]["securityContext"]["runAsUser"] = 10002
        return replace(item, document=document)

    spoilt = replace(model, objects=tuple(other(item) for item in model.objects))
    assert len([finding for finding in check_manifests(spoilt) if "a l'utilisateur 10001:10001" in str(finding)]) == 2


# 2. Exposure


@pytest.mark.claim(EXPOSURE, "`kubectl port-forward` reste le moyen de joindre l'API pour un diagnostic.")
@pytest.mark.claim(
    EXPOSURE,
    "[Vérifier](../exploitation/verifier.md) interroge le front par le NodePort et l'API par `port-forward`, et compare les réponses.",
)
@pytest.mark.claim("contexte.md", "| § 4 | API testée par `port-forward` | Le temps d'un diagnostic, puis refermé |")
@pytest.mark.claim(
    "difficultes.md", "[Vérifier](exploitation/verifier.md) ouvre le passage, interroge l'API et le referme"
)
@pytest.mark.claim(
    "difficultes.md", "`kubectl port-forward` pour un diagnostic, lancé en arrière-plan et arrêté ensuite"
)
def test_the_verification_asks_the_front_by_node_port_and_the_api_by_port_forward() -> None:
    page = "exploitation/verifier.md"
    opened = place(page, "port-forward svc/datapress-api 8000:80")
    assert blocks(page)[opened].background == "http://localhost:8000/health"  # ended with its page
    asked = blocks(page)[opened + 1]
    assert "http://localhost:8000/health" in asked.code
    assert asked.expected
    assert [block for block in blocks(page) if "http://localhost:30080" in block.code and block.expected]


@pytest.mark.claim(
    INDEX, "| [2](0002-exposition.md) | NodePort pour le front | Ingress, Gateway API | Pas de TLS ni de nom |"
)
@pytest.mark.claim(EXPOSURE, "Pas de TLS, pas de nom, un port inhabituel")
@pytest.mark.claim(
    "contexte.md",
    "| § 7 | Ingress, cert-manager, TLS | Prévu, sous la forme Gateway API | [Exposition](feuille-de-route.md#exposition) : raison, effort, coût, risque |",
)
def test_nothing_offers_tls_or_a_name(model: Model, manifest: Manifest) -> None:
    assert not {item.kind for item in model.objects} & {"Ingress", "Gateway", "HTTPRoute", "Certificate", "Issuer"}
    [port] = manifest("Service", "datapress-front").at("spec", "ports")
    assert (port["port"], port["nodePort"]) == (80, 30080)


# 3. Probes


@pytest.mark.claim(
    PROBES, "Trois sondes par conteneur : démarrage et vie sur `/health/live`, disponibilité sur `/health/ready`."
)
@pytest.mark.claim(
    PROBES, "La disponibilité est rapide (6 s pour retirer un pod), la vie plus patiente (30 s avant de redémarrer)."
)
@pytest.mark.claim(
    INDEX,
    "| [3](0003-sondes.md) | Sondes de vie et de disponibilité séparées | `/health` pour tout | Deux adresses de plus |",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 2 | Sondes de disponibilité et de vie sur `/health` | [Trois sondes](architecture/recette.md#sondes) par conteneur |",
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_start_and_life_ask_one_address_and_readiness_another_sooner(name: str, manifest: Manifest) -> None:
    probes = {key: container(manifest, name)[key] for key in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert [probe["httpGet"]["path"] for probe in probes.values()] == ["/health/live", "/health/live", "/health/ready"]
    patience = [probe["periodSeconds"] * probe["failureThreshold"] for probe in probes.values()]
    assert patience == [30, 30, 6]


@pytest.mark.claim(PROBES, "`/health` restant pour les personnes et pour le front")
@pytest.mark.claim(PROBES, "Les deux adresses répondent aujourd'hui la même chose")
@pytest.mark.claim(
    "contexte.md", "| § 1 | API : `/health` pour les sondes | `/health`, doublé de `/health/live` et `/health/ready` |"
)
def test_both_addresses_answer_alike_and_the_front_asks_health(manifest: Manifest) -> None:
    client = api()
    answers = [client.get(path).json for path in ("/health", "/health/live", "/health/ready")]
    assert answers[0] == answers[1] == answers[2]
    assert ApiCaller(load_settings(FrontSettings, {}))._url.endswith(":8000/health")
    asked = {
        container(manifest, name)[probe]["httpGet"]["path"]
        for name in DEPLOYMENTS
        for probe in ("livenessProbe", "readinessProbe")
    }
    assert "/health" not in asked


@pytest.mark.claim(PROBES, "Les requêtes des sondes qui réussissent sont tenues hors des journaux courants")
@pytest.mark.parametrize(
    ("path", "status", "written"),
    [("/health/live", "200", False), ("/health/ready", "503", True), ("/health", "200", True)],
)
def test_only_probes_that_went_well_are_left_out_of_the_log(path: str, status: str, written: bool) -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, "%s", ({"U": path, "s": status},), None)
    assert _ProbeFilter(shown=False).filter(record) is written
    assert {"/health/live", "/health/ready"} == PROBE_PATHS


# 4. Resources


@pytest.mark.claim(
    RESOURCES,
    "Par conteneur : 96Mi de mémoire et 50m de processeur réservés, 192Mi de mémoire au plus, aucune limite de processeur.",
)
@pytest.mark.claim(
    INDEX,
    "| [4](0004-ressources.md) | Mémoire réservée et limitée, processeur réservé sans limite | Limites partout, ou nulle part | Un voisin peut ralentir un pod |",
)
@pytest.mark.claim(
    RESOURCES, "Un dépassement de mémoire tue le conteneur (`OOMKilled`), pas le nœud ; Kubernetes le relance."
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_memory_is_reserved_and_limited_and_the_processor_only_reserved(name: str, manifest: Manifest) -> None:
    assert container(manifest, name)["resources"] == {
        "requests": {"cpu": "50m", "memory": "96Mi"},
        "limits": {"memory": "192Mi"},
    }


@pytest.mark.claim(
    RESOURCES, "1 processus et 8 fils d'exécution par conteneur : la charge se répartit par le nombre de pods"
)
def test_a_container_has_one_process_and_eight_threads(manifest: Manifest) -> None:
    settings = load_settings(GunicornSettings, {})
    assert (settings.gunicorn_workers, settings.gunicorn_threads) == (1, 8)
    assert not [name for name in manifest("ConfigMap", "datapress-config").at("data") if name.startswith("GUNICORN")]


@pytest.mark.claim(RESOURCES, "`tests/manifests` exige une réservation et une limite de mémoire pour chaque conteneur")
@pytest.mark.parametrize(("part", "said"), [("requests", "memory non demandé"), ("limits", "mémoire sans limite")])
def test_a_container_without_a_reservation_or_a_limit_is_found(part: str, said: str, model: Model) -> None:
    def without(item: KubeObject) -> KubeObject:
        document = copy.deepcopy(item.document)
        if item.kind == "Deployment":
            del document["spec"]["template"]["spec"]["containers"][0]["resources"][part]["memory"]
        return replace(item, document=document)

    spoilt = replace(model, objects=tuple(without(item) for item in model.objects))
    assert len([finding for finding in check_manifests(spoilt) if said in str(finding)]) == 2
    assert "check_manifests(model)" in source("tests/manifests/test_objects.py")


@pytest.mark.claim(RESOURCES, "Les manifestes sont validés par `kubernetes-validate --strict`")
@pytest.mark.claim(FLAT, "`kubernetes-validate --strict` relit chaque fichier pour plusieurs versions de Kubernetes")
def test_the_schemas_of_several_kubernetes_take_an_object_and_no_unknown_field(manifest: Manifest) -> None:
    versions = kubernetes_validate.utils.all_versions()
    oldest, newest = versions[0], versions[-1]
    assert oldest != newest
    assert "versions[0], versions[-1]" in source("scripts/runbook/checking/manifests/schema.py")
    for version in (oldest, newest):
        kubernetes_validate.validate(manifest("Service", "datapress-front").document, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "dato": {}}, newest, strict=True
        )


# 5. Settings and Secret


@pytest.mark.claim(
    SECRET, "Git ne contient que `k8s/secret.yaml.example`, dont le nom échappe à `kubectl apply -f k8s/`"
)
@pytest.mark.claim(
    INDEX,
    "| [5](0005-configuration-et-secret.md) | ConfigMap et Secret réellement lus, Secret hors de git | Valeurs dans l'image ou dans git | Un fichier à fabriquer avant le premier déploiement |",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 2 | Secret pour le sensible | `datapress-secret`, jeton d'une route d'administration ; [absent de git](decisions/0005-configuration-et-secret.md) |",
)
def test_git_holds_the_example_alone_under_a_name_that_kubectl_passes_over(model: Model) -> None:
    assert "/k8s/secret.yaml\n" in source(".gitignore")
    example = yaml.safe_load(source("k8s/secret.yaml.example"))
    assert (example["kind"], example["data"]) == ("Secret", {"API_TOKEN": "A_REMPLACER"})
    applied = [
        path
        for path in (ROOT / "k8s").iterdir()
        if path.suffix in {".json", ".yaml", ".yml"} and path.name != "secret.yaml"
    ]
    assert not [path for path in applied if "kind: Secret" in path.read_text()]


@pytest.mark.claim(SECRET, "protège une vraie route : 401 sans jeton, 403 avec un mauvais.")
@pytest.mark.claim(
    "utiliser-api.md", "Sans jeton, l'API répond 401 ; avec un mauvais, 403 ; si elle-même n'en a pas reçu, 503."
)
@pytest.mark.parametrize(
    ("given", "shown", "status"),
    [(TOKEN, "", 401), (TOKEN, "un-autre-jeton", 403), ("", TOKEN, 503), (TOKEN, TOKEN, 200)],
)
def test_the_admin_route_tells_no_token_from_a_wrong_one(given: str, shown: str, status: int) -> None:
    client = api(**({"API_TOKEN": given} if given else {}))
    answer = client.get("/admin/configuration", headers={"Authorization": f"Bearer {shown}"} if shown else {})
    assert answer.status_code == status


@pytest.mark.claim(
    SECRET,
    "Les tests de `tests/services` vérifient les codes 401, 403 et 503, et qu'aucune réponse ni aucun journal ne contient le jeton",
)
@pytest.mark.claim(PROBES, "Les tests de `tests/services` couvrent les trois adresses et le front privé d'API")
@pytest.mark.claim(
    SITE,
    "`tests/site` construit le site en mode strict dans une copie neuve, cherche toute adresse étrangère dans les pages produites, et compare les faits publiés aux manifestes.",
)
@pytest.mark.claim(
    "difficultes.md", "Un test des manifestes ; et le déploiement se juge à l'état des pods, pas au code de retour"
)
@pytest.mark.parametrize(
    "proof",
    [
        "services/test_api_admin.py::test_without_a_token_the_answer_is_401_and_says_what_to_show",
        "services/test_api_admin.py::test_a_wrong_token_is_403_and_is_not_repeated",
        "services/test_api_admin.py::test_without_a_configured_token_the_route_is_closed_even_to_a_guess",
        "services/test_gunicorn.py::test_the_token_is_in_no_log_whatever_is_asked",
        "services/test_api_routes.py::test_every_health_route_says_that_all_is_well",
        "services/test_front_page.py::test_the_front_is_well_even_when_the_api_is_not",
        "site/test_site_build.py::test_no_page_asks_anything_of_another_host",
        "site/test_site_facts.py::test_a_workload_is_what_its_deployment_and_service_say",
        "manifests/test_objects.py::test_every_object_says_its_namespace",
    ],
)
def test_the_tests_that_a_confirmation_names_exist(proof: str) -> None:
    path, _, name = proof.partition("::")
    assert f"\ndef {name}(" in source(f"tests/{path}")


@pytest.mark.claim(
    SECRET, "Rien de secret n'est journalisé ni renvoyé : l'API dit si le jeton est présent, jamais lequel."
)
@pytest.mark.claim(
    "demarrer.md", "`secret_present` dit si l'API a reçu son jeton d'administration ; sa valeur n'apparaît nulle part."
)
@pytest.mark.claim(
    "contexte.md",
    "| § 3 | `/` : horodatage, service, variables d'environnement | Les réglages non sensibles seulement ; pour le secret, sa présence, jamais sa valeur |",
)
def test_the_api_says_that_there_is_a_token_and_never_which(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = api(API_TOKEN=TOKEN)
    shown = {"Authorization": f"Bearer {TOKEN}"}
    answers = [client.get(path, headers=shown) for path in ("/", "/health", "/admin/configuration", "/inconnue")]
    assert [answers[0].json["secret_present"], api().get("/").json["secret_present"]] == [True, False]
    assert TOKEN not in "".join(answer.text + str(answer.headers) for answer in answers) + caplog.text


@pytest.mark.claim(SECRET, "le moteur de documentation masque les valeurs secrètes dans tout ce qu'il garde")
def test_the_engine_masks_the_token_of_the_manifest() -> None:
    secrets = load(ROOT).secrets
    assert secrets.manifests == ["k8s/secret*.yaml"]
    assert "*TOKEN*" in secrets.variables
    assert TOKEN not in Mask([TOKEN])(f"Authorization: Bearer {TOKEN}")


# 6. Updates


@pytest.mark.claim(UPDATE, "Gunicorn 27.0.1 au moins : un processus qui s'arrête répond encore aux connexions gardées")
@pytest.mark.claim(UPDATE, "La version minimale de Gunicorn est une contrainte écrite dans `pyproject.toml`")
@pytest.mark.claim(
    INDEX,
    "| [6](0006-mise-a-jour-sans-perte.md) | Pause avant l'arrêt et Gunicorn récent | Arrêt immédiat | Chaque remplacement dure quelques secondes de plus |",
)
@pytest.mark.claim("difficultes.md", "Gunicorn 27.0.1 au moins")
def test_gunicorn_may_not_be_older() -> None:
    wanted = tomllib.loads(source("pyproject.toml"))["dependency-groups"]["api"]
    assert [name for name in wanted if name.startswith("gunicorn")] == ["gunicorn>=27.0.1,<28"]


@pytest.mark.claim(UPDATE, "**Réessayer côté client** : utile, et fait pour l'appel du front à l'API")
def test_the_front_tries_the_api_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def cut(*_: Any, **__: Any) -> None:
        calls.append(1)
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "get", cut)
    ApiCaller(load_settings(FrontSettings, {"API_BASE_URL": NOBODY})).ask("essai")
    assert len(calls) == 2


@pytest.mark.claim(
    UPDATE,
    "[Haute disponibilité](../exploitation/haute-disponibilite.md) supprime un pod, puis redémarre l'API et le front, pendant que deux clients appellent sans arrêt, l'un dans le cluster et l'autre par le NodePort",
)
@pytest.mark.claim(
    "difficultes.md", "Un flux continu de requêtes, dans le cluster et par le NodePort, et un compte des pertes"
)
@pytest.mark.claim("difficultes.md", "La même mesure, pendant que l'API, puis le front redémarrent")
@pytest.mark.claim(
    "contexte.md", "| § 5 | Vérifier la haute disponibilité | Un pod supprimé pendant que les requêtes continuent"
)
def test_two_clients_call_while_a_pod_goes_and_both_deployments_start_again() -> None:
    order = [
        "kubectl apply -f k8s/options/sonde/",
        "scripts/sonde demarrer http://localhost:30080/status",
        'kubectl delete "$POD"',
        "kubectl rollout restart deployment/datapress-api",
        "kubectl rollout restart deployment/datapress-front",
        "touch /sonde/temoins/fin",
    ]
    places = [place("exploitation/haute-disponibilite.md", command) for command in order]
    assert places == sorted(places)


@pytest.mark.claim(
    UPDATE,
    "[Mettre à jour](../exploitation/mettre-a-jour.md) change de version pendant qu'un client appelle par le NodePort.",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 5 | Mettre à jour un composant | `kubectl rollout restart`, puis une nouvelle version sous trafic",
)
def test_one_client_calls_while_the_version_changes() -> None:
    page = "exploitation/mettre-a-jour.md"
    began, changed = (
        place(page, "scripts/sonde demarrer http://localhost:30080/status"),
        place(page, "kubectl set image"),
    )
    ended = min(
        number
        for number, block in enumerate(blocks(page))
        if block.code.startswith("scripts/sonde arreter") and block.expected
    )
    assert place(page, "kubectl rollout restart deploy/datapress-api") < began < changed < ended


@pytest.mark.claim(
    UPDATE, "Tous comptent à part les connexions neuves et gardées ; une seule requête perdue fait échouer la page"
)
@pytest.mark.claim(
    "difficultes.md", "Une requête perdue fait échouer [Haute disponibilité](exploitation/haute-disponibilite.md)"
)
@pytest.mark.claim("difficultes.md", "La mesure compte séparément les connexions neuves et gardées")
@pytest.mark.claim(
    "glossaire.md", "Le programme de mesure : il appelle un service sans arrêt et compte les requêtes perdues."
)
def test_one_lost_request_is_enough_and_both_kinds_are_counted() -> None:
    def summary(lost: int) -> dict[str, Any]:
        return {
            "requetes": 2000,
            "pertes": lost,
            "complet": True,
            "minimum": 1000,
            "arret": "",
            "modes": {mode: {"requetes": 1000} for mode in Mode},
        }

    assert len(Mode) == 2
    assert (verdict(summary(0))[0], verdict(summary(1))[0]) == (True, False)
    for page in ("exploitation/haute-disponibilite.md", "exploitation/mettre-a-jour.md"):
        assert [block for block in blocks(page) if block.code == "scripts/sonde arreter" and block.exit_status == 0]


@pytest.mark.claim(
    UPDATE,
    "Le front, à un seul réplica, se met à jour sans coupure lui aussi ; la perte brutale de son pod reste visible",
)
def test_the_only_front_is_replaced_after_its_successor_is_ready(manifest: Manifest) -> None:
    spec = manifest("Deployment", "datapress-front").at("spec")
    assert (spec["replicas"], spec["strategy"]["rollingUpdate"]["maxUnavailable"]) == (1, 0)


# 7. Manifests


@pytest.mark.claim(
    FLAT,
    "L'espace de noms s'applique en premier : `kubectl apply -f k8s/namespace.yaml -f k8s/` part d'un cluster vide",
)
@pytest.mark.claim(
    "difficultes.md",
    "Les fichiers s'appliquent dans l'ordre alphabétique, et `namespace.yaml` vient après les manifestes de l'API",
)
@pytest.mark.claim("difficultes.md", "`kubectl apply -f k8s/namespace.yaml -f k8s/`, qui part de rien et se rejoue")
@pytest.mark.claim(
    "contexte.md",
    "| § 5 | `kubectl apply -f k8s/` | Précédé de l'espace de noms, sans quoi la commande [échoue sur un cluster vide](difficultes.md#ordre-des-manifestes) |",
)
def test_in_alphabetical_order_the_namespace_would_come_too_late() -> None:
    names = sorted(path.name for path in (ROOT / "k8s").glob("*.yaml"))
    assert max(names.index("api-deployment.yaml"), names.index("api-service.yaml")) < names.index("namespace.yaml")
    assert place("exploitation/reconstruire.md", "kubectl apply -f k8s/namespace.yaml -f k8s/") > 0


@pytest.mark.claim(FLAT, "Chaque champ est accepté par Kubernetes 1.20 comme par les versions courantes.")
def test_no_field_is_younger_than_kubernetes_1_20(model: Model) -> None:
    assert list(younger(model)) == []
    assert list(schemas(model)) == []


@pytest.mark.claim(UPDATE, "le champ `preStop.sleep` que Kubernetes 1.20 ne connaît pas")
def test_kubernetes_1_20_has_no_pause_of_its_own() -> None:
    assert "sleep" in fields()["LifecycleHandler"]
    assert "sleep" in younger_fields()["LifecycleHandler"]


@pytest.mark.claim("glossaire.md", "sans eux, les pods continuent de servir")
def test_nothing_that_serves_asks_the_control_plane(model: Model) -> None:
    pods = [item.pod_template["spec"] for item in model.objects if item.kind == "Deployment"]
    assert len(pods) == 2
    assert all(pod["automountServiceAccountToken"] is False for pod in pods)
    assert not any("kubernetes" in source(f"services/{name}/requirements.txt") for name in ("api", "front"))


@pytest.mark.claim(FLAT, "Il n'y a qu'un environnement Kubernetes à décrire.")
@pytest.mark.claim(
    INDEX,
    "| [7](0007-manifestes-a-plat.md) | Sept manifestes à plat | Kustomize, Helm | Pas de variantes par environnement |",
)
@pytest.mark.claim("difficultes.md", "Des [manifestes à plat](decisions/0007-manifestes-a-plat.md), sans Kustomize")
@pytest.mark.claim(
    "glossaire.md", "Deux façons de décliner des manifestes par environnement ; le POC n'en a pas besoin."
)
def test_there_is_one_environment_and_no_template(model: Model) -> None:
    assert [item.name for item in model.of_kind("Namespace")] == ["datapress-recette"]
    assert not [
        name
        for name in model.files
        if name.rpartition("/")[2] in {"kustomization.yaml", "kustomization.yml", "Chart.yaml"}
    ]


@pytest.mark.claim(FLAT, "[Déployer](../exploitation/deployer.md) applique les manifestes un par un, puis en bloc")
@pytest.mark.claim("difficultes.md", "[Déployer](exploitation/deployer.md) applique deux fois et attend `unchanged`")
@pytest.mark.claim(
    "contexte.md", "| § 4 | Manifestes appliqués un par un | Dans l'ordre du cahier des charges, rejouable |"
)
def test_the_deployment_applies_one_by_one_then_all_and_expects_no_change() -> None:
    page = "exploitation/deployer.md"
    singly = place(page, "kubectl apply -n datapress-recette -f k8s/configmap.yaml")
    together = next(
        number for number, block in enumerate(blocks(page)) if block.code.strip() == "kubectl apply -f k8s/"
    )
    applied = re.findall(r"-f k8s/([\w.-]+)", blocks(page)[singly].code)
    assert applied == [
        f"{name}.yaml"
        for name in (
            "namespace",
            "configmap",
            "secret",
            "api-deployment",
            "api-service",
            "front-deployment",
            "front-service",
        )
    ]
    assert singly < together
    expected = blocks(page)[together].expected
    assert expected
    assert {line.rsplit(" ", 1)[1] for line in expected.text.strip().splitlines()} == {"unchanged"}


# 8. The site


@pytest.mark.claim(SITE, "MkDocs 1.6 et Material 9.8, figés par empreinte, avec mkdocs-macros.")
@pytest.mark.claim(
    INDEX,
    "| [8](0008-moteur-de-documentation.md) | MkDocs 1.6 et Material, versions figées | MkDocs 2, Zensical, Sphinx | Une fin de maintenance connue |",
)
def test_the_versions_of_the_site_are_locked() -> None:
    locked = source("requirements/run.txt")
    for package in (r"mkdocs==1\.6\.\d+", r"mkdocs-material==9\.8\.\d+", r"mkdocs-macros-plugin==[\d.]+"):
        assert re.search(rf"^{package} \\\n +--hash=sha256:", locked, re.MULTILINE)


@pytest.mark.claim(SITE, "Material 9.8 n'accepte que MkDocs 1")
def test_material_takes_no_mkdocs_2() -> None:
    [wanted] = [
        name for name in importlib.metadata.requires("mkdocs-material") or [] if re.match(r"mkdocs[<>=~]", name)
    ]
    assert re.search(r"~=1\.|<2", wanted)


@pytest.mark.claim(SITE, "aucun greffon que Zensical ne prenne en charge, et des macros définies par `define_env` seul")
@pytest.mark.claim(
    SITE,
    "un fichier de `hooks`, `scripts/finish.py`, et la copie de l'enregistrement à côté des preuves, par `on_post_build`.",
)
def test_plugins_hooks_and_macros_are_those_that_are_told() -> None:
    settings = mkdocs()
    assert {next(iter(plugin)) if isinstance(plugin, dict) else plugin for plugin in settings["plugins"]} == {
        "search",
        "macros",
        "tags",
    }
    assert settings["hooks"] == ["scripts/finish.py"]
    tree = ast.parse(source("scripts/macros/__init__.py"))
    functions = {node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert set(functions) == {"define_env", "on_post_build"}
    assert "publish(env.evidence" in functions["on_post_build"]
    assert ".macro(" not in functions["on_post_build"]


@pytest.mark.claim(
    SITE,
    "Les mentions posées sous les commandes viennent d'une extension Markdown que `define_env` ajoute à celles de MkDocs : ni `hooks`, ni greffon",
)
@pytest.mark.claim(SITE, "Sans cette extension, le site se construit de même, sans ces mentions.")
def test_marks_come_from_an_extension_that_is_only_there_with_a_record() -> None:
    assert issubclass(BlockMarks, Extension)
    assert '    if evidence.runs:\n        env.conf["markdown_extensions"].append(BlockMarks(evidence))\n' in source(
        "scripts/macros/__init__.py"
    )
    assert "block_marks" not in source("scripts/finish.py") + source("mkdocs.yml")


@pytest.mark.claim(
    SITE,
    "Les délimiteurs de macros sont changés, car ceux d'origine se confondent avec les gabarits Go, les expressions de GitHub Actions et les tableaux de bash.",
)
@pytest.mark.claim("difficultes.md", "Une macro inconnue fait échouer la construction")
@pytest.mark.claim(
    SITE, "La construction est stricte : un lien, une ancre, une macro ou un fichier manquant la fait échouer."
)
def test_macros_have_other_delimiters_and_whatever_is_missing_stops_the_build() -> None:
    settings = mkdocs()
    [macros] = [plugin["macros"] for plugin in settings["plugins"] if isinstance(plugin, dict) and "macros" in plugin]
    delimiters = {value for name, value in macros.items() if name.startswith("j2_")}
    assert len(delimiters) == 6
    assert not [one for one in delimiters if "{" in one or "}" in one]
    assert (macros["on_undefined"], macros["on_error_fail"]) == ("strict", True)
    assert (
        settings["validation"]["anchors"],
        settings["validation"]["unrecognized_links"],
        settings["validation"]["nav"]["not_found"],
    ) == ("warn",) * 3
    for script in ("demo", "test"):
        assert "mkdocs build --strict" in source(f"scripts/{script}")


@pytest.mark.claim(
    SITE, "Le lecteur de diagrammes est livré avec le site et n'est chargé que par les pages qui en ont."
)
@pytest.mark.claim(SITE, "Le site ne demande rien à une autre machine : ni police, ni script, ni image.")
def test_the_reader_of_diagrams_is_here_and_nothing_comes_from_elsewhere() -> None:
    template = source("docs/_theme/main.html")
    loaded = re.search(
        r"\{% if ([^%]*) %\}\s*<script src=\"\{\{ 'assets/mermaid/mermaid.min.js' \| url \}\}\"></script>\s*\{% endif %\}",
        template,
    )
    assert loaded
    assert 'class="mermaid"\' in page.content' in loaded[1]
    assert (ROOT / "docs/assets/mermaid/mermaid.min.js").is_file()
    settings = mkdocs()
    assert settings["theme"]["font"] is False
    assert not [name for name in settings["extra_css"] + settings["extra_javascript"] if "//" in name]


# 9. The engine


@pytest.mark.claim(
    EXECUTED,
    "- **Cinq verdicts** : vérifié ; exécuté, sans assertion ; échoué ; délai dépassé ; non exécuté, toujours avec une raison.",
)
def test_there_are_five_outcomes() -> None:
    assert [outcome.value for outcome in Outcome] == [
        "vérifié",
        "exécuté, sans assertion",
        "échoué",
        "délai dépassé",
        "non exécuté",
    ]


@pytest.mark.claim(EXECUTED, "- **Trois cibles** : *local* (Gunicorn sans conteneur), *compose*, *recette*.")
@pytest.mark.claim("glossaire.md", "L'endroit où une page s'exécute : *local*, *compose* ou *recette*.")
def test_there_are_three_targets_and_the_local_one_is_gunicorn_alone() -> None:
    settings = load(ROOT)
    assert list(settings.targets) == ["local", "compose", "recette"]
    assert settings.targets["local"].requires == []
    for name in settings.targets["local"].services:
        assert "gunicorn" in settings.services[name].command


@pytest.mark.claim(EXECUTED, "Une cible absente est annoncée, jamais simulée en silence.")
@pytest.mark.claim(EXECUTED, "non exécuté, toujours avec une raison")
@pytest.mark.claim(
    "glossaire.md",
    "Les services lancés sans conteneur, qui répondent à la place d'une cible absente ; toujours signalé.",
)
@pytest.mark.parametrize("target", ["compose", "recette"])
def test_without_its_target_a_command_says_why_or_who_answers_instead(target: str) -> None:
    plan = make_plan(documented(), load(ROOT), {target: "absente"})
    pages = [page for page in plan.pages if page.target == target]
    assert {page.on for page in pages} == {"local"}
    steps = [step for page in pages for step in page.steps]
    assert {step.mode for step in steps} <= {PlanMode.STAND_IN, PlanMode.NOT_RUN}
    assert all(step.reason for step in steps if step.mode is PlanMode.NOT_RUN)
    assert "substitut {page.on}" in source("scripts/runbook/reporting/terminal.py")


@pytest.mark.claim(EXECUTED, "- **Un garde-fou** : la recette ne vise que des contextes `kubectl` autorisés.")
@pytest.mark.parametrize(
    ("context", "allowed"), [("kind-datapress", True), ("recette", True), ("production", False), (None, False)]
)
def test_the_recette_refuses_other_contexts(
    context: str | None, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "current_context", lambda: context)
    target = msgspec.structs.replace(load(ROOT).targets["recette"], requires=[])  # as if all else were there
    assert (presence.lack(target, ROOT) is None) is allowed


@pytest.mark.claim(
    EXECUTED, "- **Rien de DataPress dans le moteur** : ce qui est propre à ce dépôt est dans `pyproject.toml`."
)
@pytest.mark.claim(
    "glossaire.md",
    "Le programme de ce dépôt, `runbook`, qui exécute les commandes des pages et compare leurs résultats.",
)
def test_the_engine_does_not_know_datapress() -> None:
    files = [path for path in (ROOT / "scripts/runbook").rglob("*") if path.suffix in {".py", ".txt"}]
    assert len(files) > 50
    assert [path.name for path in files if "datapress" in path.read_text(encoding="utf-8").lower()] == []
    assert "[tool.runbook.targets.recette]" in source("pyproject.toml")


@pytest.mark.claim(EXECUTED, "Une page lente ralentit toute la vérification ; chaque bloc a donc un délai.")
def test_every_block_has_a_deadline() -> None:
    assert load(ROOT).deadline > 0
    assert all(block.deadline is None or block.deadline > 0 for page in documented() for block in page.blocks)


@pytest.mark.claim(
    EXECUTED, "Les tests de `tests/engine` couvrent le moteur, y compris sur un autre site MkDocs que celui-ci"
)
def test_the_engine_is_tested_on_another_site() -> None:
    other = load(ROOT / "tests/sample")
    assert set(other.targets) != set(load(ROOT).targets)
    assert [path for path in (ROOT / "tests/engine").glob("test_*.py") if "sample" in path.read_text()]


@pytest.mark.claim(
    EXECUTED,
    "1. contrôler sans exécuter que ce qu'une commande nomme existe ; 2. dire quelles commandes documentées ne sont vérifiées par rien ; 3. prouver que les vérifications peuvent échouer ; 4. montrer au lecteur quand, où et sur quel commit sa page a été vérifiée.",
)
@pytest.mark.claim(
    EXECUTED,
    "Un moteur dans `scripts/runbook`, qui lit les pages telles que le site les publie, exécute leurs blocs sur trois cibles et compare les résultats sans approximation.",
)
@pytest.mark.claim(
    INDEX,
    "| [9](0009-documentation-executee.md) | Un moteur écrit ici pour exécuter la documentation | Outils existants | Du code à maintenir |",
)
@pytest.mark.claim("glossaire.md", "Le résultat enregistré d'une commande : où, quand, sur quel commit")
def test_the_engine_checks_counts_spoils_and_records() -> None:
    verbs = {path.stem for path in (ROOT / "scripts/runbook/verbs").glob("*.py")}
    assert {"checking", "mutating", "reporting", "running"} <= verbs
    assert (ROOT / "scripts/runbook/reporting/coverage.py").is_file()
    assert {"commit", "date"} <= set(Campaign.__struct_fields__)
    assert {"target", "on"} <= set(StepRecord.__struct_fields__)


@pytest.mark.claim(
    EXECUTED,
    "La documentation devient le test d'intégration du POC : elle échoue quand un port, un nom ou une route change.",
)
@pytest.mark.claim(
    "index.md",
    "Une commande ou un résultat qui ne tient plus fait échouer l'intégration continue, à la page et à la ligne : [Preuves](preuves/index.md).",
)
@pytest.mark.claim(
    "difficultes.md", "Le [moteur de documentation](decisions/0009-documentation-executee.md), à la page et à la ligne"
)
@pytest.mark.parametrize(("outcome", "status"), [(Outcome.VERIFIED, 0), (Outcome.FAILED, 1), (Outcome.TIMED_OUT, 1)])
def test_one_command_that_fails_fails_the_run_at_its_page_and_line(outcome: Outcome, status: int) -> None:
    [page, *_] = make_plan(documented(), load(ROOT), {}).pages
    result = Result(page.steps[0], "local", "local", outcome, line=7)
    assert outcome_of_the_run([result], []) == status
    assert result.place == f"{page.page}:7"
    assert 'step "contrôle et pages (runbook)" runbook run --check' in source("scripts/test")


# 10. The pages' syntax

ROWS = {
    "| `data-cible` | Ce bloc vise une autre cible que sa page |": ('data-cible="recette"', "target", "recette"),
    "| `data-delai` | Délai en secondes |": ('data-delai="7"', "deadline", 7.0),
    "| `data-code` | Code de retour attendu |": ('data-code="3"', "exit_status", 3),
    "| `data-reessayer` | Recommencer jusqu'au résultat attendu, pendant ce délai au plus |": (
        'data-reessayer="9"',
        "retry",
        9.0,
    ),
    "| `data-arriere-plan` | Lancer en arrière-plan et attendre cette condition |": (
        'data-arriere-plan="port:8000"',
        "background",
        "port:8000",
    ),
    "| `data-nettoyage` | Toujours exécuté en fin de page, même après un échec |": (
        'data-nettoyage="oui"',
        "cleanup",
        True,
    ),
    "| `data-si` | N'exécuter que si cette commande réussit |": ('data-si="true"', "condition", "true"),
    "| `data-non-execute` | Ne pas exécuter, pour la raison donnée |": (
        'data-non-execute="parce que"',
        "not_run",
        "parce que",
    ),
    "| `data-substitut` | `non` : la réponse dépend de l'état de la cible, aucun substitut local ne vaut |": (
        'data-substitut="non"',
        "stand_in",
        False,
    ),
}


@pytest.mark.parametrize(
    ("attribute", "field", "value"),
    [pytest.param(*row, marks=pytest.mark.claim(SYNTAX, words)) for words, row in ROWS.items()],
)
def test_an_attribute_has_the_effect_of_its_row(attribute: str, field: str, value: Any) -> None:
    found = read(f"``` {{ .bash {attribute} }}\ntrue\n```\n", cible="local")
    assert found.problems == ()
    assert getattr(found.blocks[0], field) == value
    assert {row[0].partition("=")[0] for row in ROWS.values()} == set(ATTRIBUTES)


@pytest.mark.claim(
    SYNTAX, "Un bloc `bash` qui ne s'exécute pas doit dire pourquoi ; tout autre attribut est une erreur."
)
@pytest.mark.claim(SYNTAX, "Une commande est un bloc `bash` sans invite ni sortie.")
@pytest.mark.claim(SYNTAX, "sans elles, le bloc s'afficherait de travers, et le moteur le refuse")
@pytest.mark.claim("difficultes.md", "Les attributs s'écrivent entre accolades seulement")
@pytest.mark.parametrize(
    "block",
    [
        '``` { .bash data-non-execute="" }\ntrue\n```\n',
        '``` { .bash data-autre="oui" }\ntrue\n```\n',
        "```bash\n$ true\n```\n",
        '```bash data-delai="60"\ntrue\n```\n',
    ],
)
def test_what_the_engine_could_not_run_as_written_is_refused(block: str) -> None:
    assert read(block, cible="local").problems


@pytest.mark.claim(
    SYNTAX, "La cible de la page est dans son en-tête ; les exceptions sont des attributs entre accolades."
)
def test_a_page_says_its_target_and_without_one_its_commands_are_refused() -> None:
    plain = "```bash\ntrue\n```\n"
    assert read(plain, cible="recette").blocks[0].target == "recette"
    assert read(plain).problems


@pytest.mark.claim(
    SYNTAX,
    "Le bloc `text` ou `json` qui la suit, titré *Résultat attendu*, est à la fois l'exemple et l'assertion ; `…` y remplace ce qui varie.",
)
@pytest.mark.claim(
    INDEX,
    "| [10](0010-syntaxe-des-pages.md) | Blocs `bash` ordinaires et résultat attendu visible | Directives cachées | Des pages un peu plus longues |",
)
@pytest.mark.parametrize("kind", Kind)
def test_the_next_block_titled_so_is_what_must_come(kind: Kind) -> None:
    shown = f'```bash\ntrue\n```\n\n```{kind.value} title="Résultat attendu"\n"a…"\n```\n'
    expected = read(shown, cible="local").blocks[0].expected
    assert expected
    assert expected.kind is kind
    assert compare(expected.text, '"autre"', kind) is None
    assert compare(expected.text, '"tout autre"', kind)


@pytest.mark.claim(SYNTAX, "`runbook list` montre tous les blocs et leur sort.")
def test_the_list_shows_every_block() -> None:
    shown = CliRunner().invoke(listing.command, ["--json"], obj=ROOT)
    listed = json.loads(shown.stdout)
    assert len(listed) == sum(len(page.blocks) for page in documented())
    assert all(item["target"] or item["not_run"] for item in listed)


@pytest.mark.claim(
    SYNTAX,
    "Dans les commandes et les résultats attendus, les noms, les ports et les nombres sont écrits en toutes lettres",
)
def test_commands_stand_in_the_sources_as_they_run() -> None:
    for page in documented():
        text = source(page.page.path)
        for block in page.blocks:
            assert [line for line in block.code.splitlines() if line.strip() and line.strip() not in text] == []


# What each note weighs: its context and the options that it sets aside


@pytest.mark.claim(
    IMAGES, "Le cahier des charges demande des images multi-étapes, légères, sans `root`, servies par Gunicorn."
)
@pytest.mark.claim(
    IMAGES,
    "- **Un seul Dockerfile paramétré** pour les deux services : rien n'est écrit deux fois, mais la forme `exec` de `CMD` ne remplace pas les arguments de construction, et il faudrait un shell entre le conteneur et Gunicorn.",
)
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_an_image_starts_gunicorn_itself_without_a_shell_and_without_root(name: str) -> None:
    build, runtime = stages(name)
    [command] = [json.loads(line.removeprefix("CMD ")) for line in runtime if line.startswith("CMD ")]
    [user] = [line for line in runtime if line.startswith("USER ")]
    assert command == [
        "gunicorn",
        f"datapress_{name}:create_app()",
    ]  # a list: Docker starts it as it is, and replaces nothing in it
    assert re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", user)
    assert [line.split()[1].rpartition(":")[2].split("-")[1] for line in (build[0], runtime[0])] == ["slim", "slim"]


@pytest.mark.claim(
    IMAGES, "- **Une seule étape** : plus simple à lire, mais tout ce qui a servi à installer part en recette."
)
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_what_installs_stays_in_the_first_stage(name: str) -> None:
    build, runtime = stages(name)
    kept = [line.split()[2] for line in runtime if line.startswith("COPY --from=build ")]
    assert [line for line in build if "requirements.txt /tmp/" in line]
    assert kept == ["/opt/venv", "/srv/datapress"]
    assert not any("requirements" in line or "pip" in line for line in runtime)


@pytest.mark.claim(EXPOSURE, "- **NodePort** : un port fixe sur chaque nœud, sans composant supplémentaire.")
@pytest.mark.claim(EXPOSURE, "- La recette fonctionne sur tout cluster, même très simple.")
@pytest.mark.claim(EXPOSURE, "La recette est un cluster d'un nœud, sans équilibreur de charge ni nom de domaine.")
def test_the_recette_asks_a_cluster_for_nothing_but_what_every_one_has(model: Model, manifest: Manifest) -> None:
    base = [item for item in model.objects if re.fullmatch(r"k8s/[\w.-]+", item.path)]
    [cluster] = model.of_kind("Cluster")
    assert {item.kind for item in base} == {"Namespace", "ConfigMap", "Secret", "Deployment", "Service"}
    assert {item.name for item in base if item.kind == "Deployment"} == set(
        DEPLOYMENTS
    )  # nothing beside the two services
    assert {item.at("spec", "type") for item in base if item.kind == "Service"} == {"NodePort", "ClusterIP"}
    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080
    assert len(cluster.at("nodes")) == 1


@pytest.mark.claim(
    EXPOSURE, "- **Gateway API** : le successeur de l'Ingress, dont les définitions ne sont pas dans Kubernetes"
)
@pytest.mark.claim(
    FLAT,
    "mais un `kustomization.yaml` dans le dossier fait échouer `kubectl apply -f k8s/`, qui essaie de l'appliquer comme un objet.",
)
def test_kubernetes_knows_an_ingress_and_neither_a_gateway_nor_a_kustomization() -> None:
    newest = kubernetes_validate.utils.all_versions()[-1]
    kubernetes_validate.validate(
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "x"}}, newest, strict=True
    )
    for api_version, kind in (
        ("gateway.networking.k8s.io/v1", "Gateway"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
    ):
        with pytest.raises(kubernetes_validate.utils.SchemaNotFoundError):
            kubernetes_validate.validate(
                {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}}, newest, strict=True
            )


@pytest.mark.claim(
    EXPOSURE, "- **`port-forward` seul** : rien à déployer, mais une commande par personne et une seule destination."
)
def test_each_port_forward_has_one_destination_and_holds_its_terminal() -> None:
    forwards = [block for page in documented() for block in page.blocks if "kubectl port-forward" in block.code]
    assert forwards
    for block in forwards:
        assert re.fullmatch(r"kubectl port-forward svc/[\w-]+ \d+:\d+ -n datapress-recette", block.code.strip())
        assert block.background


@pytest.mark.claim(
    EXPOSURE,
    "- Le jour venu, on ira directement à Gateway API : investir dans un Ingress serait préparer une seconde migration. Voir la [feuille de route](../feuille-de-route.md#exposition).",
)
@pytest.mark.claim(
    SITE,
    "- Jusqu'en mai 2027, rien à faire ; d'ici là, l'essai de Zensical est [à la feuille de route](../feuille-de-route.md#documentation).",
)
@pytest.mark.parametrize(
    ("anchor", "choice"),
    [("exposition", r"\*\*Gateway API\*\*.*plutôt qu'un Ingress"), ("documentation", "Essayer Zensical")],
)
def test_the_roadmap_has_the_card_that_a_note_names(anchor: str, choice: str) -> None:
    cards = [
        card
        for stage in read_roadmap(ROOT / "docs/feuille-de-route.md").stages.values()
        for card in stage
        if card.anchor == anchor
    ]
    assert len(cards) == 1
    assert re.match(choice, cards[0].terms["Choix d'aujourd'hui"])
    assert "mai 2027" in cards[0].terms["Raison"] or anchor == "exposition"


@pytest.mark.claim(PROBES, "Le cahier des charges demande des sondes fondées sur `/health`.")
@pytest.mark.claim(
    PROBES,
    "- **`/health` pour les deux** : le plus simple, mais rien ne peut alors les distinguer sans toucher à la fois le code et les manifestes.",
)
@pytest.mark.parametrize("service", [api, front])
def test_each_probe_has_a_route_of_its_own_under_health(service: Callable[..., Any], manifest: Manifest) -> None:
    routes = {rule.rule for rule in service().application.url_map.iter_rules()}
    asked = {
        container(manifest, name)[probe]["httpGet"]["path"]
        for name in DEPLOYMENTS
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert asked == {"/health/live", "/health/ready"}
    assert {"/health", *asked} <= routes


@pytest.mark.claim(
    PROBES,
    "- **Une disponibilité qui vérifie l'API** : le front sortirait du Service quand l'API tombe, et la page qui explique la panne disparaîtrait avec elle.",
)
def test_without_the_api_the_front_is_ready_and_explains() -> None:
    alone = front(API_BASE_URL=NOBODY)
    assert alone.get("/health/ready").status_code == 200
    page = html.unescape(alone.get("/").text)
    assert "API injoignable" in page
    assert "Cette page reste disponible, seule l’API est en défaut." in page


@pytest.mark.claim(RESOURCES, "Le cahier des charges demande des réservations et des limites de mémoire.")
@pytest.mark.claim(RESOURCES, "- **Mémoire réservée et limitée, processeur réservé seulement.**")
@pytest.mark.claim(
    RESOURCES,
    "- **Processeur limité aussi** : prévisible, mais un service limité attend même quand le nœud est inoccupé, et les sondes attendent avec lui.",
)
@pytest.mark.claim(
    RESOURCES,
    "- **Réservation égale à la limite** : la meilleure garantie, au prix de la place réservée pour les pics.",
)
@pytest.mark.claim(
    RESOURCES,
    "- Un pod occupé peut prendre le processeur libre du nœud : acceptable en recette, à revoir sur un cluster partagé.",
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_processor_has_no_ceiling_and_the_memory_room_above_what_is_reserved(
    name: str, model: Model, manifest: Manifest
) -> None:
    only = container(manifest, name)
    asked, most = only["resources"]["requests"], only["resources"]["limits"]
    assert (set(asked), set(most)) == ({"cpu", "memory"}, {"memory"})
    assert int(asked["memory"].removesuffix("Mi")) < int(most["memory"].removesuffix("Mi"))
    assert not {item.kind for item in model.objects} & {"LimitRange", "ResourceQuota"}  # nor does the namespace set one
    # The probes are answered by the processes that serve.
    assert {only[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")} == {
        only["ports"][0]["name"]
    }


@pytest.mark.claim(SECRET, "Une même image doit servir en développement et en recette.")
def test_development_and_recette_name_the_same_images(model: Model, manifest: Manifest) -> None:
    assert {f"datapress-{name}": model.services[name]["image"] for name in IMAGE_NAMES} == {
        name: container(manifest, name)["image"] for name in DEPLOYMENTS
    }


@pytest.mark.claim(
    SECRET, "Un secret déposé dans git y reste pour toujours, même en base64, qui n'est pas un chiffrement."
)
@pytest.mark.claim(SECRET, "- **le fabriquer au déploiement**, à partir d'octets aléatoires ;")
@pytest.mark.claim(SECRET, "`scripts/secret` en tire `k8s/secret.yaml`, une seule fois.")
def test_the_secret_is_random_made_once_and_read_from_base64_without_a_key(tmp_path: Path) -> None:
    tokens = []
    for clone in (tmp_path / "a", tmp_path / "b"):
        for name in ("scripts/secret", "k8s/secret.yaml.example"):
            (clone / name).parent.mkdir(parents=True)
            shutil.copy(ROOT / name, clone / name)
        made = []
        for _ in range(2):
            subprocess.run(["bash", str(clone / "scripts/secret")], check=True, capture_output=True)
            made.append((clone / "k8s/secret.yaml").read_text())
        assert made[0] == made[1]
        tokens.append(base64.b64decode(yaml.safe_load(made[0])["data"]["API_TOKEN"]).decode())
    assert all(re.fullmatch(r"[0-9a-f]{64}", token) for token in tokens)
    assert tokens[0] != tokens[1]


@pytest.mark.claim(
    SECRET,
    "- **un fichier monté** : absent de la liste des variables d'un processus et de la sortie de `kubectl describe` ;",
)
@pytest.mark.claim(
    SECRET, "- **une variable d'environnement** : plus simple, mais recopiée par bien des outils de diagnostic."
)
def test_the_token_is_read_from_a_file_whose_name_is_all_that_a_variable_tells(
    tmp_path: Path, manifest: Manifest
) -> None:
    given = container(manifest, "datapress-api")
    [variable] = [one for one in given["env"] if "TOKEN" in one["name"]]
    [mount] = given["volumeMounts"]
    held = tmp_path / "API_TOKEN"
    held.write_text(TOKEN)
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert variable == {"name": "API_TOKEN_FILE", "value": f"{mount['mountPath']}/API_TOKEN"}
    assert not any("secretRef" in one for one in given["envFrom"])
    assert api(API_TOKEN_FILE=str(held)).get("/admin/configuration", headers=shown).status_code == 200
    assert api(API_TOKEN=TOKEN).get("/admin/configuration", headers=shown).status_code == 200
    assert TOKEN not in os.environ.values()


@pytest.mark.claim(
    SECRET,
    "- **un secret chiffré dans git** (SOPS, Sealed Secrets) ou **un coffre externe** : à leur place dans une production, pas dans un POC.",
)
def test_nothing_encrypts_a_secret_or_asks_a_vault(model: Model) -> None:
    assert not {item.kind for item in model.objects} & {
        "SealedSecret",
        "ExternalSecret",
        "SecretStore",
        "ClusterSecretStore",
        "SecretProviderClass",
    }
    assert not [name for name in model.files if name.rpartition("/")[2] == ".sops.yaml"]
    assert not [
        block for page in documented() for block in page.blocks if re.search(r"\b(sops|kubeseal|vault)\b", block.code)
    ]


@pytest.mark.claim(
    SECRET, "- Les commandes du cahier des charges fonctionnent telles quelles, et peuvent être rejouées."
)
@pytest.mark.claim(FLAT, "- Les commandes du cahier des charges restent valables mot pour mot, à l'ordre près.")
def test_the_commands_of_the_brief_are_in_the_pages_and_applying_again_changes_nothing() -> None:
    brief = runpy.run_path(str(ROOT / "tests/site/test_brief_commands.py"))["COMMANDS"]
    lines = {
        (block.target, line)
        for page in documented()
        for block in page.blocks
        if not block.not_run
        for line in block.code.split("\n")
    }
    assert len(brief) > 20
    assert set(brief) - lines == set()
    [again] = [block for block in blocks("exploitation/deployer.md") if block.code == "kubectl apply -f k8s/"]
    assert again.expected
    assert "secret/datapress-secret unchanged" in again.expected.text


@pytest.mark.claim(UPDATE, "Gunicorn ferme ses ports dès le signal d'arrêt")
@pytest.mark.claim(
    UPDATE,
    "Pendant que chaque nœud apprend le changement, des requêtes arrivent encore à un serveur qui a déjà fermé son port.",
)
def test_gunicorn_closes_its_ports_before_its_workers_are_told_to_end() -> None:
    closed: list[str] = []
    master = SimpleNamespace(
        reexec_pid=0, master_pid=0, systemd=False, LISTENERS=["port"], WORKERS={}, dirty_arbiter_pid=0,
        cfg=SimpleNamespace(reuse_port=False, graceful_timeout=25), reap_workers=lambda: None, reap_dirty_arbiter=lambda: None,
        kill_workers=lambda sent: closed.append(signal.Signals(sent).name),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gunicorn.arbiter.sock, "close_sockets", lambda listeners, unlink: closed.extend(listeners))
        gunicorn.arbiter.Arbiter.stop(master)
    assert closed[:2] == ["port", "SIGTERM"]
    assert master.LISTENERS == []


@pytest.mark.claim(
    UPDATE, "- **Arrêt immédiat** : le défaut de Kubernetes. Écarté : des requêtes se perdent à chaque mise à jour."
)
@pytest.mark.claim(
    UPDATE, "- **Pause avant l'arrêt (`preStop`)** : le pod sert encore le temps que son adresse disparaisse."
)
@pytest.mark.claim(UPDATE, "- Remplacer un pod prend quelques secondes de plus ; personne ne les attend.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_before_a_stop_a_pod_only_waits_and_its_successor_serves(name: str, manifest: Manifest) -> None:
    hook = container(manifest, name)["lifecycle"]["preStop"]["exec"]["command"]
    called = [ast.unparse(node) for node in ast.walk(ast.parse(hook[2])) if isinstance(node, ast.Call)]
    assert hook[:2] == ["python", "-c"]
    assert called == ["time.sleep(5)"]  # it stops nothing: the server goes on
    assert manifest("Deployment", name).at("spec", "strategy", "rollingUpdate") == {"maxSurge": 1, "maxUnavailable": 0}


class Keeping(BaseHTTPRequestHandler):
    """Answers 200 and keeps the connection, as Gunicorn does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: this server has no log."""


@pytest.mark.claim(
    UPDATE, "- **Refuser les connexions gardées** : règle le second problème, au prix d'une connexion par requête."
)
@pytest.mark.parametrize(("mode", "opened"), [(Mode.KEPT, 1), (Mode.NEW, 3)])
def test_without_kept_connections_each_request_opens_one(mode: Mode, opened: int) -> None:
    with served(ThreadingHTTPServer(("127.0.0.1", 0), Keeping)) as address:
        parts = urlsplit(address)
        caller = Caller(Target(parts.hostname or "", parts.port or 0, "/", 5), mode)
        assert [request(caller, name).loss for name in "abc"] == [None] * 3
        if caller.connection:
            caller.connection.close()
    assert caller.opened == opened
    assert load_settings(GunicornSettings, {}).gunicorn_keepalive > 0  # they are kept here


@pytest.mark.claim(FLAT, "- **Fichiers simples**, lisibles par quiconque connaît Kubernetes.")
@pytest.mark.claim(
    FLAT, "- **Helm** : paramétrage et historique, au prix d'un langage de gabarits et d'un outil de plus."
)
def test_a_manifest_is_one_plain_object_without_a_template() -> None:
    files = [path for path in (ROOT / "k8s").iterdir() if path.is_file()]
    assert len(files) >= 7
    for path in files:
        [document] = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        assert {"apiVersion", "kind", "metadata"} <= set(document)
        assert not re.search(r"\{\{|\$\{", path.read_text(encoding="utf-8"))
    assert not [
        block
        for page in documented()
        for block in page.blocks
        if re.search(r"\bhelm\b|kustomize|kubectl apply -k", block.code)
    ]


@pytest.mark.claim(
    FLAT, "`metadata.namespace` dans chaque objet interdit le pire cas : un déploiement silencieux dans `default`."
)
@pytest.mark.claim(
    FLAT, "- Un second environnement (préproduction, production) justifierait Kustomize, dans un dossier distinct."
)
def test_every_object_names_the_one_namespace_and_folders_beside_are_not_applied_with_it(model: Model) -> None:
    base = [item for item in model.objects if re.fullmatch(r"k8s/[\w.-]+", item.path) and item.kind != "Namespace"]
    assert {item.document["metadata"].get("namespace") for item in base} == {"datapress-recette"}
    applied = [
        block.code
        for page in documented()
        for block in page.blocks
        if re.search(r"kubectl (apply|diff) .*-f k8s/(\s|$)", block.code)
    ]
    assert applied
    assert not any(re.search(r" (-R|--recursive)\b", code) for code in applied)


@pytest.mark.claim(SITE, "- **MkDocs 1.6 + Material 9.8 + mkdocs-macros**, versions figées.")
@pytest.mark.claim(SITE, "- **Sphinx** : pérenne, mais une autre syntaxe et un autre outillage pour les rédacteurs.")
@pytest.mark.claim(SITE, "- **MkDocs 2** : sans greffons, les faits seraient de nouveau recopiés à la main.")
def test_pages_are_markdown_and_take_their_facts_from_a_plugin() -> None:
    locked = source("requirements/run.txt")
    [macros] = [plugin["macros"] for plugin in mkdocs()["plugins"] if isinstance(plugin, dict) and "macros" in plugin]
    written = [
        path
        for path in (ROOT / "docs").rglob("*")
        if path.suffix in {".md", ".rst"} and "_" not in path.relative_to(ROOT / "docs").parts[0]
    ]
    assert not re.search(r"^(sphinx|zensical|mkdocs==2)", locked, re.MULTILINE)
    assert {path.suffix for path in written} == {".md"}
    assert macros["module_name"] == "scripts/macros"
    assert sum("[[=" in path.read_text(encoding="utf-8") for path in written) > 10
    assert [importlib.metadata.version(name).split(".")[:2] for name in ("mkdocs", "mkdocs-material")] == [
        ["1", "6"],
        ["9", "8"],
    ]


@pytest.mark.claim(
    EXECUTED,
    "chaque commande publiée doit être exécutée là où elle est censée l'être, et son résultat comparé à celui qu'annonce la page.",
)
def test_every_command_has_a_place_to_run_and_nearly_all_a_result_to_compare() -> None:
    settings = load(ROOT)
    run = [block for page in documented() for block in page.blocks if not block.not_run]
    assert all(block.target in settings.targets for block in run)
    assert sum(bool(block.expected) for block in run) / len(run) > 0.9
    assert settings.coverage == 95


@pytest.mark.claim(
    EXECUTED,
    "un bloc sauté sans le dire, un score de ressemblance qui confond `CrashLoopBackOff` et `Running`, un succès quand rien n'a tourné.",
)
def test_the_engine_has_none_of_the_faults_that_set_others_aside() -> None:
    plan = make_plan(documented(), load(ROOT), dict.fromkeys(load(ROOT).targets, "absente"))
    skipped = [step for page in plan.pages for step in page.steps if step.mode is PlanMode.NOT_RUN]
    line = "datapress-api-7d9   0/1   {}   3   5m"
    assert skipped
    assert all(step.reason for step in skipped)
    assert sum(len(page.steps) for page in plan.pages) >= sum(len(page.blocks) for page in documented())
    assert compare(line.format("Running"), line.format("Running"), Kind.TEXT) is None
    assert compare(line.format("Running"), line.format("CrashLoopBackOff"), Kind.TEXT)
    assert outcome_of_the_run([Result(step, "local", "local", Outcome.NOT_RUN, line=1) for step in skipped], []) == 1


@pytest.mark.claim(EXECUTED, "- Du code à maintenir, avec ses propres tests.")
def test_the_engine_has_tests_of_its_own() -> None:
    proofs = [
        path for path in (ROOT / "tests/engine").rglob("test_*.py") if "runbook" in path.read_text(encoding="utf-8")
    ]
    assert len(proofs) > 20
    assert not list((ROOT / "scripts/runbook").rglob("test_*.py"))


@pytest.mark.claim(
    SYNTAX, "Une page sert deux lecteurs : une personne qui copie la commande, et un programme qui l'exécute."
)
@pytest.mark.claim(SYNTAX, "Ce que voit l'une doit être ce que fait l'autre.")
@pytest.mark.claim(
    SYNTAX,
    "- **Des blocs `bash` ordinaires**, suivis d'un bloc *Résultat attendu* que le lecteur voit et que le moteur compare.",
)
def test_what_the_engine_runs_and_compares_is_the_text_of_the_blocks() -> None:
    command, result = "curl -s 'http://localhost:8000' |\n  jq .", "un\n…\ntrois"
    [found] = read(
        f'```bash\n{command}\n```\n\n```text title="Résultat attendu"\n{result}\n```\n', cible="local"
    ).blocks
    assert found.code == command
    assert found.expected
    assert found.expected.text == result
    assert compare(found.expected.text, "un\ndeux\ntrois\n", Kind.TEXT) is None
    assert compare(found.expected.text, "un\ndeux\n", Kind.TEXT)


@pytest.mark.claim(
    SYNTAX, "- **Directives cachées** dans des commentaires HTML : invisibles, donc ni relues ni tenues à jour."
)
def test_no_directive_is_hidden_in_a_comment() -> None:
    comments = [
        comment for found in documented() for comment in re.findall(r"<!--(.*?)-->", source(found.page.path), re.DOTALL)
    ]
    assert [comment.strip() for comment in comments] == ["material/tags"]  # Material's own, for the list of labels
    hidden = read('<!-- data-non-execute="caché" -->\n\n```bash\ntrue\n```\n', cible="local").blocks
    assert [block.not_run for block in hidden] == [None]


@pytest.mark.claim(
    SYNTAX,
    "- **Un format de session** avec invite et sortie mêlées : lisible, mais le bouton de copie emporte l'invite.",
)
@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("```console\n$ true\n```\n", "sans invite ni sortie"),
        ("```bash\n$ true\n```\n", "le bouton copier la prendrait"),
    ],
)
def test_a_prompt_is_refused_because_it_would_be_copied(block: str, told: str) -> None:
    found = read(block, cible="local")
    assert found.blocks == ()
    assert [told in str(problem) for problem in found.problems] == [True]


@pytest.mark.claim(
    SYNTAX,
    "Une valeur que la page tirerait du manifeste changerait avec lui, et ne le contredirait jamais : un réplica de moins ou un autre NodePort passerait inaperçu.",
)
@pytest.mark.parametrize(
    ("command", "shown", "other"),
    [
        (
            "kubectl get deployments,services -n datapress-recette",
            "datapress-api     2/2     2            2 ",
            "datapress-api     1/1     1            1 ",
        ),
        ("kubectl get deployments,services -n datapress-recette", "80:30080/TCP", "80:30081/TCP"),
    ],
)
def test_another_number_of_pods_or_another_port_contradicts_the_page(command: str, shown: str, other: str) -> None:
    [asked] = [block for block in blocks("exploitation/reconstruire.md") if block.code == command]
    assert asked.expected
    expected = asked.expected.text
    told = expected.replace("…", "10.96.0.1")
    assert shown in told
    assert compare(expected, told, Kind.TEXT) is None
    assert compare(expected, told.replace(shown, other), Kind.TEXT)


@pytest.mark.claim(
    SYNTAX, "- Le rédacteur ne peut pas publier une commande que personne n'a essayée sans l'écrire noir sur blanc."
)
def test_a_command_that_does_not_run_has_its_reason_in_the_page() -> None:
    left_out = read('``` { .bash data-non-execute="demande un domaine" }\ntrue\n```\n')
    silent = read("```bash\ntrue\n```\n")
    assert (left_out.problems, [block.not_run for block in left_out.blocks]) == ((), ["demande un domaine"])
    assert silent.blocks == ()
    assert "data-non-execute" in str(silent.problems[0])
    for found in documented():
        assert [
            block.not_run for block in found.blocks if block.not_run and block.not_run not in source(found.page.path)
        ] == []


@pytest.mark.claim(
    SYNTAX,
    "- Un résultat trop précis casse pour rien, un résultat trop vague ne prouve rien : `…` se dose bloc par bloc.",
)
@pytest.mark.parametrize("kind", Kind)
def test_a_result_may_be_too_precise_and_may_not_be_all_left_out(kind: Kind) -> None:
    assert compare('"le 24 novembre"', '"le 25 novembre"', kind)
    assert (
        compare(
            '"le…"' if kind is Kind.JSON else "le…", '"le 25 novembre"' if kind is Kind.JSON else "le 25 novembre", kind
        )
        is None
    )
    assert check_expected('"…"' if kind is Kind.JSON else "…", kind)


@pytest.mark.claim(
    INDEX,
    "Chaque note dit ce qui a été décidé, contre quoi, à quel prix, et ce qui contrôle que la décision tient encore.",
)
@pytest.mark.claim(
    INDEX,
    "La dernière rubrique, *Confirmation*, est la plus utile à la relecture : une décision que rien ne vérifie est une intention.",
)
@pytest.mark.claim(INDEX, "Le plan suivi est celui de MADR, dans sa forme courte.")
@pytest.mark.parametrize("note", [IMAGES, EXPOSURE, PROBES, RESOURCES, SECRET, UPDATE, FLAT, SITE, EXECUTED, SYNTAX])
def test_a_note_has_five_sections_and_the_last_names_what_checks_it(note: str) -> None:
    text = source(f"docs/{note}")
    assert re.findall(r"^## (\S+)$", text, re.MULTILINE) == [
        "Contexte",
        "Options",
        "Décision",
        "Conséquences",
        "Confirmation",
    ]
    assert re.search(
        r"`tests/|\.\./exploitation/|`kubernetes-validate|`runbook ", text.rpartition("## Confirmation")[2]
    )
    assert (
        sorted(path.name for path in (ROOT / "docs/decisions").glob("0*.md"))[int(note[10:14]) - 1]
        == note.rpartition("/")[2]
    )


# What the sentences add to the decisions that they follow


@pytest.mark.claim(
    IMAGES, "celui de l'image de base reste, et un système de fichiers en lecture seule ne lui laisse rien à installer."
)
@pytest.mark.claim(IMAGES, "il sert au diagnostic, et un système de fichiers en lecture seule en limite l'usage.")
@pytest.mark.claim(IMAGES, "Kubernetes ne peut vérifier `runAsNonRoot` que sur un nombre.")
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_a_container_may_write_nothing_and_kubernetes_checks_a_user_that_is_a_number(
    name: str, model: Model, manifest: Manifest
) -> None:
    deployment = manifest("Deployment", f"datapress-{name}")
    [user] = [line.split()[1] for line in stages(name)[1] if line.startswith("USER ")]
    assert container(manifest, f"datapress-{name}")["securityContext"]["readOnlyRootFilesystem"] is True
    assert model.services[name]["read_only"] is True
    assert deployment.at("spec", "template", "spec", "securityContext", "runAsNonRoot") is True
    assert user.partition(":")[0].isdecimal()


@pytest.mark.claim(
    IMAGES,
    "- Passer à distroless demanderait peu : la pause avant l'arrêt et le contrôle de santé n'appellent déjà que Python.",
)
@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_the_pause_and_the_health_check_start_python_without_a_shell(name: str, manifest: Manifest) -> None:
    [check] = [line for line in stages(name)[1] if line.startswith("HEALTHCHECK")]
    assert container(manifest, f"datapress-{name}")["lifecycle"]["preStop"]["exec"]["command"][0] == "python"
    assert json.loads(check[check.index("CMD ") + 4 :])[0] == "python"


@pytest.mark.claim(EXPOSURE, "- **Ingress** : un nom, des chemins et TLS, mais un contrôleur à installer et à suivre.")
def test_an_ingress_holds_a_name_paths_and_tls_and_nothing_here_serves_one(model: Model) -> None:
    backend = {"service": {"name": "datapress-front", "port": {"number": 80}}}
    rule = {"host": "datapress.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "x"},
        "spec": {"rules": [rule], "tls": [{"hosts": ["datapress.example"]}]},
    }
    kubernetes_validate.validate(ingress, kubernetes_validate.utils.all_versions()[-1], strict=True)
    assert not {item.kind for item in model.objects} & {"Ingress", "IngressClass"}
    assert {used["image"].partition(":")[0] for item in model.objects for used in item.containers} == set(DEPLOYMENTS)


@pytest.mark.claim(PROBES, "[Vérifier](../exploitation/verifier.md) lit l'état des sondes sur le cluster.")
def test_the_verification_expects_both_probes_in_the_description_of_a_pod() -> None:
    [described] = [
        block
        for block in blocks("exploitation/verifier.md")
        if "kubectl describe " in block.code and block.expected and "Liveness:" in block.expected.text
    ]
    assert described.target == "recette"
    assert described.expected
    assert re.search(
        r"Liveness: +http-get http://:http/health/live …\n +Readiness: +http-get http://:http/health/ready …",
        described.expected.text,
    )


@pytest.mark.claim(
    PROBES, "elles pourront différer sans changer les manifestes, par exemple quand une base de données s'ajoutera."
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_life_and_readiness_are_already_two_addresses_in_the_manifests(name: str, manifest: Manifest) -> None:
    life, readiness = (container(manifest, name)[probe]["httpGet"] for probe in ("livenessProbe", "readinessProbe"))
    assert life["path"] != readiness["path"]
    assert life["port"] == readiness["port"] == "http"


@pytest.mark.claim(
    RESOURCES,
    "la charge se répartit par le nombre de pods, que Kubernetes sait compter, plutôt que par des processus qu'il ne voit pas.",
)
def test_load_is_met_by_pods_and_no_setting_adds_processes(model: Model, manifest: Manifest) -> None:
    given = [variable["name"] for name in DEPLOYMENTS for variable in container(manifest, name).get("env", [])]
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2
    assert not [
        name
        for name in (*given, *manifest("ConfigMap", "datapress-config").at("data"))
        if "WORKERS" in name or "CONCURRENCY" in name
    ]
    assert not [
        name for service in model.services.values() for name in service.get("environment", {}) if "WORKERS" in name
    ]
    assert load_settings(GunicornSettings, {}).gunicorn_workers == 1


@pytest.mark.claim(
    SECRET, "- Le fichier emploie `data` et non `stringData` : une seconde application ne change rien et le dit."
)
def test_the_secret_is_given_as_data_and_applied_twice_without_change() -> None:
    example = yaml.safe_load(source("k8s/secret.yaml.example"))
    [again] = [block.expected for block in blocks("exploitation/deployer.md") if block.code == "kubectl apply -f k8s/"]
    assert "data" in example
    assert "stringData" not in example
    assert again
    assert "secret/datapress-secret unchanged" in again.text.splitlines()


@pytest.mark.claim(
    SECRET,
    "- Un changement de ConfigMap ou de Secret demande un redémarrage des pods ; il est écrit dans la procédure.",
)
def test_the_procedure_restarts_after_it_has_applied_the_configuration() -> None:
    codes = [block.code for block in blocks("exploitation/deboguer.md")]
    applied = max(number for number, code in enumerate(codes) if "kubectl apply -f k8s/configmap.yaml" in code)
    restarted = "\n".join(codes[applied : applied + 3])
    assert (
        "kubectl rollout restart deployment/datapress-front -n datapress-recette\nkubectl rollout status " in restarted
    )


@pytest.mark.claim(SITE, "Il se lit câble réseau débranché.")
def test_what_dresses_the_site_names_no_other_machine() -> None:
    files = [
        path
        for folder in ("docs/_theme", "docs/assets")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".css"}
    ]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import\b[^;]*//""", text)


@pytest.mark.claim(SITE, "et chaque commande se reconnaît à sa page et à son texte exact.")
def test_a_mark_is_of_the_command_with_the_same_page_and_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    proof = SimpleNamespace(step=SimpleNamespace(command="true\n"))
    marks = BlockMarks.__new__(BlockMarks)
    vars(marks).update(_pages={"a.md": [proof]}, _marked={}, _shown={"a.md": None}, _evidence=None)
    monkeypatch.setattr(block_marks, "mark", lambda *_: "marked")
    monkeypatch.setattr(block_marks, "unknown_mark", lambda *_: "unknown")
    asked = [("a.md", "true\n", 1), ("a.md", "true \n", 1), ("b.md", "true\n", 1), ("a.md", "true\n", 2)]
    assert [marks._mark(SimpleNamespace(src_uri=page), command, time) for page, command, time in asked] == [
        "marked",
        "unknown",
        "unknown",
        "unknown",
    ]


@pytest.mark.claim(EXECUTED, "les [preuves](../preuves/index.md) donnent le résultat de la dernière exécution.")
def test_the_proofs_are_made_from_the_record_of_the_last_run() -> None:
    assert "[[= last_run() =]]" in source("docs/preuves/index.md")
    assert 'evidence = read_evidence(root / _STATE / "record.json", root, _DOCS)' in source(
        "scripts/macros/__init__.py"
    )
    assert "return proofs.proofs(evidence, past, titles)" in source("scripts/macros/__init__.py")


@pytest.mark.claim(
    SYNTAX, "Le moteur rapproche les blocs qu'il trouve de ceux que le site affiche, et s'arrête au moindre écart"
)
@pytest.mark.claim(SYNTAX, "- Les accolades ne sont pas décoratives : sans elles, le bloc s'afficherait de travers")
def test_a_fence_that_the_site_does_not_show_as_a_block_is_a_problem() -> None:
    spoilt = read('```bash data-delai="60"\ntrue\n```\n', cible="local")
    shown = read('``` { .bash data-delai="60" }\ntrue\n```\n', cible="local")
    assert spoilt.blocks == ()
    assert any("n'est pas rendu comme un bloc par le site" in str(problem) for problem in spoilt.problems)
    assert shown.problems == ()
    assert len(shown.blocks) == 1
