"""Do indicators come, go and stay, on either database?"""

import contextlib
import csv
import io
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema_specifications import REGISTRY
from schemathesis import GenerationMode, checks
from sqlalchemy import create_engine, inspect

from datapress_api.database import make_engine
from datapress_api.database_url import read_database_url
from datapress_api.migrate import migrate
from datapress_api.openapi import document
from datapress_api.sample import sample
from datapress_api.table import METADATA
from datapress_common.settings import SettingError

from . import databases

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
VISITS = {"nom": "Visites du site", "periode": "2026-11", "valeur": 61250, "unite": "visites", "source": "Essai"}


@pytest.fixture
def database(empty_database):
    """The address of a database with the example in it."""
    engine = make_engine(read_database_url({"DATABASE_URL": empty_database}), 1)
    migrate(engine, with_sample=True)
    engine.dispose()
    return empty_database


@pytest.fixture
def client(api_client, database, token):
    client = api_client(DATABASE_URL=database, API_TOKEN=token)
    yield client
    client.application.extensions["datapress-database"].engine.dispose()


@pytest.fixture
def holder(token):
    return {"Authorization": f"Bearer {token}"}


def test_the_example_is_served_by_name_then_month_page_by_page(client):
    first = client.get("/indicateurs?taille=100").json
    second = client.get(first["suivante"]).json

    rows = first["indicateurs"] + second["indicateurs"]
    expected = sorted(
        ((each.nom, each.periode, each.valeur, each.unite, each.source) for each in sample()), key=lambda each: each[:2]
    )
    assert sorted(tuple(row[name] for name in VISITS) for row in rows) == sorted(expected)
    assert [row["nom"] for row in rows] == sorted(row["nom"] for row in rows)
    assert first["total"] == second["total"] == len(rows) == len(expected)
    assert second["suivante"] is None
    assert first["noms"] == sorted({each.nom for each in sample()})


def test_a_filter_keeps_one_name_and_a_span_of_months(client):
    found = client.get(
        "/indicateurs", query_string={"nom": "Taux de conversion", "depuis": "2025-03", "jusqua": "2025-05"}
    ).json

    assert [row["periode"] for row in found["indicateurs"]] == ["2025-03", "2025-04", "2025-05"]
    assert {row["nom"] for row in found["indicateurs"]} == {"Taux de conversion"}


def test_the_csv_holds_what_the_json_holds(client):
    asked = {"nom": "Budget publicitaire", "taille": 5}

    told = client.get("/indicateurs", query_string=asked).json["indicateurs"]
    answer = client.get("/indicateurs", query_string=asked | {"format": "csv"})

    assert answer.mimetype == "text/csv"
    assert answer.headers["X-Total-Count"] == "24"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows == [{name: str(value) for name, value in row.items()} for row in told]


def test_an_indicator_is_added_read_and_removed_by_whoever_has_the_token(client, holder):
    made = client.post("/indicateurs", json=VISITS, headers=holder)
    where = made.headers["Location"]

    assert made.status_code == 201
    added = datetime.fromisoformat(made.json["mis_a_jour"])
    assert made.json == {"id": int(where.rpartition("/")[2])} | VISITS | {"mis_a_jour": made.json["mis_a_jour"]}
    assert timedelta(0) <= datetime.now(UTC) - added < timedelta(minutes=1)
    assert client.get(where).json == made.json
    assert client.post("/indicateurs", json=VISITS, headers=holder).status_code == 409
    assert client.delete(where).status_code == 401
    assert client.delete(where, headers=holder).status_code == 204
    for gone in (where, "/indicateurs/2147483648", "/indicateurs/99999999999999999999"):
        assert client.get(gone).status_code == client.delete(gone, headers=holder).status_code == 404


