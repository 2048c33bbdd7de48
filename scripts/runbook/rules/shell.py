"""The commands of a piece of bash as words, with what is known before running and what is not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import tree_sitter

from runbook.reading.content import Block
from runbook.reading.syntax import parse, text_of, walk
from runbook.rules.finding import meant

UNKNOWN = "…"  # stands in a word for a text that only running can tell
ELEMENTS = re.compile(r'"\$(?:@|\{@\}|\{(?:(\w+)\[@\]|@:(\d+))\})"')
TO_REPLACE = re.compile(r"(?<![<\w&])<[A-Za-z][\w.'-]*(?: [\w.'-]+)*>(?![>(&])")  # `<my-app>`, and no redirection
SUBSHELLS = ("subshell", "command_substitution", "process_substitution")
READERS = ("read", "mapfile", "readarray")


@dataclass(frozen=True, slots=True)
class Word:
    """One argument after quoting and known variables; `…` in `text` stands for what is not known.

    `unset` are the variables it expands that nothing before it in the page assigned.
    """

    text: str
    line: int
    unset: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return UNKNOWN not in self.text


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command; `line` in the source file, `stdin` a here-document if it has one.

    `redirects` are pairs of operator and target.  `piped` are the names of the commands that its input comes from.
    """

    line: int
    block: Block
    words: tuple[Word, ...]
    redirects: tuple[tuple[str, Word], ...] = ()
    stdin: str | None = None
    piped: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.words[0].text

    @property
    def arguments(self) -> tuple[Word, ...]:
        return self.words[1:]


