"""Does an import bring what a source sent, once, whole or not at all?"""

import os
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from datapress_api.database import make_engine
from datapress_api.database_url import read_database_url
from datapress_api.import_csv import bring, main
from datapress_api.migrate import migrate
from datapress_api.table import INDICATORS

HEADER = "nom,periode,valeur,unite,source\n"


@pytest.fixture
def database(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/essai.sqlite"
    monkeypatch.setenv("DATABASE_URL", url)
    engine = make_engine(read_database_url({"DATABASE_URL": url}), 1)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sent(tmp_path):
    def send(lines):
        path = tmp_path / "depot.csv"
        path.write_text(HEADER + lines, encoding="utf-8")
        return [str(path)]

    return send


def count(engine):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(INDICATORS))


def test_an_import_adds_then_corrects_and_again_changes_nothing(database, sent, capsys):
    main(sent("Visites,2026-11,10,visites,Essai\nVentes,2026-11,2.5,k€,Essai\n"))
    main(sent("Visites,2026-11,12,visites,Essai\nVentes,2026-11,2.5,k€,Essai\n"))
    main(sent("Visites,2026-11,12,visites,Essai\nVentes,2026-11,2.5,k€,Essai\n"))

    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Import : 2 ajoutés, 0 corrigés, 0 déjà là.",
        "Import : 0 ajoutés, 1 corrigés, 1 déjà là.",
        "Import : 0 ajoutés, 0 corrigés, 2 déjà là.",
    ]
    assert count(database) == 2


@pytest.mark.parametrize(
    "bad", ["Visites,2026-13,1,visites,Essai", "Visites,2026-11,beaucoup,visites,Essai", "Visites,2026-11,1", "=1,a"]
)
def test_one_refused_line_keeps_the_whole_file_out_and_is_named(database, sent, bad):
    with pytest.raises(SystemExit, match=r"depot\.csv:3 : "):
        main(sent(f"Visites,2026-11,10,visites,Essai\n{bad}\n"))

    assert count(database) == 0


def test_what_is_no_such_file_is_said_in_one_line(database, tmp_path):
    with pytest.raises(SystemExit, match="illisible"):
        main([str(tmp_path / "absent.csv")])
    other = tmp_path / "autre.csv"
    other.write_text("a;b\n")
    with pytest.raises(SystemExit, match=r"attendu.: nom, periode"):
        main([str(other)])


def test_a_database_that_is_not_there_is_said_in_one_line_without_its_password():
    url = "postgresql://datapress:secret-du-test@127.0.0.1:1/datapress"
    ended = subprocess.run(
        [sys.executable, "-m", "datapress_api.migrate", "--attendre=1"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("Migration : base de données injoignable")
    assert len(ended.stderr.splitlines()) == 1
    assert "secret-du-test" not in ended.stderr


def test_two_rows_of_one_key_in_a_file_leave_the_last(database):
    row = {"nom": "Visites", "periode": "2026-11", "unite": "visites", "source": "Essai"}
    with database.begin() as connection:
        assert bring(connection, row | {"valeur": 1.0}) == "added"
        assert bring(connection, row | {"valeur": 2.0}) == "corrected"
