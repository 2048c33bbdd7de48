"""Which request ids are kept, and how far do they travel?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datapress_common.request_id import choose_request_id

GENERATED = re.compile(r"[0-9a-f]{32}")
ACCEPTED = r"[A-Za-z0-9-]{1,64}"


@given(st.from_regex(ACCEPTED, fullmatch=True))
def test_an_id_of_letters_digits_and_dashes_is_kept(incoming):
    assert choose_request_id(incoming) == incoming


@given(st.text().filter(lambda text: not re.fullmatch(ACCEPTED, text)))
def test_any_other_id_is_replaced_by_a_new_one(incoming):
    assert GENERATED.fullmatch(choose_request_id(incoming))


@pytest.mark.promesse("identifiant")
@pytest.mark.parametrize("incoming", [None, "", "a" * 65, "a b", "a\n", "é", '"', "a_b"])
def test_an_id_that_could_disturb_a_log_is_replaced(incoming):
    assert GENERATED.fullmatch(choose_request_id(incoming))


@pytest.mark.parametrize("path", ["/", "/health", "/inconnu", "/admin/configuration"])
def test_every_answer_of_the_api_carries_the_id_of_its_request(api_client, path):
    answer = api_client().get(path, headers={"X-Request-ID": "abc-123"})

    assert answer.headers.getlist("X-Request-ID") == ["abc-123"]


def test_two_requests_without_an_id_get_two_different_ones(api_client):
    client = api_client()

    first, second = (client.get("/").headers["X-Request-ID"] for _ in range(2))

    assert first != second
    assert GENERATED.fullmatch(first)


@pytest.mark.promesse("identifiant")
@pytest.mark.parametrize("path", ["/", "/status"])
def test_the_front_hands_its_request_id_to_the_api(front_client, httpserver, path):
    httpserver.expect_request("/health").respond_with_json({"status": "ok"})
    client = front_client(API_BASE_URL=httpserver.url_for(""))

    answer = client.get(path, headers={"X-Request-ID": "abc-123"})
    other = client.get(path, headers={"X-Request-ID": "pas bon"})

    received = [request.headers["X-Request-ID"] for request, _ in httpserver.log]
    assert answer.headers["X-Request-ID"] == received[0] == "abc-123"
    assert other.headers["X-Request-ID"] == received[1]
    assert GENERATED.fullmatch(received[1])
