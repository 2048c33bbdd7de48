"""Who gets to see the API's configuration?"""

import hmac
import signal

import msgspec
import pytest
import requests

from datapress_api.admin_token import AdminToken, read_admin_token
from datapress_api.attempts import Attempts
from datapress_common.settings import SettingError

ROUTE = "/admin/configuration"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.promesse("jeton")
def test_the_right_token_opens_the_configuration_without_showing_itself(api_client, token):
    client = api_client(API_TOKEN=token, ENVIRONMENT="recette", API_VERSION="2.3.4")

    answer = client.get(ROUTE, headers=bearer(token))

    assert answer.status_code == 200
    assert answer.json == {
        "service": "datapress-api",
        "settings": {"ENVIRONMENT": "recette", "LOG_LEVEL": "info", "API_VERSION": "2.3.4"},
        "secret": {"present": True, "source": "API_TOKEN"},
    }
    assert token not in answer.text


def test_the_token_may_come_from_a_file_with_a_final_newline(api_client, token, tmp_path):
    secret = tmp_path / "API_TOKEN"
    secret.write_text(token + "\n", encoding="utf-8")

    answer = api_client(API_TOKEN_FILE=str(secret)).get(ROUTE, headers=bearer(token))

    assert answer.status_code == 200
    assert answer.json["secret"] == {"present": True, "source": "API_TOKEN_FILE"}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic dXRpbGlzYXRldXI6bW90"}],
    ids=["nothing", "an empty token", "another scheme"],
)
def test_without_a_token_the_answer_is_401_and_says_what_to_show(api_client, token, headers):
    answer = api_client(API_TOKEN=token).get(ROUTE, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="DataPress API"'
    assert answer.json["error"] == "authentification requise"


@pytest.mark.promesse("jeton")
@pytest.mark.parametrize("change", [str.upper, lambda token: token[:-1], lambda token: token + "é"])
def test_a_wrong_token_is_403_and_is_not_repeated(api_client, token, change):
    wrong = change(token)

    answer = api_client(API_TOKEN=token).get(ROUTE, headers=bearer(wrong))

    assert answer.status_code == 403
    assert answer.json["error"] == "accès refusé"
    assert token not in answer.text + str(answer.headers)
    assert wrong not in answer.text + str(answer.headers)


@pytest.mark.parametrize("change", [str, str.upper])
def test_right_or_wrong_a_token_is_compared_in_constant_time(api_client, token, change, monkeypatch):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda *both: compared.append(both) or both[0] == both[1])

    api_client(API_TOKEN=token).get(ROUTE, headers=bearer(change(token)))

    assert compared == [(token.encode(), change(token).encode())]


@pytest.mark.promesse("jeton")
def test_without_a_configured_token_the_route_is_closed_even_to_a_guess(api_client):
    for headers in ({}, bearer(""), bearer("None")):
        assert api_client().get(ROUTE, headers=headers).status_code == 503


def test_the_token_shows_in_no_form_of_its_object(token):
    secret = AdminToken(token, "API_TOKEN")

    assert token not in f"{secret} {secret!r} {[secret]}"
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "16 à 256 caractères"),
        ("trop-court", "16 à 256 caractères"),
        ("avec une espace au milieu", "16 à 256 caractères"),
        ("x" * 257, "16 à 256 caractères"),
        ("accentué-0123456789", "16 à 256 caractères"),
    ],
)
def test_an_unusable_token_stops_the_start_without_being_quoted(value, problem):
    with pytest.raises(SettingError, match=problem) as refused:
        read_admin_token({"API_TOKEN": value})

    assert "API_TOKEN" in str(refused.value)
    assert not value or value not in str(refused.value)


def test_a_token_with_an_equal_sign_is_accepted(api_client):
    for padded in ("bGUgamV0b24gZGUgdGVzdA==", "nom=valeur-0123456789", "=" * 16):
        assert api_client(API_TOKEN=padded).get(ROUTE, headers=bearer(padded)).status_code == 200


