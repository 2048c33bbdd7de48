"""What pages tell of settings is so, templates name what they are given, and flowcharts draw what is declared."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.check import check_commands
from runbook.checking.offered.containers import containers
from runbook.checking.offered.images import built_images
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.checking.prose.diagrams import diagrams
from runbook.checking.prose.pipeline import days_of, pipeline
from runbook.checking.prose.told_settings import told_settings

REFUSED = """
def make(environ):
    if {"MOOD", "STAMP_FILE"} <= {*environ} and environ["STAMP_FILE"].startswith("/tmp"):
        raise SystemExit("MOOD and STAMP_FILE: only one")
"""


@pytest.fixture
def root(tmp_path: Path, fresh: None) -> Path:
    """The small repository."""
    post.write(tmp_path)
    return tmp_path


def causes(root: Path, text: str) -> list[str]:
    model = post.model(root)
    with InnerNetwork(model, containers(model), built_images(model)) as network:
        return [found.cause for found in told_settings(post.page(text).page, model, network)]


@pytest.mark.parametrize(
    ("text", "exclusive", "cause"),
    [
        ("`MOOD` et `STAMP_FILE` s'excluent.", True, ""),
        ("`MOOD` et `STAMP_FILE` s’excluent.", False, "« desk » démarre avec MOOD et STAMP_FILE"),
        ("Si `MOOD` et `STAMP_FILE` sont données, la seconde l'emporte.", False, ""),
        (
            "Si `MOOD` et `STAMP_FILE` sont données, la seconde l'emporte.",
            True,
            "refuse de démarrer avec MOOD et STAMP_FILE : MOOD and STAMP_FILE: only one",
        ),
        ("`MOOD` et `STAMP_FILE` sont lues.", False, ""),
        ("`MOOD` et `NOWHERE` s'excluent.", False, ""),
    ],
)
def test_variables_that_exclude_each_other_are_given_together(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, exclusive: bool, cause: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    if exclusive:
        post.change(root, "src/postal_desk/__init__.py", "\ndef make(environ):\n", REFUSED)
    found = causes(root, text)
    assert [cause in one for one in found] == ([True] if cause else [])


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Le board appelle le desk par `DESK_URL`.", ""),
        ("Le board appelle le desk par `PUBLIC_URL`.", "PUBLIC_URL mène « board » à « localhost », et non à « desk »"),
        ("Le desk appelle le board par `PUBLIC_URL`.", ""),
        ("La variable `SHELL_MOOD` du poste est transmise.", ""),
        ("La variable `STAMP` du poste est transmise au conteneur.", "compose.yaml ne transmet STAMP à aucun service"),
        ("La variable `MOOD` du poste est transmise.", "ne transmet MOOD"),
        ("Mémoire limitée, aucune limite de processeur.", ""),
        ("Processeur réservé, aucune limite de mémoire.", "« post-board » a une limite memory de 64Mi"),
        ("Processeur limité, mémoire réservée sans limite.", "« post-desk » a une limite memory de 64Mi"),
    ],
)
def test_where_a_variable_leads_who_passes_it_on_and_what_is_limited(root: Path, text: str, cause: str) -> None:
    post.change(
        root,
        "compose.yaml",
        "      DESK_URL: http://desk:9100\n",
        "      DESK_URL: http://desk:9100\n      PUBLIC_URL: http://localhost:9100\n      SHELL_MOOD:\n",
    )
    found = causes(root, text)
    assert any(cause in one for one in found) if cause else found == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "Démarrage et vie sur `/health/live`, disponibilité sur `/health/ready`.".replace("Démarrage", "démarrage"),
            "",
        ),
        (
            "démarrage et vie sur `/health/ready`, disponibilité sur `/health/live`",
            "la sonde de vie demande /health/live, et non /health/ready",
        ),
        ("disponibilité sur `/health/live`", "la sonde de disponibilité demande /health/ready, et non /health/live"),
        ("vie sur `/`", ""),  # no probe's path: somebody's wish
        (
            "`STAMP_FILE` : un fichier nommé mais illisible ou vide empêche le démarrage",
            "« desk » démarre avec STAMP_FILE=/nowhere/at-all",
        ),
        ("`STAMP_FILE` : un fichier, qui peut être illisible", ""),
    ],
)
def test_probes_and_files_are_as_a_page_says(root: Path, text: str, cause: str) -> None:
    found = causes(root, text)
    assert any(cause in one for one in found) if cause else found == []


def test_a_file_that_cannot_be_read_keeps_an_application_from_starting(root: Path) -> None:
    post.change(
        root,
        "src/postal_desk/__init__.py",
        "\ndef make(environ):\n",
        '\ndef make(environ):\n    if "STAMP_FILE" in environ:\n        open(environ["STAMP_FILE"]).close()\n',
    )
    assert causes(root, "`STAMP_FILE` : un fichier absent empêche le démarrage") == []


FORWARDS = """urllib.request.Request(environ.get("DESK_URL", "http://localhost:9100") + "/", headers={"X-Post": request.headers.get("X-Post", "")})"""


@pytest.mark.parametrize(
    ("text", "forwards", "cause"),
    [
        ("L'en-tête `X-Post` passe du board à le desk.", True, ""),
        (
            "L'en-tête `X-Post` passe du board à le desk.",
            False,
            "« board » appelle « desk » sans l'en-tête X-Post qu'il a reçu",
        ),
        ("L'en-tête `X-Post` passe du desk à le board.", False, ""),  # it never calls it
    ],
)
def test_a_header_goes_with_the_request(root: Path, text: str, forwards: bool, cause: str) -> None:
    if forwards:
        post.change(
            root, "src/postal_board/__init__.py", 'environ.get("DESK_URL", "http://localhost:9100") + "/"', FORWARDS
        )
        post.change(root, "src/postal_board/__init__.py", "import Flask\n", "import Flask, request\n")
    assert causes(root, text) == ([cause] if cause else [])


SHOWN = """
from flask import render_template

