"""Claims of the guide of operations and of its pages on starting, deploying and verifying."""

import inspect
import io
import json
import logging
import re
import subprocess
from base64 import b64decode
from functools import partial
from itertools import pairwise
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import yaml
from rich.console import Console
from rich.prompt import Prompt

from datapress_common.logs import JsonFormatter, logging_settings
from macros.block_hints import _hint
from macros.evidence import Evidence
from macros.page_proofs import duration
from runbook.checking.blocks.style import PLACEHOLDER
from runbook.checking.expected.state import DONE
from runbook.checking.offered.model import Model
from runbook.matching import expect
from runbook.plan import Mode, Step
from runbook.reading import syntax
from runbook.reading.content import Block
from runbook.reporting import terminal
from runbook.running.session import Answer
from runbook.running.shell import Shell
from runbook.settings import load
from runbook.verbs import run_pages
from tests.claims.facts import (
    DEPLOYMENTS,
    NOBODY,
    ROOT,
    TOKEN,
    api,
    blocks,
    documented,
    front,
    listening,
    page,
    place,
    source,
)
from tests.engine.check.shop import block, found
from tests.site.records import OTHER, proven, run, step

guide = partial(pytest.mark.claim, "exploitation/index.md")
starting = partial(pytest.mark.claim, "exploitation/demarrer.md")
deploying = partial(pytest.mark.claim, "exploitation/deployer.md")
verifying = partial(pytest.mark.claim, "exploitation/verifier.md")
updating = partial(pytest.mark.claim, "exploitation/mettre-a-jour.md")
undoing = partial(pytest.mark.claim, "exploitation/revenir-en-arriere.md")

RUNBOOKS = (
    "deboguer",
    "demarrer",
    "deployer",
    "verifier",
    "mettre-a-jour",
    "revenir-en-arriere",
    "haute-disponibilite",
    "reconstruire",
)
READS = {"get", "describe", "logs", "port-forward"}
WORDS = ("cut", "grep", "head", "sed", "sort", "tail", "base64", "date", "test", "echo", "true", "touch")


def _commands(*uris: str) -> set[str]:
    """The programs that the pages call."""
    return {name for uri in uris for block in blocks(uri) for name in syntax.read(block.code).commands}


def _removes(block: Block) -> bool:
    return re.search(r"kubectl delete (?!.*--ignore-not-found)", block.code) is not None


# The guide


@guide("[Déployer](deployer.md) | non mesurée | Faible : les pods modifiés sont remplacés un par un |")
@guide("[Mettre à jour](mettre-a-jour.md) | non mesurée | Faible : sans coupure, et réversible |")
@guide("[Revenir en arrière](revenir-en-arriere.md) | non mesurée | Faible : sans coupure |")
@deploying(
    "Sur une recette déjà en service, un manifeste qui a changé remplace les pods concernés, un par un et sans coupure."
)
@updating("chaque ancien pod sert jusqu'à ce que le nouveau soit prêt")
@updating("`timed out waiting for the condition` | La mise à jour est bloquée, les anciens pods servent toujours")
@undoing("le retour se fait pod par pod, sans coupure")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_pods_are_replaced_one_by_one_and_none_goes_before_another_is_ready(manifest: Any, name: str) -> None:
    spec = manifest("Deployment", name).at("spec")

    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert spec["revisionHistoryLimit"] > 0
    assert spec["template"]["spec"]["containers"][0]["readinessProbe"]


@guide("[Vérifier](verifier.md) | non mesurée | Aucun : lecture seule |")
@verifying("Rien : cette page ne modifie rien")
@verifying("Personne : elle s'exécute à tout moment")
@verifying("Rien à défaire : fermez les passages ouverts par Ctrl+C.")
def test_the_page_that_verifies_only_reads() -> None:
    code = "\n".join(block.code for block in blocks("exploitation/verifier.md"))

    assert set(re.findall(r"kubectl ([\w-]+)", code)) == READS
    assert _commands("exploitation/verifier.md") <= {"kubectl", "curl", *WORDS}
    assert re.findall(r"curl[^\n|]*? (?:-X|--request|-d|--data\S*) ", code) == []


@guide("[Haute disponibilité](haute-disponibilite.md) | non mesurée | Faible : un pod est supprimé exprès |")
def test_one_pod_is_deleted_on_purpose_where_there_is_another(manifest: Any) -> None:
    deleting = [block.code for block in blocks("exploitation/haute-disponibilite.md") if _removes(block)]

    assert len(deleting) == 1
    assert "app.kubernetes.io/name=datapress-api" in deleting[0]
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") > 1


@guide("[Retirer et reconstruire](reconstruire.md) | non mesurée | **Élevé** : coupure complète |")
@guide(
    "[Déboguer par symptôme](deboguer.md) | non mesurée, exercices compris | Celui du symptôme ; les exercices coupent le service |"
)
def test_two_pages_cut_the_service() -> None:
    rebuilding = "\n".join(block.code for block in blocks("exploitation/reconstruire.md"))
    debugging = "\n".join(block.code for block in blocks("exploitation/deboguer.md"))

    assert "kubectl delete namespace datapress-recette" in rebuilding
    assert set(re.findall(r"scale deployment/(\S+) --replicas=0", debugging)) == set(DEPLOYMENTS)


@guide("[Démarrer et arrêter](demarrer.md) | non mesurée | Aucun hors du poste |")
@starting("Rien : les ports ne sont ouverts que sur le poste")
@starting("`127.0.0.1:` devant le port : l'adresse n'est ouverte que sur le poste.")
def test_compose_opens_its_ports_on_this_machine_only(model: Model) -> None:
    hosts = {port["host_ip"] for service in model.services.values() for port in service["ports"]}

    assert hosts == {"${PUBLISH_ADDRESS:-127.0.0.1}"}


@guide(
    "Chaque bloc se copie en entier dans un terminal (`bash` ou `zsh`) ouvert à la racine du dépôt, dans l'ordre de la page : une variable définie par un bloc sert aux suivants."
)
@pytest.mark.claim(
    "ecrire-une-page.md",
    "Tous les blocs d'une page tournent dans le même `bash`, parti de la racine du dépôt : un `cd`, une variable, une fonction valent pour la suite.",
)
@pytest.mark.claim("ecrire-une-page.md", "L'entrée standard est vide")
def test_blocks_of_a_page_share_one_bash_that_starts_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    with Shell(tmp_path, tmp_path, {"PATH": "/usr/bin:/bin"}, 10_000) as shell:
        first = shell.run('pwd; said=yes; twice() { echo "$1$1"; }; cd below', 5)
        second = shell.run('echo "$said"; twice a; pwd; cat', 5)

    assert first.out.decode().split() == [str(tmp_path)]
    assert second.out.decode().split() == ["yes", "aa", str(tmp_path / "below")]


@guide("**Rien à remplacer.** Aucune commande ne contient de nom à deviner")
@pytest.mark.claim(
    "ecrire-une-page.md", "**Une commande telle qu'on la copie** : ni invite, ni sortie, ni `<texte à remplacer>`."
)
def test_no_command_of_the_site_holds_a_name_to_replace() -> None:
    commands = [block for found in documented() for block in found.blocks]

    assert len(commands) > 100
    assert [block.code for block in commands if PLACEHOLDER.search(re.sub(r"'[^']*'", "", block.code))] == []
    assert PLACEHOLDER.search("kubectl logs <nom du pod>")


@guide("quand un résultat peut tarder, une ligne sous le bloc dit de le relancer, et jusqu'à quand.")
@pytest.mark.claim(
    "ecrire-une-page.md",
    "Recommencer, ce temps au plus, jusqu'à obtenir le code et le résultat attendus ; une ligne sous le bloc dit au lecteur d'en faire autant",
)
def test_a_reader_is_told_to_run_again_and_until_when() -> None:
    assert re.search(r"relancez ce bloc\s:\s20\ss au plus", _hint("20"))


@guide("Passé ce délai, la page dit où aller.")
@pytest.mark.parametrize("name", RUNBOOKS)
def test_every_runbook_says_where_to_go_when_it_fails(name: str) -> None:
    text = page(f"exploitation/{name}.md").page.markdown.partition("{ #echec }")[2].partition("\n## ")[0]

    assert re.search(r"\]\([\w./#-]+\)|`docker compose [^`]+`", text)


