"""Are the facts of the pages those of their sources, and is a missing source said?"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from datapress_api import create_app as create_api
from datapress_front import create_app as create_front
from macros.recette import Recette, read_recette
from macros.services import Service, read_service
from macros.sources import SourceError
from macros.tables import objects_table, routes_table, settings_table
from runbook.repository.model import read_repository
from runbook.settings import load

NAMES = ("api", "front")


def recette_of(root: Path) -> Recette:
    return read_recette(read_repository(root, load(root)))


def service_of(root: Path, name: str) -> Service:
    return read_service(read_repository(root, load(root)), name)


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_workload_is_what_its_deployment_and_service_say(root: Path, name: str) -> None:
    workload = getattr(recette_of(root), name)
    deployment = _load(root / "k8s" / f"{name}-deployment.yaml")
    service = _load(root / "k8s" / f"{name}-service.yaml")
    container = deployment["spec"]["template"]["spec"]["containers"][0]

    assert workload.deployment == deployment["metadata"]["name"]
    assert workload.replicas == deployment["spec"]["replicas"]
    assert workload.image == container["image"]
    assert container["image"].endswith(f":{workload.version}")
    assert workload.port == container["ports"][0]["containerPort"]
    assert workload.memory_limit == container["resources"]["limits"]["memory"]
    assert workload.readiness.path == container["readinessProbe"]["httpGet"]["path"]
    assert workload.pre_stop == container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert workload.service_port == service["spec"]["ports"][0]["port"]
    assert workload.node_port == service["spec"]["ports"][0].get("nodePort")


def test_a_change_in_a_manifest_is_a_change_in_the_facts(copy: Path) -> None:
    _replace(copy / "k8s" / "api-deployment.yaml", "replicas: 2", "replicas: 3")
    _replace(copy / "k8s" / "front-service.yaml", "nodePort: 30080", "nodePort: 30081")

    recette = recette_of(copy)

    assert (recette.api.replicas, recette.front.node_port) == (3, 30081)


def test_the_compose_facts_are_those_of_the_compose_file(root: Path) -> None:
    described = _load(root / "compose.yaml")["services"]
    services = {name: service_of(root, name) for name in NAMES}

    for name, facts in services.items():
        assert facts.image == described[name]["image"]
        assert facts.url == f"http://localhost:{described[name]['ports'][0]['published']}"
    assert services["front"].environment["API_BASE_URL"] == services["api"].internal_url


TOKEN_REFERENCE = "[{name: API_TOKEN, valueFrom: {secretKeyRef: {name: datapress-secret, key: API_TOKEN}}}]"


def test_a_secret_given_as_a_variable_is_told_as_such_and_shows_no_value(copy: Path) -> None:
    manifest = copy / "k8s" / "api-deployment.yaml"
    deployment = _load(manifest)
    pod = deployment["spec"]["template"]["spec"]
    pod["volumes"] = [volume for volume in pod["volumes"] if "secret" not in volume]
    pod["containers"][0]["env"] = yaml.safe_load(TOKEN_REFERENCE)
    manifest.write_text(yaml.safe_dump(deployment), encoding="utf-8")

    recette = recette_of(copy)
    services = [service_of(copy, name) for name in NAMES]
    meanings = _load(copy / "docs" / "_data" / "services.yaml")["variables"]

    assert recette.secret_given == "donné par la variable `API_TOKEN`"
    row = re.search(
        r"^\| `API_TOKEN` \|.*",
        settings_table(services, "api", recette, meanings),
        re.MULTILINE,
    )
    assert row
    assert row[0].endswith("| valeur du Secret |")


def test_a_container_without_the_secret_is_named(copy: Path) -> None:
    _replace(
        copy / "k8s" / "api-deployment.yaml",
        "        - name: secret\n          secret:",
        "        - name: secret\n          emptyDir:",
    )
    _replace(copy / "k8s" / "api-deployment.yaml", "secretName: datapress-secret", "medium: Memory")
    _replace(copy / "k8s" / "api-deployment.yaml", "defaultMode: 0440", "sizeLimit: 1Mi")

    with pytest.raises(SourceError, match=r"api-deployment\.yaml.*ne reçoit pas le Secret"):
        recette_of(copy)


@pytest.mark.parametrize("ports", ["[8000]", '["8000"]', "[]"])
def test_a_port_that_nobody_chose_is_refused_with_its_service(copy: Path, ports: str) -> None:
    described = _load(copy / "compose.yaml")
    described["services"]["api"]["ports"] = yaml.safe_load(ports)
    (copy / "compose.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")

    with pytest.raises(SourceError, match=r"compose\.yaml, ports de api"):
        service_of(copy, "api")


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("k8s/api-deployment.yaml", "Deployment api"),
        ("k8s/front-service.yaml", "Service front"),
        ("k8s/secret.yaml.example", "Secret"),
    ],
)
def test_a_missing_manifest_is_named(copy: Path, missing: str, message: str) -> None:
    (copy / missing).unlink()

    with pytest.raises(SourceError, match=re.escape(message)):
        recette_of(copy)


def test_a_missing_field_is_named_with_its_file(copy: Path) -> None:
    _replace(copy / "k8s" / "api-deployment.yaml", "terminationGracePeriodSeconds", "oubli")

    with pytest.raises(SourceError, match=r"api-deployment\.yaml.*terminationGracePeriodSeconds"):
        recette_of(copy)


@pytest.mark.parametrize(("name", "create_app"), [("api", create_api), ("front", create_front)])
def test_the_routes_are_those_that_the_application_answers(root: Path, name: str, create_app: Any) -> None:
    routes = {route.path: route.methods for route in service_of(root, name).routes}

    assert set(routes) == {rule.rule for rule in create_app({}).url_map.iter_rules()}
    client = create_app({}).test_client()
    for path, methods in routes.items():
        if "<" not in path:
            assert client.get(path).status_code != 404
            assert methods


def test_every_variable_is_in_the_tables_and_secrets_show_no_value(root: Path) -> None:
    services = [service_of(root, name) for name in NAMES]
    meanings = _load(root / "docs" / "_data" / "services.yaml")["variables"]
    recette = recette_of(root)

    written = "\n".join(settings_table(services, group, recette, meanings) for group in ("commun", *NAMES))

    for service in services:
        for setting in service.settings:
            assert f"| `{setting.name}` |" in written
    assert {"API_TOKEN", "API_TOKEN_FILE"} <= {item.name for item in services[0].settings if item.secret}
    assert "A_REMPLACER" not in written


def test_a_route_that_nobody_described_stops_the_build(root: Path) -> None:
    api = service_of(root, "api")

    with pytest.raises(SourceError, match="décrire /health"):
        routes_table(api, {"/": "racine", "/admin/configuration": "réglages", "/health/live": "vie"})


def test_a_description_without_a_route_stops_the_build(root: Path) -> None:
    api = service_of(root, "api")
    meanings = {route.path: "réponse" for route in api.routes} | {"/partie": "retirée"}

    with pytest.raises(SourceError, match="ne connaît pas /partie"):
        routes_table(api, meanings)


def test_every_object_of_the_folder_is_in_the_table(root: Path) -> None:
    written = objects_table(recette_of(root))

    for path in (root / "k8s").glob("*.yaml"):
        assert f"`k8s/{path.name}`" in written
    assert "`k8s/secret.yaml`" in written


def test_the_decision_on_gunicorn_names_the_version_that_is_required(root: Path) -> None:
    required = re.search(r"gunicorn>=([\d.]+)", (root / "pyproject.toml").read_text(encoding="utf-8"))
    page = (root / "docs" / "decisions" / "0006-mise-a-jour-sans-perte.md").read_text(encoding="utf-8")

    assert required
    assert f"Gunicorn {required[1]} au moins" in page
