"""Does what COPY names reach the build, past `.dockerignore`, and land where Python finds it?"""

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

from runbook.checking.finding import Finding
from runbook.checking.offered.images import Image, context_of, instructions
from runbook.checking.offered.model import Model

RULE = "dockerfile_context"


def check_context(model: Model, image: Image) -> Iterator[Finding]:
    """Every file that a COPY of this image names is sent to the engine; packages keep their name."""
    context = context_of(model, image)
    ignored = _patterns(model, image)
    lines = instructions((model.root / image.dockerfile).read_text(encoding="utf-8"))
    packages = _packages(model, image)
    folder = "/"
    for line, word, rest in lines:
        if word == "WORKDIR":
            folder = posixpath.join(folder, rest)
        if word not in ("COPY", "ADD") or "--from=" in rest or "<<" in rest:
            continue
        *sources, target = [part for part in rest.split() if not part.startswith("--")]
        for source in sources:
            if posixpath.normpath(source) in (".", "/", "*"):
                yield Finding(
                    image.dockerfile,
                    line,
                    f"« {word} {source} » prend tout le contexte : tests, notes et secrets entreraient dans l'image",
                    "nommer chaque dossier dont l'application a besoin",
                    RULE,
                )
                continue
            path = (context / source).as_posix()
            held = [name for name in sorted(model.files) if name == path or name.startswith(f"{path}/")]
            lost = [
                name
                for name in held
                if _is_ignored(
                    PurePosixPath(name).relative_to(context.as_posix() if str(context) != "." else "").as_posix(),
                    ignored,
                )
            ]
            if lost and (len(lost) == len(held) or path in packages):
                left = lost[0] if path not in lost else path
                yield Finding(
                    image.dockerfile,
                    line,
                    f"« {left} » n'entre pas dans la construction : {_file(model, image)} l'écarte",
                    "l'y admettre par une ligne qui commence par « ! »",
                    RULE,
                )
            name = packages.get(path)
            landing = posixpath.normpath(posixpath.join(folder, target))
            if name and posixpath.basename(landing) != name:
                yield Finding(
                    image.dockerfile,
                    line,
                    f"« {path} » copié dans « {landing} » : Python n'y trouverait pas le module « {name} »",
                    f"copier dans « {posixpath.join(target if target.endswith('/') else posixpath.dirname(target) or '.', name)} »",
                    RULE,
                )


def _packages(model: Model, image: Image) -> dict[str, str]:
    """Folder of each package that the image's application needs → the name that it is imported by."""
    if image.application is None:
        return {}
    source = model.settings.model.applications[image.application]
    modules = {reference.split(":")[0].split(".")[0] for reference in (source.factory, *source.settings)}
    return {
        f"{folder}/{module}": module
        for folder in source.path
        for module in modules
        if f"{folder}/{module}" in model.folders
    }


def _file(model: Model, image: Image) -> str:
    """The Dockerfile's own list of what to leave out, or that of its context."""
    own = f"{image.dockerfile}.dockerignore"
    return own if own in model.files else (context_of(model, image) / ".dockerignore").as_posix()


def _patterns(model: Model, image: Image) -> tuple[tuple[bool, re.Pattern[str]], ...]:
    path = model.root / _file(model, image)
    return _read(path.read_text(encoding="utf-8")) if path.is_file() else ()


@cache
def _read(text: str) -> tuple[tuple[bool, re.Pattern[str]], ...]:
    """Whether each line leaves out or lets in again, and the paths that it is about, those below it included."""
    found = []
    for line in text.splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            out = not pattern.startswith("!")
            found.append((out, re.compile(f"{_expression(pattern.lstrip('!').strip().strip('/'))}(?:/.*)?")))
    return tuple(found)


def _expression(pattern: str) -> str:
    """Docker's patterns: `*` and `?` within a name, `**` across folders."""
    text = ""
    for part in re.split(r"(\*\*/|/\*\*|\*\*|\*|\?|\[[^\]]*\])", posixpath.normpath(pattern)):
        text += {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part) or (
            part if part.startswith("[") else re.escape(part)
        )
    return text


def _is_ignored(path: str, patterns: tuple[tuple[bool, re.Pattern[str]], ...]) -> bool:
    """The last line that is about the path decides."""
    return next((out for out, pattern in reversed(patterns) if pattern.fullmatch(path)), False)
