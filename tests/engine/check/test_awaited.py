"""What a page starts in the background is awaited before it is asked for something."""

from pathlib import Path

import pytest
from tests.engine.check import post

UP = "```bash\ndocker compose up {options}\n```\n\n"
CALL = "``` {{ .bash{attributes} }}\n{command}\n```\n"
PS = 'docker compose ps\n```\n\n```text title="Résultat attendu"\nNAME  STATUS\n…  Up … (healthy)'


@pytest.mark.parametrize(
    ("options", "attributes", "command", "told"),
    [
        ("-d", "", "curl -fsS http://localhost:9100/", True),
        ("--build --detach", "", "curl -fsS http://localhost:9100/", True),
        ("-d --wait", "", "curl -fsS http://localhost:9100/", False),
        ("-d", ' data-reessayer="20"', "curl -fsS http://localhost:9100/", False),
        ("-d", "", "curl --retry 5 --retry-connrefused -fsS http://localhost:9100/", False),
        ("-d", "", "docker compose logs desk", False),
        ("-d", "", PS, True),
        ("-d --wait", "", PS, False),
    ],
)
def test_containers_that_may_be_starting_are_not_asked(
    tmp_path: Path, fresh: None, options: str, attributes: str, command: str, told: bool
) -> None:
    post.write(tmp_path)
    text = UP.format(options=options) + CALL.format(attributes=attributes, command=command)
    found = [one.line for one in post.check(tmp_path, text, "compose") if one.rule == "awaited"]
    assert found == ([5] if told else [])


def test_what_was_stopped_is_awaited_no_longer(tmp_path: Path, fresh: None) -> None:
    post.write(tmp_path)
    text = (
        UP.format(options="-d")
        + "```bash\ndocker compose down\n```\n\n"
        + CALL.format(attributes="", command="curl -fsS http://localhost:9100/")
    )
    assert [one for one in post.check(tmp_path, text, "compose") if one.rule == "awaited"] == []