def test_a_replaced_token_counts_from_the_next_request_on(api_client, token, tmp_path):
    secret, other = tmp_path / "API_TOKEN", "autre-jeton-0123456789"
    secret.write_text(token, encoding="utf-8")
    client = api_client(API_TOKEN_FILE=str(secret))

    def statuses():
        return [client.get(ROUTE, headers=bearer(each)).status_code for each in (token, other)]

    assert statuses() == [200, 403]
    replacement = tmp_path / "nouveau"
    replacement.write_text(other, encoding="utf-8")
    replacement.replace(secret)
    assert statuses() == [403, 200]

    secret.write_text("court", encoding="utf-8")
    assert statuses() == [503, 503]
    assert client.get("/").json["secret_present"] is False
    assert client.get("/health/ready").status_code == 503
    secret.unlink()
    assert statuses() == [503, 503]

    secret.write_text(token, encoding="utf-8")
    assert client.get(ROUTE, headers=bearer(token)).status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_a_token_revoked_by_a_reload_is_refused(gunicorn, token, tmp_path):
    secret = tmp_path / "API_TOKEN"
    secret.write_text(token, encoding="utf-8")
    api = gunicorn("api", API_TOKEN_FILE=str(secret))
    assert requests.get(api.url + ROUTE, headers=bearer(token), timeout=5).status_code == 200

    secret.write_text("autre-jeton-0123456789", encoding="utf-8")
    api.process.send_signal(signal.SIGHUP)
    api.wait_for_line("Hang up")

    assert requests.get(api.url + ROUTE, headers=bearer(token), timeout=5).status_code == 403


def test_wrong_tokens_of_one_client_are_slowed_down_and_so_is_what_follows(api_client, token):
    client = api_client(API_TOKEN=token)

    def statuses(shown, count, address="10.0.0.1"):
        asked = (client.get(ROUTE, headers=bearer(shown), environ_base={"REMOTE_ADDR": address}) for _ in range(count))
        return [answer.status_code for answer in asked]

    wrong = "faux-jeton-0123456789"
    assert statuses(wrong, 7) == [403] * 5 + [429] * 2
    answer = client.get(ROUTE, headers=bearer(token), environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.status_code == 429, "or guessing would go on"
    assert 1 <= int(answer.headers["Retry-After"]) <= 2
    assert statuses(token, 20, "10.0.0.2") == [200] * 20, "nobody else is slowed down, nor is the right token"


def test_attempts_come_back_one_by_one_and_their_memory_is_bounded():
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])

    for _ in range(5):
        assert attempts.wait("10.0.0.1") == 0
        attempts.wrong("10.0.0.1")
    assert attempts.wait("10.0.0.1") == 2
    now[0] = 2.0
    assert attempts.wait("10.0.0.1") == 0
    attempts.wrong("10.0.0.1")
    assert attempts.wait("10.0.0.1") == 2

    for number in range(5):
        attempts.wrong(f"2001:db8::{number}")
    assert attempts.wait("2001:db8::ffff") > 0, "an IPv6 client has a whole network"
    assert attempts.wait("2001:db9::1") == 0
    for number in range(10_000):
        attempts.wrong(f"10.1.{number // 256}.{number % 256}")
    assert len(attempts._full_again) < 5000


def test_a_token_file_that_cannot_be_used_stops_the_start(tmp_path):
    empty, binary = tmp_path / "vide", tmp_path / "binaire"
    empty.write_text("\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    problems = {
        tmp_path / "absent": "fichier absent",
        tmp_path: "fichier illisible",
        binary: "fichier illisible",
        empty: "contenu masqué",
    }

    for path, problem in problems.items():
        with pytest.raises(SettingError) as refused:
            read_admin_token({"API_TOKEN_FILE": str(path)})
        assert "API_TOKEN_FILE=«\N{NO-BREAK SPACE}" in str(refused.value)
        assert problem in str(refused.value)


def test_two_sources_for_one_token_stop_the_start(token):
    with pytest.raises(SettingError, match="API_TOKEN et API_TOKEN_FILE"):
        read_admin_token({"API_TOKEN": token, "API_TOKEN_FILE": "/run/secrets/API_TOKEN"})
