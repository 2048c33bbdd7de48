"""What reading the site gives: its pages, their commands, and what each should print."""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from runbook.errors import Problem
from runbook.matching import expect

# While pages are read for their commands no proof is shown: what they ask for must not depend on what ran before.
# MkDocs' plugins and macros have no other way to know; records and histories are then as if nothing had ever run.
withheld = ContextVar("withheld", default=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site.

    `path` is relative to the repository, `uri` to the docs folder.  `markdown` is what Python-Markdown
    gets; `line_of[i]` is the line of the source file (from 1) that its line `i` (from 0) comes from.
    `meta` is the front matter as JSON would tell it.  A page that is `refused` could not be read: it has no text.
    """

    path: str
    uri: str
    url: str
    title: str
    meta: dict[str, Any]
    markdown: str
    line_of: tuple[int, ...]
    refused: Problem | None = None
    undefined: tuple[Problem, ...] = ()  # names of macros that the site leaves as they stand


@dataclass(frozen=True, eq=False)
class Site:
    """The pages in the order of the navigation, then those outside it, and how they are rendered.

    `unknown` says what of the site could not be read here, and what that leaves out: no fault of the site.
    """

    pages: tuple[Page, ...]
    extensions: list[str]
    extension_configs: dict[str, Any]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reader should see; `line` is the first line of the text itself in the source file."""

    line: int
    text: str
    kind: expect.Kind


@dataclass(frozen=True, slots=True)
class Block:
    """One group of commands that a reader pastes at once.

    `prose` is what stands before it; durations are in seconds; `end` is the last line of the block in the source
    file, that of its expected result if it has one.  A block that is `undecided` (the reason) runs nowhere, and
    nobody has said why it should not.
    """

    page: str
    line: int
    title: str | None
    code: str
    target: str
    deadline: float | None = None
    exit_status: int = 0
    retry: float | None = None
    background: str | None = None
    cleanup: bool = False
    condition: str | None = None
    not_run: str | None = None
    ignore: str | None = None  # « règle: raison », several with « ; » between them
    stand_in: bool = True  # False: the answer depends on what earlier steps did to the target
    expected: Expected | None = None
    prose: str = ""
    end: int = 0
    undecided: str = ""
    session: bool = False  # bash cannot be given it as it stands: another shell, or prompts and output
    typed: str = ""  # of a session, the commands alone, each on its line


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """A page, its commands in reading order, and what has to run before it.

    A page with `problems` is refused; `doubts` refuse nothing.
    """

    page: Page
    all_blocks: tuple[Block, ...]
    after: tuple[str, ...]
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()
    unknown: tuple[Problem, ...] = ()  # what a reader's site may render otherwise, because parts of it are not here

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Those written for bash."""
        return tuple(block for block in self.all_blocks if not block.session)

    @property
    def readable(self) -> tuple[Block, ...]:
        """What can be checked as bash: the blocks, and what was typed in sessions."""
        blocks = (replace(block, code=block.typed) if block.session else block for block in self.all_blocks)
        return tuple(block for block in blocks if block.typed or not block.session)
