"""Are the ConfigMap and the Secret what the code reads, and is the Secret no secret of git's?"""

import base64
import re
import shutil
import subprocess
from collections import UserDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from datapress_api import create_app as create_api
from datapress_front import create_app as create_front

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "k8s/secret.yaml.example"

Manifests = dict[str, dict[str, Any]]


class Asked(UserDict[str, str]):
    """An environment that notes which variables were looked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


def test_a_pod_reads_the_config_map(container: dict[str, Any], manifests: Manifests) -> None:
    name = manifests["configmap.yaml"]["metadata"]["name"]
    assert container["envFrom"] == [{"configMapRef": {"name": name}}]


def test_every_key_of_the_config_map_is_read_by_a_service(manifests: Manifests) -> None:
    read: set[str] = set()
    for create in (create_api, create_front):
        environ = Asked({})
        create(environ)
        read |= environ.names
    assert {"ENVIRONMENT", "API_BASE_URL"} <= read
    assert set(manifests["configmap.yaml"]["data"]) <= read


def test_the_services_accept_the_config_map(manifests: Manifests, create_app: Callable[..., Any]) -> None:
    data = manifests["configmap.yaml"]["data"]
    assert all(isinstance(value, str) for value in data.values())
    assert create_app(data).test_client().get("/health").status_code == 200


def test_the_front_calls_the_service_of_the_api(manifests: Manifests) -> None:
    service = manifests["api-service.yaml"]["metadata"]["name"]
    assert manifests["configmap.yaml"]["data"]["API_BASE_URL"] == f"http://{service}"


def test_a_browser_is_given_no_address_that_only_the_cluster_knows(manifests: Manifests) -> None:
    data = manifests["configmap.yaml"]["data"]
    page = create_front(data | {"API_BASE_URL": "http://127.0.0.1:9"}).test_client().get("/").text
    assert "datapress-api" not in page


def test_the_config_map_holds_nothing_that_belongs_in_the_secret(manifests: Manifests) -> None:
    assert not [name for name in manifests["configmap.yaml"]["data"] if re.search("TOKEN|SECRET|PASSWORD|KEY", name)]


def test_the_api_reads_its_token_from_the_file_that_the_secret_becomes(manifests: Manifests) -> None:
    secret = manifests["secret.yaml"]
    pod = manifests["api-deployment.yaml"]["spec"]["template"]["spec"]
    [volume], [container] = pod["volumes"], pod["containers"]
    [mount], [variable] = container["volumeMounts"], container["env"]
    [key] = secret["data"]
    assert volume["secret"]["secretName"] == secret["metadata"]["name"]
    assert (mount["name"], mount["readOnly"]) == (volume["name"], True)
    assert variable == {"name": "API_TOKEN_FILE", "value": f"{mount['mountPath']}/{key}"}
    # Readable by the group that the pod's volumes are given to, and by nobody else.
    assert volume["secret"]["defaultMode"] == 0o440
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


@pytest.mark.promesse("secret-hors-git")
def test_the_front_is_given_no_secret(manifests: Manifests) -> None:
    assert "secret" not in str(manifests["front-deployment.yaml"]).lower()


def test_the_example_holds_no_value() -> None:
    assert yaml.safe_load(EXAMPLE.read_text())["data"] == {"API_TOKEN": "A_REMPLACER"}


@pytest.mark.promesse("secret-hors-git")
def test_git_holds_no_secret() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "k8s"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    assert "k8s/secret.yaml.example" in tracked
    assert "k8s/secret.yaml" not in tracked
    for name in filter(None, tracked):
        if name.endswith(".yaml"):
            assert "kind: Secret" not in (ROOT / name).read_text()
    ignored = subprocess.run(["git", "check-ignore", "-q", "--no-index", "k8s/secret.yaml"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the script that makes the Secret, and its example."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "k8s").mkdir()
    shutil.copy(ROOT / "scripts/secret", tmp_path / "scripts")
    shutil.copy(EXAMPLE, tmp_path / "k8s")
    return tmp_path


@pytest.mark.promesse("secret-hors-git")
def test_the_secret_is_made_from_random_bytes_for_its_owner_only(clone: Path) -> None:
    made = _make_secret(clone)
    path = clone / "k8s/secret.yaml"
    token = base64.b64decode(yaml.safe_load(path.read_text())["data"]["API_TOKEN"]).decode()
    assert re.fullmatch("[0-9a-f]{64}", token)
    assert path.stat().st_mode & 0o777 == 0o600
    assert token not in made.stdout + made.stderr
    assert made.stdout == "k8s/secret.yaml\u00a0: créé, jeton tiré au hasard\n"
    token_file = clone / "API_TOKEN"
    token_file.write_text(token)
    assert create_api({"API_TOKEN_FILE": str(token_file)}).test_client().get("/").json["secret_present"] is True


def test_the_secret_differs_from_its_example_by_its_value_only(clone: Path) -> None:
    _make_secret(clone)
    made, example = (
        yaml.safe_load((clone / name).read_text()) for name in ("k8s/secret.yaml", "k8s/secret.yaml.example")
    )
    assert made["data"].pop("API_TOKEN") != example["data"].pop("API_TOKEN")
    assert made == example


def test_a_secret_that_exists_is_kept(clone: Path) -> None:
    _make_secret(clone)
    before = (clone / "k8s/secret.yaml").read_bytes()
    again = _make_secret(clone)
    assert again.stdout == "k8s/secret.yaml\u00a0: déjà là, inchangé\n"
    assert (clone / "k8s/secret.yaml").read_bytes() == before


def test_two_clones_have_two_secrets(clone: Path) -> None:
    _make_secret(clone)
    first = (clone / "k8s/secret.yaml").read_text()
    (clone / "k8s/secret.yaml").unlink()
    _make_secret(clone)
    assert (clone / "k8s/secret.yaml").read_text() != first


def _make_secret(clone: Path) -> subprocess.CompletedProcess[str]:
    # From another folder: the script finds its own.
    return subprocess.run([clone / "scripts/secret"], cwd="/", check=True, capture_output=True, text=True)
