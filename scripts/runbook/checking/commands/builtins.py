"""What the shell itself does: `cd` into folders that exist, `source` of files that exist, options that bash takes."""

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.commands.files import must_be_file, must_be_folder, place
from runbook.checking.commands.options import read_options
from runbook.checking.finding import Finding, nearest

OPTIONS = {
    "alias": "-p", "bg": "", "break": "", "builtin": "", "continue": "", "dirs": "-c -l -p -v", "disown": "-a -h -r", "echo": "-n -e -E", "exit": "",
    "false": "", "fg": "", "getopts": "", "hash": "-r -d -l -t -p=", "jobs": "-l -n -p -r -s", "let": "", "mapfile": "-d= -n= -O= -s= -t -u= -C= -c=",
    "popd": "-n", "pwd": "-L -P", "read": "-r -s -e -a= -d= -i= -n= -N= -p= -t= -u=", "return": "", "shift": "", "shopt": "-s -u -q -p -o",
    "times": "", "true": "", "type": "-a -f -t -p -P", "ulimit": "-S -H -a -c -f -n -s -t -u -v", "umask": "-p -S", "unset": "-f -v -n",
    "wait": "-f -n -p=", ":": "",
}  # fmt: skip
FREE = ("echo", ":", "true", "false", "let", "getopts", "alias", "ulimit")  # any word is an argument
SIGNALS = (
    "EXIT",
    "ERR",
    "DEBUG",
    "RETURN",
    "HUP",
    "INT",
    "QUIT",
    "KILL",
    "TERM",
    "USR1",
    "USR2",
    "PIPE",
    "ALRM",
    "CHLD",
    "STOP",
    "CONT",
    "TSTP",
    "WINCH",
)
SET_OPTIONS = (
    "errexit",
    "nounset",
    "pipefail",
    "xtrace",
    "noglob",
    "allexport",
    "noclobber",
    "verbose",
    "noexec",
    "errtrace",
    "functrace",
    "monitor",
    "posix",
)
TESTS = frozenset(
    [
        "-a",
        "-b",
        "-c",
        "-d",
        "-e",
        "-f",
        "-g",
        "-h",
        "-k",
        "-p",
        "-r",
        "-s",
        "-t",
        "-u",
        "-w",
        "-x",
        "-G",
        "-L",
        "-N",
        "-O",
        "-S",
        "-z",
        "-n",
        "-v",
        "-R",
        "-o",
        "=",
        "==",
        "!=",
        "<",
        ">",
        "-eq",
        "-ne",
        "-lt",
        "-le",
        "-gt",
        "-ge",
        "-nt",
        "-ot",
        "-ef",
        "!",
        "(",
        ")",
        "]",
    ]
)


def plain(command: Command, _: Situation) -> Iterator[Finding]:
    """A builtin whose options are all that can be wrong."""
    if command.name not in FREE:
        yield from read_options(command, command.arguments, OPTIONS[command.name], command.name).findings


def cd(command: Command, situation: Situation) -> Iterator[Finding]:
    """The folder must exist; later words are relative to it."""
    usage = read_options(command, command.arguments, "-L -P -e -n", command.name)
    yield from usage.findings
    if len(usage.operands) > 1:
        yield finding(
            command,
            "cd",
            f"{command.name} avec plusieurs dossiers",
            "mettre le chemin entre guillemets",
            usage.operands[1],
        )
    for word in usage.operands[:1]:
        yield from must_be_folder(command, word, situation)
    target = usage.operands[0].text if usage.operands else UNKNOWN
    if not posixpath.isabs(target) and situation.cwd == UNKNOWN:
        return
    situation.cwd = UNKNOWN if target == "-" else place(target, situation) or UNKNOWN


