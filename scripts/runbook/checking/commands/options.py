"""Which options a program takes: one grammar a program or verb, and the words of a command read by it."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from runbook.checking.blocks.situation import finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.finding import Finding


@dataclass(frozen=True, slots=True)
class Grammar:
    """`names` maps each way to write an option to its last one; `valued` take a value, `optional` may, after `=`."""

    names: Mapping[str, str]
    valued: frozenset[str]
    optional: frozenset[str]


@dataclass(frozen=True, slots=True)
class Usage:
    """The words of one command: `options` in order with their value if any, `operands`, and what is wrong."""

    options: tuple[tuple[str, Word | None], ...]
    operands: tuple[Word, ...]
    findings: tuple[Finding, ...]

    def has(self, *names: str) -> bool:
        """Whether one of these options is given, and not as `--name=false`."""
        return any(name in names and (value is None or value.text != "false") for name, value in self.options)

    def values(self, *names: str) -> list[Word]:
        """The values of these options, in order."""
        return [value for name, value in self.options if name in names and value is not None]


@cache
def grammar(text: str) -> Grammar:
    """Read `-a,--all -f,--file= --pull?`: `=` takes a value, `?` may take one after `=`."""
    names: dict[str, str] = {}
    valued, optional = set(), set()
    for item in text.split():
        *others, last = item.rstrip("=?").split(",")
        names.update(dict.fromkeys([*others, last], last))
        if item.endswith("="):
            valued.add(last)
        elif item.endswith("?"):
            optional.add(last)
    return Grammar(names, frozenset(valued), frozenset(optional))


def verbs(text: str) -> dict[str, str]:
    """One line a verb, `verb: options`; several verbs with the same options share a line, `a|b: …`."""
    lines = [line.partition(":") for line in text.strip().splitlines()]
    return {verb.strip(): options.strip() for names, _, options in lines for verb in names.split("|")}


def read_options(
    command: Command,
    words: tuple[Word, ...],
    options: str,
    program: str,
    *,
    until_operand: bool = False,
    elsewhere: Mapping[str, str] | None = None,
) -> Usage:
    """Read `words` by the grammar `options`; `elsewhere` are those of other verbs, to name the right one.

    With `until_operand` all words from the first operand on are operands: a command that it runs.
    """
    known = grammar(options)
    given: list[tuple[str, Word | None]] = []
    operands: list[Word] = []
    findings: list[Finding] = []
    left = list(reversed(words))
    while left:
        word = left.pop()
        text = word.text
        if text == "--":
            operands += reversed(left)
            break
        if not text.startswith("-") or text == "-":
            operands.append(word)
            if until_operand:
                operands += reversed(left)
                break
            continue
        for name, value, attached in _parts(word, known):
            main = known.names.get(name)
            if main is None:
                findings.append(_unknown(command, word, name, known, program, elsewhere or {}))
            elif main in known.valued and not attached:
                if left:
                    given.append((main, left.pop()))
                else:
                    findings.append(
                        finding(
                            command,
                            "options",
                            f"« {name} » de « {program} » sans valeur",
                            "écrire sa valeur après elle",
                            word,
                        )
                    )
            elif (
                attached
                and main not in known.valued
                and main not in known.optional
                and value.text not in ("true", "false")
            ):
                findings.append(
                    finding(
                        command,
                        "options",
                        f"« {name} » de « {program} » ne prend pas de valeur",
                        f"écrire « {name} » seul",
                        word,
                    )
                )
            else:
                given.append((main, value if attached else None))
    return Usage(tuple(given), tuple(operands), tuple(findings))


def _parts(word: Word, known: Grammar) -> Iterator[tuple[str, Word, bool]]:
    """The options of one word: name, value, whether the word holds the value (`--x=1`, `-x1`, a cluster `-ab`)."""
    text = word.text
    if (
        text.startswith("--")
        or text in known.names
        or (re.match(r"-\w[\w-]+", text) and text.split("=")[0] in known.names)
    ):
        name, separator, value = text.partition("=")
        yield name, Word(value, word.line, word.variables), bool(separator)
        return
    rest = text[1:]
    while rest:
        name, rest = f"-{rest[0]}", rest[1:]
        takes = known.names.get(name) in known.valued
        if rest and (takes or rest.startswith("=")):
            yield name, Word(rest.removeprefix("="), word.line, word.variables), True
            return
        if name != f"-{UNKNOWN}":
            yield name, Word("", word.line), False


def _unknown(
    command: Command, word: Word, name: str, known: Grammar, program: str, elsewhere: Mapping[str, str]
) -> Finding:
    owners = sorted({verb for verb, options in elsewhere.items() if name in grammar(options).names})
    close = difflib.get_close_matches(name, known.names, n=1, cutoff=0.8 if owners else 0.6)
    if owners and not close:
        hint = f"c'est une option de « {owners[0]} »"
    else:
        hint = f"vouliez-vous dire « {close[0]} » ?" if close else f"« {program} --help » donne les siennes"
    return finding(command, "options", f"option « {name} » inconnue de « {program} »", hint, word)
