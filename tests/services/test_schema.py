"""Do two versions of the API work on one schema, as they do during a rollout, on either database?"""

import pytest
import requests
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from datapress_api.database import make_engine
from datapress_api.database_url import read_database_url
from datapress_api.migrate import migrate

from .conftest import ROOT
from .databases import until

ROW = {"nom": "Visites du site", "periode": "2026-11", "valeur": 61250.0, "unite": "visites", "source": "Essai"}

# What each released version says to its database, by the schema that it was made for.
STATEMENTS = {
    "0001": {
        "look": "SELECT nom, periode, valeur, unite, source FROM indicateurs WHERE id = 0",
        "add": "INSERT INTO indicateurs (nom, periode, valeur, unite, source)"
        " VALUES (:nom, :periode, :valeur, :unite, :source)",
        "count": "SELECT count(*) FROM indicateurs WHERE nom = :nom AND periode >= :periode",
        "page": "SELECT id, nom, periode, valeur, unite, source FROM indicateurs"
        " WHERE nom = :nom AND periode >= :periode ORDER BY nom, periode, source, id LIMIT 50 OFFSET 0",
        "names": "SELECT DISTINCT nom FROM indicateurs ORDER BY nom",
        "one": "SELECT id, nom, periode, valeur, unite, source FROM indicateurs WHERE id = :id",
        "remove": "DELETE FROM indicateurs WHERE id = :id",
    }
}


def revisions():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services/api/datapress_api/migrations"))
    return [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@pytest.fixture
def engine(empty_database):
    engine = make_engine(read_database_url({"DATABASE_URL": empty_database}), 1)
    yield engine
    engine.dispose()


def columns(engine):
    found = inspect(engine)
    return {
        (table, each["name"]): (str(each["type"]), each["nullable"], each["default"])
        for table in found.get_table_names()
        for each in found.get_columns(table)
    }


def bounds(engine):
    """What a row must obey, beyond its own columns."""
    found = inspect(engine)
    kinds = (found.get_unique_constraints, found.get_foreign_keys, found.get_check_constraints)
    return {(table, each["name"]) for table in found.get_table_names() for kind in kinds for each in kind(table)}


def test_each_migration_only_adds_what_the_version_before_may_leave_out(engine):
    first, *others = revisions()
    migrate(engine, to=first)
    for revision in others:
        before, bound = columns(engine), bounds(engine)
        migrate(engine, to=revision)
        after = columns(engine)

        assert {name: after.get(name) for name in before} == before
        tables = {table for table, _ in before}
        for (table, name), (_, nullable, default) in after.items():
            assert table not in tables or (table, name) in before or nullable or default is not None
        assert {each for each in bounds(engine) if each[0] in tables} == bound


def test_the_version_before_reads_adds_and_removes_on_the_schema_of_this_one(engine, empty_database, api_client):
    assert list(STATEMENTS) == revisions()[:-1], "a schema that was released has its version's statements above"
    migrate(engine, with_sample=True)

    for said in STATEMENTS.values():
        with engine.begin() as connection:
            connection.execute(text(said["look"]))
            connection.execute(text(said["add"]), ROW)
            asked = {"nom": ROW["nom"], "periode": "2026-11"}
            assert connection.scalar(text(said["count"]), asked) == 1
            (row,) = connection.execute(text(said["page"]), asked).mappings()
            assert dict(row) == {"id": row["id"], **ROW}
            assert len(connection.scalars(text(said["names"])).all()) == 7

        client = api_client(DATABASE_URL=empty_database)
        assert client.get(f"/indicateurs/{row['id']}").json == {"id": row["id"], **ROW, "mis_a_jour": None}
        client.application.extensions["datapress-database"].engine.dispose()

        with engine.begin() as connection:
            assert len(connection.execute(text(said["one"]), {"id": row["id"]}).all()) == 1
            assert connection.execute(text(said["remove"]), {"id": row["id"]}).rowcount == 1


def test_this_version_waits_for_its_schema_and_says_what_it_lacks(gunicorn, engine, empty_database):
    migrate(engine, to=revisions()[-2])
    api = gunicorn("api", DATABASE_URL=empty_database, wait=False)

    def told():
        return requests.get(api.url + "/health/ready", timeout=5).json().get("error", "")

    api.wait_for_line("sans mis_a_jour")
    until(lambda: told() == "schéma de la base de données en retard, sans mis_a_jour")
    assert requests.get(api.url + "/health/live", timeout=5).status_code == 200
    assert requests.get(api.url + "/indicateurs", timeout=5).status_code == 503

    migrate(engine)
    api.wait_until_ready()
    assert requests.get(api.url + "/indicateurs", timeout=5).status_code == 200
