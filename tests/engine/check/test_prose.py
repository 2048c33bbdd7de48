"""What the prose quotes exists, and what the repository offers is quoted somewhere."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.prose.documented import check_documented
from runbook.checking.prose.names import check_prose


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be."""
    post.write(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "The file `k8s/desk.yaml`, or `desk.yaml`, in `k8s/`.",
        "`MOOD` and `MOOD=calm` are read; `READY` is a column.",
        "`deployment/post-desk`, `svc/post-board`, `pod/post-desk-…`, `post-config`.",
        "`post-desk:1.2` is an image, `python:3.13` somebody else's.",
        "`/health/live`, `GET /health/ready`, `/dev/shm`, `/tmp`, `/run/post/STAMP`.",
        "<http://localhost:30070>, `http://desk:9100`, `http://post-desk/health/live`, https://elsewhere.example:1234/x.",
        "Ask port 9100, or `80:30070/TCP`.",
        "`kubectl get pods -n post`, `docker compose up`, `runbook check`, `scripts/sort --fast`.",
        "`CrashLoopBackOff`, `ImagePullBackOff`, `MyOwnState`, `[a link](of-code.md)`, [another](https://elsewhere.example/a.md).",
        "`READY 1/2`, `-n`, `{}`, `data-delai`, `…`, `` ` ``, `kubectl rollout undo … --to-revision=N`.",
        "```text\nk8s/absent.yaml MOD /nowhere http://localhost:1\n```",
    ],
)
def test_what_exists_may_be_quoted(root: Path, text: str) -> None:
    assert list(check_prose([post.page(text).page], post.model(root))) == []


@pytest.mark.parametrize(
    ("quoted", "cause", "remedy"),
    [
        ("`k8s/dsk.yaml`", "fichier « k8s/dsk.yaml » absent", "« k8s/desk.yaml »"),
        ("`dsk.yaml`", "fichier « dsk.yaml » absent", "« desk.yaml »"),
        ("`scripts/sorts`", "« scripts/sorts » absent", "« scripts/sort »"),
        ("`scrpts/sort`", "« scrpts/sort » absent", "« scripts/sort »"),
        ("`DESK_URI`", "variable « DESK_URI »", "« DESK_URL »"),
        ("`LISTN`", "variable « LISTN »", "« LISTEN »"),
        ("`deployment/post-dsk`", "Deployment « post-dsk » n'existe pas", "« post-desk »"),
        ("`post-confg`", "« post-confg » : aucun objet", "« post-config »"),
        ("`post-desk:1.3`", "image « post-desk:1.3 »", "« post-desk:1.2 »"),
        ("`/health/alive`", "route « /health/alive »", "« /health/live »"),
        ("`GET /helth/live`", "route « /helth/live »", "« /health/live »"),
        ("`/run/pots/STAMP`", "aucun volume n'est monté là", "/run/post"),
        ("<http://localhost:30071>", "rien ne répond sur le port 30071", "« 30070 »"),
        ("[the desk](http://localhost:9100/nowhere)", "pas de route « /nowhere »", "/"),
        ("`http://dsk:9100`", "le nom « dsk » n'existe pas", "« desk »"),
        ("`http://post-desk:81`", "sur le port 81", "80"),
        ("port 30071", "port 30071", "« 30070 »"),
        ("`80:30071/TCP`", "aucun Service n'a ces ports", "« 80:30070/TCP »"),
        ("[the desk](nowhere.md#top)", "lien vers « nowhere.md », qui n'existe pas", ""),
        ("`CrashLoopBackoff`", "Kubernetes n'a pas d'état de ce nom", "« CrashLoopBackOff »"),
        ("`kubectl gte pods`", "verbe « gte »", "« get »"),
        ("`kubectl get pods -n pots`", "espace de noms « pots »", "« post »"),
        ("`kubectl apply -f k8s/dsk.yaml`", "fichier « k8s/dsk.yaml »", "« k8s/desk.yaml »"),
        ("`runbook chek`", "« runbook chek » n'existe pas", "« check »"),
        ("`/var/tmp`", "« /var/tmp » : rien dans le dépôt ne nomme ce chemin", "code"),
        (
            "a secret made anew by supprimant `k8s/secret.yaml`",
            "« k8s/secret.yaml » à supprimer, et git le suit",
            "git restore",
        ),
        ("`data-delay`", "attribut « data-delay »", "« data-delai »"),
    ],
)
def test_what_does_not_exist_is_found_at_its_line(root: Path, quoted: str, cause: str, remedy: str) -> None:
    findings = list(check_prose([post.page(f"# Post\n\nSee {quoted} here.").page], post.model(root)))
    assert any(cause in finding.cause and remedy in finding.remedy and finding.line == 3 for finding in findings), (
        findings
    )


def test_a_name_from_elsewhere_may_be_declared(root: Path) -> None:
    page = post.page("Others write `docker-compose.yml`.").page
    assert len(list(check_prose([page], post.model(root)))) == 1
    assert list(check_prose([page], post.model(root, foreign=["docker-compose.*"]))) == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("`MOOD`", "src/postal_desk/__init__.py"),
        ("`/health/ready`", "src/postal_board/__init__.py"),
        ("`post-config`", "k8s/config.yaml"),
        ("`scripts/sort`", "scripts/sort"),
    ],
)
def test_what_no_page_documents_is_found_in_the_code(root: Path, name: str, path: str) -> None:
    model = post.model(root)
    assert list(check_documented([post.page(post.PAGE).page], model)) == []
    findings = list(check_documented([post.page(post.PAGE.replace(name, "nothing")).page], model))
    assert any(finding.path == path and name.strip("`") in finding.cause for finding in findings), findings
    assert all(finding.line >= 1 for finding in findings)
