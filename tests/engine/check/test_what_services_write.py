"""What the services write and send is held to the pages, and what a page looks for to what it sent and asked."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.applications.header_names import header_names, header_values
from runbook.checking.applications.hidden_branches import hidden_branches
from runbook.checking.applications.server_settings import log_settings
from runbook.checking.applications.starts import check_starts
from runbook.checking.applications.static_files import style_classes

LOGS = """
import json
import logging

class Lines(logging.Formatter):
    def format(self, record):
        fields = {"at": record.created, "level": record.levelname}
        if isinstance(record.args, dict):
            return json.dumps(fields | {"path": record.args["U"], "answer": record.args["s"]})
        fields["text"] = record.getMessage()
        if record.exc_info:
            fields["trace"] = ""
        return json.dumps(fields)

class Quiet(logging.Filter):
    def __init__(self, *, shown):
        super().__init__()

SETTINGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": Lines}},
    "filters": {"quiet": {"()": Quiet, "shown": True}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stdout"}},
    "root": {"level": "INFO", "handlers": ["out"]},
    "loggers": {"gunicorn.access": {"level": "INFO", "handlers": ["out"], "propagate": False, "filters": ["quiet"]}, "urllib3": {"level": "WARNING"}},
}
HEADERS = {"Accept": "text/plain", "User-Agent": "desk", "X-Desk": "1"}
COLOURS = {"Ink": 1}
"""
SERVER = """
import os
from postal_desk.logs import SETTINGS
bind = os.environ["LISTEN"] + ":" + os.environ["PORT"]
graceful_timeout = 10
logconfig_dict = SETTINGS
"""
LOG_LINES = """[pod/post-desk-…/desk] {"at": …, "level": "INFO", "text": "…"}
[pod/post-desk-…/desk] {"at": …, "level": "ERROR", "text": "…", "trace": "…"}
{"at": …, "level": "INFO", "path": "/", "answer": …}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small repository, whose server writes JSON to its log."""
    post.write(tmp_path)
    (tmp_path / "src/postal_desk/logs.py").write_text(LOGS)
    (tmp_path / "src/serve.py").write_text(SERVER)
    for name in [name for name in sys.modules if name.startswith("postal_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    return tmp_path


def step(command: str, result: str) -> str:
    return f'```bash\n{command}\n```\n\n```text title="Résultat attendu"\n{result.strip(chr(10))}\n```\n\n'


def test_right_logs_and_headers_are_not_spoken_of(root: Path) -> None:
    model = post.model(root)
    assert [*log_settings(model), *header_names(model)] == []
    assert post.check(root, step("kubectl logs deploy/post-desk -n post", LOG_LINES)) == []


@pytest.mark.parametrize(
    ("old", "new", "cause", "remedy"),
    [
        ('"version": 1', '"versions": 1', "clé « versions », que Python ignore sans rien dire", "« version »"),
        (
            '"disable_existing_loggers"',
            '"disable_existing_logger"',
            "clé « disable_existing_logger »",
            "« disable_existing_loggers »",
        ),
        ('{"lines": {"()"', '{"line": {"()"', "« out » nomme « lines », absent de « formatters »", "« line »"),
        ('"quiet": {"()"', '"quite": {"()"', "nomme « quiet », absent de « filters »", "« quite »"),
        ('"out": {"class"', '"outs": {"class"', "nomme « out », absent de « handlers »", "« outs »"),
        ('"class"', '"clas"', "clé « clas »", "« class »"),
        ('"formatter": "lines"', '"formater": "lines"', "« StreamHandler » n'a pas d'argument « formater »", ""),
        ('"stream"', '"streams"', "« StreamHandler » n'a pas d'argument « streams »", "« stream »"),
        ("logging.StreamHandler", "logging.StreamHandlers", "« logging.StreamHandlers » introuvable", ""),
        ('"shown"', '"show"', "« Quiet » n'a pas d'argument « show »", "« shown »"),
        ('"root": {"level"', '"root": {"levels"', "« root » : clé « levels »", "« level »"),
        ('"propagate"', '"propagates"', "« gunicorn.access » : clé « propagates »", "« propagate »"),
        (
            '"level": "INFO", "handlers": ["out"], "p',
            '"level": "INFOS", "handlers": ["out"], "p',
            "niveau « INFOS » inconnu",
            "« INFO »",
        ),
        ('"urllib3"', '"urlib3"', "« urlib3 » : aucun module n'a ce nom", ""),
        ('"Accept"', '"Acept"', "en-tête HTTP « Acept » inconnu", "« Accept »"),
        ('"User-Agent"', '"User_Agent"', "en-tête HTTP « User_Agent » inconnu", "« User-Agent »"),
    ],
)
def test_a_word_that_nothing_reads_is_found_where_it_is_written(
    root: Path, old: str, new: str, cause: str, remedy: str
) -> None:
    post.change(root, "src/postal_desk/logs.py", old, new)
    model = post.model(root)
    findings = [*log_settings(model), *header_names(model)]
    assert any(
        cause in found.cause and remedy in found.remedy and found.path == "src/postal_desk/logs.py"
        for found in findings
    ), findings


@pytest.mark.parametrize(
    ("old", "new", "line", "cause"),
    [
        ('"at": record', '"when": record', 6, "clé « at », que le service n'écrit pas dans son journal"),
        ('"path": record', '"route": record', 8, "clé « path »"),
        ('"answer": record', '"status": record', 8, "clé « answer »"),
        ('["text"]', '["message"]', 6, "clé « text »"),
        ('["trace"]', '["stack"]', 7, "clé « trace »"),
    ],
)
def test_a_key_of_the_log_that_is_renamed_is_found_in_the_page(
    root: Path, old: str, new: str, line: int, cause: str
) -> None:
    post.change(root, "src/postal_desk/logs.py", old, new)
    findings = post.check(root, step("kubectl logs deploy/post-desk -n post", LOG_LINES))
    assert any(cause in found.cause and found.line == line for found in findings), findings


COUNT = """kubectl get pods -n post -l 'app.kubernetes.io/component in (desk, board)' -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}' | grep -c ."""
PINGED = "curl -sS -H 'X-Request-ID: ping-of-the-desk' http://localhost:30070/\n"
FOUND = "kubectl logs deploy/post-desk -n post | grep ping-of-the-desk"
STATUS = "curl -s -o /dev/null -w '%{http_code}\\n' http://localhost:30070/ || true"
RIGHT = [
    (COUNT, "3"),
    (
        "kubectl scale deployment/post-desk --replicas=4 -n post\nkubectl rollout status deployment/post-desk -n post\n```\n\n```bash\n"
        + COUNT,
        "5",
    ),
    (PINGED + FOUND, "…"),
    (STATUS, "000"),
    (STATUS, "503"),
    (
        "curl -sS -i http://localhost:30070/nowhere",
        "HTTP/1.1 404 NOT FOUND\n…\nContent-Type: text/html; charset=utf-8\n…",
    ),
    ("kubectl logs deploy/post-desk -n post", "…Listening at: http://0.0.0.0:9100 (1)…"),
    ("kubectl describe pods -n post", "…\n    Restart Count:  0\n…0/… nodes are available: …"),
    (
        "kubectl rollout restart deployment/post-desk -n post\nkubectl describe pods -n post",
        "…\n    Restart Count:  1\n…",
    ),
    (
        "curl -sS http://localhost:30070/ http://localhost:30070/ || true",
        "curl: (7) Failed to connect to localhost port 30070 …",
    ),
]
WRONG = [
    (COUNT, "2", "2 pod(s), et « post-board », « post-desk » en demandent 3"),
    (
        PINGED + FOUND.replace("desk |", "desk |").replace("ping-of-the-desk", "ping-of-the-desks"),
        "…",
        "« ping-of-the-desks », que la page n'a envoyé nulle part",
    ),
    (PINGED.replace("desk'", "dsk'") + FOUND, "…", "« ping-of-the-desk », que la page n'a envoyé nulle part"),
    (STATUS, "504", "statut 504, que le code des applications ne donne pas"),
    ("kubectl describe pods -n post", "…\n    Restart Count:  1\n…", "Restart Count 1"),
    (
        "kubectl get events -n post",
        "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n5s   Warning   FailedScheduling   pod/post-desk-…   1/… nodes are available: …",
        "« 1/… nodes are available »",
    ),
    (
        "kubectl get pods -n post",
        "NAME   READY   STATUS   RESTARTS   AGE\n…\npost-desk-…   1/1   CrashLoopBackOff   …   5s\n…",
        "READY 1/1 sur un pod « CrashLoopBackOff »",
    ),
    (
        "curl -sS -i http://localhost:30070/nowhere",
        "HTTP/1.1 404 NOT FOUND\n…\nContent-Type: text/plain\n…",
        "résultat attendu que l'application ne donne pas",
    ),
    (STATUS, "0", "« 0 » n'est pas un statut HTTP"),
    ("kubectl logs deploy/post-desk -n post", "…Listening at: http://0.0.0.0:9100 (7)…", "processus 7"),
    (
        "curl -sS http://localhost:30070/ || true",
        "curl: (8) Failed to connect to localhost port 30070 …",
        "dont le message est celui de l'erreur (7)",
    ),
]


