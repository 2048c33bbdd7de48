"""What can be wrong with the input: one small tree, each message with place, cause and remedy."""

from dataclasses import dataclass


class RunbookError(Exception):
    """A mistake of the person who calls the engine or writes a page, never a bug of the engine."""


class SettingsError(RunbookError):
    """The settings in pyproject.toml, or the site's own, cannot be used."""


class TargetError(RunbookError):
    """A target cannot be prepared: a busy port, a service that does not start, a refused context."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One author's mistake: `path:line : cause ; remedy`; the path from the root of the repository, the line from 1."""

    path: str
    line: int
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} : {self.cause} ; {self.remedy}"
