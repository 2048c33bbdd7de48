"""Does a file that a command names exist: in the repository, or made earlier in the page?"""

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.finding import Finding, nearest

SYSTEM = ("/dev/", "/etc/", "/proc/", "/sys/", "/usr/", "/bin/", "/var/lib/", "/run/")
ENVIRONMENTS = (".venv", "venv")  # folders of Python environments, which no repository keeps
DEVICES = ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/full", "/dev/zero")
OUTSIDE = ("/", "/tmp", "/dev", "..")  # noqa: S108 — what pages may write in


def place(text: str, situation: Situation) -> str | None:
    """The path from the root of the repository, absolute if it lies outside; None if only running can tell."""
    if UNKNOWN in text or text.startswith("~") or (situation.cwd == UNKNOWN and not text.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(situation.cwd, text)) if text else None


def exists(path: str, situation: Situation) -> bool:
    """Whether the repository holds this file or folder, the page made it, or the system owns it.

    An entry of `made` that ends in `/` stands for all that lies under it.
    """
    model = situation.model
    if path in model.files or path in model.folders or path in situation.made or f"{path}/" in situation.made:
        return True
    if path.startswith(SYSTEM) or path in OUTSIDE or path.startswith("../"):
        return True
    if any(mark in path for mark in "*?["):
        return any(fnmatchcase(known, path) for known in (*model.files, *model.folders, *situation.made))
    return any(path.startswith(tree) for tree in situation.made if tree.endswith("/"))


def must_exist(command: Command, word: Word, situation: Situation, text: str | None = None) -> Iterator[Finding]:
    """A finding if the file or folder that `word` (or `text`, a part of it) names is nowhere."""
    named = word.text if text is None else text
    path = place(named, situation)
    if path is None or exists(path, situation):
        return
    near = nearest(path, _candidates(path, situation))
    yield finding(command, "files", f"« {named} » n'existe ni dans le dépôt ni plus haut dans la page", near, word)


def must_be_folder(command: Command, word: Word, situation: Situation, text: str | None = None) -> Iterator[Finding]:
    """A finding if no such folder exists, or if it is a file."""
    named = word.text if text is None else text
    path = place(named, situation)
    if path is not None and path in situation.model.files:
        yield finding(
            command,
            "files",
            f"« {named} » est un fichier, pas un dossier",
            f"écrire « {posixpath.dirname(path) or '.'} »",
            word,
        )
    else:
        yield from must_exist(command, word, situation, named)


def must_be_file(command: Command, word: Word, situation: Situation, text: str | None = None) -> Iterator[Finding]:
    """A finding if no such file exists, or if it is a folder."""
    named = word.text if text is None else text
    path = place(named, situation)
    if path is not None and path in situation.model.folders and path not in situation.made:
        yield finding(
            command, "files", f"« {named} » est un dossier, pas un fichier", "nommer un fichier de ce dossier", word
        )
    else:
        yield from must_exist(command, word, situation, named)


def makes(text: str, situation: Situation, tree: bool = False) -> None:
    """Remember that the page makes this file, or with `tree` this folder and whatever is in it."""
    path = place(text, situation)
    if path is not None:
        situation.made.add(f"{path}/" if tree else path)


def can_be_written(command: Command, word: Word, situation: Situation) -> Iterator[Finding]:
    """The folder of a file to write must exist; the file is then made."""
    path = place(word.text, situation)
    if path is None:
        return
    if path.startswith("/dev/"):
        if path not in DEVICES and not path.startswith(("/dev/fd/", "/dev/shm/", "/dev/tcp/")):  # noqa: S108
            yield finding(command, "files", f"« {word.text} » n'existe pas", nearest(path, DEVICES), word)
        return
    parent = posixpath.dirname(path) or "."
    if not exists(parent, situation):
        yield finding(
            command,
            "files",
            f"le dossier de « {word.text} » n'existe pas",
            nearest(parent, situation.model.folders),
            word,
        )
    situation.made.add(path)


def _candidates(path: str, situation: Situation) -> set[str]:
    """The files that a wrong path most likely meant: same folder, or same name elsewhere."""
    folder, name = posixpath.split(path)
    known = {*situation.model.files, *situation.model.folders, *(made.rstrip("/") for made in situation.made)}
    near = {
        file
        for file in known
        if file != "." and (posixpath.dirname(file) == folder or posixpath.basename(file) == name)
    }
    return near or {
        file for file in known if posixpath.splitext(file)[1] == posixpath.splitext(name)[1] and "/" in file
    }
