"""Do the stages of a Dockerfile fit together, and bring all that the application needs?"""

import difflib
import json
import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from runbook.checking.dockerfiles.programs import program_problem
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.images import Image, context_of, instructions
from runbook.checking.offered.model import Model

RULE = "dockerfile_stages"
SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT")


@dataclass(slots=True)
class _Stage:
    """One stage: what it starts from, where it works, what is in it and what its commands are."""

    line: int
    base: str
    name: str
    folders: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    lines: list[tuple[int, str, str]] = field(default_factory=list)


def check_stages(model: Model, image: Image) -> Iterator[Finding]:
    """The stages of one image's Dockerfile."""
    stages = _stages((model.root / image.dockerfile).read_text(encoding="utf-8"))
    if not stages:
        yield Finding(image.dockerfile, 1, "aucune instruction FROM", "en ajouter une", RULE)
        return
    yield from _bases(image, stages)
    yield from _arguments(image, stages)
    yield from _copies(image, stages)
    if image.application:
        yield from _needed(model, image, stages)
    yield from _last(model, image, stages[-1])


def _stages(text: str) -> list[_Stage]:
    stages: list[_Stage] = []
    for line, word, rest in instructions(text):
        if word == "FROM":
            base, _, name = re.sub(r"--\S+\s+", "", rest).partition(" AS ")
            stages.append(_Stage(line, base.strip(), name.strip()))
            continue
        if not stages:
            continue
        stage = stages[-1]
        stage.lines.append((line, word, rest))
        if word == "WORKDIR":
            stage.folders.append(rest)
        elif word == "COPY":
            *sources, target = [part for part in rest.split() if not part.startswith("--")]
            stage.sources += [] if "--from=" in rest else sources
            here = stage.folders[-1] if stage.folders else "/"
            stage.made += [posixpath.normpath(posixpath.join(here, target))]
            stage.made += [
                posixpath.normpath(posixpath.join(here, target, posixpath.basename(source))) for source in sources
            ]
        elif word == "RUN":
            stage.made += [path.rstrip("/") for path in re.findall(r"(?<=\s)/[\w./-]+", rest)]
    return stages


def _bases(image: Image, stages: list[_Stage]) -> Iterator[Finding]:
    names = [stage.name for stage in stages]
    outside = sorted({stage.base for stage in stages if stage.base not in names})
    for stage in stages:
        if stage.base not in names and ":" not in stage.base.rpartition("/")[2] and "@" not in stage.base:
            yield Finding(
                image.dockerfile, stage.line, f"image de base « {stage.base} » sans étiquette", "fixer sa version", RULE
            )
    repositories = sorted({base.partition(":")[0] for base in outside})
    if len(outside) > 1 and (
        len(repositories) == 1 or difflib.get_close_matches(repositories[0], repositories[1:], cutoff=0.8)
    ):
        yield Finding(
            image.dockerfile,
            stages[-1].line,
            f"étapes sur des bases différentes : {', '.join(outside)}",
            "prendre la même : ce qui est compilé ici doit tourner là",
            RULE,
        )
    for line, word, rest in stages[-1].lines:
        for key, value in re.findall(
            r'org\.opencontainers\.image\.([\w.]+)="([^"]*)"', rest if word == "LABEL" else ""
        ):
            if key == "title" and value != image.name.rpartition(":")[0]:
                yield Finding(
                    image.dockerfile,
                    line,
                    f"titre « {value} », et l'image s'appelle « {image.name} »",
                    f"écrire {image.name.rpartition(':')[0]}",
                    RULE,
                )
            if key == "base.name" and value.rpartition("/")[2] not in {base.rpartition("/")[2] for base in outside}:
                yield Finding(
                    image.dockerfile,
                    line,
                    f"base annoncée « {value} », et FROM dit {outside[0]}",
                    "écrire la même",
                    RULE,
                )


def _arguments(image: Image, stages: list[_Stage]) -> Iterator[Finding]:
    """What a build may be given changes something in the stage that takes it."""
    for stage in stages:
        for index, (line, word, rest) in enumerate(stage.lines):
            if word != "ARG":
                continue
            name, _, default = (part.strip() for part in rest.partition("="))
            after = stage.lines[index + 1 :]
            for number, _, text in after if len(default) > 2 else ():
                if re.search(rf"={re.escape(default)}(?![\w.])", text):
                    yield Finding(
                        image.dockerfile,
                        number,
                        f"« {default} » écrit là où l'argument « {name} » devrait compter",
                        f"écrire ${{{name}}}",
                        RULE,
                    )
            if not any(kind == "RUN" or re.search(rf"\$\{{?{re.escape(name)}\b", text) for _, kind, text in after):
                yield Finding(
                    image.dockerfile,
                    line,
                    f"argument « {name} » dont l'étape ne fait rien",
                    f"écrire ${{{name}}} là où il compte, ou le retirer",
                    RULE,
                )


