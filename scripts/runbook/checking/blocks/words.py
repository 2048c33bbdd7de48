"""The commands of a block as words, with what is known before running and what is not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import tree_sitter

from runbook.checking.commands import captured
from runbook.reading.content import Block
from runbook.reading.syntax import parse, text_of

UNKNOWN = "…"  # stands in a word for a text that only running can tell
ELEMENTS = re.compile(r'"\$(?:@|\{@\}|\{(?:(\w+)\[@\]|@:(\d+))\})"')
READERS = ("read", "mapfile", "readarray")


@dataclass(frozen=True, slots=True)
class Word:
    """One argument after quoting and known variables; `…` in `text` stands for what is not known.

    `variables` are those it expands that nothing before it in the page assigned.
    """

    text: str
    line: int
    variables: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return UNKNOWN not in self.text


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command; `line` in the source page, `stdin` a here-document if it has one.

    `path` is the page.  `redirects` are pairs of operator and target.  `piped` if its input comes
    from a command before it.  `environment` are the names of variables set for it alone.
    `captured` if its output goes into another command's words, between `$(` and `)`; `feeds` if
    it goes to the input of a command after it.
    """

    path: str
    line: int
    block: Block
    words: tuple[Word, ...]
    redirects: tuple[tuple[str, Word], ...] = ()
    stdin: str | None = None
    piped: bool = False
    environment: tuple[Word, ...] = ()
    captured: bool = False
    feeds: bool = False

    @property
    def name(self) -> str:
        return self.words[0].text

    @property
    def arguments(self) -> tuple[Word, ...]:
        return self.words[1:]


