"""Do the repository's own shell scripts run programs, options, files, modules and verbs that exist?"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

from runbook.checking.commands.files import exists
from runbook.checking.finding import Finding, nearest
from runbook.checking.model import Model
from runbook.checking.situation import Rule, Situation
from runbook.checking.words import UNKNOWN, Command, Shell
from runbook.reading.content import Block, Page
from runbook.reading.syntax import parse

# Right in a script, wrong in a page that a reader pastes; what depends on who runs it; URLs that it only prints.
OF_PAGES = frozenset(["refused", "command_style", "destructive", "blocking", "empty_input", "environment", "url_answers", "urls"])
GIVEN = dict.fromkeys(["HOME", "PATH", "PWD", "USER", "SHELL", "LANG", "TMPDIR", "BASH_SOURCE", "RANDOM", "SECONDS", "LINENO", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "@", "*", "#", "?", "!", "$", "-", "_"], UNKNOWN)
SHEBANG = re.compile(r"#!.*\b(?:ba|da)?sh\b")
FUNCTION = re.compile(r"^(\w+)\(\)\s*\{(.*?)^\}", re.MULTILINE | re.DOTALL)
RUNS_ITS_WORDS = re.compile(r'(?:^|;|&&|\|\|)\s*"\$\{?@(?::(\d+)\})?"?', re.MULTILINE)
ASSIGNED = re.compile(r"^\s*(?:local |readonly |export )?\w+=[\"']?((?:[\w.-]+/)+[\w.-]*)", re.MULTILINE)
INTERPRETER = re.compile(r"python3\.\d+")


def check_scripts(model: Model, resolve: Rule) -> Iterator[Finding]:
    """Every finding in the scripts of the folder that the settings name; `resolve` checks one command."""
    for name in sorted(model.files):
        if name.rpartition("/")[0] == model.settings.model.scripts and (model.root / name).is_file():
            text = (model.root / name).read_text(encoding="utf-8", errors="replace")
            if SHEBANG.match(text):
                yield from _script(name, text, model, resolve)


def _script(name: str, text: str, model: Model, resolve: Rule) -> Iterator[Finding]:
    if parse(text).has_error:
        said = _unreadable(name, model)
        if said is not None:
            yield Finding(name, said[0], f"bash ne lit pas ce script : {said[1]}", "fermer guillemets, parenthèses et blocs", "script_contents")
            return
    block = Block(name, 0, None, text, "")
    page = Page(name, name, "", name, {}, text, tuple(range(1, text.count("\n") + 2)))
    situation = Situation(model, page, "", resolve, Shell({**GIVEN, **model.settings.env}), made={f"{model.settings.state}/"})
    runners = {found[1]: first for found in FUNCTION.finditer(text) for first in [_first_word_run(found[2])] if first is not None}
    for command in situation.shell.read(block):
        if command.name not in situation.shell.functions:
            yield from _judged(command, situation)
        elif command.name in runners and len(command.arguments) >= runners[command.name]:
            yield from _judged(replace(command, words=command.arguments[runners[command.name] - 1 :]), situation)
    yield from _paths(name, text, situation)


def _judged(command: Command, situation: Situation) -> Iterator[Finding]:
    if UNKNOWN in command.name or INTERPRETER.fullmatch(command.name):
        return
    if command.name == "cd" and any(UNKNOWN in word.text for word in command.arguments):
        situation.cwd = "."  # scripts go where the repository is, wherever they are called from
        return
    for found in situation.resolve(command, situation):
        unknown_tool = found.rule == "commands" and "vouliez" not in found.remedy  # a tool that only developers have
        if found.rule not in OF_PAGES and not unknown_tool:
            yield replace(found, remedy=found.remedy.replace("dans un bloc précédent", "plus haut dans le script"))


def _first_word_run(body: str) -> int | None:
    """From which of its arguments on a function runs a command: 1 for `"$@"`, 2 for `"${@:2}"`."""
    found = RUNS_ITS_WORDS.search(body)
    return int(found[1] or 1) if found else None


def _paths(name: str, text: str, situation: Situation) -> Iterator[Finding]:
    """A path kept in a variable that is not in the repository, although its folder, or one with a near name, is."""
    model = situation.model
    for found in ASSIGNED.finditer(text):
        path = found[1].rstrip("/")
        follows = text[found.end() : found.end() + 1]
        if follows == "$" or exists(path, situation):  # a part only, or there
            path = path.rpartition("/")[0] if follows == "$" and not found[1].endswith("/") else path
            if exists(path, situation):
                continue
        if path.startswith(model.settings.state) or path.split("/")[0] in (".venv", "venv"):
            continue
        near = nearest(path, model.files | model.folders)
        if near.startswith("vouliez"):
            yield Finding(name, text.count("\n", 0, found.start(1)) + 1, f"« {path} » n'est pas dans le dépôt", near, "script_contents")


def _unreadable(name: str, model: Model) -> tuple[int, str] | None:
    """Line and words of bash's own complaint, asked only where the grammar doubts."""
    ran = subprocess.run(["bash", "-n", name], cwd=model.root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if ran.returncode == 0:
        return None
    found = re.search(r"(?:line|ligne) (\d+)\s?: (.*)", ran.stderr)
    return (int(found[1]), found[2]) if found else (1, ran.stderr.strip().split("\n")[0])
