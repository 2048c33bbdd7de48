"""What has changed since the run whose proofs the site shows?"""

from dataclasses import dataclass
from pathlib import Path

from runbook.reporting.fingerprints import fingerprints

from .last_run import Dependencies, Run, Step


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths from the repository's root that are no longer what they were, by what depends on them."""

    docs: str
    pages: frozenset[str] = frozenset()
    targets: dict[str, tuple[str, ...]] | None = None

    def of(self, step: Step) -> tuple[str, ...]:
        """What makes the proof of this step out of date; nothing for a step that its page leaves out."""
        if step.page_reason:
            return ()
        page = (f"{self.docs}/{step.page}",) if step.page in self.pages else ()
        return (*page, *(self.targets or {}).get(step.target, ()))

    def of_all(self, steps: list[Step]) -> tuple[str, ...]:
        """What makes any of these proofs out of date, each path once."""
        return tuple(dict.fromkeys(path for step in steps for path in self.of(step)))


def changes_since(run: Run | None, root: Path, docs: str) -> Changes:
    """Compare the contents that `run` recorded with the files of today: changed, gone and new ones."""
    if run is None:
        return Changes(docs)
    pages = {step.page: f"{docs}/{step.page}" for step in run.steps}
    now = fingerprints(root, pages.values())
    return Changes(
        docs,
        frozenset(page for page, path in pages.items() if now.get(path) != run.pages.get(path)),
        {target: _changed(before, root) for target, before in run.depends.items()},
    )


def summary(paths: tuple[str, ...], docs: str) -> str:
    """A few words for many paths, as « page, services, k8s »."""
    tops = (path.partition("/")[0] for path in paths)
    return ", ".join(dict.fromkeys("page" if top == docs else top for top in tops))


def _changed(before: Dependencies, root: Path) -> tuple[str, ...]:
    now = fingerprints(root, before.patterns)
    return tuple(sorted(path for path in now.keys() | before.files.keys() if now.get(path) != before.files.get(path)))
