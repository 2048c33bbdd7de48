"""`jq`: known options, a program whose quotes and brackets close, files that exist."""

from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.files import must_be_file
from runbook.checking.commands.options import Usage, read_options
from runbook.checking.finding import Finding

OPTIONS = (
    "-n,--null-input -R,--raw-input -s,--slurp -c,--compact-output -C,--color-output -M,--monochrome-output -r,--raw-output -j,--join-output "
    "-a,--ascii-output -S,--sort-keys --tab --indent= --unbuffered --stream --seq -f,--from-file= -L= -e,--exit-status --raw-output0 "
    "-V,--version -h,--help --args --jsonargs"
)
NAMED = {"--arg": 2, "--argjson": 2, "--slurpfile": 2, "--rawfile": 2}  # option → how many words it takes
CLOSING = {")": "(", "]": "[", "}": "{"}


def jq(command: Command, situation: Situation) -> Iterator[Finding]:
    """The program is the first operand unless `-f` names a file; files to read come after it."""
    usage = read_options(command, _without_named(command.arguments), OPTIONS, "jq")
    yield from usage.findings
    operands = list(usage.operands)
    if not usage.values("--from-file"):
        if not operands and not usage.has("--version", "--help"):
            yield finding(command, "jq", "jq sans programme", "écrire le programme, « . » pour tout")
            return
        for word in operands[:1]:
            yield from _program(command, word)
        operands = operands[1:]
    for word in usage.values("--from-file"):
        yield from must_be_file(command, word, situation)
    if usage.has("--args", "--jsonargs"):
        return
    for word in operands:
        yield from must_be_file(command, word, situation)
    yield from _reads_nothing(command, usage, operands)


def _reads_nothing(command: Command, usage: Usage, files: list[Word]) -> Iterator[Finding]:
    read = (
        files or command.piped or command.stdin is not None or any(operator == "<" for operator, _ in command.redirects)
    )
    if not read and not usage.has("--null-input", "--version", "--help"):
        yield finding(
            command,
            "empty_input",
            "jq ne lit rien : l'entrée d'un bloc est vide",
            "lui donner un fichier ou la sortie d'une commande",
        )


def _without_named(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words without `--arg name value` and its like."""
    left, index = [], 0
    while index < len(words):
        taken = NAMED.get(words[index].text, 0)
        if not taken:
            left.append(words[index])
        index += 1 + taken
    return tuple(left)


def _program(command: Command, word: Word) -> Iterator[Finding]:
    """Quotes and brackets that close; `\\( )` inside a text is skipped with it."""
    if UNKNOWN in word.text:
        return
    opened: list[str] = []
    inside, escaped = False, False
    for letter in word.text:
        if inside:
            inside, escaped = letter != '"' or escaped, letter == "\\" and not escaped
        elif letter == '"':
            inside = True
        elif letter in CLOSING.values():
            opened.append(letter)
        elif letter in CLOSING and (not opened or opened.pop() != CLOSING[letter]):
            yield finding(
                command,
                "jq",
                f"« {letter} » de trop dans le programme de jq",
                "équilibrer crochets et parenthèses",
                word,
            )
            return
    if inside or opened:
        mark = '"' if inside else opened[-1]
        yield finding(command, "jq", f"« {mark} » jamais fermé dans le programme de jq", "le fermer", word)


RESOLVERS: dict[str, Rule] = {"jq": jq}