class State:
    mood = "calm"

def make(environ):
    app = Flask("postal_board")
    app.add_url_rule("/", "index", lambda: render_template("index.html", state=State(), more={}))
"""


@pytest.mark.parametrize(
    ("template", "causes"),
    [
        ("{{ state.mood }}{{ more.absent }}{{ absent }}", []),
        (
            "{% if state.mood %}a{% endif %}\n{{ state.mod }}",
            ["« mod » : l'objet que le modèle reçoit n'a pas cet attribut"],
        ),
    ],
)
def test_a_template_names_what_its_objects_have(root: Path, template: str, causes: list[str]) -> None:
    text = (root / "src/postal_board/__init__.py").read_text()
    head, _, tail = text.partition("\ndef make(environ):")
    (root / "src/postal_board/__init__.py").write_text(head + SHOWN + tail[tail.index("    for path in") - 1 :])
    (root / "src/postal_board/templates").mkdir()
    (root / "src/postal_board/templates/index.html").write_text(template)
    found = [one for one in post.check(root) if one.rule == "template_names"]
    assert [one.cause for one in found] == causes
    assert [(one.path, one.line, "« mood »" in one.remedy) for one in found] == [
        ("src/postal_board/templates/index.html", 2, True)
    ] * len(causes)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://localhost:9100/", ""),
        ("http://desk:9100/", "un lien vers http://desk:9100/"),
        ("https://elsewhere.example/", ""),
    ],
)
def test_a_link_that_is_offered_can_be_followed(root: Path, url: str, told: str) -> None:
    post.change(
        root,
        "src/postal_board/__init__.py",
        'return {"desk": json.load(answer)["mood"]}',
        f"return '<a href=\"{url}\">desk</a>'",
    )
    found = [one.cause for one in post.check(root) if one.rule == "offered_links"]
    assert [told in one for one in found] == ([True] if told else [])


ECHO = """    @app.after_request
    def sent_back(answer):
        sent = request.headers.get("X-Post-ID", "")
        answer.headers["X-Post-ID"] = sent if len(sent) < 8 else "other"
        return answer

    for path in"""
SNIPPET = """```bash
curl -H 'X-Post-ID: {value}' http://localhost:9100/
```
"""


@pytest.mark.parametrize(
    ("value", "echoes", "told"),
    [("abcdefg", True, False), ("abcdefgh", True, True), ("$NAME", True, False), ("abcdefgh", False, False)],
)
def test_an_identifier_that_a_page_chooses_is_sent_back(root: Path, value: str, echoes: bool, told: bool) -> None:
    if echoes:
        post.change(root, "src/postal_desk/__init__.py", "    for path in", ECHO)
        post.change(root, "src/postal_desk/__init__.py", "import Flask, jsonify", "import Flask, jsonify, request")
    found = [one.cause for one in post.check(root, SNIPPET.format(value=value), "bare") if one.rule == "sent_back"]
    assert found == (
        ["« desk » ne rend pas l'identifiant « abcdefgh » de X-Post-ID, alors qu'il rend « abc »"] if told else []
    )


CHART = """```mermaid
flowchart TB
    reader(["Reader"])
    service["Service<br>post-desk<br>port 80"]
    desk["Deployment<br>post-desk<br>2 pods"]
    board["board"]
    config["ConfigMap<br>post-config"]
    secret["Secret<br>post-secret"]
    reader --> board -->|"HTTP"| service --> desk
    config -.-> desk
    secret -.-> desk
```
"""


def test_jobs_that_wait_for_each_other_are_gone_round_once(root: Path) -> None:
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/ci.yml").write_text(WORKFLOW.replace("{name: Style,", "{name: Style, needs: publish,"))
    found = diagrams(post.page(JOBS).page, post.model(root))
    assert {one.line for one in found} == {3, 7}


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("kind load docker-image post-desk:1.2 post-board:1.2", []),
        ("kind load docker-image post-desk:1.2\nkind load docker-image post-board:1.2", []),
        ("kind load docker-image post-desk:1.2", ["« post-board:1.2 » n'est pas chargée, et les pods l'attendent"]),
    ],
)
def test_every_image_of_the_pods_is_loaded(root: Path, code: str, missing: list[str]) -> None:
    build = "```bash\ndocker compose build\n```\n\n"
    found = check_commands([post.page(f"{build}```bash\n{code}\n```\n")], post.model(root))
    assert [one.cause for one in found if one.rule == "kind"] == missing


ENDING = """```mermaid
sequenceDiagram
    K->>P: preStop
    K->>P: SIGTERM
    K->>P: SIGKILL
```
"""
JOBS = """```mermaid
flowchart LR
    push([Pushed]) --> style["Style"]
    push --> tests["All tests"]
    style --> both{{"Both,<br>on main"}}
    tests --> both
    both --> publish["Publish"]
```
"""
WORKFLOW = """name: CI
on: {push: {branches: [main]}, schedule: [{cron: "17 4 * * 1,4"}]}
jobs:
  style: {name: Style, steps: [{run: "sudo scripts/sort --all --strict"}]}
  tests: {name: All tests}
  publish: {name: Publish, needs: [style, tests]}
