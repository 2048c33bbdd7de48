"""`accept` writes what was obtained into the page, and nothing that nobody should believe."""

import json
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.engine.conftest import SITE
from tests.engine.runs import command_line

PAGE = """# Page

```bash
printf 'version 2 of api\\nready\\n'
```

```text title="Résultat attendu"
version 1 of …
ready
```

!!! note

    ```bash
    echo '{"status": "down", "at": 12}'
    ```

    ``` { .json title="Résultat attendu" }
    {"status": "ok", "at": "…"}
    ```

```bash
echo same
```

```text title="Résultat attendu"
sa…
```
"""


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def accept(root: Path, *arguments: str, **env: str) -> CompletedProcess[str]:
    return command_line(root, "accept", *arguments, **env)


def test_what_was_obtained_is_written_as_general_as_before_and_the_difference_shown(make_site) -> None:
    root = make_site(index=PAGE)
    before = (root / "docs" / "index.md").read_text(encoding="utf-8")
    dry = accept(root, "--dry-run", "docs/index.md")
    assert (dry.returncode, (root / "docs" / "index.md").read_text(encoding="utf-8")) == (0, before)
    ran = accept(root, "docs/index.md")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    after = (root / "docs" / "index.md").read_text(encoding="utf-8")
    assert after == before.replace("version 1 of …", "version 2 of …").replace('"status": "ok"', '"status": "down"')
    for shown in (dry.stdout, ran.stdout):
        assert "-version 1 of …\n+version 2 of …\n" in shown
        assert '+    {"status": "down", "at": "…"}\n' in shown
    again = command_line(root, "run", "docs/index.md")
    assert (again.returncode, "vérifié                  3" in again.stdout) == (0, True), again.stdout
    assert "0 résultats attendus récrits" in accept(root, "docs/index.md").stdout


def test_only_the_block_asked_for_changes_after_the_steps_that_it_needs(make_site) -> None:
    page = '```bash\nX=3; echo $X\n```\n\n```text title="Résultat attendu"\n1\n```\n\n```bash\necho $X\n```\n\n'
    root = make_site(index=page + '```text title="Résultat attendu"\n2\n```\n')
    assert accept(root, "docs/index.md:13").returncode == 0
    assert (
        (root / "docs" / "index.md")
        .read_text(encoding="utf-8")
        .endswith("1\n```\n\n```bash\necho $X\n```\n\n" + '```text title="Résultat attendu"\n3\n```\n')
    )


def test_nothing_is_accepted_of_a_page_in_which_a_command_fails(make_site) -> None:
    root = make_site(index='```bash\necho b\n```\n\n```text title="Résultat attendu"\na\n```\n\n```bash\nfalse\n```\n')
    before = (root / "docs" / "index.md").read_bytes()
    ran = accept(root, "docs/index.md", "--json")
    assert (ran.returncode, (root / "docs" / "index.md").read_bytes()) == (1, before)
    (told,) = json.loads(ran.stdout)
    assert (told["written"], told["refused"]) == (
        False,
        "la commande de la ligne 12 a échoué : rien n'est accepté de cette page",
    )


@pytest.mark.parametrize(
    ("code", "expected", "said"),
    [
        ("printf '```\\n'", "x", "se lirait autrement"),
        ("true", "x", "rien n'a été affiché"),
        ("echo x", "", "promet que rien n'est affiché"),
        ("echo {{ '1' }}", "{{ '2' }}", "écrit par une macro"),
        ("printf '\\173\\173 3 }}\\n'", "2", "se lirait autrement"),
        ("seq 40000", "1\n2", "sortie trop longue"),
    ],
)
def test_what_cannot_be_written_is_said_and_the_page_stays(make_site, code: str, expected: str, said: str) -> None:
    page = f'```bash\n{code}\n```\n\n```text title="Résultat attendu"\n{expected}\n```\n'
    root = make_site(site=SITE + "plugins: [macros]\n", index=page)
    before = (root / "docs" / "index.md").read_bytes()
    ran = accept(root, "docs/index.md")
    assert (ran.returncode, said in ran.stdout) == (1, True), ran.stdout + ran.stderr
    assert (root / "docs" / "index.md").read_bytes() == before


def test_a_line_of_a_macro_that_still_holds_stays_a_macro_and_endings_are_kept(make_site) -> None:
    page = '```bash\nprintf "one\\nthree\\n"\n```\n\n```text title="Résultat attendu"\n{{ \'one\' }}\ntwo\n```\n'
    root = make_site(site=SITE + "plugins: [macros]\n", index="x")
    path = root / "docs" / "index.md"
    path.write_bytes(("---\nexecution: {cible: here}\n---\n" + page).replace("\n", "\r\n").encode())
    before = path.read_bytes()
    assert accept(root, "docs/index.md").returncode == 0
    assert path.read_bytes() == before.replace(b"two", b"three")


def test_a_secret_is_left_open(make_site) -> None:
    root = make_site(index='```bash\necho "key is $MY_PASSWORD."\n```\n\n```text title="Résultat attendu"\nkey\n```\n')
    (root / "pyproject.toml").write_text(
        (root / "pyproject.toml").read_text() + '\n[tool.runbook.env]\nMY_PASSWORD = "hunter2222"\n'
    )
    assert accept(root, "docs/index.md").returncode == 0
    assert "key is …." in (root / "docs" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "env"), [(("docs/index.md",), {"CI": "true"}), ((), {}), (("--tag", "x"), {"CI": "1"})]
)
def test_it_is_refused_in_ci_and_without_a_page(make_site, arguments: tuple[str, ...], env: dict[str, str]) -> None:
    root = make_site(index=PAGE)
    ran = accept(root, *arguments, **env)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert os.linesep.join(ran.stderr.splitlines())