@guide("**« Premier terminal »** : la commande garde le terminal jusqu'à Ctrl+C ; la suite se tape dans un second.")
def test_a_command_of_a_first_terminal_stays_and_the_next_one_is_for_a_second() -> None:
    pairs = [pair for name in RUNBOOKS for pair in pairwise(blocks(f"exploitation/{name}.md"))]
    first = [(one, after) for one, after in pairs if one.title == "Premier terminal"]

    assert len(first) >= 3
    assert all(one.background and after.title == "Second terminal" for one, after in first)


@guide("**Encadré orange** : étape qui modifie la recette, sans rien détruire.")
@guide("**Encadré rouge** : étape destructrice ou qui coupe le service.")
def test_what_removes_stands_in_red_and_never_in_orange() -> None:
    procedures = [block for name in RUNBOOKS for block in blocks(f"exploitation/{name}.md") if not block.cleanup]
    red = [block for block in procedures if "!!! danger" in block.prose]
    orange = [block for block in procedures if "!!! warning" in block.prose and "!!! danger" not in block.prose]

    assert {_removes(block) or "delete namespace" in block.code for block in red} == {True}
    assert orange
    assert not any("delete" in block.code for block in orange)
    assert [
        block.code
        for block in procedures
        if "kubectl delete" in block.code and block not in red and "namespace" not in block.code
    ] == []


@guide("| Le mode développement | Un moteur Docker et l'extension Compose, `curl` |")
@pytest.mark.claim(
    "presentation/diaporama.md", "Un développeur a besoin de Docker et d'une commande, sans Python à installer."
)
def test_the_development_mode_needs_docker_and_curl() -> None:
    asked = [one.command for one in load(ROOT).targets["compose"].requires]

    assert asked == ["command -v docker", "docker info", "docker compose version"]
    assert _commands("exploitation/demarrer.md") == {"docker", "curl"}


@guide(
    "| La recette | `kubectl` et un contexte qui mène au cluster, Docker pour construire les images, `curl`, Python 3.11 pour la mesure de disponibilité |"
)
def test_the_recette_needs_kubectl_docker_curl_and_python() -> None:
    target = load(ROOT).targets["recette"]
    pages = [f"exploitation/{name}.md" for name in RUNBOOKS if name != "demarrer"]
    called = _commands(*pages)

    assert [one.command.split()[0] for one in target.requires if "command" not in one.command] == ["kubectl", "docker"]
    assert target.contexts
    assert {"kubectl", "docker", "curl", "scripts/sonde"} <= called
    assert called <= {"kubectl", "docker", "curl", "kind", "scripts/secret", "scripts/sonde", *WORDS}
    assert source("scripts/sonde").startswith("#!/usr/bin/env python3\n")
    assert 'requires-python = ">=3.11"' in source("pyproject.toml")


@guide(
    "`.venv/bin/runbook run --step docs/exploitation/deployer.md` montre le texte, puis la commande, demande avant de l'exécuter, et garde le journal de ce qui a été fait."
)
def test_step_by_step_shows_the_text_then_the_command_and_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Console(file=io.StringIO(), width=80)
    monkeypatch.setattr(Prompt, "ask", lambda *_, **__: written.print("QUESTION") or "s")
    step = Step(Block("docs/a.md", 3, None, "echo command", "local", prose="The text."), Mode.RUN)

    assert terminal.ask(written, step) is Answer.SKIP
    assert re.search(r"The text\..*echo command.*QUESTION", written.file.getvalue(), re.DOTALL)  # type: ignore[attr-defined]
    assert re.search(r"if by_step:\n.*merge\.keep_apart\(.*'journal'", inspect.getsource(run_pages.run_pages))


# Starting


@starting("La commande construit les images, attend que l'API soit saine, lance le front et garde le terminal")
@starting("Le front s'arrête avant l'API dont il dépend")
@starting(
    "`container datapress-api-1 is unhealthy` | L'API ne démarre pas ; le front l'attend et ne démarre pas non plus |"
)
def test_the_front_waits_for_a_healthy_api_and_the_api_for_nobody(model: Model) -> None:
    assert model.compose["name"] == "datapress"
    assert model.services["front"]["depends_on"] == {"api": {"condition": "service_healthy"}}
    assert "depends_on" not in model.services["api"]


@starting("les journaux défilent, et un service qui meurt se voit.")
def test_compose_hides_no_death_behind_a_restart(model: Model) -> None:
    assert not any("restart" in service for service in model.services.values())


@starting("`healthy` : le contrôle de l'image a obtenu une réponse.")
@starting("`--wait` ne rend la main qu'une fois les deux services sains, et échoue si l'un d'eux ne le devient pas")
@pytest.mark.parametrize("name", ["api", "front"])
def test_both_services_have_the_check_of_their_image(model: Model, name: str) -> None:
    check = re.search(r"^HEALTHCHECK [^\n]*\\\n\s*CMD (\[.*\])$", source(f"services/{name}/Dockerfile"), re.MULTILINE)

    assert check
    assert json.loads(check[1]) == ["python", "-m", "datapress_common.probe"]
    assert set(model.services[name]["healthcheck"]) == {"interval"}


@starting("Une ligne par fait, en JSON, précédée du nom du conteneur.")
@pytest.mark.claim(
    "feuille-de-route.md", "les journaux en JSON et `/status`, qu'une alerte peut interroger, sont livrés"
)
def test_a_fact_is_one_line_of_json() -> None:
    record = logging.LogRecord("datapress", logging.ERROR, __file__, 1, "two\nlines", (), None)
    line = JsonFormatter().format(record)

    assert "\n" not in line
    assert json.loads(line)["msg"] == "two\nlines"
    assert logging_settings("info")["handlers"]["stdout"]["formatter"] == "json"
    assert front(API_BASE_URL=NOBODY).get("/status").status_code == 503


@starting("`docker compose logs api` : une configuration refusée tient en une ligne qui nomme la variable")
def test_a_refused_setting_is_one_line_that_names_it() -> None:
    with pytest.raises(SystemExit) as refused:
        api(LOG_LEVEL="bavard\nencore")

    assert re.match(r"Configuration refusée\s: LOG_LEVEL=", str(refused.value))
    assert "\n" not in str(refused.value)


@starting("Rien ne survit à l'arrêt : ni volume, ni donnée.")
def test_compose_keeps_nothing(model: Model) -> None:
    assert "volumes" not in model.compose
    assert not any("volumes" in service for service in model.services.values())
    assert not any("VOLUME" in source(f"services/{name}/Dockerfile") for name in ("api", "front"))


@starting("Un autre programme occupe le port 8000 ou 8080 : souvent `scripts/demo` ou un `kubectl port-forward`")
def test_the_demonstration_and_the_forwards_take_the_ports_of_compose(model: Model) -> None:
    published = {int(port["published"]) for service in model.services.values() for port in service["ports"]}
    settings = load(ROOT)
    shown = re.search(r"^exec runbook serve (.+)$", source("scripts/demo"), re.MULTILINE)
    forwarded = re.findall(
        r"port-forward \S+ (\d+):", "\n".join(block.code for block in blocks("exploitation/verifier.md"))
    )

    assert shown
    assert {port for name in shown[1].split() for port in settings.services[name].ports} >= published == {8000, 8080}
    assert {int(port) for port in forwarded} == published


@starting("L'API s'est arrêtée après le démarrage | `docker compose ps --all`, puis `docker compose logs api` |")
def test_a_front_whose_api_is_gone_says_so() -> None:
    assert "API injoignable" in front(API_BASE_URL=NOBODY).get("/").text


# Deploying


@deploying(
    "le nom affiché doit être celui de la recette (`recette`, `kind-…`, `minikube`), jamais celui d'une production."
)
def test_the_engine_accepts_the_contexts_that_are_named() -> None:
    contexts = load(ROOT).targets["recette"].contexts

    assert {"recette", "kind-*", "minikube"} <= set(contexts)
    assert not any("prod" in name or name == "*" for name in contexts)


@deploying("Ce sont les noms que demandent les manifestes, avec `imagePullPolicy: IfNotPresent`")
@starting("Pour travailler sur un poste avec les images qui partiront en recette")
@updating("Une étiquette déjà utilisée ne déclenche rien : Kubernetes ne voit que le nom de l'image.")
def test_the_manifests_ask_for_the_images_that_compose_builds(model: Model, manifest: Any) -> None:
    containers = [container for name in DEPLOYMENTS for container in manifest("Deployment", name).containers]

    assert {container["image"] for container in containers} == {service["image"] for service in model.services.values()}
    assert {container["imagePullPolicy"] for container in containers} == {"IfNotPresent"}


