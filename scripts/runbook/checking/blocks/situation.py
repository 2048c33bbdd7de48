"""Where a command stands when it is read: the model, the page, and what came before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from runbook.checking.blocks.cluster import Cluster
from runbook.checking.blocks.words import Command, Shell, Word
from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.reading.content import Page


@dataclass(slots=True)
class Situation:
    """The reading of one page on one target; `cwd` follows `cd` and is relative to the root, `…` if unknown.

    What commands before made: `made` holds files, relative to the root where they are under it,
    `images` names of images, `clusters` those of clusters, `ports` local ports → the application that answers there, None for
    one that the model does not know.  `cluster` is what the cluster holds.  `resolve` checks a command
    that another one runs.
    """

    model: Model
    page: Page
    target: str
    resolve: "Rule"
    shell: Shell = field(default_factory=Shell)
    cwd: str = "."
    made: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)
    ports: dict[int, str | None] = field(default_factory=dict)
    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        self.cluster = Cluster(list(self.model.objects))


Rule = Callable[[Command, Situation], Iterator[Finding]]


def finding(command: Command, rule: str, cause: str, remedy: str, word: Word | None = None) -> Finding:
    """A finding at the line of `word`, or of the command."""
    return Finding(command.path, word.line if word else command.line, cause, remedy, rule)
