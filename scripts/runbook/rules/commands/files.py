"""Programs that read and write files, and the shell's own: what they read exists, what they make is remembered."""

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from runbook.rules.call import Call, builtins, effect
from runbook.rules.commands.docker import BUILDS, OUT
from runbook.rules.finding import Told, slip
from runbook.rules.rule import rule
from runbook.rules.scripts import SCRIPT
from runbook.rules.shell import UNKNOWN, Word
from runbook.rules.situation import SYSTEM

# How many operands come before those that are files read.
AT_ONCE = """cat head tail sort uniq wc cut tac nl od base64 sha256sum md5sum diff ls stat du file less paste join cmp
shellcheck hadolint readlink source . bash sh python cd pushd"""
AFTER_ONE = "grep egrep fgrep sed awk jq yq chmod chown chgrp"
READS = dict.fromkeys(AT_ONCE.split(), 0) | dict.fromkeys(AFTER_ONE.split(), 1)
ONE_FILE = ("python", "bash", "sh", "source", ".", "cd", "pushd")  # what follows it is the script's
FREE_FORM = ("awk", "jq", "yq", "egrep", "fgrep", *ONE_FILE)  # options whose values are not known here
GIVEN = ("--regexp", "--file", "--expression")  # then the first operand is no pattern
OPTIONS = {  # whose value is a file or a folder read
    "curl": ("--config", "--upload-file", "--cacert", "--cert", "--key", "--netrc-file"),
    "docker": ("--env-file", "--file", "--project-directory"),
    "kubectl": ("--filename", "--kustomize", "--from-file", "--from-env-file"),
}
SENT = ("--header", "--data", "--data-binary", "--json")  # of curl: a file, after `@`
TRACKED = ("add", "rm", "mv", "restore", "check-ignore")  # verbs of git whose operands are paths
AFTER_DASHES = ("checkout", "diff", "log", "show", "blame", "reset", "grep")
COPIES = ("cp", "mv", "ln", "install")
WRITES = (">", ">>", ">|", "&>", "&>>")


def written(call: Call) -> list[Word]:
    """The files that redirections, `touch`, `tee` and `mkdir` make."""
    words = [word for operator, word in call.command.redirects if operator in WRITES]
    return [*words, *call.operands] if call.program in ("touch", "tee", "mkdir") else words


@rule("fichier-absent", bad="cat settings.envv", good="cat settings.env")
def missing_files(call: Call) -> Iterator[Told]:
    """Une commande lit ou lance un fichier, ou entre dans un dossier, qui n'existe ni dans le dépôt ni plus haut."""
    situation, given = call.situation, call.values(*OPTIONS.get(call.program, ()))
    redirected = [word for operator, word in call.command.redirects if operator == "<"]
    own = call.command.words[:1] if re.match("[^/~].*/", call.command.name) else ()
    for word in (*own, *redirected, *given, *_operands(call), *_lists(call)):
        for text in word.text.rpartition("=")[2].split(",") if call.program == "kubectl" else [word.text]:
            if not text.startswith(("-", ":")):
                yield from situation.missing(word, text)
    for word in call.values(*SENT) if call.program == "curl" else ():
        if word.text.startswith("@"):
            yield from situation.missing(word, word.text[1:])


def _operands(call: Call) -> list[Word]:
    """The operands that are files or folders read."""
    words, texts = call.operands, [word.text for word in call.command.arguments]
    match call.program:
        case "cp" | "mv" | "install":
            words = words if call.values("--target-directory") else words[:-1]
        case "docker" if call.verb in (*BUILDS, *OUT):
            words = [word for word in words[:1] if ":" not in word.text]
        case "git" if call.verb in TRACKED and "-C" not in texts:
            words = words[: len(words) - (call.verb == "mv")]
        case "git" if call.verb in AFTER_DASHES and "-C" not in texts and "--" in texts:
            words = list(call.command.arguments[texts.index("--") + 1 :])
        case "pytest":  # what follows an option may be its value
            own = [one for before, one in pairwise([Word("", 0), *words]) if "-" not in (before.text[:1], one.text[:1])]
            words = [replace(one, text=one.text.partition("::")[0]) for one in own if "/" in one.text]
        case program if program in READS and not (program in FREE_FORM and any(one.text[:1] == "-" for one in words)):
            words = words[READS[program] - call.has(*GIVEN) if READS[program] else 0 :]
            words = words[:1] if program in ONE_FILE else words
        case _:
            words = []
    return words


def _lists(call: Call) -> Iterator[Word]:
    """The lists of packages that pip installs, or uv locks."""
    verb = next((word.text for word in call.operands if word.text in ("install", "compile", "wheel", "download")), "")
    for option, word in pairwise(call.operands) if verb and call.program in ("pip", "uv", "python") else ():
        listed = option.text in ("-r", "--requirement", "-c", "--constraint")
        if listed or (verb == "compile" and "." in word.text and "-" not in (option.text[:1], word.text[:1])):
            yield word


