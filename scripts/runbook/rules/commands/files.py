"""Programs that read and write files, and the shell's own: what they read exists, what they make is remembered."""

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from runbook.rules.call import Call, builtins, effect
from runbook.rules.finding import Finding, nearest
from runbook.rules.rule import rule
from runbook.rules.scripts import SCRIPT
from runbook.rules.shell import UNKNOWN, Word
from runbook.rules.situation import SYSTEM, at

# How many operands come before those that are files read.
READS = {
    **dict.fromkeys(
        [
            "cat",
            "head",
            "tail",
            "sort",
            "uniq",
            "wc",
            "cut",
            "tac",
            "nl",
            "od",
            "base64",
            "sha256sum",
            "md5sum",
            "diff",
            "ls",
            "stat",
            "du",
            "file",
            "less",
        ],
        0,
    ),
    **dict.fromkeys(
        [
            "paste",
            "join",
            "cmp",
            "shellcheck",
            "hadolint",
            "readlink",
            "source",
            ".",
            "bash",
            "sh",
            "python",
            "python3",
            "chown",
        ],
        0,
    ),
    **dict.fromkeys(["grep", "egrep", "fgrep", "sed", "awk", "jq", "yq", "chmod"], 1),
}
PATTERNS = {
    "grep": ("--regexp", "--file"),
    "sed": ("--expression", "--file"),
    "awk": ("-f",),
    "jq": ("-f", "--from-file"),
}
FREE_FORM = ("awk", "jq", "yq", "python", "python3", "bash", "sh")  # options whose values are not known here
COPIES = ("cp", "mv", "ln", "install")


@rule("fichier-absent")
def missing_files(call: Call) -> Iterator[Finding]:
    """Une commande lit un fichier ou entre dans un dossier qui n'existe ni dans le dépôt ni plus haut dans la page.

    Mauvais : cat settings.envv
    Bon : cat settings.env
    """
    for operator, word in call.command.redirects:
        if operator == "<":
            yield from call.situation.missing(call.command, word)
    words: tuple[Word, ...] = ()
    if call.program in READS:
        words = _read_by(call)
    elif call.program in COPIES:
        words = call.operands[: None if call.values("--target-directory") else -1] if call.program != "ln" else ()
    elif call.program in ("cd", "pushd"):
        words = call.operands[:1]
    for word in words:
        if word.text not in ("-", "..") and not word.text.startswith("-"):
            yield from call.situation.missing(call.command, word)


def _read_by(call: Call) -> tuple[Word, ...]:
    words = call.operands
    if call.program in FREE_FORM:
        if any(word.text.startswith("-") for word in words):
            return ()
        return words[READS[call.program] :][: 1 if call.program in ("python", "python3", "bash", "sh") else None]
    given = call.has(*PATTERNS.get(call.program, ()))
    skipped = READS[call.program] - given
    return words[skipped:][: 1 if call.program in ("source", ".") else None]


@rule("dossier-absent")
def missing_folder(call: Call) -> Iterator[Finding]:
    """Une commande écrit dans un dossier qui n'existe pas.

    Mauvais : echo essai > k9s/essai.txt
    Bon : echo essai > k8s/essai.txt
    """
    situation = call.situation
    for word in _written(call):
        path = situation.place(word.text)
        parent = posixpath.dirname(path or "")
        if situation.here and path and parent and not path.startswith(SYSTEM) and not situation.exists(parent):
            near = situation.near(parent)
            remedy = f"vouliez-vous dire « {near} » ?" if near else "le faire avant, par mkdir -p"
            yield at(call.command, word, f"le dossier de « {word.text} » n'existe pas", remedy)


def _written(call: Call) -> list[Word]:
    words = [word for operator, word in call.command.redirects if operator in (">", ">>", ">|", "&>", "&>>")]
    if call.program in ("touch", "tee") or (call.program == "mkdir" and not call.has("--parents")):
        words += call.operands
    return words


@rule("script-absent")
def missing_script(call: Call) -> Iterator[Finding]:
    """Une commande lance un script que le dépôt n'a pas.

    Mauvais : scripts/chekc
    Bon : scripts/check
    """
    name = call.command.name
    if "/" in name and not name.startswith(("/", "~")):
        yield from call.situation.missing(call.command, call.command.words[0])


