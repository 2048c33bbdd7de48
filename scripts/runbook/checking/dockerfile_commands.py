"""Do the instructions of a Dockerfile install what is locked, leave nothing open, and start what they say?"""

import re
from collections import Counter
from collections.abc import Iterator

from runbook.checking.compose_values import seconds
from runbook.checking.finding import Finding, nearest
from runbook.checking.images import Image, built_images, instructions
from runbook.checking.model import Model
from runbook.checking.secrets_in_files import is_sensitive

RULE = "dockerfile_commands"
HEALTH = ("interval", "timeout", "start-period", "start-interval", "retries")
OPEN_TO_ALL = re.compile(r"\bchmod\s+(?:-\w+\s+)*(?:[0-7]?[0-7][0-7][2367]|[augo]*[oa][augo]*\+[rxXst]*w\w*|\+[rxXst]*w\w*)\s")


def check_instructions(model: Model, image: Image) -> Iterator[Finding]:
    """Each instruction of one image's Dockerfile."""
    for line, word, rest in instructions((model.root / image.dockerfile).read_text(encoding="utf-8")):
        if word == "RUN":
            yield from _run(image, line, rest)
        elif word == "HEALTHCHECK":
            yield from _health(image, line, rest)
        elif word in ("CMD", "ENTRYPOINT"):
            yield from _start(model, image, line, word, rest)
        elif word in ("ENV", "ARG"):
            for name, value in re.findall(r"(\w+)=(\S*)", rest):
                if is_sensitive(name) and value and not value.startswith("$"):
                    yield Finding(image.dockerfile, line, f"« {name} » a une valeur dans l'image : qui a l'image a le secret", "la donner au lancement, par une variable ou un fichier", RULE)


def check_bases(model: Model) -> Iterator[Finding]:
    """Images on one base have one version of it."""
    bases: list[tuple[str, int, str, str]] = []
    for image in built_images(model).values():
        for line, word, rest in instructions((model.root / image.dockerfile).read_text(encoding="utf-8")):
            base = re.sub(r"--\S+\s+", "", rest).split()[0] if word == "FROM" and rest else ""
            if ":" in base.rpartition("/")[2]:
                name, _, version = base.rpartition(":")
                bases.append((image.dockerfile, line, name, version))
    for repository in {name for _, _, name, _ in bases}:
        versions = Counter(version for _, _, name, version in bases if name == repository)
        usual = max(versions, key=lambda version: (versions[version], version))
        files = {path for path, _, name, version in bases if (name, version) == (repository, usual)}
        for path, line, name, version in bases:
            if name == repository and version != usual and path not in files:  # within one file another rule speaks
                yield Finding(path, line, f"image de base « {name}:{version} », et ailleurs « {name}:{usual} »", "prendre la même : les dépendances sont figées pour une seule", RULE)


def _run(image: Image, line: int, rest: str) -> Iterator[Finding]:
    for command in re.split(r"&&|;|\|\|", rest):
        if re.search(r"\bpip3?\b.*\binstall\b", command):
            words = re.split(r"\binstall\b", command, maxsplit=1)[1].split()
            if "--require-hashes" not in words or not {"-r", "--requirement"} & set(words):
                yield Finding(image.dockerfile, line, "pip installe ce dont rien ne fixe l'empreinte", "écrire pip install --require-hashes -r et un fichier figé", RULE)
    if OPEN_TO_ALL.search(f"{rest} "):
        yield Finding(image.dockerfile, line, "fichiers que tous peuvent modifier", "écrire chmod a+rX", RULE)


def _health(image: Image, line: int, rest: str) -> Iterator[Finding]:
    for name, value in re.findall(r"--([\w-]+)=(\S+)", rest.split(" CMD ", maxsplit=1)[0]):
        if name not in HEALTH:
            yield Finding(image.dockerfile, line, f"option « --{name} » de HEALTHCHECK inconnue", nearest(name, HEALTH), RULE)
        elif name == "retries" and not re.fullmatch(r"[1-9]\d*", value):
            yield Finding(image.dockerfile, line, f"HEALTHCHECK --retries={value}", "écrire un nombre d'au moins 1", RULE)
        elif name != "retries" and not 0 < (seconds(value) or 0) <= 60:
            yield Finding(image.dockerfile, line, f"durée « {value} » de HEALTHCHECK illisible, ou plus d'une minute", "écrire par exemple 3s", RULE)


def _start(model: Model, image: Image, line: int, word: str, rest: str) -> Iterator[Finding]:
    if word == "ENTRYPOINT" and re.match(r'\["(/bin/)?(ba|da|a)?sh"', rest):
        yield Finding(image.dockerfile, line, "commande lancée par un shell, qui garde pour lui le signal d'arrêt, et le reste de CMD", 'retirer ENTRYPOINT', RULE)
    for source in model.settings.model.applications.values():
        if re.search(rf"(?<![\w.]){re.escape(source.factory)}(?![\w(])", rest):
            yield Finding(image.dockerfile, line, f"« {source.factory} » fait l'application : sans parenthèses elle serait prise pour elle", f"écrire {source.factory}()", RULE)
