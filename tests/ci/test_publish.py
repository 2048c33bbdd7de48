"""Does the pipeline push the images that it was handed, all of them, under the commit and under main?"""

import json
import os
import subprocess

import pytest

IMAGES = ["datapress-api:1.0.0", "datapress-front:1.0.0"]
PUBLISHED = [
    f"ghcr.io/datapress/poc/{name}:{tag}" for name in ("datapress-api", "datapress-front") for tag in ("0a1b2c", "main")
]
DOCKER = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$1" in
    load) for image in $LOADED; do echo "Loaded image: $image"; done ;;
    image) for word; do name=${word%:*}; done
        printf '%s\\n' "elsewhere/$name@sha256:0" "ghcr.io/datapress/poc/$name@sha256:$name" ;;
    push) [ "$3" != "$REFUSED" ] ;;
esac
"""


@pytest.fixture
def publish(tmp_path, jobs, monkeypatch):
    """Run the step with an engine that writes down what it is asked."""
    (script,) = (step["run"] for step in jobs["publish-images"]["steps"] if "docker push" in step.get("run", ""))
    engine = tmp_path / "docker"
    engine.write_text(DOCKER)
    engine.chmod(0o755)
    for name in ("cosign", "go"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"$CALLS"\n')
        program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    calls = tmp_path / "calls"
    calls.write_text("")

    def run(loaded=IMAGES, refused=""):
        status = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            env={
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "CALLS": str(calls),
                "LOADED": " ".join(loaded),
                "REFUSED": refused,
                "GITHUB_REPOSITORY": "DataPress/POC",
                "GITHUB_SHA": "0a1b2c",
                "GITHUB_ACTOR": "somebody",
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_RUN_ID": "1",
                "GITHUB_RUN_ATTEMPT": "1",
                "GITHUB_OUTPUT": str(tmp_path / "outputs"),
                "TOKEN": "a token",
            },
            capture_output=True,
            check=False,
        ).returncode
        return status, calls.read_text().splitlines()

    return run


def test_every_image_is_pushed_under_both_tags_and_the_registry_forgets_the_token(publish):
    status, calls = publish()

    assert status == 0
    assert [call.removeprefix("push --quiet ") for call in calls if call.startswith("push")] == PUBLISHED
    assert f"tag {IMAGES[0]} {PUBLISHED[1]}" in calls
    assert calls[-1] == "logout ghcr.io"


def test_every_image_is_signed_by_the_digest_that_the_deployment_is_told(publish, tmp_path):
    _, calls = publish()
    signed = [call.split()[-1] for call in calls if call.startswith("cosign sign")]
    told = dict(line.split("=", 1) for line in (tmp_path / "outputs").read_text().splitlines())
    provenance = json.loads((tmp_path / "provenance.json").read_text())

    assert signed == [f"ghcr.io/datapress/poc/{name}@sha256:{name}" for name in ("datapress-api", "datapress-front")]
    assert list(told.values()) == signed
    assert provenance["buildDefinition"]["resolvedDependencies"][0]["digest"] == {"gitCommit": "0a1b2c"}
    for kind in ("slsaprovenance1", "spdxjson"):
        assert sum(call.startswith("cosign attest") and kind in call for call in calls) == len(IMAGES)


def test_a_refused_push_fails_and_the_registry_forgets_the_token_all_the_same(publish):
    status, calls = publish(refused=PUBLISHED[2])

    assert (status != 0, calls[-1]) == (True, "logout ghcr.io")


def test_nothing_to_publish_fails_before_the_token_is_shown_to_anybody(publish):
    status, calls = publish(loaded=())

    assert (status != 0, [call for call in calls if not call.startswith(("load", "go"))]) == (True, [])
