"""Can a command run in an image: is its program there, does its Python hold, does it call its own application?"""

import ast
import builtins
import importlib.util
import posixpath
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise

from runbook.checking.finding import nearest
from runbook.checking.offered.images import Image, context_of, instructions
from runbook.checking.offered.model import Model

Problem = tuple[str, str]
PYTHON = re.compile(r"python(3(\.\d+)?)?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHELLS = ("sh", "bash", "dash", "ash")
# What every Debian image has, a slim one too: neither curl nor wget nor ps.
DEBIAN = frozenset(
    [
        "[",
        "awk",
        "base64",
        "basename",
        "bash",
        "cat",
        "chmod",
        "chown",
        "cp",
        "cut",
        "date",
        "dash",
        "dd",
        "df",
        "dirname",
        "du",
        "echo",
        "env",
        "expr",
        "false",
        "find",
        "getent",
        "grep",
        "gzip",
        "head",
        "hostname",
        "id",
        "install",
        "kill",
        "ln",
        "ls",
        "mkdir",
        "mktemp",
        "mv",
        "nice",
        "nohup",
        "nproc",
        "od",
        "paste",
        "perl",
        "printf",
        "pwd",
        "readlink",
        "realpath",
        "rm",
        "rmdir",
        "sed",
        "seq",
        "sh",
        "sha256sum",
        "sleep",
        "sort",
        "stat",
        "sync",
        "tail",
        "tar",
        "tee",
        "test",
        "timeout",
        "touch",
        "tr",
        "true",
        "uname",
        "uniq",
        "wc",
        "which",
        "xargs",
        "yes",
    ]
)
_LOCAL = re.compile(r"(https?)://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(/[\w./-]*)?")


def program_problem(
    model: Model, image: Image, words: Sequence[str], port: int | None = None, mounted: Collection[str] = ()
) -> Problem | None:
    """Cause and remedy of a command that could not do its work in a container of this image; None for one that can.

    `port` is the one that its application listens on there, the image's own unless given; `mounted` names
    the modules that a volume brings.
    """
    if not words or not words[0]:
        return None
    program, shown = posixpath.basename(words[0]), " ".join(words)
    if program in SHELLS and len(words) > 2 and words[1].startswith("-") and "c" in words[1]:
        inner = words[2].split()
        found = (
            program_problem(model, image, inner, port, mounted)
            if inner and re.fullmatch(r"[\w./-]+", inner[0])
            else None
        )
        return found or _address(model, image, shown, port)
    known = _installed(model, image)
    if known is not None and program not in known and not PYTHON.fullmatch(program):
        return f"« {program} » n'est pas dans l'image « {image.name} »", nearest(program, known - DEBIAN)
    version = _python_version(model, image)
    if PYTHON.fullmatch(program) and program.count(".") and version and program != f"python{version}":
        return f"« {program} » n'est pas dans l'image « {image.name} », qui a Python {version}", "écrire python"
    if PYTHON.fullmatch(program):
        found = next(_python(model, image, words[1:], mounted), None)
        if found:
            return found
    return _address(model, image, shown, port)


def _python(model: Model, image: Image, words: Sequence[str], mounted: Collection[str]) -> Iterator[Problem]:
    for option, value in pairwise(words):
        if option == "-m":
            if value.partition(".")[0] not in mounted and not _importable(model, image, value):
                yield f"module « {value} » absent de l'image « {image.name} »", nearest(value, _own_modules(model))
            return
        if option == "-c":
            yield from _code(model, image, value)
            return


def _code(model: Model, image: Image, text: str) -> Iterator[Problem]:
    """Its syntax, its modules, and its names, each of which something must give before."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield f"le code n'est pas du Python valable ({error.msg})", "le corriger"
        return
    given = set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for module in modules:
                if not _importable(model, image, module):
                    yield (
                        f"module « {module} » absent de l'image « {image.name} »",
                        nearest(module, {*sys.stdlib_module_names, *_own_modules(model)}),
                    )
            given |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            given.add(node.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in given:
            yield f"nom « {node.id} » que rien ne définit dans le code", nearest(node.id, given - set(dir(builtins)))


def _address(model: Model, image: Image, text: str, port: int | None) -> Problem | None:
    """A URL of the container itself leads to its application: its port, in plain HTTP, and one of its routes."""
    application = model.applications.get(image.application or "")
    listening = port or image.port
    for scheme, host, number, path in _LOCAL.findall(text):
        shown = f"{scheme}://{host}{':' + number if number else ''}{path}"
        if listening and int(number or {"http": 80, "https": 443}[scheme]) != listening:
            return (
                f"« {shown} » : l'application y écoute sur le port {listening}",
                f"écrire {scheme}://{host}:{listening}{path}",
            )
        if application and scheme == "https":
            return f"« {shown} » : l'application parle HTTP", "écrire http"
        if application and not application.answers(path or "/"):
            return f"« {shown} » : l'application n'a pas de route « {path} »", nearest(path, application.routes)
    return None


def _importable(model: Model, image: Image, module: str) -> bool:
    """From the standard library, the application's own folders, or what the image's requirements install."""
    first = module.partition(".")[0]
    if first in sys.stdlib_module_names:
        return _found(module)
    path = module.replace(".", "/")
    source = model.settings.model.applications.get(image.application or "")
    ends = (f"{path}.py", f"{path}/__main__.py", f"{path}/__init__.py")
    own = (
        any(f"{folder}/{end}" in model.files for folder in source.path for end in ends)
        if source
        else any(file.endswith(ends) for file in model.files)
    )
    elsewhere = any(file.endswith((f"/{first}/__main__.py", f"/{first}/__init__.py")) for file in model.files)
    return own or (
        not elsewhere
        and first not in _own_modules(model)
        and (_found(module) if locked_names(model, image) else _installs(model, image))
    )


def _installs(model: Model, image: Image) -> bool:
    """Whether the image gets packages that no locked file lists."""
    lines = instructions((model.root / image.dockerfile).read_text(encoding="utf-8"))
    return any(re.search(r"\b(install|sync|add)\b", rest) for _, word, rest in lines if word == "RUN")


@cache
def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _own_modules(model: Model) -> set[str]:
    return {
        reference.partition(":")[0]
        for source in model.settings.model.applications.values()
        for reference in (source.factory, *source.settings)
    }


def _installed(model: Model, image: Image) -> frozenset[str] | None:
    """The programs of an image on a slim Debian with Python; None for a base or an installation that nobody here knows."""
    lines = instructions((model.root / image.dockerfile).read_text(encoding="utf-8"))
    last = max((index for index, (_, word, _) in enumerate(lines) if word == "FROM"), default=0)
    base = lines[last][2].split()[0] if lines else ""
    if (
        not re.match(r"(\S+/)?(python|debian):", base)
        or "alpine" in base
        or any("apt" in rest for _, word, rest in lines[last:] if word == "RUN")
    ):
        return None
    return frozenset({*DEBIAN, "python", "python3", *locked_names(model, image)})


def _python_version(model: Model, image: Image) -> str:
    found = re.findall(
        r"^FROM \S*python:(\d+\.\d+)", (model.root / image.dockerfile).read_text(encoding="utf-8"), re.MULTILINE
    )
    return found[-1] if found else ""


def hidden_folder(image: Image, mounted: str) -> str | None:
    """The folder of the image, its application's or its programs', that something mounted at `mounted` would hide."""
    own = [image.folder, *image.environment.get("PATH", "").split(":")]
    place = mounted.rstrip("/")
    return next(
        (folder for folder in own if place and folder.startswith("/") and f"{folder}/".startswith(f"{place}/")), None
    )


def locked_names(model: Model, image: Image) -> set[str]:
    """The distributions that the image's requirements files install; a program often has its distribution's name."""
    return {
        name
        for path in requirement_files(model, image)
        for name in re.findall(r"^([\w.-]+)==", (model.root / path).read_text(encoding="utf-8"), re.MULTILINE)
    }


def requirement_files(model: Model, image: Image) -> list[str]:
    """The requirements files that the Dockerfile copies from its context and that exist."""
    text = (model.root / image.dockerfile).read_text(encoding="utf-8")
    paths = [
        (context_of(model, image) / name).as_posix() for name in re.findall(r"^COPY (\S+\.txt)", text, re.MULTILINE)
    ]
    return [path for path in paths if (model.root / path).is_file()]
