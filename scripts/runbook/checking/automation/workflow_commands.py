"""Would the commands of a workflow run: programs, scripts, options, files, and what one job hands to another?"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runbook.checking.blocks.environment import TERMINAL
from runbook.checking.blocks.situation import Rule, Situation
from runbook.checking.blocks.words import UNKNOWN, Shell
from runbook.checking.commands.files import ENVIRONMENTS, makes
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import line_of
from runbook.reading.content import Block, Page

RULE = "workflow_commands"
GIVEN = (
    *(
        "CI",
        "RUNNER_TEMP",
        "RUNNER_OS",
        "GITHUB_ACTOR",
        "GITHUB_REF",
        "GITHUB_REF_NAME",
        "GITHUB_REPOSITORY",
        "GITHUB_REPOSITORY_OWNER",
        "GITHUB_RUN_ID",
    ),
    *(
        "GITHUB_RUN_NUMBER",
        "GITHUB_SHA",
        "GITHUB_SERVER_URL",
        "GITHUB_EVENT_NAME",
        "GITHUB_WORKSPACE",
        "GITHUB_ENV",
        "GITHUB_OUTPUT",
        "GITHUB_PATH",
        "GITHUB_STEP_SUMMARY",
    ),
)
OF_READERS = ("command_style", "destructive", "blocking", "durations")  # what only matters to somebody who reads a page


def commands(model: Model, path: str, job: str, workflow: dict[str, Any], resolve: Rule) -> Iterator[Finding]:
    """Every command of one job, in the order of its steps."""
    described = workflow["jobs"][job]
    target = next(iter(model.settings.targets), "")
    variables = {**dict.fromkeys((*TERMINAL, *GIVEN), UNKNOWN), **_given(workflow), **_given(described)}
    situation = Situation(model, Page(path, path, path, job, {}, "", ()), target, resolve, Shell(dict(variables)))
    installed = [program.name for program in Path(sys.executable).parent.iterdir()]
    situation.made |= {f"{folder}/bin/{program}" for folder in ENVIRONMENTS for program in installed}
    for index, step in enumerate(described.get("steps") or []):
        if not isinstance(step, dict):
            continue
        where = ("jobs", job, "steps", index)
        if "/download-artifact@" in str(step.get("uses", "")):
            yield from _downloaded(model, path, where, step, described, workflow, situation)
        if not isinstance(step.get("run"), str):
            continue
        situation.shell = Shell({**variables, **_given(step)})
        situation.cwd = str(step.get("working-directory", "."))
        first = _first_line(model, path, where)
        block = Block(
            page=path,
            line=first - 1,
            title=None,
            code=re.sub(r"^(\s*)sudo (?=\w)", r"\1", step["run"].rstrip("\n"), flags=re.MULTILINE),
            target=target,
        )
        for command in situation.shell.read(block):
            yield from (found for found in resolve(command, situation) if found.rule not in OF_READERS)


def _given(described: dict[str, Any]) -> dict[str, str]:
    return {
        str(name): UNKNOWN if "${{" in str(value) else str(value)
        for name, value in (described.get("env") or {}).items()
    }


def _downloaded(
    model: Model,
    path: str,
    where: tuple[str | int, ...],
    step: dict[str, Any],
    job: dict[str, Any],
    workflow: dict[str, Any],
    situation: Situation,
) -> Iterator[Finding]:
    """An artifact that a job before hands over brings its files."""
    needs = job.get("needs") or []
    before = [workflow["jobs"].get(name) or {} for name in ([needs] if isinstance(needs, str) else needs)]
    given = {
        str((sent.get("with") or {}).get("name", "artifact")): str((sent.get("with") or {}).get("path", ""))
        for other in before
        for sent in other.get("steps") or []
        if isinstance(sent, dict) and "/upload-artifact@" in str(sent.get("uses", ""))
    }
    name = (step.get("with") or {}).get("name")
    if "${{ needs." in str(name):  # known when the other job has ended
        name = None
    if name is not None and str(name) not in given:
        yield Finding(
            path,
            line_of(model.root / path, None, (*where, "with", "name")),
            f"artefact « {name} » qu'aucun job attendu ne confie",
            nearest(str(name), given),
            RULE,
        )
    for artifact, files in given.items():
        if name is None or str(name) == artifact:
            for file in files.split():
                makes(file, situation)


def _first_line(model: Model, path: str, where: tuple[str | int, ...]) -> int:
    """The line of the first command: that of `run`, or the next where its text is a block."""
    line = line_of(model.root / path, None, (*where, "run"))
    text = (model.root / path).read_text(encoding="utf-8").splitlines()[line - 1]
    return line + 1 if re.search(r"run:\s*[|>][+-]?\s*(#.*)?$", text) else line
