"""What the model reads of manifests, Compose files and Dockerfiles."""

from pathlib import Path

import pytest

from runbook.repository.compose import Compose
from runbook.repository.dockerfiles import read_dockerfile
from runbook.repository.model import read_repository
from runbook.repository.objects import objects_in, selects
from runbook.repository.yamlfile import parse_documents
from runbook.settings import ModelSource, Settings

MANIFESTS = """\
apiVersion: v1
kind: List
items:
  - kind: Service
    metadata: {name: shop, namespace: market}
    spec:
      selector: {app: shop}
      ports: [{port: 80, targetPort: http, nodePort: 30001}]
---
kind: CronJob
metadata: {name: nightly, namespace: market}
spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: one}]}}}}}
---
kind: Deployment
metadata: {name: elsewhere, namespace: other}
spec: {template: {metadata: {labels: {app: shop}}}}
"""
DOCKERFILE = """\
ARG VERSION=2
FROM base:${VERSION} AS Build
RUN <<EOT
FROM here is text
EOT
ENV A=1
EXPOSE 9

FROM build
ENV B="x y" \\
    C=$A
EXPOSE 80/tcp 81
HEALTHCHECK CMD true
ENTRYPOINT ["run", "--now"]
CMD ["a b"]
"""


@pytest.mark.parametrize(
    ("selector", "labels", "chosen"),
    [
        ("app=shop", {"app": "shop"}, True),
        ("app==shop,tier!=db", {"app": "shop"}, True),
        ("app in (shop, bar)", {"app": "bar"}, True),
        ("app notin (shop)", {"app": "shop"}, False),
        ("!app", {"app": "shop"}, False),
        ("app", {}, False),
        ("app=shop,statefulset.kubernetes.io/pod-name=shop-0,job-name=nightly-1", {"app": "shop"}, True),
        ("", {}, True),
    ],
)
def test_a_selector_chooses_as_kubectl_does(selector: str, labels: dict[str, str], chosen: bool) -> None:
    assert selects(selector, labels) is chosen


def test_objects_are_read_from_lists_and_a_service_leads_to_the_pods_of_its_namespace(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(MANIFESTS, encoding="utf-8")

    repository = read_repository(tmp_path, Settings(targets={}, model=ModelSource(manifests=["*.yaml"])))

    service = next(repository.of_kind("Service"))
    assert [str(item) for item in repository.pods_behind(service)] == ["CronJob « nightly »"]
    assert (
        repository.node_ports()
        == repository.node_ports({"."})
        == repository.node_ports({"all.yaml"})
        == {30001: "shop"}
    )
    assert repository.node_ports({"k8s", "other.yaml"}) == {}


def test_a_value_has_its_line_and_a_repeated_key_is_told() -> None:
    (document,), (fault,) = parse_documents("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\na: 3\n", "f.yaml")

    assert [document.line_of("c", "d"), document.line_of("c", "b"), document.line_of("c", "no")] == [5, 2, 3]
    assert (fault.line, fault.cause) == (6, "clé « a » déjà écrite ligne 1 : seule la dernière compte")
    assert [fault.line for fault in parse_documents("a: {b: 1,\n  c: 2, c: 3}\n", "f.yaml")[1]] == [2]


def test_a_text_that_is_no_yaml_is_a_fault_at_its_line() -> None:
    documents, (fault,) = parse_documents("a: 1\n---\nb: [\n", "f.yaml")

    assert ([one.value for one in documents], fault.line > 2) == ([{"a": 1}], True)


def test_the_ports_of_compose_are_read_in_every_way_of_writing_them() -> None:
    ports = '["127.0.0.1:8080:80", "81", "${OUT:-82}:83/udp", {published: "84", target: 85}]'
    (document,), _ = parse_documents(f"services: {{web: {{ports: {ports}}}}}", "compose.yaml")

    found = [
        (port.host, port.target, port.address)
        for port in Compose(document.path, 1, document.value).services["web"].ports
    ]

    assert found == [(8080, 80, "127.0.0.1"), (None, 81, ""), (82, 83, ""), (84, 85, "")]


def test_the_last_stage_of_a_dockerfile_has_what_the_stage_below_it_gave(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")

    read = read_dockerfile(tmp_path / "Dockerfile", "Dockerfile")

    assert read.stages == ("build", "")
    assert read.environment == {"A": "1", "B": "x y", "C": "1"}
    assert (read.exposed, read.checked, read.command) == ({9, 80, 81}, True, "run --now a b")
    assert read.of("EXPOSE")[-1].line == 12


def test_an_argument_that_a_stage_takes_again_keeps_its_default(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("ARG BASE=slim\nFROM ${BASE}\nARG BASE\nARG VERSION\n", encoding="utf-8")

    assert read_dockerfile(tmp_path / "Dockerfile", "Dockerfile").arguments == {"BASE": "slim", "VERSION": ""}


def test_objects_of_another_shape_are_none() -> None:
    documents, _ = parse_documents("[1, 2]\n---\nwords\n---\nkind: Pod\nspec: {containers: 3}\n", "f.yaml")

    (item,) = objects_in(documents)
    assert list(item.containers()) == []


def test_a_compose_file_that_the_settings_name_and_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (fault,) = read_repository(tmp_path, Settings(model=ModelSource(compose="compose.yml"))).faults
    assert fault.path == "compose.yml"
