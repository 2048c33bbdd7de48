"""Programs that read and write files, and the shell's own: what they read exists, what they make is remembered."""

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from runbook.rules.call import Call, builtins, effect
from runbook.rules.finding import Told, meant
from runbook.rules.rule import rule
from runbook.rules.scripts import SCRIPT
from runbook.rules.shell import UNKNOWN, Word
from runbook.rules.situation import SYSTEM

# How many operands come before those that are files read.
AT_ONCE = """cat head tail sort uniq wc cut tac nl od base64 sha256sum md5sum diff ls stat du file less paste join cmp
shellcheck hadolint readlink source . bash sh python chown"""
AFTER_ONE = "grep egrep fgrep sed awk jq yq chmod"
READS = dict.fromkeys(AT_ONCE.split(), 0) | dict.fromkeys(AFTER_ONE.split(), 1)
ONE_FILE = ("python", "bash", "sh", "source", ".")  # what follows it is the script's
FREE_FORM = ("awk", "jq", "yq", *ONE_FILE)  # options whose values are not known here
GIVEN = ("--regexp", "--file", "--expression")  # then the first operand is no pattern
COPIES = ("cp", "mv", "ln", "install")
WRITES = (">", ">>", ">|", "&>", "&>>")


def written(call: Call) -> list[Word]:
    """The files that redirections, `touch`, `tee` and `mkdir` make."""
    words = [word for operator, word in call.command.redirects if operator in WRITES]
    return [*words, *call.operands] if call.program in ("touch", "tee", "mkdir") else words


@rule("fichier-absent")
def missing_files(call: Call) -> Iterator[Told]:
    """Une commande lit un fichier ou entre dans un dossier qui n'existe ni dans le dépôt ni plus haut dans la page.

    Mauvais : cat settings.envv
    Bon : cat settings.env
    """
    words = [word for operator, word in call.command.redirects if operator == "<"]
    if call.program in READS and not (call.program in FREE_FORM and any(one.text[:1] == "-" for one in call.operands)):
        read = call.operands[READS[call.program] - call.has(*GIVEN) if READS[call.program] else 0 :]
        words += read[:1] if call.program in ONE_FILE else read
    elif call.program in ("cp", "mv", "install"):
        words += call.operands if call.values("--target-directory") else call.operands[:-1]
    elif call.program in ("cd", "pushd"):
        words += call.operands[:1]
    for word in words:
        if not word.text.startswith("-") and word.text != "..":
            yield from call.situation.missing(word)


@rule("dossier-absent")
def missing_folder(call: Call) -> Iterator[Told]:
    """Une commande écrit dans un dossier qui n'existe pas.

    Mauvais : echo essai > k9s/essai.txt
    Bon : echo essai > k8s/essai.txt
    """
    situation = call.situation
    for word in written(call) if situation.here and not call.has("--parents") else ():
        path = situation.place(word.text) or ""
        parent = posixpath.dirname(path)
        if parent and not path.startswith(SYSTEM) and not situation.exists(parent):
            near = situation.near(parent)
            remedy = f"vouliez-vous dire « {near} » ?" if near else "le faire avant, par mkdir -p"
            yield word, f"le dossier de « {word.text} » n'existe pas", remedy


@rule("script-absent")
def missing_script(call: Call) -> Iterator[Told]:
    """Une commande lance par son chemin un programme que le dépôt n'a pas.

    Mauvais : scripts/chekc
    Bon : scripts/check
    """
    if "/" in call.command.name and not call.command.name.startswith(("/", "~")):
        yield from call.situation.missing(call.command.words[0])


@rule("programme-inconnu")
def unknown_program(call: Call) -> Iterator[Told]:
    """Une commande lance un programme que ni le contrôle ni les réglages du site ne connaissent, tout près d'un connu.

    Mauvais : kubeclt get pods -n shop
    Bon : kubectl get pods -n shop
    """
    name, model = call.command.name, call.situation.repository.settings.model
    if not call.situation.here or call.grammar or len(name) < 4 or name in builtins():
        return
    known = {"kubectl", "docker", "curl", "git", "kind", *READS, *COPIES, *model.commands}
    judged = name in known or name in call.situation.shell.functions
    near = "" if judged else meant(name, (one for one in known if len(one) > 3))
    installed = any(Path(folder, name).is_file() for folder in ("/bin", "/usr/bin", "/usr/local/bin"))
    if near and not installed:
        yield call.command.words[0], f"programme « {name} » inconnu", f"vouliez-vous dire « {near} » ?"


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
        situation.cwd = posixpath.normpath(posixpath.dirname(call.command.path) + own[1]) or "."
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


MAKERS = "tar unzip gunzip openssl ssh-keygen npm make cosign syft mkdocs pytest rsync python uv virtualenv"


@effect(*MAKERS.split())
def anything(call: Call) -> None:
    """Programs that make files whose names are in their words, or only they know: none is missed in what they name."""
    for word in call.command.arguments:
        text = word.text.rpartition("=")[2]
        if text and not text.startswith("-") and not call.situation.exists(call.situation.place(text) or "/"):
            call.situation.make(text, tree=True)