class Shell:
    """Reads blocks in the order of the page and remembers what they assign, define and change into."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.variables: dict[str, str] = dict(environment or {})
        self.functions: set[str] = set()
        self.arrays: dict[str, list[Word]] = {}
        self.bodies: dict[str, tree_sitter.Node] = {}

    def called(self, command: Command) -> Iterator[Command]:
        """The commands of the function that `command` calls, with its arguments in the place of `$1` and `$@`."""
        body = self.bodies.get(command.name)
        if body is not None:
            inner = Shell(
                {**self.variables, **{str(number): word.text for number, word in enumerate(command.arguments, 1)}}
            )
            self._pass_on(inner)
            inner.arrays["@"] = list(command.arguments)
            del inner.bodies[command.name]
            lines = {word.text: word.line for word in command.arguments}
            for done in inner._read(body, command.block, command.piped):
                yield replace(
                    done, words=tuple(replace(word, line=lines.get(word.text, word.line)) for word in done.words)
                )

    def read(self, block: Block) -> Iterator[Command]:
        """Each simple command of `block`, substituted ones before the command that they are part of."""
        root = parse(block.code)
        yield from self._read(root, block, piped=False)

    def _read(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        reader = {
            "command": self._simple,
            "redirected_statement": self._redirected,
            "pipeline": self._pipeline,
            "variable_assignment": self._assignment,
            "for_statement": self._loop,
            "function_definition": self._function,
            "subshell": self._subshell,
            "command_substitution": self._subshell,
        }.get(node.type, self._children)
        yield from reader(node, block, piped)

    def _children(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        for child in node.children:
            yield from self._read(child, block, piped)

    def _simple(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        yield from self._substitutions(node, block)
        command = self._command(node, block, piped)
        if command.name in READERS:
            self.variables.update({word.text: UNKNOWN for word in command.arguments if word.text.isidentifier()})
        yield command

    def _pipeline(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        last = len(node.named_children) - 1
        for index, child in enumerate(node.named_children):
            yield from (
                replace(command, feeds=index < last or command.feeds)
                for command in self._read(child, block, piped or index > 0)
            )

    def _assignment(self, node: tree_sitter.Node, block: Block, _: bool) -> Iterator[Command]:
        yield from self._substitutions(node, block)
        self._assign(node, block)

    def _function(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        name = node.child_by_field_name("name")
        if name is not None:
            self.functions.add(text_of(name))
            self.bodies[text_of(name)] = node.child_by_field_name("body") or node
        yield from self._children(node, block, piped)

    def _subshell(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        """What it assigns is gone when it ends."""
        inner = Shell(self.variables)
        self._pass_on(inner)
        yield from inner._children(node, block, piped)

    def _pass_on(self, inner: "Shell") -> None:
        inner.functions |= self.functions
        inner.arrays |= self.arrays
        inner.bodies |= self.bodies

    def _loop(self, node: tree_sitter.Node, block: Block, _: bool) -> Iterator[Command]:
        """A loop over known words is read once a word, so that each value is checked."""
        variable = node.child_by_field_name("variable")
        values = node.children_by_field_name("value")
        body = node.child_by_field_name("body")
        yield from (command for value in values for command in self._substitutions(value, block))
        words = [word for value in values for word in _split(self._word(value, block))]
        for word in words or [Word(UNKNOWN, _line(node, block))]:
            if variable is not None:
                self.variables[text_of(variable)] = word.text
            if body is not None:
                yield from self._read(body, block, piped=False)

    def _redirected(self, node: tree_sitter.Node, block: Block, piped: bool) -> Iterator[Command]:
        body = node.child_by_field_name("body")
        redirects, stdin = self._redirects(node, block)
        for redirect in node.children_by_field_name("redirect"):
            yield from self._substitutions(redirect, block)
            for child in redirect.children:  # what follows a here-document's start on its line: `| command`
                if redirect.type == "heredoc_redirect" and child.type in ("pipeline", "command"):
                    yield from self._read(child, block, piped=True)
        if body is None:
            return
        commands = list(self._read(body, block, piped))
        yield from commands[:-1]
        for command in commands[-1:]:
            yield replace(
                command,
                words=(*command.words, *self._late_words(node, body, block)),
                redirects=(*command.redirects, *redirects),
                stdin=command.stdin if stdin is None else stdin,
            )

    def _late_words(self, node: tree_sitter.Node, body: tree_sitter.Node, block: Block) -> Iterator[Word]:
        """The words of a command that the grammar puts elsewhere: `-` before a here-document, and what follows its start."""
        for redirect in node.children_by_field_name("redirect"):
            if redirect.type == "heredoc_redirect":
                before = (node.text or b"")[body.end_byte - node.start_byte : redirect.start_byte - node.start_byte]
                if before.strip() == b"-":
                    yield Word("-", _line(redirect, block))
                yield from (self._word(argument, block) for argument in redirect.children_by_field_name("argument"))

    def _redirects(self, node: tree_sitter.Node, block: Block) -> tuple[tuple[tuple[str, Word], ...], str | None]:
        """The redirections among the children of `node`, those on the line of a here-document too, and its text."""
        found: list[tuple[str, Word]] = []
        stdin: str | None = None
        for child in node.children:
            if child.type == "file_redirect":
                target = child.child_by_field_name("destination")
                operator = next((text_of(part) for part in child.children if not part.is_named), ">")
                if target is not None:
                    found.append((operator, self._word(target, block)))
            elif child.type in ("heredoc_redirect", "herestring_redirect"):
                stdin = _heredoc(child)
                found += self._redirects(child, block)[0]
        return tuple(found), stdin

    def _command(self, node: tree_sitter.Node, block: Block, piped: bool) -> Command:
        words, environment = [], []
        for child in node.children:
            if child.type == "variable_assignment":  # for this command alone
                name = child.child_by_field_name("name")
                environment += [Word(text_of(name), _line(child, block))] if name else []
                continue
            if child.type in ("file_redirect", "herestring_redirect", "heredoc_redirect"):
                continue
            part = child.children[0] if child.type == "command_name" else child
            elements = self._elements(part)
            if elements is not None:
                words += elements
                continue
            word = self._word(part, block)
            # bash splits a variable that stands without quotes
            words += _split(word) if part.type in ("simple_expansion", "expansion") else [word]
        line = _line(node, block)
        redirects, stdin = self._redirects(node, block)
        return Command(
            block.page, line, block, tuple(words) or (Word("", line),), redirects, stdin, piped, tuple(environment)
        )

    def _substitutions(self, node: tree_sitter.Node, block: Block) -> Iterator[Command]:
        for child in node.children:
            if child.type in ("command_substitution", "process_substitution"):
                yield from (replace(command, captured=True) for command in self._read(child, block, piped=False))
            else:
                yield from self._substitutions(child, block)

    def _assign(self, node: tree_sitter.Node, block: Block) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is not None:
            self.arrays.pop(text_of(name), None)
            if value is not None and value.type == "array" and any(child.type == "=" for child in node.children):
                self.arrays[text_of(name)] = [self._word(child, block) for child in value.named_children]
            self.variables[text_of(name)] = "" if value is None else self._value(value)[0]

    def _elements(self, node: tree_sitter.Node) -> list[Word] | None:
        """The words of `"${array[@]}"`, `"$@"` or `"${@:2}"`; None where they are not known, or for any other word."""
        found = ELEMENTS.fullmatch(text_of(node))
        words = self.arrays.get(found[1] or "@") if found else None
        return words[int(found[2] or 1) - 1 :] if found and words is not None else None

    def _word(self, node: tree_sitter.Node, block: Block) -> Word:
        text, unknown = self._value(node)
        return Word(text, _line(node, block), tuple(unknown))

    def _value(self, node: tree_sitter.Node) -> tuple[str, list[str]]:
        """The text of a word as bash would expand it, and the variables that nothing assigned."""
        if node.type in ("simple_expansion", "expansion"):
            return self._expansion(node)
        if node.type in ("string", "concatenation"):
            return self._joined(node)
        return _literal(node), []

    def _joined(self, node: tree_sitter.Node) -> tuple[str, list[str]]:
        texts, unknown, end = [], [], None
        for child in node.children:
            if child.type == '"':
                end = child.end_byte
                continue
            if end is not None and child.start_byte > end and node.type == "string":
                texts.append((node.text or b"")[end - node.start_byte : child.start_byte - node.start_byte].decode())
            end = child.end_byte
            text, names = self._value(child)
            texts.append(text)
            unknown += names
        return "".join(texts), unknown

    def _expansion(self, node: tree_sitter.Node) -> tuple[str, list[str]]:
        name = next(
            (text_of(child) for child in node.children if child.type in ("variable_name", "special_variable_name")), ""
        )
        plain = node.type == "simple_expansion" or re.match(rf"\$\{{{name}(\}}|:?\?)", text_of(node))
        if name in self.variables:
            return (self.variables[name] if plain else UNKNOWN), []
        return UNKNOWN, [name] if name.isidentifier() and not any(
            mark in text_of(node) for mark in (":-", "-}", ":+")
        ) else []


def _literal(node: tree_sitter.Node) -> str:
    text = text_of(node)
    match node.type:
        case "word":
            return re.sub(r"\\(.)", r"\1", text)
        case "raw_string":
            return text[1:-1]
        case "ansi_c_string":
            return text[2:-1].encode().decode("unicode_escape")
        case "command_substitution":
            return captured.beginning(text) + UNKNOWN
        case "process_substitution" | "arithmetic_expansion" | "array" | "brace_expression":
            return UNKNOWN
    return text


def _split(word: Word) -> list[Word]:
    return [Word(text, word.line, word.variables) for text in word.text.split()] or [word]


def _heredoc(node: tree_sitter.Node) -> str:
    if node.type == "herestring_redirect":
        return text_of(node)
    return "".join(text_of(child) for child in node.children if child.type == "heredoc_body")


def _line(node: tree_sitter.Node, block: Block) -> int:
    return block.line + 1 + node.start_point[0]
