"""Do the Python snippets of the pages run as they are printed, against the real API?"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from pytest_examples import CodeExample, EvalExample

from runbook.reading.fences import find_fences
from runbook.reading.pages import read_site

ROOT = Path(__file__).parents[2]
DOCUMENTED = "http://localhost:8000"
HOW_MANY = {"docs/utiliser-api.md": 7}
OPENING = re.compile(r"^\s*(?:`{3,}|~{3,})\s*(?:\{\s*\.)?py", re.IGNORECASE | re.MULTILINE)


def _snippets() -> Iterator[CodeExample]:
    """What the reader sees: after the macros, from the blocks that the site renders."""
    site = read_site(ROOT, "mkdocs.yml")
    for page in site.pages:
        for fence in find_fences(page, site)[0]:
            if fence.language.startswith("py"):
                yield CodeExample.create(
                    fence.source + "\n", path=ROOT / page.path, start_line=fence.line, prefix=fence.language
                )


SNIPPETS = list(_snippets())


@pytest.fixture(scope="module")
def token() -> str:
    return "jeton-de-test-0123456789abcdef"


@pytest.fixture(scope="module")
def api(token: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API under Gunicorn with the images' settings, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("api") / "log"
    path = os.pathsep.join(str(ROOT / "services" / part) for part in ("common", "api"))
    command = [
        "--config",
        "services/common/gunicorn.conf.py",
        "--bind",
        f"127.0.0.1:{port}",
        "datapress_api:create_app()",
    ]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "API_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            url = f"http://localhost:{port}"
            _await_answer(url, process, log)
            yield url
        finally:
            process.terminate()


@pytest.mark.parametrize("snippet", SNIPPETS, ids=str)
def test_a_snippet_prints_what_the_page_says(
    snippet: CodeExample, eval_example: EvalExample, api: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "#>" in snippet.source, "a snippet that shows no result would prove nothing"
    monkeypatch.setenv("API_TOKEN", token)

    eval_example.run_print_check(replace(snippet, source=snippet.source.replace(DOCUMENTED, api)))


def test_the_snippets_call_the_api_at_its_documented_address() -> None:
    urls = {url for snippet in SNIPPETS for url in re.findall(r"https?://[^/\"]+", snippet.source)}

    assert urls == {DOCUMENTED, "http://localhost:9"}


def test_no_snippet_drops_out() -> None:
    written = {
        path.relative_to(ROOT).as_posix(): count
        for path in (ROOT / "docs").rglob("*.md")
        if (count := len(OPENING.findall(path.read_text(encoding="utf-8"))))
    }
    tested = [snippet.path.relative_to(ROOT).as_posix() for snippet in SNIPPETS]

    assert written == HOW_MANY
    assert {page: tested.count(page) for page in tested} == HOW_MANY


def _await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            requests.get(f"{url}/health/ready", timeout=1).raise_for_status()
        except (requests.ConnectionError, requests.HTTPError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"no answer from {url}: {log.read_text(encoding='utf-8')}")
