"""Claims of the page on the difficulties that were met."""

import ast
import contextlib
import logging
import os
import queue
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import markdown as python_markdown
import material
import pytest
import requests
from gunicorn import config as gunicorn_config
from gunicorn import sock
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.workers.workertmp import WorkerTmp

from datapress_common.gunicorn_settings import GunicornSettings
from datapress_front.api_state import ApiState, state_of_failure
from datapress_front.api_watch import ApiWatch
from lossprobe.calls import Caller, Loss, Mode, request
from lossprobe.calls import Target as Called
from lossprobe.figures import CAUSES
from runbook.checking.automation.workflows import check_workflows
from runbook.checking.check import check_commands
from runbook.checking.dockerfiles.check import _port_and_user
from runbook.checking.expected import lines
from runbook.checking.offered.images import built_images
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from runbook.plan import make_plan
from runbook.running import campaign
from runbook.running.campaign import Journal
from runbook.running.outcome import Outcome
from runbook.settings import Settings, Target
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    TOKEN,
    blocks,
    documented,
    front,
    listening,
    page,
    place,
    read_page,
    source,
)
from tests.claims.facts import api as api_client

Manifest = Callable[[str, str], KubeObject]
PAGE = "difficultes.md"
met = partial(pytest.mark.claim, PAGE)


