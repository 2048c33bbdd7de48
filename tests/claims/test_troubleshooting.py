"""Claims of the page that starts from a symptom: what is seen, its cause, and what the remedy touches."""

import logging
import re
import socket
import ssl
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from datapress_api.settings import ApiSettings
from datapress_common.settings import SettingError
from datapress_front.api_call import BUDGET_SECONDS
from datapress_front.api_state import ApiState, state_of_answer, state_of_failure
from datapress_front.api_watch import ApiWatch
from runbook.checking.offered.model import Model
from runbook.reading.content import Block
from tests.claims.facts import DEPLOYMENTS, NOBODY, ROOT, api, blocks, front, page

PAGE = "exploitation/deboguer.md"
debugging = partial(pytest.mark.claim, PAGE)

HEADING = re.compile(r"^#{2,3} .+? \{ #([\w-]+) \}", re.MULTILINE)
SYMPTOMS = ("page-blanche", "api-indisponible", "imagepullbackoff", "crashloopbackoff", "pending", "configuration")


def _sections() -> dict[str, list[Block]]:
    """Anchor → the commands of that section, but for those that clean up."""
    found: dict[str, list[Block]] = {}
    anchor = ""
    for block in blocks(PAGE):
        anchor = [anchor, *HEADING.findall(block.prose)][-1]
        if not block.cleanup:
            found.setdefault(anchor, []).append(block)
    return found


def _code(anchor: str) -> str:
    return "\n".join(block.code for block in _sections()[anchor])


@debugging("La personne d'astreinte ; aucun remède de cette page ne perd de données")
@debugging("Redémarrer le composant lui fait relire la ConfigMap, sans coupure")
@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_no_remedy_deletes_anything(symptom: str) -> None:
    remedies = _code(f"{symptom}-remedier")

    assert set(re.findall(r"kubectl ([\w-]+)", remedies)) <= {"scale", "rollout", "set", "apply"}
    assert "--replicas=0" not in remedies


@debugging("| La page ne s'affiche pas du tout | [Page blanche](#page-blanche) |")
@debugging(
    "| La page s'affiche et annonce « API injoignable » ; `/status` répond 503 | [API indisponible](#api-indisponible) |"
)
@debugging("| Un pod en `ImagePullBackOff` ou `ErrImagePull` | [ImagePullBackOff](#imagepullbackoff) |")
@debugging("| Un pod en `CrashLoopBackOff` ou `Error` | [CrashLoopBackOff](#crashloopbackoff) |")
@debugging("| Un pod qui reste en `Pending` | [Pending](#pending) |")
@debugging("| Un réglage changé, et rien ne change | [Configuration sans effet](#configuration) |")
def test_each_exercise_provokes_the_symptom_that_its_section_treats(manifest: Any) -> None:
    assert "scale deployment/datapress-front --replicas=0" in _code("page-blanche")
    assert "scale deployment/datapress-api --replicas=0" in _code("api-indisponible")
    assert "set image deployment/datapress-api api=datapress-api:9.9.9" in _code("imagepullbackoff")
    assert manifest("Deployment", "datapress-api").containers[0]["image"] != "datapress-api:9.9.9"
    assert "LOG_LEVEL=bavard" in _code("crashloopbackoff")
    assert "--requests=cpu=1000 " in _code("pending")
    assert "patch configmap datapress-config" in _code("configuration")
    lost = front(API_BASE_URL=NOBODY)
    assert "API injoignable" in lost.get("/").text
    assert lost.get("/status").status_code == 503


@debugging("Trois commandes suffisent presque toujours, dans cet ordre : l'état, les événements, les journaux.")
@debugging("Rien de tout cela | Les trois commandes ci-dessous, puis [Vérifier](verifier.md) |")
def test_the_first_three_commands_are_those() -> None:
    first = _sections()["par-ou-commencer"]

    assert [re.findall(r"kubectl (get pods|get events|logs)", block.code)[-1] for block in first] == [
        "get pods",
        "get events",
        "logs",
    ]


# A blank page


@debugging(
    "**Ce que cela veut dire.** Le navigateur n'obtient aucune réponse : aucun pod du front n'est prêt, ou le Service ne mène à aucun."
)
@debugging("`1/1` sans adresse : le Service ne désigne pas ces pods, `kubectl describe service` montre son sélecteur.")
@debugging("`READY 0/0` : on n'en demande aucun. `0/1` : on en demande un et il n'est pas prêt")
def test_one_pod_of_the_front_is_wanted_and_its_service_selects_it(model: Model, manifest: Any) -> None:
    deployment = manifest("Deployment", "datapress-front")

    assert deployment.at("spec", "replicas") == 1
    assert model.workloads_behind(manifest("Service", "datapress-front")) == [deployment]
    assert "--replicas=1 " in _code("page-blanche-remedier")


