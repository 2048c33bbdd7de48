"""Do the instructions of a Dockerfile install what is locked, leave nothing open, and start what they say?"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from runbook.checking.commands.python import GUNICORN
from runbook.checking.files.secrets_in_files import is_sensitive
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.compose_values import seconds
from runbook.checking.offered.images import Image, built_images, instructions, runs_gunicorn
from runbook.checking.offered.model import Model

RULE = "dockerfile_commands"
GIVEN = ("PATH", "HOME", "HOSTNAME", "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "BUILDPLATFORM")
PYTHON = (
    *(
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONFAULTHANDLER",
        "PYTHONHASHSEED",
        "PYTHONIOENCODING",
        "PYTHONUTF8",
    ),
    *(
        "PYTHONOPTIMIZE",
        "PYTHONWARNINGS",
        "PYTHONTRACEMALLOC",
        "PYTHONDEVMODE",
        "PYTHONNOUSERSITE",
        "PYTHONSAFEPATH",
        "PYTHONMALLOC",
        "PYTHONPYCACHEPREFIX",
    ),
    *("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONVERBOSE", "PYTHON_VERSION", "PYTHONPROFILEIMPORTTIME", "PYTHONUSERBASE"),
)
PACKAGES = re.compile(r"\b(?:apt-get|apt|apk|dnf|yum|microdnf)\b[^&|;]*\b(?:install|add)\b")
HEALTH = ("interval", "timeout", "start-period", "start-interval", "retries")
OPEN_TO_ALL = re.compile(
    r"\bchmod\s+(?:-\w+\s+)*(?:[0-7]?[0-7][0-7][2367]|[augo]*[oa][augo]*\+[rxXst]*w\w*|\+[rxXst]*w\w*)\s"
)


def check_instructions(model: Model, image: Image) -> Iterator[Finding]:
    """Each instruction of one image's Dockerfile."""
    lines = instructions((model.root / image.dockerfile).read_text(encoding="utf-8"))
    yield from _stages(image, lines)
    last = max((line for line, word, _ in lines if word == "FROM"), default=0)
    for line, word, rest in lines:
        if word == "RUN":
            yield from _run(image, line, rest)
            if line > last and PACKAGES.search(rest):
                yield Finding(
                    image.dockerfile,
                    line,
                    "programmes du système ajoutés à l'image livrée : rien n'en fixe la version",
                    "les installer dans une étape de construction, et n'en copier que le résultat",
                    RULE,
                )
        elif word == "HEALTHCHECK":
            yield from _health(image, line, rest)
        elif word == "STOPSIGNAL" and rest.strip() not in ("SIGTERM", "15") and runs_gunicorn(model, image):
            yield Finding(
                image.dockerfile,
                line,
                f"{rest.strip()} : Gunicorn couperait les requêtes en cours",
                "écrire STOPSIGNAL SIGTERM, ou retirer la ligne",
                RULE,
            )
        elif word in ("CMD", "ENTRYPOINT"):
            yield from _start(model, image, line, word, rest)
        elif word in ("ENV", "ARG"):
            for name, value in re.findall(r"(\w+)=(\S*)", rest):
                if is_sensitive(name) and value and not value.startswith("$"):
                    yield Finding(
                        image.dockerfile,
                        line,
                        f"« {name} » a une valeur dans l'image : qui a l'image a le secret",
                        "la donner au lancement, par une variable ou un fichier",
                        RULE,
                    )


def _stages(image: Image, lines: list[tuple[int, str, str]]) -> Iterator[Finding]:
    """Stages have names of their own, one command each, and expand what they declare; Python's variables are spelt right."""
    names: dict[str, int] = {}
    commands, declared = 0, set(GIVEN)
    for line, word, rest in lines:
        if word == "FROM":
            name = rest.partition(" AS ")[2].strip()
            if name and names.setdefault(name, line) != line:
                yield Finding(
                    image.dockerfile,
                    line,
                    f"étape « {name} » déjà nommée ligne {names[name]}",
                    "lui donner un autre nom",
                    RULE,
                )
            commands, declared = 0, set(GIVEN)
        elif word == "CMD":
            commands += 1
            if commands > 1:
                yield Finding(
                    image.dockerfile,
                    line,
                    "deuxième CMD de l'étape : seule la dernière compte",
                    "n'en garder qu'une",
                    RULE,
                )
        elif word in ("ARG", "ENV"):
            declared |= (
                set(re.findall(r"(?:^|\s)([A-Za-z_]\w*)(?==|$|\s)", rest))
                if word == "ARG"
                else set(re.findall(r"([A-Za-z_]\w*)=", rest))
            )
            for name in re.findall(r"\b(PYTHON\w*)=", rest):
                if name not in PYTHON:
                    yield Finding(
                        image.dockerfile,
                        line,
                        f"variable « {name} » que Python ne lit pas",
                        nearest(name, PYTHON),
                        RULE,
                    )
        if word in ("LABEL", "ENV", "EXPOSE", "USER", "WORKDIR", "COPY"):
            for name in re.findall(r"\$\{?([A-Za-z_]\w*)", rest):
                if name not in declared:
                    yield Finding(
                        image.dockerfile,
                        line,
                        f"« {name} » que l'étape ne déclare pas : sa valeur serait vide",
                        nearest(name, declared - set(GIVEN)),
                        RULE,
                    )


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
                yield Finding(
                    path,
                    line,
                    f"image de base « {name}:{version} », et ailleurs « {name}:{usual} »",
                    "prendre la même : les dépendances sont figées pour une seule",
                    RULE,
                )


