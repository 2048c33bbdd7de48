"""What a shell script says of itself, against itself: variables that nothing assigns, options that its usage line does not name."""

import re
from collections.abc import Iterable, Iterator, Mapping

import tree_sitter

from runbook.checking.blocks.environment import TERMINAL
from runbook.checking.finding import Finding, nearest
from runbook.reading.syntax import parse, text_of, walk

RULE = "script_contents"
USAGE = re.compile(r"^#\s*usage ?:.*(?:\n#.*)*", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
COMPARED = re.compile(r"=\s*[\"']?(--[a-z][\w-]*)[\"']?\s*\]")
CONSTANT = re.compile(r"^(\w+)=([\w./-]+)$", re.MULTILINE)
READ = re.compile(r"^\s*(\w+)=\$\(<\s*[\"']?([\w./${}-]+?)[\"']?\)", re.MULTILINE)
REPLACED = re.compile(r"\$\{(\w+)//?\"?\$\{?(\w+)\}?\"?/")
DECLARING = ("declaration_command", "for_statement", "c_style_for_statement")
READING = {"read": 0, "mapfile": 0, "readarray": 0, "getopts": 1}  # from which operand on they assign
LATER = ("trap", "eval")  # their text is run
WITH_A_DEFAULT = (":-", "-", ":+", "+", ":=", "=", ":?", "?")


def unassigned(name: str, text: str, given: Iterable[str]) -> Iterator[Finding]:
    """Each variable that the script expands, without a default, and that nothing assigns: not the script, a shell, or `given`."""
    root = parse(text)
    nodes = [*((node, 0) for node in walk(root)), *_run_later(root)]
    assigned = {variable for node, _ in nodes for variable in _assigned(node)}
    known = {*assigned, *given, *TERMINAL}
    for node, shift in nodes:
        variable = _expanded(node)
        if variable and variable not in known and not variable.isdecimal():
            yield Finding(
                name,
                node.start_point[0] + shift + 1,
                f"variable « {variable} » jamais affectée dans le script",
                nearest(variable, assigned),
                RULE,
            )


def options_of_usage(name: str, text: str) -> Iterator[Finding]:
    """The options that the script reads are those of its usage line, where it has one."""
    usage = USAGE.search(text)
    if usage is None:
        return
    root = parse(text)
    promised = set(OPTION.findall(usage[0]))
    read = {option: line for line, option in sorted(_read_options(root, text), reverse=True)}
    for option, line in sorted(read.items()):
        if option not in promised and option != "--help":
            yield Finding(
                name,
                line,
                f"option « {option} » que la ligne « usage » du script n'annonce pas",
                nearest(option, promised),
                RULE,
            )
    for option in sorted(promised - set(read)) if read or _looks_at_arguments(root) else ():
        line = text.count("\n", 0, usage.start() + usage[0].index(option)) + 1
        yield Finding(
            name, line, f"option « {option} » annoncée, que le script ne lit pas", nearest(option, read), RULE
        )


def placeholders(name: str, text: str, files: Mapping[str, str]) -> Iterator[Finding]:
    """What `${text/"$placeholder"/…}` looks for stands in the file that `text` was read from."""
    constants = dict(CONSTANT.findall(text))
    read = {variable: _filled(path, constants) for variable, path in READ.findall(text)}
    for found in REPLACED.finditer(text):
        wanted, path = constants.get(found[2]), read.get(found[1], "")
        if wanted and path in files and wanted not in files[path]:
            line = text.count("\n", 0, text.index(f"{found[2]}={wanted}")) + 1
            yield Finding(
                name,
                line,
                f"« {wanted} », que « {path} » ne contient pas",
                "écrire le texte que le fichier donne à remplacer",
                RULE,
            )


def _filled(path: str, constants: Mapping[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: constants.get(found[1], found[0]), path)


def _looks_at_arguments(root: tree_sitter.Node) -> bool:
    """Whether a `case` looks at what the script was given."""
    return any(
        node.type == "case_statement" and re.match(r"case\s+[\"']?\$\{?[1@*]", text_of(node)) for node in walk(root)
    )


def _run_later(root: tree_sitter.Node) -> Iterator[tuple[tree_sitter.Node, int]]:
    """The nodes of the texts in single quotes that the script runs, and the lines before each text."""
    for node in walk(root):
        if node.type == "command" and text_of(node.child_by_field_name("name")) in LATER:
            for argument in node.children_by_field_name("argument"):
                if argument.type == "raw_string":
                    yield from ((inner, argument.start_point[0]) for inner in walk(parse(text_of(argument)[1:-1])))


def _assigned(node: tree_sitter.Node) -> Iterator[str]:
    if node.type == "variable_assignment":
        yield re.split(r"[\[=+]", text_of(node), maxsplit=1)[0]
    elif node.type in DECLARING:
        yield from (text_of(child) for child in node.children if child.type == "variable_name")
    elif node.type == "command":
        program = text_of(node.child_by_field_name("name"))
        words = [text_of(argument) for argument in node.children_by_field_name("argument")]
        if program in READING:
            yield from [word for word in words if word.isidentifier()][READING[program] :]
        elif program == "printf" and words[:1] == ["-v"]:
            yield from words[1:2]


def _expanded(node: tree_sitter.Node) -> str | None:
    """The variable that a node expands, if it must have a value."""
    if node.type not in ("simple_expansion", "expansion"):
        return None
    parts = [child for child in node.children if child.type in ("variable_name", "subscript")]
    if not parts or any(child.type in WITH_A_DEFAULT for child in node.children):
        return None
    return text_of(parts[0]).partition("[")[0]


def _read_options(root: tree_sitter.Node, text: str) -> Iterator[tuple[int, str]]:
    """The options in the patterns of `case` and in comparisons, each with its line."""
    for node in walk(root):
        if node.type == "case_item":
            for child in node.children:
                if child.type == ")":
                    break
                yield from ((child.start_point[0] + 1, option) for option in OPTION.findall(text_of(child)))
    for found in COMPARED.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found[1]
