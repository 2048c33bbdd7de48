"""Claims of the page on the difficulties that were met."""

import ast
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from runbook.checking.expected import lines
from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from tests.claims.facts import DEPLOYMENTS, NOBODY, ROOT, blocks, documented, front, listening, page, place, source
from tests.claims.facts import api as api_client

Manifest = Callable[[str, str], KubeObject]
PAGE = "difficultes.md"


def proofs_in(path: str) -> set[str]:
    """The tests that a file of tests holds."""
    return {node.name for node in ast.walk(ast.parse(source(path))) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.claim(PAGE, "Les workflows sont à la racine")
@pytest.mark.claim(PAGE, "Un test exige les workflows à la racine et les fait relire par `zizmor`")
def test_the_workflows_are_at_the_root_and_nowhere_else(model: Model) -> None:
    found = {name for name in model.files if ".github/workflows/" in f"/{name}"}
    assert found
    assert all(name.startswith(".github/workflows/") for name in found)
    assert "test_zizmor_finds_nothing" in proofs_in("tests/ci/test_workflow.py")


@pytest.mark.claim("decisions/0001-images.md", "la construction et le démarrage sont exécutés par [Démarrer et arrêter](../exploitation/demarrer.md).")
@pytest.mark.claim(PAGE, "`hadolint` à chaque changement ; la construction fait partie des [procédures exécutées](exploitation/demarrer.md)")
def test_images_are_read_at_each_change_and_built_by_a_procedure() -> None:
    assert "test_hadolint_finds_nothing" in proofs_in("tests/services/test_images.py")
    assert 'beside "autres tests (pytest)" pytest -rs tests' in source("scripts/test")
    assert place("exploitation/demarrer.md", "docker compose up --build -d --wait") > 0


@pytest.mark.claim(PAGE, "`/status` dit si le front joint réellement l'API")
@pytest.mark.claim("demarrer.md", "`reachable` dit que le front joint réellement l'API, et `latency_ms` en combien de millisecondes")
def test_the_status_tells_whether_the_api_was_reached_and_how_fast() -> None:
    with listening(api_client().application) as address:
        reached = front(API_BASE_URL=address).get("/status").json["api"]
    lost = front(API_BASE_URL=NOBODY).get("/status").json["api"]
    assert (reached["reachable"], lost["reachable"]) == (True, False)
    assert 0 < reached["latency_ms"] < 3000
    assert lost["latency_ms"] is None


@pytest.mark.claim(PAGE, "des tests vérifient que le lien de la page est l'adresse publique, et que la recette n'en donne pas que le cluster seul connaîtrait")
def test_tests_hold_the_link_of_the_page_to_the_public_address() -> None:
    assert "test_the_link_to_the_api_is_the_public_address" in proofs_in("tests/services/test_front_page.py")
    assert "test_a_browser_is_given_no_address_that_only_the_cluster_knows" in proofs_in("tests/manifests/test_configuration.py")


@pytest.mark.claim(PAGE, "Son Service est en ClusterIP : il n'existe que dans le cluster")
@pytest.mark.claim("glossaire.md", "Un Service joignable de l'extérieur, par un port de chaque nœud ; ici, 30080.")
def test_the_service_of_the_api_is_inside(manifest: Manifest) -> None:
    assert manifest("Service", "datapress-api").at("spec", "type") == "ClusterIP"
    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080


@pytest.mark.claim(PAGE, "Un dossier par rôle : `services`, `k8s`, `docs`, `scripts`, `tests`")
@pytest.mark.claim("contexte.md", "| § 1 | Dépôt bien structuré | Un dossier par rôle : `services`, `k8s`, `docs`, `scripts`, `tests` | [Organisation du dépôt](difficultes.md#organisation) : les chemins cités existent, `runbook check` l'exige |")
def test_there_is_a_folder_for_each_role(model: Model) -> None:
    folders = {name.partition("/")[0] for name in model.files if "/" in name and not name.startswith(".")}
    assert folders == {"services", "k8s", "docs", "scripts", "tests", "requirements"}


@pytest.mark.claim(PAGE, "Chaque commande du site est exécutée ; ports, noms et versions sont lus dans leur source")
@pytest.mark.claim("index.md", "Chaque commande de ce site est exécutée telle qu'elle est publiée et son résultat comparé à celui que la page annonce ; les rares qui ne le sont pas disent pourquoi.")
@pytest.mark.claim("contexte.md", "| § 1 | Documentation claire et exploitable | Ce site ; ses commandes sont exécutées et leurs résultats comparés, ou disent pourquoi | [Preuves d'exécution](preuves/index.md) : toutes les pages |")
def test_every_command_runs_or_says_why_and_few_do_not() -> None:
    commands = [block for page in documented() for block in page.blocks]
    assert [problem for page in documented() for problem in page.problems] == []
    assert all(block.target or block.not_run for block in commands)
    assert 0 < sum(bool(block.not_run) for block in commands) < len(commands) / 10


@pytest.mark.claim(PAGE, "Aucun texte à remplacer dans les commandes : un nom se trouve par une commande, dans une variable")
def test_no_command_holds_a_text_to_replace() -> None:
    for found in documented():
        assert [block.line for block in found.blocks if re.search(r"(?<![<\w])<[A-Za-z][\w -]*>", block.code)] == []


@pytest.mark.claim(PAGE, "Un test refuse une procédure qui appelle le NodePort sans délai ou sans nouvel essai")
@pytest.mark.claim(PAGE, "Dans les procédures, un appel au NodePort abandonne après 5 s et se répète")
def test_a_call_of_the_node_port_gives_up_after_5_s_and_is_made_again() -> None:
    calls = [block for page in documented() for block in page.blocks if re.search(r"\bcurl\b.*:30080", block.code)]
    assert calls
    assert [block.line for block in calls if "--max-time 5 " not in block.code or not block.retry] == []
    assert "test_no_call_of_the_node_port_may_wait_for_ever_or_give_up_at_once" in proofs_in("tests/site/test_promises.py")


@pytest.mark.claim(PAGE, "Une [pause avant l'arrêt](decisions/0006-mise-a-jour-sans-perte.md) de 5 s")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_pauses_five_seconds(name: str, manifest: Manifest) -> None:
    assert "time.sleep(5)" in str(manifest("Deployment", name).containers[0]["lifecycle"]["preStop"])


@pytest.mark.claim(PAGE, "[Vérifier](exploitation/verifier.md#api) appelle la route d'administration avec le jeton lu dans le cluster")
@pytest.mark.claim("utiliser-api.md", "en recette, [le jeton vient du Secret](exploitation/verifier.md#api)")
def test_the_verification_shows_the_token_of_the_cluster_to_the_admin_route() -> None:
    [asked] = [block for block in blocks("exploitation/verifier.md") if "kubectl get secret datapress-secret" in block.code and "| base64 --decode" in block.code]
    assert "/admin/configuration" in asked.code
    assert asked.expected


@pytest.mark.claim(PAGE, "[Retirer et reconstruire](exploitation/reconstruire.md#sans-attendre) supprime les pods sans attendre, une fois la coupure décidée")
def test_the_removal_does_not_wait_for_pods_once_the_namespace_goes() -> None:
    page = "exploitation/reconstruire.md"
    assert place(page, "kubectl delete namespace datapress-recette --wait=false") < place(page, "kubectl delete pods --all -n datapress-recette --force --grace-period=0")


@pytest.mark.claim(PAGE, "Battement dans `/dev/shm`, socket de contrôle désactivé")
@pytest.mark.claim(PAGE, "L'application est construite dans le processus père")
def test_gunicorn_beats_in_memory_without_a_control_socket_and_loads_the_application_first() -> None:
    settings = runpy.run_path(str(ROOT / "services/common/gunicorn.conf.py"))
    assert settings.get("worker_tmp_dir") == ("/dev/shm" if Path("/dev/shm").is_dir() else None)
    assert (settings["control_socket_disable"], settings["preload_app"]) == (True, True)


@pytest.mark.claim(PAGE, "Un test par réglage refusé")
def test_each_setting_has_a_test_of_its_refusal() -> None:
    names = proofs_in("tests/services/test_settings.py")
    assert {"test_a_refused_value_is_named_on_one_line_with_what_is_allowed", "test_every_field_says_what_it_takes_and_has_a_test_above"} <= names


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
    assert {"test_all_that_leads_nowhere_fails_the_build_and_so_does_a_page_outside_the_menu", "test_nothing_builds_the_site_strictly_and_quietly_at_once"} <= proofs_in("tests/site/test_site_build.py")
    for script in ("scripts/demo", "scripts/test", "scripts/links", ".github/workflows/ci.yml"):
        for line in source(script).splitlines():
            assert not re.search(r"mkdocs build.*--strict.*\s(-q|--quiet)\b|mkdocs build.*\s(-q|--quiet)\b.*--strict", line)


@pytest.mark.claim(PAGE, "D'autres [délimiteurs](decisions/0008-moteur-de-documentation.md), qui n'existent nulle part ailleurs")
def test_the_delimiters_of_macros_stand_in_no_command() -> None:
    marks = re.findall(r'j2_\w+_string: "(.*)"', source("mkdocs.yml"))
    assert len(marks) == 6
    for found in documented():
        assert not [block.line for block in found.blocks for mark in marks if mark in block.code]


@pytest.mark.claim(PAGE, "Les deux apostrophes séparent les mots ; pas de racinisation")
@pytest.mark.claim(PAGE, "Un test relit les réglages écrits dans l'index")
def test_both_apostrophes_separate_and_words_are_not_stemmed() -> None:
    [separator] = re.findall(r"^ +separator: '(.*)'$", source("mkdocs.yml"), re.MULTILINE)
    assert re.split(separator.replace("''", "'"), "l'architecture l’architecture") == ["l", "architecture", "l", "architecture"]
    assert "      pipeline:\n        - stopWordFilter\n  - macros:" in source("mkdocs.yml")
    assert "test_the_search_separates_words_at_both_apostrophes_and_does_not_stem" in proofs_in("tests/site/test_site_build.py")


@pytest.mark.claim(PAGE, "`runbook check` refuse une ligne de Compose écrite pour un programme seul")
@pytest.mark.parametrize(("line", "refused"), [("Container datapress-api-1 Removed", True), ("…Container datapress-api-1 …Removed…", False)])
def test_a_line_of_compose_must_hold_in_a_terminal_too(line: str, refused: bool, model: Model) -> None:
    said = lines._compose(0, line, lambda _, cause, remedy: f"{cause} {remedy}", SimpleNamespace(model=model))
    assert ("dans un terminal" in "".join(map(str, said))) is refused


@pytest.mark.claim(PAGE, "le reste se relit en collant les huit procédures dans un terminal neuf")
def test_there_are_eight_procedures() -> None:
    procedures = [page.page.uri for page in documented() if page.page.uri.startswith("exploitation/") and page.blocks]
    assert len(procedures) == 8


@pytest.mark.claim(PAGE, "La durée de la page, mesurée à chaque exécution et affichée dans le [guide](exploitation/index.md)")
def test_the_guide_shows_how_long_the_removal_took() -> None:
    assert 'duration("exploitation/reconstruire.md")' in source("docs/exploitation/index.md")


@pytest.mark.claim(PAGE, "Les résultats attendus admettent les deux formes, et [Vérifier](exploitation/verifier.md#journaux) dit de ne montrer que la fin des journaux d'un service occupé")
def test_expected_results_hold_in_a_terminal_and_logs_can_be_cut() -> None:
    logs = blocks("exploitation/verifier.md")[place("exploitation/verifier.md", "kubectl logs deploy/datapress-api")]
    assert logs.expected
    assert logs.expected.text.startswith("…\n")  # where a terminal says « Found 2 pods »
    told = page("exploitation/verifier.md").page.markdown.split("{ #journaux }")[1].split("\n### ")[0]
    assert "`--tail=50`" in told


@pytest.mark.claim(PAGE, "`kubectl logs deploy/…` une ligne « Found 2 pods »")
def test_the_api_has_two_pods(manifest: Manifest) -> None:
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2


@pytest.mark.claim(PAGE, "[Déployer](exploitation/deployer.md#appliquer) dit de redémarrer quand le Secret ou la ConfigMap se déclare `configured`, et de reprendre le fichier du premier poste")
@pytest.mark.claim(PAGE, "[Déployer](exploitation/deployer.md) applique le dossier entier")
def test_the_deployment_applies_the_whole_folder_after_the_single_files() -> None:
    page = "exploitation/deployer.md"
    [whole] = [number for number, block in enumerate(blocks(page)) if block.code.strip() == "kubectl apply -f k8s/"]
    assert place(page, "scripts/secret") < place(page, "-f k8s/secret.yaml") < whole
    [text] = [found.page.markdown for found in documented() if found.page.uri == page]
    assert "se termine par `configured`" in text
    assert "copiez plutôt ce fichier" in text
