"""Does a run turn red after one file of a copy of the repository changed?"""

import re
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from posixpath import dirname

from runbook.errors import RunbookError, SettingsError
from runbook.forked import forked
from runbook.matching import expect
from runbook.outcome import Outcome
from runbook.reading.blocks import blocks_of
from runbook.reading.content import Block, PageBlocks
from runbook.reading.pages import read_site
from runbook.reporting import record
from runbook.reporting.fingerprints import fingerprints
from runbook.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Runs:
    """A copy of the repository, at `root`, that was run on `targets` before any change, and went well."""

    root: Path
    settings: Settings
    targets: tuple[str, ...]
    pages: dict[str, PageBlocks]  # before any change, by path
    outputs: dict[tuple[str, int], str]  # page and line of a block that showed what its page promises → what it printed

    def first_failure(self, path: str) -> str:
        """What fails first now that the file `path` of the copy is another; empty if nothing does.

        Where only expected results changed, the commands print what they printed before: they are not run again.
        """
        if path not in self.pages:  # the pages whose commands name it first: those of one target, then of the next
            on = [name for name in self.targets if self._depends_on(name, path)]
            runs = ((name, pages) for pages in dict.fromkeys((self._naming(path), ())) for name in on)
            return next((why for name, pages in runs if (why := _failure(_run(self.root, (name,), *pages)))), "")
        changed = _read(self.root)[path]
        if _without_results(changed) == _without_results(self.pages[path]):
            return next((reason for block in changed.blocks if (reason := self._mismatch(block))), "")
        return _failure(_run(self.root, self.targets, path))

    def _mismatch(self, block: Block) -> str:
        output = self.outputs.get((block.page, block.line))
        if block.expected is None or output is None:
            return ""
        mismatch = expect.compare(block.expected.text, output, block.expected.kind)
        return f"{block.page}:{block.expected.line + (mismatch.line or 0)} : {mismatch.reason}" if mismatch else ""

    def _depends_on(self, target: str, path: str) -> bool:
        """Whether the target runs this file, as the settings tell; scripts may be run by any page."""
        patterns = self.settings.targets[target].depends
        return path in fingerprints(self.root, patterns) or path.startswith(f"{self.settings.model.scripts}/")

    def _naming(self, path: str) -> tuple[str, ...]:
        """The pages whose commands name this file, or all of its folder."""
        named = re.compile(rf"{re.escape(path)}|{re.escape(dirname(path) or path)}/?(?=[\s'\"]|$)")
        return tuple(one for one, page in self.pages.items() if any(named.search(block.code) for block in page.blocks))


def run_before(root: Path, original: Path, targets: tuple[str, ...]) -> Runs:
    """Run the copy of `original` at `root` as it is; RunbookError if that does not go well."""
    environment = Path(sys.prefix)
    if environment.is_relative_to(original):  # pages may name the repository's own Python environment
        (root / environment.relative_to(original)).symlink_to(environment)
    done = _run(root, targets)
    if done.exit_status:
        cause = f"l'exécution échoue déjà sans mutant : {_failure(done) or 'rien n’a été exécuté'}"
        raise RunbookError(f"{cause} ; d'abord « runbook run » sans échec")
    outputs = {
        (one.page, one.line): one.out if one.out.strip() else one.err
        for one in done.steps
        if one.outcome is Outcome.VERIFIED
    }
    return Runs(root, load(root), targets, _read(root), outputs)


def pages_of(root: Path) -> list[PageBlocks]:
    """Every page of the site of the repository at `root`."""
    settings = load(root)
    return blocks_of(read_site(root, settings.site), settings)


def _read(root: Path) -> dict[str, PageBlocks]:
    """Path → page, read in a process whose end takes the site's modules away."""
    with forked(partial(pages_of, root)) as read:
        return {page.page.path: page for page in read()}


def _run(root: Path, targets: tuple[str, ...], *pages: str) -> record.Campaign:
    """A run of these pages, or of all, and of what they need."""
    folder = root / ".mutate"
    arguments = [argument for target in targets for argument in ("--target", target)]
    command = [sys.executable, "-m", "runbook", "--root", str(root), "run", *arguments, "--record", str(folder), *pages]
    (folder / record.FILE).unlink(missing_ok=True)
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    try:
        (done,) = record.load(folder / record.FILE).campaigns  # the one before is gone
    except SettingsError:
        raise RunbookError(f"l'exécution n'a laissé aucun enregistrement : {ran.stderr.strip()}") from None
    return done


def _failure(done: record.Campaign) -> str:
    """The first step that went wrong, else the first other fault."""
    steps = (f"{step.place} : {step.reason}" for step in done.steps if step.outcome.bad)
    return next(steps, next(iter(done.problems), ""))


def _without_results(page: PageBlocks) -> tuple[Block, ...]:
    return tuple(replace(block, expected=None, prose="") for block in page.blocks)
