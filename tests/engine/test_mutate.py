"""Is a mutant told apart by what really sees it: the check, a run, or nothing?"""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from runbook.errors import RunbookError
from runbook.mutating import by_running, judge
from runbook.mutating.code import mutants as script_mutants
from runbook.mutating.generate import generate, sample
from runbook.mutating.mutant import Mutant, replaced
from runbook.mutating.pages import mutants as page_mutants
from runbook.repository.model import read_repository
from runbook.settings import ModelSource, Settings, Target

from .conftest import SETTINGS, MakeSite
from .runs import command_line, fence

PAGE = """
    ```bash
    echo run >> /dev/stderr; awk 1 notes/state.txt
    ```

    ```text title="Résultat attendu"
    closed
    ```

    ```bash
    tail --lines 1 notes/state.txt
    ```
"""
COUNTED = "echo x >> \"$TMPDIR/runs.txt\"\nprintf 'word%s\\n' aaa bbb ccc ddd eee fff"


@pytest.fixture
def repository(make_site: MakeSite) -> Path:
    root = make_site(page=PAGE)
    (root / "notes").mkdir()
    (root / "notes" / "state.txt").write_text("closed\n", encoding="utf-8")
    return root


def _mutate(root: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    ran = command_line(root, "mutate", "--workers", "1", "--json", *arguments)
    return ran.returncode, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr


def _outcomes(report: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mutant in report["mutants"]:
        found.setdefault(mutant["operator"], set()).add(mutant["outcome"])
    return found


def test_the_check_kills_a_name_that_does_not_exist_and_leaves_outputs_to_runs(repository: Path) -> None:
    status, report, _ = _mutate(repository, "--workers", "2")
    assert _outcomes(report) == {
        "file-renamed": {"tué par le contrôle"},
        "flag-mistyped": {"tué par le contrôle"},
    }
    assert status == 0  # expected results are only changed where a run compares them


def test_a_run_kills_what_the_check_lets_pass_and_the_repository_is_never_touched(repository: Path) -> None:
    before = _files(repository)
    status, report, _ = _mutate(repository, "--run", "here")

    assert _outcomes(report)["expected-word-changed"] == {"tué par l'exécution"}
    (killed,) = [mutant for mutant in report["mutants"] if mutant["operator"] == "expected-word-changed"]
    assert killed["why"].startswith("docs/page.md:10 : attendu «\u00a0closea\u00a0»")
    assert (status, report["score"]) == (0, 100.0)
    assert _files(repository) == before


def _files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".runbook" not in path.parts}


def test_changed_results_are_compared_with_the_outputs_of_one_run(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = "".join(f"word{letter * 3}\n" for letter in "abcdef")
    root = make_site(page=f"\n{fence(COUNTED, expected=words.strip())}")
    _, report, _ = _mutate(root, "--run", "here", "--only", "expected-word-changed")
    assert Counter(mutant["outcome"] for mutant in report["mutants"]) == {"tué par l'exécution": 6}
    assert (tmp_path / "runs.txt").read_text(encoding="utf-8") == "x\n"


def test_a_changed_command_is_run_again(repository: Path) -> None:
    """The check knows the other file as well: only its content tells."""
    (repository / "notes" / "state.txtx").write_text("open\n", encoding="utf-8")

    _, report, _ = _mutate(repository, "--run", "here", "--only", "docs/page.md:6 file-renamed")

    (mutant,) = report["mutants"]
    assert (mutant["outcome"], mutant["why"].partition(" :")[0]) == ("tué par l'exécution", "docs/page.md:10")


def test_the_pages_that_name_a_file_are_run_first(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_site(first="\n```bash\ntrue\n```\n", second="\n```bash\ncat scripts/a\n```\n")
    run = Mock(side_effect=[SimpleNamespace(steps=[], problems=problems) for problems in ([], ["red"])])
    monkeypatch.setattr(by_running, "_run", run)
    settings = Settings(targets={"here": Target(title="Here")}, model=ModelSource(scripts="scripts"))
    pages = {page.page.path: page for page in by_running.pages_of(root)}
    assert by_running.Runs(root, settings, ("here",), pages, {}).first_failure("scripts/a") == "red"
    assert [call.args[2:] for call in run.call_args_list] == [("docs/second.md",), ()]


def test_a_repository_already_at_fault_is_refused(repository: Path) -> None:
    (repository / "notes" / "state.txt").unlink()
    status, report, errors = _mutate(repository)
    assert (status, list(report)) == (2, ["error"])
    assert errors.startswith("le dépôt est déjà en défaut : docs/page.md:")


def test_a_run_that_fails_without_any_mutant_is_refused(repository: Path) -> None:
    (repository / "notes" / "state.txt").write_text("open\n", encoding="utf-8")

    status, _, errors = _mutate(repository, "--run", "here")
    assert status == 2
    assert "l'exécution échoue déjà sans mutant : docs/page.md:" in errors


def test_a_check_that_falls_on_a_mutant_is_an_error_and_no_endless_wait(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "first_finding", _falls_on_a_mutant)
    mutant = Mutant("operator", "docs/page.md", 1, "a", "b")
    with pytest.raises(RunbookError, match=r"docs/page\.md:1 operator : .* le contrôle ne doit tomber sur aucun"):
        list(judge.judge([mutant], repository, frozenset({"docs/page.md"}), 1, ()))


def _falls_on_a_mutant(root: Path) -> str:
    return str(1 // 0) if (root / "docs" / "page.md").read_text(encoding="utf-8") == "b" else ""


def test_the_same_seed_draws_the_same_mutants() -> None:
    mutants = [Mutant("operator", "file", line, "", "x") for line in range(50)]
    assert sample(mutants, 10, seed=4) == sample(mutants, 10, seed=4)
    assert sample(mutants, 10, seed=4) != sample(mutants, 10, seed=5)
    assert sample(mutants, None, seed=4) == mutants


def test_a_mutant_shows_its_change_as_a_small_diff() -> None:
    mutant = replaced("port-changed", "k8s/a.yaml", "a: 1\nport: 80\nb: 2\nc: 3\n", 11, 13, "81")
    assert str(mutant) == "k8s/a.yaml:2 port-changed"
    assert mutant.diff.splitlines()[1:] == [" a: 1", "-port: 80", "+port: 81", " b: 2"]


def test_settings_may_ask_for_another_score(repository: Path) -> None:
    asked = SETTINGS.replace("[tool.runbook]", "[tool.runbook]\nmutation_score = 101")
    (repository / "pyproject.toml").write_text(asked, encoding="utf-8")

    assert _mutate(repository, "--only", "file-renamed")[0] == 1


def test_scripts_are_mistyped_in_their_commands_and_not_in_their_comments() -> None:
    text = (
        "#!/bin/sh\n# docker compose up --wait k8s/a.yaml\nfolder=k8s/a.yaml\ndocker compose up --wait  # "
        '"$folder"\ncat "$folder"\necho "--help"\n'
    )
    found = {
        (mutant.operator, mutant.line, mutant.diff.rpartition("+")[2]) for mutant in script_mutants("scripts/a", text)
    }
    assert found == {
        ("script-file-renamed", 3, ('folder=k8s/a.yamlx\n docker compose up --wait  # "$folder"')),
        ("script-option-mistyped", 4, ('docker compose up --waitx  # "$folder"\n cat "$folder"')),
        ("script-verb-mistyped", 4, ('docker composex up --wait  # "$folder"\n cat "$folder"')),
        ("script-verb-mistyped", 4, ('docker compose upx --wait  # "$folder"\n cat "$folder"')),
        ("script-variable-mistyped", 5, ('cat "$folderx"\n echo "--help"')),
    }


def test_pages_lose_verbs_namespaces_selectors_and_quoted_files(make_site: MakeSite) -> None:
    code = "kubectl get pods -l app=a -n home\nkubectl apply -n home -f notes/"
    made = _made(make_site(page=f"Read `notes/state.txt`.\n\n{fence(code)}"))
    operators = {one.operator for one in made}
    assert {"verb-mistyped", "selector-mistyped", "namespace-dropped", "quoted-file-renamed"} <= operators
    assert [bool(one.inert) for one in made if one.operator == "namespace-dropped"] == [False, True]


def _made(root: Path) -> list[Mutant]:
    (page,) = by_running.pages_of(root)
    return list(page_mutants(page, (root / page.page.path).read_text(encoding="utf-8"), ()))


def test_another_absent_route_is_inert_where_the_page_shows_that_there_is_none(make_site: MakeSite) -> None:
    steps = [fence("curl -sS http://localhost:9000/page", expected=status) for status in ("404", "200")]
    made = _made(make_site(page="\n".join(steps)))
    assert [bool(one.inert) for one in made if one.operator == "route-mistyped"] == [True, False]


@pytest.mark.parametrize(
    ("key", "inert"),
    [("team", True), ("tier", False), ("part", False), ("pod-security.kubernetes.io/enforce", False)],
)
def test_a_label_that_something_reads_is_not_inert(make_site: MakeSite, key: str, inert: bool) -> None:
    root = make_site(page=fence("kubectl get pods -l team=y\nkubectl get pods -l part=x"))
    chosen = "[{namespaceSelector: {matchLabels: {tier: x}}}, {podSelector: {matchLabels: {team: x}}}]"
    policy = f"kind: NetworkPolicy\nspec: {{ingress: [{{from: {chosen}}}]}}\n"
    text = f"kind: Namespace\nmetadata:\n  labels:\n    {key}: x\n---\n{policy}"
    (root / "a.yaml").write_text(text, encoding="utf-8")
    repository = read_repository(root, Settings(model=ModelSource(manifests=["*.yaml"])))
    made = generate(by_running.pages_of(root), repository, ())
    assert next(bool(one.inert) for one in made if one.operator == "label-changed") is inert
