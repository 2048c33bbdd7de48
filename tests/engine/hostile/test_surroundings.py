"""What a page is given of its surroundings, and what it may not change there."""

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from runbook.outcome import Outcome, Reason
from runbook.reporting.record import load
from tests.engine.conftest import SETTINGS
from tests.engine.runs import command_line, fence, free_port, one, outcomes, run_site

VERIFIED, EXECUTED, FAILED = Outcome.VERIFIED, Outcome.EXECUTED, Outcome.FAILED
GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org")


def committed(root: Path) -> Path:
    (root / ".gitignore").write_text(".runbook/\n", encoding="utf-8")
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "one"]):
        subprocess.run([*GIT, "-C", str(root), *arguments], check=True, capture_output=True)
    return root


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("echo more >>mkdocs.yml", "fichiers suivis par git modifiés : mkdocs.yml"),
        ("rm mkdocs.yml", "fichiers suivis par git modifiés : mkdocs.yml"),
        ("git -c user.name=x -c user.email=x commit -q --allow-empty -m two", "HEAD est passé de"),
        ("git checkout -q -b other", "la branche est passée de"),
        ("rm -rf .git", "le dépôt git n'est plus lisible"),
    ],
)
def test_a_page_that_changes_what_it_is_to_prove_proves_nothing(make_site, code: str, said: str) -> None:
    root = committed(make_site(index=fence(code) + fence("echo x", "", "x"), other=fence("echo y", "", "y")))
    ran = command_line(root, "run")
    assert ran.returncode == 1
    assert said in ran.stdout
    assert "docs/index.md : pendant cette page" in ran.stdout
    steps = load(root / ".runbook" / "record.json").campaigns[0].steps
    assert [(step.outcome, step.why) for step in steps if step.page == "docs/index.md"] == [
        (FAILED, Reason.CHANGED)
    ] * 2
    assert [step.outcome for step in steps if step.page == "docs/other.md"] == [VERIFIED]


def test_a_page_that_puts_everything_back_proves_what_it_shows(make_site) -> None:
    page = fence("echo more >>mkdocs.yml; touch untracked") + fence(
        "git checkout -q mkdocs.yml", 'data-nettoyage="oui"'
    )
    root = committed(make_site(index=page))
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + "# changed before\n")
    assert command_line(root, "run", "docs/index.md").returncode == 0


def test_a_page_has_no_token_of_the_caller_and_a_home_of_its_own(make_site) -> None:
    code = (
        'echo "${GH_TOKEN-none} ${AWS_PROFILE-none} ${KEPT-none} $LANG"; test "$HOME" != "$REAL"; touch ~/x; echo $TZ'
    )
    root = make_site(
        SETTINGS.replace("stop_grace = 1", 'stop_grace = 1\nkeep_env = ["KEPT", "REAL"]'),
        index=fence(code, "", "none none kept C.UTF-8\nUTC"),
    )
    home = root / "home"
    home.mkdir()
    given = {"GH_TOKEN": "t", "AWS_PROFILE": "p", "KEPT": "kept", "HOME": str(home), "REAL": str(home), "TZ": "UTC"}
    ran = command_line(root, "run", **given)
    assert ran.returncode == 0, ran.stdout
    assert list(home.iterdir()) == []


def test_the_clients_of_docker_are_lent_without_their_credentials(make_site) -> None:
    code = "cat ~/.docker/config.json; ls ~/.docker/contexts"
    root = make_site(index=fence(code, "", '{"currentContext": "far"}meta'))
    lent = root / "home" / ".docker"
    (lent / "contexts" / "meta").mkdir(parents=True)
    (lent / "config.json").write_text('{"currentContext": "far", "auths": {"r": {"auth": "c2VjcmV0"}}}')
    ran = command_line(root, "run", HOME=str(root / "home"))
    assert ran.returncode == 0, ran.stdout


SECRET = "correct-horse-battery"


READ = (
    "read -r API_KEY <secret; echo $API_KEY",
    'read -ra KEYS_OF <secret; echo "${KEYS_OF[0]}"',
    "printf -v GITHUB_PAT %s $(cat secret); echo $GITHUB_PAT",
    "mapfile -t TOKENS <secret; echo ${TOKENS[0]}",
    "export password=$(cat secret); echo $password",
    "f() { local DB_PASSWORD=$(cat secret); echo $DB_PASSWORD; }; f",
    "f() { local -r key_of_api=$(cat secret); echo $key_of_api; }; (f)",
    "DATABASE_URL=postgres://user:$(cat secret)@db/x; cat secret",
    'for SECRET in $(cat secret); do echo "$SECRET"; done',
    ": ${CREDENTIALS:=$(cat secret)}; echo $CREDENTIALS",
    "API_KEY=$(cat secret); printf 'corr\\0ect-\\033[1mhorse-bat\\bt\\007tery\\n'",
)


@pytest.mark.parametrize("code", READ)
def test_a_secret_is_masked_however_it_was_read_and_whatever_splits_it(make_site, code: str) -> None:
    root = make_site(index=fence(code) + fence("cat secret >&2; false"))
    (root / "secret").write_text(f"{SECRET}\n")
    kept = "".join(f"{result.out}{result.err}{result.reason}" for result in run_site(root).results)
    assert "•" in kept
    assert SECRET not in kept
    assert "correct" not in kept


