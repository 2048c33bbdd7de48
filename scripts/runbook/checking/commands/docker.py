"""`docker`: options of each verb, images and Dockerfiles that exist, commands that would block."""

import posixpath
import re
from collections.abc import Callable, Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.compose import compose
from runbook.checking.commands.docker_formats import check_formats
from runbook.checking.commands.docker_options import GLOBAL, VERBS
from runbook.checking.commands.durations import time_to_build
from runbook.checking.commands.files import can_be_written, must_be_file, must_be_folder, place
from runbook.checking.commands.images import image_exists, repository_exists
from runbook.checking.commands.options import Usage, read_options
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.images import built_images, context_of, instructions

ELSEWHERE = {f"docker {verb}": options for verb, options in VERBS.items()}
GROUPS = frozenset(verb.split()[0] for verb in VERBS if " " in verb)
ALIASES = {
    "images": "image ls",
    "rmi": "image rm",
    "tag": "image tag",
    "save": "image save",
    "load": "image load",
    "history": "image history",
}
RUNS = ("run", "exec", "container run", "container exec")  # the words after the first operand are a command
FOREVER = ("attach", "events", "system events")


def docker(command: Command, situation: Situation) -> Iterator[Finding]:
    """Global options, then the verb and what it works on."""
    outer = read_options(command, command.arguments, GLOBAL, "docker", until_operand=True, elsewhere=ELSEWHERE)
    yield from outer.findings
    words = outer.operands
    if not words:
        if not outer.findings and not outer.has("--version", "--help"):
            yield finding(command, "docker", "docker sans verbe", "écrire ce que docker doit faire")
        return
    if words[0].text == "compose":
        yield from compose(command, words[1:], situation)
        return
    if not words[0].known:
        return
    verb, rest = _verb(words)
    options = VERBS.get(verb)
    if options is None:
        group = words[0].text
        known = [name for name in VERBS if group not in GROUPS or name.startswith(group)] + ["compose"]
        yield finding(command, "docker", f"verbe « docker {verb} » inconnu", nearest(verb, known), words[0])
        return
    usage = read_options(
        command, rest, f"-h,--help {options}", f"docker {verb}", until_operand=verb in RUNS, elsewhere=ELSEWHERE
    )
    yield from usage.findings
    yield from check_formats(command, ALIASES.get(verb, verb), usage)
    yield from _images(command, ALIASES.get(verb, verb), usage, situation)
    yield from _blocking(command, verb, usage)


def _verb(words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]]:
    if (
        words[0].text in GROUPS
        and len(words) > 1
        and f"{words[0].text} {words[1].text}" not in VERBS
        and words[0].text in VERBS
    ):
        return words[0].text, words[1:]
    if words[0].text in GROUPS and len(words) > 1:
        return f"{words[0].text} {words[1].text}", words[2:]
    return words[0].text, words[1:]


def _images(command: Command, verb: str, usage: Usage, situation: Situation) -> Iterator[Finding]:
    works = WORKS.get(verb)
    if works is not None:
        yield from works(command, usage, situation)


