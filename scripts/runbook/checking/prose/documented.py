"""Is everything that the repository offers said in some page: routes, variables, objects, scripts, verbs?"""

import importlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.whole import whole
from runbook.reading.content import Page

REMEDY = "en parler dans une page, ou le retirer"


def check_documented(pages: Iterable[Page], model: Model) -> Iterator[Finding]:
    """A finding at the place of each thing that no page names."""
    text = "\n".join(page.markdown for page in pages)
    yield from _routes(text, model)
    yield from _variables(text, model)
    yield from _compose_variables(text, model)
    yield from _objects(text, model)
    yield from _scripts(text, model)
    yield from _verbs(text, model)


def _routes(text: str, model: Model) -> Iterator[Finding]:
    for name, application in model.applications.items():
        for rule in application.routes:
            if not _named(rule, text) and not rule.startswith("/static/"):
                path, line = _place(model, name, rf"(?<![\w/]){re.escape(rule)}(?!\w|/)")
                yield Finding(
                    path, line, f"route « {rule} » de « {name} » qu'aucune page ne documente", REMEDY, "documented"
                )


def _variables(text: str, model: Model) -> Iterator[Finding]:
    for name, application in model.applications.items():
        for variable in application.variables:
            if not _named(variable, text):
                path, line = _place(model, name, rf"^\s*{variable.lower()}\s*:|\b{variable}\b")
                yield Finding(
                    path,
                    line,
                    f"variable « {variable} » de « {name} » qu'aucune page ne documente",
                    REMEDY,
                    "documented",
                )


def _compose_variables(text: str, model: Model) -> Iterator[Finding]:
    """What Compose takes from the terminal of the person who runs it."""
    path = model.settings.model.compose
    source = (model.root / path).read_text(encoding="utf-8") if path in model.files else ""
    for found in re.finditer(r"(?<!\$)\$\{(\w+)", source):
        if not _named(found[1], text):
            yield Finding(
                path,
                source.count("\n", 0, found.start()) + 1,
                f"variable « {found[1]} » de Compose qu'aucune page ne documente",
                REMEDY,
                "documented",
            )


def _objects(text: str, model: Model) -> Iterator[Finding]:
    for item in model.objects:
        if item.path not in model.settings.model.generated and not _named(item.name, text):
            line = item.line_of("name:", model.root)
            yield Finding(
                item.path, line, f"{item.kind} « {item.name} » qu'aucune page ne documente", REMEDY, "documented"
            )


def _scripts(text: str, model: Model) -> Iterator[Finding]:
    for name in sorted(model.files):
        if (
            posixpath.dirname(name) == model.settings.model.scripts
            and "." not in posixpath.basename(name)
            and not _named(name, text)
        ):
            yield Finding(name, 1, f"script « {name} » qu'aucune page ne documente", REMEDY, "documented")


def _verbs(text: str, model: Model) -> Iterator[Finding]:
    """The engine's own verbs, where the engine is a part of the repository."""
    module: Any = importlib.import_module("runbook.cli")
    path = Path(str(module.__file__)).resolve()
    if not path.is_relative_to(model.root.resolve()):
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    for verb in module.commands.commands:
        if not _named(f"runbook {verb}", text):
            line = next((number for number, source in enumerate(lines, 1) if f'"{verb}"' in source), 1)
            yield Finding(
                path.relative_to(model.root.resolve()).as_posix(),
                line,
                f"« runbook {verb} » qu'aucune page ne documente",
                REMEDY,
                "documented",
            )


def _named(name: str, text: str) -> bool:
    """Whether the text holds this name whole."""
    return whole(name, r"\w/-", r"(?![\w-]|/\w)").search(text) is not None


def _place(model: Model, application: str, wanted: str) -> tuple[str, int]:
    """The first line of the application's code that the expression `wanted` finds; its folder's first file otherwise."""
    folders = tuple(f"{folder}/" for folder in model.settings.model.applications[application].path)
    sources = [name for name in sorted(model.files) if name.endswith(".py") and name.startswith(folders)]
    pattern = re.compile(wanted)
    for name in sources:
        for number, line in enumerate((model.root / name).read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                return name, number
    return (sources[0] if sources else "pyproject.toml"), 1
