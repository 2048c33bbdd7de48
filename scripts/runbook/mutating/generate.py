"""All the mutants of a repository, in one order, and a sample of them that a seed decides."""

import random
from collections.abc import Collection, Iterator

from runbook.mutating import code, manifests, pages
from runbook.mutating.mutant import Mutant
from runbook.mutating.unseen import unseen
from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository
from runbook.rules.scripts import shell_scripts


def generate(read: list[PageBlocks], repository: Repository, targets: Collection[str]) -> list[Mutant]:
    """Every mutant of manifests, Compose, services, scripts and pages; the files are only read.

    Expected results are changed where pages are run: on `targets`, since nothing else compares them.
    """
    changed = (mutant for mutant in _all(read, repository, targets) if mutant.before != mutant.after)
    found = {(mutant.path, mutant.after): mutant for mutant in changed}  # an anchor is met at each alias
    return sorted(found.values(), key=lambda mutant: (mutant.path, mutant.line, mutant.operator, mutant.after))


def sample(mutants: list[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """`count` of them, the same for the same seed; all of them without a count."""
    if count is None or count >= len(mutants):
        return mutants
    chosen = sorted(random.Random(seed).sample(range(len(mutants)), count))  # noqa: S311 — a sample, no secret
    return [mutants[index] for index in chosen]


def _all(read: list[PageBlocks], repository: Repository, targets: Collection[str]) -> Iterator[Mutant]:
    source = repository.settings.model
    inert, judged = unseen(read, repository), shell_scripts(repository)
    folders = [folder for application in source.applications.values() for folder in application.path]
    modules = tuple(f"{folder}/".removeprefix("./") for folder in folders)
    root = repository.root
    written = {path.relative_to(root).as_posix() for one in source.manifests for path in root.glob(one)}
    for name in sorted(repository.files):
        if name == repository.compose.path or (name in written and name not in source.generated):
            yield from manifests.mutants(name, repository.text(name), inert)
        elif name in judged or (name.endswith((".py", ".html")) and name.startswith(modules)):
            yield from code.mutants(name, repository.text(name))
    for page in read:
        yield from pages.mutants(page, repository.text(page.page.path), targets)
