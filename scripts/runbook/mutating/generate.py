"""All the mutants of a repository, in one order, and a sample of them that a seed decides."""

import random
from collections.abc import Collection, Iterator
from pathlib import Path

from runbook.mutating import code, manifests, pages, scripts
from runbook.mutating.mutant import Mutant
from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository
from runbook.rules.scripts import shell_scripts


def generate(read: list[PageBlocks], repository: Repository, targets: Collection[str]) -> list[Mutant]:
    """Every mutant of manifests, Compose, services, scripts and pages; the files are only read.

    Expected results are changed where pages are run: on `targets`, since nothing else compares them.
    """
    found = {
        (mutant.path, mutant.after): mutant
        for mutant in _all(read, repository, targets)
        if mutant.before != mutant.after
    }  # an anchor is met at each alias
    return sorted(found.values(), key=lambda mutant: (mutant.path, mutant.line, mutant.operator, mutant.after))


def sample(mutants: list[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """`count` of them, the same for the same seed; all of them without a count."""
    if count is None or count >= len(mutants):
        return mutants
    chosen = sorted(random.Random(seed).sample(range(len(mutants)), count))  # noqa: S311 — a sample, no secret
    return [mutants[index] for index in chosen]


def _all(read: list[PageBlocks], repository: Repository, targets: Collection[str]) -> Iterator[Mutant]:
    source, root = repository.settings.model, repository.root
    spoken = "\n".join(page.page.markdown for page in read)
    selectors = "\n".join(str(item.at("spec", "selector", default="")) for item in repository.objects)
    for path in sorted({path for pattern in source.manifests for path in root.glob(pattern)}):
        name = path.relative_to(root).as_posix()
        if name in repository.files and name not in source.generated:
            yield from manifests.mutants(name, _text(root, name), lambda key: key in selectors or key in spoken)
    compose = repository.compose.path
    if compose:
        yield from manifests.mutants(compose, _text(root, compose), lambda _: True)
    judged = shell_scripts(repository)
    folders = {folder for application in source.applications.values() for folder in application.path}
    for name in sorted(repository.files):
        if name.endswith((".py", ".html")) and any(name.startswith(f"{folder}/") for folder in folders):
            yield from code.mutants(name, _text(root, name))
        elif name in judged:
            yield from scripts.mutants(name, _text(root, name))
    for page in read:
        yield from pages.mutants(page, _text(root, page.page.path), targets)


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")