def test_nobody_else_adds_anything(client):
    assert client.post("/indicateurs", json=VISITS).status_code == 401
    assert client.get("/indicateurs?nom=Visites du site&depuis=2026-11").json["total"] == 0


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"valeur": "beaucoup"}, "valeur"),
        ({"valeur": 1e13}, "valeur"),
        ({"periode": "2026-13"}, "periode"),
        ({"nom": ""}, "nom"),
        ({"nom": "=SOMME(A1)"}, "nom"),
        ({"source": "x\x00"}, "source"),
        ({"unite": None}, "unite"),
        ({"couleur": "bleu"}, "champ inconnu\N{NO-BREAK SPACE}: couleur"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(client, holder, change, detail):
    refused = client.post("/indicateurs", json=VISITS | change, headers=holder)

    assert refused.status_code == 400
    assert refused.json["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"[]", "application/json", 400), (b"nom=x", "text/plain", 415)],
)
def test_what_is_not_an_indicator_is_refused(client, holder, content, kind, status):
    assert client.post("/indicateurs", data=content, content_type=kind, headers=holder).status_code == status


@pytest.mark.parametrize("query", ["taille=0", "taille=1001", "page=x", "depuis=hier", "couleur=bleu", "nom=a&nom=b"])
def test_a_filter_that_means_nothing_is_refused(client, query):
    assert client.get(f"/indicateurs?{query}").status_code == 400


def test_migrations_run_together_happen_once_and_again_change_nothing(empty_database):
    command = [sys.executable, "-m", "datapress_api.migrate", "--exemple"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_URL": empty_database}

    def run(_):
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True).stdout

    with ThreadPoolExecutor(4) as replicas:
        said = sorted(replicas.map(run, range(4)))

    count = len(list(sample()))
    assert said == sorted(f"Schéma à jour, {added} indicateurs d'exemple ajoutés.\n" for added in (0, 0, 0, count))


def test_the_schema_that_migrations_make_is_the_one_that_the_code_uses(empty_database, tmp_path):
    migrated = make_engine(read_database_url({"DATABASE_URL": empty_database}), 1)
    migrate(migrated)
    made = create_engine(f"sqlite:///{tmp_path}/cree.sqlite")
    METADATA.create_all(made)

    def shape(engine):
        found = inspect(engine)
        return {
            table: [
                (each["name"], each["nullable"], type(each["type"])._type_affinity) for each in found.get_columns(table)
            ]
            for table in found.get_table_names()
            if table != "alembic_version"
        }

    assert shape(migrated) == shape(made)
    for engine in (migrated, made):
        engine.dispose()


def test_a_migration_names_the_database_that_it_lacks():
    ended = subprocess.run(
        [sys.executable, "-m", "datapress_api.migrate"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert "DATABASE_URL" in ended.stderr


def test_the_example_is_the_same_every_time_and_plausible():
    once, again = list(sample()), list(sample())

    assert once == again
    assert len({(each.nom, each.periode) for each in once}) == len(once) == 7 * 24
    assert all(each.valeur > 0 for each in once)
    assert all(each.valeur < 100 for each in once if each.unite == "%")


def test_the_embedded_database_is_made_at_the_start_shared_by_workers_and_gone_at_the_end(gunicorn, token, holder):
    api = gunicorn("api", GUNICORN_WORKERS="2", API_TOKEN=token)

    assert requests.get(api.url, timeout=5).json()["data"] == {"database": "sqlite", "kept": False}
    made = requests.post(api.url + "/indicateurs", json=VISITS, headers=holder, timeout=5)
    answers = [requests.get(api.url + made.headers["Location"], timeout=5).status_code for _ in range(20)]
    assert answers == [200] * 20
    location = Path(f"/dev/shm/datapress-api-{api.process.pid}-0.sqlite")
    existed = location.exists()
    api.terminate()

    assert api.exit_status() == 0
    assert existed == location.parent.is_dir()
    assert not location.exists()


def test_without_its_database_the_api_lives_says_so_and_heals_by_itself(gunicorn, postgresql):
    url = postgresql.new_database("panne")
    api = gunicorn("api", DATABASE_URL=url, wait=False)

    def get(path):
        return requests.get(api.url + path, timeout=3)

    databases.until(lambda: "schéma absent" in get("/health/ready").text)
    engine = make_engine(read_database_url({"DATABASE_URL": url}), 1)
    migrate(engine, with_sample=True)
    engine.dispose()
    api.wait_until_ready()
    assert get("/indicateurs").json()["total"] == 168
    assert get("/").json()["data"] == {"database": "postgresql", "kept": True}

    postgresql.stop()
    try:
        refused = get("/indicateurs")
        assert refused.status_code == 503
        assert refused.json()["request_id"] == refused.headers["X-Request-ID"]
        databases.until(lambda: get("/health/ready").status_code == 503)
        assert [get(path).status_code for path in ("/", "/health", "/health/live")] == [200, 200, 200]
    finally:
        postgresql.start()

    api.wait_until_ready()
    assert get("/indicateurs").json()["total"] == 168


def test_a_database_that_says_nothing_keeps_neither_probes_nor_callers_waiting(gunicorn, tcp_listener):
    api = gunicorn("api", DATABASE_URL=f"postgresql://essai:essai@127.0.0.1:{tcp_listener}/essai", wait=False)

    with ThreadPoolExecutor(16) as callers:
        asked = [callers.submit(requests.get, api.url + "/indicateurs", timeout=10) for _ in range(32)]
        for path in ("/", "/health/live", "/health/ready"):
            requests.get(api.url + path, timeout=3)
        assert {answer.result().status_code for answer in asked} == {503}


def test_what_is_no_database_is_told_from_one_and_seen_to_be_replaced(gunicorn, tcp_server):
    garbage = tcp_server(lambda connection: connection.sendall(b"\0" * 50)).removeprefix("http://")
    api = gunicorn("api", DATABASE_URL=f"postgresql://essai:essai@{garbage}/essai", wait=False)

    databases.until(lambda: "injoignable" in requests.get(api.url + "/health/ready", timeout=5).text)
    assert requests.get(api.url + "/health/live", timeout=5).status_code == 200


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "mysql://a:secret@b/c"},
        {"DATABASE_URL": ""},
        {"DATABASE_URL": "postgresql://essai:secret@hote"},
        {"DATABASE_URL": "postgresql://essai:secret@hote:port/base"},
        {"DATABASE_URL_FILE": "/absent"},
        {"DATABASE_URL": "sqlite:///x", "DATABASE_URL_FILE": "/x"},
    ],
)
def test_an_unusable_address_stops_the_start_and_is_not_quoted(environ):
    with pytest.raises(SettingError, match="DATABASE_URL") as refused:
        read_database_url(environ)

    assert "secret" not in str(refused.value)


