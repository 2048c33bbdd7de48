"""What a page shows of a service that it has changed is something that the service can answer, refuse or write."""

from pathlib import Path

import pytest
from tests.engine.check import post
from tests.engine.check.test_expected_results import PODS, step

REFUSES = '\n    if environ.get("MOOD", "calm") not in ("calm", "busy"):\n        raise SystemExit("Refused: MOOD is " + environ["MOOD"] + "; calm or busy")\n    app = Flask("postal_desk")'
CALLS = 'import logging\nlog = logging.getLogger(__name__)\n\ndef call(name):\n    log.warning("desk shut: %s", name)\n    log.info(f"{name} called")\n'
ALONE = """
``` {{ .bash data-substitut="non" }}
{command}
```

```{kind} title="Résultat attendu"
{result}
```
"""


@pytest.fixture
def root(tmp_path: Path, fresh: None) -> Path:
    """The small repository, whose desk refuses moods that it does not know, and logs."""
    post.write(tmp_path)
    post.change(tmp_path, "src/postal_desk/__init__.py", '\n    app = Flask("postal_desk")', REFUSES)
    (tmp_path / "src/postal_desk/calls.py").write_text(CALLS)
    return tmp_path


def alone(command: str, result: str, kind: str = "json") -> str:
    return ALONE.format(command=command, kind=kind, result=result)


def causes(root: Path, text: str) -> list[str]:
    return [found.cause for found in post.check(root, text)]


STATUS = "curl -s -o /dev/null -w '%{http_code}\\n' http://localhost:30070/"


@pytest.mark.parametrize(
    "text",
    [
        alone("curl -sS http://localhost:30070/", '{"desk": "calm"}'),
        alone("curl -sS http://localhost:30070/", '{"desk": null}'),
        "```bash\nkubectl set env deployment/post-desk MOOD=busy -n post\n```\n"
        + alone("curl -sS http://localhost:30070/", '{"desk": "busy"}'),
        alone(STATUS, "200", "text"),
        alone(STATUS, "503", "text"),
        alone(STATUS, "000", "text"),
    ],
)
def test_what_a_service_answers_with_or_without_the_others_is_accepted(root: Path, text: str) -> None:
    assert causes(root, text) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            alone("curl -sS http://localhost:30070/", '{"desk": "gloomy"}'),
            'desk = "gloomy", que l\'application ne donne jamais',
        ),
        (
            alone("curl -sS http://localhost:30070/", '{"desk": false}'),
            "desk = false, que l'application ne donne jamais",
        ),
        (alone(STATUS, "502", "text"), "statut 502"),
        (
            alone("curl -sS -i http://localhost:30070/", "HTTP/1.1 404 NOT FOUND\n…", "text"),
            "statut 404, que l'application ne donne pas ici",
        ),
    ],
)
def test_what_it_never_answers_is_found(root: Path, text: str, cause: str) -> None:
    assert any(cause in found for found in causes(root, text)), causes(root, text)


def changed(mood: str, *then: str) -> str:
    return step(
        f"kubectl set env deployment/post-desk MOOD={mood} -n post", "deployment.apps/post-desk env updated"
    ) + "".join(then)


BROKEN = step(
    "kubectl get pods -n post -l app.kubernetes.io/name=post-desk",
    "NAME          READY   STATUS             RESTARTS   AGE\n…\npost-desk-…   0/1     CrashLoopBackOff   …          5s\n…",
)
ROLLED = step(
    "kubectl rollout status deployment/post-desk -n post --timeout=60s",
    '…\ndeployment "post-desk" successfully rolled out',
)
SAID = step("kubectl logs deploy/post-desk -n post --previous", "Refused: MOOD is gloomy; calm or busy")
ENDED = step("kubectl describe pod -l app.kubernetes.io/name=post-desk -n post", "…\n      Exit Code:    1\n…")
BACK = step("kubectl set env deployment/post-desk MOOD- -n post", "deployment.apps/post-desk env updated")


def test_a_page_that_breaks_and_cures_is_accepted(root: Path) -> None:
    assert causes(root, changed("gloomy", BROKEN, SAID, BACK, ROLLED)) == []
    assert causes(root, changed("gloomy", ENDED)) == []
    assert causes(root, changed("busy", ROLLED)) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (changed("busy", BROKEN), "« CrashLoopBackOff », et l'application accepte MOOD=busy"),
        (changed("gloomy", ROLLED), "« post-desk » ne démarre pas avec MOOD=gloomy"),
        (changed("gloomy", ENDED.replace("    1", "    3")), "code de sortie 3, et un réglage refusé rend 1"),
        (changed("gloomy", SAID.replace("Refused", "Refusal")), "et l'application écrit autre chose"),
    ],
)
def test_a_change_that_does_not_do_what_the_page_says_is_found(root: Path, text: str, cause: str) -> None:
    assert any(cause in found for found in causes(root, text)), causes(root, text)


LINE = '{"ts": "…", "level": "warning", "logger": "postal_desk.calls", "msg": "desk shut: refused"}'


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (LINE, ""),
        (LINE.replace("refused", "…"), ""),
        (LINE.replace("warning", "info").replace("desk shut: refused", "desk called"), ""),
        (LINE.replace("shut", "closed"), "« desk closed: refused », que « postal_desk.calls » n'écrit pas"),
        (LINE.replace("warning", "error"), "niveau « error », et « postal_desk.calls » écrit cette ligne en warning"),
    ],
)
def test_a_log_line_is_one_that_its_module_writes(root: Path, line: str, cause: str) -> None:
    found = causes(root, step("kubectl logs deploy/post-desk -n post", line))
    assert any(cause in one for one in found) if cause else found == []


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        ("kubectl get secret post-secret -n post -o jsonpath='{.data.STAMP}' | base64 --decode", ""),
        (
            "kubectl get secret post-secret -n post -o jsonpath='{.stringData.STAMP}'",
            "« stringData » se donne et ne se relit pas",
        ),
        ("kubectl set image deployment/post-desk desk=post-desk:1.3 -n post", ""),
        (
            "kubectl set image deployment/post-desk desk=post-desk:1.3 -n post\nkubectl set image deployment/post-desk desk=post-desk:1.2 -n post",
            "",
        ),
        (
            "kubectl set image deployment/post-desk desk=post-desk:1.2 -n post",
            "« post-desk » a déjà l'image « post-desk:1.2 »",
        ),
    ],
)
def test_a_command_that_could_give_or_change_nothing_is_found(root: Path, command: str, cause: str) -> None:
    from runbook.checking.check import check_commands

    text = f"```bash\nkubectl apply -f k8s/namespace.yaml -f k8s/\n{command}\n```\n"
    found = [
        one.cause
        for one in check_commands([post.page(text)], post.model(root))
        if one.rule in ("kubectl_output", "kubectl_settings")
    ]
    assert any(cause in one for one in found) if cause else found == []


def test_pods_at_rest_are_still_counted(root: Path) -> None:
    assert causes(root, step("kubectl get pods -n post", PODS)) == []
