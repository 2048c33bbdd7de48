"""`docker` and `docker compose`: the images, Dockerfiles, services, profiles and files that a command names."""

import posixpath
from collections.abc import Iterable, Iterator

from runbook.rules.call import Call, carries, effect
from runbook.rules.finding import Finding, meant, nearest
from runbook.rules.rule import rule
from runbook.rules.shell import Command, Word
from runbook.rules.situation import Situation, at

DOCKER = ("docker",)
BUILDS = ("build", "buildx build", "image build", "builder build")
OF_IMAGES = (
    "run",
    "container run",
    "create",
    "image inspect",
    "image history",
    "history",
    "push",
    "image push",
    "save",
)
TAGS = ("tag", "image tag")
ONE_SERVICE = ("compose exec", "compose run", "compose port", "compose attach")
SERVICES = tuple(
    f"compose {verb}"
    for verb in [
        "build",
        "create",
        "down",
        "images",
        "kill",
        "logs",
        "pause",
        "ps",
        "pull",
        "push",
        "restart",
        "rm",
        "start",
        "stats",
        "stop",
        "top",
        "unpause",
        "up",
        "wait",
        "watch",
        "scale",
    ]
)


@rule("image-inconnue", *DOCKER)
def unknown_image(call: Call) -> Iterator[Finding]:
    """Une commande docker nomme une image que rien ne construit, tout près d'une qui l'est.

    Mauvais : docker run --rm shop-frontt:1.0
    Bon : docker run --rm shop-front:1.0
    """
    if not call.situation.here:
        return
    built = {*call.situation.repository.built, *call.situation.images}
    names = _names(call)
    for word in _images(call):
        name, _, tag = word.text.partition(":")
        if not word.known or word.text in built or f"{word.text}:latest" in built:
            continue
        near = meant(name, names) if name not in names else ""
        if near or (name in names and tag and call.must_succeed):
            yield at(call.command, word, f"image « {word.text} » que rien ne construit", nearest(word.text, built))


def _names(call: Call) -> set[str]:
    """The names of what Compose and the page build, without tags."""
    return {image.rpartition(":")[0] or image for image in {*call.situation.repository.built, *call.situation.images}}


def _images(call: Call) -> Iterable[Word]:
    if call.verb in TAGS or call.verb in ("run", "container run", "create"):
        return call.operands[:1]
    if call.verb in BUILDS:
        return [word for word in call.values("--tag") if word.text.partition(":")[0] not in _names(call)]
    if call.verb in ("image ls", "images"):
        filters = [word for word in call.values("--filter") if word.text.startswith("reference=")]
        return [
            Word(word.text.removeprefix("reference="), word.line) for word in filters if "*" not in word.text
        ] + list(call.operands[:1])
    return call.operands if call.verb in OF_IMAGES else ()


@rule("construction", *DOCKER)
def build(call: Call) -> Iterator[Finding]:
    """docker build part d'un dossier, d'un Dockerfile ou d'un argument qui n'existe pas.

    Mauvais : docker build --build-arg EDITIONS=2 -t shop-front:1.0 .
    Bon : docker build --build-arg EDITION=2 -t shop-front:1.0 .
    """
    situation = call.situation
    if call.verb not in BUILDS:
        return
    contexts = [word for word in call.operands[:1] if word.text != "-" and "://" not in word.text]
    for word in contexts:
        yield from situation.missing(call.command, word)
    files = call.values("--file") or [Word(f"{word.text}/Dockerfile", word.line) for word in contexts]
    for word in files:
        if situation.here or call.values("--file"):
            yield from situation.missing(call.command, word)
        dockerfile = situation.repository.dockerfiles.get(situation.place(word.text) or "")
        for argument in call.values("--build-arg") if dockerfile else ():
            name = argument.text.partition("=")[0]
            if argument.known and dockerfile and name not in dockerfile.arguments and not name.endswith("_proxy"):
                cause = f"« {dockerfile.path} » n'a pas d'argument « {name} »"
                yield at(call.command, argument, cause, nearest(name, dockerfile.arguments))


@rule("service-inconnu", *DOCKER)
def unknown_service(call: Call) -> Iterator[Finding]:
    """Une commande docker compose nomme un service ou un profil que le fichier Compose n'a pas.

    Mauvais : docker compose logs frontt
    Bon : docker compose logs front
    """
    compose = call.situation.repository.compose
    if not call.situation.here or not compose.services or not call.verb.startswith("compose") or _other_file(call):
        return
    named = call.operands if call.verb in SERVICES else call.operands[:1] if call.verb in ONE_SERVICE else ()
    if call.verb == "compose cp":
        named = tuple(Word(word.text.partition(":")[0], word.line) for word in call.operands if ":" in word.text)
    for word in named:
        name = word.text.partition("=")[0] if call.verb == "compose scale" else word.text
        if word.known and name not in compose.services:
            yield at(
                call.command, word, f"service « {name} » absent de {compose.path}", nearest(name, compose.services)
            )
    for word in call.values("--profile"):
        if word.known and word.text not in {*compose.profiles(), "*"}:
            cause = f"profil « {word.text} » absent de {compose.path}"
            yield at(call.command, word, cause, nearest(word.text, compose.profiles()))


def _other_file(call: Call) -> bool:
    own = call.situation.repository.compose.path
    return any(call.situation.place(word.text) != own for word in call.values("--file"))


@rule("fichier-de-docker", *DOCKER)
def files_given(call: Call) -> Iterator[Finding]:
    """Une commande docker lit un fichier qui n'existe pas.

    Mauvais : docker compose --env-file settings.envv up --detach
    Bon : docker compose --env-file settings.env up --detach
    """
    names = ("--env-file", "--file", "--project-directory") if call.verb not in BUILDS else ()
    for word in call.values(*names):
        if word.text != "-":
            yield from call.situation.missing(call.command, word)
    if call.verb in ("cp", "container cp", "compose cp") and call.operands and ":" not in call.operands[0].text:
        yield from call.situation.missing(call.command, call.operands[0])


@effect("docker")
def remember(call: Call) -> None:
    """Images built and named, ports opened, files copied out."""
    situation = call.situation
    if call.verb in BUILDS:
        situation.images.update(_tagged(word.text) for word in call.values("--tag"))
    elif call.verb in TAGS and len(call.operands) == 2:
        situation.images.add(_tagged(call.operands[1].text))
    elif call.verb in ("pull", "image pull"):
        situation.images.update(_tagged(word.text) for word in call.operands)
    elif call.verb in ("run", "container run"):
        services = situation.repository.built
        built = services.get(call.operands[0].text) if call.operands else None
        for word in call.values("--publish"):
            outer = word.text.split(":")[-2:-1]
            if outer and outer[0].isdecimal():
                situation.ports[int(outer[0])] = built.name if built else None
    elif call.verb in ("cp", "container cp", "compose cp") and len(call.operands) == 2:
        situation.make(call.operands[1].text, tree=True)
    for word in call.values("--output"):
        situation.make(posixpath.normpath(word.text))


def _tagged(image: str) -> str:
    return image if ":" in image.rpartition("/")[2] else f"{image}:latest"


@carries("docker")
def nothing_here(_: Call) -> Iterator[tuple[Command, Situation]]:
    """What `run` and `exec` carry happens in a container, whose files and programs are not known."""
    return iter(())
