"""What is delivered: a commit, its version, and the images made of it?"""

import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from delivery.programs import DeliveryError, call

COMPONENTS = ("api", "front")
PORTS = {"api": 8000, "front": 8080}
TELLS = {"api": "/", "front": "/status"}  # where each says what it is
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Release:
    """`images` are references by digest, one for each component."""

    commit: str
    version: str
    images: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a commit, whatever the working tree holds."""

    commit: str
    version: str
    folder: Path


def check_out(reference: str, folder: Path) -> Source:
    """The sources of `reference` in `folder`; the repository and its working tree are left as they are."""
    try:
        commit = call("git", "-C", ROOT, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}").strip()
    except DeliveryError:
        raise DeliveryError(f"commit inconnu : {reference} ; voir git log --oneline") from None
    call("git", "-C", ROOT, "archive", "--output", folder / "sources.tar", commit, "services", "k8s", "pyproject.toml")
    with tarfile.open(folder / "sources.tar") as archive:
        archive.extractall(folder, filter="data")
    version = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return Source(commit, version, folder)
