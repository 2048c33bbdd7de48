"""What a page promises after a command is what the applications, the manifests and Compose give."""

import socket
from pathlib import Path
from textwrap import dedent

import pytest
from tests.engine.check import post

DEPLOYMENTS = """
NAME         READY   UP-TO-DATE   AVAILABLE   AGE
post-board   1/1     1            1           5m
post-desk    2/2     2            2           5m
"""
SERVICES = """
NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
post-board   NodePort    …            <none>        80:30070/TCP   5m
post-desk    ClusterIP   …            <none>        80/TCP         5m
"""
PODS = """
NAME           READY   STATUS    RESTARTS   AGE
post-board-…   1/1     Running   0          5m
post-desk-…    1/1     Running   0          5m
post-desk-…    1/1     Running   0          5m
"""
APPLIED = """
service/post-board unchanged
deployment.apps/post-board unchanged
configmap/post-config unchanged
service/post-desk unchanged
deployment.apps/post-desk unchanged
namespace/post unchanged
secret/post-secret unchanged
"""
CONTAINERS = """
NAME           IMAGE            COMMAND   SERVICE   CREATED   STATUS         PORTS
post-board-1   post-board:1.2   …         board     …         Up (healthy)   127.0.0.1:9200->9200/tcp
post-desk-1    post-desk:1.2    …         desk      …         Up (healthy)   127.0.0.1:9100->9100/tcp
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be."""
    post.write(tmp_path)
    return tmp_path


def step(command: str, result: str, kind: str = "text") -> str:
    """A command and its expected result."""
    return f'```bash\n{command}\n```\n\n```{kind} title="Résultat attendu"\n{result.strip(chr(10))}\n```\n\n'


RIGHT = [
    ("kubectl get deployments -n post", DEPLOYMENTS),
    ("kubectl get services -n post", SERVICES),
    ("kubectl get pods -n post", PODS),
    ("kubectl apply -f k8s/", APPLIED),
    (
        "kubectl get endpoints -n post",
        "NAME         ENDPOINTS         AGE\npost-board   …:9200            5m\npost-desk    …:9100,…:9100     5m",
    ),
    ("kubectl get configmap/post-config -n post", "NAME          DATA   AGE\npost-config   2      5m"),
    ("kubectl rollout status deployment/post-desk -n post", '…\ndeployment "post-desk" successfully rolled out'),
    ("kubectl logs -n post -l a=b --prefix", "[pod/post-desk-…/desk] {…}"),
    (
        "kubectl describe pod -n post",
        "Name:  post-desk-…\nNamespace:  post\n…\n    Readiness:  http-get http://:http/health/ready …",
    ),
]


@pytest.mark.parametrize(("command", "result"), RIGHT)
def test_what_the_cluster_would_print_is_right(root: Path, command: str, result: str) -> None:
    assert post.check(root, step(command, result)) == []


@pytest.mark.parametrize(
    ("command", "result", "old", "new", "cause"),
    [
        ("kubectl get deployments -n post", DEPLOYMENTS, "2/2", "3/3", "READY 3/3, et « post-desk » a 2 réplica(s)"),
        ("kubectl get deployments -n post", DEPLOYMENTS, "2/2", "1/2", "READY 1, et « post-desk »"),
        ("kubectl get deployments -n post", DEPLOYMENTS, "post-desk ", "post-dsk  ", "Deployment « post-dsk » n'existe pas"),
        ("kubectl get deployments -n post", DEPLOYMENTS, "post-board   1/1     1            1           5m\n", "", "« post-board » manque dans la liste"),
        ("kubectl get services -n post", SERVICES, "80:30070", "80:30071", "PORT(S) 80:30071/TCP"),
        ("kubectl get services -n post", SERVICES, "NodePort ", "ClusterIP", "TYPE ClusterIP"),
        ("kubectl get pods -n post", PODS, "post-board-…   1/1", "post-board-…   2/2", "1 conteneur(s)"),
        ("kubectl get pods -n post", PODS, "post-board-…", "post-bord-… ", "pod « post-bord-… » impossible"),
        ("kubectl get pods -n post", PODS, "post-desk-…    1/1     Running   0          5m\npost-desk-…", "post-desk-…", "1 pod(s) de « post-desk »"),
        ("kubectl apply -f k8s/", APPLIED, "configmap/post-config", "configmap/post-confg", "ConfigMap « post-confg » n'existe pas"),
        ("kubectl apply -f k8s/", APPLIED, "secret/post-secret unchanged\n", "", "6 objets, et les fichiers en ont 7"),
        ("kubectl apply -f k8s/", APPLIED, "namespace/post unchanged", "namespace/post deleted", "la commande fait autre chose"),
        ("kubectl apply -f k8s/", APPLIED, "deployment.apps/post-desk", "deployment/post-desk", "deployment.apps/post-desk"),
        *((command, result, old, new, cause) for (command, result), old, new, cause in (
            (RIGHT[4], "…:9200 ", "…:9201 ", "adresse sur le port 9201"),
            (RIGHT[4], "…:9100,…:9100", "…:9100       ", "1 adresse(s)"),
            (RIGHT[5], "2      5m", "3      5m", "DATA 3"),
            (RIGHT[6], 'deployment "post-desk"', 'deployment "post-board"', "que la commande ne nomme pas"),
            (RIGHT[7], "/desk]", "/dsk]", "n'a pas de conteneur « dsk »"),
            (RIGHT[8], "Namespace:  post", "Namespace:  pots", "espace de noms « pots »"),
            (RIGHT[8], "/health/ready", "/health/redy", "aucune sonde"),
        )),
    ],
)  # fmt: skip
def test_what_it_would_not_print_is_found(
    root: Path, command: str, result: str, old: str, new: str, cause: str
) -> None:
    assert old in result
    findings = post.check(root, step(command, result.replace(old, new)))
    assert any(cause in finding.cause and finding.path == "docs/page.md" for finding in findings), findings