def _run(image: Image, line: int, rest: str) -> Iterator[Finding]:
    for command in re.split(r"&&|;|\|\|", rest):
        if re.search(r"\bpip3?\b.*\binstall\b", command):
            words = re.split(r"\binstall\b", command, maxsplit=1)[1].split()
            if "--require-hashes" not in words or not {"-r", "--requirement"} & set(words):
                yield Finding(
                    image.dockerfile,
                    line,
                    "pip installe ce dont rien ne fixe l'empreinte",
                    "écrire pip install --require-hashes -r et un fichier figé",
                    RULE,
                )
    if OPEN_TO_ALL.search(f"{rest} "):
        yield Finding(image.dockerfile, line, "fichiers que tous peuvent modifier", "écrire chmod a+rX", RULE)


def _health(image: Image, line: int, rest: str) -> Iterator[Finding]:
    for name, value in re.findall(r"--([\w-]+)=(\S+)", rest.split(" CMD ", maxsplit=1)[0]):
        if name not in HEALTH:
            yield Finding(
                image.dockerfile, line, f"option « --{name} » de HEALTHCHECK inconnue", nearest(name, HEALTH), RULE
            )
        elif name == "retries" and not re.fullmatch(r"[1-9]\d*", value):
            yield Finding(
                image.dockerfile, line, f"HEALTHCHECK --retries={value}", "écrire un nombre d'au moins 1", RULE
            )
        elif name != "retries" and not 0 < (seconds(value) or 0) <= 60:
            yield Finding(
                image.dockerfile,
                line,
                f"durée « {value} » de HEALTHCHECK illisible, ou plus d'une minute",
                "écrire par exemple 3s",
                RULE,
            )


def _start(model: Model, image: Image, line: int, word: str, rest: str) -> Iterator[Finding]:
    if word == "ENTRYPOINT" and re.match(r'\["(/bin/)?(ba|da|a)?sh"', rest):
        yield Finding(
            image.dockerfile,
            line,
            "commande lancée par un shell, qui garde pour lui le signal d'arrêt, et le reste de CMD",
            "retirer ENTRYPOINT",
            RULE,
        )
    if rest.startswith("["):
        try:
            words = [str(part) for part in json.loads(rest)]
        except ValueError:
            yield Finding(
                image.dockerfile,
                line,
                f"{word} ni en JSON ni en shell : ses mots prennent des guillemets doubles",
                f'écrire {word} ["programme", "argument"]',
                RULE,
            )
            words = []
        if word == "CMD" and words[:1] and re.fullmatch(r"(/bin/)?(ba|da|a)?sh", words[0]):
            yield Finding(
                image.dockerfile,
                line,
                "commande lancée par un shell, qui garde pour lui le signal d'arrêt",
                'écrire CMD ["programme", "argument"]',
                RULE,
            )
        if words[:1] == ["gunicorn"]:
            known = {
                name
                for group in re.findall(r"(?<!\S)-\S+", GUNICORN)
                for name in group.rstrip("=").replace("=", "").split(",")
            }
            for option in (part.partition("=")[0] for part in words[1:] if part.startswith("-")):
                if option not in known or option in ("--reload", "--daemon", "-D"):
                    yield Finding(
                        image.dockerfile,
                        line,
                        f"option « {option} » de gunicorn {'inconnue' if option not in known else 'qui n’a rien à faire dans une image'}",
                        nearest(option, known) if option not in known else "la retirer",
                        RULE,
                    )
            yield from _settings_file(model, image, line, words)
    for source in model.settings.model.applications.values():
        if re.search(rf"(?<![\w.]){re.escape(source.factory)}(?![\w(])", rest):
            yield Finding(
                image.dockerfile,
                line,
                f"« {source.factory} » fait l'application : sans parenthèses elle serait prise pour elle",
                f"écrire {source.factory}()",
                RULE,
            )


def _settings_file(model: Model, image: Image, line: int, words: list[str]) -> Iterator[Finding]:
    """The file of settings that Gunicorn is told to read is one that the repository has."""
    names = {posixpath.basename(name) for name in model.files}
    for option, value in pairwise([part for word in words[1:] for part in word.split("=", 1)]):
        if option in ("-c", "--config") and not value.startswith("python:") and posixpath.basename(value) not in names:
            yield Finding(
                image.dockerfile,
                line,
                f"fichier de réglages « {value} » que rien n'apporte dans l'image",
                nearest(posixpath.basename(value), names),
                RULE,
            )
