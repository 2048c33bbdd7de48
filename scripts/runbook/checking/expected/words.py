"""Can the block's commands print the lines and the words of its expected result, as far as the repository and their vocabulary tell?"""

import re
from collections.abc import Iterator
from pathlib import Path

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.commands import printed
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.expected.state import form_of, option_values
from runbook.checking.expected.vocabulary import Spoken, Vocabulary
from runbook.checking.finding import Finding, nearest
from runbook.matching import expect
from runbook.reading.content import Block

RUN = re.compile(rf"[^\W\d_]+|{UNKNOWN}")
# They print nothing, or only what they are given.
QUIET = frozenset(
    [
        "",
        ":",
        "[",
        "[[",
        "cd",
        "chmod",
        "cp",
        "declare",
        "exit",
        "export",
        "false",
        "ln",
        "local",
        "mkdir",
        "mktemp",
        "mv",
        "popd",
        "pushd",
        "read",
        "return",
        "rm",
        "set",
        "shift",
        "sleep",
        "source",
        "test",
        "touch",
        "trap",
        "true",
        "unset",
        "wait",
    ]
)
THROUGH = frozenset(["cat", "column", "egrep", "grep", "head", "less", "sort", "tac", "tail", "tee", "uniq"])
SPEAKS = frozenset(["echo", "printf", "wc"])  # their own words, or a number
PRINTS_ITS_WORDS = frozenset(["curl", "docker", "git", "gunicorn", "kind", "kubectl"])
# Options with which a command prints something else than its lines.
OTHER_OUTPUT = ("-o", "--output", "--template")
OTHER_FORMS = {
    "kubectl set env": ("--list",),
    "kubectl rollout history": ("--revision",),
    "kubectl run": ("-i", "--stdin", "-it", "-ti", "--attach", "--rm"),
    "kubectl label": ("--list",),
    "kubectl annotate": ("--list",),
}
REFUSED = ("Error from server", "The connection", "Unable to connect", "No resources")
RUNS_CODE = (
    "kubectl exec",
    "kubectl logs",
    "kubectl attach",
    "kubectl run",
    "docker logs",
    "docker exec",
    "docker run",
    "docker compose logs",
    "docker compose exec",
    "docker compose run",
    "docker compose up",
)


def expected_words(block: Block, commands: list[Command], vocabulary: Vocabulary, said: str) -> Iterator[Finding]:
    """Lines of commands whose every line is known, then the words of all."""
    if block.expected is None:
        return
    rows = block.expected.text.split("\n")
    start = block.expected.line
    templates = _templates(commands)
    refusals = printed.lines("kubectl *") if any(command.name == "kubectl" for command in commands) else ()
    wrong = set()
    for index, row in enumerate(rows if block.expected.kind is expect.Kind.TEXT else []):
        text = row.strip()
        possible = templates or (refusals if text.startswith(REFUSED) else ())
        if possible and text not in ("", UNKNOWN) and not any(_holds(template, text) for template in possible):
            wrong.add(index)
            remedy = _remedy(text, list(possible))
            yield Finding(
                block.page,
                start + index,
                f"résultat attendu : la commande n'écrit pas « {text} »",
                remedy,
                "expected_words",
            )
    spoken = _spoken(commands, vocabulary, said)
    if spoken is None:
        return
    for index, row in enumerate(rows):
        if index not in wrong and row.strip() != UNKNOWN:
            yield from (
                Finding(
                    block.page,
                    start + index,
                    f"résultat attendu : « {word} », que rien n'affiche",
                    f"vouliez-vous dire « {near} » ?",
                    "expected_words",
                )
                for word, near in _strange(row, spoken)
            )


def _holds(template: printed.Template, text: str) -> bool:
    if not template.holds(text):
        return False
    kind = re.match(r"([a-z]+)(?:\.[a-z0-9.-]+)?[/ ]", text)
    return not template.text.startswith(("<object>", "<kind>")) or kind is None or kind[1] in kubectl_tables.kinds()


def _remedy(text: str, templates: list[printed.Template]) -> str:
    """The nearest line, with the names that the text has in its holes."""
    plain = [
        template.text
        for template in templates
        if template.text.startswith((*REFUSED, "error", "Warning")) is text.startswith(REFUSED)
    ]
    rest = text.partition(" ")[2] if "<object>" in " ".join(plain) else text
    lines = {line.removeprefix("<object> "): line for line in plain}
    hint = nearest(rest, lines)
    return hint.replace("noms connus :", "elle écrit :") if hint else "reprendre ce que la commande affiche"