@pytest.mark.parametrize(("command", "result"), RIGHT)
def test_what_the_commands_of_the_page_make_true_is_not_spoken_of(root: Path, command: str, result: str) -> None:
    findings = post.check(root, step(command, result))
    assert not [
        found for found in findings if found.rule in ("expected_counts", "echoed_values", "expected_values", "answers")
    ], findings


@pytest.mark.parametrize(("command", "result", "cause"), WRONG)
def test_what_the_commands_of_the_page_make_false_is_found(root: Path, command: str, result: str, cause: str) -> None:
    findings = post.check(root, step(command, result))
    assert any(cause in found.cause for found in findings), findings


HEALTHY = """
import http.client, os, sys
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=2)
connection.request("GET", "/health/live")
status = connection.getresponse().status
if status != 200:
    sys.exit(f"/health/live : {status}")
"""


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("", "", None),
        ('"GET", "/health/live"', '"GET", "/health/alive"', "/health/live : 404"),
        ("!= 200", "!= 204", "/health/live : 200"),
        ('os.environ["PORT"]', 'os.environ["PROT"]', "KeyError"),
        ("status != 200", "not status", "finit bien quand l'application répond par une erreur"),
    ],
)
def test_the_health_check_of_an_image_is_run_on_its_application(
    root: Path, old: str, new: str, refusal: str | None
) -> None:
    (root / "src/postal_desk/healthy.py").write_text(HEALTHY.replace(old, new) if old else HEALTHY)
    post.change(root, "desk.Dockerfile", '["python", "-c", "pass"]', '["python", "-m", "postal_desk.healthy"]')
    causes = [found.cause for found in check_starts(post.model(root)) if found.rule == "health_programs"]
    assert bool(causes) == (refusal is not None)
    assert all(str(refusal) in cause for cause in causes), causes


