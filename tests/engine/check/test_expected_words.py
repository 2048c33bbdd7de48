"""What programs print is known: lines, columns, cells and words that they cannot print are findings with the nearest right one."""

from pathlib import Path

import pytest
from tests.engine.check import post
from tests.engine.check.test_expected_results import CONTAINERS, DEPLOYMENTS, PODS, SERVICES, step

from runbook.checking.commands import printed
from runbook.checking.expected.vocabulary import slip

DESCRIBED = """
Name:         post-desk-…
Namespace:    post
…
Controlled By:  ReplicaSet/post-desk-…
…
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Exit Code:    1
    Ready:          True
    Restart Count:  0
…
Events:
  Type     Reason            Age   From               Message
  ----     ------            ----  ----               -------
  Warning  FailedScheduling  5s    default-scheduler  0/1 nodes are available: 1 Insufficient cpu.
…
"""
EVENTS = """
LAST SEEN   TYPE      REASON             OBJECT            MESSAGE
…
5m          Normal    Started            pod/post-desk-…   Started container desk
5s          Warning   FailedScheduling   pod/post-desk-…   0/… nodes are available: … Insufficient cpu.…
2m (x3 over 5m)   Warning   BackOff   pod/post-desk-…   Back-off restarting failed container
"""
ROLLED = """
Waiting for deployment "post-desk" rollout to finish: 1 out of 2 new replicas have been updated...
…
deployment "post-desk" successfully rolled out
"""
DOWN = """
…
…Container post-board-1 …Stopping …
…Container post-desk-1 …Removed…
…Network post_default …Removed…
…
"""
LOGS = '{"ts": "…", "msg": "Listening at: http://0.0.0.0:9100 (1)"}\n…\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be."""
    post.write(tmp_path)
    return tmp_path


RIGHT = [
    (
        "kubectl get deployments -n post -o wide",
        "NAME         READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES           SELECTOR\npost-desk    2/2     2            2           5m    desk         post-desk:1.2    …\npost-board   1/1     1            1           5m    board        post-board:1.2   …",
    ),
    (
        "kubectl get pods -A",
        "NAMESPACE   NAME           READY   STATUS    RESTARTS      AGE\n…\npost        post-desk-…    1/1     Running   3 (5m ago)    3d2h\n…",
    ),
    (
        "kubectl get pods -n post --show-labels -L app.kubernetes.io/name",
        "NAME           READY   STATUS    RESTARTS   AGE   NAME   LABELS\n…\npost-desk-…    0/1     …ImagePull…      0   5s    …   …\n…",
    ),
    ("kubectl get deploy,svc -n post", "…\nNAME   TYPE   CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n…"),
    ("kubectl get pods -n post -o custom-columns=POD:.metadata.name,IP:.status.podIP", "POD   IP\n…"),
    (
        "kubectl get nodes",
        "NAME   STATUS   ROLES                  AGE   VERSION\n…      Ready    control-plane,master   5d    v1.…\n…",
    ),
    ("kubectl get namespaces", "NAME   STATUS   AGE\npost   Active   5m\n…"),
    ("kubectl get events -n post", EVENTS),
    ("kubectl describe pod -n post", DESCRIBED),
    ("kubectl rollout status deployment/post-desk -n post --timeout=60s", ROLLED),
    (
        "kubectl rollout history deployment/post-desk -n post",
        "deployment.apps/post-desk\nREVISION  CHANGE-CAUSE\n1         <none>\n…",
    ),
    ("kubectl delete pod/post-desk-1 -n post", 'pod "post-desk-…" deleted…'),
    ("kubectl delete pod/post-desk-1 -n post", 'pod "post-desk-1" deleted from post namespace'),
    ("kubectl apply -f k8s/desk.yaml --dry-run=server", "deployment.apps/post-desk unchanged (server dry run)"),
    ("kubectl scale deployment/post-desk --replicas=2 -n post", "deployment.apps/post-desk scaled"),
    ("kubectl label deployment/post-desk tier=back -n post", "deployment.apps/post-desk labeled"),
    (
        "kubectl rollout undo deployment/post-desk -n post",
        "deployment.apps/post-desk skipped rollback (current template already matches revision 4)",
    ),
    ("kubectl get namespace post", 'Error from server (NotFound): namespaces "post" not found'),
    (
        "kubectl get deployment post-desk -n post",
        'Error from server (NotFound): deployments.apps "post-desk" not found',
    ),
    ("kubectl get pods -n default", "No resources found in default namespace."),
    ("kubectl logs deploy/post-desk -n post", LOGS),
    ("kubectl exec deploy/post-desk -n post -- id", "uid=10001 gid=10001 groups=10001"),
    ("kubectl get pods -n post | grep -c Running", "3"),
    ("kubectl version -o yaml", "clientVersion:\n  gitVersion: v1.…\n…"),
    ("docker compose down", DOWN),
    ("docker compose ps", CONTAINERS),
    ("docker ps", "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n…"),
    ("docker image ls --format 'table {{.Repository}}\t{{.Size}}'", "REPOSITORY   SIZE\n…"),
    ("curl -sSI http://localhost:9200/", "HTTP/1.1 200 OK\nServer: …\nContent-Type: application/json\n…"),
    ("curl -sS https://example.org/", "Any page of theirs whatsoever, containr or not"),
    ("python3 -c 'print(1)'", "whatever it prnts"),
    ("cat notes.txt", "READY   STATUS   COLOUR\nyes     Runing   red"),
    ("echo 'remplacé'", "remplacé"),
    ("kubectl run box -it --rm --image=post-desk:1.2 -n post", "any shell's outputt"),
]


