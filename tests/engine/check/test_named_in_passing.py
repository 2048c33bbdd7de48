"""What comments, templates and notes name in passing exists too."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.applications.static_files import static_files
from runbook.checking.files.comment_names import comment_names
from runbook.checking.prose.site_links import page_parts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small repository."""
    post.write(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "comment", "cause"),
    [
        ("k8s/config.yaml", "kubectl rollout restart deployment/post-desk -n post", ""),
        (
            "k8s/config.yaml",
            "kubectl rollout restart deployment/post-dsk -n post",
            "« deployment/post-dsk », qu'aucun manifeste ne décrit",
        ),
        ("k8s/config.yaml", "made by scripts/sort, and/or by hand; app.kubernetes.io/name tells", ""),
        ("k8s/config.yaml", "made by scripts/sorter", "« scripts/sorter », absent du dépôt"),
        ("compose.yaml", "http://localhost:9200 (board)", ""),
        ("compose.yaml", "http://localhost:9300 (board)", "rien ne répond sur le port 9300"),
        ("desk.Dockerfile", "docker build -f desk.Dockerfile . with src/serve.py", ""),
        ("desk.Dockerfile", "it copies app/serve.py", "« app/serve.py », absent du dépôt"),
        ("src/serve.py", "gunicorn -c src/serve.py", ""),
        ("src/serve.py", "gunicorn -c src/server.py", "« src/server.py », absent du dépôt"),
    ],
)
def test_a_comment_names_what_exists(root: Path, path: str, comment: str, cause: str) -> None:
    file = root / path
    file.write_text(f"# {comment}\n{file.read_text()}")
    found = list(comment_names(post.model(root)))
    assert [(one.path, one.line) for one in found] == ([(path, 1)] if cause else [])
    assert all(cause in one.cause for one in found)


def test_the_text_that_opens_a_python_file_is_read_as_a_comment(root: Path) -> None:
    (root / "src/serve.py").write_text('"""Settings:\n\n    gunicorn -c src/serv.py\n"""\n\nNAME = "src/nothing.py"\n')
    assert [one.line for one in comment_names(post.model(root))] == [3]


@pytest.mark.parametrize(("name", "wrong"), [("style.css", False), ("styles.css", True)])
def test_a_template_takes_files_that_are_there(root: Path, name: str, wrong: bool) -> None:
    for path, text in {
        "templates/base.html": f"<p>\n<link href=\"{{{{ url_for('static', filename='{name}') }}}}\">",
        "static/style.css": "",
    }.items():
        (root / "src/postal_board" / path).parent.mkdir()
        (root / "src/postal_board" / path).write_text(text)
    assert [one.line for one in static_files(post.model(root))] == ([2] if wrong else [])


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Une annonce[^one].\n\n[^one]: là.", ""),
        ("Une annonce[^one].\n\n[^ones]: là.", "note « [^one] » que la page n'écrit pas"),
        ("Une annonce.\n\n[^one]: là.", "note « [^one] » que rien n'appelle"),
        ("Le motif `a[^one]`.", ""),
    ],
)
def test_notes_and_their_calls_meet(root: Path, text: str, cause: str) -> None:
    found = [one.cause for one in page_parts(post.page(text).page, post.model(root))]
    assert any(cause in one for one in found) if cause else found == []


@pytest.mark.parametrize(("second", "wrong"), [("tags: [post]", False), ("title: Again", True)])
def test_a_key_given_twice_in_the_metadata_is_found(root: Path, second: str, wrong: bool) -> None:
    page = post.page("# Post\n").page
    (root / page.path).parent.mkdir()
    (root / page.path).write_text(f"---\ntitle: Post\n{second}\n---\n\n# Post\n")
    assert [one.line for one in page_parts(page, post.model(root))] == ([3] if wrong else [])
