"""Which versions are supported, and until when?"""

import sys
from datetime import date
from pathlib import Path

import msgspec

from .dates import in_words
from .sources import SourceError, only, read_yaml
from .tables import table

FILE = "docs/_data/versions.yaml"
_NAMES = {"kubernetes": "Kubernetes", "docker": "Docker Engine", "compose": "Docker Compose", "kind": "kind"}


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version, the last day of its security fixes (None: not announced), where that is said, and kind's image."""

    version: str
    fin: date | None
    source: str
    note: str = ""
    noeud: str = ""


class Supported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The range of each program, oldest first."""

    kubernetes: list[Version]
    docker: list[Version]
    compose: list[Version]
    kind: list[Version]

    def span(self, program: str) -> str:
        """The range in a few words, as « 1.35 à 1.37 »."""
        listed: list[Version] = getattr(self, program)
        return listed[0].version if len(listed) == 1 else f"{listed[0].version} à {listed[-1].version}"

    def table(self) -> str:
        """A row for each version."""
        rows = [(_NAMES[program], it) for program in _NAMES for it in getattr(self, program)]
        return table(
            ("Composant", "Version", "Corrigée jusqu'au", "Source"),
            [
                (
                    name,
                    it.version,
                    (in_words(it.fin) if it.fin else "fin non annoncée") + (f", {it.note}" if it.note else ""),
                    f"[annonce]({it.source})",
                )
                for name, it in rows
            ],
        )


def read_supported(path: Path) -> Supported:
    """The data file; raises `SourceError` if it is not of its shape or a program has no version."""
    try:
        found = msgspec.convert(only(read_yaml(path), str(path)), Supported)
    except msgspec.ValidationError as error:
        raise SourceError(f"{path} : {error}") from None
    if not all(getattr(found, program) for program in _NAMES):
        raise SourceError(f"{path} : un composant n'a aucune version ; en donner au moins une")
    return found


def main() -> int:
    """Print what a script asks for: kind's version, or its node image for the oldest or the newest Kubernetes."""
    supported = read_supported(Path(FILE))
    answers = {
        "kind": supported.kind[-1].version,
        "oldest": supported.kubernetes[0].noeud,
        "newest": supported.kubernetes[-1].noeud,
    }
    asked = sys.argv[1] if len(sys.argv) == 2 else ""
    if not answers.get(asked):
        print(f"usage : scripts/versions {' | '.join(answers)}", file=sys.stderr)
        return 2
    print(answers[asked])
    return 0
