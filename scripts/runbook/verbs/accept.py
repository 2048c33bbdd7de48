"""`runbook accept`: what was obtained becomes what the page promises, and the difference is shown."""

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import click
import msgspec

from runbook.errors import RunbookError
from runbook.matching import expect
from runbook.matching.generalise import generalise
from runbook.outcome import Outcome, Reason, Result
from runbook.plan import Plan, Step, make_plan
from runbook.reading.content import Block, Expected
from runbook.reporting import terminal
from runbook.running.interruption import Interruptions
from runbook.running.mask import MASK
from runbook.verbs.options import CONTEXT, JSON, TARGET, Asked, print_json, show_refused, verb
from runbook.verbs.run import carried_out
from runbook.whole_file import write_whole

NOT_CI = ("", "0", "false", "no")
CUT = "… (sortie coupée : "
READ_OTHERWISE = re.compile(r"```|~~~|\{[{%]|\[\[[=%]|-8<-")  # the end of a block, a macro, a snippet


@dataclass(frozen=True, slots=True)
class Accepted:
    """What becomes of one expected result: its new text, or why it stays as it is."""

    page: str
    line: int
    text_line: int  # of the first line of the expected result
    old: str
    new: str = ""
    refused: str = ""


DRY = click.option("--dry-run", "dry", is_flag=True, help="Montrer ce qui changerait, sans rien écrire.")


@verb("accept", TARGET, CONTEXT, DRY, JSON)
def command(asked: Asked, dry: bool) -> int:
    """Exécute des pages, et récrit leurs résultats attendus d'après ce qui a été obtenu ; jamais en CI."""
    if os.environ.get("CI", "").casefold() not in NOT_CI:
        raise RunbookError("accept récrit des pages : jamais en CI ; le lancer sur un poste, et relire l'écart")
    if not asked.pages and not asked.tags:
        raise RunbookError("accept demande au moins une page, un dossier, un motif ou une étiquette (--tag)")
    screen, selection, missing = asked.screen, asked.selected(), asked.missing_targets()
    plan = make_plan(selection.pages, asked.settings, missing, selection.chosen)
    show_refused(plan.refused)
    interruptions = Interruptions()
    with interruptions.handled(asked.announce_stop):
        journal = carried_out(asked, _without_expected(plan), interruptions, terminal.Progress(screen))
    for fault in journal.faults:
        screen.print(fault, style="bold red", markup=False)
    meant = {(step.block.page, step.block.line): step.block for step in plan.steps}
    results = [one for one in journal.results if selection.holds(one.page, one.line)]
    found = sorted(_accepted(results, meant), key=lambda one: (one.page, one.line))
    by_page = groupby(found, key=lambda one: one.page)
    done = [accepted for page, some in by_page for accepted in _written(asked, page, list(some), dry)]
    changed = [one for one in done if one.new]
    for one in done:
        if one.refused:
            screen.print(f"{one.page}:{one.line} : {one.refused}", markup=False, style="yellow")
    if asked.as_json:
        print_json([{**msgspec.to_builtins(one), "written": bool(one.new) and not dry} for one in done])
    said = "à récrire" if dry else "récrits"
    screen.print(f"{len(changed)} résultats attendus {said}, {len(done) - len(changed)} laissés")
    wrong = (*plan.refused, *journal.faults, *(one for one in journal.results if one.outcome.bad))
    return 1 if wrong or any(one.refused for one in done) else 0


def _without_expected(plan: Plan) -> Plan:
    """The same steps, judged by their status alone; one that is tried again still waits for what it expects."""

    def without(step: Step) -> Step:
        return step if step.block.retry else replace(step, block=replace(step.block, expected=None))

    return replace(plan, pages=tuple(replace(page, steps=tuple(map(without, page.steps))) for page in plan.pages))


def _accepted(results: Sequence[Result], meant: dict[tuple[str, int], Block]) -> Iterator[Accepted]:
    """What each expected result would become; nothing of a page in which a command failed."""
    bad = (one for one in reversed(results) if one.outcome.bad and one.why is not Reason.OUTPUT)
    failed = {one.page: one.line for one in bad}  # the first of each page
    for result in results:
        block = meant[result.page, result.line]
        if block.expected is None:
            continue
        told = Accepted(block.page, block.line, block.expected.line, block.expected.text)
        output = (result.out if result.out.strip() else result.err).replace(MASK, "…")
        why = _refusal(block.expected, output, result)
        if block.page in failed:
            why = f"la commande de la ligne {failed[block.page]} a échoué : rien n'est accepté de cette page"
        if why or not output.strip() or expect.compare(block.expected.text, output, block.expected.kind) is None:
            yield replace(told, refused=why)
        else:
            yield replace(told, new=generalise(block.expected.text, output, block.expected.kind))


def _refusal(expected: Expected, output: str, result: Result) -> str:
    """Why this output cannot take the place of what the page expects; empty if it can."""
    promised, given = expected.text.strip(), output.strip()
    stood_in = f"répondu par le substitut {result.on} : sa réponse n'est pas celle de {result.target}"
    reasons = {
        f"non exécuté : {result.reason}": result.outcome is Outcome.NOT_RUN,
        stood_in: result.stood_in,
        "la page promet que rien n'est affiché ; corriger à la main": given and not promised,
        "sortie trop longue pour une page ; la réduire par la commande": CUT in output,
        "la sortie se lirait autrement dans la page ; corriger à la main": READ_OTHERWISE.search(output),
        "rien n'a été affiché ; corriger à la main": promised and not given,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _written(asked: Asked, page: str, accepted: list[Accepted], dry: bool) -> list[Accepted]:
    """Write what is accepted of one page, and show the difference."""
    path = asked.root / page
    if not dry and not os.access(path, os.W_OK):
        return [replace(one, new="", refused="page protégée en écriture ; la rendre modifiable") for one in accepted]
    before = path.read_bytes().decode()
    lines = before.split("\n")
    done = [_put(one, lines) for one in sorted(accepted, key=lambda one: one.line, reverse=True)][::-1]
    after = "\n".join(lines)
    if after != before and not dry:
        write_whole(path, after.encode())
    for row in difflib.unified_diff(before.split("\n"), after.split("\n"), f"a/{page}", f"b/{page}", lineterm=""):
        asked.screen.print(row, markup=False, style=terminal.DIFFERENCE.get(row[:1], ""))
    return done


def _put(one: Accepted, lines: list[str]) -> Accepted:
    """Replace the lines of one expected result; those that stay keep the form in which the source has them."""
    if not one.new:
        return one
    old, new, start = one.old.split("\n"), one.new.split("\n"), one.text_line - 1
    fence = lines[start - 1]
    before, after = re.match(r"[\s>]*", fence)[0], "\r" if fence.endswith("\r") else ""  # type: ignore[index] # matches
    put: list[str] = []
    for kind, first, last, new_first, new_last in difflib.SequenceMatcher(None, old, new).get_opcodes():
        source = lines[start + first : start + last]
        if kind == "equal":
            put += source
        elif [line.rstrip() for line in source] == [f"{before}{line}".rstrip() for line in old[first:last]]:
            put += [f"{before}{line}".rstrip() + after for line in new[new_first:new_last]]
        else:
            return replace(one, new="", refused="écrit par une macro ou un extrait ; le corriger à sa source")
    lines[start : start + len(old)] = put
    return one