def _templates(commands: list[Command]) -> list[printed.Template]:
    """All that the block prints, none if one of its commands prints what is not known."""
    found: list[printed.Template] = []
    for command in commands:
        if command.captured or command.name in QUIET or (command.name in THROUGH and command.piped):
            continue
        form = form_of(command)
        given = [word.text.split("=")[0] for word in command.arguments]
        if (
            command.name != "kubectl"
            or not printed.lines(form)
            or _goes_on(command)
            or option_values(command, *OTHER_OUTPUT)
            or any(option in given for option in OTHER_FORMS.get(form, ()))
        ):
            return []
        found += printed.lines(form)
    return [*found, *printed.lines("kubectl *")] if found else []


def _goes_on(command: Command) -> bool:
    return any(operator in (">", ">>", "&>") for operator, _ in command.redirects)


def _spoken(commands: list[Command], vocabulary: Vocabulary, said: str) -> Spoken | None:
    """What the block's commands can print; None where one of them can print anything."""
    forms: list[str] = []
    code: set[str] = set()
    files = vocabulary.model.files
    for command in commands:
        name = command.name
        if name in QUIET or name in SPEAKS:
            continue
        if name in THROUGH:
            if not command.piped:
                named = [word.text for word in command.arguments if word.text in files]
                if not named:
                    return None
                code.update(named)
            continue
        if name in files:
            code.update(_of_script(name, vocabulary))
        elif name.rpartition("/")[2] == "runbook":
            own = _own_reports(vocabulary)
            if not own:
                return None
            code.update(
                (*own, *{page for page in vocabulary.model.files if page.endswith(".md")})
            )  # it quotes the pages
        elif name in PRINTS_ITS_WORDS and not _elsewhere(command):
            forms += [form_of(command)]
            if name == "curl" or forms[-1] in RUNS_CODE:
                code.update(vocabulary.code)
                code.update(_typed_paths(said, vocabulary))  # code that the page took into a container
                forms += ["gunicorn"]
        else:
            return None
    return Spoken(vocabulary, forms, tuple(sorted(code)), said) if forms or code else None


def _own_reports(vocabulary: Vocabulary) -> list[str]:
    """The files of this engine, where it is a part of the repository, that hold what it says to people."""
    package = Path(__file__).resolve().parents[2]
    root = vocabulary.model.root.resolve()
    if not package.is_relative_to(root):
        return []
    folder = package.relative_to(root).as_posix()
    return [
        f"{folder}/{name}"
        for name in ("matching", "reporting", "running", "verbs", "plan.py", "errors.py", "settings.py")
    ]


def _typed_paths(said: str, vocabulary: Vocabulary) -> set[str]:
    paths = {path.strip("/").removeprefix("./") for path in re.split(r"[\s=:,]+", said) if "/" in path}
    return {path for path in paths if path in vocabulary.model.files or path in vocabulary.model.folders}


def _elsewhere(command: Command) -> bool:
    """A call of another host, whose answer nothing here tells."""
    return command.name == "curl" and any(
        "://" in word.text and "//localhost" not in word.text and "//127.0.0.1" not in word.text
        for word in command.arguments
    )


def _of_script(path: str, vocabulary: Vocabulary) -> list[str]:
    """A script, and the packages beside it that it names."""
    root, files = vocabulary.model.root, vocabulary.model.files
    text = (root / path).read_text(encoding="utf-8", errors="replace")
    folder = path.rpartition("/")[0]
    packages = {
        name.split("/")[1] for name in files if folder and name.startswith(f"{folder}/") and name.count("/") == 2
    }
    named = [f"{folder}/{name}" for name in packages if re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w-])", text)]
    beside = [
        f"{folder}/{other}"
        for other in {Path(name).name for name in files if name.rpartition("/")[0] == folder}
        if f"{folder}/{other}" in text
    ]
    return [path, *named, *beside]


def _strange(row: str, spoken: Spoken) -> Iterator[tuple[str, str]]:
    """Each word of the row that nothing prints, with the one that it was meant to be."""
    pieces = [*RUN.finditer(row)]
    for index, piece in enumerate(pieces):
        word = piece[0]
        if len(word) < 4 or word == UNKNOWN:
            continue
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        cut_before = before is not None and before[0] == UNKNOWN and before.end() == piece.start()
        cut_after = after is not None and after[0] == UNKNOWN and after.start() == piece.end()
        if not spoken.knows(word) and not (
            (cut_before or cut_after) and spoken.knows_part(word, starts=not cut_before, ends=not cut_after)
        ):
            near = spoken.near(word)
            if near is not None:
                yield word, near
