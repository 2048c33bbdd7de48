"""Run pages without their expected results, and write into these what was obtained."""

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

import msgspec
from rich.console import Console

from runbook.judging import Journal, Result, judged
from runbook.matching import expect
from runbook.matching.generalise import Shown, generalise
from runbook.outcome import Outcome, Reason
from runbook.plan import Plan, make_plan
from runbook.reading.blocks import blocks_of
from runbook.reading.content import Block, Expected
from runbook.reading.pages import read_site
from runbook.reading.selection import Selection
from runbook.reporting import terminal
from runbook.running.interruption import Interruptions
from runbook.running.mask import MASK
from runbook.running.run import opened
from runbook.settings import Settings
from runbook.verbs.options import announce_stop, console, missing_targets, print_json, show_missing, show_refused
from runbook.whole_file import write_whole

CUT = "… (sortie coupée : "


@dataclass(frozen=True, slots=True)
class Accepted:
    """What becomes of one expected result: its new lines, or why it stays as it is."""

    page: str
    line: int
    text_line: int  # of the first line of the expected result
    old: str
    new: tuple[Shown, ...] = ()
    refused: str = ""

    @property
    def text(self) -> str:
        return "\n".join(shown.text for shown in self.new)


def accept_pages(
    root: Path,
    settings: Settings,
    selection: Selection,
    targets: tuple[str, ...],
    context: str | None,
    dry: bool,
    as_json: bool,
) -> int:
    """Accept what the pages selected give now; 1 if something of theirs could not be."""
    screen, missing = console(stderr=as_json), missing_targets(root, settings, targets, context)
    show_missing(missing, screen)
    plan = make_plan(selection.pages, settings, missing, selection.chosen)
    show_refused(plan.refused)
    journal = _run(_without_expected(plan), settings, root, screen)
    for fault in journal.faults:
        screen.print(fault, style="bold red", markup=False)
    meant = {(step.block.page, step.block.line): step.block for step in plan.steps}
    results = [one for one in journal.results if selection.holds(one.step.block.page, one.step.block.line)]
    found = sorted(_accepted(results, meant), key=lambda one: (one.page, one.line))
    done = [
        accepted
        for page, of_page in groupby(found, key=lambda one: one.page)
        for accepted in _written(root, settings, page, list(of_page), dry, screen)
    ]
    changed = [one for one in done if one.new]
    for one in done:
        if one.refused:
            screen.print(f"{one.page}:{one.line} : {one.refused}", markup=False, style="yellow")
    if as_json:
        print_json(
            [{**msgspec.to_builtins(one), "new": one.text, "written": bool(one.new) and not dry} for one in done]
        )
    said = "à récrire" if dry else "récrits"
    screen.print(f"{len(changed)} résultats attendus {said}, {len(done) - len(changed)} laissés")
    bad = [one for one in journal.results if one.outcome.bad]
    return 1 if plan.refused or journal.faults or bad or any(one.refused for one in done) else 0


def _without_expected(plan: Plan) -> Plan:
    """The same steps, judged by their status alone; one that is tried again still waits for what it expects."""
    pages = (
        replace(
            page,
            steps=tuple(
                step if step.block.retry else replace(step, block=replace(step.block, expected=None))
                for step in page.steps
            ),
        )
        for page in plan.pages
    )
    return replace(plan, pages=tuple(pages))


def _run(plan: Plan, settings: Settings, root: Path, screen: Console) -> Journal:
    journal, interruptions, progress = Journal(), Interruptions(), terminal.Progress(screen)
    try:
        with (
            interruptions.handled(partial(announce_stop, screen)),
            opened(settings, root, interruptions=interruptions) as run,
            closing(judged(plan, run, journal)) as events,
        ):
            for event in events:
                progress(event)
    finally:
        progress.close()
    return journal


