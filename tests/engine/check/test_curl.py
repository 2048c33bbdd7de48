"""HTTP calls: host, port, route, method and options are those that exist."""

import pytest
from tests.engine.check.shop import block, expecting, found

from runbook.checking.offered.model import Model


@pytest.mark.parametrize(
    "code",
    [
        "curl -fsS http://localhost:7000/health",
        "curl -s -o /dev/null -w '%{http_code}\\n' --max-time 5 http://localhost:7001 || true",
        "curl localhost:7000/sales -d 'a=1' -H 'X-Till-Number: b' -H 'accept: x/y'",
        "curl -X DELETE 'http://127.0.0.1:7000/sales/3?x=1'",
        "curl -I http://localhost:7000/",
        "wget -qO- http://localhost:7001/",
        "curl -fsS https://elsewhere.example/any/path",
        'ID=$(date +%s) && curl -fsS "http://localhost:7000/sales/$ID" -X DELETE',
    ],
)
def test_a_call_that_something_answers_is_right(shop: Model, code: str) -> None:
    assert not found(shop, block(code))


@pytest.mark.parametrize(
    ("code", "cause", "remedy"),
    [
        ("curl -fsS http://localhost:7000/heath", "« till » n'a pas de route « /heath »", "« /health »"),
        ("curl -fsS http://localhost:7002/health", "rien ne répond sur localhost:7002", "7000 (till), 7001 (window)"),
        ("curl -fsS http://localhost:30007/", "rien ne répond sur localhost:30007", "changer de cible"),
        ("curl -fsS http://till:7000/health", "hôte « till »", "localhost:7000"),
        ("curl -fsS http://shop-window/", "hôte « shop-window »", "port-forward"),
        ("curl -fsS http://locahost:7000/", "hôte « locahost »", "« localhost »"),
        ("curl -fsS htp://localhost:7000/", "schéma « htp »", "« http »"),
        ("curl -fsS https://localhost:7000/", "en https", "http://"),
        ("curl -fsS http://localhost:70000/", "URL illisible", "http://hôte:port"),
        ("curl -X POST http://localhost:7000/health", "n'accepte pas POST", "GET"),
        ("curl -d x http://localhost:7000/health", "n'accepte pas POST", "GET"),
        ("curl -X GTE http://localhost:7000/nothing", "méthode HTTP « GTE »", "« GET »"),
        ("curl --fial http://localhost:7000/health", "option « --fial » inconnue de « curl »", "« --fail »"),
        ("curl http://localhost:7000/health --max-time", "« --max-time » de « curl » sans valeur", "valeur"),
        ("curl --max-time soon http://localhost:7000/health", "« soon » n'est pas un nombre", "nombre"),
        ("curl -k http://localhost:7000/health", "« -k »", "la retirer"),
        ("curl -w '%{http_cod}' http://localhost:7000/health", "variable « http_cod »", "« http_code »"),
        ("curl -fsS", "curl sans URL", "URL"),
        ("curl -H Authorization http://localhost:7000/", "en-tête « Authorization »", "Nom: valeur"),
        ("curl -H 'X-Till-Nubmer: 1' http://localhost:7000/", "en-tête « X-Till-Nubmer »", "« X-Till-Number »"),
        ("curl -d @absent.json http://localhost:7000/sales", "« absent.json » n'existe", ""),
        ("wget http://localhost:7000/absent", "pas de route « /absent »", ""),
        ("wget --quite http://localhost:7000/health", "option « --quite »", "« --quiet »"),
        ("tools/count begin http://localhost:7000/heath", "pas de route « /heath »", "« /health »"),
    ],
)
def test_a_call_that_nothing_answers_is_named_with_what_to_do(shop: Model, code: str, cause: str, remedy: str) -> None:
    assert any(cause in item.cause and remedy in item.remedy and item.line == 11 for item in found(shop, block(code)))


def test_a_call_may_fail_where_the_page_says_that_it_does(shop: Model) -> None:
    code = "curl -s -o /dev/null -w '%{http_code}' http://localhost:7000/nothing"
    assert not found(shop, block(code, expected=expecting("404")))
    assert found(shop, block(code, expected=expecting("200")))
    assert not found(shop, block("curl -fsS http://localhost:7000/nothing", exit_status=22))


@pytest.mark.parametrize(("target", "port"), [("bare", 7000), ("compose", 7001), ("cluster", 30007)])
def test_each_target_answers_on_its_own_ports(shop: Model, target: str, port: int) -> None:
    assert not found(shop, block(f"curl -fsS http://localhost:{port}/", target=target))
    assert found(
        shop,
        block(
            "curl -fsS http://localhost:30007/" if target != "cluster" else "curl -fsS http://localhost:7000/",
            target=target,
        ),
    )


def test_a_finding_stands_at_the_line_of_its_word(shop: Model) -> None:
    (item,) = found(shop, block("curl -fsS \\\n  http://localhost:7000/heath"))
    assert item.line == 12