@debugging("après 5 s la commande abandonne, relancez-la.")
def test_the_call_gives_up_after_five_seconds() -> None:
    assert "--max-time 5 http://localhost:30080" in _code("page-blanche-retour")


# An API that is not there


@debugging("**Ce que cela veut dire.** Le front tourne et ne joint pas l'API.")
@debugging("La page répond, en moins de trois secondes, et annonce que l'API est injoignable.")
@pytest.mark.claim("presentation/diaporama.md", "**Tomber seul** Sans API, la page répond en moins de 3 s et le dit.")
@pytest.mark.claim(
    "presentation/diaporama.md",
    "Insister sur le mode dégradé : l'utilisateur voit une page qui explique, pas une erreur.",
)
def test_without_the_api_the_page_answers_in_time_and_says_so() -> None:
    answer = front(API_BASE_URL=NOBODY).get("/")

    assert BUDGET_SECONDS < 3
    assert answer.status_code == 200
    assert "Cette page reste disponible, seule l’API est en défaut." in answer.text


@debugging("Une supervision, elle, lit le code de la réponse :")
def test_a_monitor_needs_the_status_code_only() -> None:
    assert front(API_BASE_URL=NOBODY).get("/status").status_code == 503
    assert "%{http_code}" in _code("api-indisponible-constater")


def _caused_by(kind: type[Exception], cause: BaseException | None = None) -> Exception:
    error = kind()
    error.__cause__ = cause
    return error


@debugging("`connexion refusée` | Aucun pod prêt derrière le Service de l'API : la suite de cette section |")
@debugging(
    "`nom introuvable dans le DNS` | Le Service n'existe pas, ou `API_BASE_URL` le nomme mal : [Configuration](#configuration) |"
)
@debugging(
    "`délai de réponse dépassé` | L'API tourne et ne répond pas à temps : ses journaux, et la charge de la machine |"
)
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (_caused_by(requests.ConnectionError, ConnectionRefusedError()), "connexion refusée"),
        (_caused_by(requests.ConnectionError, socket.gaierror()), "nom introuvable dans le DNS"),
        (_caused_by(requests.ReadTimeout), "délai de réponse dépassé"),
        (_caused_by(requests.ConnectionError, ssl.SSLError()), "connexion interrompue"),
    ],
)
def test_the_front_says_why_no_answer_came(failure: Exception, said: str) -> None:
    assert state_of_failure(failure) == ApiState(reachable=False, error=said)


@debugging(
    "`réponse HTTP 500` et autres | L'API répond en erreur : la référence `request_id` de la page mène à la ligne du journal |"
)
def test_an_error_of_the_api_is_told_by_its_status() -> None:
    answer: Any = SimpleNamespace(status_code=500)

    assert state_of_answer(answer, 1.0).error == "réponse HTTP 500"
    assert api().get("/inconnue", headers={"X-Request-ID": "a-1"}).get_json()["request_id"] == "a-1"