def proofs_in(path: str) -> set[str]:
    """The tests that a file of tests holds."""
    return {
        node.name
        for node in ast.walk(ast.parse(source(path)))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.claim(PAGE, "Les workflows sont à la racine")
@pytest.mark.claim(PAGE, "Un test exige les workflows à la racine et les fait relire par `zizmor`")
def test_the_workflows_are_at_the_root_and_nowhere_else(model: Model) -> None:
    found = {name for name in model.files if ".github/workflows/" in f"/{name}"}
    assert found
    assert all(name.startswith(".github/workflows/") for name in found)
    assert "test_zizmor_finds_nothing" in proofs_in("tests/ci/test_workflow.py")


@pytest.mark.claim(
    "decisions/0001-images.md",
    "la construction et le démarrage sont exécutés par [Démarrer et arrêter](../exploitation/demarrer.md).",
)
@pytest.mark.claim(
    PAGE,
    "`hadolint` à chaque changement ; la construction fait partie des [procédures exécutées](exploitation/demarrer.md)",
)
def test_images_are_read_at_each_change_and_built_by_a_procedure() -> None:
    assert "test_hadolint_finds_nothing" in proofs_in("tests/services/test_images.py")
    assert 'beside "autres tests (pytest)" pytest -rs tests' in source("scripts/test")
    assert place("exploitation/demarrer.md", "docker compose up --build -d --wait") > 0


@pytest.mark.claim(PAGE, "`/status` dit si le front joint réellement l'API")
@pytest.mark.claim(
    "demarrer.md", "`reachable` dit que le front joint réellement l'API, et `latency_ms` en combien de millisecondes"
)
def test_the_status_tells_whether_the_api_was_reached_and_how_fast() -> None:
    with listening(api_client().application) as address:
        reached = front(API_BASE_URL=address).get("/status").json["api"]
    lost = front(API_BASE_URL=NOBODY).get("/status").json["api"]
    assert (reached["reachable"], lost["reachable"]) == (True, False)
    assert 0 < reached["latency_ms"] < 3000
    assert lost["latency_ms"] is None


@pytest.mark.claim(
    PAGE,
    "des tests vérifient que le lien de la page est l'adresse publique, et que la recette n'en donne pas que le cluster seul connaîtrait",
)
def test_tests_hold_the_link_of_the_page_to_the_public_address() -> None:
    assert "test_the_link_to_the_api_is_the_public_address" in proofs_in("tests/services/test_front_page.py")
    assert "test_a_browser_is_given_no_address_that_only_the_cluster_knows" in proofs_in(
        "tests/manifests/test_configuration.py"
    )


@pytest.mark.claim(PAGE, "Son Service est en ClusterIP : il n'existe que dans le cluster")
@pytest.mark.claim("glossaire.md", "Un Service joignable de l'extérieur, par un port de chaque nœud ; ici, 30080.")
def test_the_service_of_the_api_is_inside(manifest: Manifest) -> None:
    assert manifest("Service", "datapress-api").at("spec", "type") == "ClusterIP"
    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080


@pytest.mark.claim(PAGE, "Un dossier par rôle : `services`, `k8s`, `docs`, `scripts`, `tests`")
@pytest.mark.claim(
    "contexte.md",
    "| § 1 | Dépôt bien structuré | Un dossier par rôle : `services`, `k8s`, `docs`, `scripts`, `tests` | [Organisation du dépôt](difficultes.md#organisation) : les chemins cités existent, `runbook check` l'exige |",
)
def test_there_is_a_folder_for_each_role(model: Model) -> None:
    folders = {name.partition("/")[0] for name in model.files if "/" in name and not name.startswith(".")}
    assert folders == {"services", "k8s", "docs", "scripts", "tests", "requirements"}


@pytest.mark.claim(PAGE, "Chaque commande du site est exécutée ; ports, noms et versions sont lus dans leur source")
@pytest.mark.claim(
    "index.md",
    "Chaque commande de ce site est exécutée telle qu'elle est publiée et son résultat comparé à celui que la page annonce ; les rares qui ne le sont pas disent pourquoi.",
)
@pytest.mark.claim(
    "contexte.md",
    "| § 1 | Documentation claire et exploitable | Ce site ; ses commandes sont exécutées et leurs résultats comparés, ou disent pourquoi | [Preuves d'exécution](preuves/index.md) : toutes les pages |",
)
def test_every_command_runs_or_says_why_and_few_do_not() -> None:
    commands = [block for page in documented() for block in page.blocks]
    assert [problem for page in documented() for problem in page.problems] == []
    assert all(block.target or block.not_run for block in commands)
    assert 0 < sum(bool(block.not_run) for block in commands) < len(commands) / 10


@pytest.mark.claim(
    PAGE, "Aucun texte à remplacer dans les commandes : un nom se trouve par une commande, dans une variable"
)
def test_no_command_holds_a_text_to_replace() -> None:
    for found in documented():
        assert [block.line for block in found.blocks if re.search(r"(?<![<\w])<[A-Za-z][\w -]*>", block.code)] == []


@pytest.mark.claim(PAGE, "Un test refuse une procédure qui appelle le NodePort sans délai ou sans nouvel essai")
@pytest.mark.claim(PAGE, "Dans les procédures, un appel au NodePort abandonne après 5 s et se répète")
def test_a_call_of_the_node_port_gives_up_after_5_s_and_is_made_again() -> None:
    calls = [block for page in documented() for block in page.blocks if re.search(r"\bcurl\b.*:30080", block.code)]
    assert calls
    assert [block.line for block in calls if "--max-time 5 " not in block.code or not block.retry] == []
    assert "test_no_call_of_the_node_port_may_wait_for_ever_or_give_up_at_once" in proofs_in(
        "tests/site/test_promises.py"
    )


@pytest.mark.claim(PAGE, "Une [pause avant l'arrêt](decisions/0006-mise-a-jour-sans-perte.md) de 5 s")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_pauses_five_seconds(name: str, manifest: Manifest) -> None:
    assert "time.sleep(5)" in str(manifest("Deployment", name).containers[0]["lifecycle"]["preStop"])


@pytest.mark.claim(
    PAGE, "[Vérifier](exploitation/verifier.md#api) appelle la route d'administration avec le jeton lu dans le cluster"
)
@pytest.mark.claim("utiliser-api.md", "en recette, [le jeton vient du Secret](exploitation/verifier.md#api)")
def test_the_verification_shows_the_token_of_the_cluster_to_the_admin_route() -> None:
    [asked] = [
        block
        for block in blocks("exploitation/verifier.md")
        if "kubectl get secret datapress-secret" in block.code and "| base64 --decode" in block.code
    ]
    assert "/admin/configuration" in asked.code
    assert asked.expected


@pytest.mark.claim(
    PAGE,
    "[Retirer et reconstruire](exploitation/reconstruire.md#sans-attendre) supprime les pods sans attendre, une fois la coupure décidée",
)
def test_the_removal_does_not_wait_for_pods_once_the_namespace_goes() -> None:
    page = "exploitation/reconstruire.md"
    assert place(page, "kubectl delete namespace datapress-recette --wait=false") < place(
        page, "kubectl delete pods --all -n datapress-recette --force --grace-period=0"
    )


@pytest.mark.claim(PAGE, "Battement dans `/dev/shm`, socket de contrôle désactivé")
@pytest.mark.claim(PAGE, "L'application est construite dans le processus père")
def test_gunicorn_beats_in_memory_without_a_control_socket_and_loads_the_application_first() -> None:
    settings = runpy.run_path(str(ROOT / "services/common/gunicorn.conf.py"))
    assert settings.get("worker_tmp_dir") == ("/dev/shm" if Path("/dev/shm").is_dir() else None)
    assert (settings["control_socket_disable"], settings["preload_app"]) == (True, True)


@pytest.mark.claim(PAGE, "Un test par réglage refusé")
def test_each_setting_has_a_test_of_its_refusal() -> None:
    names = proofs_in("tests/services/test_settings.py")
    assert {
        "test_a_refused_value_is_named_on_one_line_with_what_is_allowed",
        "test_every_field_says_what_it_takes_and_has_a_test_above",
    } <= names


@pytest.mark.claim(PAGE, "Des tests du front devant une API lente, muette, ou absente")
def test_tests_put_the_front_before_a_slow_a_silent_and_a_missing_api() -> None:
    assert {
        "test_the_api_answers_one_byte_at_a_time",
        "test_the_api_says_nothing",
        "test_nobody_listens",
    } <= proofs_in("tests/services/test_front_degraded.py")


@pytest.mark.claim(PAGE, "Un test introduit un lien mort et exige l'échec")
@pytest.mark.claim(PAGE, "Jamais les deux ensemble")
def test_a_test_adds_a_dead_link_and_nothing_builds_strictly_and_quietly() -> None:
    assert {
        "test_all_that_leads_nowhere_fails_the_build_and_so_does_a_page_outside_the_menu",
        "test_nothing_builds_the_site_strictly_and_quietly_at_once",
    } <= proofs_in("tests/site/test_site_build.py")
    for script in ("scripts/demo", "scripts/test", "scripts/links", ".github/workflows/ci.yml"):
        for line in source(script).splitlines():
            assert not re.search(
                r"mkdocs build.*--strict.*\s(-q|--quiet)\b|mkdocs build.*\s(-q|--quiet)\b.*--strict", line
            )


@pytest.mark.claim(
    PAGE, "D'autres [délimiteurs](decisions/0008-moteur-de-documentation.md), qui n'existent nulle part ailleurs"
)
def test_the_delimiters_of_macros_stand_in_no_command() -> None:
    marks = re.findall(r'j2_\w+_string: "(.*)"', source("mkdocs.yml"))
    assert len(marks) == 6
    for found in documented():
        assert not [block.line for block in found.blocks for mark in marks if mark in block.code]


@pytest.mark.claim(PAGE, "Les deux apostrophes séparent les mots ; pas de racinisation")
@pytest.mark.claim(PAGE, "Un test relit les réglages écrits dans l'index")
def test_both_apostrophes_separate_and_words_are_not_stemmed() -> None:
    [separator] = re.findall(r"^ +separator: '(.*)'$", source("mkdocs.yml"), re.MULTILINE)
    assert re.split(separator.replace("''", "'"), "l'architecture l’architecture") == [
        "l",
        "architecture",
        "l",
        "architecture",
    ]
    assert "      pipeline:\n        - stopWordFilter\n  - macros:" in source("mkdocs.yml")
    assert "test_the_search_separates_words_at_both_apostrophes_and_does_not_stem" in proofs_in(
        "tests/site/test_site_build.py"
    )


@pytest.mark.claim(PAGE, "`runbook check` refuse une ligne de Compose écrite pour un programme seul")
@pytest.mark.parametrize(
    ("line", "refused"), [("Container datapress-api-1 Removed", True), ("…Container datapress-api-1 …Removed…", False)]
)
def test_a_line_of_compose_must_hold_in_a_terminal_too(line: str, refused: bool, model: Model) -> None:
    said = lines._compose(0, line, lambda _, cause, remedy: f"{cause} {remedy}", SimpleNamespace(model=model))
    assert ("dans un terminal" in "".join(map(str, said))) is refused


@pytest.mark.claim(PAGE, "le reste se relit en collant les huit procédures dans un terminal neuf")
def test_there_are_eight_procedures() -> None:
    procedures = [page.page.uri for page in documented() if page.page.uri.startswith("exploitation/") and page.blocks]
    assert len(procedures) == 8


@pytest.mark.claim(
    PAGE, "La durée de la page, mesurée à chaque exécution et affichée dans le [guide](exploitation/index.md)"
)
def test_the_guide_shows_how_long_the_removal_took() -> None:
    assert 'duration("exploitation/reconstruire.md")' in source("docs/exploitation/index.md")


@pytest.mark.claim(
    PAGE,
    "Les résultats attendus admettent les deux formes, et [Vérifier](exploitation/verifier.md#journaux) dit de ne montrer que la fin des journaux d'un service occupé",
)
def test_expected_results_hold_in_a_terminal_and_logs_can_be_cut() -> None:
    logs = blocks("exploitation/verifier.md")[place("exploitation/verifier.md", "kubectl logs deploy/datapress-api")]
    assert logs.expected
    assert logs.expected.text.startswith("…\n")  # where a terminal says « Found 2 pods »
    told = page("exploitation/verifier.md").page.markdown.split("{ #journaux }")[1].split("\n### ")[0]
    assert "`--tail=50`" in told


@pytest.mark.claim(PAGE, "`kubectl logs deploy/…` une ligne « Found 2 pods »")
def test_the_api_has_two_pods(manifest: Manifest) -> None:
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2


@pytest.mark.claim(
    PAGE,
    "[Déployer](exploitation/deployer.md#appliquer) dit de redémarrer quand le Secret ou la ConfigMap se déclare `configured`, et de reprendre le fichier du premier poste",
)
@pytest.mark.claim(PAGE, "[Déployer](exploitation/deployer.md) applique le dossier entier")
def test_the_deployment_applies_the_whole_folder_after_the_single_files() -> None:
    page = "exploitation/deployer.md"
    [whole] = [number for number, block in enumerate(blocks(page)) if block.code.strip() == "kubectl apply -f k8s/"]
    assert place(page, "scripts/secret") < place(page, "-f k8s/secret.yaml") < whole
    [text] = [found.page.markdown for found in documented() if found.page.uri == page]
    assert "se termine par `configured`" in text
    assert "copiez plutôt ce fichier" in text


# What was seen, and why


def _causes(model: Model, code: str, target: str = "recette") -> list[str]:
    """What the check says of a page that runs this code on this target, each with its line."""
    written = read_page(f"# A\n\n```bash\n{code}\n```\n", targets=model.settings.targets, cible=target)
    return [f"{found.path}:{found.line} {found.rule}: {found.cause}" for found in check_commands([written], model)]


def _run(folder: Path, code: str) -> Any:
    """What the engine makes of this code on a target that needs nothing."""
    settings, journal = Settings({"here": Target("Here")}, stop_grace=1.0), Journal()
    plan = make_plan([read_page(f"```bash\n{code}\n```", targets=("here",), cible="here")], settings, {})
    with campaign.opened(settings, folder) as run, closing(campaign.run_plan(plan, run, journal)) as events:
        for _ in events:
            pass
    [result] = journal.results
    return result


@met(
    "Chaque difficulté suit le même plan : ce qu'on voyait, pourquoi, ce qui a été changé, et ce qui la signalerait si elle revenait."
)
@met("Les six premières viennent du cahier des charges ;")
def test_six_difficulties_of_the_brief_come_first_and_all_have_four_parts() -> None:
    first, *others = source(f"docs/{PAGE}").split("\n## ")[1:]
    assert "{ #cahier-des-charges }" in first.splitlines()[0]
    assert first.count("\n### ") == 6
    assert not [section for section in others if "{ #cahier-des-charges }" in section]
    for difficulty in "".join((first, *others)).split("\n### ")[1:]:
        assert re.findall(r"^(.+)\n:   ", difficulty, re.MULTILINE) == [
            "Symptôme",
            "Cause",
            "Correction",
            "Ce qui l'attrape",
        ]


@met(
    "Aucune exécution n'apparaissait, sans message d'erreur Cause : Le dossier `.github/workflows` n'était pas à la racine du dépôt, seul endroit où GitHub le cherche"
)
def test_a_workflow_below_the_root_is_one_that_github_does_not_see(model: Model, tmp_path: Path) -> None:
    seen = {}
    for name in (".github/workflows/ci.yml", "services/.github/workflows/ci.yml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(source(".github/workflows/ci.yml"), encoding="utf-8")
        moved = replace(model, root=tmp_path, files=frozenset({name}))
        seen[name] = [
            found.cause for found in check_workflows(moved, lambda *_: iter(())) if "ne voit pas" in found.cause
        ]
    assert list(seen.values()) == [[], ["workflow que GitHub ne voit pas"]]


@met(
    "La CI s'arrêtait pendant la construction, à cause d'une erreur de Dockerfile Cause : Rien ne relisait les Dockerfiles avant de les construire, et les dépendances n'étaient pas figées"
)
def test_an_error_in_a_dockerfile_is_read_before_any_construction_and_dependencies_are_fixed(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        source("services/api/Dockerfile").replace("\nUSER ", "\nUTILISATEUR "), encoding="utf-8"
    )
    hadolint = Path(sys.executable).with_name("hadolint")
    read = [
        subprocess.run([hadolint, path], capture_output=True, check=False).returncode
        for path in (ROOT / "services/api/Dockerfile", tmp_path / "Dockerfile")
    ]
    assert read[0] == 0 != read[1]
    for name in ("api", "front"):
        assert "--require-hashes" in source(f"services/{name}/Dockerfile")
        requirements = [
            line for line in source(f"services/{name}/requirements.txt").splitlines() if re.match(r"\w", line)
        ]
        assert requirements
        assert all(re.match(r"[\w.-]+==\S+ ", line) for line in requirements)


@met("`http://api:8000` répond depuis le front, et le navigateur affiche « serveur introuvable »")
def test_the_name_of_the_api_holds_between_containers_and_nowhere_else(model: Model) -> None:
    assert model.services["front"]["environment"]["API_BASE_URL"] == "http://api:8000"
    assert model.services["front"]["networks"] == model.services["api"]["networks"] == ["datapress"]
    [cause] = _causes(model, "curl http://api:8000/health", "compose")
    assert "ce nom n'existe qu'entre les conteneurs" in cause
    unknown = requests.ConnectionError()
    unknown.__cause__ = socket.gaierror()
    assert state_of_failure(unknown).error == "nom introuvable dans le DNS"


@met("Aucune adresse de l'API ne répond depuis le poste")
def test_nothing_leads_to_the_api_from_outside_the_cluster(model: Model, manifest: Manifest) -> None:
    pod = manifest("Deployment", "datapress-api").pod_template["spec"]
    assert not pod.get("hostNetwork")
    assert not [port for made in pod["containers"] for port in made["ports"] if "hostPort" in port]
    assert [item.name for item in model.of_kind("Service") if item.at("spec", "type") != "ClusterIP"] == [
        "datapress-front"
    ]
    assert not [item.name for item in model.of_kind("Ingress")]
    [cause] = _causes(model, "curl http://localhost:8000/health")
    assert "rien ne répond sur localhost:8000" in cause
    assert not _causes(model, "curl --max-time 5 http://localhost:30080/status")


@met(
    "Fichiers de Docker, de Kubernetes et de documentation mêlés, chemins différents d'une page à l'autre Cause : Pas de règle sur la place de chaque chose"
)
def test_each_kind_of_file_has_a_folder_of_its_own(model: Model) -> None:
    places = {"services/": r"(^|/)Dockerfile$", "k8s/": r"-(deployment|service)\.yaml$", "docs/": r"(?<!README)\.md$"}
    for folder, pattern in places.items():
        found = [name for name in model.files if re.search(pattern, name) and not name.startswith("tests/")]
        assert found
        assert [name for name in found if not name.startswith(folder)] == []


@met("Les chemins cités par une commande doivent exister, sinon la page échoue")
@met(
    "Les correctifs n'étaient consignés que dans un README, et rien ne disait si ses commandes fonctionnaient encore Cause : Un texte que personne n'exécute vieillit sans bruit Correction"
)
@met("Le [moteur de documentation](decisions/0009-documentation-executee.md), à la page et à la ligne")
def test_a_path_that_has_gone_is_found_at_its_page_and_line_and_the_readme_is_executed(model: Model) -> None:
    [cause] = _causes(model, "true\ncat k8s/parti.yaml")
    assert re.match(r"docs/a\.md:5 files: « k8s/parti\.yaml » n'existe ni dans le dépôt", cause)
    assert not _causes(model, "true\ncat k8s/namespace.yaml")
    assert "test_every_command_of_the_readme_is_run_by_the_pipeline" in proofs_in("tests/ci/test_same_commands.py")


@met(
    "Au premier passage, plusieurs objets sont refusés (`namespaces \"datapress-recette\" not found`) ; au second, tout passe Cause : Les fichiers s'appliquent dans l'ordre alphabétique, et `namespace.yaml` vient après les manifestes de l'API"
)
@met("[Déployer](exploitation/deployer.md) part d'un cluster vide : sur un cluster déjà servi, le défaut est invisible")
def test_the_folder_alone_is_refused_until_its_namespace_is_there(model: Model) -> None:
    base = sorted(
        (item for item in model.objects if re.fullmatch(r"k8s/[\w-]+\.yaml", item.path)), key=lambda item: item.path
    )
    kinds = [item.kind for item in base]
    refused = [item for item in base[: kinds.index("Namespace")] if item.namespace == "datapress-recette"]
    assert {"datapress-api"} < {item.name for item in refused}
    [cause] = _causes(model, "kubectl apply -f k8s/")
    assert "k8s/api-deployment.yaml est pris avant k8s/namespace.yaml" in cause
    assert "échoue sur un cluster vide" in cause
    assert not _causes(model, "kubectl apply -f k8s/namespace.yaml\nkubectl apply -f k8s/")
    assert page("exploitation/deployer.md").page.meta["execution"] == {"cible": "recette"}
    assert model.settings.targets["recette"].teardown[0].startswith("kubectl delete namespace datapress-recette")


@met(
    "`kubectl` annonce tous les objets créés, et `datapress-recette` reste vide Cause : Sans `metadata.namespace` ni `-n`, les objets vont dans `default`, avec un code de retour 0"
)
def test_an_object_that_names_no_namespace_goes_to_the_default_one(model: Model) -> None:
    made = "kubectl apply -f k8s/namespace.yaml\nkubectl apply -f - <<'FIN'\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: essai}\ndata: {A: b}\nFIN\nkubectl get configmap essai -n "
    [warned] = _causes(model, f"{made}default")
    assert "l'objet irait dans « default »" in warned
    [again, missing] = _causes(model, f"{made}datapress-recette")
    assert (again, "« essai » n'est pas dans « datapress-recette »" in missing) == (warned, True)
    assert not _causes(model, f"{made}datapress-recette".replace("-f -", "-n datapress-recette -f -"))


@met('`no matches for kind "Kustomization"`, après que')
@met("`kubectl apply -f` essaie d'appliquer ce fichier comme un objet du cluster")
def test_a_kustomization_is_taken_with_the_folder_and_is_no_object(model: Model) -> None:
    assert "Kustomization" not in {item.kind for item in model.objects}
    assert "kustomization" not in source("scripts/runbook/checking/commands/kubectl/kinds.txt").lower()
    added = replace(model, files=model.files | {"k8s/kustomization.yaml"})
    [cause] = _causes(added, "kubectl apply -f k8s/namespace.yaml -f k8s/")
    assert "k8s/kustomization.yaml n'est pas un objet : -f échoue sur ce dossier" in cause


@met(
    "Copiée telle quelle, la ligne donne une erreur de syntaxe, ou crée un fichier si le nom existe Cause : Pour le shell, les chevrons sont des redirections"
)
@met("Le bloc est exécuté tel qu'il est publié")
def test_a_name_in_angle_brackets_is_a_redirection_which_the_engine_runs_as_it_stands(tmp_path: Path) -> None:
    def copied(line: str) -> tuple[int, set[str]]:
        ended = subprocess.run(
            ["bash", "-c", f"kubectl() {{ :; }}\n{line}"], cwd=tmp_path, capture_output=True, check=False
        )
        return ended.returncode, {path.name for path in tmp_path.iterdir()}

    assert copied("kubectl delete pod <pod>") == (2, set())
    assert copied("kubectl delete pod <pod> suite") == (1, set())
    (tmp_path / "pod").touch()
    assert copied("kubectl delete pod <pod> suite") == (0, {"pod", "suite"})
    assert _run(tmp_path, "cat <absent> suite").outcome is Outcome.FAILED
    for found in documented():
        written = re.sub(r"(?m)^[ >]+", "", found.page.markdown)
        assert [
            block.line for block in found.blocks if re.sub(r"(?m)^[ >]+", "", block.code).strip() not in written
        ] == []


@met(
    "Le pod se recrée, tout semble bien ; aucun utilisateur n'a été observé pendant ce temps Cause : La recréation est acquise dans tous les cas ; ce qui compte, ce sont les requêtes reçues pendant la suppression"
)
def test_what_is_judged_is_the_requests_sent_while_the_pod_goes(manifest: Manifest) -> None:
    uri = "exploitation/haute-disponibilite.md"
    [stopped] = [block for block in blocks(uri) if "scripts/sonde arreter" in block.code and not block.cleanup]
    assert (
        place(uri, "scripts/sonde demarrer")
        < place(uri, 'kubectl delete "$POD"')
        < place(uri, "remplacé par $NOUVEAU")
        < blocks(uri).index(stopped)
    )
    assert stopped.expected
    assert re.search(r"^pertes +0 +0$", stopped.expected.text, re.MULTILINE)
    assert [
        manifest("Deployment", name).pod_template["spec"].get("restartPolicy", "Always") for name in DEPLOYMENTS
    ] == ["Always", "Always"]


@met(
    "Une rafale de connexions refusées au moment où un pod s'en va Cause : Le pod ferme son port avant que tous les nœuds aient oublié son adresse"
)
def test_gunicorn_closes_its_port_first_and_whoever_still_calls_is_refused() -> None:
    listener = sock.TCPSocket(("127.0.0.1", 0), Config(), logging.getLogger(__name__))
    port = listener.getsockname()[1]
    caller = Caller(Called("127.0.0.1", port, "/", 2.0), Mode.NEW)
    order: list[str | None] = []

    def signalled(_: int) -> None:
        order.append(request(caller, "a").loss)

    parent = {
        "reexec_pid": 0,
        "master_pid": 0,
        "systemd": False,
        "cfg": Config(),
        "dirty_arbiter_pid": 0,
        "WORKERS": {},
    }
    Arbiter.stop(
        SimpleNamespace(
            **parent,
            LISTENERS=[listener],
            kill_workers=signalled,
            reap_workers=lambda: None,
            reap_dirty_arbiter=lambda: None,
        )
    )
    assert order
    assert set(order) == {Loss.CONNECTION}
    assert CAUSES[Loss.CONNECTION] == "connexion impossible"


@met("une requête au NodePort s'ouvre aussitôt, puis reste sans réponse aussi longtemps que l'appelant attend : ")
@met("`kube-proxy` 1.20 réserve le port en l'écoutant lui-même, sans jamais répondre ;")
@met("`ss -ltn 'sport = :30080'` y montrait 3 connexions en attente, autant que de requêtes sans réponse")
def test_a_port_that_is_listened_on_and_never_served_opens_and_holds_each_request(manifest: Manifest) -> None:
    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        callers = [
            Caller(Called("127.0.0.1", reserved.getsockname()[1], "/", wait), Mode.NEW) for wait in (0.1, 0.2, 0.3)
        ]
        exchanges = [request(caller, "a") for caller in callers]
        assert [exchange.loss for exchange in exchanges] == [Loss.LATE] * 3
        assert all(
            exchange.ended - exchange.began >= caller.target.timeout
            for exchange, caller in zip(exchanges, callers, strict=True)
        )
        reserved.setblocking(False)
        waiting = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                reserved.accept()[0].close()
                waiting += 1
    assert waiting == len(exchanges) == 3


@met(
    "Réappliquer le Secret le déclare modifié à chaque fois { #stringdata } Symptôme : `configured` au lieu de `unchanged`, sans que rien n'ait changé Cause : `stringData` n'existe pas dans l'objet enregistré : `kubectl` voit toujours une différence Correction : `data`, en base64, écrit par `scripts/secret`"
)
def test_all_that_the_secret_gives_is_kept_and_string_data_would_not_be(model: Model, manifest: Manifest) -> None:
    lost = "« stringData » se donne et ne se relit pas : l'objet enregistré ne l'a plus"
    applied = "kubectl apply -f k8s/namespace.yaml -f k8s/secret.yaml\nkubectl get secret datapress-secret -n datapress-recette -o jsonpath='{.%s}'"
    told = {
        field: "\n".join(_causes(model, applied % field))
        for field in (*manifest("Secret", "datapress-secret").document, "stringData")
    }
    assert [field for field, causes in told.items() if lost in causes] == ["stringData"]
    assert "data" in told
    again = blocks("exploitation/deployer.md")[
        place("exploitation/deployer.md", "kubectl apply -f k8s/namespace.yaml") + 1 :
    ]
    [whole] = [block for block in again if block.code.strip() == "kubectl apply -f k8s/"]
    assert whole.expected
    assert "secret/datapress-secret unchanged" in whole.expected.text.splitlines()
    assert "configured" not in whole.expected.text
    assert re.search(r"^token=.*\| base64 \|", source("scripts/secret"), re.MULTILINE)


@met(
    "Après un déploiement depuis un second poste, la route d'administration refuse le jeton que donne le cluster Cause : Chaque poste fabrique le sien ; appliquer un Secret ne redémarre pas les pods, et l'API ne lit le jeton qu'au démarrage"
)
def test_the_api_keeps_the_token_of_its_start_when_the_secret_changes(tmp_path: Path) -> None:
    given = tmp_path / "API_TOKEN"

    def answered(client: Any) -> int:
        status: int = client.get(
            "/admin/configuration", headers={"Authorization": f"Bearer {given.read_text()}"}
        ).status_code
        return status

    given.write_text(TOKEN)
    running = api_client(API_TOKEN_FILE=str(given))
    first = answered(running)
    given.write_text(TOKEN[::-1])
    assert (first, answered(running), answered(api_client(API_TOKEN_FILE=str(given)))) == (200, 403, 200)
    assert "/dev/urandom" in source("scripts/secret")


@met(
    "L'espace de noms reste `Terminating`, le service est coupé, et rien n'avance Cause : Chaque pod a droit à 40 s pour finir, même quand plus personne ne l'appelle"
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_has_forty_seconds_and_goes_with_the_service_of_its_namespace(
    name: str, model: Model, manifest: Manifest
) -> None:
    assert manifest("Deployment", name).pod_template["spec"]["terminationGracePeriodSeconds"] == 40
    assert {manifest(kind, name).namespace for kind in ("Service", "Deployment")} == {"datapress-recette"}
    uri = "exploitation/reconstruire.md"
    gone = blocks(uri)[place(uri, "kubectl get namespace datapress-recette")]
    assert gone.exit_status == 1
    assert gone.retry
    assert gone.retry > 40


@met(
    "`No usable temporary directory` au démarrage, ou une erreur de socket de contrôle Cause : Gunicorn veut écrire son fichier de battement dans `/tmp` et un socket dans le dossier personnel"
)
def test_gunicorn_left_alone_writes_in_tmp_and_in_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", "TEMP", "TMP", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert Config().worker_tmp_dir is None
    assert tempfile.gettempdir() == "/tmp"
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "absent")])
    with pytest.raises(FileNotFoundError, match="No usable temporary directory"):
        WorkerTmp(Config())
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Path(gunicorn_config._get_default_control_socket()).is_relative_to(tmp_path)
    assert Config().control_socket_disable is False


