"""Where a command stands when it is read: the repository, the page, and what came before it."""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from runbook.repository.model import Repository
from runbook.repository.objects import KubeObject
from runbook.rules.finding import Told, meant
from runbook.rules.shell import UNKNOWN, Shell, Word

SYSTEM = ("/dev/", "/etc/", "/proc/", "/sys/", "/usr/", "/bin/", "/var/", "/run/", "/opt/", "/home/", "/root/")
OUTSIDE = ("/", "/tmp", "/dev", "..")  # noqa: S108 — what pages may write in
ENVIRONMENTS = (".git", ".venv", "venv")  # folders that no repository keeps
# What bash and any terminal provide.
TERMINAL = (
    "HOME PATH PWD OLDPWD USER LOGNAME SHELL HOSTNAME LANG TERM TMPDIR UID EUID IFS RANDOM SECONDS LINENO BASHPID PPID "
    "EPOCHSECONDS EPOCHREALTIME BASH_VERSION BASH_SOURCE BASH_COMMAND BASH_REMATCH FUNCNAME PIPESTATUS REPLY "
    "OPTARG OPTIND COLUMNS LINES KUBECONFIG EDITOR OSTYPE"
)


@dataclass(slots=True)
class Situation:
    """The reading of one page on one target; `cwd` follows `cd` and is relative to the root, `…` if unknown.

    `here` if the page runs in this repository: what it names must then be there; what stands on a page that
    runs nowhere may be its reader's own.  What commands before made: `made` files (`…/` with all that is under it),
    `images`, local `ports` → the application that answers, None for one that the model does not know, `objects` of the
    cluster with those of the manifests, `namespace` the current one, `applied` what it was told of them.  `opaque` once
    the page applied manifests that only running can tell.
    """

    repository: Repository
    target: str
    here: bool
    shell: Shell
    cwd: str = "."
    made: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    ports: dict[int, str | None] = field(default_factory=dict)
    objects: list[KubeObject] = field(default_factory=list)
    namespace: str = "default"
    applied: set[str] = field(default_factory=set)
    opaque: bool = False

    def place(self, text: str) -> str | None:
        """The path from the root of the repository, absolute if it lies outside; None if only running can tell."""
        if UNKNOWN in text or text.startswith("~") or (self.cwd == UNKNOWN and not text.startswith("/")) or not text:
            return None
        return posixpath.normpath(posixpath.join(self.cwd, text))

    def exists(self, path: str) -> bool:
        """Whether the repository holds this file or folder, the page made it, or it is the machine's."""
        repository, made = self.repository, self.made
        if repository.holds(path) or path in made or f"{path}/" in made:
            return True
        if path.startswith((*SYSTEM, "../")) or path in OUTSIDE or path.split("/", maxsplit=1)[0] in ENVIRONMENTS:
            return True
        if any(path.startswith(tree) for tree in made if tree.endswith("/")):
            return True
        known = (*repository.files, *repository.folders, *made) if any(mark in path for mark in "*?[{") else ()
        return "{" in path or any(fnmatchcase(name, path) for name in known)

    def make(self, text: str, tree: bool = False) -> None:
        """Remember that the page makes this file, or with `tree` this folder and whatever is in it."""
        path = self.place(text)
        if path is not None:
            self.made.add(f"{path}/" if tree else path)

    def near(self, path: str) -> str:
        """The file or folder that a wrong path most likely meant; empty if none is close."""
        near = meant(path, (*self.repository.beside(path), *(made.rstrip("/") for made in self.made)))
        same = self.repository.by_name.get(posixpath.basename(path), [])
        return near or (same[0] if len(same) == 1 else "")

    def missing(self, word: Word, text: str | None = None) -> Iterator[Told]:
        """A finding if the file or folder that `word` (or `text`, a part of it) names is nowhere.

        On a page that runs nowhere only what is a slip of a name of the repository is one.
        """
        named = word.text if text is None else text
        path = self.place(named)
        if path is None or named == "-" or "://" in named or self.exists(path):
            return
        near = self.near(path)
        if self.here or (near and "/" in path and meant(path, [near])):
            remedy = f"vouliez-vous dire « {near} » ?" if near else "corriger le nom, ou faire le fichier avant"
            yield word, f"« {named} » n'existe ni dans le dépôt ni plus haut dans la page", remedy

    def inherit(self, before: Iterable["Situation"]) -> None:
        """What the pages before this one left is there."""
        for other in before:
            self.made |= other.made
            self.images |= other.images
            self.applied |= other.applied
            self.opaque |= other.opaque
            self.objects += [item for item in other.objects if item not in self.objects]
