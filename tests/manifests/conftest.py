"""What the tests of the recette share: the manifests, as YAML gives them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from datapress_api import create_app as create_api
from datapress_front import create_app as create_front

ROOT = Path(__file__).parents[2]
NAMES = ["datapress-api", "datapress-front"]


@pytest.fixture(scope="session")
def manifests() -> dict[str, dict[str, Any]]:
    """The base, by file name; the Secret as its committed example describes it."""
    files = [path for path in (ROOT / "k8s").glob("*.yaml") if path.name != "secret.yaml"]
    described = {path.name: yaml.safe_load(path.read_text()) for path in files}
    return described | {"secret.yaml": yaml.safe_load((ROOT / "k8s/secret.yaml.example").read_text())}


@pytest.fixture(scope="session")
def probe_pod() -> dict[str, Any]:
    """The Pod that measures losses from inside the cluster."""
    pod: dict[str, Any] = yaml.safe_load((ROOT / "k8s/options/sonde/pod.yaml").read_text())
    return pod


@pytest.fixture(params=NAMES)
def deployment(request: pytest.FixtureRequest, manifests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Each Deployment in turn."""
    return manifests[f"{request.param.removeprefix('datapress-')}-deployment.yaml"]


@pytest.fixture
def pod(deployment: dict[str, Any]) -> dict[str, Any]:
    """The Deployment's pod."""
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


@pytest.fixture
def container(pod: dict[str, Any]) -> dict[str, Any]:
    """The pod's only container."""
    [container] = pod["containers"]
    described: dict[str, Any] = container
    return described


@pytest.fixture
def service(deployment: dict[str, Any], manifests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The Service before the Deployment."""
    return manifests[f"{deployment['metadata']['name'].removeprefix('datapress-')}-service.yaml"]


@pytest.fixture
def create_app(deployment: dict[str, Any]) -> Callable[..., Any]:
    """The factory of the application that the Deployment runs."""
    factories: dict[str, Callable[..., Any]] = dict(zip(NAMES, (create_api, create_front), strict=True))
    return factories[deployment["metadata"]["name"]]
