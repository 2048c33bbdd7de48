"""Text filters: known options, files that exist, and something to read at all."""

import re
from collections.abc import Iterator
from itertools import pairwise

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import Command, Word
from runbook.checking.commands.files import can_be_written, makes, must_be_file, must_exist
from runbook.checking.commands.filter_options import OPTIONS
from runbook.checking.commands.options import read_options
from runbook.checking.finding import Finding

# Program → how many operands come before the files, and the options that give what these operands would.
READERS: dict[str, tuple[int, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "base64",
            "cat",
            "column",
            "comm",
            "cut",
            "fold",
            "gunzip",
            "gzip",
            "head",
            "hexdump",
            "md5sum",
            "nl",
            "od",
            "paste",
            "rev",
            "sha256sum",
            "sort",
            "tac",
            "tail",
            "uniq",
            "wc",
            "xxd",
        ),
        (0, ()),
    ),
    "grep": (1, ("--regexp", "--file")),
    "sed": (1, ("--expression", "--file")),
    "awk": (1, ("--file",)),
}
NO_INPUT = (
    "basename",
    "clear",
    "date",
    "df",
    "dirname",
    "hostname",
    "id",
    "lsof",
    "nc",
    "nproc",
    "pgrep",
    "printenv",
    "ps",
    "realpath",
    "seq",
    "ss",
    "uname",
    "which",
    "whoami",
    "yes",
)
COUNT = re.compile(r"[-+]?\d+[bkKMG]?")
LIST = re.compile(r"(\d+-?\d*|-\d+)(,(\d+-?\d*|-\d+))*")
VALUES = {  # what the value of an option must look like
    "head": (("--lines", "--bytes"), COUNT),
    "tail": (("--lines", "--bytes"), COUNT),
    "grep": (("--max-count", "--before-context", "--after-context", "--context"), COUNT),
    "cut": (("--fields", "--characters", "--bytes"), LIST),
    "base64": (("--wrap",), COUNT),
    "od": (("--read-bytes", "--skip-bytes"), COUNT),
    "fold": (("--width",), COUNT),
}
FROM_INPUT = ("envsubst", "tr")
NUMBER = re.compile(r"-\d+")  # `head -1`, `grep -3`


def reader(command: Command, situation: Situation) -> Iterator[Finding]:
    """A filter that reads the files named, or else its input."""
    words = tuple(
        word
        for word in command.arguments
        if not (command.name in ("head", "tail", "grep") and NUMBER.fullmatch(word.text))
    )
    name = command.name
    usage = read_options(command, words, OPTIONS[name], name)
    yield from usage.findings
    if usage.has("--help", "--version"):
        return
    if name == "base64" and command.captured and not command.feeds and not usage.has("--decode", "--wrap"):
        yield finding(
            command,
            "filters",
            "base64 coupe ce qu'il écrit tous les 76 caractères, et ce qui est capturé peut être plus long",
            "ajouter « | tr -d '\\n' »",
        )
    options, shape = VALUES.get(name, ((), COUNT))
    for word in usage.values(*options):
        if word.known and not shape.fullmatch(word.text):
            yield finding(
                command,
                "filters",
                f"« {word.text} » : {name} attend un nombre",
                "écrire un nombre, par exemple 20",
                word,
            )
    before, instead = READERS[name]
    skipped = 0 if usage.has(*instead) else before
    if len(usage.operands) < skipped:
        yield finding(
            command,
            "filters",
            f"{name} sans {'programme' if name in ('sed', 'awk') else 'motif'}",
            "l'écrire entre apostrophes",
        )
        return
    for word in usage.operands[:skipped]:
        yield from _expression(command, name, word)
    files = [word for word in usage.operands[skipped:] if not (name == "awk" and "=" in word.text)]
    for word in [*files, *usage.values("--file")]:
        if word.text != "-":
            yield from (must_exist if usage.has("--recursive", "--dereference-recursive") else must_be_file)(
                command, word, situation
            )
    for word in usage.values("--output") if name == "sort" else []:
        yield from can_be_written(command, word, situation)
    if (
        not files
        and not usage.has("--recursive", "--dereference-recursive")
        and not (name == "awk" and any("BEGIN" in word.text for word in usage.operands[:1]))
    ):
        yield from reads_nothing(command, name)
    if name == "tail" and usage.has("--follow", "-F") and not command.block.background and not command.block.not_run:
        yield finding(command, "blocking", "« tail -f » ne finit pas", "le retirer, ou data-arriere-plan au bloc")


def reads_nothing(command: Command, name: str) -> Iterator[Finding]:
    """A finding if nothing is piped or redirected into a command that reads its input: a block's own is empty."""
    fed = (
        command.piped
        or command.stdin is not None
        or any(operator in ("<", "<<<", "<<") for operator, _ in command.redirects)
    )
    if not fed:
        yield finding(
            command,
            "empty_input",
            f"{name} ne lit rien : l'entrée d'un bloc est vide",
            "nommer un fichier, ou lui donner la sortie d'une commande",
        )


