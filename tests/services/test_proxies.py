"""Who is told to be the client of a request, and who may say so?"""

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from datapress_common.proxies import client_address, read_proxies
from datapress_common.settings import SettingError

PROXIES = read_proxies("10.244.0.0/16, 192.0.2.7 fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),  # nobody's proxy is not believed
        ("10.244.1.2", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.244.1.2", "203.0.113.9", "203.0.113.9"),
        ("fd00::2", "2001:db8::1", "2001:db8::1"),
        ("10.244.1.2", "127.0.0.1, 203.0.113.9", "203.0.113.9"),  # what the client wrote itself comes first
        ("10.244.1.2", "203.0.113.9, 192.0.2.7,10.244.3.4", "203.0.113.9"),
        ("10.244.1.2", "", "10.244.1.2"),
        ("10.244.1.2", "203.0.113.9, inconnu", "10.244.1.2"),
        ("10.244.1.2", "203.0.113.9:1234", "10.244.1.2"),
        ("", "203.0.113.9", ""),
    ],
)
def test_a_trusted_proxy_is_believed_for_the_hop_before_it_and_nobody_else(peer, forwarded, client):
    assert client_address(peer, forwarded, PROXIES) == client


@given(st.text())
def test_whatever_a_stranger_writes_the_client_is_the_stranger(forwarded):
    assert client_address("198.51.100.1", forwarded, PROXIES) == "198.51.100.1"


@pytest.mark.parametrize("text", ["10.244.0.1/16", "10.244.0.0/33", "1.2.3", "::1::"])
def test_a_network_that_is_none_stops_the_start(api_client, text):
    with pytest.raises(SettingError, match="TRUSTED_PROXIES"):
        api_client(TRUSTED_PROXIES=text)


def test_the_address_of_a_client_behind_a_proxy_reaches_the_log_of_the_api(gunicorn):
    api = gunicorn("api", TRUSTED_PROXIES="127.0.0.1")
    front = gunicorn("front", API_BASE_URL=api.url, TRUSTED_PROXIES="127.0.0.1")

    requests.get(
        front.url + "/status", headers={"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "de-loin"}, timeout=5
    )

    for service in (front, api):
        service.wait_for_line("de-loin")
        (line,) = [line for line in map(json.loads, service.lines) if line.get("request_id") == "de-loin"]
        assert (line["remote"], line["client"]) == ("127.0.0.1", "203.0.113.9")


def test_without_a_trusted_proxy_a_client_names_nobody_else(gunicorn):
    api = gunicorn("api")

    requests.get(api.url + "/", headers={"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "menteur"}, timeout=5)

    api.wait_for_line("menteur")
    assert not any("203.0.113.9" in line for line in api.lines)


def test_wrong_tokens_are_slowed_down_for_each_client_behind_one_proxy(api_client, token):
    client = api_client(API_TOKEN=token, TRUSTED_PROXIES="127.0.0.1")

    def ask(shown, address):
        headers = {"Authorization": f"Bearer {shown}", "X-Forwarded-For": address}
        return client.get("/admin/configuration", headers=headers).status_code

    assert [ask("x" * 16, "203.0.113.9") for _ in range(6)] == [403] * 5 + [429]
    assert ask(token, "203.0.113.9") == 429
    assert ask(token, "203.0.113.10") == 200