@debugging(
    "Le front l'a noté dans son journal ; le filtre écarte les lignes ordinaires, nombreuses sur un service occupé"
)
def test_the_front_logs_a_warning_when_the_api_is_at_fault(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ApiWatch(lambda _: ApiState(reachable=False, error="connexion refusée")).state("a")
        ApiWatch(lambda _: ApiState(reachable=True, status=200)).state("b")

    assert [(record.name, record.levelname) for record in caplog.records] == [("datapress_front.api_watch", "WARNING")]
    assert """grep '"level": "warning"'""" in _code("api-indisponible-diagnostiquer")


@debugging(
    "`READY 0/0` : quelqu'un, ou une commande, a mis le nombre de pods à zéro. `0/2` : les pods existent et ne sont pas prêts"
)
def test_two_pods_of_the_api_are_wanted(manifest: Any) -> None:
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2
    assert "--replicas=2 " in _code("api-indisponible-remedier")


# A pod that does not become ready


@debugging("Rien lors d'une mise à jour : les anciens pods servent tant que le nouveau n'est pas prêt.")
@debugging(
    "**Ce que voient les utilisateurs.** Rien lors d'une mise à jour. Si tous les pods sont touchés : [API indisponible](#api-indisponible) ou [page blanche](#page-blanche)."
)
@debugging(
    "Rien lors d'une mise à jour, les anciens pods servent ; moins de marge si un pod perdu ne peut pas être remplacé."
)
@pytest.mark.claim("presentation/diaporama.md", "Réglage refusé : l'ancienne version sert toujours")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_update_takes_no_pod_away_before_the_new_one_is_ready(manifest: Any, name: str) -> None:
    assert manifest("Deployment", name).at("spec", "strategy", "rollingUpdate", "maxUnavailable") == 0
    assert issubclass(SettingError, SystemExit)


@debugging("étiquette inexistante, image non chargée sur ce cluster, registre injoignable ou fermé.")
@debugging(
    "Si l'étiquette est fausse, revenir à la précédente ; si l'image manque, [la construire ou la charger](deployer.md#construire), le pod démarre alors de lui-même."
)
def test_a_wrong_tag_is_undone_and_an_image_is_loaded_by_the_page_on_deploying() -> None:
    loading = page("exploitation/deployer.md").page.markdown.partition("{ #construire }")[2].partition("\n### ")[0]

    assert "rollout undo deployment/datapress-api" in _code("imagepullbackoff-remedier")
    assert "kind load docker-image" in loading
    assert "docker compose build" in loading


@debugging("La ligne nomme la variable, la valeur reçue et ce qui était attendu.")
@debugging("`Error`, 1 | Le programme a refusé de démarrer : ses journaux disent pourquoi |")
def test_a_refused_setting_ends_the_service_with_one_and_a_line() -> None:
    with pytest.raises(SystemExit) as refused:
        api(LOG_LEVEL="bavard")

    assert re.fullmatch(
        r"Configuration refusée\s: LOG_LEVEL=«\sbavard\s»\s; attendu\s: debug, info, warning ou error\.",
        str(refused.value.code),
    )
    assert "LOG_LEVEL=bavard" in _code("crashloopbackoff")
    assert "LOG_LEVEL- " in _code("crashloopbackoff-remedier")


@debugging("`OOMKilled`, 137 | La mémoire a dépassé 192Mi |")
@debugging("`Error`, 137 | Tué par la sonde de vie ou à la fin du délai d'arrêt : voir les événements |")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_may_kill_a_container(manifest: Any, name: str) -> None:
    deployment = manifest("Deployment", name)
    (container,) = deployment.containers

    assert container["resources"]["limits"] == {"memory": "192Mi"}
    assert container["livenessProbe"]["failureThreshold"] == 3
    assert deployment.at("spec", "template", "spec", "terminationGracePeriodSeconds") == 40


@debugging("Retirer le réglage fautif : le tiret final supprime la variable.")
@debugging("ce bloc ramène tout à ce que disent les fichiers ; si tout s'est bien passé, il ne change rien.")
def test_the_clean_up_takes_the_setting_away_and_applies_the_files() -> None:
    (cleaning,) = (block.code for block in blocks(PAGE) if block.cleanup)

    assert "set env deployment/datapress-api LOG_LEVEL- " in cleaning
    assert "kubectl apply -f k8s/" in cleaning


@debugging("pas assez de processeur ou de mémoire à réserver, ou une contrainte que rien ne satisfait.")
@debugging("Si la réservation est fausse, revenir à celle du fichier ; si elle est juste, c'est au cluster de grandir.")
def test_pods_reserve_processor_and_memory_and_the_file_has_the_figures(manifest: Any) -> None:
    deployment = manifest("Deployment", "datapress-api")

    assert set(deployment.containers[0]["resources"]["requests"]) == {"cpu", "memory"}
    assert f"apply -f {deployment.path}" in _code("pending-remedier")


# A setting without effect


@debugging("La ConfigMap a changé, et les pods tournent avec l'ancienne : ils ne la lisent qu'en démarrant.")
@debugging("L'ancien comportement, sans erreur nulle part.")
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_config_map_becomes_variables_and_variables_are_read_once(manifest: Any, name: str) -> None:
    deployment = manifest("Deployment", name)
    volumes = deployment.at("spec", "template", "spec", "volumes", default=[])
    environ = {"ENVIRONMENT": "recette", "API_BASE_URL": NOBODY}
    client = front(**environ)
    environ["ENVIRONMENT"] = "essai"

    assert deployment.containers[0]["envFrom"] == [{"configMapRef": {"name": "datapress-config"}}]
    assert not any("configMap" in volume for volume in volumes)
    assert client.get("/status").get_json()["environment"] == "recette"


@debugging(
    "le nom de la variable est peut-être mal orthographié : un service ne lit que [les siennes](../architecture/configuration.md)."
)
def test_a_service_ignores_what_is_no_setting_of_its_own() -> None:
    assert api(LOGLEVEL="bavard").get("/").get_json()["environment"]["log_level"] == "info"
    assert "api_base_url" not in ApiSettings.__struct_fields__


@debugging("La variable telle que la voit le conteneur, dans le pod le plus récent")
@debugging("Le pod fautif est le plus récent ; ses événements donnent l'image et la raison.")
@pytest.mark.parametrize(
    "anchor", ["configuration-diagnostiquer", "imagepullbackoff-diagnostiquer", "crashloopbackoff-diagnostiquer"]
)
def test_the_newest_pod_is_looked_at(anchor: str) -> None:
    assert "--sort-by=.metadata.creationTimestamp -o name | tail -n 1)" in _code(anchor)


@debugging(
    "Puis, selon ce que la situation permet, [revenez à la version précédente](revenir-en-arriere.md) ou [reconstruisez la recette](reconstruire.md)."
)
@debugging("Gardez de quoi comprendre, avant de tout remettre en route")
def test_events_are_kept_before_anything_is_put_back() -> None:
    assert "kubectl get events" in _code("echec")
    assert all((ROOT / "docs/exploitation" / name).exists() for name in ("revenir-en-arriere.md", "reconstruire.md"))


STEPS = {
    "constater": "Constater",
    "diagnostiquer": "Diagnostiquer",
    "remedier": "Remédier",
    "retour": "Retour à la normale",
}


@pytest.mark.parametrize(
    "symptom",
    [
        pytest.param(
            symptom, marks=[debugging(f"### {title} {{ #{symptom}-{step} }}") for step, title in STEPS.items()]
        )
        for symptom in SYMPTOMS
    ],
)
def test_a_symptom_is_seen_then_explained_then_cured_then_gone(symptom: str) -> None:
    order = [anchor for anchor in _sections() if anchor.startswith(symptom)]

    assert order == [symptom, *(f"{symptom}-{step}" for step in STEPS)]


@debugging(
    "**Ce que cela veut dire.** Le conteneur démarre et s'arrête aussitôt, encore et encore ; Kubernetes espace ses essais."
)
@debugging("Les derniers mots du conteneur, avant son arrêt :")
@debugging("Si les journaux sont vides, la façon dont le conteneur a fini dit le reste :")
def test_the_last_words_are_read_before_the_way_in_which_it_ended(manifest: Any) -> None:
    first, second = _sections()["crashloopbackoff-diagnostiquer"]

    assert first.code.endswith("--previous")
    assert "kubectl describe" in second.code
    assert (
        manifest("Deployment", "datapress-api").at("spec", "template", "spec", "restartPolicy", default="Always")
        == "Always"
    )


@debugging(
    "Le plus récent est en dernier. `ErrImagePull` au premier échec, `ImagePullBackOff` quand Kubernetes espace ses essais : c'est le même défaut."
)
@debugging("L'image existe-t-elle sous ce nom, sur le moteur qui les construit ?")
def test_the_image_is_looked_for_where_it_is_built(model: Model) -> None:
    assert "--sort-by=.metadata.creationTimestamp" in _code("imagepullbackoff-constater")
    assert "docker image ls datapress-api " in _code("imagepullbackoff-diagnostiquer")
    assert model.services["api"]["image"].startswith("datapress-api:")


@debugging(
    "Quand on ne sait pas ce qui a changé, `kubectl rollout undo` retire toute la mise à jour : [Revenir en arrière](revenir-en-arriere.md)."
)
@debugging(
    "| `kubectl` répond `connection refused`, ou ne trouve pas l'espace de noms | Ce n'est pas l'application : [le bon cluster, et ses nœuds prêts](deployer.md#avant), puis [ce qui tombe avec lui](../architecture/index.md#pannes) |"
)
def test_links_lead_to_the_commands_that_they_speak_of() -> None:
    before = [block.code for block in blocks("exploitation/deployer.md")][:2]

    assert before == ["kubectl config current-context", "kubectl get nodes"]
    assert any("rollout undo" in block.code for block in blocks("exploitation/revenir-en-arriere.md"))
    assert "{ #pannes }" in page("architecture/index.md").page.markdown


@debugging("L'ordonnanceur dit ce qui lui manque :")
@debugging("Ce que chaque nœud a déjà réservé :")
@debugging("La ConfigMap dit une chose :")
@debugging("Le front en dit une autre :")
def test_what_is_asked_of_whom() -> None:
    scheduler, nodes = _sections()["pending-diagnostiquer"]
    settings, service = _sections()["configuration-constater"]

    assert "reason=FailedScheduling" in scheduler.code
    assert nodes.code == "kubectl describe nodes"
    assert "get configmap datapress-config" in settings.code
    assert service.code.endswith("localhost:30080/status")
