"""Pages say all that the services answer, and nothing that they do not: keys, statuses, and the Python that calls them."""

from pathlib import Path
from textwrap import dedent

import pytest
from tests.engine.check import post

GUARDED = """
    @app.get("/stamps")
    def stamps():
        from flask import request
        shown = request.headers.get("Authorization")
        if "STAMP_FILE" not in environ:
            return {"error": "closed"}, 503
        if shown is None:
            return {"error": "who"}, 401
        return ({"stamps": 3}, 200) if shown == "Bearer " + "0" * 64 else ({"error": "no"}, 403)

    for path in"""
KEYS = "`mood`, `stamped`, `status`, `desk`, `stamps`, `error`; `/stamps`\n\n"


@pytest.fixture
def root(tmp_path: Path, fresh: None) -> Path:
    """The small repository, whose desk keeps stamps for whoever has the token."""
    post.write(tmp_path)
    post.change(tmp_path, "src/postal_desk/__init__.py", "\n    for path in", GUARDED)
    return tmp_path


def causes(root: Path, text: str) -> list[str]:
    return [found.cause for found in post.check(root, KEYS + text)]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Sans le bureau, `/` répond 503.", ""),
        ("Sans le bureau, `/` répond 502.", "« / » ne répond jamais 502"),
        ("`/stamps` est gardée : 401 sans jeton, 403 avec un mauvais, 503 si aucun n'est configuré.", ""),
        (
            "`/stamps` est gardée : 403 sans jeton, 401 avec un mauvais, 503 si aucun n'est configuré.",
            "« 403 sans jeton » : « /stamps » répond autre chose",
        ),
        ("Sans jeton, `/stamps` répond 401 ; avec un mauvais, 403 ; si elle-même n'en a pas, 503.", ""),
        (
            "Sans jeton, `/stamps` répond 401 ; avec un mauvais, 401 ; si elle-même n'en a pas, 503.",
            "avec un mauvais, 401 »",
        ),
        ("| `/stamps` | Timbres (401 sans jeton, 404 avec un mauvais) |", "« 404 avec un mauvais »"),
    ],
)
def test_a_status_of_the_prose_is_one_that_the_route_gives(root: Path, text: str, cause: str) -> None:
    found = causes(root, text)
    assert any(cause in one for one in found) if cause else found == []


def test_a_key_that_no_page_names_is_found_where_it_is_written(root: Path) -> None:
    post.change(root, "src/postal_desk/__init__.py", '{"stamps": 3}', '{"postmarks": 3}')
    found = [one for one in post.check(root, KEYS) if "« postmarks »" in one.cause]
    assert [one.path for one in found] == ["src/postal_desk/__init__.py"]
    assert "postmarks" in (root / found[0].path).read_text().splitlines()[found[0].line - 1]


SNIPPET = """
import os
import requests
from urllib.parse import urlsplit

answer = requests.get("http://localhost:9100/", timeout=2)
desk = answer.json()
print(desk["mood"], answer.headers["Content-Type"], os.environ["MOOD"], os.environ.get("DESK_URL"))
stamps = requests.get("http://localhost:9100/stamps", headers={"Authorization": "Bearer x"}).json()
print(stamps["stamps"])
"""


def python(code: str) -> str:
    return f"```python\n{code.strip()}\n```\n"


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("", "", ""),
        ('9100/"', '9100/desk"', "pas de route « /desk »"),
        (":9100/stamps", ":9101/stamps", ""),
        ('desk["mood"]', 'desk["mode"]', "clé « mode », que la réponse n'a pas"),
        ('stamps["stamps"]', 'stamps["stamp"]', "clé « stamp », que la réponse n'a pas"),
        ('"Content-Type"', '"X-Desk"', "en-tête « X-Desk », que la réponse n'a pas"),
        ('environ["MOOD"]', 'environ["MODE"]', "variable « MODE »"),
        ('get("DESK_URL")', 'get("DESK_URI")', "variable « DESK_URI »"),
        ("import requests", "import requestz", "module « requestz » introuvable"),
        ("import urlsplit", "import urlsplits", "« urllib.parse » n'a pas de « urlsplits »"),
        (
            'requests.get("http://localhost:9100/",',
            'requests.post("http://localhost:9100/",',
            "« / » ne se demande pas par POST",
        ),
        ("print(desk", "print((desk", "illisible"),
    ],
)
def test_the_python_of_a_page_is_held_to_the_services(root: Path, old: str, new: str, cause: str) -> None:
    assert old in SNIPPET
    found = post.check(root, KEYS + python(SNIPPET.replace(old, new, 1) if old else SNIPPET))
    assert any(cause in one.cause and one.line > 3 for one in found) if cause else found == []


def test_a_snippet_may_show_what_an_unknown_address_gives(root: Path) -> None:
    code = 'import requests\nprint(requests.get("http://localhost:9100/parcels", timeout=2).status_code)\n#> 404'
    assert causes(root, python(code)) == []


def test_a_snippet_in_a_list_is_read_too(root: Path) -> None:
    code = dedent(python('import requests\nrequests.get("http://localhost:9100/parcels")')).replace("\n", "\n    ")
    assert any("pas de route « /parcels »" in one for one in causes(root, f"- Call:\n\n    {code}"))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`Authorization: Bearer abc`", False),
        ("`Authorization: Token abc`", True),
        ('headers={"Authorization": f"Basic {it}"}', True),
        ("the `Authorization` header", False),
    ],
)
@pytest.mark.parametrize("asks", [True, False])
def test_a_call_names_the_scheme_that_a_refusal_asks_for(root: Path, text: str, wrong: bool, asks: bool) -> None:
    if asks:
        post.change(
            root,
            "src/postal_desk/__init__.py",
            '{"error": "who"}, 401',
            '{"error": "who"}, 401, {"WWW-Authenticate": "Bearer"}',
        )
    found = [one for one in causes(root, text) if "les applications demandent : Bearer" in one]
    assert bool(found) is (wrong and asks)
