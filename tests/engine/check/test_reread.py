"""A pod reads its ConfigMap when it starts: a page that shows what a new value changes has started it again."""

from pathlib import Path

import pytest
from tests.engine.check import post

PATCH = """```bash
kubectl patch configmap post-config -n post --type=merge --patch '{"data": {"MOOD": "busy"}}'
```

"""
SHOWN = """```bash
curl -fsS http://localhost:9100/
```

```json title="Résultat attendu"
{"mood": "busy"}
```
"""


def step(command: str) -> str:
    return f"```bash\n{command}\n```\n\n"


@pytest.mark.parametrize(
    ("between", "told"),
    [
        ("", True),
        (step("kubectl rollout restart deployment/post-board -n post"), True),
        (step("kubectl get pods -n post"), True),
        (step("kubectl rollout restart deployment/post-desk -n post"), False),
        (step("kubectl rollout restart deployment -n post"), False),
        (step("kubectl delete pods --all -n post"), False),
        (step("kubectl apply -f k8s/desk.yaml"), False),
    ],
)
def test_a_new_value_is_shown_by_pods_that_read_it(tmp_path: Path, fresh: None, between: str, told: bool) -> None:
    post.write(tmp_path)
    found = [one for one in post.check(tmp_path, PATCH + between + SHOWN) if one.rule == "reread"]
    assert [(one.line, "« busy », que « post-desk » n'a pas encore lu" in one.cause) for one in found] == (
        [(10 + between.count("\n"), True)] if told else []
    )


def test_what_no_patch_gave_may_be_shown(tmp_path: Path, fresh: None) -> None:
    post.write(tmp_path)
    other = PATCH.replace('{"data": {"MOOD": "busy"}}', '{"metadata": {"labels": {"mood": "busy"}}}').replace(
        "post-config", "post-other"
    )
    assert [one for one in post.check(tmp_path, other + SHOWN) if one.rule == "reread"] == []