@pytest.mark.parametrize(("command", "result"), RIGHT)
def test_what_the_programs_print_is_accepted(root: Path, command: str, result: str) -> None:
    assert post.check(root, step(command, result)) == []


@pytest.mark.parametrize(
    ("command", "result", "old", "new", "cause", "remedy"),
    [
        (
            "kubectl get deployments -n post",
            DEPLOYMENTS,
            "AVAILABLE",
            "AVAILBLE",
            "colonne « AVAILBLE » que la commande n'affiche pas",
            "UP-TO-DATE  AVAILABLE",
        ),
        (
            "kubectl get services -n post",
            SERVICES,
            "CLUSTER-IP   EXTERNAL-IP",
            "EXTERNAL-IP   CLUSTER-IP",
            "la commande en affiche d'autres",
            "CLUSTER-IP  EXTERNAL-IP",
        ),
        ("kubectl get services -n post", SERVICES, "AGE", "VERSION", "colonne « VERSION »", "PORT(S)  AGE"),
        ("docker compose ps", CONTAINERS, "CREATED", "CREATE ", "colonne « CREATE »", "CREATED  STATUS"),
        ("kubectl get pods -n post", PODS, "Running ", "Runing  ", "STATUS « Runing » impossible", "« Running »"),
        ("kubectl get pods -n post", PODS, "Running   0", "Running   no", "RESTARTS « no » impossible", ""),
        (
            "kubectl get namespaces",
            "NAME   STATUS   AGE\npost   Active   5m\n…",
            "Active",
            "Ready ",
            "STATUS « Ready » impossible",
            "Active",
        ),
        (
            "kubectl get nodes",
            "NAME   STATUS   ROLES   AGE   VERSION\n…      Ready    …       5d    v1.…",
            "Ready",
            "Redy ",
            "STATUS « Redy » impossible",
            "« Ready »",
        ),
        (
            "kubectl get events -n post",
            EVENTS,
            "FailedScheduling",
            "FailedSchedule  ",
            "événement « FailedSchedule » inconnu",
            "« FailedScheduling »",
        ),
        (
            "kubectl get events -n post",
            EVENTS,
            "Normal    Started",
            "Warning   Started",
            "événement « Started » de type Warning",
            "Normal",
        ),
        (
            "kubectl get events -n post",
            EVENTS,
            "Started container",
            "Created container",
            "message « Created container desk »",
            "Started container",
        ),
        (
            "kubectl get events -n post",
            EVENTS,
            "Insufficient",
            "Insuffisient",
            "« Insuffisient », que rien n'affiche",
            "« Insufficient »",
        ),
        (
            "kubectl describe pod -n post",
            DESCRIBED,
            "Restart Count",
            "Restart Cuont",
            "« Cuont », que rien n'affiche",
            "« Count »",
        ),
        (
            "kubectl describe pod -n post",
            DESCRIBED,
            "Controlled By:  ReplicaSet",
            "Controlled By:  Deployment",
            "ne crée pas de pod",
            "ReplicaSet",
        ),
        (
            "kubectl describe pod -n post",
            DESCRIBED,
            "Warning  FailedScheduling",
            "Warning  Scheduled       ",
            "événement « Scheduled » de type Warning",
            "Normal",
        ),
        (
            "kubectl rollout status deployment/post-desk -n post",
            ROLLED,
            "successfully",
            "succesfully",
            "n'écrit pas « deployment",
            "successfully rolled out",
        ),
        (
            "kubectl rollout status deployment/post-desk -n post",
            ROLLED,
            "new replicas",
            "new replica",
            "n'écrit pas « Waiting",
            "new replicas have",
        ),
        (
            "kubectl scale deployment/post-desk --replicas=2 -n post",
            "deployment.apps/post-desk scaled",
            "scaled",
            "scale",
            "n'écrit pas",
            "« scaled »",
        ),
        (
            "kubectl apply -f k8s/desk.yaml",
            "deployment.apps/post-desk configured",
            "configured",
            "configurd",
            "n'écrit pas",
            "« configured »",
        ),
        ("kubectl apply -f k8s/desk.yaml", "deployment.apps/post-desk …ured", "ured", "ured now", "n'écrit pas", ""),
        (
            "kubectl rollout history deployment/post-desk -n post",
            "deployment.apps/post-desk\nREVISION  CHANGE-CAUSE\n…",
            "REVISION",
            "REVISIONS",
            "colonne « REVISIONS »",
            "CHANGE-CAUSE",
        ),
        (
            "kubectl get namespace post",
            'Error from server (NotFound): namespaces "post" not found',
            "namespaces",
            "namespace",
            "n'écrit pas",
            "not found",
        ),
        (
            "kubectl get namespace post",
            'Error from server (NotFound): namespaces "post" not found',
            "NotFound",
            "NotFoud",
            "n'écrit pas",
            "NotFound",
        ),
        (
            "kubectl logs deploy/post-desk -n post",
            LOGS,
            "Listening",
            "Listenning",
            "« Listenning », que rien n'affiche",
            "« Listening »",
        ),
        ("docker compose down", DOWN, "Stopping", "Stoping", "« Stoping », que rien n'affiche", "« Stopping »"),
        ("docker compose ps", CONTAINERS, "(healthy)", "(heathly)", "« heathly », que rien n'affiche", "« healthy »"),
        (
            "curl -sSI http://localhost:9200/",
            "Content-Type: application/json\n…",
            "Content",
            "Contnet",
            "« Contnet », que rien n'affiche",
            "« Content »",
        ),
    ],
)
def test_what_no_program_prints_is_found(
    root: Path, command: str, result: str, old: str, new: str, cause: str, remedy: str
) -> None:
    changed = result.replace(old, new, 1)
    assert changed != result
    findings = post.check(root, step(command, changed))
    assert any(cause in found.cause and remedy in found.remedy and found.line > 5 for found in findings), findings


