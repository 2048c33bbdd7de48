"""A command read by the grammar of its program: its verb, its options, its operands, and what the grammar lacks."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from runbook.rules.shell import UNKNOWN, Command, Word
from runbook.rules.situation import Situation

DATA = Path(__file__).parent / "commands"
PROGRAMS = ("kubectl", "docker", "kind", "curl", "git", "mkdocs", "runbook")
# After their first operand these take the words of another command.
CARRIERS = {
    "docker": ("run", "exec", "create", "container run", "container exec", "compose run", "compose exec"),
    "gnu": ("timeout", "env", "xargs", "nice", "stdbuf", "nohup"),
}
ALONE = ("kubectl apply", "kubectl create", "kubectl cluster-info")  # verbs that also stand without another
VERSIONED = re.compile(r"(?<=[a-z])-?\d+(\.\d+)*$")  # `python3.14`, `clang-18`: judged like any version
PASSES_ON = ("kubectl", "docker")  # what follows `--` is another command
SUBCOMMANDS = ("kubectl", "git")  # where an unknown verb may be a plugin's, or an alias
SHORTENED = ("gnu", "git")  # where a long option may be cut short
Option = tuple[str, str]  # its longest name; `=` if it takes a value, `?` if it may


@dataclass(frozen=True, slots=True)
class Grammar:
    """One program: verb → its options as text, None where they are not known; other names of verbs; its name."""

    program: str
    verbs: Mapping[str, str | None]
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Call:
    """`verb` holds all its words (`rollout status`); `options` are long names with their value if any.

    `inner` is the command that it carries, or what follows `--`; None without.  `wrong` are the words that the grammar
    has not, each with what is wrong: `verb`, `option`, `value`, `no-value`.
    """

    command: Command
    situation: Situation
    program: str
    grammar: Grammar | None
    verb: str = ""
    options: list[tuple[str, Word | None]] = field(default_factory=list)
    operands: list[Word] = field(default_factory=list)
    inner: list[Word] | None = None
    wrong: list[tuple[str, Word, str]] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        """Whether one of these options is given, and not as `=false`."""
        return any(name in names and not (word and word.text == "false") for name, word in self.options)

    def values(self, *names: str) -> list[Word]:
        """The values given to these options."""
        return [word for name, word in self.options if name in names and word is not None]


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
def options_of(text: str) -> Mapping[str, Option]:
    """`-a,--all --name= --dry-run?`, read: each way to write an option → the option."""
    found: dict[str, Option] = {}
    for entry in text.split():
        ways = entry.rstrip("=?")
        found |= dict.fromkeys(ways.split(","), (ways.rpartition(",")[2], entry.removeprefix(ways)))
    return found


def read_call(command: Command, situation: Situation) -> Call:
    """The command read by the grammar of its program; without one, or for a function, every word is an operand."""
    program = posixpath.basename(command.name)
    if not (grammar_of(program) or program in builtins()):
        program = VERSIONED.sub("", program)
    grammar = None if program in situation.shell.functions else grammar_of(program)
    call = Call(command, situation, program, grammar)
    if grammar is None:
        call.operands += command.arguments
    else:
        _read(call, grammar)
    return call


def _read(call: Call, grammar: Grammar) -> None:
    """The words of the command, from left to right."""
    call.verb = call.program if grammar.program == "gnu" else ""
    waiting = list(call.command.arguments)
    while waiting and call.inner is None:
        word = waiting.pop(0)
        if word.text == "--" and call.program in PASSES_ON:
            call.inner = waiting
        elif word.text == "--":
            call.operands += waiting
            waiting = []
        elif word.text.startswith("-") and word.text != "-":
            _read_option(call, grammar, word, waiting)
        elif not _is_verb(call, grammar, word):
            call.operands.append(word)
            if call.verb in CARRIERS.get(grammar.program, ()):
                call.inner = waiting


def _is_verb(call: Call, grammar: Grammar, word: Word) -> bool:
    """Whether the word is the next one of the verb; a word that should be and is not is wrong."""
    over = call.operands or call.wrong or (call.program == "git" and call.verb)
    longer = f"{call.verb} {word.text}".strip()
    longer = grammar.aliases.get(longer, longer)
    if over or longer in grammar.verbs:
        call.verb = call.verb if over else longer
        return not over
    start = f"{call.verb} ".lstrip()
    below = any(verb.startswith(start) and verb != call.verb for verb in grammar.verbs)
    if below and word.known and grammar.program != "gnu" and f"{call.program} {call.verb}" not in ALONE:
        call.wrong.append(("verb", word, longer))
    return False


def _read_option(call: Call, grammar: Grammar, word: Word, waiting: list[Word]) -> None:
    text = grammar.verbs.get(call.verb)
    if text is None or call.wrong:
        return  # a verb that is wrong, or whose options are not known
    if call.program == "kubectl":  # before its verb, it takes the verb's options too
        text = f"{text} {grammar.verbs['']}" if call.verb else " ".join(filter(None, grammar.verbs.values()))
    known = options_of(text)
    for name, value in _parts(word, known):
        option = _known(grammar, name, known)
        if option is None:
            if UNKNOWN not in name and (call.verb or call.program != "git"):  # whose help leaves out some of its own
                call.wrong.append(("option", word, name))
            continue
        main, takes = option
        if takes == "=" and value is None:
            if not waiting:
                call.wrong.append(("value", word, name))
                return
            value = waiting.pop(0)  # noqa: PLW2901 — it stands in the next word
        elif value is not None and not takes and value.text not in ("true", "false"):
            call.wrong.append(("no-value", word, name))
        call.options.append((main, value))


def _known(grammar: Grammar, name: str, known: Mapping[str, Option]) -> Option | None:
    """The option; small programs and git take one that is cut short, curl `--no-…`."""
    option = known.get(name)
    if option is None and grammar.program in SHORTENED:
        if re.fullmatch(r"-\d+", name):
            return name, ""
        option = next((known[one] for one in known if name[:2] == "--" and one.startswith(name)), None)
    return (name, "") if option is None and grammar.program == "curl" and f"--{name[5:]}" in known else option


def _parts(word: Word, known: Mapping[str, Option]) -> Iterator[tuple[str, Word | None]]:
    """The options of one word, each with the value that the word itself holds: `--x=1`, `-x1`, a cluster `-ab`."""
    text = word.text
    if text.startswith("--") or text in known or re.fullmatch(r"-\d+", text):
        name, separator, value = text.partition("=")
        yield name, replace(word, text=value) if separator else None
        return
    rest = text[1:]
    while rest:
        name, rest = f"-{rest[0]}", rest[1:]
        if rest and (known.get(name, ("", ""))[1] or rest.startswith("=")):
            yield name, replace(word, text=rest.removeprefix("="))
            return
        yield name, None


Effect = Callable[[Call], None]
EFFECTS: dict[str, list[Effect]] = {}


def effect(*programs: str) -> Callable[[Effect], Effect]:
    """The function below tells the situation what a command of these programs changes, once the rules have seen it."""

    def enter(change: Effect) -> Effect:
        for program in programs:
            EFFECTS.setdefault(program, []).append(change)
        return change

    return enter