def test_no_report_shows_a_secret(make_site) -> None:
    root = make_site(index=fence(f'echo "$http_proxy"; {READ[-1]}') + fence("cat secret >&2; false"))
    (root / "secret").write_text(f"{SECRET}\n")
    proxy = f"http://me:{SECRET}@proxy.example"
    ran = command_line(root, "run", "--junit", str(root / "junit.xml"), http_proxy=proxy)
    kept = ran.stdout + (root / "junit.xml").read_text() + (root / ".runbook" / "record.json").read_text()
    assert SECRET not in kept
    assert "correct-horse" not in kept.replace("corr\\\\0ect", "")
    ET.parse(root / "junit.xml")  # noqa: S314 — our own file


def test_a_path_is_no_secret(make_site) -> None:
    code = "MANPATH=/usr/share/man; PATTERN=abcdef; for key in abcdef; do echo $MANPATH $PATTERN $key; done"
    result = one(make_site(index=fence(code)))
    assert result.out == "/usr/share/man abcdef abcdef\n"


@pytest.fixture
def refusing_proxy() -> Iterator[str]:
    """A proxy that refuses everything."""

    class Refusal(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(503)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(make_site, refusing_proxy: str) -> None:
    port = free_port()
    serve = fence(f"python -m http.server {port} --bind 127.0.0.1", f'data-arriere-plan="http://localhost:{port}/"')
    root = make_site(index=serve + fence(f"curl -fsS -o /dev/null http://localhost:{port}/"))
    ran = command_line(root, "run", "docs/index.md", http_proxy=refusing_proxy, HTTP_PROXY=refusing_proxy)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    "command", ['["sh", "-c", "echo cause; exec tail -f /dev/null"]', '["sh", "-c", "echo cause; exit 3"]']
)
def test_the_journal_that_an_error_names_is_still_there(make_site, command: str) -> None:
    settings = SETTINGS.replace('title = "Here"', 'title = "Here"\nservices = ["web"]')
    settings += f"[tool.runbook.services.web]\ncommand = {command}\ndeadline = 1\n"
    settings += f'ready = "http://localhost:{free_port()}/"\nports = []\n'
    root = make_site(settings, index=fence("true"))
    ran = command_line(root, "run")
    assert ran.returncode == 1
    assert "journal : .runbook/services/web.log" in ran.stdout
    assert (root / ".runbook" / "services" / "web.log").read_text() == "cause\n"


def test_a_page_that_stops_its_engine_does_not_hang_it(make_site) -> None:
    page = fence("kill -STOP $PPID; tail -f /dev/null", 'data-delai="1"') + fence(
        "touch cleaned", 'data-nettoyage="oui"'
    )
    root = make_site(index=page)
    ran = command_line(root, "run", "docs/index.md")
    assert ran.returncode == 1
    assert "délai dépassé" in ran.stdout
    assert (root / "cleaned").exists()


@pytest.mark.parametrize(
    "code",
    [
        "trap 'cat' DEBUG",
        "trap 'read -r order' DEBUG",
        "trap 'kill -STOP $$' DEBUG",
        "trap 'kill -STOP $PPID' DEBUG; true",
        "shopt -s extdebug; trap 'return 2' DEBUG; true",
    ],
)
def test_a_debug_trap_does_not_hang_the_page(make_site, code: str) -> None:
    journal = run_site(make_site(index=fence(code, 'data-delai="0.5"') + fence("echo on", 'data-delai="0.5"')))
    assert len(journal.results) == 2


@pytest.mark.parametrize(
    ("verb", "redirection", "env"),
    [
        ("run docs/index.md", ">&- 2>&-", {}),
        ("run docs/index.md", ">&-", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("run docs/index.md", "<&-", {"PYTHONIOENCODING": "iso-8859-1"}),
        ("run docs/index.md", "", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("run docs/index.md", "", {"TERM": "dumb", "COLUMNS": "40"}),
        ("plan", ">&-", {}),
        ("list", "", {"PYTHONIOENCODING": "iso-8859-1"}),
    ],
)
def test_whatever_the_terminal_is_nobody_sees_a_stack(
    make_site, verb: str, redirection: str, env: dict[str, str]
) -> None:
    root = make_site(index=fence("echo é", "", "è") + fence("true"))
    command = f'exec "{sys.executable}" -m runbook --root "{root}" {verb} {redirection}'
    ran = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False, env={**_plain(), **env})
    assert ran.returncode in (0, 1, 2)
    assert b"Traceback" not in ran.stdout + ran.stderr
    assert b"Exception" not in ran.stdout + ran.stderr


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "GITHUB_ACTIONS"}


def test_an_empty_expected_result_holds_where_nothing_is_printed(make_site) -> None:
    page = '```bash\n{}\n```\n\n```text title="Résultat attendu"\n```\n'
    journal = run_site(make_site(a=page.format("true"), b=page.format("echo x"), c=page.format("echo x >&2")))
    assert outcomes(journal) == [VERIFIED, FAILED, FAILED]
    assert "rien ne devait être affiché" in journal.results[2].reason
