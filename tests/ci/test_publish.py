"""Does `scripts/publish` push the images of compose.yaml, all of them, under the names asked for?"""

import os
import subprocess

import pytest
import yaml

from .conftest import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
IMAGES = sorted(service["image"] for service in COMPOSE["services"].values())
DOCKER = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$1 $2" in
    "compose config") printf '%s\\n' $IMAGES ;;
    "image inspect") [ "$3" != "$ABSENT" ] ;;
    "push --quiet") [ "$3" != "$REFUSED" ] ;;
esac
"""


@pytest.fixture
def publish(tmp_path):
    """Run the script with an engine that writes down what it is asked."""
    engine = tmp_path / "docker"
    engine.write_text(DOCKER)
    engine.chmod(0o755)
    calls = tmp_path / "calls"

    def run(*arguments, absent="", refused=""):
        calls.write_text("")
        ran = subprocess.run(
            [ROOT / "scripts/publish", *arguments],
            cwd=tmp_path,
            env={
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "CALLS": str(calls),
                "IMAGES": " ".join(IMAGES),
                "ABSENT": absent,
                "REFUSED": refused,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return ran, calls.read_text().splitlines()

    return run


def test_every_image_is_pushed_under_every_tag(publish):
    ran, calls = publish("registre.exemple.fr/poc", "0a1b2c", "main")

    assert ran.returncode == 0
    assert [call.removeprefix("push --quiet ") for call in calls if call.startswith("push")] == [
        f"registre.exemple.fr/poc/{image.partition(':')[0]}:{tag}" for image in IMAGES for tag in ("0a1b2c", "main")
    ]


def test_a_name_is_given_to_the_image_that_compose_built(publish):
    _, calls = publish("registre.exemple.fr/poc", "main")

    assert f"tag {IMAGES[0]} registre.exemple.fr/poc/{IMAGES[0].partition(':')[0]}:main" in calls


def test_capitals_of_an_owner_are_lowered_since_registries_refuse_them(publish):
    _, calls = publish("ghcr.io/DataPress/POC", "Main")

    assert all("ghcr.io/datapress/poc/" in call and call.endswith(":Main") for call in calls if call.startswith("push"))


def test_nothing_is_pushed_if_an_image_is_not_there(publish):
    ran, calls = publish("registre.exemple.fr/poc", "main", absent=IMAGES[-1])

    assert ran.returncode == 1
    assert IMAGES[-1] in ran.stderr
    assert "docker compose build" in ran.stderr
    assert not any(call.startswith("push") for call in calls)


def test_a_refused_push_fails(publish):
    refused = f"registre.exemple.fr/poc/{IMAGES[0].partition(':')[0]}:main"

    assert publish("registre.exemple.fr/poc", "main", refused=refused)[0].returncode != 0


@pytest.mark.parametrize("arguments", [(), ("registre.exemple.fr/poc",)])
def test_a_registry_without_a_tag_is_a_misuse(publish, arguments):
    ran, calls = publish(*arguments)

    assert (ran.returncode, calls) == (2, [])
    assert ran.stderr.startswith("usage : scripts/publish")