def test_a_finding_stands_at_the_line_of_the_row(root: Path) -> None:
    text = step("kubectl get services -n post", SERVICES.replace("30070", "30071"))
    (finding,) = post.check(root, text)
    assert "30071" in text.split("\n")[finding.line - 1]


def test_what_an_earlier_step_scaled_counts(root: Path) -> None:
    scaled = "```bash\nkubectl scale deployment/post-desk --replicas=0 -n post\n```\n\n"
    table = "NAME        READY   UP-TO-DATE   AVAILABLE   AGE\npost-desk   0/0     0            0           5m"
    command = "kubectl get deployment post-desk -n post"
    assert post.check(root, scaled + step(command, table)) == []
    assert any("a 2 réplica(s)" in finding.cause for finding in post.check(root, step(command, table)))


def test_the_containers_of_compose_are_those_of_the_file(root: Path) -> None:
    assert post.check(root, step("docker compose ps", CONTAINERS), "compose") == []
    for old, new in (("post-desk:1.2", "post-desk:1.3"), ("9100->9100", "9101->9100"), ("post-desk-1", "post-dsk-1 ")):
        assert post.check(root, step("docker compose ps", CONTAINERS.replace(old, new)), "compose")


def test_a_line_of_compose_is_as_a_terminal_shows_it_too(root: Path) -> None:
    """A person sees « ✔ Container post-desk-1  Removed  1.4s », a program « Container post-desk-1  Removed »."""
    assert post.check(root, step("docker compose down", "…\n…Container post-desk-1 …Removed…\n…"), "compose") == []
    for line in ("…Container post-desk-1 …Removed", " Container post-desk-1 …Removed…"):
        (finding,) = post.check(root, step("docker compose down", f"…\n{line}\n…"), "compose")
        assert "coche" in finding.cause
    (finding,) = post.check(root, step("docker compose down", "…\n…Container post-dsk-1 …Removed…\n…"), "compose")
    assert "que Compose ne crée pas" in finding.cause


@pytest.mark.parametrize(
    ("target", "url", "answer"),
    [
        ("bare", "http://localhost:9100/", '{"mood": "calm", "stamped": false}'),
        ("compose", "http://localhost:9100/", '{"mood": "busy"}'),
        ("compose", "http://localhost:9200/", '{"desk": "busy"}'),
        ("cluster", "http://localhost:30070/", '{"desk": "calm"}'),
    ],
)
def test_the_applications_answer_as_the_target_configures_them(root: Path, target: str, url: str, answer: str) -> None:
    assert post.check(root, step(f"curl -fsS {url}", answer, "json"), target) == []
    wrong = answer.replace("calm", "CALM").replace("busy", "BUSY")
    assert any(
        finding.rule == "answers" for finding in post.check(root, step(f"curl -fsS {url}", wrong, "json"), target)
    )


def test_a_call_that_sends_what_another_command_gives_is_made_too(root: Path) -> None:
    call = 'NAME="call-$(date +%H%M%S)"\ncurl -fsS -H "X-Name: $NAME" http://localhost:30070/'
    assert post.check(root, step(call, '{"desk": "calm"}', "json")) == []
    assert any(finding.rule == "answers" for finding in post.check(root, step(call, '{"desc": "calm"}', "json")))


def test_a_mounted_secret_is_there_for_the_application(root: Path) -> None:
    text = dedent("""\
        ``` { .bash data-substitut="non" }
        curl -fsS http://localhost:9100/
        ```

        ```json title="Résultat attendu"
        {"mood": "calm", "stampd": true}
        ```
        """)
    assert any("stampd" in finding.cause for finding in post.check(root, text))
    assert post.check(root, text.replace("stampd", "stamped")) == []


def test_an_answer_that_fails_is_found_where_curl_would_fail(root: Path) -> None:
    post.change(root, "k8s/config.yaml", "http://post-desk", "http://post-desk:81")
    findings = post.check(root, step("curl -fsS http://localhost:30070/", '{"desk": "calm"}', "json"))
    assert any("répond 503" in finding.cause for finding in findings)


def test_the_network_of_the_check_leaves_the_machines_own_alone(root: Path) -> None:
    before = socket.getaddrinfo
    post.check(root, step("curl -fsS http://localhost:30070/", '{"desk": "calm"}', "json"))
    assert socket.getaddrinfo is before


@pytest.mark.parametrize("end", ["", ".post", ".post.svc", ".post.svc.cluster.local"])
def test_a_service_answers_to_each_of_its_names(root: Path, end: str) -> None:
    post.change(root, "k8s/config.yaml", "http://post-desk", f"http://post-desk{end}")
    assert post.check(root, step("curl -fsS http://localhost:30070/", '{"desk": "calm"}', "json")) == []


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ("app.kubernetes.io/component=board", True),
        ("app.kubernetes.io/component in (desk, board)", False),
        ("app.kubernetes.io/component=desk", False),
    ],
)
def test_a_line_of_the_logs_is_of_a_pod_that_the_selector_takes(root: Path, selector: str, told: bool) -> None:
    found = post.check(root, step(f"kubectl logs -n post -l '{selector}' --prefix", "[pod/post-desk-…/desk] {…}"))
    assert [f"une ligne de « post-desk », que le sélecteur « {selector} » écarte" in one.cause for one in found] == (
        [True] if told else []
    )