def test_the_words_of_the_repository_and_of_the_page_are_no_mistakes(root: Path) -> None:
    text = step("kubectl set env deployment/post-desk MOOD=bussy -n post", "deployment.apps/post-desk env updated")
    text += step("kubectl exec deploy/post-desk -n post -- printenv MOOD", "bussy")
    assert post.check(root, text) == []


def test_a_pod_that_the_selector_does_not_choose_is_found(root: Path) -> None:
    find = "POD=$(kubectl get pods -n post -l app.kubernetes.io/name=post-desk -o name | head -n 1)\n"
    assert post.check(root, step(f'{find}kubectl delete "$POD" -n post', 'pod "post-desk-…" deleted…')) == []
    findings = post.check(root, step(f'{find}kubectl delete "$POD" -n post', 'pod "post-board-…" deleted…'))
    assert [found.cause for found in findings] == [
        "résultat attendu : pod de « post-board », que « -l app.kubernetes.io/name=post-desk » ne choisit pas"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Running", "Runing"), ("Ready", "Raedy"), ("Active", "Activa"), ("Created", "Creatted"), ("abcd", "abcde")],
)
def test_one_slip_of_the_finger_is_seen(one: str, other: str) -> None:
    assert slip(one, other)
    assert slip(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("Running", "Running up"), ("Ready", "Rdyae"), ("Startup", "Starting"), ("abcd", "abxy")]
)
def test_two_slips_are_not_one(one: str, other: str) -> None:
    assert not slip(one, other)


