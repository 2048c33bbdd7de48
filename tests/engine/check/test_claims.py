"""What settings say of themselves holds: limits, descriptions, comments, and the files that pods share."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.applications.setting_limits import setting_limits
from runbook.checking.files.comment_claims import comment_claims

SONDE = """apiVersion: v1
kind: Pod
metadata:
  name: post-walker
  namespace: post
  labels: {app.kubernetes.io/name: post-walker, app.kubernetes.io/component: walker}
spec:
  restartPolicy: Never
  # Longer than the walk itself (60 s).
  activeDeadlineSeconds: 90
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: walker
      image: post-desk:1.2
      imagePullPolicy: IfNotPresent
      workingDir: /walk
      command: ["python", "-m", "walker"]
      volumeMounts:
        - {name: programme, mountPath: /walk/walker, readOnly: true}
        - {name: notes, mountPath: /walk/notes}
      readinessProbe:
        exec: {command: ["test", "-e", "/walk/notes/ready"]}
      resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {memory: 64Mi}}
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ["ALL"]}}
  volumes:
    - name: programme
      configMap: {name: post-config}
    - name: notes
      emptyDir: {sizeLimit: 8Mi}
"""


@pytest.fixture
def root(tmp_path: Path, fresh: None) -> Path:
    """The small repository, with a pod that walks."""
    post.write(tmp_path)
    (tmp_path / "k8s/walker.yaml").write_text(SONDE)
    (tmp_path / "scripts/walker").mkdir()
    (tmp_path / "scripts/walker/__main__.py").write_text('READY, STOP = "ready", "stop"\n')
    (tmp_path / "scripts/walker/__init__.py").write_text("")
    return tmp_path


def causes(root: Path, text: str = "") -> list[str]:
    return [found.cause for found in post.check(root, "`post-walker`\n\n" + text)]


STOPPED = "```bash\nkubectl exec post-walker -n post -- touch /walk/notes/stop\n```\n"


def test_a_pod_that_shares_files_with_its_program_is_silent(root: Path) -> None:
    assert causes(root, STOPPED) == []


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("/walk/notes/ready", "/walk/notes/rady", "ne connaît aucun fichier « rady »"),
        ("mountPath: /walk/walker", "mountPath: /walk/runner", "module « walker » absent de l'image"),
        (
            "activeDeadlineSeconds: 90",
            "activeDeadlineSeconds: 50",
            "activeDeadlineSeconds 50, et le commentaire le dit plus long que 60 s",
        ),
    ],
)
def test_a_pod_that_does_not_is_found(root: Path, old: str, new: str, cause: str) -> None:
    post.change(root, "k8s/walker.yaml", old, new)
    assert any(cause in found for found in causes(root)), causes(root)


def test_a_file_that_a_page_touches_is_one_that_the_program_knows(root: Path) -> None:
    found = causes(root, STOPPED.replace("notes/stop", "notes/end"))
    assert any("ne connaît aucun fichier « end »" in one for one in found), found


COMPOSE = "# No restart policy: who dies is seen.\nx-service: &service\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "cause"),
    [
        (
            "k8s/desk.yaml",
            "      terminationGracePeriodSeconds: 20\n",
            "      # pause (4) + requests (10) + margin (6)\n      terminationGracePeriodSeconds: 20\n",
            "",
        ),
        (
            "k8s/desk.yaml",
            "      terminationGracePeriodSeconds: 20\n",
            "      # pause (4) + requests (10) + margin (5)\n      terminationGracePeriodSeconds: 20\n",
            "compte 4 + 10 + 5 = 19",
        ),
        ("compose.yaml", "  stop_grace_period", "  # Longer than 10 s.\n  stop_grace_period", ""),
        (
            "compose.yaml",
            "  stop_grace_period",
            "  # Longer than the 25 s of the server.\n  stop_grace_period",
            "plus long que 25 s",
        ),
        ("src/serve.py", "graceful_timeout", "# Shorter than the grace of Compose (20 s).\ngraceful_timeout", ""),
        (
            "src/serve.py",
            "graceful_timeout",
            "# Shorter than the grace of Compose (8 s).\ngraceful_timeout",
            "plus court que 8 s",
        ),
        ("compose.yaml", "x-service: &service\n", COMPOSE, ""),
        (
            "compose.yaml",
            "x-service: &service\n",
            f"{COMPOSE}  restart: always\n",
            "« restart » est là, et un commentaire dit qu'il n'y en a pas",
        ),
    ],
)
def test_the_figures_of_a_comment_hold(root: Path, path: str, old: str, new: str, cause: str) -> None:
    post.change(root, path, old, new)
    found = [one.cause for one in comment_claims(post.model(root))]
    assert any(cause in one for one in found) if cause else found == []


MOOD = 'Annotated[Literal["calm", "busy"], msgspec.Meta(description="calm ou busy")] = "calm"'


@pytest.mark.parametrize(
    ("new", "cause"),
    [
        (MOOD, ""),
        (MOOD.replace('"busy"]', '"busy", "away"]'), "« calm ou busy », et sont permis calm, busy, away"),
        (MOOD.replace('= "calm"', '= "gone"'), "son défaut « gone » n'est pas permis"),
        ('Annotated[float, msgspec.Meta(ge=1, le=5, description="de 1 à 5")] = 2', ""),
        (
            'Annotated[float, msgspec.Meta(ge=1, le=5, description="de 1 à 6")] = 2',
            "« de 1 à 6 », et sont permis de 1 à 5",
        ),
        ('Annotated[float, msgspec.Meta(ge=1, le=5, description="de 1 à 5")] = 7', "son défaut « 7 » n'est pas permis"),
        (
            'Annotated[str, msgspec.Meta(pattern="^[a-z]+$", description="des lettres, par exemple A1")] = "a"',
            "l'exemple « A1 » serait refusé",
        ),
    ],
)
def test_a_setting_keeps_to_what_it_says(root: Path, new: str, cause: str) -> None:
    post.change(root, "src/postal_desk/__init__.py", MOOD, new)
    found = [one.cause for one in setting_limits(post.model(root))]
    assert any(cause in one for one in found) if cause else found == []
