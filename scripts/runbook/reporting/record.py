"""What is proven of the pages, for the site, for CI and for the next person: one JSON document."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from runbook.errors import SettingsError
from runbook.outcome import Result
from runbook.reading.content import withheld

VERSION = 3
FILE = "record.json"


class NoRecordError(SettingsError):
    """Nothing has run yet, or the pages are being read for their commands."""


class Dependencies(msgspec.Struct, frozen=True):
    """The files that the proofs on a target depend on: how they are found, and the SHA-256 of each."""

    patterns: list[str]
    files: dict[str, str]


class Campaign(msgspec.Struct, frozen=True):
    """One run of all the pages (`whole`) or of some.

    `date` is ISO 8601 in UTC, at the end of the run; `commit` (empty outside git) and `dirty` (with
    local changes) are those of its start.  `findings` is what the static check said, `null` if it was
    not asked; `drop` says why the coverage is too low, empty if it holds.  `pages`, `commands` and
    `depends` are fingerprints taken before the first step: of the pages, of their blocks and front
    matter alone, and of the files that each target depends on.
    """

    date: str
    seconds: float
    commit: str
    dirty: bool
    machine: str
    versions: dict[str, dict[str, str]]
    missing: dict[str, str]
    faults: list[str]
    notes: list[str]
    exit_status: int
    findings: list[str] | None
    pages: dict[str, str]
    depends: dict[str, Dependencies]
    steps: list[Result]
    commands: dict[str, str] = {}
    whole: bool = True
    drop: str = ""

    @property
    def problems(self) -> list[str]:
        """Why it failed, apart from its steps."""
        return [*self.faults, *([self.drop] if self.drop else []), *(self.findings or [])]


class Record(msgspec.Struct, frozen=True):
    """The newest campaign first, then what it did not prove again: a page and target stand in one of them only."""

    version: int
    campaigns: list[Campaign]

    @property
    def exit_status(self) -> int:
        """That of the verdict: 0 if all that it holds does."""
        return max(campaign.exit_status for campaign in self.campaigns)


class _Versioned(msgspec.Struct):
    """What every document says first: whether the rest of it can be read."""

    version: int


Kept = TypeVar("Kept", bound=msgspec.Struct)


def schema() -> dict[str, Any]:
    """The JSON schema of a record."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Record)}


def encode(document: msgspec.Struct) -> bytes:
    """As JSON that a person can read too."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def decoded(path: Path, kind: type[Kept], version: int) -> Kept | None:
    """What a file holds, None if another version of the engine wrote it; SettingsError if it is no such document."""
    try:
        content = path.read_bytes()
        ours = msgspec.json.decode(content, type=_Versioned).version == version
        return msgspec.json.decode(content, type=kind) if ours else None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        remedy = "supprimer ce fichier, puis relancer « runbook run »"
        raise SettingsError(f"{path} : enregistrement illisible ({error}) ; {remedy}") from None


def load(path: Path) -> Record:
    """Read a record; NoRecordError if there is none to show, SettingsError for one that this version cannot read."""
    if withheld.get() or not path.exists():
        raise NoRecordError(f"{path} : aucune exécution enregistrée ; lancer d'abord « runbook run »")
    if record := decoded(path, Record, VERSION):
        return record
    raise SettingsError(f"{path} : enregistrement d'une autre version que {VERSION} ; relancer « runbook run »")


def load_previous(path: Path) -> Record | None:
    """The record that a campaign is about to complete or replace; None if there is none that this version can read."""
    try:
        return load(path)
    except SettingsError:
        return None
