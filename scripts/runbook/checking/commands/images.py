"""Is this the name of an image that the repository or the page has?"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import Command, Word
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model


def image_names(model: Model) -> frozenset[str]:
    """The images that Compose builds or runs and that the manifests run."""
    composed = {str(service["image"]) for service in model.services.values() if "image" in service}
    run = {str(container["image"]) for item in model.objects for container in item.containers if "image" in container}
    return frozenset(composed | run)


def image_exists(command: Command, word: Word, situation: Situation) -> Iterator[Finding]:
    """A finding unless Compose, a manifest or the page gave an image this name; no tag means `latest`."""
    if not word.known:
        return
    known = {*image_names(situation.model), *situation.images}
    name = word.text.split("@")[0]
    names = {name, f"{name}:latest"}
    if not names & known:
        yield finding(
            command,
            "images",
            f"image « {word.text} » : ni Compose, ni un manifeste, ni la page ne la nomme",
            nearest(name, known),
            word,
        )


def repository_exists(command: Command, word: Word, situation: Situation) -> Iterator[Finding]:
    """The same for a name with or without tag, or a pattern, as `docker image ls` filters by."""
    known = {*image_names(situation.model), *situation.images}
    names = {*known, *(image.rpartition(":")[0] for image in known)}
    if word.known and not any(fnmatchcase(name, word.text) for name in names):
        yield finding(
            command,
            "images",
            f"image « {word.text} » : ni Compose, ni un manifeste, ni la page ne la nomme",
            nearest(word.text, names),
            word,
        )