def _accepted(results: Sequence[Result], meant: dict[tuple[str, int], Block]) -> Iterator[Accepted]:
    """What each expected result would become; nothing of a page in which a command failed."""
    failed: dict[str, int] = {}
    for result in results:
        if result.outcome.bad and result.why is not Reason.OUTPUT:
            failed.setdefault(result.step.block.page, result.step.block.line)
    for result in results:
        block = meant[result.step.block.page, result.step.block.line]
        if block.expected is None:
            continue
        told = Accepted(block.page, block.line, block.expected.line, block.expected.text)
        if block.page in failed:
            yield replace(
                told,
                refused=f"la commande de la ligne {failed[block.page]} a échoué : rien n'est accepté de cette page",
            )
        elif result.outcome is Outcome.NOT_RUN:
            yield replace(told, refused=f"non exécuté : {result.reason}")
        elif result.stood_in:
            yield replace(
                told, refused=f"répondu par le substitut {result.on} : sa réponse n'est pas celle de {result.target}"
            )
        else:
            yield _of_output(told, block.expected, result)


def _of_output(told: Accepted, expected: Expected, result: Result) -> Accepted:
    output = (result.out if result.out.strip() else result.err).replace(MASK, "…")
    if not expected.text.strip() and output.strip():
        return replace(told, refused="la page promet que rien n'est affiché ; corriger à la main")
    if CUT in output:
        return replace(told, refused="sortie trop longue pour une page ; la réduire par la commande")
    if "```" in output or "~~~" in output:
        return replace(told, refused="la sortie contient la clôture d'un bloc ; corriger à la main")
    if not output.strip() or expect.compare(expected.text, output, expected.kind) is None:
        silent = expected.text.strip() and not output.strip()
        return replace(told, refused="rien n'a été affiché ; corriger à la main" if silent else "")
    return replace(told, new=tuple(generalise(expected.text, output, expected.kind)))


def _written(
    root: Path, settings: Settings, page: str, accepted: list[Accepted], dry: bool, screen: Console
) -> list[Accepted]:
    """Write what is accepted of one page, and read the page again:
    what would not be read as it is meant stays as it was."""
    path = root / page
    if not dry and not os.access(path, os.W_OK):
        return [replace(one, new=(), refused="page protégée en écriture ; la rendre modifiable") for one in accepted]
    before = path.read_bytes().decode()
    lines = before.split("\n")
    done = [_put(one, lines) for one in sorted(accepted, key=lambda one: one.line, reverse=True)][::-1]
    after = "\n".join(lines)
    if after != before and not dry:
        write_whole(path, after.encode())
        if not _reads_as_meant(root, settings, page, done):
            write_whole(path, before.encode())
            return [replace(one, new=(), refused="récrit, il se lirait autrement ; corriger à la main") for one in done]
    for row in difflib.unified_diff(before.split("\n"), after.split("\n"), f"a/{page}", f"b/{page}", lineterm=""):
        screen.print(row, markup=False, style={"+": "green", "-": "red", "@": "cyan"}.get(row[:1], ""))
    return done


def _put(one: Accepted, lines: list[str]) -> Accepted:
    """Replace the lines of one expected result; those that stay keep the form in which the source has them."""
    if not one.new:
        return one
    old, start = one.old.split("\n"), one.text_line - 1
    fence = lines[start - 1]
    before, after = re.match(r"[\s>]*", fence)[0], "\r" if fence.endswith("\r") else ""  # type: ignore[index] # matches
    stay = {shown.index for shown in one.new}
    for index, line in enumerate(old):
        if index not in stay and lines[start + index].rstrip() != f"{before}{line}".rstrip():
            return replace(one, new=(), refused="écrit par une macro ou un extrait ; le corriger à sa source")
    lines[start : start + len(old)] = [
        f"{before}{shown.text}".rstrip() + after if shown.index is None else lines[start + shown.index]
        for shown in one.new
    ]
    return one


def _reads_as_meant(root: Path, settings: Settings, page: str, done: list[Accepted]) -> bool:
    """Whether each expected result is now, where it has moved to, the text that was accepted."""
    read = {
        block.line: block.expected.text
        for found in blocks_of(read_site(root, settings.site), settings)
        if found.page.path == page
        for block in found.all_blocks
        if block.expected
    }
    moved = 0
    for one in done:
        if one.new:
            if read.get(one.line + moved, "").strip() != one.text.strip():
                return False
            moved += len(one.new) - one.old.count("\n") - 1
    return True
