"""Claims of the page for programs that use the API."""

import re
import socket
from collections.abc import Callable

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError, ProtocolError
from urllib3.util import Retry

from runbook.checking.offered.model import Model
from runbook.checking.offered.objects import KubeObject
from tests.claims.facts import NOBODY, TOKEN, api, listening, page, source

Manifest = Callable[[str, str], KubeObject]
PAGE = "utiliser-api.md"


@pytest.mark.claim(
    PAGE,
    "`instance` nomme le conteneur ou le pod qui a répondu : en recette, deux appels de suite peuvent en nommer deux.",
)
def test_the_instance_is_the_host_that_answered(manifest: Manifest) -> None:
    assert api().get("/").json["instance"] == socket.gethostname()
    assert manifest("Deployment", "datapress-api").at("spec", "replicas") == 2


@pytest.mark.claim(
    PAGE,
    "`Retry` espace ses essais ; une requête déjà partie n'est rejouée que si sa méthode peut se répéter sans effet, comme `GET`.",
)
def test_what_has_been_sent_is_sent_again_for_a_method_without_effect_only() -> None:
    retry = Retry(total=5, backoff_factor=0.2)
    later = retry.increment("GET", "/", error=ProtocolError("coupée")).increment(
        "GET", "/", error=ProtocolError("coupée")
    )
    assert later.get_backoff_time() > 0
    with pytest.raises(ProtocolError):
        retry.increment("POST", "/", error=ProtocolError("coupée"))
    assert retry.increment("POST", "/", error=ConnectTimeoutError()).total == 4  # nothing has been sent


@pytest.mark.claim(
    PAGE,
    "L'identifiant envoyé dans `X-Request-ID` est noté dans les journaux et rendu dans la réponse, s'il tient en 64 lettres sans accent, chiffres ou tirets au plus ; sinon, ou sans lui, l'API en crée un.",
)
@pytest.mark.parametrize(
    ("given", "kept"),
    [("A1-" + 61 * "b", True), (65 * "b", False), ("été", False), ("a_b", False), ("", False), (None, False)],
)
def test_an_identifier_of_64_letters_digits_and_dashes_is_kept_and_any_other_replaced(
    given: str | None, kept: bool
) -> None:
    headers = {} if given is None else {"X-Request-ID": given}
    answered = api().get("/health", headers=headers).headers["X-Request-ID"]
    assert (answered == given) is kept
    assert answered


@pytest.mark.claim(
    PAGE, "`/admin/configuration` montre les réglages réellement appliqués, à qui présente le jeton de l'API."
)
def test_the_admin_route_shows_what_is_applied() -> None:
    client = api(API_TOKEN=TOKEN, ENVIRONMENT="essai", LOG_LEVEL="error", API_VERSION="9.8.7")
    shown = client.get("/admin/configuration", headers={"Authorization": f"Bearer {TOKEN}"}).json
    assert shown["settings"] == {"ENVIRONMENT": "essai", "LOG_LEVEL": "error", "API_VERSION": "9.8.7"}


@pytest.mark.claim(PAGE, "Quand l'API n'est pas là, il n'y a pas de réponse du tout, et `requests` lève une exception")
def test_without_the_api_requests_raises() -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{NOBODY}/", timeout=2)


@pytest.mark.claim(PAGE, "sans lequel une erreur passe pour une réponse")
def test_an_error_is_an_answer_until_it_is_raised() -> None:
    with listening(api().application) as address:
        answer = requests.get(f"{address}/inconnue", timeout=2)
    assert answer.status_code == 404
    with pytest.raises(requests.HTTPError):
        answer.raise_for_status()


@pytest.mark.claim(PAGE, "Chacun se copie et s'exécute seul ; la ligne `#>` donne ce qu'il affiche.")
def test_each_snippet_is_run_alone_by_a_test() -> None:
    snippets = re.findall(r"^```python\n(.*?)^```", page(PAGE).page.markdown, re.DOTALL | re.MULTILINE)
    assert f'HOW_MANY = {{"docs/{PAGE}": {len(snippets)}}}' in source("tests/site/test_python_snippets.py")
    for snippet in snippets:
        assert "import requests" in snippet
        assert "#> " in snippet
        compile(snippet, PAGE, "exec")


@pytest.mark.claim(
    PAGE, "La liste des adresses et de ce qu'elles rendent est dans [Architecture](architecture/index.md#adresses)."
)
def test_the_overview_lists_every_route_of_the_api() -> None:
    text = page("architecture/index.md").page.markdown.split("{ #adresses }")[1]
    assert [rule.rule for rule in api().application.url_map.iter_rules() if f"| `{rule.rule}` |" not in text] == []


@pytest.mark.claim(PAGE, "Sur un poste, lancez l'API avec la variable `API_TOKEN` de votre choix")
def test_the_token_of_a_machine_is_a_variable(model: Model) -> None:
    assert api(API_TOKEN=TOKEN).get("/").json["secret_present"] is True
    assert "API_TOKEN" in model.services["api"]["environment"]


@pytest.mark.claim(
    PAGE, "ils s'adressent à l'API d'un poste de développement, [lancée](demarrer.md) sans Docker ou avec"
)
def test_the_api_of_a_machine_is_on_port_8000_with_docker_or_without(model: Model) -> None:
    assert list(model.applications["api"].ports) == [8000]
    assert [port["published"] for port in model.services["api"]["ports"]] == ["8000"]
