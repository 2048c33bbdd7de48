"""Is every command of the client's brief in a page, executed on its target, with its expected result?"""

import pytest

from runbook.reading.content import Block
from tests.site.conftest import documented

# A foreground command and a port-forward are judged by their readiness, a build by what follows it.
COMMANDS = [
    ("compose", "docker compose up --build"),
    ("compose", "curl http://localhost:8000/health"),
    ("compose", "curl http://localhost:8080"),
    ("compose", "docker compose down"),
    ("recette", "kubectl apply -f k8s/namespace.yaml"),
    ("recette", "kubectl apply -n datapress-recette -f k8s/configmap.yaml"),
    ("recette", "kubectl apply -n datapress-recette -f k8s/secret.yaml"),
    ("recette", "kubectl apply -n datapress-recette -f k8s/api-deployment.yaml"),
    ("recette", "kubectl apply -n datapress-recette -f k8s/api-service.yaml"),
    ("recette", "kubectl apply -n datapress-recette -f k8s/front-deployment.yaml"),
    ("recette", "kubectl apply -n datapress-recette -f k8s/front-service.yaml"),
    ("recette", "kubectl apply -f k8s/"),
    ("recette", "kubectl get all -n datapress-recette"),
    ("recette", "kubectl get pods -n datapress-recette"),
    ("recette", "kubectl get services -n datapress-recette"),
    ("recette", "kubectl get deployments -n datapress-recette"),
    ("recette", "kubectl get events -n datapress-recette --sort-by=.lastTimestamp"),
    ("recette", "kubectl logs deploy/datapress-api -n datapress-recette"),
    ("recette", "kubectl logs deploy/datapress-front -n datapress-recette"),
    ("recette", "kubectl port-forward svc/datapress-api 8000:80 -n datapress-recette"),
    ("recette", "curl -fsS http://localhost:8000/health"),
    ("recette", "kubectl port-forward svc/datapress-front 8080:80 -n datapress-recette"),
    ("recette", "curl -fsS http://localhost:8080/status"),
    ("recette", "curl -fsS --max-time 5 http://localhost:30080"),
    ("recette", "kubectl rollout restart deploy/datapress-api -n datapress-recette"),
    # The brief writes <pod> here, which a shell takes for a redirection.
    ("recette", 'kubectl logs "$POD" -n datapress-recette'),
    ("recette", 'kubectl describe "$POD" -n datapress-recette'),
    ("recette", 'kubectl delete "$POD" -n datapress-recette --wait=false'),
]


@pytest.fixture(scope="module")
def blocks() -> tuple[Block, ...]:
    return documented()


@pytest.mark.promesse("besoins")
@pytest.mark.parametrize(("target", "command"), COMMANDS, ids=lambda value: value)
def test_a_command_of_the_brief_is_executed_and_asserted(target: str, command: str, blocks: tuple[Block, ...]) -> None:
    holding = [
        block
        for block in blocks
        if block.target == target and command in [line.removeprefix("recette ") for line in block.code.split("\n")]
    ]

    assert holding, "no page holds it on this target"
    assert [block for block in holding if not block.not_run and (block.expected or block.background)]
