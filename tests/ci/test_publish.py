"""Does the pipeline push the images that it was handed, all of them, under the commit and under main?"""

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
    push) [ "$3" != "$REFUSED" ] ;;
esac
"""


@pytest.fixture
def publish(tmp_path, jobs):
    """Run the step with an engine that writes down what it is asked."""
    (script,) = (step["run"] for step in jobs["publish-images"]["steps"] if "docker push" in step.get("run", ""))
    engine = tmp_path / "docker"
    engine.write_text(DOCKER)
    engine.chmod(0o755)
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


def test_a_refused_push_fails_and_the_registry_forgets_the_token_all_the_same(publish):
    status, calls = publish(refused=PUBLISHED[2])

    assert (status != 0, calls[-1]) == (True, "logout ghcr.io")


def test_nothing_to_publish_fails_before_the_token_is_shown_to_anybody(publish):
    status, calls = publish(loaded=())

    assert (status != 0, [call for call in calls if not call.startswith("load")]) == (True, [])