@rule("programme-inconnu")
def unknown_program(call: Call) -> Iterator[Finding]:
    """Une commande lance un programme que ni le contrôle ni les réglages du site ne connaissent, tout près d'un connu.

    Mauvais : kubeclt get pods -n shop
    Bon : kubectl get pods -n shop
    """
    name, model = call.command.name, call.situation.repository.settings.model
    known = ("kubectl", "docker", "curl", "git", "kind", *READS, *COPIES, *model.commands)
    if (
        not call.situation.here
        or call.grammar
        or name in known
        or name in builtins()
        or "/" in name
        or UNKNOWN in name
        or len(name) < 4
    ):
        return
    near = nearest(name, [one for one in known if len(one) > 3])
    if near.startswith("vouliez") and name not in call.situation.shell.functions and not _present(name):
        yield at(call.command, call.command.words[0], f"programme « {name} » inconnu", near)


def _present(name: str) -> bool:
    return any(
        posixpath.isfile(posixpath.join(folder, name)) for folder in ("/bin", "/usr/bin", "/usr/local/bin", "/sbin")
    )


@effect("")
def written(call: Call) -> None:
    """What redirections, `touch`, `tee` and `mkdir` make."""
    for word in _written(call):
        call.situation.make(word.text)
    if call.program == "mkdir" and call.has("--parents"):
        for word in call.operands:
            path = call.situation.place(word.text)
            while path and path not in (".", "/"):
                call.situation.made.add(path)
                path = posixpath.dirname(path)


@effect("cd", "pushd")
def moved(call: Call) -> None:
    """Where the shell is from now on; a script that goes to its own folder goes to a known one."""
    words = [word.text for word in call.operands if not word.text.startswith("-") or word.text == "-"]
    text = words[0] if words else "~"
    situation = call.situation
    own = re.fullmatch(rf"{UNKNOWN}((?:/\.\.)*)", text)
    if own and situation.target == SCRIPT:
        situation.cwd = posixpath.normpath(posixpath.dirname(call.command.path) + own[1]) or "."
    else:
        situation.cwd = UNKNOWN if text == "-" else situation.place(text) or UNKNOWN


@effect("cp", "mv", "ln", "install")
def copied(call: Call) -> None:
    """The last operand is made, with all that is in a folder; `mv` takes the source away."""
    situation, words = call.situation, call.operands
    if len(words) > 1:
        target = situation.place(words[-1].text)
        folder = (
            target in situation.repository.folders or f"{target}/" in situation.made or words[-1].text.endswith("/")
        )
        for word in words[:-1]:
            source = situation.place(word.text) or ""
            tree = source in situation.repository.folders or f"{source}/" in situation.made
            made = posixpath.join(words[-1].text, posixpath.basename(source)) if folder else words[-1].text
            situation.make(made, tree=tree)
            if call.program == "mv":
                situation.made -= {source, f"{source}/"}


@effect("rm", "rmdir")
def removed(call: Call) -> None:
    """What the page made is gone."""
    for word in call.operands:
        path = call.situation.place(word.text) or ""
        call.situation.made -= {path, f"{path}/"}


@effect("tar", "unzip", "gunzip", "openssl", "ssh-keygen", "npm", "make", "cosign", "syft", "mkdocs", "pytest", "rsync")
def anything(call: Call) -> None:
    """Programs that make files whose names are in their words, or only they know: none is missed in what they name."""
    for word in call.command.arguments:
        text = word.text.rpartition("=")[2]
        if text and not text.startswith("-") and not call.situation.exists(call.situation.place(text) or "/"):
            call.situation.make(text, tree=True)


@effect("source", ".")
def sourced(call: Call) -> None:
    """What a file of the repository defines is known from then on."""
    for word in call.operands[:1]:
        path = call.situation.place(word.text) or ""
        if path in call.situation.repository.files:
            block = replace(call.command.block, page=path, line=0, code=call.situation.repository.text(path))
            deque(call.situation.shell.read(block), maxlen=0)