SECRET_REFUSED = """def make(environ):
    if " " in environ.get("DESK_TOKEN", ""):
        raise SystemExit("Refused: DESK_TOKEN " + {shown})
"""


@pytest.mark.parametrize(("shown", "told"), [("environ['DESK_TOKEN']", True), ("'(hidden)'", False)])
def test_a_refused_secret_is_not_shown(root: Path, shown: str, told: bool) -> None:
    post.change(root, "src/postal_desk/__init__.py", "def make(environ):\n", SECRET_REFUSED.format(shown=shown))
    model = post.model(root)
    desk = replace(model.applications["desk"], variables={**model.applications["desk"].variables, "DESK_TOKEN": None})
    found = [
        (one.path, one.line)
        for one in check_starts(replace(model, applications={**model.applications, "desk": desk}))
        if "montre la valeur de DESK_TOKEN" in one.cause
    ]
    assert found == ([("src/postal_desk/__init__.py", 13)] if told else [])


SENT_BACK = """    @app.after_request
    def sent_back(answer):
        sent = request.headers.get("X-Post-ID", "")
        answer.headers["X-Post-ID"] = sent if {accepted} else "other"
        return answer

    for path in"""


@pytest.mark.parametrize(
    ("accepted", "cause"),
    [
        ("sent.isalnum() and len(sent) < 65", ""),
        ("sent.isalnum()", "« desk » rend tel quel un X-Post-ID de 1000 caractères"),
        ("len(sent) < 65", '« desk » rend tel quel un X-Post-ID « abc "def" »'),
        ("False", ""),
    ],
)
def test_an_identifier_that_a_log_cannot_bear_is_not_sent_back(root: Path, accepted: str, cause: str) -> None:
    post.change(root, "src/postal_desk/__init__.py", "    for path in", SENT_BACK.format(accepted=accepted))
    post.change(root, "src/postal_desk/__init__.py", "import Flask, jsonify", "import Flask, jsonify, request")
    found = [one.cause for one in post.check(root) if one.rule == "sent_back"]
    assert [cause in one for one in found] == ([True] if cause else [])


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("True", False),
        ("record.args['U'] != '/letters'", True),
        ("record.args['U'] != '/letters' or int(record.args['s']) > 300", True),
        ("record.args['U'] != '/'", False),
    ],
)
def test_a_line_that_the_log_leaves_out_is_not_shown(root: Path, kept: str, told: bool) -> None:
    post.change(
        root,
        "src/postal_desk/logs.py",
        "        super().__init__()\n",
        f"        super().__init__()\n\n    def filter(self, record):\n        return {kept}\n",
    )
    post.change(root, "src/postal_desk/logs.py", '"answer"', '"status"')
    row = '{"at": …, "level": "info", "path": "/letters", "status": 200}'
    found = [
        one.line
        for one in post.check(root, step("kubectl logs deploy/post-desk -n post", row))
        if "que le journal n'écrit pas à ce niveau" in one.cause
    ]
    assert found == ([6] if told else [])


