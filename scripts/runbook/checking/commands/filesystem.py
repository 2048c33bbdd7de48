"""Programs that make, move and remove files: what they need exists, what they make is remembered."""

import posixpath
import re
from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import Command, Word
from runbook.checking.commands.files import can_be_written, exists, makes, must_exist, place
from runbook.checking.commands.filter_options import OPTIONS
from runbook.checking.commands.options import Usage, read_options
from runbook.checking.finding import Finding


def _read(command: Command, least: int, what: str) -> tuple[Usage, list[Finding]]:
    usage = read_options(command, command.arguments, OPTIONS[command.name], command.name)
    found = list(usage.findings)
    if len(usage.operands) < least and not found and not usage.has("--help", "--version"):
        found.append(finding(command, "filesystem", f"{command.name} sans {what}", "le nommer"))
    return usage, found


def existing(command: Command, situation: Situation) -> Iterator[Finding]:
    """`ls`, `stat`, `du`, `chmod`…: what they name exists."""
    usage, found = _read(command, 1 if command.name in ("stat", "file") else 0, "fichier")
    yield from found
    for word in usage.operands:
        yield from must_exist(command, word, situation)


def chmod(command: Command, situation: Situation) -> Iterator[Finding]:
    """A mode, then files that exist."""
    words = tuple(word for word in command.arguments if not re.match(r"-[rwxXst]", word.text))
    usage = read_options(command, words, OPTIONS["chmod"], "chmod")
    yield from usage.findings
    removing = len(words) < len(command.arguments)
    files = usage.operands if removing or usage.values("--reference") else usage.operands[1:]
    if not files:
        yield finding(command, "filesystem", "chmod sans fichier", "écrire le mode, puis le fichier")
    for word in usage.operands[: len(usage.operands) - len(files)]:
        if word.known and not re.fullmatch(
            r"[0-7]{3,4}|[ugoa]*[-+=][rwxXstugo]*(,[ugoa]*[-+=][rwxXstugo]*)*", word.text
        ):
            yield finding(
                command, "filesystem", f"mode « {word.text} » illisible", "écrire par exemple 600 ou u+x", word
            )
    for word in files:
        yield from must_exist(command, word, situation)


def touch(command: Command, situation: Situation) -> Iterator[Finding]:
    """Makes files in folders that exist."""
    usage, found = _read(command, 1, "fichier")
    yield from found
    for word in usage.operands:
        yield from can_be_written(command, word, situation)


def mkdir(command: Command, situation: Situation) -> Iterator[Finding]:
    """Makes folders; without `-p`, the parent exists."""
    usage, found = _read(command, 1, "dossier")
    yield from found
    for word in usage.operands:
        if usage.has("--parents"):
            path = place(word.text, situation)
            while path and path not in (".", "/"):
                situation.made.add(path)
                path = posixpath.dirname(path)
        else:
            yield from can_be_written(command, word, situation)


def mktemp(command: Command, _: Situation) -> Iterator[Finding]:
    """A name that only running can tell."""
    usage, found = _read(command, 0, "")
    yield from found
    for word in usage.operands:
        if word.known and "XXX" not in word.text:
            yield finding(command, "filesystem", f"modèle « {word.text} » sans XXX", "finir le modèle par XXXXXX", word)


def copy(command: Command, situation: Situation) -> Iterator[Finding]:
    """`cp`, `mv`, `ln`: the sources exist, the last operand is made, and `mv` takes the source away."""
    usage, found = _read(
        command,
        1 if OPTIONS[command.name] and "-t" in [word.text for word in command.arguments] else 2,
        "source ou sans destination",
    )
    yield from found
    sources, targets = list(usage.operands[:-1]), list(usage.operands[-1:])
    if usage.values("--target-directory"):
        sources, targets = [*sources, *targets], usage.values("--target-directory")
    for word in sources:
        if command.name != "ln":
            yield from must_exist(command, word, situation)
    for word in targets if sources else []:
        yield from _made(command, sources, word, situation)


def _made(command: Command, sources: list[Word], target: Word, situation: Situation) -> Iterator[Finding]:
    path = place(target.text, situation)
    model = situation.model
    if (path is not None and (path in model.folders or target.text.endswith("/"))) or (
        path is not None and f"{path}/" in situation.made
    ):
        yield from must_exist(command, target, situation)
        for word in sources:
            makes(f"{target.text}/{posixpath.basename(word.text.rstrip('/'))}", situation)
    else:
        yield from can_be_written(command, target, situation)
        for word in sources:
            source = place(word.text, situation)
            if source is not None and (source in model.folders or f"{source}/" in situation.made):
                makes(target.text, situation, tree=True)
    if command.name == "mv":
        situation.made.difference_update({place(word.text, situation) or "" for word in sources})


def remove(command: Command, situation: Situation) -> Iterator[Finding]:
    """Only what the page made, or a copy of what the repository can make again, may be removed."""
    usage, found = _read(command, 1, "fichier")
    yield from found
    for word in usage.operands:
        path = place(word.text, situation)
        if path is None:
            continue
        ours = (
            path in situation.made or f"{path}/" in situation.made or path in situation.model.settings.model.generated
        )
        if (
            not ours
            and (path in situation.model.files or path in situation.model.folders or not exists(path, situation))
            and not usage.has("--force")
        ):
            yield from must_exist(command, word, situation)
        if not ours and (exists(path, situation) or path.startswith("/")):
            yield finding(
                command,
                "destructive",
                f"« {command.name} {word.text} » efface ce que la page n'a pas créé",
                "n'effacer que ce que la page crée",
                word,
            )
        situation.made -= {path, f"{path}/"}


RESOLVERS: dict[str, Rule] = {
    **dict.fromkeys(("ls", "stat", "du", "readlink", "file"), existing),
    **dict.fromkeys(("cp", "mv", "ln"), copy),
    **dict.fromkeys(("rm", "rmdir"), remove),
    "chmod": chmod,
    "mkdir": mkdir,
    "mktemp": mktemp,
    "touch": touch,
}
