"""No form of a secret value reaches an output that is kept."""

import base64
import json
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runbook.running.mask import MASK, forms_of, masked, secrets_of_manifest

SECRET = 's3cr3t/+ é"<&>token'


def mask_of(values: Iterable[str]) -> Callable[[str], str]:
    return partial(masked, forms={form for value in values for form in forms_of(value)})


@pytest.mark.promesse("secrets-masques")
@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        quote(SECRET),
        quote(SECRET, safe="").lower(),
        quote(SECRET, safe="").replace("%20", "+"),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        "s3cr3t/+ é&quot;&lt;&amp;&gt;token",
        's3cr3t/+ é"&lt;&amp;&gt;token',
    ],
)
def test_every_form_of_a_value_is_hidden(form: str) -> None:
    assert mask_of([f" {SECRET}\n"])(f"before {form} after {form}") == f"before {MASK} after {MASK}"


@pytest.mark.parametrize("around", [("", "\n"), ("user:", ""), ("a:", "\n"), ("ab:", "!"), ("abc", "xyz")])
def test_a_value_inside_a_longer_base64_text_is_hidden(around: tuple[str, str]) -> None:
    value = "correct-horse-battery"
    encoded = base64.b64encode(value.join(around).encode()).decode()
    hidden = mask_of([value])(f"Authorization: Basic {encoded}")
    assert MASK in hidden
    # At each end at most a character that the value shares with its neighbour, and the padding.
    assert len(hidden.split("Basic ")[1].replace(MASK, "")) <= len("".join(around)) * 4 // 3 + 6


def test_base64_in_broken_lines_is_hidden() -> None:
    value = "".join(map(chr, range(33, 127)))
    hidden = mask_of([value])(base64.encodebytes(value.encode()).decode())
    assert hidden == f"{MASK}\n{MASK}\n"


def test_the_lines_of_a_value_are_hidden_one_by_one() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nshort\n-----END KEY-----\n"
    assert mask_of([key])("  key: |\n    MIIEvQIBADANBg\n    short\n") == f"  key: |\n    {MASK}\n    short\n"
    assert mask_of([key])(f"<{key.strip()}>") == f"<{MASK}>"


def test_the_longest_value_is_hidden_whole() -> None:
    assert mask_of(["token", "token-of-api"])("token-of-api token") == f"{MASK} {MASK}"


def test_values_that_overlap_or_touch_are_under_one_mask() -> None:
    assert mask_of(["abcdef", "defghi"])("xabcdefghix") == f"x{MASK}x"
    assert mask_of(["abcd"])("abcdabcd") == MASK
    assert mask_of(["aaaa"])("aaaaaaa b aaa") == f"{MASK} b aaa"


def test_a_line_of_a_value_is_hidden_from_eight_characters_on() -> None:
    assert mask_of(["1234567\n12345678"])("1234567 12345678") == f"1234567 {MASK}"


def test_short_values_and_none_are_left_alone() -> None:
    text = "ok abc true"
    assert mask_of(["ok", "abc", " ab ", "", "\n"])(text) == text
    assert mask_of([])(text) == text


@given(st.lists(st.text(min_size=4, max_size=12), min_size=1, max_size=3), st.text(), st.text())
def test_no_value_is_left_and_nothing_else_is_lost(values: list[str], before: str, after: str) -> None:
    values = [value.strip() for value in values]
    assume(all(len(value) >= 4 and "•" not in value for value in values))
    mask = mask_of(values)
    hidden = mask(before + values[0] + after)
    assert not any(value in hidden for value in values)
    assume(mask(before) == before and mask(after) == after and len(hidden) >= len(before + MASK + after))
    assert hidden == before + MASK + after


@given(st.text("xyz =\n"))
def test_a_text_without_the_values_is_given_as_it_is(text: str) -> None:
    assert mask_of([SECRET, "abcd"])(text) == text


def test_values_of_secrets_are_read_from_manifests() -> None:
    manifest = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {LOG_LEVEL: not-a-secret}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
data:
  API_TOKEN: aHVudGVyMi1jb3JyZWN0
  FOLDED: |
    aHVudGVy
    Mg==
  BINARY: /////w==
  BROKEN: aHVu!dGVy
  EMPTY:
stringData:
  PASSWORD: plain-text
  PIN: 123456
---
"""
    held = "hunter2-correct hunter2 /////w== aHVu!dGVy plain-text 123456"
    assert secrets_of_manifest(manifest) == {*held.split()}


def test_secrets_in_a_list_as_kubectl_prints_it_are_read() -> None:
    secret = {"kind": "Secret", "data": {"k": base64.b64encode(b"value-1").decode()}}
    assert secrets_of_manifest(json.dumps({"kind": "List", "items": [secret, {"kind": "Pod"}, None]})) == {"value-1"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [",
        "- a\n- b",
        "kind: Secret",
        "kind: Secret\ndata: 3",
        "\0",
        "kind: Secret\ndata: [a]",
        "when: 2026-99-99",
    ],
)
def test_a_text_that_holds_no_secret_gives_none(text: str) -> None:
    assert secrets_of_manifest(text) == frozenset()