def test_every_table_of_what_is_printed_can_be_read() -> None:
    assert all(printed.columns(kind) for kind in ("Pod", "Deployment", "CronJob", "Event"))
    assert printed.columns("CronJob")[1][0][2] == "TIMEZONE"
    assert ("NAME", "CPU(cores)", "MEMORY(bytes)") in printed.tables()["kubectl top pod"]
    assert printed.reasons()["Unhealthy"][0] == ("Warning",)
    assert all(types and set(types) <= {"Normal", "Warning"} for types, _ in printed.reasons().values())
    assert all(values for values in printed.cells().values())


@pytest.mark.parametrize(
    ("command", "result", "cause"),
    [
        ("kubectl get pods -n post", PODS.replace("1/1 ", "2/1 ", 1), "READY 2/1 sur un pod « Running »"),
        (
            "kubectl get pods -n post",
            PODS.replace("1/1     Running", "1/1     Pending", 1),
            "READY 1/1 sur un pod « Pending »",
        ),
        (
            "kubectl get pods -n post",
            PODS.replace("Running   0", "Running   2", 1),
            "RESTARTS 2, et rien dans la page n'arrête un conteneur",
        ),
        (
            "kubectl logs deploy/post-desk -n post",
            "Listening at: http://0.0.0.0:9200 (1)",
            "« post-desk » écoute sur 9100, pas sur 9200",
        ),
        (
            "kubectl logs deploy/post-board -n post",
            '{"path": "/", "status": 418}',
            "statut 418, que le code des applications ne donne pas",
        ),
        (
            "kubectl logs deploy/post-board -n post",
            "GET http://post-desk:8000/",
            "« post-desk » ne répond pas sur le port 8000",
        ),
        ("kubectl diff -f k8s/config.yaml", "--- k8s/confg.yaml", "« k8s/confg.yaml » n'est pas dans le dépôt"),
    ],
)
def test_values_that_cannot_be_are_found(root: Path, command: str, result: str, cause: str) -> None:
    assert any(cause in found.cause for found in post.check(root, step(command, result))), post.check(
        root, step(command, result)
    )


def test_a_restart_that_the_page_brings_about_is_accepted(root: Path) -> None:
    killed = "```bash\nkubectl exec deploy/post-desk -n post -- kill 1\n```\n\n"
    assert (
        post.check(root, killed + step("kubectl get pods -n post", PODS.replace("Running   0", "Running   1", 1))) == []
    )


def test_an_error_of_curl_agrees_with_the_block(root: Path) -> None:
    def page(code: int, said: str) -> list[str]:
        text = f'``` {{ .bash data-code="{code}" data-substitut="non" }}\ncurl -sS http://localhost:9200/\n```\n\n```text title="Résultat attendu"\n{said}\n```\n'
        return [found.cause for found in post.check(root, text)]

    assert page(7, "curl: (7) Failed to connect to localhost port 9200 …") == []
    assert page(6, "curl: (7) Failed to connect to localhost port 9200 …") == [
        "résultat attendu : erreur (7) de curl, et le bloc attend le code 6"
    ]
    assert page(7, "curl: (7) Failed to connect to localhost port 9201 …") == [
        "résultat attendu : « localhost port 9201 », que la commande n'appelle pas"
    ]


def test_an_apply_that_changes_nothing_leaves_the_cluster_settled(root: Path) -> None:
    text = step("kubectl apply -f k8s/desk.yaml", "deployment.apps/post-desk unchanged")
    wrong = DEPLOYMENTS.replace("2/2     2 ", "2/2     1 ")
    assert any(
        "UP-TO-DATE 1" in found.cause
        for found in post.check(root, text + step("kubectl get deployments -n post", wrong))
    )