@deploying(
    "Un cluster `kind` a son propre magasin d'images, il faut les y charger ; ailleurs, passez à l'étape suivante."
)
def test_images_are_loaded_into_kind_only(model: Model) -> None:
    (loading,) = (block for block in blocks("exploitation/deployer.md") if "kind load" in block.code)

    assert loading.condition == "kubectl config current-context | grep -q ^kind-"
    assert {service["image"] for service in model.services.values()} <= set(loading.code.split())


@pytest.fixture
def made_secret(tmp_path: Path) -> Any:
    """Runs the script of the secret in a folder of its own; gives the manifest's path and its token."""

    def make(name: str) -> tuple[Path, str]:
        folder = tmp_path / name
        if not folder.exists():
            (folder / "scripts").mkdir(parents=True)
            (folder / "k8s").mkdir()
            copy(ROOT / "scripts/secret", folder / "scripts")
            copy(ROOT / "k8s/secret.yaml.example", folder / "k8s")
        subprocess.run([folder / "scripts/secret"], check=True, capture_output=True)
        made = folder / "k8s/secret.yaml"
        return made, b64decode(yaml.safe_load(made.read_text())["data"]["API_TOKEN"]).decode()

    return make


@deploying(
    "Le jeton d'administration n'est pas dans git : le script le tire au hasard et l'écrit dans `k8s/secret.yaml`, que git ignore."
)
@deploying("Si le fichier existe, il n'y touche pas : relancer ce bloc ne change pas le jeton.")
@deploying("un fichier neuf porterait un autre jeton.")
@pytest.mark.claim(
    "exploitation/reconstruire.md",
    "Un jeton d'administration neuf s'obtient en supprimant `k8s/secret.yaml` avant de [créer le secret](deployer.md#secret).",
)
@pytest.mark.claim("presentation/diaporama.md", "Jeton dans un Secret, absent de git")
def test_the_token_is_random_kept_and_out_of_git(made_secret: Any) -> None:
    (path, token), (_, other) = made_secret("one"), made_secret("other")
    written = path.read_bytes()

    assert len(token) == 64
    assert token != other
    made_secret("one")
    assert path.read_bytes() == written
    path.unlink()
    assert made_secret("one")[1] != token
    assert "/k8s/secret.yaml" in source(".gitignore").splitlines()
    assert (
        subprocess.run(
            ["git", "ls-files", "k8s/secret.yaml"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        == ""
    )


@deploying(
    "L'espace de noms d'abord, puisque tout le reste y entre ; la configuration et le secret ensuite, puisque les pods les lisent en démarrant."
)
def test_manifests_are_applied_in_the_order_in_which_they_need_each_other(model: Model, manifest: Any) -> None:
    (applying,) = (block for block in blocks("exploitation/deployer.md") if "apply -f k8s/namespace.yaml" in block.code)
    order = re.findall(r"-f k8s/(\S+)\.yaml", applying.code)

    assert order[:3] == ["namespace", "configmap", "secret"]
    assert {f"k8s/{name}.yaml" for name in order} == {
        item.path.removesuffix(".example") for item in model.objects if "options" not in item.path
    }
    assert {item.namespace for item in model.objects if item.kind not in ("Namespace", "Cluster")} == {
        manifest("Namespace", "datapress-recette").name
    }


@deploying(
    "Si la ligne de `configmap` ou de `secret` se termine par `configured`, les pods déjà en service ont gardé l'ancienne valeur"
)
@updating("Pour relire la ConfigMap ou le Secret, ou repartir de conteneurs neufs.")
@verifying(
    "Le Secret a changé depuis le démarrage des pods, par exemple appliqué depuis un autre poste | [Redémarrer l'API](mettre-a-jour.md#redemarrer-l-api), qui relit le jeton |"
)
def test_a_service_reads_its_settings_and_its_token_when_it_starts_only(tmp_path: Path) -> None:
    file, settings = tmp_path / "API_TOKEN", {"ENVIRONMENT": "recette"}
    file.write_text(TOKEN)
    started = api(API_TOKEN_FILE=str(file), **settings)
    file.write_text(TOKEN[::-1])
    settings["ENVIRONMENT"] = "essai"
    new = {"Authorization": f"Bearer {TOKEN[::-1]}"}

    assert started.get("/admin/configuration", headers=new).status_code == 403
    assert started.get("/").get_json()["environment"]["name"] == "recette"
    assert api(API_TOKEN_FILE=str(file)).get("/admin/configuration", headers=new).status_code == 200


@deploying("La réponse a suivi tout le trajet : NodePort, front, Service de l'API, un de ses pods.")
@verifying("Par le NodePort, comme un utilisateur")
def test_the_node_port_leads_to_the_front_and_the_front_to_the_service_of_the_api(model: Model, manifest: Any) -> None:
    outside, inside = manifest("Service", "datapress-front"), manifest("Service", "datapress-api")

    assert outside.at("spec", "type") == "NodePort"
    assert model.application_behind(outside) == "front"
    assert manifest("ConfigMap", "datapress-config").at("data", "API_BASE_URL") == f"http://{inside.name}"
    assert model.application_behind(inside) == "api"


@deploying(
    "`kubectl` prend les fichiers par ordre alphabétique : `api-deployment.yaml` arrive avant `namespace.yaml`, donc avant l'espace de noms qu'il demande."
)
@deploying('`namespaces "datapress-recette" not found` | Le dossier appliqué avant l\'espace de noms |')
@pytest.mark.claim(
    "exploitation/reconstruire.md",
    "L'espace de noms est nommé d'abord : dans l'ordre alphabétique du dossier, il viendrait après des objets qui en dépendent.",
)
def test_a_manifest_that_needs_the_namespace_comes_before_it_in_the_folder(manifest: Any) -> None:
    names = sorted(path.name for path in (ROOT / "k8s").glob("*.yaml"))

    assert names.index("api-deployment.yaml") < names.index("namespace.yaml")
    assert manifest("Deployment", "datapress-api").namespace == manifest("Namespace", "datapress-recette").name


@deploying('`the path "k8s/secret.yaml" does not exist` | Le secret n\'a pas été créé | [Étape 2](#secret) |')
def test_only_the_script_makes_the_manifest_of_the_secret() -> None:
    assert load(ROOT).model.generated == ["k8s/secret.yaml"]
    assert place("exploitation/deployer.md", "scripts/secret") < place(
        "exploitation/deployer.md", "apply -f k8s/namespace.yaml"
    )


@deploying(
    "`provided port is already allocated` | Une autre application tient le port 30080 du cluster | La retirer, ou changer le port dans `k8s/front-service.yaml` |"
)
@verifying("le port 80 du Service est aussi ouvert sur le port 30080 de la machine.")
def test_the_port_of_the_cluster_is_chosen_by_the_service_of_the_front(manifest: Any) -> None:
    service = manifest("Service", "datapress-front")
    (port,) = service.at("spec", "ports")

    assert service.path == "k8s/front-service.yaml"
    assert (port["port"], port["nodePort"]) == (80, 30080)


# Verifying


@verifying("Deux choses n'y sont pas, malgré le mot `all` : la configuration et le secret.")
def test_what_get_all_leaves_out(model: Model) -> None:
    shown = {"Pod", "Service", "Deployment", "ReplicaSet"}  # of these kinds in the category « all » of kubectl
    others = {item.kind for item in model.objects if item.namespace and "options" not in item.path} - shown

    assert others == {"ConfigMap", "Secret"}


@verifying("Un ReplicaSet à zéro est une définition précédente, gardée pour pouvoir y revenir.")
@verifying("`AVAILABLE` : pods prêts depuis assez longtemps pour qu'on compte sur eux.")
@verifying("Un nombre qui augmente : le conteneur meurt ou ne répond plus à la sonde de vie |")
@verifying("`Environment Variables from` | La ConfigMap lue au démarrage |")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_the_columns_and_lines_of_a_pod_stand_for(manifest: Any, name: str) -> None:
    deployment = manifest("Deployment", name)
    (container,) = deployment.containers

    assert deployment.at("spec", "revisionHistoryLimit") > 0
    assert deployment.at("spec", "minReadySeconds") > 0
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["envFrom"] == [{"configMapRef": {"name": "datapress-config"}}]


@verifying(
    "« prêt » veut dire que la sonde `/health/ready` répond | `0/1` : le pod tourne peut-être, mais le Service ne lui envoie rien |"
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_ready_is_what_the_readiness_probe_says(manifest: Any, name: str) -> None:
    (container,) = manifest("Deployment", name).containers

    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert "publishNotReadyAddresses" not in manifest("Service", name).at("spec")


@verifying("`ClusterIP` : l'API n'a d'adresse que dans le cluster.")
@verifying("L'API n'est pas exposée : `port-forward` ouvre un passage entre ce poste et l'un de ses pods.")
@pytest.mark.claim("presentation/diaporama.md", "L'API de la recette n'a pas d'adresse extérieure")
@pytest.mark.claim("presentation/diaporama.md", "**Exposer peu** Seul le front est joignable de l'extérieur.")
def test_the_front_alone_has_an_address_outside_of_the_cluster(model: Model) -> None:
    outside = {
        item.name for item in model.of_kind("Service") if item.at("spec", "type", default="ClusterIP") != "ClusterIP"
    }

    assert outside == {"datapress-front"}
    assert not any(
        item.at("spec", "ports", 0, "nodePort") for item in model.of_kind("Service") if item.name not in outside
    )
    assert not list(model.of_kind("Ingress"))


def _access(service: str, **atoms: Any) -> dict[str, Any]:
    told = {
        "m": "GET",
        "U": "/status",
        "s": "200",
        "B": 2,
        "D": 1500,
        "h": "::1",
        "a": "curl",
        "{x-request-id}o": "a-1",
        **atoms,
    }
    record = logging.LogRecord("gunicorn.access", logging.INFO, service, 1, "", (), None)
    record.args = told
    written: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return written


@verifying("Une requête porte un identifiant, que l'appelant peut choisir")
@verifying("Le front l'a transmis à l'API, et les deux l'ont noté")
@verifying("La ligne de l'API nomme le pod qui a répondu, `duration_ms` dit en combien de temps.")
@verifying("C'est cette même référence que la page affiche en bas, et qu'un utilisateur peut transmettre.")
@pytest.mark.claim("feuille-de-route.md", "l'identifiant de requête, commun aux journaux des deux services, est livré")
def test_one_id_goes_from_the_caller_to_the_front_to_the_api_and_into_both_logs() -> None:
    seen, service = [], api().application

    def noting(environ: dict[str, Any], start: Any) -> Any:
        seen.append((environ["PATH_INFO"], environ["HTTP_X_REQUEST_ID"], environ["HTTP_USER_AGENT"]))
        return service.wsgi_app(environ, start)

    with listening(noting) as address:
        answer = front(API_BASE_URL=address).get("/", headers={"X-Request-ID": "suivi-1"})

    assert seen == [("/health", "suivi-1", "datapress-front")]
    assert answer.headers["X-Request-ID"] == "suivi-1"
    assert re.search(r"<footer>\s*<p>Référence de la requête\s: <code>suivi-1</code>", answer.text)
    assert _access("api")["request_id"] == "a-1"
    assert _access("api")["duration_ms"] == 1.5


@verifying(
    "Les trois premières choses à regarder : `level` au-dessus d'`info`, un `Starting gunicorn` qui se répète, l'absence de lignes `access` récentes."
)
def test_an_access_is_no_more_than_information() -> None:
    assert (_access("front")["level"], _access("front")["msg"]) == ("info", "access")
    assert logging_settings("error")["loggers"]["gunicorn.access"]["level"] == "INFO"


@verifying("L'API a bien reçu son secret, et ne le montre pas")
@verifying("La route d'administration n'ouvre qu'avec lui")
@verifying("Sans jeton, elle refuse et dit comment se présenter ; avec un mauvais, elle refuse aussi")
def test_the_api_never_shows_its_token_and_opens_its_admin_route_with_it_only() -> None:
    client = api(API_TOKEN=TOKEN)
    index, unnamed = client.get("/"), client.get("/admin/configuration")
    opened = client.get("/admin/configuration", headers={"Authorization": f"Bearer {TOKEN}"})

    assert index.get_json()["secret_present"] is True
    assert TOKEN not in index.text + opened.text
    assert (unnamed.status_code, unnamed.headers["WWW-Authenticate"]) == (401, 'Bearer realm="DataPress API"')
    assert client.get("/admin/configuration", headers={"Authorization": "Bearer un-autre-jeton"}).status_code == 403
    assert opened.status_code == 200


@verifying("Une adresse inconnue donne une page d'erreur, avec la référence que portent aussi les journaux")
def test_an_unknown_address_gives_a_page_with_its_reference() -> None:
    answer = front(API_BASE_URL=NOBODY).get("/inconnue", headers={"Accept": "text/html", "X-Request-ID": "inconnue-1"})

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "<code>inconnue-1</code>" in answer.text


@verifying('`/status` répond 200 avec `"reachable": true`.')
@updating("`/status`, qui ne répond 200 que si le front a joint l'API : une coupure de l'un ou de l'autre se verrait.")
def test_status_is_200_only_if_the_front_has_reached_the_api() -> None:
    with listening(api().application) as address:
        reached = front(API_BASE_URL=address).get("/status")
    lost = front(API_BASE_URL=NOBODY).get("/status")

    assert (reached.status_code, reached.get_json()["api"]["reachable"]) == (200, True)
    assert (lost.status_code, lost.get_json()["api"]["reachable"]) == (503, False)


@verifying(
    "`unable to listen on port 8000` | Un autre programme tient ce port du poste | Le fermer, ou demander un autre port local : `8010:80` au lieu de `8000:80` |"
)
def test_the_forward_to_the_api_takes_port_8000_of_the_machine() -> None:
    (forwarding,) = (block for block in blocks("exploitation/verifier.md") if "svc/datapress-api" in block.code)

    assert " 8000:80 " in forwarding.code


# What a sound recette looks like


@guide(
    "Chaque procédure est exécutée telle qu'elle est écrite, à chaque changement du dépôt, et son résultat comparé à celui de la page."
)
def test_every_command_of_a_runbook_is_run() -> None:
    commands = [block for name in RUNBOOKS for block in blocks(f"exploitation/{name}.md")]

    assert [block.code for block in commands if block.not_run or not block.target] == []
    assert re.search(r"run: scripts/test --require local,compose,recette", source(".github/workflows/ci.yml"))
    assert re.search(r"^step .* runbook run ", source("scripts/test"), re.MULTILINE)


@guide(
    "- **Encadré « Pour s'exercer »** : il provoque le défaut que la section apprend à traiter. En situation réelle, passez-le."
)
@pytest.mark.claim(
    "exploitation/deboguer.md",
    "Chaque symptôme s'accompagne d'un exercice qui le provoque : en situation réelle, passez l'encadré.",
)
@undoing("En situation réelle, passez ce bloc.")
def test_an_exercise_is_one_command_that_changes_the_recette() -> None:
    found = [
        block
        for name in ("deboguer", "revenir-en-arriere")
        for block in blocks(f"exploitation/{name}.md")
        if "!!! example \"Pour s'exercer" in block.prose
    ]

    assert len(found) == 7
    assert all(re.match(r"kubectl (scale|set|patch) [^\n]*$", block.code) for block in found)


@starting("Les deux ports sont libres : personne n'y répond, et `curl` le dit par son code de retour 7.")
@verifying("Aucun pod n'est en train de s'arrêter : `grep` ne trouve rien, et le dit par un code de retour 1.")
@pytest.mark.parametrize(
    ("uri", "words", "status"),
    [
        ("exploitation/demarrer.md", "curl -sS http://localhost:8000/health http://localhost:8080/health", 7),
        ("exploitation/verifier.md", "| grep Terminating", 1),
    ],
)
def test_nothing_found_is_told_by_a_status(uri: str, words: str, status: int) -> None:
    assert blocks(uri)[place(uri, words)].exit_status == status


def _recorded(name: str) -> str:
    return source(f"tests/engine/outputs/{name}.txt")


@verifying("Un démarrage normal se lit ainsi, pour chaque pod :")
@verifying(
    "| `Scheduled` | Une machine lui est attribuée | | `Pulled` | Son image est là | | `Created`, `Started` | Le conteneur est créé, puis lancé |"
)
def test_a_start_is_told_in_this_order() -> None:
    events = _recorded("kubectl-describe-pod").partition("\nEvents:\n")[2]
    told = dict(re.findall(r"^  Normal +(\w+) +(?:\S+ \(x.*?\)|\S+) +\S+ +(.+)$", events, re.MULTILINE))

    assert list(told) == ["Scheduled", "Pulled", "Created", "Started"]
    assert [told[name].split()[0] for name in told] == ["Successfully", "Container", "Created", "Started"]
    assert "already present on machine" in told["Pulled"]


@verifying(
    "| `ScalingReplicaSet` | Le Deployment a demandé un nombre de pods | | `SuccessfulCreate` | Le pod est créé, encore sans machine |"
)
def test_a_deployment_asks_and_a_replica_set_creates() -> None:
    assert re.search(r"ScalingReplicaSet +deployment/\S+ +deployment-controller", _recorded("kubectl-get-events-wide"))
    assert "SuccessfulCreate" in source("scripts/runbook/checking/commands/printed_events.txt")


@verifying(
    "`State`, `Last State` | L'état du conteneur, et comment le précédent a fini : `OOMKilled` veut dire mémoire dépassée |"
)
@verifying("`Ready`, `Restart Count` | Les colonnes `READY` et `RESTARTS` du tableau des pods |")
@verifying("`Events` | Les événements de ce seul pod : le plus souvent, la réponse est là |")
def test_the_lines_of_a_description_are_those_that_the_table_explains() -> None:
    lines = re.findall(r"^ *([A-Z][\w ]*):", _recorded("kubectl-describe-pod"), re.MULTILINE)

    assert {"State", "Last State", "Ready", "Restart Count", "Events"} <= set(lines)
    assert lines.index("State") < lines.index("Last State") < lines.index("Ready") < lines.index("Events")


@verifying("`Liveness`, `Readiness` | Ce que les sondes appellent, à quel rythme, et combien d'échecs elles tolèrent |")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_probe_has_what_it_calls_its_rhythm_and_the_failures_it_bears(manifest: Any, name: str) -> None:
    (container,) = manifest("Deployment", name).containers

    assert all(
        {"httpGet", "periodSeconds", "failureThreshold"} <= set(container[probe])
        for probe in ("livenessProbe", "readinessProbe")
    )


@verifying("2 pods pour l'API, 1 pour le front, tous `Running` et prêts, deux Services : la recette est saine.")
@verifying("2 pods API et 1 pod front `Running`, `READY 1/1`, sans redémarrage récent ;")
@verifying("autant d'adresses dans `ENDPOINTS` que de pods ;")
@pytest.mark.claim("presentation/diaporama.md", "**Grandir seul** 2 exemplaires de l'API, 1 du front.")
def test_how_many_pods_and_services_there_are(model: Model) -> None:
    assert {item.name: item.at("spec", "replicas") for item in model.of_kind("Deployment")} == {
        "datapress-api": 2,
        "datapress-front": 1,
    }
    assert {
        item.name: [behind.name for behind in model.workloads_behind(item)] for item in model.of_kind("Service")
    } == {name: [name] for name in DEPLOYMENTS}
    assert all(len(item.containers) == 1 for item in model.of_kind("Deployment"))


@verifying(
    "`kubectl logs deploy/…` ne montre qu'un pod du Deployment : devant plusieurs, il annonce son choix par `Found 2 pods, using pod/datapress-api-…` ; la section suivante les lit tous."
)
def test_the_next_section_reads_the_logs_of_all_pods(model: Model) -> None:
    (reading,) = (block.code for block in blocks("exploitation/verifier.md") if "logs -n" in block.code)

    assert "-l app.kubernetes.io/part-of=datapress --prefix --tail=-1" in reading
    assert all(
        item.pod_template["metadata"]["labels"]["app.kubernetes.io/part-of"] == "datapress"
        for item in model.of_kind("Deployment")
    )


@verifying(
    "`Running` ne dit pas qu'il sert, `READY` le dit | `Pending`, `CrashLoopBackOff`, `ImagePullBackOff` : [Déboguer](deboguer.md) |"
)
def test_each_alarming_status_has_its_section() -> None:
    anchors = set(re.findall(r"\{ #([\w-]+) \}", page("exploitation/deboguer.md").page.markdown))

    assert {"pending", "crashloopbackoff", "imagepullbackoff"} <= anchors


@guide("quand il en faut un, comme celui d'un pod, une commande le trouve.")
@verifying("Le nom d'un pod change à chaque remplacement : on ne le recopie pas, on le demande.")
def test_no_command_names_a_pod_of_a_deployment() -> None:
    codes = "\n".join(block.code for name in RUNBOOKS for block in blocks(f"exploitation/{name}.md"))

    assert re.findall(r"datapress-(?:api|front)-[0-9a-f]{8,10}", codes) == []
    assert codes.count("-o name | ") >= 5


VERIFYING, DEPLOYING, STARTING = "exploitation/verifier.md", "exploitation/deployer.md", "exploitation/demarrer.md"


def _code(uri: str) -> str:
    return "\n".join(block.code for block in blocks(uri))


def _rows(recorded: str, column: int = 0) -> list[str]:
    """One column of a table that the engine has on record, its heading left out."""
    return [line.split()[column] for line in _recorded(recorded).splitlines()[1:] if line]


def _reasons() -> dict[str, str]:
    """Reason of an event → its types and how its message starts."""
    return dict(
        re.findall(r"^(\w+): (.+)$", source("scripts/runbook/checking/commands/printed_events.txt"), re.MULTILINE)
    )


# What the page that verifies reads


@verifying("Après un déploiement, à la prise de poste, ou avant de conclure qu'« il y a un problème »")
@verifying("L'espace de noms existe ; sinon, commencez par [Déployer](deployer.md).")
def test_verifying_comes_after_deploying_which_makes_the_namespace() -> None:
    assert page(VERIFYING).after == (DEPLOYING,)
    assert blocks(VERIFYING)[0].code == "kubectl get namespace datapress-recette"
    assert "kubectl apply -f k8s/namespace.yaml" in _code(DEPLOYING)


@verifying("S'il en trouve, un remplacement vient d'avoir lieu : on attend qu'il soit fini pour juger.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_that_ends_is_waited_for_longer_than_it_may_take(manifest: Any, name: str) -> None:
    waiting = blocks(VERIFYING)[place(VERIFYING, "| grep Terminating")]

    assert waiting.retry is not None
    assert waiting.retry > 2 * manifest("Deployment", name).at(
        "spec", "template", "spec", "terminationGracePeriodSeconds"
    )


@verifying(
    "Deployment, puis version du Deployment, puis pod : deux pods au même milieu ont la même définition | Deux milieux différents pour un même composant pendant plusieurs minutes : une mise à jour n'aboutit pas |"
)
@verifying(
    "Depuis la création du pod | Un âge plus court que prévu : il a été remplacé, les [événements](#evenements) disent pourquoi |"
)
@verifying("`Controlled By` | Qui recrée ce pod s'il disparaît |")
def test_the_name_of_a_pod_starts_with_the_replica_set_that_makes_it_again() -> None:
    everything = re.findall(r"^(pod|replicaset\.apps)/(datapress-\S+)", _recorded("kubectl-get-all"), re.MULTILINE)
    sets = {name for kind, name in everything if kind == "replicaset.apps"}
    pods = [name.rpartition("-")[0] for kind, name in everything if kind == "pod"]
    replaced = [line.split() for line in _recorded("kubectl-get-pods-watch").splitlines() if "datapress-api" in line]

    assert set(pods) == sets
    assert len(pods) == len(sets) + 1
    assert len({cells[0].rpartition("-")[0] for cells in replaced}) == 2
    assert {cells[0].split("-")[2] for cells in replaced if cells[4] in ("0s", "1s")} == {"55dcd8c4c4"}
    assert "{ #evenements }" in blocks(VERIFYING)[place(VERIFYING, "kubectl get events")].prose
    assert "ReplicaSet/" in str(blocks(VERIFYING)[place(VERIFYING, 'kubectl describe "$POD"')].expected)


@verifying(
    "Un Service peut exister sans rien derrière lui ; c'est la première chose à regarder quand une page ne répond pas :"
)
@verifying(
    "Autant d'adresses que de pods prêts ; `<none>` : le Service ne désigne aucun pod ; une case vide : il en désigne, et aucun n'est prêt."
)
def test_a_service_has_an_address_for_each_pod_that_is_ready() -> None:
    listed = {line.split()[0]: line.split()[1:-1] for line in _recorded("kubectl-get-endpoints").splitlines()[1:]}
    pods = re.findall(r"^pod/(datapress-\w+)-\S+ +(\d)/1 ", _recorded("kubectl-get-all"), re.MULTILINE)
    debugging = "exploitation/deboguer.md"
    gone = blocks(debugging)[place(debugging, "kubectl get endpoints datapress-front")]

    assert [len(listed["datapress-api"][0].split(",")), listed["datapress-front"]] == [2, []]
    assert pods == [("datapress-api", "1"), ("datapress-api", "1"), ("datapress-front", "0")]
    assert "service/datapress-front" in _recorded("kubectl-get-all")
    assert (
        "scale deployment/datapress-front --replicas=0"
        in blocks(debugging)[place(debugging, "kubectl get endpoints datapress-front") - 2].code
    )
    assert gone.expected is not None
    assert "datapress-front   <none> " in gone.expected.text
    assert place(VERIFYING, "kubectl get endpoints") == place(VERIFYING, "kubectl get services") + 1


@verifying("- `READY` : pods prêts sur pods voulus.")
@verifying("pods qui ont la dernière définition ; moins que le total, une mise à jour est en cours ou bloquée.")
def test_the_columns_of_a_deployment_count_its_pods(manifest: Any) -> None:
    listed = _recorded("kubectl-get-all")
    told = dict(re.findall(r"^deployment\.apps/(\S+) +(\d/\d +\d) ", listed, re.MULTILINE))
    sets = {
        name: (wanted, current, ready)
        for name, wanted, current, ready in re.findall(
            r"^replicaset\.apps/(\S+)-\w+ +(\d) +(\d) +(\d) ", listed, re.MULTILINE
        )
    }
    rolling = manifest("Deployment", "datapress-api").at("spec", "strategy", "rollingUpdate")

    assert {name: text.split() for name, text in told.items()} == {
        name: [f"{ready}/{wanted}", current] for name, (wanted, current, ready) in sets.items()
    }
    assert rolling["maxSurge"] < manifest("Deployment", "datapress-api").at("spec", "replicas")


@verifying(
    "Les événements racontent ce que Kubernetes a fait, les plus récents en dernier, et sont oubliés au bout d'une heure."
)
@verifying("Dans une même seconde, leur ordre n'est pas garanti.")
def test_events_are_sorted_by_their_last_time_and_no_two_are_expected_in_an_order() -> None:
    reading = blocks(VERIFYING)[place(VERIFYING, "kubectl get events")]

    assert reading.code.endswith("--sort-by=.lastTimestamp")
    assert reading.expected is not None
    assert len([line for line in reading.expected.text.splitlines() if line != "…"]) == 2  # the heading and one event
    assert "event-ttl" not in "".join(
        path.read_text() for path in (ROOT / "k8s/options/kind").iterdir()
    )  # Kubernetes' own hour


@verifying(
    "`Killing`, puis parfois `Unhealthy` avec `connection refused`, sur un pod qu'on retire : c'est son arrêt, rien d'anormal."
)
@verifying(
    "Les mêmes `Unhealthy` sur un pod qu'on garde, ou toute ligne `Warning` qui se répète, sont à instruire : [Déboguer](deboguer.md)."
)
@verifying("3. aucune ligne `Warning` qui se répète dans les événements ;")
def test_a_start_and_a_stop_are_normal_and_a_failed_probe_is_a_warning(manifest: Any) -> None:
    reasons, pod = _reasons(), manifest("Deployment", "datapress-api").at("spec", "template", "spec")
    normal = ("ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Pulled", "Created", "Started", "Killing")

    assert {reasons[name].split()[0] for name in normal} == {"Normal"}
    assert reasons["Unhealthy"].startswith("Warning Readiness probe failed")
    assert (
        pod["terminationGracePeriodSeconds"] > pod["containers"][0]["readinessProbe"]["periodSeconds"]
    )  # still probed while it ends


@verifying("Sur un service occupé, `--tail=50` n'en montre que la fin.")
@verifying(
    "Si le conteneur a redémarré, `kubectl logs --previous` montre les journaux de celui d'avant, où se trouve la cause."
)
def test_the_logs_of_the_container_before_hold_the_cause() -> None:
    debugging = "exploitation/deboguer.md"
    before = blocks(debugging)[place(debugging, "--previous")]
    options = re.search(r"^logs: (.+)$", source("scripts/runbook/checking/commands/kubectl/options.txt"), re.MULTILINE)
    with pytest.raises(SystemExit) as refused:
        api(LOG_LEVEL="bavard")

    assert options
    assert {"--tail=", "-p,--previous"} <= set(options[1].split())
    assert before.expected is not None
    assert expect.compare(before.expected.text, str(refused.value.code), before.expected.kind) is None


@verifying("`Image` | L'image demandée ; `Image ID` est celle qui tourne vraiment |")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_image_is_asked_for_by_a_name_that_may_stand_for_another(manifest: Any, name: str) -> None:
    (container,) = manifest("Deployment", name).containers

    assert "@sha256:" not in container["image"]
    assert container["imagePullPolicy"] == "IfNotPresent"


@verifying("Ses journaux, et eux seuls :")
def test_the_logs_of_one_pod_are_asked_for_by_its_name() -> None:
    detail = place(VERIFYING, 'kubectl describe "$POD"')

    assert "| head -n 1)" in blocks(VERIFYING)[detail].code
    assert blocks(VERIFYING)[detail + 1].code == 'kubectl logs "$POD" -n datapress-recette'


@verifying("La commande garde le terminal tant que le passage est ouvert ; Ctrl+C le referme.")
@verifying(
    "Il mène à un seul pod et se rompt avec lui : c'est un outil de diagnostic, pas une façon d'exposer un service."
)
@verifying(
    "`lost connection to pod` dans le premier terminal | Le pod au bout du passage a été remplacé | Relancer le `port-forward` |"
)
@verifying("Par un passage temporaire, quand le NodePort n'est pas joignable de ce poste :")
@verifying(
    "Si le passage répond et pas le NodePort, le front va bien : chercher du côté du Service ou du réseau de la machine."
)
def test_a_forward_keeps_its_terminal_finds_its_pod_again_and_goes_round_the_node_port(manifest: Any) -> None:
    forwarding = [
        (uri, block)
        for uri in (f"exploitation/{name}.md" for name in RUNBOOKS)
        for block in blocks(uri)
        if "port-forward" in block.code
    ]

    assert [(uri, block.title, bool(block.background)) for uri, block in forwarding] == [
        (VERIFYING, "Premier terminal", True)
    ] * 2
    assert [re.search(r"port-forward (\S+) \d+:(\d+) ", block.code).groups() for _, block in forwarding] == [
        ("svc/datapress-api", "80"),
        ("svc/datapress-front", "80"),
    ]  # type: ignore[union-attr]
    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080
    assert not any("port-forward" in path.read_text() for path in (ROOT / "k8s").glob("*.yaml"))


@verifying("La recette est saine si les cinq conditions sont réunies :")
@verifying("Partir de ce que vous voyez : [Déboguer par symptôme](deboguer.md) |")
def test_each_condition_of_a_sound_recette_is_read_by_a_command_of_the_page() -> None:
    conditions = page(VERIFYING).page.markdown.partition("{ #fini }")[2].partition("\n## ")[0]
    read = (
        "kubectl get pods -n",
        "kubectl get endpoints",
        "kubectl get events",
        "kubectl logs -n",
        "localhost:30080/status",
    )

    assert re.findall(r"^(\d)\. ", conditions, re.MULTILINE) == [str(number + 1) for number in range(len(read))]
    assert [words for words in read if words not in _code(VERIFYING)] == []
    assert page("exploitation/deboguer.md").page.markdown.index("{ #par-ou-commencer }") < page(
        "exploitation/deboguer.md"
    ).page.markdown.index("{ #page-blanche }")


@verifying("4. aucun `level` au-dessus d'`info` dans les journaux récents ;")
def test_nothing_above_information_is_logged_while_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), listening(api().application) as address:
        front(API_BASE_URL=address).get("/status")
    sound = [record.levelname for record in caplog.records if record.name.startswith("datapress")]
    caplog.clear()
    with caplog.at_level(logging.INFO):
        front(API_BASE_URL=NOBODY).get("/status")

    assert set(sound) <= {"INFO"}
    assert [record.levelname for record in caplog.records if record.name.startswith("datapress")] == ["WARNING"]


# What the page that deploys says of its results


@deploying("Premier déploiement sur un cluster, ou retour de tous les objets à ce que disent les fichiers")
@deploying("Au premier déploiement, le service apparaît ; aux suivants, rien si rien n'a changé")
@deploying("Chaque ligne se termine par `created` la première fois, `unchanged` ou `configured` ensuite.")
@deploying(
    "L'espace de noms existe : la commande courte suffit désormais, et sert aussi à tout ramener à ce que disent les fichiers."
)
def test_the_folder_applied_again_finds_every_object_unchanged(model: Model) -> None:
    (again,) = (block for block in blocks(DEPLOYING) if block.code == "kubectl apply -f k8s/")
    objects = [item for item in model.objects if "options" not in item.path]

    assert DONE["apply"][:3] == ("created", "configured", "unchanged")
    assert again.expected is not None
    assert sorted(
        line.split()[0].partition("/")[2] for line in again.expected.text.splitlines() if line.endswith(" unchanged")
    ) == sorted(item.name for item in objects)
    assert all(item.namespace == "datapress-recette" for item in objects if item.kind != "Namespace")
    assert "stringData" not in yaml.safe_load(source("k8s/secret.yaml.example"))


@deploying("Ses nœuds sont prêts :")
def test_the_nodes_are_looked_at_right_after_the_context() -> None:
    assert [block.code for block in blocks(DEPLOYING)[:2]] == ["kubectl config current-context", "kubectl get nodes"]
    assert re.search(
        r"^Node STATUS: Ready ", source("scripts/runbook/checking/commands/printed_cells.txt"), re.MULTILINE
    )


@deploying("Dans un navigateur, la page est à l'adresse <http://localhost:30080>.")
@guide("La recette vit dans l'espace de noms `datapress-recette`, son front répond sur <http://localhost:30080>.")
@guide("Ce que sont ses objets et comment ils se parlent : [Recette](../architecture/recette.md).")
def test_the_recette_has_one_namespace_and_its_page_is_on_the_node_port(model: Model, manifest: Any) -> None:
    (mapping,) = yaml.safe_load(source("k8s/options/kind/cluster.yaml"))["nodes"][0]["extraPortMappings"]

    assert manifest("Service", "datapress-front").at("spec", "ports", 0, "nodePort") == 30080
    assert (mapping["containerPort"], mapping["hostPort"], mapping["listenAddress"]) == (30080, 30080, "127.0.0.1")
    assert model.namespaces - {"default", "kube-system"} == {"datapress-recette"}
    assert front(API_BASE_URL=NOBODY).get("/").mimetype == "text/html"
    assert all(name in page("architecture/recette.md").page.markdown for name in DEPLOYMENTS)


@deploying("Depuis zéro, on nomme ce fichier d'abord : [Reconstruire](reconstruire.md#reconstruire).")
@deploying(
    "Un retrait vient d'être demandé : l'espace de noms finit de disparaître | Attendre que `kubectl get namespace datapress-recette` ne le trouve plus, puis reprendre à l'[étape 3](#appliquer) |"
)
@deploying("Tout retirer, jusqu'à l'espace de noms : [Retirer et reconstruire](reconstruire.md).")
@deploying("Ne retirer que la dernière version : [Revenir en arrière](revenir-en-arriere.md).")
def test_what_removes_what_and_what_starts_from_nothing() -> None:
    rebuilding = [block.code for block in blocks("exploitation/reconstruire.md")]
    gone = blocks("exploitation/reconstruire.md")[rebuilding.index("kubectl get namespace datapress-recette")]

    assert "kubectl apply -f k8s/namespace.yaml -f k8s/" in rebuilding
    assert "kubectl delete namespace datapress-recette --wait=false" in rebuilding
    assert gone.exit_status == 1
    assert gone.retry
    assert any("rollout undo" in block.code for block in blocks("exploitation/revenir-en-arriere.md"))


@deploying(
    "L'attente se termine par `timed out waiting for the condition` ou `exceeded its progress deadline` | Un pod ne devient pas prêt | [Déboguer](deboguer.md), d'après l'état du pod |"
)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_wait_and_the_deadline_of_a_deployment_end_together(manifest: Any, name: str) -> None:
    deployment = manifest("Deployment", name)

    assert (
        f"rollout status deployment/{name} -n datapress-recette --timeout={deployment.at('spec', 'progressDeadlineSeconds')}s"
        in _code(DEPLOYING)
    )
    assert deployment.containers[0]["readinessProbe"]


@deploying(
    "`The connection to the server … was refused` | Le cluster ne répond pas, ou le contexte n'est pas le bon | `kubectl config get-contexts` |"
)
def test_the_contexts_are_listed_with_a_mark_at_the_one_in_use() -> None:
    assert [
        line.split()[1] for line in _recorded("kubectl-config-get-contexts").splitlines() if line.startswith("*")
    ] == ["recette"]
    assert "The connection to the server <name> was refused" in source(
        "scripts/runbook/checking/commands/printed_lines.txt"
    )


# What the page that starts says of Compose


@starting("la première construction en prend davantage")
@pytest.mark.parametrize("name", ["api", "front"])
def test_what_is_installed_stays_from_one_build_to_the_next(name: str) -> None:
    written = source(f"services/{name}/Dockerfile")

    assert (
        written.index("requirements.txt /tmp/")
        < written.index("install ")
        < written.index(f"COPY {name}/datapress_{name}")
    )


@starting("Le moteur Docker répond :")
@starting("`Cannot connect to the Docker daemon` | Le moteur Docker ne tourne pas, ou votre compte n'y a pas droit |")
def test_the_engine_is_asked_for_its_own_version() -> None:
    assert "{{.Server.Version}}" in blocks(STARTING)[0].code
    assert "Cannot connect to the Docker daemon" in source("scripts/runbook/checking/commands/printed_words.txt")


@starting("Si l'un d'eux répond, un autre programme l'occupe : voyez [Si ça échoue](#echec).")
def test_both_ports_of_compose_are_tried_before_the_start(model: Model) -> None:
    tried = blocks(STARTING)[1].code

    assert re.findall(r"localhost:(\d+)", tried) == [
        port["published"] for name in ("api", "front") for port in model.services[name]["ports"]
    ]
    assert place(STARTING, "curl -sS http://localhost:8000/health http://") < [
        block.code for block in blocks(STARTING)
    ].index("docker compose up --build")


@starting(
    "Ctrl+C dans le premier terminal arrête les conteneurs et les laisse en place ; la commande suivante les arrête et les retire, de n'importe quel terminal ouvert dans le dépôt."
)
@starting("À préférer pour une démonstration ou une machine d'intégration : le terminal reste libre.")
@starting("Le tableau n'a plus que son titre :")
@starting("Ce bloc s'exécute sans risque à tout moment, par exemple après un terminal fermé trop vite.")
def test_the_project_has_a_name_of_its_own_and_is_taken_down_without_its_terminal(model: Model) -> None:
    commands = {block.code: block for block in blocks(STARTING)}
    empty = commands["docker compose ps --all"]

    assert model.compose["name"] == "datapress"
    assert [path.name for path in ROOT.glob("*compose*.y*ml")] == ["compose.yaml"]
    assert commands["docker compose up --build"].background
    assert commands["docker compose up --build -d --wait"].background is None
    assert empty.expected is not None
    assert empty.expected.text.split() == _recorded("docker-compose-ps").splitlines()[0].split()
    assert (
        [block.code for block in commands.values() if block.cleanup]
        == load(ROOT).targets["compose"].teardown
        == ["docker compose down --remove-orphans"]
    )


@starting("Dans un terminal, chaque ligne est précédée d'une coche et suivie de sa durée.")
@pytest.mark.parametrize(("before", "after"), [(" ", " "), (" ✔ ", " 0.3s")])
def test_what_compose_removes_is_recognised_in_a_terminal_and_outside_of_one(before: str, after: str) -> None:
    (_, down) = (block for block in blocks(STARTING) if block.code == "docker compose down")
    printed = "".join(
        f"{before}{thing} Removed{after}\n" for thing in ("Container datapress-api-1 ", "Network datapress_datapress ")
    )

    assert down.expected is not None
    assert expect.compare(down.expected.text, printed, down.expected.kind) is None
    assert expect.compare(down.expected.text, printed.replace("Removed", "Stopped"), down.expected.kind) is not None


@starting("et chacun dispose de 30s pour s'arrêter.")
@pytest.mark.parametrize("name", ["api", "front"])
def test_compose_gives_a_service_longer_than_gunicorn_gives_its_requests(model: Model, name: str) -> None:
    graceful = re.search(r"^graceful_timeout = (\d+)$", source("services/common/gunicorn.conf.py"), re.MULTILINE)

    assert model.services[name]["stop_grace_period"] == "30s"
    assert graceful
    assert int(graceful[1]) < 30


# What the page of symptoms says of what is seen


@pytest.mark.claim("exploitation/deboguer.md", "Le code `000` veut dire qu'aucune réponse HTTP n'est revenue :")
def test_curl_gives_three_zeros_and_seven_where_nobody_answers() -> None:
    asked = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*", NOBODY],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (asked.stdout, asked.returncode) == ("000", 7)


@pytest.mark.claim(
    "exploitation/deboguer.md",
    "`ContainerCannotRun` ou `StartError`, 126 à 128 | La commande de l'image est introuvable ou interdite |",
)
def test_a_shell_tells_a_forbidden_command_from_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "forbidden").write_text("")
    statuses = [
        subprocess.run(["bash", "-c", f"{tmp_path}/{name}"], capture_output=True, check=False).returncode
        for name in ("forbidden", "missing")
    ]

    assert statuses == [126, 127]
    assert {"ContainerCannotRun", "StartError"} <= set(
        source("scripts/runbook/checking/commands/printed_cells.txt").split()
    )


@pytest.mark.claim("exploitation/deboguer.md", "Le réglage est pris en compte :")
def test_a_front_started_again_says_its_new_environment() -> None:
    assert front(API_BASE_URL=NOBODY, ENVIRONMENT="essai").get("/status").get_json()["environment"] == "essai"


@pytest.mark.claim("exploitation/deboguer.md", "Dépend du symptôme : chaque section commence par là")
def test_the_section_of_a_symptom_starts_with_what_users_see() -> None:
    starts = [
        block.prose for block in blocks("exploitation/deboguer.md") if "!!! example \"Pour s'exercer" in block.prose
    ]

    assert len(starts) == 6
    assert all(text.index("**Ce que voient les utilisateurs.**") < text.index("!!! example") for text in starts)


# How the guide is read


@guide("La durée est celle des commandes lors de cette vérification ; comptez en plus le temps de lire.")
@pytest.mark.claim("exploitation/deboguer.md", "pour toute la page, exercices compris")
def test_the_duration_of_a_page_is_that_of_all_its_commands() -> None:
    evidence = proven(run(step(seconds=40.0), step(seconds=25.0), step(page=OTHER, seconds=300.0)))

    assert re.fullmatch(r"1\smin\s05\ss de commandes", duration(evidence, DEPLOYING))
    assert duration(Evidence(), DEPLOYING) == "non mesurée"


@guide(
    "**« Résultat attendu »** suit le bloc : c'est ce que vous devez voir. `…` y remplace ce qui change d'une fois à l'autre : un nom tiré au hasard, une date, une adresse."
)
def test_an_expected_result_follows_its_block_and_leaves_out_what_varies() -> None:
    shown = [
        (block.line, block.expected.line)
        for name in RUNBOOKS
        for block in blocks(f"exploitation/{name}.md")
        if block.expected
    ]

    assert len(shown) > 50
    assert all(line < expected for line, expected in shown)
    assert (
        expect.compare("pod/datapress-api-…   1/1", "pod/datapress-api-7db4dc54d-4zv4n   1/1", expect.Kind.TEXT) is None
    )
    assert (
        expect.compare("pod/datapress-api-…   1/1", "pod/datapress-front-7f99f5d9f6-vj2s5   1/1", expect.Kind.TEXT)
        is not None
    )


@guide("Une commande qui doit attendre le fait elle-même, avec un délai ;")
def test_every_wait_has_its_limit_and_none_is_a_pause() -> None:
    codes = "\n".join(_code(f"exploitation/{name}.md") for name in RUNBOOKS)
    waits = re.findall(r"^kubectl (?:rollout status|wait) .*$", codes, re.MULTILINE)

    assert len(waits) > 10
    assert [line for line in waits if "--timeout=" not in line] == []
    assert not re.search(r"\bsleep\b", codes)


# What remains: options that end or do not, and what is shown to nobody


@starting("`docker compose logs --follow` les affiche au fur et à mesure et garde le terminal jusqu'à Ctrl+C.")
@starting("garde le terminal : la suite se tape dans un second.")
def test_what_keeps_its_terminal_is_asked_for_nowhere_but_in_a_first_one(model: Model) -> None:
    commands = blocks(STARTING)
    (first,) = (number for number, block in enumerate(commands) if block.background)

    assert (commands[first].title, commands[first + 1].title) == ("Premier terminal", "Second terminal")
    assert [block.code for block in commands if "docker compose logs" in block.code] == ["docker compose logs api"]
    assert any("ne finit pas" in one.cause for one in found(model, block("docker compose logs --follow")))
    assert not found(model, block("docker compose logs api"))


@starting("`starting` juste après le lancement est normal ; `unhealthy` ne l'est pas.")
@pytest.mark.parametrize("name", ["api", "front"])
def test_a_start_has_time_before_its_check_counts(name: str) -> None:
    assert re.search(
        r"^HEALTHCHECK .*--start-period=10s --retries=3 ", source(f"services/{name}/Dockerfile"), re.MULTILINE
    )
    assert [block.retry for block in blocks(STARTING) if block.code == "docker compose ps"] == [30]


@verifying("`EXTERNAL-IP <none>` est normal pour les deux.")
def test_no_service_asks_for_an_address_of_its_own(model: Model) -> None:
    assert {item.at("spec", "type") for item in model.of_kind("Service")} == {"ClusterIP", "NodePort"}
    assert not any(item.at("spec", "externalIPs", default=None) for item in model.of_kind("Service"))
    assert re.findall(r"^service/\S+ +\S+ +\S+ +(\S+)", _recorded("kubectl-get-all"), re.MULTILINE) == [
        "<none>",
        "<none>",
    ]


@verifying("ici le jeton passe du cluster à `curl` sans s'afficher ni figurer sur une ligne de commande :")
def test_the_token_goes_from_the_cluster_to_curl_through_pipes_only() -> None:
    code = blocks(VERIFYING)[place(VERIFYING, "base64 --decode")].code
    parts = [part.split()[0] for part in code.split("|")]

    assert parts == ["kubectl", "base64", "sed", "curl"]
    assert "--header @- " in code
    assert not re.search(r"\$\(|`|=\$|tee ", code)


@verifying("La route d'administration répond 403, et `curl` rend le code 22 |")
def test_curl_fails_with_twenty_two_on_a_refused_token() -> None:
    with listening(api(API_TOKEN=TOKEN).application) as address:
        asked = [
            "curl",
            "-fsS",
            "--noproxy",
            "*",
            "--header",
            "Authorization: Bearer un-autre-jeton",
            f"{address}/admin/configuration",
        ]
        refused = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert refused.returncode == 22
    assert "403" in refused.stderr


@deploying("finissez cette page, puis [redémarrez-les](mettre-a-jour.md#redemarrer).")
@verifying("[Redémarrer l'API](mettre-a-jour.md#redemarrer-l-api), qui relit le jeton |")
def test_the_page_that_updates_starts_both_deployments_again() -> None:
    restarting = [block for block in blocks("exploitation/mettre-a-jour.md") if "rollout restart" in block.code]

    assert [re.findall(r"deploy/(\S+)", block.code) for block in restarting] == [[name] for name in DEPLOYMENTS]
    assert "{ #redemarrer }" in restarting[0].prose
    assert "{ #redemarrer-l-api }" in restarting[0].prose