def _copies(image: Image, stages: list[_Stage]) -> Iterator[Finding]:
    """What a stage takes from another is there."""
    known: dict[str, _Stage] = {}
    for stage in stages:
        for line, word, rest in stage.lines:
            found = re.match(r"--from=(\S+)", rest) if word == "COPY" else None
            if found is None or "." in found[1] or "/" in found[1]:
                continue
            if found[1] not in known:
                yield Finding(image.dockerfile, line, f"étape « {found[1]} » inconnue", nearest(found[1], known), RULE)
                continue
            there = {*known[found[1]].folders, *known[found[1]].made}
            for source in rest.split()[1:-1]:
                if posixpath.normpath(source) not in there:
                    yield Finding(
                        image.dockerfile,
                        line,
                        f"« {source} » que l'étape « {found[1]} » ne fait pas",
                        nearest(source, there),
                        RULE,
                    )
        known |= {stage.name: stage} if stage.name else {}
        for line, word, rest in stage.lines:
            wanted = re.search(r"(?:-r|--requirement)[ =](/\S+)", rest) if word == "RUN" else None
            if wanted and posixpath.normpath(wanted[1]) not in _copied(stage):
                yield Finding(
                    image.dockerfile, line, f"« {wanted[1]} » que rien ne copie", nearest(wanted[1], stage.made), RULE
                )


def _copied(stage: _Stage) -> set[str]:
    """Where the stage's own COPY put files: a RUN that names a path does not make it."""
    asked = {
        path.rstrip("/")
        for _, word, rest in stage.lines
        if word == "RUN"
        for path in re.findall(r"(?:-r|--requirement)[ =](/\S+)", rest)
    }
    targets = [part for _, word, rest in stage.lines if word == "COPY" for part in rest.split()[-1:]]
    return (set(stage.made) - asked) | {posixpath.normpath(target) for target in targets}


def _needed(model: Model, image: Image, stages: list[_Stage]) -> Iterator[Finding]:
    """The packages of the application and the server's settings are copied from the context."""
    source = model.settings.model.applications[image.application or ""]
    context = context_of(model, image)
    modules = {reference.split(":")[0].split(".")[0] for reference in [source.factory, *source.settings]}
    wanted = {
        f"{folder}/{module}" for folder in source.path for module in modules if f"{folder}/{module}" in model.folders
    }
    wanted |= {model.settings.model.server} if model.settings.model.server else set()
    copied = {(context / path).as_posix() for stage in stages for path in stage.sources}
    for path in sorted(wanted):
        if not any(path == other or path.startswith(f"{other}/") or other == "." for other in copied):
            yield Finding(
                image.dockerfile,
                stages[0].line,
                f"« {path} » n'entre pas dans l'image, et l'application en a besoin",
                "le copier",
                RULE,
            )
    first = next((stage for stage in stages if stage.sources and stage is not stages[-1]), None)
    taken = [
        rest
        for _, word, rest in stages[-1].lines
        if word == "COPY" and first and rest.startswith(f"--from={first.name} ")
    ]
    packages = {posixpath.join(first.folders[-1] if first and first.folders else "/", module) for module in modules}
    if (
        first
        and wanted
        and not any(
            module.startswith(f"{part}/") or module == part
            for rest in taken
            for part in rest.split()[1:-1]
            for module in packages
        )
    ):
        yield Finding(
            image.dockerfile,
            stages[-1].line,
            f"la dernière étape ne prend pas l'application à l'étape « {first.name} »",
            f"ajouter COPY --from={first.name}",
            RULE,
        )


def _last(model: Model, image: Image, stage: _Stage) -> Iterator[Finding]:
    """The last stage works in a folder, with its programs on the path, and says how it starts and stops."""
    words = {word: (line, rest) for line, word, rest in stage.lines}
    if "WORKDIR" not in words:
        yield Finding(
            image.dockerfile,
            stage.line,
            "dernière étape sans WORKDIR : tout irait à la racine",
            "ajouter WORKDIR",
            RULE,
        )
    if not {"CMD", "ENTRYPOINT"} & set(words):
        yield Finding(image.dockerfile, stage.line, "dernière étape sans commande", "ajouter CMD", RULE)
    if image.application and not image.exposed:
        yield Finding(image.dockerfile, stage.line, "aucun port annoncé", "ajouter EXPOSE", RULE)
    if "STOPSIGNAL" in words and words["STOPSIGNAL"][1] not in SIGNALS:
        yield Finding(
            image.dockerfile,
            words["STOPSIGNAL"][0],
            f"signal d'arrêt « {words['STOPSIGNAL'][1]} »",
            f"écrire {SIGNALS[0]}",
            RULE,
        )
    for line, word, rest in stage.lines:
        for folder in re.findall(r"PATH=([^:$\s]+)", rest) if word == "ENV" else []:
            if not any(folder == made or folder.startswith(f"{made}/") for made in stage.made):
                yield Finding(
                    image.dockerfile,
                    line,
                    f"PATH commence par « {folder} », qui n'est pas dans cette étape",
                    nearest(folder, stage.made),
                    RULE,
                )
        if word == "HEALTHCHECK" and "CMD" not in rest and rest != "NONE":
            yield Finding(image.dockerfile, line, "HEALTHCHECK sans commande", "ajouter CMD", RULE)
        if word in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            problem = program_problem(model, image, _words(rest))
            if problem:
                yield Finding(image.dockerfile, line, *problem, RULE)


def _words(rest: str) -> list[str]:
    """The words of a command in either form; of a health check, what stands after its options."""
    text = re.sub(r"^(--\S+\s+)*(CMD\s+)?", "", rest)
    try:
        words = json.loads(text) if text.startswith("[") else shlex.split(text)
    except ValueError:
        return []
    return [str(word) for word in words]