def source(command: Command, situation: Situation) -> Iterator[Finding]:
    """The file must exist; the functions of one that belongs to the repository are those of the page from then on."""
    if not command.arguments:
        yield finding(command, "source", f"{command.name} sans fichier", "écrire le fichier à lire")
    for word in command.arguments[:1]:
        if not word.text.endswith("bin/activate"):  # of a virtual environment, which is not part of the repository
            yield from must_be_file(command, word, situation)
        path = place(word.text, situation)
        if path in situation.model.files:
            text = (situation.model.root / path).read_text(encoding="utf-8", errors="replace")
            deque(situation.shell.read(replace(command.block, code=text)), maxlen=0)


def test(command: Command, _: Situation) -> Iterator[Finding]:
    """Operators that `test` has; a file that it tests may be missing."""
    for word in command.arguments:
        if re.fullmatch(r"-[a-zA-Z]{1,2}", word.text) and word.text not in TESTS:
            yield finding(
                command, "test", f"opérateur « {word.text} » inconnu de test", "« help test » donne les siens", word
            )


def set_options(command: Command, _: Situation) -> Iterator[Finding]:
    """The letters of `set`, and the names after `-o`."""
    after_o = False
    for word in command.arguments:
        if word.text == "--":
            return
        if after_o:
            if word.known and word.text not in SET_OPTIONS:
                yield finding(
                    command, "set", f"option « {word.text} » inconnue de set -o", nearest(word.text, SET_OPTIONS), word
                )
            after_o = False
        elif re.match(r"[-+]", word.text):
            wrong = [letter for letter in word.text[1:] if letter not in "abefhkmnptuvxBCEHPTo" + UNKNOWN]
            if wrong:
                yield finding(
                    command, "set", f"option « {word.text[0]}{wrong[0]} » inconnue de set", "voir « help set »", word
                )
            after_o = "o" in word.text


def trap(command: Command, _: Situation) -> Iterator[Finding]:
    """The signals that exist."""
    usage = read_options(command, command.arguments, "-l -p", "trap")
    yield from usage.findings
    for word in usage.operands[1:]:
        name = word.text.removeprefix("SIG")
        if word.known and not name.isdecimal() and name not in SIGNALS:
            yield finding(command, "trap", f"signal « {word.text} » inconnu", nearest(name, SIGNALS), word)


def kill(command: Command, _: Situation) -> Iterator[Finding]:
    """A signal that exists, and something to send it to."""
    sent = [word for word in command.arguments if not word.text.startswith("-") or word.text == "-"]
    for word in command.arguments[:1]:
        name = word.text[1:].removeprefix("SIG")
        if word.known and re.match(r"-[A-Z]", word.text) and name not in SIGNALS:
            yield finding(command, "kill", f"signal « {name} » inconnu", nearest(name, SIGNALS), word)
    if not sent and not any(word.text in ("-l", "-0", "--") for word in command.arguments):
        yield finding(command, "kill", f"{command.name} sans processus", "écrire ce qu'il faut arrêter")


def printf(command: Command, situation: Situation) -> Iterator[Finding]:
    """A format, and as many arguments as it takes or a multiple, which bash repeats it for."""
    words = command.arguments
    if words[:1] and words[0].text == "-v":
        situation.shell.variables.update({word.text: UNKNOWN for word in words[1:2]})
        words = words[2:]
    if words[:1] and words[0].text == "--":
        words = words[1:]
    if not words:
        yield finding(command, "printf", "printf sans format", "écrire le format entre apostrophes")
        return
    for letter in re.findall(r"%(?!%)[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(.)", words[0].text.replace("%%", "")):
        if letter not in "diouxXeEfFgGaAcsbqn(" + UNKNOWN:
            yield finding(
                command,
                "printf",
                f"« %{letter} » inconnu de printf",
                "écrire « %s » pour un texte, « %% » pour un pour-cent",
                words[0],
            )


RESOLVERS: dict[str, Rule] = {
    **dict.fromkeys(OPTIONS, plain),
    **dict.fromkeys(("cd", "pushd"), cd),
    **dict.fromkeys(("source", "."), source),
    **dict.fromkeys(("test", "[", "[["), test),
    "set": set_options,
    "trap": trap,
    "kill": kill,
    "printf": printf,
}
