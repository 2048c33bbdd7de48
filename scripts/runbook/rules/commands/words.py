"""What any command may get wrong, whichever its program: its verb, its options, its variables, texts to replace."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from runbook.reading.content import PageBlocks
from runbook.reading.syntax import parse, text_of
from runbook.rules.call import PROGRAMS, SUBCOMMANDS, Call, options_of
from runbook.rules.finding import Finding, Told, meant, nearest, slip
from runbook.rules.rule import rule
from runbook.rules.scripts import SCRIPT

PLACEHOLDER = re.compile(
    r"<[A-Za-zÀ-ÿ][\wÀ-ÿ .'’/-]*>|(?<![\w$\[({])\[[A-Z][A-Z_-]{2,}\]|\b(?:CHANGEME|YOUR[-_][A-Z_-]+)\b"
)
OPTION = re.compile(r"--[a-z][\w-]*")
PATTERNS = ("grep", "sed", "awk", "jq", "perl", "echo", "printf", "python", "rg", "egrep", "cat", "tee")


@rule("verbe-inconnu", bad="docker compose upp --detach", good="docker compose up --detach")
def unknown_verb(call: Call) -> Iterator[Told]:
    """Un programme reçoit un verbe qu'il n'a pas."""
    if call.grammar is None:
        return
    for what, word, verb in call.wrong:
        if what == "verb":
            parent = verb.rpartition(" ")[0]
            every = (one.rpartition(" ") for one in (*call.grammar.verbs, *call.grammar.aliases))
            known = [last for above, _, last in every if above == parent and last]
            near = meant(word.text, known)
            plugin = not parent and call.program in SUBCOMMANDS
            if near or (call.situation.here and not plugin):
                yield word, f"« {call.program} {verb} » n'existe pas", nearest(word.text, known)


@rule("option-inconnue", bad="docker compose up --detached", good="docker compose up --detach")
def unknown_option(call: Call) -> Iterator[Told]:
    """Un programme reçoit une option qu'il n'a pas, ou sans la valeur qu'elle attend."""
    if call.grammar is None or (call.grammar.program not in PROGRAMS and not call.situation.here):
        yield from _slips(call)
        return
    named = " ".join([call.program, *([call.verb] if call.verb and call.verb != call.program else [])])
    for what, word, name in call.wrong:
        if what == "value":
            yield word, f"« {name} » de « {named} » sans valeur", "écrire sa valeur après elle"
        elif what == "no-value":
            yield word, f"« {name} » de « {named} » ne prend pas de valeur", f"écrire « {name} » seul"
        elif what == "option":
            known = options_of(call.grammar.verbs.get(call.verb) or "")
            above, _, last = call.verb.rpartition(" ")
            of_above = call.verb and name in options_of(call.grammar.verbs.get(above) or "")
            owner = f"c'est une option de « {call.program} {above} » : l'écrire avant « {last} »" if of_above else ""
            listed = f"« {named} --help » donne les siennes" if call.situation.here else ""
            yield word, f"option « {name} » inconnue de « {named} »", slip(name, known) or owner or listed


def _slips(call: Call) -> Iterator[Told]:
    """The options given to a script of the repository that are a slip of one that it, or a module it starts, names."""
    repository, path = call.situation.repository, call.situation.place(call.command.name) or ""
    given = [word for word in call.command.arguments if OPTION.match(word.text)]
    if given and path in repository.files:
        modules = {*re.findall(r"(?:-m|from|import) (\w+)", repository.text(path))}
        files = [path, *(one for one in repository.files if one.endswith(".py") and modules & {*one.split("/")[:-1]})]
        known = {option for file in files for option in OPTION.findall(repository.text(file))}
        for word in given:
            name = word.text.partition("=")[0]
            if not any(one.startswith(name) for one in known):
                yield word, f"option « {name} » que « {path} » n'a pas", slip(name, known)


@rule("variable-inconnue", bad='echo "$VERSON"', good='VERSON=1; echo "$VERSON"')
def unset_variable(call: Call) -> Iterator[Told]:
    """Une commande lit une variable que rien n'affecte avant elle dans la page."""
    command = call.command
    words = (*command.words, *(word for _, word in command.redirects)) if call.situation.here else ()
    for word in words:
        for name in word.unset:
            own = command.block.page.endswith((".yml", ".yaml")) and name.startswith(("GITHUB_", "RUNNER_"))
            if own or (call.situation.target == SCRIPT and f"${{{name}:?" in command.block.code):
                continue  # a workflow's own; what a script asks of its caller
            known = (one for one in call.situation.shell.variables if one.isidentifier())
            remedy = slip(name, known) or "l'affecter dans un bloc précédent"
            yield word, f"variable « {name} » jamais affectée avant dans la page", remedy


@rule("texte-a-remplacer", about="page", bad="kubectl logs <pod> -n shop", good="kubectl logs deploy/shop-api -n shop")
def placeholder(page: PageBlocks, _: object, __: object) -> Iterator[Told]:
    """Une commande contient un texte que le lecteur doit remplacer : collée telle quelle, elle échoue."""
    for block in (block for block in page.blocks if block.target and PLACEHOLDER.search(block.code)):
        tree = parse(PLACEHOLDER.sub(lambda found: "x" * len(found[0].encode()), block.code))
        for found in PLACEHOLDER.finditer(block.code):
            place = len(block.code[: found.start()].encode())
            if not _is_spoken(tree.descendant_for_byte_range(place, place + 1)):
                line = block.line + 1 + block.code.count("\n", 0, found.start())
                remedy = "trouver la valeur par une commande, par exemple POD=$(…)"
                yield Finding(page.page.path, line, f"« {found[0]} » : texte à remplacer par le lecteur", remedy)


def _is_spoken(node: Node | None) -> bool:
    """Whether it is in a comment, a here-document, or among the words of a program that prints or matches them."""
    while node is not None and node.type not in ("comment", "heredoc_body"):
        if node.type == "command" and text_of(node.child_by_field_name("name")) in PATTERNS:
            return True
        node = node.parent
    return node is not None
