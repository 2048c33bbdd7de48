"""The repository's own scripts and workflows as blocks of commands, where the settings ask to judge them."""

import re
from collections.abc import Iterator

from runbook.reading.content import Block
from runbook.repository.model import Repository
from runbook.repository.yamlfile import items, mapping, read_documents

SHEBANG = re.compile(r"#!\s*/\S*\b(?:ba|da|k|z)?sh\b|#!\s*/usr/bin/env (?:ba)?sh\b")
SCRIPT = "script"  # the target of what runs here and is no page
EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


def shell_scripts(repository: Repository) -> list[str]:
    """The shell scripts under the folder that the settings name."""
    folder = repository.settings.model.scripts
    names = (name for name in sorted(repository.files) if folder and name.startswith(f"{folder}/"))
    return [name for name in names if "." not in name.rpartition("/")[2] and SHEBANG.match(repository.text(name)[:80])]


def workflow_files(repository: Repository) -> list[str]:
    """The workflows that the settings name."""
    found = (path for one in repository.settings.model.workflows for path in repository.root.glob(one))
    return sorted({path.relative_to(repository.root).as_posix() for path in found})


def command_blocks(repository: Repository) -> Iterator[tuple[Block, set[str]]]:
    """Each script, and each `run` of a workflow, as a block, with the variables that it is given."""
    for name in shell_scripts(repository):
        yield Block(page=name, line=0, title=None, code=repository.text(name), target=SCRIPT), set()
    for name in workflow_files(repository):
        for document in read_documents(repository.root / name, name)[0]:
            for job, told in mapping(document.at("jobs")).items():
                for index, step in enumerate(map(mapping, items(mapping(told).get("steps")))):
                    if isinstance(step.get("run"), str) and "working-directory" not in step:
                        line = document.line_of("jobs", job, "steps", index, "run")
                        code = EXPRESSION.sub("$GITHUB_EXPRESSION", step["run"])
                        start = line if "\n" in step["run"].rstrip("\n") else line - 1
                        given = {key for one in (document.value, told, step) for key in mapping(one.get("env"))}
                        yield Block(page=name, line=start, title=None, code=code, target=SCRIPT), given
