"""Programs that run another command: their own options, then that command is checked as if it stood alone."""

import re
from collections.abc import Iterator
from dataclasses import replace

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Shell, Word
from runbook.checking.commands.files import must_be_file, must_be_folder
from runbook.checking.commands.options import read_options
from runbook.checking.finding import Finding
from runbook.reading.syntax import parse

OPTIONS = {
    "timeout": "-k,--kill-after= -s,--signal= --preserve-status --foreground -v,--verbose",
    "env": "-i,--ignore-environment -0,--null -u,--unset= -C,--chdir= -S,--split-string= -v,--debug",
    "xargs": "-0,--null -a,--arg-file= -d,--delimiter= -E= -I= -L,--max-lines= -n,--max-args= -o,--open-tty -P,--max-procs= -p,--interactive "
    "-r,--no-run-if-empty -s,--max-chars= -t,--verbose -x,--exit",
    "nohup": "",
    "nice": "-n,--adjustment=",
    "stdbuf": "-i,--input= -o,--output= -e,--error=",
    "setsid": "-c,--ctty -f,--fork -w,--wait",
    "time": "-p",
    "exec": "-c -l -a=",
    "command": "-p -v -V",
    "flock": "-s,--shared -x,--exclusive -n,--nonblock -w,--timeout= -c,--command= -E,--conflict-exit-code=",
}
DURATION = re.compile(r"\d+(\.\d+)?[smhd]?")


def wrapper(command: Command, situation: Situation) -> Iterator[Finding]:
    """Its own options and operands, then the command that it runs."""
    usage = read_options(command, command.arguments, OPTIONS[command.name], command.name, until_operand=True)
    yield from usage.findings
    for word in usage.values("--chdir"):
        yield from must_be_folder(command, word, situation)
    inner = list(usage.operands)
    if command.name == "command" and usage.has("-v", "-V"):
        return
    if command.name == "env":
        named = []
        while inner and re.match(r"\w+=", inner[0].text):
            word = inner.pop(0)
            named.append(Word(word.text.partition("=")[0], word.line))
        command = replace(command, environment=tuple(named))
    elif command.name == "timeout":
        duration = inner.pop(0) if inner else None
        if duration is None or (duration.known and not DURATION.fullmatch(duration.text)):
            yield finding(
                command, "wrappers", "timeout sans durée", "écrire le nombre de secondes avant la commande", duration
            )
            return
    elif command.name == "flock" and inner:
        inner.pop(0)
    if command.name == "xargs":  # it adds what it reads
        inner = [*inner, Word(UNKNOWN, command.line)] if inner else []
    if inner:
        yield from situation.resolve(replace(command, words=tuple(inner), redirects=()), situation)
    elif command.name in ("timeout", "nohup", "nice", "setsid", "stdbuf"):
        yield finding(command, "wrappers", f"{command.name} sans commande", "écrire la commande à lancer")


def shell(command: Command, situation: Situation) -> Iterator[Finding]:
    """`bash -c TEXT` is read like a block, `bash FILE` must find its file."""
    usage = read_options(
        command,
        command.arguments,
        "-c -e -u -x -n -v -l,--login -i -s --norc --noprofile --posix -o= --version",
        command.name,
        until_operand=True,
    )
    yield from usage.findings
    if usage.has("-i"):
        yield finding(command, "wrappers", f"{command.name} -i attend quelqu'un au clavier", "retirer -i")
    for word in usage.operands[:1]:
        if not usage.has("-c"):
            yield from must_be_file(command, word, situation)
        elif word.known:
            yield from script_faults(command, word, situation)


def script_faults(command: Command, word: Word, situation: Situation) -> Iterator[Finding]:
    """What is wrong in a script that stands in one word; it inherits functions and variables, and gives none back."""
    if parse(word.text).has_error:
        yield finding(
            command,
            "wrappers",
            "syntaxe bash fausse dans le texte donné au shell",
            "fermer ses guillemets et ses parenthèses",
            word,
        )
        return
    outer, folder = situation.shell, situation.cwd
    situation.shell = Shell(outer.variables)
    situation.shell.functions |= outer.functions
    for inner in situation.shell.read(replace(command.block, code=word.text, line=word.line - 1)):
        yield from situation.resolve(inner, situation)
    situation.shell, situation.cwd = outer, folder


RESOLVERS: dict[str, Rule] = {**dict.fromkeys(OPTIONS, wrapper), **dict.fromkeys(("bash", "sh"), shell)}
