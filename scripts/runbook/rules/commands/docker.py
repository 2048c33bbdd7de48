"""`docker` and `docker compose`: the images, Dockerfiles, services, profiles and files that a command names."""

from collections.abc import Iterable, Iterator

from runbook.repository.yamlfile import items
from runbook.rules.call import Call, effect
from runbook.rules.finding import Told, meant, nearest
from runbook.rules.rule import rule
from runbook.rules.shell import Word

BUILDS = ("build", "buildx build", "image build", "builder build")
RUNS = ("run", "container run", "create")
TAGS = ("tag", "image tag")
OF_IMAGES = ("image inspect", "image history", "history", "push", "image push", "save", "image ls", "images")
OUT = ("cp", "container cp", "compose cp")
ONE_SERVICE = ("compose exec", "compose run", "compose port", "compose attach")
SERVICES = "build create down images kill logs pause ps pull push restart rm start stats stop top unpause up wait watch"


@rule("image-inconnue", "docker", "kind", bad="docker run shop-frontt:1.0", good="docker run shop-front:1.0")
def unknown_image(call: Call) -> Iterator[Told]:
    """Une commande docker ou kind nomme une image que rien ne construit, tout près d'une qui l'est."""
    built = {*call.situation.repository.built, *call.situation.images}
    names = {image.rpartition(":")[0] or image for image in built}
    succeeds = call.command.block.exit_status == 0 and not call.command.block.not_run
    for word in _images(call) if call.situation.here else ():
        name, _, tag = word.text.partition(":")
        known = word.text in built or f"{word.text}:latest" in built or (name in names and call.verb in BUILDS)
        slip = name not in names and meant(name, names)
        if word.known and not known and (slip or (name in names and tag and succeeds)):
            yield word, f"image « {word.text} » que rien ne construit", nearest(word.text, built)


def _images(call: Call) -> Iterable[Word]:
    """The images that the command names; those that it makes, too, for a slip of a known name makes another one."""
    if call.verb in BUILDS:
        return call.values("--tag")
    if call.verb in (*RUNS, *TAGS):
        return call.operands[:1]
    return call.operands if call.verb in (*OF_IMAGES, "load docker-image") else ()


@rule("construction", "docker", bad="docker build --build-arg EDITON=2 .", good="docker build --build-arg EDITION=2 .")
def build(call: Call) -> Iterator[Told]:
    """docker build part d'un dossier sans Dockerfile, ou donne un argument que celui-ci ne prend pas."""
    situation, files = call.situation, call.values("--file")
    for word in [word for word in call.operands[:1] if word.text != "-"] if call.verb in BUILDS else ():
        path = files[0].text if files else f"{word.text}/Dockerfile"
        if situation.here and not files:
            yield from situation.missing(word, path)
        dockerfile = situation.repository.dockerfiles.get(situation.place(path) or "")
        for argument in call.values("--build-arg") if dockerfile else ():
            name = argument.text.partition("=")[0]
            if dockerfile and argument.known and name not in dockerfile.arguments and not name.endswith("_proxy"):
                yield argument, f"« {dockerfile.path} » ne prend pas « {name} »", nearest(name, dockerfile.arguments)


@rule("service-inconnu", "docker", bad="docker compose logs frontt", good="docker compose logs front")
def unknown_service(call: Call) -> Iterator[Told]:
    """Une commande docker compose nomme un service ou un profil que le fichier Compose n'a pas."""
    situation, compose = call.situation, call.situation.repository.compose
    elsewhere = any(situation.place(word.text) != compose.path for word in call.values("--file"))
    if not situation.here or elsewhere or not compose.services or not call.verb.startswith("compose "):
        return
    named = call.operands if call.verb.partition(" ")[2] in SERVICES.split() else ()
    for word in call.operands[:1] if call.verb in ONE_SERVICE else named:
        if word.known and word.text not in compose.services:
            yield word, f"service « {word.text} » absent de {compose.path}", nearest(word.text, compose.services)
    profiles = {"*", *(str(name) for one in compose.services.values() for name in items(one.at("profiles")))}
    for word in call.values("--profile"):
        if word.known and word.text not in profiles:
            yield word, f"profil « {word.text} » absent de {compose.path}", nearest(word.text, profiles)


@effect("docker")
def remember(call: Call) -> None:
    """Images built and named, ports opened, files copied out."""
    situation, operands = call.situation, call.operands
    made = call.values("--tag") if call.verb in BUILDS else operands[1:] if call.verb in TAGS else ()
    pulled = operands if call.verb in ("pull", "image pull") else ()
    for word in (*made, *pulled):
        situation.images.add(word.text if ":" in word.text.rpartition("/")[2] else f"{word.text}:latest")
    built = situation.repository.built.get(operands[0].text) if operands else None
    for word in call.values("--publish") if call.verb in RUNS else ():
        outer = "".join(word.text.split(":")[-2:-1])
        if outer.isdecimal():
            situation.ports[int(outer)] = built.name if built else None
    for word in (*call.values("--output"), *(operands[1:] if call.verb in OUT else ())):
        situation.make(word.text, tree=True)
