"""Which values of the settings are refused, and how is that said?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datapress_api.settings import ApiSettings
from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.settings import SettingError, load
from datapress_front.settings import FrontSettings

REFUSED = [
    (ApiSettings, "ENVIRONMENT", ["", "Recette", "a b", "-a", "a-", "é", "a" * 33, "a\n"]),
    (ApiSettings, "LOG_LEVEL", ["", "INFO", "verbose", "20"]),
    (ApiSettings, "API_VERSION", ["", " 1.0", "1.0\n", "<b>", "1" * 65]),
    (FrontSettings, "FRONT_VERSION", ["", "1/0"]),
    (
        FrontSettings,
        "API_BASE_URL",
        [
            "",
            "api:8000",
            "ftp://api",
            "http://",
            "http://api:0",
            "http://api:65536",
            "http://api:port",
            "http://a..b",
            "http://-api",
            "http://api/?x=1",
            "http://api/#x",
            "http://api ",
            "http://api\n",
            "http://utilisateur:motdepasse@api",
            "http://" + "a" * 64,
        ],
    ),
    (FrontSettings, "API_PUBLIC_URL", ["javascript:alert(1)", "//api", "/api", " "]),
    (
        FrontSettings,
        "API_CONNECT_TIMEOUT",
        ["", "0", "-1", "2.6", "nan", "inf", "une", "1s", "1,5"],
    ),
    (FrontSettings, "API_READ_TIMEOUT", ["0.05", "3", "1e400"]),
    (GunicornSettings, "BIND_ADDRESS", ["", "localhost", "10.0.0.1", "0.0.0.0:80"]),
    (GunicornSettings, "PORT", ["", "80", "65536", "8000.5", "http", "0x1f40"]),
    (GunicornSettings, "REVISION", ["", "a b"]),
    (GunicornSettings, "METRICS_PORT", ["", "-1", "65536", "neuf"]),
    (GunicornSettings, "OTEL_EXPORTER_OTLP_ENDPOINT", ["collecteur:4318", "ftp://collecteur"]),
    (GunicornSettings, "TRUSTED_PROXIES", ["traefik", "10.0.0.0/8\n", "*"]),
    (GunicornSettings, "OTEL_TRACES_SAMPLER_ARG", ["", "-0.1", "1.1", "nan", "10%"]),
    (GunicornSettings, "GUNICORN_WORKERS", ["0", "17", "auto"]),
    (GunicornSettings, "GUNICORN_THREADS", ["1", "65"]),
    (GunicornSettings, "GUNICORN_KEEPALIVE", ["-1", "301"]),
    (GunicornSettings, "LOG_LEVEL", ["critical"]),
]

ACCEPTED = [
    (
        FrontSettings,
        "API_BASE_URL",
        ["http://api:8000", "https://api.exemple.fr/v1/", "http://[::1]"],
    ),
    (FrontSettings, "API_PUBLIC_URL", ["", "http://localhost:65535"]),
    (FrontSettings, "API_READ_TIMEOUT", ["0.1", "2", "2.5"]),
    (ApiSettings, "API_VERSION", ["1.0.0", "v1", "1.0.0-rc.1+abc_d"]),
    (GunicornSettings, "BIND_ADDRESS", ["127.0.0.1", "0.0.0.0", "::1", "::"]),
    (GunicornSettings, "PORT", ["1024", "65535"]),
    (GunicornSettings, "OTEL_TRACES_SAMPLER_ARG", ["0", "0.25", "1"]),
]


def cases(table):
    return [
        pytest.param(kind, name, value, id=f"{name}={value[:24]!r}") for kind, name, values in table for value in values
    ]


@pytest.mark.promesse("reglage-refuse")
@pytest.mark.parametrize(("kind", "name", "value"), cases(REFUSED))
def test_a_refused_value_is_named_on_one_line_with_what_is_allowed(kind, name, value):
    with pytest.raises(SettingError) as refused:
        load(kind, {name: value})

    line = str(refused.value)
    assert line.replace("\N{NO-BREAK SPACE}", " ").isprintable()
    assert line.startswith(f"Configuration refusée\N{NO-BREAK SPACE}: {name}")
    assert "attendu\N{NO-BREAK SPACE}: " in line
    assert len(line) < 300


@pytest.mark.parametrize(("kind", "name", "value"), cases(ACCEPTED))
def test_an_allowed_value_is_taken(kind, name, value):
    taken = getattr(load(kind, {name: value}), name.lower())

    assert taken == type(taken)(value)


def test_every_field_says_what_it_takes_and_has_a_test_above():
    tested = {(kind, name) for kind, name, _ in REFUSED}
    shared = {"ENVIRONMENT", "LOG_LEVEL"}

    for kind in (ApiSettings, FrontSettings, GunicornSettings):
        for field in kind.__struct_fields__:
            name = field.upper()
            assert (kind, name) in tested or (name in shared and (ApiSettings, name) in tested)


def test_the_password_in_a_refused_address_is_not_repeated():
    with pytest.raises(SettingError) as refused:
        load(FrontSettings, {"API_BASE_URL": "http://utilisateur:motdepasse@api"})

    assert "motdepasse" not in str(refused.value)
    assert "utilisateur" not in str(refused.value)


def test_by_default_the_front_waits_a_second_to_connect_and_two_to_read():
    settings = load(FrontSettings, {})

    assert (settings.api_connect_timeout, settings.api_read_timeout) == (1.0, 2.0)


def test_variables_that_are_no_settings_are_left_alone():
    assert load(ApiSettings, {"PATH": "/bin", "environment": "x"}) == ApiSettings()


def test_a_refused_setting_ends_a_process_with_a_failure():
    with pytest.raises(SystemExit) as ended:
        load(GunicornSettings, {"PORT": "80"})

    # `sys.exit` prints a code that is text on standard error, and ends with status 1.
    assert isinstance(ended.value.code, str)


@given(st.text())
def test_any_text_at_all_is_either_taken_as_it_is_or_refused_on_one_line(text):
    try:
        taken = load(FrontSettings, {"API_BASE_URL": text, "FRONT_VERSION": text})
    except SettingError as refused:
        shown = str(refused)
    else:
        shown = taken.api_base_url
        assert shown == text

    assert shown.splitlines() == [shown]