@pytest.mark.parametrize(
    ("given", "told"), [("record.args['D'] / 1000", False), ("record.args['M']", False), ("record.args['D']", True)]
)
def test_a_duration_of_the_log_is_in_the_unit_of_its_name(root: Path, given: str, told: bool) -> None:
    post.change(
        root, "src/postal_desk/logs.py", '"path": record.args["U"]', f'"path": record.args["U"], "spent_ms": {given}'
    )
    found = [
        one.cause
        for one in post.check(
            root,
            step("kubectl logs deploy/post-desk -n post", '{"at": …, "level": "INFO", "path": "/", "spent_ms": …}'),
        )
    ]
    assert found == (["« spent_ms » d'une requête d'une milliseconde vaudrait 1000"] if told else [])


BRANCHES = """
import socket


def told(error: Exception) -> str:
    if isinstance(error, {first}):
        return "a"
    if isinstance(error, {second}):
        return "b"
    return "c"


def tried() -> None:
    try:
        pass
    except {first}:
        pass
    except {second}:
        raise
"""


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("socket.gaierror", "OSError", []),
        (
            "OSError",
            "socket.gaierror",
            [
                "gaierror est un OSError, que la ligne 6 prend déjà",
                "gaierror est un OSError, que la ligne 16 prend déjà",
            ],
        ),
        (
            "(ValueError, OSError)",
            "(ConnectionError, UnicodeError)",
            ["ConnectionError est un OSError", "ConnectionError est un OSError"],
        ),
        ("ConnectionError", "(OSError, ConnectionError)", []),
        ("unknown.Error", "OSError", []),
    ],
)
def test_a_branch_that_one_before_hides_is_found(root: Path, first: str, second: str, told: list[str]) -> None:
    (root / "src/postal_desk/errors.py").write_text(BRANCHES.format(first=first, second=second))
    found = [one.cause for one in hidden_branches(post.model(root))]
    assert [cause in one for cause, one in zip(told, found, strict=True)] == [True] * len(told)


@pytest.mark.parametrize(
    ("sheet", "template", "told"),
    [
        (".good {}\n.bad, .bad b {}\n", '<p class="good bad">', []),
        (
            ".good {}\n",
            '<p class="good bad">',
            [("src/postal_desk/templates/page.html", "classe « bad », qu'aucune feuille de style ne connaît")],
        ),
        (
            ".good {}\n.bad {}\n",
            '<p class="good">',
            [("src/postal_desk/static/style.css", "classe « bad », qu'aucun modèle ne donne")],
        ),
        (".good {}\n.bad {}\n", '<p class="{{ mood }}">', []),
        ("p {}\n", '<p class="good">', []),
    ],
)
def test_the_classes_of_a_template_are_those_of_the_style_sheet(
    root: Path, sheet: str, template: str, told: list[tuple[str, str]]
) -> None:
    for name, text in (("static/style.css", sheet), ("templates/page.html", template)):
        (root / "src/postal_desk" / name).parent.mkdir()
        (root / "src/postal_desk" / name).write_text(text)
    assert [(one.path, one.cause) for one in style_classes(post.model(root))] == told


