"""The command as a person or a pipeline calls it, on a small repository that is not DataPress."""

import json
import signal
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import psutil
import pytest

from tests.engine.runs import begun, command_line


def test_list_gives_every_command_with_its_place(sample: Path) -> None:
    ran = command_line(sample, "list")
    assert ran.returncode == 0
    assert 'docs/index.md:14  here  cat "$NAME"' in ran.stdout
    assert len(ran.stdout.splitlines()) == 7


def test_plan_says_what_would_not_run_and_why(sample: Path) -> None:
    ran = command_line(sample, "plan")
    assert ran.returncode == 0
    assert "Cible elsewhere absente : ailleurs n'existe pas" in ran.stdout


def test_a_run_leaves_a_record_that_report_reads_again(sample: Path) -> None:
    ran = command_line(sample, "run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (campaign,) = json.loads((sample / ".runbook" / "record.json").read_text(encoding="utf-8"))["campaigns"]
    assert [step["outcome"] for step in campaign["steps"]].count("vérifié") == 4
    (stand_in,) = [step for step in campaign["steps"] if step["stood_in"]]
    assert (stand_in["target"], stand_in["on"]) == ("elsewhere", "here")
    report = command_line(sample, "report")
    assert report.returncode == 0
    assert "Commandes dans les pages   7" in report.stdout


def test_report_refuses_proofs_of_another_commit_and_of_a_changed_tree(sample: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(sample)]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "one"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    (sample / ".gitignore").write_text(".runbook/\n", encoding="utf-8")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--amend", "--no-edit"], check=True, capture_output=True)
    now = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    command_line(sample, "run")

    assert command_line(sample, "report", "--commit", now).returncode == 0
    other = command_line(sample, "report", "--commit", head)
    assert (other.returncode, f"commit {now}, au lieu de {head}" in other.stderr) == (1, True)

    (sample / "new").touch()
    command_line(sample, "run", "docs/setup.md")
    changed = command_line(sample, "report", "--commit", now)
    assert (changed.returncode, "dépôt modifié" in changed.stderr) == (1, True)


def test_a_page_that_lies_gives_status_1_its_line_and_what_was_seen(sample: Path) -> None:
    page = sample / "docs" / "setup.md"
    page.write_text(page.read_text(encoding="utf-8").replace("web    …", "api    …"), encoding="utf-8")
    ran = command_line(sample, "run", "docs/setup.md")
    assert ran.returncode == 1
    assert "docs/setup.md:12" in ran.stdout
    assert "échoué" in ran.stdout


def test_json_on_standard_output_is_json_alone(sample: Path) -> None:
    for verb in ("list", "plan", "run"):
        assert json.loads(command_line(sample, verb, "--json").stdout)


def test_junit_has_a_case_a_step_with_file_and_line(sample: Path) -> None:
    page = sample / "docs" / "setup.md"
    page.write_text(page.read_text(encoding="utf-8").replace("web    …", "api    …"), encoding="utf-8")
    command_line(sample, "run", "--junit", str(sample / "out" / "junit.xml"))
    cases = ET.parse(sample / "out" / "junit.xml").findall(".//testcase")  # noqa: S314 — our own file
    assert len(cases) == 7
    (failed,) = [case for case in cases if case.find("failure") is not None]
    assert (failed.get("file"), failed.get("line")) == ("docs/setup.md", "6")
    skipped = [case.find("skipped") for case in cases]
    assert any(mark is not None and mark.get("message") == "ailleurs n'existe pas" for mark in skipped)


def test_in_github_actions_a_failure_is_an_annotation_at_its_line(sample: Path) -> None:
    page = sample / "docs" / "setup.md"
    page.write_text(page.read_text(encoding="utf-8").replace("web    …", "api    …"), encoding="utf-8")
    ran = command_line(sample, "run", GITHUB_ACTIONS="true")
    assert "::error file=docs/setup.md,line=12," in ran.stdout
    assert "::notice file=docs/index.md,line=30," in ran.stdout


def test_a_required_target_that_is_missing_fails_the_run(sample: Path) -> None:
    ran = command_line(sample, "run", "--require", "here,elsewhere")
    assert ran.returncode == 1
    assert "elsewhere : cible requise mais absente : ailleurs n'existe pas" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "docs/nowhere.md"], "docs/nowhere.md : page absente du site"),
        (["run", "--target", "mars"], "cible « mars » inconnue"),
        (["run", "--require", "mars"], "cible « mars » inconnue"),
        (["report"], "aucune exécution enregistrée"),
        (["serve", "nothing"], "service « nothing » inconnu"),
        (["fly"], "fly"),
    ],
)
def test_misuse_gives_status_2_and_one_line(sample: Path, arguments: list[str], said: str) -> None:
    ran = command_line(sample, *arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pyproject.toml", "[tool.runbook]\ndeadline = 'soon'\n", "[tool.runbook] : "),
        ("pyproject.toml", "[tool", "TOML illisible"),
        ("pyproject.toml", "[tool.runbook.model]\nmanifests = ['/k8s/*.yaml']\n", "at `$.model.manifests[0]`"),
        ("pyproject.toml", "[tool.runbook.secrets]\nmanifests = ['k8s/**.yaml']\n", "at `$.secrets.manifests[0]`"),
        ("mkdocs.yml", "site_name: x\nplugins: [nowhere]\n", "greffon « nowhere » absent d'ici"),
        ("mkdocs.yml", "site_name: [x\n", "MkDocs refuse le site"),
    ],
)
def test_a_repository_that_cannot_be_read_gives_status_2_with_place_and_cause(
    sample: Path, name: str, text: str, said: str
) -> None:
    (sample / name).write_text(text, encoding="utf-8")
    ran = command_line(sample, "run")
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_where_the_site_cannot_be_read_the_check_tells_the_faults_of_its_files_first(sample: Path) -> None:
    with (sample / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.runbook.model]\ncompose = "compose.yaml"\n')
    (sample / "compose.yaml").write_text("services: [\n", encoding="utf-8")
    (sample / "mkdocs.yml").write_text("site_name: [x\n", encoding="utf-8")
    ran = command_line(sample, "check")
    places = [line.partition(" : ")[0] for line in ran.stdout.splitlines()]
    assert (ran.returncode, len(places), places[-1]) == (1, 2, "mkdocs.yml:1"), ran.stdout + ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_says_so(sample: Path, number: signal.Signals) -> None:
    page = sample / "docs" / "index.md"
    text = (
        '---\nexecution: {cible: here}\n---\n``` { .bash data-delai="60" }\ntouch started; tail -f /dev/null\n```\n\n'
    )
    page.write_text(text + '``` { .bash data-nettoyage="oui" }\ntouch cleaned\n```\n', encoding="utf-8")
    with begun(sample, "run") as process:
        while not (sample / "started").exists():
            assert process.poll() is None, process.communicate()
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrompu" in err
    assert (sample / "cleaned").exists()
    assert not [child for child in children if child.is_running()]


def test_step_by_step_without_a_terminal_is_misuse(sample: Path) -> None:
    ran = command_line(sample, "run", "docs/setup.md", "--step")
    assert ran.returncode == 2
    assert "--step demande un terminal" in ran.stderr