@rule("dossier-absent", bad="echo essai > k9s/essai.txt", good="echo essai > k8s/essai.txt")
def missing_folder(call: Call) -> Iterator[Told]:
    """Une commande écrit dans un dossier qui n'existe pas."""
    situation = call.situation
    for word in written(call) if situation.here and not call.has("--parents") else ():
        path = situation.place(word.text) or ""
        parent = posixpath.dirname(path)
        if parent and not path.startswith(SYSTEM) and not situation.exists(parent):
            near = situation.near(parent)
            remedy = f"vouliez-vous dire « {near} » ?" if near else "le faire avant, par mkdir -p"
            yield word, f"le dossier de « {word.text} » n'existe pas", remedy


@rule("programme-inconnu", bad="kubeclt get pods -n shop", good="kubectl get pods -n shop")
def unknown_program(call: Call) -> Iterator[Told]:
    """Une commande lance un programme que rien ne connaît ici, tout près d'un qui est connu."""
    name, model = call.command.name, call.situation.repository.settings.model
    if not call.situation.here or call.grammar or len(name) < 4 or name in builtins():
        return
    known = {"kubectl", "docker", "curl", "git", "kind", *READS, *COPIES, *model.commands}
    if name not in (*known, *call.situation.shell.functions):
        likely = slip(name, (one for one in known if len(one) > 3))
        installed = likely and any(Path(folder, name).is_file() for folder in ("/bin", "/usr/bin", "/usr/local/bin"))
        yield call.command.words[0], f"programme « {name} » inconnu", "" if installed else likely


@effect("")
def made(call: Call) -> None:
    """What is written exists, with the folders above it for `mkdir -p`."""
    for word in written(call):
        path = call.situation.place(word.text) or ""
        while path and path not in (".", "/"):
            call.situation.made.add(path)
            path = posixpath.dirname(path) if call.has("--parents") else ""


@effect("cd", "pushd")
def moved(call: Call) -> None:
    """Where the shell is from now on; a script that goes to its own folder goes to a known one."""
    situation = call.situation
    text = next((word.text for word in call.operands), "~")
    own = re.fullmatch(rf"{UNKNOWN}((?:/\.\.)*)", text)
    if own and situation.target == SCRIPT:
        situation.cwd = posixpath.normpath(posixpath.dirname(call.command.block.page) + own[1]) or "."
    else:
        situation.cwd = UNKNOWN if text == "-" else situation.place(text) or UNKNOWN


@effect("source", ".")
def sourced(call: Call) -> None:
    """What a file of the repository defines is known from then on."""
    for word in call.operands[:1]:
        path = call.situation.place(word.text) or ""
        if path in call.situation.repository.files:
            block = replace(call.command.block, page=path, line=0, code=call.situation.repository.text(path))
            deque(call.situation.shell.read(block), maxlen=0)


@effect(*COPIES)
def copied(call: Call) -> None:
    """The last operand is made, with all that is in a folder; `mv` takes the source away."""
    situation, folders = call.situation, call.situation.repository.folders
    *sources, target = call.operands or (Word("", 0),)
    place = situation.place(target.text)
    inside = place in folders or f"{place}/" in situation.made or target.text.endswith("/")
    for word in sources:
        source = situation.place(word.text) or ""
        tree = source in folders or f"{source}/" in situation.made
        situation.make(posixpath.join(target.text, posixpath.basename(source)) if inside else target.text, tree=tree)
        if call.program == "mv":
            situation.made -= {source, f"{source}/"}


@effect("rm", "rmdir")
def removed(call: Call) -> None:
    """What the page made is gone."""
    for word in call.operands:
        path = call.situation.place(word.text) or ""
        call.situation.made -= {path, f"{path}/"}


@effect("git")
def checked_out(call: Call) -> None:
    """What a clone, a move or an initialisation makes."""
    operands = [word.text for word in call.operands]
    cloned = [text.rstrip("/").rpartition("/")[2].removesuffix(".git") for text in operands]
    made = {"init": operands, "mv": operands[1:][-1:], "worktree": operands[1:2], "clone": operands[1:2] or cloned}
    for text in made.get(call.verb, ()):
        call.situation.make(text, tree=True)


MAKERS = "tar unzip gunzip openssl ssh-keygen npm make cosign syft mkdocs pytest rsync python uv virtualenv"


@effect(*MAKERS.split())
def anything(call: Call) -> None:
    """Programs that make files whose names are in their words, or only they know: none is missed in what they name."""
    for word in call.command.arguments:
        text = word.text.rpartition("=")[2]
        if text and not text.startswith("-") and not call.situation.exists(call.situation.place(text) or "/"):
            call.situation.make(text, tree=True)
