"""What has changed since a run whose proofs the site shows?"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from runbook.outcome import Result
from runbook.reporting.fingerprints import commands, fingerprints
from runbook.reporting.record import Campaign, Dependencies

_PAGE, _PROSE = "page", "texte de la page"


@dataclass(frozen=True, slots=True)
class Change:
    """A path from the repository's root that is no longer what it was; `what` says it in a word or two."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What is no longer as it was, by the page and by the target that depend on it."""

    pages: dict[str, Change]
    targets: dict[str, tuple[Change, ...]]

    def of(self, step: Result) -> tuple[Change, ...]:
        """What makes the proof of this step out of date; nothing for a step that its page leaves out."""
        if step.page_reason:
            return ()
        page = self.pages.get(step.page)
        return (*([page] if page else []), *self.targets.get(step.target, ()))


def changes_since(run: Campaign, root: Path, docs: str) -> Changes:
    """Compare the contents that `run` recorded with the files of today: changed, gone and new ones."""
    pages = dict.fromkeys(step.page for step in run.steps)
    now, blocks = fingerprints(root, pages), commands(root, pages)
    return Changes(
        {
            page: Change(page, _PROSE if page in blocks and blocks[page] == run.commands.get(page) else _PAGE)
            for page in pages
            if now.get(page) != run.pages.get(page)
        },
        {target: _changed(before, root, docs) for target, before in run.depends.items()},
    )


def summary(changed: Iterable[Change]) -> str:
    """A few words for many paths, as « page, services, k8s »."""
    return ", ".join(dict.fromkeys(change.what for change in changed))


def _changed(before: Dependencies, root: Path, docs: str) -> tuple[Change, ...]:
    now = fingerprints(root, before.patterns)
    paths = sorted(path for path in now.keys() | before.files.keys() if now.get(path) != before.files.get(path))
    return tuple(Change(path, _PAGE if path.startswith(f"{docs}/") else path.partition("/")[0]) for path in paths)
