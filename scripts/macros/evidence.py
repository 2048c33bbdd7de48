"""What has been executed of the commands that the pages publish, and does it still hold?"""

from dataclasses import dataclass
from pathlib import Path

from runbook.errors import SettingsError
from runbook.outcome import Result
from runbook.reporting.record import Campaign, NoRecordError, load

from .changes import Change, changes_since


@dataclass(frozen=True, slots=True)
class Proof:
    """What a run made of one command; `page` is named from the folder of pages, `changed` makes it out of date."""

    step: Result
    page: str
    run: Campaign
    changed: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the record holds, its newest run first; `unreadable` if this version cannot read the one there is."""

    runs: tuple[Campaign, ...] = ()
    proofs: tuple[Proof, ...] = ()
    unreadable: bool = False

    @property
    def failed(self) -> bool:
        """Whether a run whose proofs are shown did not hold."""
        return any(run.exit_status for run in self.runs)

    @property
    def missing(self) -> dict[str, str]:
        """Target → why it was not there, for the targets whose commands are shown without it."""
        return {
            proof.step.target: proof.run.missing[proof.step.target]
            for proof in self.proofs
            if proof.step.target in proof.run.missing
        }

    def of(self, page: str | None = None, target: str | None = None) -> tuple[Proof, ...]:
        """The proofs of one page, of one target, or of both."""
        return tuple(
            proof for proof in self.proofs if page in (None, proof.page) and target in (None, proof.step.target)
        )


def read_evidence(path: Path, root: Path, docs: str) -> Evidence:
    """The record at `path` against the files of `root`; nothing on a clone where nothing was run yet.

    The engine names pages from the repository's root, where `docs` is.  A record that cannot be read
    proves nothing, and must not stop the build.
    """
    try:
        return evidence(load(path).campaigns, root, docs)
    except NoRecordError:
        return Evidence()
    except SettingsError:
        return Evidence(unreadable=True)


def evidence(runs: list[Campaign], root: Path, docs: str) -> Evidence:
    """What these runs prove, given what the files of `root` hold today."""
    proofs = []
    for run in runs:
        changes = changes_since(run, root, docs)
        proofs += [Proof(step, step.page.removeprefix(f"{docs}/"), run, changes.of(step)) for step in run.steps]
    return Evidence(tuple(runs), tuple(proofs))


def changed(proofs: tuple[Proof, ...]) -> tuple[Change, ...]:
    """What makes any of these proofs out of date, each path once."""
    return tuple(dict.fromkeys(change for proof in proofs for change in proof.changed))
