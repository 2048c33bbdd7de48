"""All the mutants of a repository, in one order, and a sample of them that a seed decides."""

import random
import re
from collections.abc import Collection, Iterator

from runbook.mutating import code, manifests, pages
from runbook.mutating.mutant import Mutant
from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository
from runbook.rules.scripts import shell_scripts

BY_KUBERNETES = "pod-security.kubernetes.io/"  # labels that it reads itself
SELECTORS = {"Namespace": ("namespaceSelector",), "Pod": ("selector", "podSelector", "labelSelector")}


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
    judged, unseen = shell_scripts(repository), _unseen(read, repository)
    modules = tuple(f"{path}/".removeprefix("./") for one in source.applications.values() for path in one.path)
    written = {item.path for item in repository.objects}
    for name in sorted(repository.files):
        if name == repository.compose.path or (name in written and name not in source.generated):
            yield from manifests.mutants(name, repository.text(name), unseen)
        elif name in judged or (name.endswith((".py", ".html")) and name.startswith(modules)):
            yield from code.mutants(name, repository.text(name))
    for page in read:
        yield from pages.mutants(page, repository.text(page.page.path), targets)


def _unseen(read: list[PageBlocks], repository: Repository) -> manifests.Unseen:
    """Says of a name or a label why nobody would see it change: nothing else names the object, nothing selects it."""
    commands = [line for page in read for block in page.blocks for line in block.code.splitlines()]
    texts = {item.path: repository.text(item.path) for item in repository.objects}
    spoken = "\n".join([*texts.values(), *(page.page.markdown for page in read)])
    below = [(keys[-1], str(told)) for item in repository.objects for keys, told in item.below() if keys]

    def why(kind: str, keys: manifests.Keys, value: str) -> str:
        key, named = keys[-1], re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w.-])")
        if keys == ("metadata", "name"):
            return "" if len(named.findall(spoken)) > 1 else "rien d'autre ne nomme cet objet"
        if keys[-2:-1] != ("labels",) or key.startswith(BY_KUBERNETES):
            return ""
        whose = "Pod" if len(keys) > len(("metadata", "labels", key)) else kind
        free = re.compile(rf"{re.escape(key)}(?!=+\w)" if whose == "Pod" else "(?!)")  # whatever its value
        seen = any(key in line and (named.search(line) or free.search(line)) for line in commands)
        seen |= any(word in SELECTORS.get(whose, ()) and key in told and named.search(told) for word, told in below)
        return "" if seen else f"aucun sélecteur, aucune commande ne choisit {key}={value}"

    return why