def _expression(command: Command, name: str, word: Word) -> Iterator[Finding]:
    """A `sed` substitution that is not closed, an `awk` program whose braces are not, an extended pattern that is no pattern."""
    if not word.known:
        return
    if (
        name == "sed"
        and re.match(r"s[/|#,:@]", word.text)
        and len(re.findall(rf"(?<!\\){re.escape(word.text[1])}", word.text)) < 3
    ):
        yield finding(
            command, "filters", f"substitution sed non fermée : « {word.text} »", f"finir par « {word.text[1]} »", word
        )
    if name == "awk" and word.text.count("{") != word.text.count("}"):
        yield finding(
            command, "filters", f"accolades non équilibrées dans « {word.text} »", "fermer le programme awk", word
        )
    if name == "grep" and any(argument.text in ("-E", "-P") for argument in command.arguments):
        try:
            re.compile(re.sub(r"\[\[:\w+:\]", "[a", word.text))
        except re.error as error:
            yield finding(command, "filters", f"motif illisible « {word.text} » : {error}", "corriger le motif", word)


def from_input(command: Command, _: Situation) -> Iterator[Finding]:
    """A filter that reads nothing but its input."""
    usage = read_options(command, command.arguments, OPTIONS[command.name], command.name)
    yield from usage.findings
    if command.name == "tr" and not 1 <= len(usage.operands) <= 2:
        yield finding(
            command, "filters", "tr attend un ou deux ensembles de caractères", "les écrire entre apostrophes"
        )
    yield from reads_nothing(command, command.name)


def no_input(command: Command, _: Situation) -> Iterator[Finding]:
    """A program whose options alone can be wrong."""
    yield from read_options(command, command.arguments, OPTIONS[command.name], command.name).findings


def tee(command: Command, situation: Situation) -> Iterator[Finding]:
    """Writes its operands."""
    usage = read_options(command, command.arguments, OPTIONS["tee"], "tee")
    yield from usage.findings
    for word in usage.operands:
        yield from can_be_written(command, word, situation)
    yield from reads_nothing(command, "tee")


def compare(command: Command, situation: Situation) -> Iterator[Finding]:
    """Two files or folders that exist."""
    usage = read_options(command, command.arguments, OPTIONS[command.name], command.name)
    yield from usage.findings
    if len(usage.operands) < 2 and not usage.findings and not usage.has("--help", "--version"):
        yield finding(command, "filters", f"{command.name} attend deux fichiers", "les nommer tous les deux")
    for word in usage.operands[:2]:
        if word.text != "-":
            yield from must_exist(command, word, situation)


def find(command: Command, situation: Situation) -> Iterator[Finding]:
    """The folders it starts from, and the predicates that it has."""
    words = list(command.arguments)
    while words and not words[0].text.startswith(("-", "(", "!")):
        yield from must_exist(command, words.pop(0), situation)
    for word in words:
        if re.match(r"-[a-z]", word.text) and word.text not in PREDICATES.split():
            yield finding(command, "options", f"« {word.text} » inconnu de « find »", "voir « man find »", word)
        if word.text == "-delete":
            yield finding(
                command, "destructive", "« find -delete » efface ce qu'il trouve", "nommer ce qu'il faut effacer", word
            )


PREDICATES = (
    "-a -and -o -or -not -name -iname -path -ipath -regex -iregex -type -size -mtime -mmin -newer -empty -executable -readable -writable -perm -user -group "
    "-maxdepth -mindepth -prune -print -print0 -printf -ls -exec -execdir -ok -delete -quit -depth -xdev -mount -links -inum -samefile -true -false -atime -ctime -L -H -P"
)


def archive(command: Command, situation: Situation) -> Iterator[Finding]:
    """`tar`: the archive exists or is made, the folder to work in exists."""
    first, *rest = command.arguments or (Word("", command.line),)
    words = (Word(f"-{first.text}", first.line), *rest) if re.fullmatch(r"[a-zA-Z]+", first.text) else command.arguments
    usage = read_options(command, tuple(words), OPTIONS["tar"], "tar")
    yield from usage.findings
    for word in usage.values("--directory"):
        yield from must_exist(command, word, situation)
    for word in usage.values("--file"):
        if word.text != "-":
            yield from (can_be_written if usage.has("--create") else must_be_file)(command, word, situation)
    if usage.has("--create") and not usage.has("--directory"):
        for word in usage.operands:
            yield from must_exist(command, word, situation)
    if usage.has("--extract"):
        folder = next((word.text for word in usage.values("--directory")), ".")
        for word in usage.operands:
            makes(f"{folder}/{word.text}", situation)


def openssl(command: Command, situation: Situation) -> Iterator[Finding]:
    """A verb it has; files that `-in` reads and `-out` writes."""
    words = command.arguments
    known = (
        "rand",
        "req",
        "x509",
        "genrsa",
        "genpkey",
        "rsa",
        "pkey",
        "dgst",
        "enc",
        "base64",
        "s_client",
        "verify",
        "version",
        "passwd",
        "ecparam",
        "pkcs12",
        "sha256",
    )
    if not words or (words[0].known and words[0].text not in known):
        yield finding(
            command,
            "filters",
            f"verbe openssl « {words[0].text if words else ''} » inconnu",
            f"verbes : {', '.join(known)}",
        )
    for option, word in pairwise(words):
        if option.text in ("-in", "-inkey", "-CAfile"):
            yield from must_be_file(command, word, situation)
        elif option.text in ("-out", "-keyout"):
            yield from can_be_written(command, word, situation)


RESOLVERS: dict[str, Rule] = {
    **dict.fromkeys(READERS, reader),
    **dict.fromkeys(NO_INPUT, no_input),
    **dict.fromkeys(FROM_INPUT, from_input),
    **dict.fromkeys(("diff", "cmp"), compare),
    "find": find,
    "openssl": openssl,
    "tar": archive,
    "tee": tee,
}
