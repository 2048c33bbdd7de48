"""Do the repository's own shell scripts run programs, options, files, modules and verbs that exist?"""

import ast
import difflib
import posixpath
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

from runbook.checking.automation.script_names import options_of_usage, placeholders, unassigned
from runbook.checking.blocks.situation import Rule, Situation
from runbook.checking.blocks.words import UNKNOWN, Command, Shell
from runbook.checking.commands.files import ENVIRONMENTS, exists
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.reading.content import Block, Page
from runbook.reading.syntax import parse

# Right in a script, wrong in a page that a reader pastes; what depends on who runs it; URLs that it only prints.
OF_PAGES = frozenset(
    [
        "refused",
        "command_style",
        "destructive",
        "blocking",
        "durations",
        "empty_input",
        "environment",
        "url_answers",
        "urls",
    ]
)
GIVEN = dict.fromkeys(
    [
        "HOME",
        "PATH",
        "PWD",
        "USER",
        "SHELL",
        "LANG",
        "TMPDIR",
        "BASH_SOURCE",
        "RANDOM",
        "SECONDS",
        "LINENO",
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "@",
        "*",
        "#",
        "?",
        "!",
        "$",
        "-",
        "_",
    ],
    UNKNOWN,
)
PYTHON = re.compile(r"#!.*\bpython3?\b")
SHEBANG = re.compile(r"#!.*\b(?:ba|da)?sh\b")
ASSIGNED = re.compile(r"^\s*(?:local |readonly |export )?\w+=[\"']?((?:[\w.-]+/)+[\w.-]*)", re.MULTILINE)
NAMED = re.compile(r"(?<![\w./$}~@%{-])(?:[\w.-]+/)+[\w.-]*\w(?![\w$*{/])")
OWNER_ONLY = re.compile(r"\bumask 0?[0-7]77\b|\bchmod 0?[46]00\b|\binstall\b.*-m ?0?[46]00\b")
COMMENT = re.compile(r"(?m)^\s*#.*$|(?<=\s)# .*$")
INTERPRETER = re.compile(r"python3\.\d+")


def check_scripts(model: Model, resolve: Rule) -> Iterator[Finding]:
    """Every finding in the scripts of the folder that the settings name; `resolve` checks one command."""
    for name in sorted(model.files):
        if name.rpartition("/")[0] == model.settings.model.scripts and (model.root / name).is_file():
            text = (model.root / name).read_text(encoding="utf-8", errors="replace")
            if SHEBANG.match(text):
                yield from _script(name, text, model, resolve)
            elif PYTHON.match(text):
                yield from _status(name, text, model)


def _script(name: str, text: str, model: Model, resolve: Rule) -> Iterator[Finding]:
    if parse(text).has_error:
        said = _unreadable(name, model)
        if said is not None:
            yield Finding(
                name,
                said[0],
                f"bash ne lit pas ce script : {said[1]}",
                "fermer guillemets, parenthèses et blocs",
                "script_contents",
            )
            return
    block = Block(name, 0, None, text, "")
    page = Page(name, name, "", name, {}, text, tuple(range(1, text.count("\n") + 2)))
    situation = Situation(
        model, page, "", resolve, Shell({**GIVEN, **model.settings.env}), made={f"{model.settings.state}/"}
    )
    told = [finding for command in _commands(block, situation.shell) for finding in _judged(command, situation)]
    yield from told
    same = {(finding.line, finding.cause.split("»")[0]) for finding in told}
    yield from (
        finding
        for finding in unassigned(name, text, {*GIVEN, *model.settings.env})
        if (finding.line, finding.cause.split("»")[0]) not in same
    )
    yield from options_of_usage(name, text)
    if "/" in text and "$(<" in text:
        yield from placeholders(
            name,
            text,
            {
                path: (model.root / path).read_text(encoding="utf-8")
                for path in model.files
                if path.endswith((".example", ".template", ".in", ".tpl"))
            },
        )
    yield from _private(name, text, model)
    yield from _encoded(name, text, model)
    yield from _paths(name, text, situation)
    yield from _named(name, text, situation)