def test_an_address_may_come_from_a_file(tmp_path):
    path = tmp_path / "url"
    path.write_text("postgresql://essai:secret@hote/base\n")

    location = read_database_url({"DATABASE_URL_FILE": str(path)})

    assert (location.url.host, location.url.database, location.kept) == ("hote", "base", True)


def test_the_document_names_every_route_and_no_other(api_client):
    app = api_client().application
    routes = {
        (rule.rule.replace("<int:number>", "{number}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    told = {
        (path, method)
        for path, operations in document("1.0.0")["paths"].items()
        for method in operations.keys() - {"parameters"}
    }

    assert told == routes


def test_the_schemas_of_the_document_say_nothing_that_json_schema_does_not_know():
    """A keyword that nobody knows is allowed, and means nothing: a mistyped one takes a limit away."""
    vocabularies = [REGISTRY.contents(uri)["properties"] for uri in REGISTRY if "2020-12/meta/" in uri]
    known = {"example", *(keyword for properties in vocabularies for keyword in properties)}
    whole = document("1.0.0")

    used = {key for schema in schemas(whole["components"]["schemas"].values(), whole) for key in schema}
    assert used <= known, used - known
    assert {"type", "properties", "additionalProperties", "minimum", "maximum", "format"} <= used


def schemas(first, whole):
    """Every schema among these and under them, and those that stand anywhere under the key `schema`."""
    waiting, named = [*first], [whole]
    while named:
        value = named.pop()
        waiting += [value["schema"]] if isinstance(value, dict) and "schema" in value else []
        named += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    while waiting:
        schema = waiting.pop()
        yield schema
        several = [one for key in ("anyOf", "oneOf", "allOf", "prefixItems") for one in schema.get(key, ())]
        single = [schema[key] for key in ("items", "additionalProperties", "not") if isinstance(schema.get(key), dict)]
        waiting += [*schema.get("properties", {}).values(), *several, *single]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_asked_no_answer_is_a_500_or_undocumented(gunicorn, token, holder, mode):
    api = gunicorn("api", API_TOKEN=token)
    described = schemathesis.openapi.from_url(api.url + "/openapi.json")
    asked = Counter()

    for result in described.get_all_operations():
        operation = result.ok()

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            asked[case.operation.label] += 1
            case.call_and_validate(headers=holder, checks=CHECKS)

        with contextlib.suppress(Unsatisfiable):  # a route that takes nothing cannot be asked wrongly
            ask()

    assert {"GET /indicateurs", "POST /indicateurs", "GET /indicateurs/{number}"} <= asked.keys()
