"""The server's settings hold in its containers, every variable is used, and every application starts with what it gets."""

import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.engine.check import post

from runbook.checking.applications.server_settings import server_settings, settings_used
from runbook.checking.applications.starts import check_starts
from runbook.checking.applications.target_services import target_services
from runbook.settings import load

SERVER = """# Gunicorn
import os
bind = os.environ.get("LISTEN", "127.0.0.1") + ":" + os.environ.get("PORT", "80")
preload_app = True
worker_class = "gthread"
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
graceful_timeout = 10
accesslog = "-"
"""
# what it says | what it says instead | a part of the cause
CHANGES = """
graceful_timeout | gracefull_timeout | réglage « gracefull_timeout » inconnu de Gunicorn
os.environ.get("LISTEN", "127.0.0.1") + ":" + os.environ.get("PORT", "80") | "0.0.0.0:9200" | écoute sur le port 9200, et l'image « post-desk:1.2 » annonce 9100
os.environ.get("LISTEN", "127.0.0.1") | "127.0.0.1" | n'écouterait que depuis son propre conteneur
"127.0.0.1" | "0.0.0.0" | hors d'une image, écoute sur 0.0.0.0:80
preload_app = True | preload_app = False | preload_app n'est pas vrai
preload_app = True\\n | \\n | preload_app n'est pas vrai
"gthread" | "gthreads" | worker_class « gthreads » inconnue
"/dev/shm" | "/var/tmp" | fichier de pulsation
control_socket_disable = True | control_socket_disable = False | prise de contrôle
graceful_timeout = 10 | graceful_timeout = 1 | graceful_timeout 1 s
graceful_timeout = 10\\n | \\n | n'est pas fixée
accesslog = "-" | accesslog = "/var/log/access.log" | accesslog « /var/log/access.log »
accesslog = "-"\\n | \\n | aucun journal des requêtes
worker_class | pidfile = "/run/post.pid"\\nworker_class | pidfile « /run/post.pid »
worker_class | daemon = True\\nworker_class | daemon
worker_class | user = "post"\\nworker_class | user « post »
os.environ.get("PORT", "80") | os.environ["PROT"] | ne se lit pas avec ce que l'image « post-desk:1.2 » donne
""".strip().splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose server is Gunicorn."""
    post.write(tmp_path)
    (tmp_path / "src/serve.py").write_text(SERVER)
    return tmp_path


def test_a_server_that_holds_is_silent(root: Path) -> None:
    assert list(server_settings(post.model(root))) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_the_server_is_found_at_its_line(root: Path, change: str) -> None:
    old, new, cause = change.replace("\\n", "\n").split(" | ")
    post.change(root, "src/serve.py", old, new)
    found = list(server_settings(post.model(root)))
    assert any(cause in finding.cause for finding in found), found
    lines = (root / "src/serve.py").read_text().splitlines()
    named = [finding for finding in found if cause in finding.cause and finding.line > 1]
    assert all("=" in lines[finding.line - 1] for finding in named)


def test_another_server_keeps_its_own_settings(root: Path) -> None:
    (root / "src/serve.py").write_text("graceful_timeout = 10\nletters = 3\n")
    assert list(server_settings(post.model(root))) == []


def test_a_variable_that_is_read_is_used(root: Path) -> None:
    used = "MOOD, PORT, LISTEN = settings.mood, settings.port, settings.listen\nDESK = settings.desk_url\n"
    (root / "src/serve.py").write_text(
        SERVER.replace("LISTEN", "HOST") + used.replace(", settings.listen", ", settings.listn")
    )
    found = list(settings_used(post.model(root)))
    assert {finding.cause for finding in found} == {
        f"variable « LISTEN » lue, et dont « {name} » ne fait rien" for name in ("desk", "board")
    }
    assert all("listen" in (root / finding.path).read_text().splitlines()[finding.line - 1] for finding in found)
    (root / "src/serve.py").write_text(SERVER + used)
    assert list(settings_used(post.model(root))) == []


def test_an_application_that_refuses_what_it_gets_is_found_where_it_gets_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = post.model(root)
    assert list(check_starts(model)) == []

    def refuse(environ: dict[str, str]) -> None:
        raise SystemExit(f"no {environ['MOOD']} desk")

    monkeypatch.setattr(sys.modules["postal_desk"], "make", refuse)
    found = {(finding.path, finding.cause.rpartition(" : ")[2]) for finding in check_starts(model)}
    assert found == {("compose.yaml", "no busy desk"), ("k8s/desk.yaml", "no calm desk")}


@pytest.mark.parametrize(("kind", "lines"), [("SystemExit", []), ("ValueError", [4])])
def test_a_refused_value_ends_in_one_line(root: Path, fresh: None, kind: str, lines: list[int]) -> None:
    text = (root / "src/postal_desk/__init__.py").read_text()
    refuses = f"def refuse(mood):\n    if mood == '?':\n        raise {kind}('no ? desk')\n"
    (root / "src/postal_desk/__init__.py").write_text(
        "\n" + refuses + text.replace("def make(environ):\n", "def make(environ):\n    refuse(environ.get('MOOD'))\n")
    )
    found = [one for one in check_starts(post.model(root)) if "pile d'appels" in one.cause]
    assert [(one.path, one.line) for one in found] == [("src/postal_desk/__init__.py", line) for line in lines]


TOWN = """[tool.runbook.targets.town]
title = "Town"

[tool.runbook.services.hall]
command = ["town", "--bind", "127.0.0.1:9300"]
env = { PORT = "9300" }
ready = "http://localhost:9300/"
ports = [9300]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", ""),
        ("127.0.0.1:9300", "127.0.0.1:9301", "« --bind 127.0.0.1:9301 » donne le port 9301, et « ports » a 9300"),
        ('"--bind", "127.0.0.1:9300"', '"--bind=127.0.0.1:9301"', "« --bind 127.0.0.1:9301 »"),
        ('PORT = "9300"', 'PORT = "9301"', "la variable PORT donne le port 9301"),
        ("localhost:9300", "localhost:9301", "« ready = http://localhost:9301/ »"),
    ],
)
def test_a_service_of_the_settings_listens_where_they_say(root: Path, old: str, new: str, told: str) -> None:
    (root / "pyproject.toml").write_text(TOWN.replace(old, new) if old else TOWN)
    model = post.model(root)
    model = replace(model, settings=msgspec.structs.replace(model.settings, services=load(root).services))
    found = list(target_services(model))
    assert [finding.line for finding in found] == ([4] if told else [])
    assert all(told in finding.cause for finding in found)