def _list(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    references = [
        Word(word.text.removeprefix("reference="), word.line)
        for word in usage.values("--filter")
        if word.text.startswith("reference=")
    ]
    for word in [*usage.operands[:1], *references]:
        yield from repository_exists(command, word, situation)


def _tag(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    if len(usage.operands) != 2:
        yield finding(command, "docker", "docker tag attend une image et un nouveau nom", "écrire les deux")
        return
    yield from image_exists(command, usage.operands[0], situation)
    situation.images.add(usage.operands[1].text)


def _pull(_: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    situation.images.update(word.text for word in usage.operands)
    yield from ()


def _of_images(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    for word in usage.operands:
        yield from image_exists(command, word, situation)
    for word in usage.values("--output"):
        yield from can_be_written(command, word, situation)


def _load(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    for word in usage.values("--input"):
        yield from must_be_file(command, word, situation)


def _build(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    if len(usage.operands) != 1:
        yield finding(
            command,
            "docker",
            "docker build attend un contexte et un seul",
            "écrire le dossier à envoyer, souvent « . »",
        )
    for word in usage.operands[:1]:
        if word.text != "-" and "://" not in word.text:
            yield from must_be_folder(command, word, situation)
            if not usage.has("--file"):
                yield from must_be_file(command, word, situation, f"{word.text}/Dockerfile")
    for word in usage.values("--file"):
        if word.text != "-":
            yield from must_be_file(command, word, situation)
    yield from _arguments(command, usage, situation)
    yield from _as_compose_builds(command, usage, situation)
    yield from time_to_build(command, command.words[0], situation)
    situation.images.update(word.text if ":" in word.text else f"{word.text}:latest" for word in usage.values("--tag"))


def _as_compose_builds(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    """An image that Compose builds too is made of the same Dockerfile and the same folder, whatever its tag."""
    if len(usage.operands) != 1 or UNKNOWN in usage.operands[0].text:
        return
    files = usage.values("--file") or [Word(f"{usage.operands[0].text}/Dockerfile", usage.operands[0].line)]
    for word in usage.values("--tag"):
        for image in built_images(situation.model).values():
            if image.name.partition(":")[0] != word.text.partition(":")[0]:
                continue
            for given, wanted in (
                (files[0], image.dockerfile),
                (usage.operands[0], context_of(situation.model, image).as_posix()),
            ):
                path = place(given.text, situation)
                if path is not None and UNKNOWN not in given.text and path != posixpath.normpath(wanted):
                    yield finding(
                        command,
                        "docker",
                        f"« {word.text} » faite de « {path} », alors que Compose la fait de « {wanted} »",
                        f"écrire {wanted}",
                        given,
                    )


def _arguments(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    """Build arguments that the Dockerfile takes."""
    files = usage.values("--file") or [Word(f"{word.text}/Dockerfile", word.line) for word in usage.operands[:1]]
    path = place(files[0].text, situation) if files else None
    if path is None or path not in situation.model.files:
        return
    known = {
        name: default
        for _, word, rest in instructions((situation.model.root / path).read_text(encoding="utf-8"))
        if word == "ARG"
        for name, _, default in [rest.partition("=")]
    }
    given = [word.text.partition("=")[0] for word in usage.values("--build-arg")]
    for word, name in zip(usage.values("--build-arg"), given, strict=True):
        if UNKNOWN not in name and name not in known:
            yield finding(command, "docker", f"« {path} » n'a pas d'argument « {name} »", nearest(name, known), word)
    for word in usage.values("--tag"):
        tag = word.text.partition(":")[2]
        for name, default in known.items():
            if (
                default.count(".")
                and re.fullmatch(r"\d+(\.\d+)+", tag)
                and re.fullmatch(r"\d+(\.\d+)+", default)
                and tag != default
                and name not in given
            ):
                yield finding(
                    command,
                    "docker",
                    f"« {word.text} » serait étiquetée {tag} et se dirait {default}",
                    f"ajouter --build-arg {name}={tag}",
                    word,
                )


def _run(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    if not usage.operands:
        yield finding(command, "docker", "docker run sans image", "écrire l'image à lancer")
    for word in usage.operands[:1]:
        yield from image_exists(command, word, situation)
    for word in usage.values("--env-file"):
        yield from must_be_file(command, word, situation)
    for word in usage.values("--publish"):
        parts = word.text.split(":")
        outer = parts[-2] if len(parts) > 1 else ""
        if outer.isdecimal() and usage.operands:
            situation.ports[int(outer)] = _application(usage.operands[0].text, situation)


def _application(image: str, situation: Situation) -> str | None:
    """The service of the Compose file that has this image, which names its application."""
    return next((name for name, service in situation.model.services.items() if service.get("image") == image), None)


def _blocking(command: Command, verb: str, usage: Usage) -> Iterator[Finding]:
    if command.block.background or command.block.not_run:
        return
    endless = (
        verb in FOREVER
        or (verb == "stats" and not usage.has("--no-stream"))
        or (verb.endswith("logs") and usage.has("--follow"))
    )
    if endless:
        yield finding(
            command,
            "blocking",
            f"docker {verb} ne finit pas",
            "retirer ce qui suit sans fin, ou data-arriere-plan au bloc",
        )
    if usage.has("--tty") and verb in RUNS:
        yield finding(command, "docker", f"docker {verb} -t demande un terminal, absent d'un script", "retirer -t")


WORKS: dict[str, Callable[[Command, Usage, Situation], Iterator[Finding]]] = {
    **dict.fromkeys(("build", "buildx build", "image build"), _build),
    **dict.fromkeys(("run", "container run"), _run),
    **dict.fromkeys(("image inspect", "image rm", "image save", "image history", "push", "image push"), _of_images),
    **dict.fromkeys(("pull", "image pull"), _pull),
    "image ls": _list,
    "image tag": _tag,
    "image load": _load,
}
RESOLVERS: dict[str, Rule] = {"docker": docker}