"""


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        (CHART, 0, ""),
        (
            CHART.replace("service --> desk", "service --> other").replace(
                'board["board"]', 'other["Deployment<br>post-board"]'
            ),
            9,
            "le Service « post-desk » ne mène pas à « post-board »",
        ),
        (
            CHART.replace("secret -.-> desk", "secret -.-> other").replace(
                'board["board"]', 'other["Deployment<br>post-board"]'
            ),
            11,
            "« post-board » ne reçoit pas Secret « post-secret »",
        ),
        (JOBS, 0, ""),
        (
            JOBS.replace("both --> publish", "style --> publish"),
            7,
            "« Publish » attend d'autres travaux que ceux du dessin",
        ),
        (
            JOBS.replace("    style --> both", "    style --> tests\n    style --> both"),
            5,
            "« All tests » attend d'autres travaux",
        ),
        ("```mermaid\nsequenceDiagram\n    A->>B: Secret\n```\n", 0, ""),
        (CHART.replace("HTTP", "DESK_URL"), 0, ""),
        (CHART.replace("reader --> board", 'reader -->|"DESK_URL"| board'), 9, "« reader » ne lit pas DESK_URL"),
        (ENDING, 0, ""),
        (
            ENDING.replace("preStop", "SIGHUP").replace("SIGTERM", "preStop").replace("SIGHUP", "SIGTERM"),
            3,
            "« SIGTERM » avant « preStop »",
        ),
    ],
)
def test_a_flowchart_draws_what_is_declared(root: Path, text: str, line: int, cause: str) -> None:
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/ci.yml").write_text(WORKFLOW)
    found = list(diagrams(post.page(text).page, post.model(root)))
    assert [(one.line, cause in one.cause) for one in found] == ([(line, True)] if cause else [])


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("| Style | Each change | `scripts/sort --all` |", ""),
        ("| Style | Each change | `scripts/sort`, and `post-desk` |", ""),
        (
            "| style | Each change | `scripts/sort --strict --all` |",
            "« scripts/sort --strict --all », que le travail « style » ne lance pas",
        ),
        (
            "| Style | Each change | `scripts/sort --al` |",
            "« scripts/sort --al », que le travail « Style » ne lance pas",
        ),
        ("| Other | Each change | `scripts/sort --al` |", ""),
        ("Tout est rejoué chaque lundi et chaque jeudi.", ""),
        ("Tout est rejoué chaque lundi.", "la pipeline n'est pas lancée ces jours-là : 17 4 * * 1,4"),
        ("La chaîne tourne tous les jeudis et les vendredis.", "la pipeline n'est pas lancée ces jours-là"),
        ("Le facteur passe chaque lundi.", ""),
    ],
)
def test_a_page_tells_what_the_pipeline_runs_and_when(root: Path, text: str, cause: str) -> None:
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/ci.yml").write_text(WORKFLOW)
    found = list(pipeline(post.page(f"{text}\n").page, post.model(root)))
    assert [cause in one.cause for one in found] == ([True] if cause else [])


@pytest.mark.parametrize(
    ("cron", "days"),
    [("0 4 * * 1-3", {1, 2, 3}), ("0 4 * * 7", {0}), ("0 4 1,4 * *", set(range(7))), ("daily", set(range(7)))],
)
def test_the_days_of_a_cron_line(cron: str, days: set[int]) -> None:
    assert days_of(cron) == days
