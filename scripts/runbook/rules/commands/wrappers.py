"""Programs that run another command: that one is checked as if it stood alone."""

import re
from collections.abc import Iterator
from dataclasses import replace

from runbook.reading.syntax import parse
from runbook.rules.call import CARRIERS, Call
from runbook.rules.shell import UNKNOWN, Command, Word
from runbook.rules.situation import Situation

PREFIXES = ("time", "exec", "sudo", "setsid", "command", "builtin", "flock", "watch")
READ_AS_TEXT = ("bash", "sh", "eval", "trap")
WRAPPERS = (*CARRIERS["gnu"], *PREFIXES, *READ_AS_TEXT)


def carried(call: Call) -> Iterator[tuple[Command, Situation]]:
    """The commands that it runs, each with where it does."""
    read = _text if call.program in READ_AS_TEXT else _words
    yield from read(call) if call.program in WRAPPERS else ()


def _words(call: Call) -> Iterator[tuple[Command, Situation]]:
    """What follows their options and what they take before it; nothing for `command -v`, which only asks."""
    words = [*call.operands, *(call.inner or ())]
    asks = call.program == "command" and words and words[0].text in ("-v", "-V")
    while call.program in PREFIXES and words and words[0].text.startswith("-"):
        words = [] if asks else words[1:]
    if call.program in ("timeout", "flock"):
        words = words[1:]
    while call.program == "env" and words and re.match(r"\w+=", words[0].text):
        words.pop(0)
    if call.program == "xargs" and words:
        words.append(Word(UNKNOWN, call.command.line))
    if words and words[0].text != "-c":
        yield replace(call.command, words=tuple(words), redirects=()), call.situation


def _text(call: Call) -> Iterator[tuple[Command, Situation]]:
    """`bash -c TEXT`, read like a block; it inherits what the shell knows, and gives nothing back."""
    words = [word.text for word in call.operands]
    option = next((index for index, one in enumerate(words) if re.fullmatch(r"-[a-z]*c", one)), None)
    place = 0 if call.program in ("eval", "trap") else None if option is None else option + 1
    if place is None or place >= len(words) or UNKNOWN in words[place] or parse(words[place]).has_error:
        return
    inner = replace(call.situation, shell=call.situation.shell.inner())
    word = call.operands[place]
    for command in inner.shell.read(replace(call.command.block, code=word.text, line=word.line - 1)):
        yield command, inner
