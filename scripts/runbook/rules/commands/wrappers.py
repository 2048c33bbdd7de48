"""Programs that run another command: that one is checked as if it stood alone."""

import re
from collections.abc import Iterator
from dataclasses import replace

from runbook.reading.syntax import parse
from runbook.rules.call import Call, carries
from runbook.rules.shell import UNKNOWN, Command, Word
from runbook.rules.situation import Situation


@carries("timeout", "env", "xargs", "nice", "stdbuf", "nohup")
def carried(call: Call) -> Iterator[tuple[Command, Situation]]:
    """By their grammar: the first operand, then its words; `timeout` and `env` take words of their own before it."""
    words = [*call.operands, *(call.inner or ())]
    if call.program == "timeout":
        words = words[1:]
    while call.program == "env" and words and re.match(r"\w+=", words[0].text):
        words.pop(0)
    if call.program == "xargs" and words:
        words.append(Word(UNKNOWN, call.command.line))
    if words:
        yield replace(call.command, words=tuple(words), redirects=()), call.situation


@carries("time", "exec", "sudo", "setsid", "command", "builtin", "flock", "watch")
def prefixed(call: Call) -> Iterator[tuple[Command, Situation]]:
    """What follows their options; nothing for `command -v`, which only asks."""
    words = list(call.operands)
    if call.program == "command" and words and words[0].text in ("-v", "-V"):
        return
    while words and words[0].text.startswith("-"):
        words.pop(0)
    if call.program == "flock" and words:
        words.pop(0)
    if words and words[0].text != "-c":
        yield replace(call.command, words=tuple(words), redirects=()), call.situation


@carries("bash", "sh", "eval", "trap")
def text(call: Call) -> Iterator[tuple[Command, Situation]]:
    """`bash -c TEXT`, read like a block; it inherits what the shell knows, and gives nothing back."""
    words = [word.text for word in call.operands]
    option = next((index for index, one in enumerate(words) if re.fullmatch(r"-[a-z]*c", one)), None)
    place = 0 if call.program in ("eval", "trap") else None if option is None else option + 1
    if place is None or place >= len(words) or UNKNOWN in words[place] or parse(words[place]).has_error:
        return
    inner = call.situation.inner()
    word = call.operands[place]
    for command in inner.shell.read(replace(call.command.block, code=word.text, line=word.line - 1)):
        yield command, inner