@pytest.mark.parametrize(
    ("read", "told"), [('environ.get("MOOD", "calm")', False), ('environ.get("MOOD") or "calm"', True)]
)
def test_a_variable_that_is_given_empty_is_not_taken_as_not_given(root: Path, read: str, told: bool) -> None:
    post.change(root, "k8s/config.yaml", "MOOD: calm", 'MOOD: ""')
    post.change(root, "src/postal_desk/__init__.py", 'environ.get("MOOD", "calm")', read)
    found = [(one.path, one.cause) for one in check_starts(post.model(root)) if "donné vide" in one.cause]
    assert found == (
        [("k8s/config.yaml", "« MOOD » donné vide à « desk », qui fait comme avec sa valeur par défaut, calm")]
        if told
        else []
    )


@pytest.mark.parametrize(
    ("headers", "cause"),
    [
        ('{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "deny", "Content-Security-Policy": "x"}', ""),
        (
            '{"X-Content-Type-Options": "no-sniff"}',
            "X-Content-Type-Options : « no-sniff », que les navigateurs ignorent",
        ),
        ('{"Referrer-Policy": "none"}', "Referrer-Policy : « none »"),
        ('{"Content-Security-Policy-Report-Only": "x"}', "n'est que signalée"),
        ('{"Content-Security-Policy-Report-Only": "x", "Content-Security-Policy": "y"}', ""),
    ],
)
def test_a_header_that_protects_says_what_browsers_understand(root: Path, headers: str, cause: str) -> None:
    (root / "src/postal_desk/headers.py").write_text(f"ALWAYS = {headers}\n")
    found = [one.cause for one in header_values(post.model(root))]
    assert [cause in one for one in found] == ([True] if cause else [])


ADDRESS_REFUSED = """def make(environ):
    if environ.get("DESK_URL", "").startswith("ftp:"):
        raise SystemExit("Refused: DESK_URL " + {shown})
"""
LENGTH_REFUSED = """def make(environ):
    if not {least} <= len(environ.get("DESK_TOKEN", "0" * 64)) <= {most} or " " in environ.get("DESK_TOKEN", ""):
        raise SystemExit("DESK_TOKEN ; attendu : 16 à 256 caractères")
"""


@pytest.mark.parametrize(
    ("code", "variable", "default", "cause"),
    [
        (
            ADDRESS_REFUSED.format(shown="environ['DESK_URL']"),
            "DESK_URL",
            "http://localhost:1",
            "montre la valeur de DESK_URL",
        ),
        (ADDRESS_REFUSED.format(shown="'(hidden)'"), "DESK_URL", "http://localhost:1", ""),
        (LENGTH_REFUSED.format(least=16, most=256), "DESK_TOKEN", None, ""),
        (
            LENGTH_REFUSED.format(least=8, most=256),
            "DESK_TOKEN",
            None,
            "DESK_TOKEN de 15 caractères est accepté, et le refus annonce « 16 à 256 caractères »",
        ),
        (LENGTH_REFUSED.format(least=16, most=300), "DESK_TOKEN", None, "DESK_TOKEN de 257 caractères est accepté"),
    ],
)
def test_a_refusal_hides_what_it_must_and_tells_the_limits_that_hold(
    root: Path, code: str, variable: str, default: str | None, cause: str
) -> None:
    post.change(root, "src/postal_desk/__init__.py", "def make(environ):\n", code)
    model = post.model(root)
    desk = replace(model.applications["desk"], variables={**model.applications["desk"].variables, variable: default})
    found = [
        one.cause
        for one in check_starts(replace(model, applications={**model.applications, "desk": desk}))
        if variable in one.cause
    ]
    assert [cause in one for one in found] == ([True] if cause else [])
