"""Do the locked requirements hold: every one pinned and hashed, as asked, and all that the applications import?"""

import importlib
import importlib.metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from runbook.checking.blocks.remembered import Remembered
from runbook.checking.dockerfiles.programs import locked_names, requirement_files
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.images import Image, built_images
from runbook.checking.offered.model import Model

RULE = "requirements"
REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)(\[[\w,-]+\])?==([\w.!+]+)(?= |;|$)")
HASH = re.compile(r"--hash=(\S+)")
IMPORTED = re.compile(r"^(?:from|import)\s+([A-Za-z]\w*)", re.MULTILINE)


def check_requirements(model: Model) -> Iterator[Finding]:
    """Every file that an image installs, those beside which `pyproject.toml` asks, and what the code imports."""
    images = list(built_images(model).values())
    installed = {name for image in images for name in requirement_files(model, image)}
    project = model.root / "pyproject.toml"
    asked = project.read_text(encoding="utf-8") if "pyproject.toml" in model.files and project.is_file() else ""
    locks = {
        name: (model.root / name).read_text(encoding="utf-8")
        for name in sorted(model.files)
        if name in installed or _is_lock(model, name)
    }
    seen = Remembered(model.root / model.settings.state / "cache" / "requirements.json", "2")
    text = json.dumps([asked, locks])
    found: list[list[Any]] | None = seen.recall(text)
    if found is None:
        found = [[path, line, cause, remedy] for path, line, cause, remedy in _locks(locks, _groups(asked))]
        seen.learn(text, found)
        seen.write()
    for path, line, cause, remedy in found:
        yield Finding(path, line, cause, remedy, RULE)
    for image in images:
        yield from _imports(model, image)


def _is_lock(model: Model, name: str) -> bool:
    """Whether a text file holds hashed requirements."""
    if not name.endswith(".txt") or not re.search(r"requirements?(/|[\w.-]*\.txt$)", name):
        return False
    with (model.root / name).open(encoding="utf-8") as file:
        return "--hash=" in file.read(4096)


def _locks(locks: dict[str, str], groups: dict[str, dict[str, str]]) -> Iterator[tuple[str, int, str, str]]:
    """Place, cause and remedy of each fault; a file belongs to the group that its folder or its own name names."""
    remedy = "refaire le fichier avec l'outil qui le fige"
    first: dict[str, tuple[str, str]] = {}
    for path, text in locks.items():
        pinned: dict[str, int] = {}
        for line, requirement in _lines(text):
            found = REQUIREMENT.match(requirement)
            if found is None:
                yield path, line, f"« {requirement.split(' --hash')[0]} » sans version exacte", remedy
                continue
            name, version = _normal(found[1]), found[3]
            hashes = HASH.findall(requirement)
            pinned[name] = line
            if not hashes:
                yield path, line, f"« {name} » sans empreinte : pip refuserait tout le fichier", remedy
            elif not all(re.fullmatch(r"sha256:[0-9a-f]{64}", it) for it in hashes):
                yield path, line, f"empreinte de « {name} » illisible", remedy
            there, other = first.setdefault(name, (path, version))
            if other != version and ";" not in requirement:
                yield path, line, f"« {name} » en {version} ici, en {other} dans {there}", remedy
            for group, wanted in groups.items():
                if name in wanted and not _satisfies(version, wanted[name]):
                    yield (
                        path,
                        line,
                        f"« {name} » en {version}, et pyproject.toml (groupe {group}) demande {wanted[name]}",
                        remedy,
                    )
        for name, missing in _wanted(pinned):
            yield (
                path,
                pinned[name],
                f"« {missing} », dont « {name} » a besoin, manque : pip refuserait le fichier",
                remedy,
            )
        for group in {PurePosixPath(path).stem, PurePosixPath(path).parent.name} & set(groups):
            for name in sorted(set(groups[group]) - set(pinned)):
                yield path, 1, f"« {name} », que pyproject.toml demande pour le groupe {group}, manque", remedy


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each requirement or option with its hashes, as pip joins its lines."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not pending:
            start = number
        pending += " " + line.partition(" #")[0].strip() if not line.lstrip().startswith("#") else ""
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip()
        else:
            if pending.strip():
                yield start, re.sub(r"\s+", " ", pending.strip())
            pending = ""


def _groups(asked: str) -> dict[str, dict[str, str]]:
    """Group → each distribution that it asks for, those of the groups that it includes too, and which versions."""
    try:
        described: dict[str, list[Any]] = tomllib.loads(asked).get("dependency-groups", {})
    except tomllib.TOMLDecodeError:
        return {}

    def names(group: str, above: frozenset[str] = frozenset()) -> dict[str, str]:
        found: dict[str, str] = {}
        for entry in described.get(group, []) if group not in above else []:
            if isinstance(entry, dict):
                found |= names(str(entry.get("include-group")), above | {group})
            else:
                parts = re.match(r"([\w.-]+)(?:\[[^\]]*\])?\s*([^;]*)", entry)
                found |= {_normal(parts[1]): parts[2].strip()} if parts else {}
        return found

    return {group: names(group) for group in described}


def _wanted(pinned: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Each distribution of a lock file that is installed here, with what it needs and the file leaves out."""
    requirements: Any = importlib.import_module("packaging.requirements")
    for name in sorted(pinned):
        try:
            needed = [requirements.Requirement(text) for text in importlib.metadata.requires(name) or []]
        except importlib.metadata.PackageNotFoundError:  # of another group than those installed
            continue
        for each in needed:
            if _normal(each.name) not in pinned and (each.marker is None or each.marker.evaluate({"extra": ""})):
                yield name, _normal(each.name)


def _satisfies(version: str, wanted: str) -> bool:
    specifiers: Any = importlib.import_module("packaging.specifiers")
    try:
        return bool(specifiers.SpecifierSet(wanted).contains(version, prereleases=True))
    except ValueError:
        return True


def _imports(model: Model, image: Image) -> Iterator[Finding]:
    """What the application's modules import is in the standard library, in the repository, or locked for this image."""
    locked = {_normal(name) for name in locked_names(model, image)}
    if not locked or image.application is None:
        return
    source = model.settings.model.applications[image.application]
    packages = {reference.split(":")[0].split(".")[0] for reference in (source.factory, *source.settings)}
    folders = tuple(f"{folder}/{package}/" for folder in source.path for package in sorted(packages))
    own = {
        name.removeprefix(f"{folder}/").split("/")[0].removesuffix(".py")
        for folder in source.path
        for name in model.files
        if name.startswith(f"{folder}/")
    }
    for name in sorted(model.files):
        if not name.startswith(folders) or not name.endswith(".py"):
            continue
        text = (model.root / name).read_text(encoding="utf-8")
        for found in IMPORTED.finditer(text):
            module = found[1]
            if (
                module in sys.stdlib_module_names
                or module in own
                or _normal(module) in locked
                or _distributions(module) & locked
            ):
                continue
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(
                name,
                line,
                f"module « {module} » importé, et l'image « {image.name} » ne l'installe pas",
                f"l'ajouter à ses dépendances ; {nearest(module, locked)}",
                RULE,
            )


def _distributions(module: str) -> set[str]:
    """The distributions that give a module of another name than theirs."""
    return {_normal(name) for name in importlib.metadata.packages_distributions().get(module, [])}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