@dataclass(slots=True, eq=False)
class Shell:
    """Reads blocks in the order of the page and remembers what they assign and define."""

    variables: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, list[Word]] = field(default_factory=dict)
    functions: dict[str, tree_sitter.Node] = field(default_factory=dict)

    def read(self, block: Block) -> Iterator[Command]:
        """Each simple command of `block`, substituted ones before the command that they are part of."""
        yield from self.walk(parse(TO_REPLACE.sub(UNKNOWN, block.code)), block, ())

    def called(self, command: Command, body: tree_sitter.Node) -> Iterator[Command]:
        """The commands of the function that `command` calls, with its arguments in the place of `$1` and `$@`."""
        inner = self.inner()
        inner.variables |= {str(number): word.text for number, word in enumerate(command.arguments, 1)}
        inner.arrays["@"] = list(command.arguments)
        lines = {word.text: word.line for word in command.arguments}
        for done in inner.walk(body, command.block, command.piped):
            words = tuple(replace(word, line=lines[word.text]) if word.text in lines else word for word in done.words)
            yield replace(done, words=words, stdin=done.stdin if done.stdin is not None else command.stdin)

    def inner(self) -> "Shell":
        """A shell that starts with what this one knows, and gives nothing back."""
        return Shell(dict(self.variables), dict(self.arrays), dict(self.functions))

    def walk(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Iterator[Command]:
        """Each simple command of a piece of its syntax tree; `piped` are those that feed it."""
        reader = {
            "command": self._simple,
            "redirected_statement": self._redirected,
            "pipeline": self._pipeline,
            "variable_assignment": self._assignment,
            "for_statement": self._loop,
            "function_definition": self._function,
            "test_command": self._test,
        }.get(node.type, self._children)
        yield from reader(node, block, piped)

    def _children(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Iterator[Command]:
        """All that is in it; what a subshell assigns is gone when it ends."""
        shell = self.inner() if node.type in SUBSHELLS else self
        for child in node.children if node.child_count else ():
            yield from shell.walk(child, block, piped)

    def _simple(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Iterator[Command]:
        yield from self._substitutions(node, block)
        command = self._command(node, block, piped)
        words = [word.text for word in command.words]
        assigned = words[1:] if command.name in READERS else words[2:3] if words[:2] == ["printf", "-v"] else ()
        self.variables |= dict.fromkeys(filter(str.isidentifier, assigned), UNKNOWN)
        yield command

    def _pipeline(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Iterator[Command]:
        before = piped
        for child in node.named_children:
            names: list[str] = []
            for command in self.walk(child, block, before):
                names.append(command.name)
                yield command
            before = (*before, *names)

    def _assignment(self, node: tree_sitter.Node, block: Block, _: tuple[str, ...]) -> Iterator[Command]:
        yield from self._substitutions(node, block)
        name, value = text_of(node.child_by_field_name("name")), node.child_by_field_name("value")
        words = [self._word(value, block)] if value else []
        self.variables[name] = words[0].text if words else ""
        self.arrays.pop(name, None)
        if value and value.type == "array":
            words = [self._word(child, block) for child in value.named_children]
            self.arrays |= {name: words} if any(child.type == "=" for child in node.children) else {}
        unset = [replace(word, text=UNKNOWN) for word in words if word.unset]
        if unset:
            yield _nameless(node, block, *unset)

    def _function(self, node: tree_sitter.Node, block: Block, _: tuple[str, ...]) -> Iterator[Command]:
        """Its body is read where it is called, with its arguments; also once as it stands, with unknown ones."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body") or node
        inner = self.inner()
        inner.variables |= dict.fromkeys("123456789", UNKNOWN)
        self.functions[text_of(name)] = body
        yield from inner.walk(body, block, ())

    def _test(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Iterator[Command]:
        """`[ … ]` may ask whether a variable is set: of those that are not, only a slip of one that is counts."""
        yield from self._children(node, block, piped)
        read = [one for one in walk(node) if one.type in ("simple_expansion", "expansion")]
        slips = [Word(UNKNOWN, _line(one, block), (name,)) for one in read for name in self._expansion(one)[1]]
        slips = [word for word in slips if meant(word.unset[0], filter(str.isidentifier, self.variables))]
        if slips:
            yield _nameless(node, block, *slips)

    def _loop(self, node: tree_sitter.Node, block: Block, _: tuple[str, ...]) -> Iterator[Command]:
        """A loop over known words is read once a word, so that each value is checked."""
        variable, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
        values = node.children_by_field_name("value")
        yield from (command for value in values for command in self.walk(value, block, ()))
        words = [word for value in values for word in _split(self._word(value, block))]
        for word in words or [Word(UNKNOWN, _line(node, block))]:
            self.variables[text_of(variable)] = word.text
            if body is not None:
                yield from self.walk(body, block, ())

    def _redirected(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Iterator[Command]:
        body = node.child_by_field_name("body")
        redirects, stdin = self._redirects(node, block)
        commands = list(self.walk(body, block, piped)) if body else [_nameless(node, block)]
        for redirect in node.children_by_field_name("redirect"):
            yield from self._substitutions(redirect, block)
            for child in redirect.children:  # what follows a here-document's start on its line: `| command`
                if redirect.type == "heredoc_redirect" and child.type in ("pipeline", "command"):
                    yield from self.walk(child, block, tuple(command.name for command in commands) or ("",))
        yield from commands[:-1]
        for command in commands[-1:]:
            yield replace(
                command,
                words=(*command.words, *self._late_words(node, body.end_byte if body else node.start_byte, block)),
                redirects=(*command.redirects, *redirects),
                stdin=command.stdin if stdin is None else stdin,
            )

    def _late_words(self, node: tree_sitter.Node, end: int, block: Block) -> Iterator[Word]:
        """Words after the `end` of a command: `-` before a here-document, and what follows its start."""
        for redirect in node.children_by_field_name("redirect"):
            if redirect.type == "heredoc_redirect":
                before = (node.text or b"")[end - node.start_byte : redirect.start_byte - node.start_byte]
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
            elif child.type == "herestring_redirect":
                stdin = text_of(child)
            elif child.type == "heredoc_redirect":
                stdin = "".join(text_of(part) for part in child.children if part.type == "heredoc_body")
                found += self._redirects(child, block)[0]
        return tuple(found), stdin

    def _command(self, node: tree_sitter.Node, block: Block, piped: tuple[str, ...]) -> Command:
        words: list[Word] = []
        for child in node.children:  # without the variables that are set for it alone
            if child.type in ("variable_assignment", "file_redirect", "herestring_redirect", "heredoc_redirect"):
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
        return Command(line, block, tuple(words) or (Word("", line),), *self._redirects(node, block), piped)

    def _substitutions(self, node: tree_sitter.Node, block: Block) -> Iterator[Command]:
        for child in node.children:
            if child.type in ("command_substitution", "process_substitution"):
                yield from self.walk(child, block, ())
            elif child.type not in ("pipeline", "command"):
                yield from self._substitutions(child, block)

    def _elements(self, node: tree_sitter.Node) -> list[Word] | None:
        """The words of `"${array[@]}"`, `"$@"` or `"${@:2}"`; None where they are not known, or for any other word."""
        found = ELEMENTS.fullmatch(text_of(node))
        words = self.arrays.get(found[1] or "@") if found else None
        return words[int(found[2] or 1) - 1 :] if found and words is not None else None

    def _word(self, node: tree_sitter.Node, block: Block) -> Word:
        text, unset = self._value(node)
        return Word(text, _line(node, block), tuple(unset))

    def _value(self, node: tree_sitter.Node) -> tuple[str, list[str]]:
        """The text of a word as bash would expand it, and the variables that nothing assigned."""
        if node.type in ("simple_expansion", "expansion"):
            return self._expansion(node)
        if node.type in ("string", "concatenation"):
            return self._joined(node)
        return _literal(node), []

    def _joined(self, node: tree_sitter.Node) -> tuple[str, list[str]]:
        raw, end = node.text or b"", 0
        texts: list[str] = []
        unset: list[str] = []
        for child in node.children:
            start = child.start_byte - node.start_byte
            text, names = ("", []) if child.type == '"' else self._value(child)
            texts += [raw[end:start].decode(errors="replace"), text]  # the grammar leaves out what is blank
            unset += names
            end = start + child.end_byte - child.start_byte
        return "".join(texts), unset

    def _expansion(self, node: tree_sitter.Node) -> tuple[str, list[str]]:
        name = next((text_of(child) for child in node.children if child.type == "variable_name"), "")
        plain = node.type == "simple_expansion" or re.match(rf"\$\{{{name}(\}}|:?\?)", text_of(node))
        if name in self.variables:
            return (self.variables[name] if plain else UNKNOWN), []
        defaulted = re.match(r"\$\{!?\w+(?:\[[^]]*\])?:?[-+=]", text_of(node)) is not None
        return UNKNOWN, [name] if name.isidentifier() and not defaulted else []


def _literal(node: tree_sitter.Node) -> str:
    text = text_of(node)
    match node.type:
        case "word":
            return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text
        case "string_content":
            return re.sub(r'\\([$`"\\])|\\\n', r"\1", text)
        case "raw_string":
            return text[1:-1]
        case "ansi_c_string":
            return text[2:-1].encode().decode("unicode_escape", errors="replace")
        case "command_substitution" | "process_substitution" | "arithmetic_expansion" | "array" | "brace_expression":
            return UNKNOWN
    return text


def _nameless(node: tree_sitter.Node, block: Block, *words: Word) -> Command:
    """What is no command, for the words in it."""
    return Command(_line(node, block), block, (Word("", _line(node, block)), *words))


def _split(word: Word) -> list[Word]:
    return [Word(text, word.line, word.unset) for text in word.text.split()] or [word]


def _line(node: tree_sitter.Node, block: Block) -> int:
    return block.line + 1 + node.start_point[0]