def _status(name: str, text: str, model: Model) -> Iterator[Finding]:
    """A Python script ends with the status that its main function gives."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield Finding(
            name, error.lineno or 1, f"Python ne lit pas ce script : {error.msg}", "corriger le code", "script_contents"
        )
        return
    sources = {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            called = node.value.func.id
            path = f"{model.settings.model.scripts}/{sources.get(called, '').replace('.', '/')}.py"
            given = (model.root / path).read_text(encoding="utf-8") if path in model.files else text
            if re.search(rf"^def {called}\(.*\) -> int:", given, re.MULTILINE):
                yield Finding(
                    name,
                    node.lineno,
                    f"« {called}() » rend un code de sortie, et ce script finit toujours par 0",
                    f"écrire sys.exit({called}())",
                    "script_contents",
                )


def _private(name: str, text: str, model: Model) -> Iterator[Finding]:
    """The file of a Secret, made from its example, is one that its owner alone can read."""
    code = COMMENT.sub("", text)
    for path in {
        item.path.removesuffix(".example") for item in model.of_kind("Secret") if item.path.endswith(".example")
    }:
        if re.search(rf"(?<![\w/]){re.escape(path)}(?![\w.])", code) and ">" in code and not OWNER_ONLY.search(code):
            line = next((number for number, row in enumerate(text.splitlines(), 1) if path in row), 1)
            yield Finding(
                name,
                line,
                f"« {path} », qui contient un secret, serait lisible par tous sur cette machine",
                "écrire umask 077 avant de le faire",
                "script_contents",
            )


def _encoded(name: str, text: str, model: Model) -> Iterator[Finding]:
    """What a script writes into the `data` of a Secret is in base64, which `stringData` is not."""
    code = COMMENT.sub("", text)
    for item in model.of_kind("Secret"):
        path = item.path.removesuffix(".example")
        if (
            item.path.endswith(".example")
            and item.at("data", default=None)
            and re.search(rf"(?<![\w/]){re.escape(path)}(?![\w.])", code)
            and "printf" in code
            and "base64" not in code
        ):
            line = next((number for number, row in enumerate(text.splitlines(), 1) if path in row), 1)
            yield Finding(
                name,
                line,
                f"« {path} » : les valeurs de data sont en base64, et ce script n'y met rien qui le soit",
                "passer la valeur par base64, ou employer stringData",
                "script_contents",
            )


def _commands(block: Block, shell: Shell) -> Iterator[Command]:
    """The commands of a script; a call of one of its functions gives those of the function, with the arguments of the call."""
    for command in shell.read(block):
        called = shell.called(command) if command.name in shell.functions else [command]
        yield from (inner for inner in called if inner.name not in shell.functions)


def _judged(command: Command, situation: Situation) -> Iterator[Finding]:
    folder, program = posixpath.split(command.name)
    if (
        UNKNOWN in folder and UNKNOWN not in program and posixpath.basename(folder) == "bin"
    ):  # of an environment that the script makes
        command = replace(command, words=(replace(command.words[0], text=program), *command.arguments))
    if UNKNOWN in command.name or INTERPRETER.fullmatch(command.name):
        return
    if command.name == "cd" and any(UNKNOWN in word.text for word in command.arguments):
        situation.cwd = "."  # scripts go where the repository is, wherever they are called from
        return
    situation.made.update(f"{folder}/" for folder in ENVIRONMENTS)  # removed and made again as the script finds them
    for found in situation.resolve(command, situation):
        unknown_tool = found.rule == "commands" and "vouliez" not in found.remedy  # a tool that only developers have
        if found.rule not in OF_PAGES and not unknown_tool:
            yield replace(found, remedy=found.remedy.replace("dans un bloc précédent", "plus haut dans le script"))


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
        if path.startswith(model.settings.state) or path.split("/")[0] in ENVIRONMENTS:
            continue
        near = nearest(path, model.files | model.folders)
        if near.startswith("vouliez"):
            yield Finding(
                name,
                text.count("\n", 0, found.start(1)) + 1,
                f"« {path} » n'est pas dans le dépôt",
                near,
                "script_contents",
            )


def _named(name: str, text: str, situation: Situation) -> Iterator[Finding]:
    """A path anywhere in a script that is nowhere, and a slip away from one that is there or in the built site."""
    model = situation.model
    folders = model.site_folders
    pages = {_page(path, folders) for path in model.files if path.startswith(f"{folders['docs_dir']}/")}
    code = COMMENT.sub(lambda found: " " * len(found[0]), text)
    for found in NAMED.finditer(code):
        path = found[0]
        top = path.partition("/")[0]
        known = (
            pages
            if top == folders["site_dir"]
            else model.files | model.folders
            if top in model.folders
            else frozenset()
        )
        if not known or path in known or any(other.startswith(f"{path}/") for other in known):
            continue
        made = top != folders["site_dir"] and exists(path, situation)
        close = difflib.get_close_matches(path, known, n=1, cutoff=0.9)
        if close and not made:
            yield Finding(
                name,
                text.count("\n", 0, found.start()) + 1,
                f"« {path} » n'est pas dans le dépôt",
                f"vouliez-vous dire « {close[0]} » ?",
                "script_contents",
            )


def _page(path: str, folders: dict[str, str]) -> str:
    """Where a page or a file of the documentation stands in the built site."""
    inner = path.removeprefix(f"{folders['docs_dir']}/")
    address = re.sub(
        r"(?:(^|/)index|(?<=\w))\.md$",
        lambda found: f"{found[1] or ''}index.html" if found[1] is not None else "/index.html",
        inner,
    )
    return f"{folders['site_dir']}/{address}"


def _unreadable(name: str, model: Model) -> tuple[int, str] | None:
    """Line and words of bash's own complaint, asked only where the grammar doubts."""
    ran = subprocess.run(
        ["bash", "-n", name], cwd=model.root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if ran.returncode == 0:
        return None
    found = re.search(r"(?:line|ligne) (\d+)\s?: (.*)", ran.stderr)
    return (int(found[1]), found[2]) if found else (1, ran.stderr.strip().split("\n")[0])
