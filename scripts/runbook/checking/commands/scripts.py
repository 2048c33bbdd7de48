"""The repository's own scripts: executable, and called as their own text says."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.files import place
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
VERB = re.compile(r"add_parser\(\s*[\"']([\w-]+)[\"']")
LITERAL = re.compile(r"[\"']([a-z][\w-]*)[\"']")
IMPORTED = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """What a script's text says: the options it mentions, and how it is called if it has a usage line.

    `valued` are the options that the usage shows with a value, and the values that it may list in lower
    case (`a,b` several, `a|b` one of them); `choices` are the values of the first argument where the usage or the parser lists them; `least` and
    `most` count arguments, `most` is None without limit or without usage line.
    """

    options: frozenset[str]
    valued: dict[str, frozenset[str]]
    choices: frozenset[str]
    least: int
    most: int | None


def script(command: Command, situation: Situation) -> Iterator[Finding]:
    """Executable, options that it mentions, as many arguments as its usage says."""
    path = place(command.name, situation)
    if path is None:
        return
    full = situation.model.root / path
    if path in situation.model.settings.model.generated or not full.is_file():
        return
    if not os.access(full, os.X_OK):
        yield finding(
            command,
            "scripts",
            f"« {path} » n'est pas exécutable",
            f"« chmod +x {path} », ou le lancer par son interpréteur",
            command.words[0],
        )
    described = read_script(situation.model, path)
    values: list[Word] = []
    previous = ""
    for word in command.arguments:
        before, previous = previous, word.text
        if before in described.valued:
            yield from _listed(command, path, before, word, word.text, described)
            continue
        if re.match(r"--?[a-zA-Z]", word.text):
            name = word.text.split("=")[0]
            if UNKNOWN not in name and name not in described.options:
                yield finding(
                    command,
                    "scripts",
                    f"option « {name} » inconnue de « {path} »",
                    nearest(name, described.options),
                    word,
                )
            elif "=" in word.text:
                yield from _listed(command, path, name, word, word.text.partition("=")[2], described)
        else:
            values.append(word)
    yield from _arguments(command, path, described, values)


def _listed(command: Command, path: str, option: str, word: Word, value: str, described: Script) -> Iterator[Finding]:
    known = described.valued.get(option, frozenset())
    for item in value.split(",") if known else []:
        if UNKNOWN not in item and item not in known:
            yield finding(
                command, "scripts", f"« {option} » de « {path} » ne connaît pas « {item} »", nearest(item, known), word
            )


def _arguments(command: Command, path: str, described: Script, values: list[Word]) -> Iterator[Finding]:
    for word in values[:1]:
        if described.choices and word.known and word.text not in described.choices:
            yield finding(
                command,
                "scripts",
                f"« {path} » n'a pas de « {word.text} »",
                nearest(word.text, described.choices),
                word,
            )
    if len(values) < described.least:
        yield finding(
            command,
            "scripts",
            f"« {path} » attend {described.least} argument(s), {len(values)} donné(s)",
            "voir sa ligne « usage »",
        )
    elif described.most is not None and len(values) > described.most:
        yield finding(
            command,
            "scripts",
            f"« {path} » ne prend pas l'argument « {values[described.most].text} »",
            "voir sa ligne « usage »",
            values[described.most],
        )


def read_script(model: Model, path: str) -> Script:
    """What the script says of itself; a Python script speaks also through the package beside it that it imports."""
    text = (model.root / path).read_text(encoding="utf-8", errors="replace")
    texts = [text]
    folder = Path(path).parent
    for module in IMPORTED.findall(text) if "python" in text.split("\n", 1)[0] else []:
        package = (folder / module).as_posix()
        texts += _sources(model, package)
    options, choices = _options_and_choices(texts)
    usage = re.search(rf"usage ?:\s*(?:\S*/)?{re.escape(Path(path).name)}(?=[\s\"'.])([^\n\"'.]*(?:\.\.\.)?)", text)
    if choices or usage is None:
        return Script(options, {}, choices, 1 if choices else 0, None)
    return _from_usage(usage[1], options)


def read_package(model: Model, folder: str) -> Script:
    """What a package of the repository that Python can run says of itself."""
    options, choices = _options_and_choices(_sources(model, folder))
    return Script(options, {}, choices, 1 if choices else 0, None)


def _sources(model: Model, folder: str) -> list[str]:
    return [
        (model.root / name).read_text(encoding="utf-8")
        for name in sorted(model.files)
        if name.startswith(f"{folder}/") and name.endswith(".py")
    ]


def _options_and_choices(texts: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    options = frozenset(name for part in texts for name in OPTION.findall(part)) | {"-h", "--help"}
    choices = frozenset(name for part in texts for name in VERB.findall(part))
    if not choices and any("add_subparsers(" in part for part in texts):  # the verbs come from a table
        choices = frozenset(name for part in texts for name in LITERAL.findall(part))
    return options, choices


def _from_usage(text: str, options: frozenset[str]) -> Script:
    """`PLACE a|b [--option value] [NAME] NAME...`, up to two blanks, which start a comment."""
    synopsis = re.split(r"\s{2,}", text.strip())[0]
    optional = re.findall(r"\[([^\]]*)\]", synopsis)
    required = [word for word in re.sub(r"\[[^\]]*\]", " ", synopsis).split() if not word.startswith("-")]
    more = sum(1 for item in optional if item and not item.startswith("-"))
    valued = {
        item.split()[0]: frozenset(re.split(r"[,|]", item.split()[1]))
        if re.fullmatch(r"[a-z][\w-]*([,|][\w-]+)+", item.split()[1])
        else frozenset()
        for item in optional
        if item.startswith("-") and len(item.split()) > 1
    }
    first = required[0] if required else ""
    choices = frozenset(first.split("|")) if re.fullmatch(r"[\w-]+(\|[\w-]+)+", first) else frozenset()
    endless = "..." in synopsis or "…" in synopsis
    return Script(options, valued, choices, len(required), None if endless else len(required) + more)
