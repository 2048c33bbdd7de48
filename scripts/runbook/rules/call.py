"""A command read by the grammar of its program: its verb, its options, its operands, and what the grammar lacks."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from runbook.rules.shell import UNKNOWN, Command, Word
from runbook.rules.situation import Situation

DATA = Path(__file__).parent / "commands"
PROGRAMS = ("kubectl", "docker", "kind", "curl", "git", "mkdocs")
# After their first operand these take the words of another command.
CARRIERS = {
    "docker": ("run", "exec", "create", "container run", "container exec", "compose run", "compose exec"),
    "gnu": ("timeout", "env", "xargs", "nice", "stdbuf", "nohup"),
}
ALONE = {
    "kubectl": ("apply", "create", "cluster-info"),
    "docker": (),
    "kind": (),
}  # verbs that also stand without another
SUBCOMMANDS = ("kubectl", "git")  # where an unknown verb may be a plugin's, or an alias
SHORTENED = ("gnu", "git")  # where a long option may be cut short


@dataclass(frozen=True, slots=True)
class Options:
    """`names` maps each way to write an option to its last one; `valued` take a value, `optional` may, after `=`."""

    names: Mapping[str, str]
    valued: frozenset[str]
    optional: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """One program: verb → its options as text, None where they are not known; other names of verbs; its name."""

    program: str
    verbs: Mapping[str, str | None]
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """`verb` holds all its words (`rollout status`); `options` are long names with their value if any.

    `inner` is the command that it carries, or what follows `--`; None without.  `wrong` are the words that the grammar
    has not, each with what is wrong: `verb`, `option`, `value`, `no-value`.
    """

    command: Command
    situation: Situation
    program: str
    grammar: Grammar | None
    verb: str
    options: tuple[tuple[str, Word | None], ...]
    operands: tuple[Word, ...]
    inner: tuple[Word, ...] | None
    wrong: tuple[tuple[str, Word, str], ...]

    def has(self, *names: str) -> bool:
        """Whether one of these options is given, and not as `=false`."""
        return any(name in names and not (word and word.text == "false") for name, word in self.options)

    def values(self, *names: str) -> list[Word]:
        """The values given to these options."""
        return [word for name, word in self.options if name in names and word is not None]

    @property
    def must_succeed(self) -> bool:
        """Whether the page runs it and expects it to succeed."""
        return self.command.block.exit_status == 0 and not self.command.block.not_run


@cache
def grammar_of(name: str) -> Grammar | None:
    """The grammar of a program, from its data; None where there is none."""
    if name in PROGRAMS:
        return _loaded(name)
    small = _loaded("gnu")
    return small if name in small.verbs else None


@cache
def _loaded(name: str) -> Grammar:
    data = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return Grammar(name, data["verbs"], data["aliases"])


@cache
def builtins() -> frozenset[str]:
    """What bash itself does."""
    return frozenset(json.loads((DATA / "gnu.json").read_text(encoding="utf-8"))["builtins"])


@cache
def options_of(text: str) -> Options:
    """`-a,--all --name= --dry-run?`, read."""
    names: dict[str, str] = {}
    valued: set[str] = set()
    optional: set[str] = set()
    for entry in text.split():
        *others, main = entry.rstrip("=?").split(",")
        names |= dict.fromkeys([*others, main], main)
        (valued if entry.endswith("=") else optional if entry.endswith("?") else set()).add(main)
    return Options(names, frozenset(valued), frozenset(optional))


def read_call(command: Command, situation: Situation, more: Mapping[str, Grammar]) -> Call:
    """The command read by the grammar of its program, `more` being those that only the caller knows.

    Without a grammar, every word is an operand.
    """
    program = posixpath.basename(command.name)
    grammar = more.get(program) or grammar_of(program)
    words = list(command.arguments)
    if grammar is None:
        return Call(command, situation, program, None, "", (), tuple(words), None, ())
    return _Reader(command, situation, program, grammar).read(words)


class _Reader:
    """One reading of the words of a command, from left to right."""

    def __init__(self, command: Command, situation: Situation, program: str, grammar: Grammar) -> None:
        self.command, self.situation, self.program, self.grammar = command, situation, program, grammar
        self.verb = program if grammar.program == "gnu" else ""
        self.options: list[tuple[str, Word | None]] = []
        self.operands: list[Word] = []
        self.wrong: list[tuple[str, Word, str]] = []

    def read(self, words: list[Word]) -> Call:
        waiting = list(words)
        inner: tuple[Word, ...] | None = None
        while waiting:
            word = waiting.pop(0)
            if word.text == "--":
                inner = tuple(waiting)
                break
            if word.text.startswith("-") and word.text != "-":
                self._option(word, waiting)
            elif not self._verb(word):
                self.operands.append(word)
                if self.verb in CARRIERS.get(self.grammar.program, ()):
                    inner = tuple(waiting)
                    break
        if (inner is not None and self.program in ("git", "curl")) or (
            self.grammar.program == "gnu" and self.verb not in CARRIERS["gnu"]
        ):
            self.operands += inner or ()
            inner = None
        return Call(
            self.command,
            self.situation,
            self.program,
            self.grammar,
            self.verb,
            tuple(self.options),
            tuple(self.operands),
            inner,
            tuple(self.wrong),
        )

    def _verb(self, word: Word) -> bool:
        """Take the word for the next one of the verb, if it is; a word that should be and is not is wrong."""
        if (
            self.operands
            or self.wrong
            or self.grammar.program in ("gnu", "curl")
            or (self.program == "git" and self.verb)
        ):
            return False
        longer = f"{self.verb} {word.text}".strip()
        longer = self.grammar.aliases.get(longer, longer)
        if longer in self.grammar.verbs:
            self.verb = longer
            return True
        below = self.below()
        if below and self.verb not in ALONE.get(self.program, ()) and word.known:
            self.wrong.append(("verb", word, longer))
        return False

    def below(self) -> list[str]:
        """The words that may follow the verb so far."""
        start = f"{self.verb} " if self.verb else ""
        verbs = (*self.grammar.verbs, *self.grammar.aliases)
        return sorted(
            {verb[len(start) :] for verb in verbs if verb.startswith(start) and " " not in verb[len(start) :]} - {""}
        )

    def _option(self, word: Word, waiting: list[Word]) -> None:
        text = self.grammar.verbs.get(self.verb)
        if text is None or self.wrong:
            return  # a verb that is wrong, or whose options are not known
        if self.program == "kubectl" and self.verb:
            text = f"{text} {self.grammar.verbs['']}"
        known = options_of(text)
        for name, value in _parts(word, known):
            main = self._known(name, known)
            if main is None:
                if UNKNOWN not in name:
                    self.wrong.append(("option", word, name))
            elif main in known.valued and value is None:
                if waiting:
                    self.options.append((main, waiting.pop(0)))
                else:
                    self.wrong.append(("value", word, name))
            else:
                if (
                    value is not None
                    and main not in known.valued | known.optional
                    and value.text not in ("true", "false")
                ):
                    self.wrong.append(("no-value", word, name))
                self.options.append((main, value))

    def _known(self, name: str, known: Options) -> str | None:
        main = known.names.get(name)
        if main is None and self.grammar.program in SHORTENED and name.startswith("--"):
            main = next((known.names[other] for other in known.names if other.startswith(name)), None)
        if main is None and name.startswith("--no-") and self.program == "curl":
            main = known.names.get(f"--{name[5:]}") and name
        if main is None and re.fullmatch(r"-\d+", name) and self.grammar.program in SHORTENED:
            main = name
        return main


def _parts(word: Word, known: Options) -> Iterator[tuple[str, Word | None]]:
    """The options of one word, each with the value that the word itself holds: `--x=1`, `-x1`, a cluster `-ab`."""
    text = word.text
    if text.startswith("--") or text in known.names or re.fullmatch(r"-\d+", text):
        name, separator, value = text.partition("=")
        yield name, Word(value, word.line, word.unset) if separator else None
        return
    rest = text[1:]
    while rest:
        name, rest = f"-{rest[0]}", rest[1:]
        main = known.names.get(name)
        if rest and (main in known.valued or main in known.optional or rest.startswith("=")):
            yield name, Word(rest.removeprefix("="), word.line, word.unset)
            return
        yield name, None


Effect = Callable[[Call], None]
Carried = Callable[[Call], Iterator[tuple[Command, Situation]]]
EFFECTS: dict[str, list[Effect]] = {}
CARRIED: dict[str, Carried] = {}


def effect(*programs: str) -> Callable[[Effect], Effect]:
    """The function below tells the situation what a command of these programs changes, once the rules have seen it."""

    def enter(change: Effect) -> Effect:
        for program in programs:
            EFFECTS.setdefault(program, []).append(change)
        return change

    return enter


def carries(*programs: str) -> Callable[[Carried], Carried]:
    """The function below gives the commands that one of these programs runs, and where."""

    def enter(carried: Carried) -> Carried:
        CARRIED.update(dict.fromkeys(programs, carried))
        return carried

    return enter
