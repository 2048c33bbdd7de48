"""How a block must be written for a reader who pastes it: nothing to fill in, nothing destroyed without a word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import Command
from runbook.checking.finding import Finding
from runbook.reading.content import Block, Page

PLACEHOLDER = re.compile(r"(?<![<\w])<[A-Za-zÀ-ÿ](?:[\wÀ-ÿ. -]*[\wÀ-ÿ])?>(?!\w)")
QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|(?m:(?:^|\s)#.*$)")  # and comments
# What an interactive bash takes from its history, even between double quotes, and a script does not.
HISTORY = re.compile(r"(?<![\\$\[{])!(?=[^\s=(\"'|&;])\S*")
SINGLE_QUOTED = re.compile(r"'[^']*'|(?m:(?:^|\s)#.*$)")
ELLIPSIS = re.compile(r"…|(?<!\S)\.\.\.(?!\S)")
PATTERNS = ("grep", "sed", "awk", "jq", "echo", "printf")  # their arguments may well hold `<name>`
WARNING = re.compile(r"^\s*(?:!!!|\?\?\?\+?|///)\s*(?:danger|warning|attention|caution)\b", re.MULTILINE)
HEADING = re.compile(r"(#{1,6})\s")
FENCE = re.compile(r"\s*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Destruction:
    """What a command takes away: `words` that begin it, an optional mark in the rest, and what announces it.

    `said` is what its section may say of it in prose or heading; None if only a warning will do.
    """

    words: tuple[str, ...]
    mark: str | None
    said: str | None


REMOVAL = r"supprim|effac|retir|détrui|nettoy|disparaî|enlev|défai|redonn|libèr"
STOP = r"arrêt|stopp|coup|interrom|panne|indisponib|éteind|zéro|aucun"
RETURN = r"revenir|retour|revien|annul|arrière|précédent|restaur|rétabli|défai"
CHANGE = r"remplac|chang|mise à jour|mettre à jour|nouvelle|nouveau|version|image"
DESTRUCTIONS = (
    Destruction(("docker", "compose", "down"), r"-v|--volumes|--rmi(=.*)?", None),
    Destruction(("docker", "compose", "down"), None, f"{STOP}|{REMOVAL}"),
    Destruction(("docker", "compose", "rm"), None, REMOVAL),
    Destruction(("docker", "system", "prune"), None, None),
    Destruction(("docker", "volume", "rm"), None, None),
    Destruction(("docker", "volume", "prune"), None, None),
    *(
        Destruction(("docker", group, "prune"), None, REMOVAL)
        for group in ("image", "container", "network", "builder", "buildx")
    ),
    Destruction(("docker", "image", "rm"), None, REMOVAL),
    Destruction(("docker", "rmi"), None, REMOVAL),
    Destruction(("docker", "rm"), None, REMOVAL),
    Destruction(("kubectl", "delete"), r"(namespaces?|ns|all|pvc|persistentvolumeclaims?)(/.*)?|--all", None),
    Destruction(("kubectl", "delete"), None, None),
    Destruction(("kubectl", "drain"), None, None),
    Destruction(("kubectl", "scale"), r"--replicas=0|0", STOP),
    Destruction(("kubectl", "rollout", "undo"), None, RETURN),
    Destruction(("kubectl", "set", "image"), None, CHANGE),
    Destruction(("kind", "delete"), None, REMOVAL),
)


def block_style(block: Block) -> Iterator[Finding]:
    """Nothing in the block is for the reader to replace."""
    text = QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), block.code)
    for pattern, what, remedy in (
        (PLACEHOLDER, "à remplacer par le lecteur", "trouver la valeur par une commande, par exemple POD=$(…)"),
        (ELLIPSIS, "n'est pas une commande", "écrire la commande entière"),
    ):
        for found in pattern.finditer(text):
            line = block.line + 1 + text.count("\n", 0, found.start())
            yield Finding(block.page, line, f"« {found[0]} » {what}", remedy, "block_style")
    text = SINGLE_QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), block.code)
    for found in HISTORY.finditer(text):
        line = block.line + 1 + text.count("\n", 0, found.start())
        cause = f"collé dans un terminal, « {found[0]} » est remplacé par une commande de l'historique"
        yield Finding(block.page, line, cause, "l'écrire entre apostrophes, ou autrement", "block_style")


def command_style(command: Command, situation: Situation) -> Iterator[Finding]:
    """No quoted placeholder, and no destruction that the page has not announced."""
    if command.name not in PATTERNS:
        for word in command.arguments:
            if re.fullmatch(rf".*{PLACEHOLDER.pattern}.*", word.text):
                yield finding(
                    command,
                    "command_style",
                    f"« {word.text} » à remplacer par le lecteur",
                    "trouver la valeur par une commande",
                    word,
                )
    if command.name == "set" and any(re.fullmatch(r"-[a-z]*e[a-z]*|errexit", word.text) for word in command.arguments):
        yield finding(
            command,
            "command_style",
            "« set -e » ferme le terminal du lecteur au premier échec",
            "enchaîner les commandes par « && »",
        )
    destruction = destruction_of(command)
    if command.block.cleanup and (
        destruction is None or destruction.mark is None
    ):  # it takes back what its page made, and nothing more
        destruction = None
    if destruction is not None and not announced(command.block, situation.page, destruction):
        named = " ".join(destruction.words)
        remedy = "l'annoncer avant, par un encadré « !!! danger » ou « !!! warning » dans la section"
        if destruction.said is not None:
            remedy += ", ou dire dans son titre ou son texte ce que la commande retire"
        yield finding(command, "destructive", f"« {named} » retire quelque chose sans que la section prévienne", remedy)


def destruction_of(command: Command) -> Destruction | None:
    """The first kind of destruction that this command is; options may stand between its words."""
    texts = [command.name.rsplit("/", 1)[-1], *(word.text for word in command.arguments)]
    plain = [text for text in texts if not text.startswith("-")]
    for destruction in DESTRUCTIONS:
        size = len(destruction.words)
        if tuple(plain[:size]) == destruction.words and (
            destruction.mark is None or any(re.fullmatch(destruction.mark, text) for text in texts[size:])
        ):
            return destruction
    return None


def announced(block: Block, page: Page, destruction: Destruction) -> bool:
    """Whether the reader has been told before the block.

    A warning box in the section or in one that holds it, up to the block; or else, where that is
    enough, the heading or the text of the section itself.
    """
    sections = _sections_before(page, block.line)
    if any(WARNING.search(text) for _, text in sections):
        return True
    own = sections[-1][1] if sections else ""
    title = f"{block.title or ''}\n"
    return destruction.said is not None and re.search(destruction.said, title + own, re.IGNORECASE) is not None


def _sections_before(page: Page, line: int) -> list[tuple[int, str]]:
    """The sections that hold this line, outermost first: level, and text before the line, without code."""
    sections: list[tuple[int, list[str]]] = [(0, [])]
    fence = ""
    for text, source in zip(page.markdown.split("\n"), page.line_of, strict=True):
        if source >= line:
            break
        mark = FENCE.match(text)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
            continue
        if fence:
            continue
        heading = HEADING.match(text)
        if heading:
            sections = [section for section in sections if section[0] < len(heading[1])] + [(len(heading[1]), [])]
        sections[-1][1].append(text)
    return [(level, "\n".join(lines)) for level, lines in sections]
