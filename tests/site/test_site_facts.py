"""Are the facts of the pages those of their sources, and is a missing source said?"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from datapress_api import create_app as create_api
from datapress_front import create_app as create_front
from macros.compose_services import read_compose
from macros.container_inputs import pause_before_stop, secret_given, secret_variables, variables
from macros.manifests import read_recette
from macros.service_code import read_service
from macros.sources import SourceError
from macros.tables import objects_table, routes_table, settings_table

NAMES = ("api", "front")


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_workload_is_what_its_deployment_and_service_say(root: Path, name: str) -> None:
    workload = getattr(read_recette(root / "k8s"), name)
    deployment = _load(root / "k8s" / f"{name}-deployment.yaml")
    service = _load(root / "k8s" / f"{name}-service.yaml")
    container = deployment["spec"]["template"]["spec"]["containers"][0]

    assert workload.deployment == deployment["metadata"]["name"]
    assert workload.replicas == deployment["spec"]["replicas"]
    assert workload.image == container["image"]
    assert f"{workload.repository}:{workload.version}" == container["image"]
    assert workload.port == container["ports"][0]["containerPort"]
    assert workload.memory_limit == container["resources"]["limits"]["memory"]
    assert workload.readiness.path == container["readinessProbe"]["httpGet"]["path"]
    assert workload.pre_stop == container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert workload.service_port == service["spec"]["ports"][0]["port"]
    assert workload.node_port == service["spec"]["ports"][0].get("nodePort")


def test_a_change_in_a_manifest_is_a_change_in_the_facts(copy: Path) -> None:
    _replace(copy / "k8s" / "api-deployment.yaml", "replicas: 2", "replicas: 3")
    _replace(copy / "k8s" / "front-service.yaml", "nodePort: 30080", "nodePort: 30081")

    recette = read_recette(copy / "k8s")

    assert (recette.api.replicas, recette.front.node_port) == (3, 30081)


def test_the_compose_facts_are_those_of_the_compose_file(root: Path) -> None:
    compose = read_compose(root / "compose.yaml")
    services = _load(root / "compose.yaml")["services"]

    for name in NAMES:
        facts = getattr(compose, name)
        assert facts.image == services[name]["image"]
        assert facts.url == f"http://localhost:{services[name]['ports'][0]['published']}"
    assert compose.front.environment["API_BASE_URL"] == compose.api.internal_url


TOKEN_REFERENCE = "[{name: API_TOKEN, valueFrom: {secretKeyRef: {name: datapress-secret, key: API_TOKEN}}}]"


def test_a_secret_given_as_a_variable_is_told_as_such_and_shows_no_value(copy: Path) -> None:
    manifest = copy / "k8s" / "api-deployment.yaml"
    deployment = _load(manifest)
    pod = deployment["spec"]["template"]["spec"]
    pod["volumes"] = [volume for volume in pod["volumes"] if "secret" not in volume]
    pod["containers"][0]["env"] = yaml.safe_load(TOKEN_REFERENCE)
    manifest.write_text(yaml.safe_dump(deployment), encoding="utf-8")

    recette = read_recette(copy / "k8s")
    services = [read_service(copy / "services", name) for name in NAMES]
    meanings = _load(copy / "docs" / "_data" / "services.yaml")["variables"]

    assert recette.secret_given == "donné par la variable `API_TOKEN`"
    row = re.search(
        r"^\| `API_TOKEN` \|.*",
        settings_table(services, "api", read_compose(copy / "compose.yaml"), recette, meanings),
        re.MULTILINE,
    )
    assert row
    assert row[0].endswith("| valeur du Secret |")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {
                "volumes": [{"name": "s", "secret": {}}],
                "containers": [{"volumeMounts": [{"name": "s", "mountPath": "/a"}]}],
            },
            "monté en lecture seule sous `/a`",
        ),
        (
            {
                "volumes": [{"name": "s", "projected": {"sources": [{"secret": {}}]}}],
                "containers": [{"volumeMounts": [{"name": "s", "mountPath": "/b"}]}],
            },
            "monté en lecture seule sous `/b`",
        ),
        ({"containers": [{"envFrom": [{"secretRef": {"name": "s"}}]}]}, "donné en variables d'environnement"),
    ],
)
def test_every_way_to_give_a_secret_is_told(given: Any, told: str) -> None:
    assert secret_given(given, "f.yaml") == told


def test_a_container_without_the_secret_is_named() -> None:
    with pytest.raises(SourceError, match=r"f\.yaml.*ne reçoit pas le Secret"):
        secret_given({"containers": [{}]}, "f.yaml")


def test_variables_are_read_in_each_of_their_forms() -> None:
    reference = {"name": "D", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "K"}}}
    env = [{"name": "A", "value": "1"}, {"name": "B"}, {"name": "C", "valueFrom": {"secretKeyRef": {}}}, reference]

    assert variables({"env": env}, {"K": "2"}) == {"A": "1", "B": "", "D": "2"}
    assert secret_variables({"env": env}) == ("C",)


@pytest.mark.parametrize(
    "written",
    [
        {"exec": {"command": ["python", "-c", "import time; time.sleep(7)"]}},
        {"exec": {"command": ["sleep", "7"]}},
        {"exec": {"command": ["sh", "-c", "sleep 7"]}},
        {"sleep": {"seconds": 7}},
    ],
)
def test_the_pause_before_a_stop_is_read_in_each_of_its_forms(written: Any) -> None:
    assert pause_before_stop({"lifecycle": {"preStop": written}}, "f.yaml") == 7


def test_a_stop_without_a_pause_is_named() -> None:
    with pytest.raises(SourceError, match=r"f\.yaml.*combien de secondes"):
        pause_before_stop({"lifecycle": {"preStop": {"exec": {"command": ["true"]}}}}, "f.yaml")


@pytest.mark.parametrize(
    "ports", ['["8000:8000"]', '["127.0.0.1:8000:8000"]', '["8000:8000/tcp"]', "[{published: 8000, target: 8000}]"]
)
@pytest.mark.parametrize(
    "environment", ["{ENVIRONMENT: x, EMPTY: '', API_TOKEN: }", "[ENVIRONMENT=x, EMPTY=, API_TOKEN]"]
)
def test_short_and_long_forms_of_compose_say_the_same(tmp_path: Path, ports: str, environment: str) -> None:
    service = f"{{image: i, ports: {ports}, environment: {environment}, mem_limit: 1m, stop_grace_period: 1s}}"
    (tmp_path / "compose.yaml").write_text(
        f"name: p\nnetworks: {{n: }}\nservices:\n  api: {service}\n  front: {service}\n", encoding="utf-8"
    )

    api = read_compose(tmp_path / "compose.yaml").api

    assert (api.port, api.target) == (8000, 8000)
    assert api.environment == {"ENVIRONMENT": "x", "EMPTY": "", "API_TOKEN": None}


@pytest.mark.parametrize("ports", ["[8000]", '["8000"]', '["8000-8010:8000-8010"]'])
def test_a_port_that_nobody_chose_is_refused_with_its_service(tmp_path: Path, ports: str) -> None:
    service = f"{{image: i, ports: {ports}, mem_limit: 1m, stop_grace_period: 1s}}"
    (tmp_path / "compose.yaml").write_text(
        f"name: p\nnetworks: {{n: }}\nservices: {{api: {service}, front: {service}}}\n", encoding="utf-8"
    )

    with pytest.raises(SourceError, match=r"ports de api.*ne publie pas"):
        read_compose(tmp_path / "compose.yaml")


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("k8s/api-deployment.yaml", "Deployment api"),
        ("k8s/front-service.yaml", "Service front"),
        ("k8s/secret.yaml.example", "secret.yaml.example"),
    ],
)
def test_a_missing_manifest_is_named(copy: Path, missing: str, message: str) -> None:
    (copy / missing).unlink()

    with pytest.raises(SourceError, match=re.escape(message)):
        read_recette(copy / "k8s")


def test_a_missing_field_is_named_with_its_file(copy: Path) -> None:
    _replace(copy / "k8s" / "api-deployment.yaml", "terminationGracePeriodSeconds", "oubli")

    with pytest.raises(SourceError, match=r"api-deployment\.yaml.*terminationGracePeriodSeconds"):
        read_recette(copy / "k8s")


def test_a_folder_without_manifests_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="aucun manifeste"):
        read_recette(tmp_path)


def test_a_missing_compose_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"compose\.yaml"):
        read_compose(tmp_path / "compose.yaml")


@pytest.mark.parametrize(("name", "create_app"), [("api", create_api), ("front", create_front)])
def test_the_routes_are_those_that_the_application_answers(root: Path, name: str, create_app: Any) -> None:
    routes = {route.path: route.methods for route in read_service(root / "services", name).routes}

    assert set(routes) == {rule.rule for rule in create_app({}).url_map.iter_rules()}
    client = create_app({}).test_client()
    for path, methods in routes.items():
        if "<" not in path:
            assert client.get(path).status_code != 404
            assert "GET" in methods


def test_every_variable_is_in_the_tables_and_secrets_show_no_value(root: Path) -> None:
    services = [read_service(root / "services", name) for name in NAMES]
    meanings = _load(root / "docs" / "_data" / "services.yaml")["variables"]
    compose, recette = read_compose(root / "compose.yaml"), read_recette(root / "k8s")

    written = "\n".join(settings_table(services, group, compose, recette, meanings) for group in ("commun", *NAMES))

    for service in services:
        for setting in service.settings:
            assert f"| `{setting.name}` |" in written
    assert {"API_TOKEN", "API_TOKEN_FILE"} <= {item.name for item in services[0].settings if item.secret}
    assert "A_REMPLACER" not in written


def test_a_route_that_nobody_described_stops_the_build(root: Path) -> None:
    api = read_service(root / "services", "api")

    with pytest.raises(SourceError, match="décrire /health"):
        routes_table(api, {"/": "racine", "/admin/configuration": "réglages", "/health/live": "vie"})


def test_a_description_without_a_route_stops_the_build(root: Path) -> None:
    api = read_service(root / "services", "api")
    meanings = {route.path: "réponse" for route in api.routes} | {"/partie": "retirée"}

    with pytest.raises(SourceError, match="ne connaît pas /partie"):
        routes_table(api, meanings)


def test_every_object_of_the_folder_is_in_the_table(root: Path) -> None:
    written = objects_table(read_recette(root / "k8s"))

    for path in (root / "k8s").glob("*.yaml"):
        assert f"`k8s/{path.name}`" in written
    assert "`k8s/secret.yaml`" in written


def test_the_decision_on_gunicorn_names_the_version_that_is_required(root: Path) -> None:
    required = re.search(r"gunicorn>=([\d.]+)", (root / "pyproject.toml").read_text(encoding="utf-8"))
    page = (root / "docs" / "decisions" / "0006-mise-a-jour-sans-perte.md").read_text(encoding="utf-8")

    assert required
    assert f"Gunicorn {required[1]} au moins" in page