@met(
    "Malgré la pause, quelques requêtes échouent sur les connexions réutilisées Cause : Jusqu'à la version 27.0.0, Gunicorn ferme à l'arrêt les connexions inactives sans prévenir le client"
)
def test_a_kept_connection_that_closes_unannounced_loses_the_request_sent_on_it() -> None:
    losses = {}
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:

        def answer_once_then_close() -> None:
            with server.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                connection.recv(4096)

        for mode, calls in ((Mode.KEPT, 2), (Mode.NEW, 1)):
            closed = pool.submit(answer_once_then_close)
            caller = Caller(Called("127.0.0.1", server.getsockname()[1], "/", 5.0), mode)
            losses[mode] = [request(caller, "a").loss for _ in range(calls)]
            closed.result(5)
    assert losses == {Mode.KEPT: [None, Loss.CUT], Mode.NEW: [None]}
    assert tuple(map(int, version("gunicorn").split("."))) > (27, 0, 0)
    assert '"gunicorn>=27.0.1,<28"' in source("pyproject.toml")


@met(
    "Le conteneur reste en vie, ne répond pas, et répète la même trace Cause : L'erreur survenait dans un processus enfant, que Gunicorn relance indéfiniment Correction : L'application est construite dans le processus père : une valeur refusée arrête tout, en une ligne"
)
@pytest.mark.parametrize("preload", [False, True])
def test_a_refused_setting_is_repeated_for_ever_unless_the_parent_builds_the_application(
    preload: bool, tmp_path: Path
) -> None:
    (tmp_path / "conf.py").write_text(
        f"preload_app = {preload}\nbind = '127.0.0.1:0'\ncontrol_socket_disable = True\nerrorlog = '/dev/null'\n"
    )
    environ = {
        "PATH": os.defpath,
        "LOG_LEVEL": "bavard",
        "PYTHONPATH": f"{ROOT / 'services/common'}:{ROOT / 'services/api'}",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "conf.py", "datapress_api:create_app()"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stderr
        try:
            told = [line for _, line in zip(range(3), started.stderr, strict=False)]
            assert preload or started.poll() is None
        finally:
            started.terminate()
    assert [line.startswith("Configuration refusée") for line in told] == [True] * (1 if preload else 3)
    assert len(set(told)) == 1
    assert started.returncode == (1 if preload else 0)


@met(
    "Quelques lecteurs et une API lente, et Kubernetes juge le front mort Cause : Chaque lecteur occupait un fil d'exécution en attendant l'API ; les sondes n'en trouvaient plus Correction : Un seul lecteur à la fois attend ; les autres reçoivent le dernier état connu"
)
@pytest.mark.parametrize("watched", [False, True])
def test_readers_of_a_slow_api_leave_a_thread_to_the_probes_because_one_only_waits(watched: bool) -> None:
    threads, now, answered = GunicornSettings().gunicorn_threads, [0.0], threading.Event()
    entered: queue.SimpleQueue[str] = queue.SimpleQueue()
    answered.set()

    def ask(request_id: str) -> ApiState:
        entered.put(request_id)
        now[0] += 2
        answered.wait(30)
        return ApiState(reachable=False, error="lente")

    watch = ApiWatch(ask, lambda: now[0])
    watch.state("premier")
    entered.get(timeout=5)
    answered.clear()
    with ThreadPoolExecutor(threads) as workers:
        readers = [workers.submit(watch.state if watched else ask, str(number)) for number in range(threads)]
        try:
            for _ in range(1 if watched else threads):
                entered.get(timeout=5)
            probe = workers.submit(lambda: "ok")
            if watched:
                assert probe.result(5) == "ok"
                assert entered.empty()
            else:
                assert not probe.running()
                assert not probe.done()
        finally:
            answered.set()
    assert {reader.result().error for reader in readers} == {"lente"}


@met(
    "`image has non-numeric user` : le conteneur n'est pas créé Cause : Kubernetes ne peut vérifier qu'un numéro, et le Dockerfile donnait un nom"
)
@met("`hadolint`, et un test qui compare les deux")
def test_a_user_is_a_number_in_images_and_manifests_and_a_name_is_refused(model: Model, manifest: Manifest) -> None:
    for name in DEPLOYMENTS:
        built = built_images(model)[manifest("Deployment", name).containers[0]["image"]]
        security = manifest("Deployment", name).pod_template["spec"]["securityContext"]
        assert security["runAsNonRoot"] is True
        assert built.user == f"{security['runAsUser']}:{security['runAsGroup']}"
        assert [found.cause for found in _port_and_user(model, replace(built, user="datapress"))] == [
            "utilisateur « datapress »"
        ]
        assert not list(_port_and_user(model, built))
    assert "has runAsNonRoot and image has non-numeric user" in source(
        "scripts/runbook/checking/commands/printed_words.txt"
    )
    assert {"test_hadolint_finds_nothing", "test_an_image_runs_as_a_number_that_is_not_root"} <= proofs_in(
        "tests/services/test_images.py"
    )


@met(
    "Un lien mort passait la CI Cause : Avec `-q`, MkDocs n'entend plus les avertissements que `--strict` devait compter"
)
def test_a_quiet_construction_hears_no_dead_link_however_strict(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("[mort](nulle-part.md)\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: essai\ntheme: {name: mkdocs}\nplugins: []\n", encoding="utf-8")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    ended = [
        subprocess.run([*build, *quiet], cwd=tmp_path, capture_output=True, check=False).returncode
        for quiet in ([], ["-q"])
    ]
    assert ended == [1, 0]


@met(
    "Une commande s'affiche en petit, dans le texte, et n'est pas exécutée Cause : Un attribut écrit sans accolades fait perdre au bloc sa nature, sans message Correction : Les attributs s'écrivent entre accolades seulement"
)
@met("Le moteur refuse la page, et compare les blocs trouvés à ceux que le site affiche")
def test_an_attribute_without_braces_makes_a_block_text_and_the_engine_says_so() -> None:
    bare, braced = '```bash data-delai="60"\ntrue\n```', '``` { .bash data-delai="60" }\ntrue\n```'
    shown = [
        python_markdown.markdown(text, extensions=["attr_list", "pymdownx.superfences"]) for text in (bare, braced)
    ]
    assert [("<pre" in html, "<p><code" in html) for html in shown] == [(False, True), (True, False)]
    refused, taken = (read_page(f"\n{text}\n", targets=("here",), cible="here") for text in (bare, braced))
    assert (refused.blocks, len(taken.blocks), taken.problems) == ((), 1, ())
    assert "n'est pas rendu comme un bloc par le site" in refused.problems[0].cause


@met(
    "Une page contenant un gabarit Go ou une longueur de tableau bash ne se construit plus Cause : Les délimiteurs d'origine des macros sont ceux de ces langages"
)
@pytest.mark.parametrize("command", ["docker image ls --format '{{.Repository}}'", 'echo "${#noms[@]}"'])
def test_go_templates_and_lengths_of_arrays_are_no_macros_with_other_delimiters(command: str) -> None:
    chosen = dict(re.findall(r'j2_(\w+_string): "(.*)"', source("mkdocs.yml")))
    with pytest.raises(jinja2.TemplateSyntaxError):
        jinja2.Environment(autoescape=True).from_string(command)
    assert jinja2.Environment(autoescape=True, **chosen).from_string(command).render() == command


@met("« l'architecture » était indexé comme un seul mot : l'apostrophe ne séparait pas")
@met("Une page dit « l'architecture », et la recherche d'« architecture » ne la trouve pas")
def test_the_separator_of_the_search_that_the_site_replaces_does_not_know_apostrophes() -> None:
    languages = Path(material.__file__).parent / "templates/partials/languages"
    assert "search.config.separator" not in (languages / "fr.html").read_text(encoding="utf-8")
    [default] = re.findall(r'"search\.config\.separator": "(.*)"', (languages / "en.html").read_text(encoding="utf-8"))
    [own] = re.findall(r"^ +separator: '(.*)'$", source("mkdocs.yml"), re.MULTILINE)
    found = [
        [word for word in re.split(separator, "voir l'architecture") if word.startswith("architecture")]
        for separator in (default.replace(r"\\", "\\"), own.replace("''", "'"))
    ]
    assert found == [[], ["architecture"]]


@met("Ces outils n'écrivent pas la même chose pour une personne et pour un programme, et le moteur est un programme")
def test_a_command_that_the_engine_runs_writes_to_no_terminal(tmp_path: Path) -> None:
    assert _run(tmp_path, "test ! -t 1 -a ! -t 2").outcome is Outcome.EXECUTED
    assert _run(tmp_path, "test -t 1 -o -t 2").outcome is Outcome.FAILED
