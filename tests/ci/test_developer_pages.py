"""Do the pages for developers say what the pipeline, the scripts and the engine do?"""

import re

import click

from runbook.cli import EXIT_INTERRUPTED, EXIT_MISUSE, VERBS, commands
from runbook.outcome import Outcome
from runbook.reading.blocks import ATTRIBUTES
from runbook.reading.languages import BASH, OTHERS, SESSIONS
from runbook.settings import load

from .conftest import ROOT

CI = (ROOT / "docs/integration-continue.md").read_text(encoding="utf-8")
AUTHOR = (ROOT / "docs/ecrire-une-page.md").read_text(encoding="utf-8")


def section(page, anchor):
    return re.search(rf"^##+ .*{{ #{anchor}\b[^}}]*}}\n(.*?)(?=^##+ |\Z)", page, re.MULTILINE | re.DOTALL).group(1)


def first_cells(text):
    rows = re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
    return rows[1:]


def test_every_job_of_the_pipeline_is_explained(jobs):
    assert first_cells(section(CI, "controles")) == [job["name"] for job in jobs.values()]


def test_every_step_of_the_tests_is_explained():
    steps = re.findall(r'^(?:step|beside) "([^"]+)"', (ROOT / "scripts/test").read_text(encoding="utf-8"), re.MULTILINE)

    assert first_cells(section(CI, "etapes")) == steps


def test_every_command_that_a_job_is_said_to_run_is_one_of_its_own(jobs):
    said = dict(re.findall(r"^\| ([\w ]+?) \|[^|]+\| (.*?) \|", section(CI, "controles"), re.MULTILINE))

    for job in jobs.values():
        runs = "\n".join(step.get("run", "") for step in job["steps"])
        named = [span for span in re.findall(r"`([^`]+)`", said[job["name"]]) if " " in span or "/" in span]
        assert [span for span in named if span not in runs] == []


def test_every_command_of_the_engine_is_explained():
    assert {cell.strip("`").removeprefix("runbook ") for cell in first_cells(section(CI, "moteur"))} == set(VERBS)


def test_every_option_of_the_engine_is_explained():
    verbs = [commands, *(commands.get_command(click.Context(commands), name) for name in VERBS)]
    options = {name for verb in verbs for one in verb.params for name in one.opts if name.startswith("--")}

    assert [name for name in sorted(options) if f"`{name}" not in section(CI, "options")] == []


def test_every_outcome_is_explained():
    explained = " ".join(first_cells(section(CI, "lire-un-echec")))

    assert [outcome for outcome in Outcome if f"`{outcome}`" not in explained] == []


def test_the_exit_statuses_are_those_of_the_engine():
    assert first_cells(section(CI, "codes-de-sortie")) == ["0", "1", str(EXIT_MISUSE), str(EXIT_INTERRUPTED)]


def test_every_attribute_is_in_the_reference():
    assert [cell.strip("`") for cell in first_cells(section(AUTHOR, "attributs"))] == list(ATTRIBUTES)


def test_the_deadline_of_a_block_is_the_one_of_the_settings():
    deadline = f"{load(ROOT).deadline:g}"

    assert f"un bloc a {deadline} secondes pour finir" in AUTHOR
    assert f"au lieu de {deadline}" in section(AUTHOR, "attributs")


def test_every_language_of_a_shell_is_in_the_reference():
    named = re.findall(r"`([\w-]+)`", " ".join(first_cells(section(AUTHOR, "langages"))))

    assert named == f"{BASH} {SESSIONS} {OTHERS}".split()
