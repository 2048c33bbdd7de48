"""What a person sees: live progress, the failing command with what to look at, a summary in figures."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from runbook.judging import Judged
from runbook.outcome import Outcome, Reason, Result
from runbook.plan import Mode, PagePlan, Plan, Step, label
from runbook.reporting.coverage import by_page
from runbook.reporting.record import Campaign
from runbook.running.campaign import Told
from runbook.running.run import NOBODY

SIGNS = {
    Outcome.VERIFIED: ("✔", "green"),
    Outcome.EXECUTED: ("•", "cyan"),
    Outcome.FAILED: ("✘", "bold red"),
    Outcome.TIMED_OUT: ("⏱", "bold red"),
    Outcome.NOT_RUN: ("–", "yellow"),
}
DIFFERENCE = {"-": "red", "+": "green", "@": "cyan"}  # by the first character of a row
SHOWN_LINES = 20


class Progress:
    """Prints events as they come; on a terminal, the running step and its age as well."""

    operator = NOBODY

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None

    def __call__(self, event: Told | Judged) -> None:
        self.close()
        if isinstance(event, PagePlan):
            self._say(_heading(event))
        elif isinstance(event, Step) and self._console.is_terminal:
            block = event.block
            self._status = self._console.status(f"ligne {block.line} : {escape(label(block.title, block.code))}")
            self._status.start()
        elif isinstance(event, Judged):
            self._say(_line(event.result))
            if event.result.outcome.bad:
                self._console.print(Padding(_failure(event.result), (0, 0, 0, 6), expand=False))

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._status:
            self._status.stop()
            self._status = None

    def _say(self, line: Text) -> None:
        if self._console.is_terminal:
            self._console.print(line)
        else:  # laying a line out costs more than running a command
            print(line.plain, file=self._console.file, flush=True)


def show_plan(plan: Plan, console: Console) -> None:
    """Every step in the order in which it would run, and why the others would not."""
    for page in plan.pages:
        console.print(_heading(page))
        for step in page.steps:
            sign = ("–", "yellow") if step.mode is Mode.NOT_RUN else ("→", "green")
            said = f" {step.block.line:>4}  {label(step.block.title, step.block.code)}"
            note = f"{step.reason and ' '}{step.reason}{' (nettoyage)' if step.block.cleanup else ''}"
            console.print(Text.assemble("  ", sign, said, (note, "dim")))


def _heading(page: PagePlan) -> Text:
    place = f"{page.target or 'sans cible'}{f', substitut {page.on}' if page.on != page.target else ''}"
    return Text.assemble("\n", (page.page, "bold"), (f" ({place})", "dim"))


def show_summary(campaigns: Sequence[Campaign], console: Console) -> None:
    """How many commands the pages hold, what became of them, where and when, and the verdict."""
    steps = [step for campaign in campaigns for step in campaign.steps]
    not_run = [step for step in steps if step.outcome is Outcome.NOT_RUN]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("Commandes dans les pages", str(len(steps)), "")
    for outcome in Outcome:
        those = [step for step in steps if step.outcome is outcome]
        decided, stood_in = sum(step.page_reason for step in those), sum(step.stood_in for step in those)
        detail = f"dont {stood_in} par le substitut local" if stood_in else ""
        if outcome is Outcome.NOT_RUN and those:
            detail = f"dont {decided} avec leur raison dans la page, {len(those) - decided} sans"
        table.add_row(Text(f"  {outcome}", SIGNS[outcome][1]), str(len(those)), Text(detail, "dim"))
    console.print("", table)
    for reason, count in Counter(step.reason for step in not_run).most_common():
        console.print(Text.assemble("  ", SIGNS[Outcome.NOT_RUN], f" {count} × {reason}"))
    for campaign in campaigns:
        for note in campaign.notes:
            console.print(Text(f"Note : {note}", "dim"))
    for problem in (problem for campaign in campaigns for problem in campaign.problems):
        console.print(Text.assemble(SIGNS[Outcome.FAILED], f" {problem}"))
    for step in (step for step in steps if step.outcome.bad):
        said = f" {step.place} : {step.outcome} : {step.reason}"
        console.print(Text.assemble(SIGNS[Outcome.FAILED], said))
        console.print(Padding(Group(*_printed(step.out, step.err)), (0, 0, 0, 6), expand=False))
    console.print(_verdict(campaigns, steps))
    for one in campaigns:
        where = f"{one.date}, commit {one.commit[:10] or 'inconnu'}{' modifié' if one.dirty else ''}"
        console.print(Text(f"  {where}, {one.seconds:.0f} s : {len(one.steps)} commandes", "dim"))


def _verdict(campaigns: Sequence[Campaign], steps: Sequence[Result]) -> Text:
    """The verdict in one phrase."""
    ran = sum(step.outcome is not Outcome.NOT_RUN for step in steps)
    left = any(step.why in (Reason.PASSED, Reason.STOPPED) for step in steps)
    if left and not any(step.outcome.bad for step in steps):
        said = f"Verdict : {ran} commandes exécutées sans défaut sur {len(steps)} ; rien n'est dit des autres"
        return Text(said, "bold yellow")
    if all(campaign.exit_status == 0 for campaign in campaigns):
        return Text("Verdict : les pages disent vrai", "bold green")
    said = "au moins une page ne dit pas vrai, ou n'a pas pu être exécutée" if ran else "rien n'a été exécuté"
    return Text(f"Verdict : {said}", "bold red")


def steps_table(campaigns: Iterable[Campaign]) -> Table:
    """The recorded steps, one a row, each with the run that its outcome comes from."""
    table = Table("Page", "Cible", "Résultat", "Durée", "Exécution", "Commande", box=None, pad_edge=False)
    for campaign in campaigns:
        for step in campaign.steps:
            sign, style = SIGNS[step.outcome]
            target = f"{step.target} (substitut {step.on})" if step.stood_in else step.target
            run = "" if step.outcome is Outcome.NOT_RUN else _run_of(campaign)
            table.add_row(
                f"{step.page}:{step.line}",
                target,
                Text(f"{sign} {step.outcome}", style),
                f"{step.seconds:.1f} s",
                run,
                label(step.title, step.command),
            )
    return table


def coverage_table(campaigns: Sequence[Campaign]) -> Table:
    """What came of the commands of each page, and its last proof."""
    headings = "Page, Commandes, Vérifiées, Sans assertion, Échouées, Exclues (raison), Non exécutées"
    last = "Contrôlées seulement", "Dernière preuve"
    table = Table(*headings.split(", "), *last, box=None, pad_edge=False)
    for page, count, checked, proof in by_page(campaigns):
        undecided = count.not_run - count.excluded
        counts = (count.steps, count.verified, count.executed, count.failed, count.excluded, undecided, checked)
        table.add_row(page or "Ensemble", *map(str, counts), _run_of(proof) if proof else "aucune")
    return table


def _run_of(campaign: Campaign) -> str:
    return f"{campaign.date[:16].replace('T', ' ')} {campaign.commit[:10]}{'*' if campaign.dirty else ''}".rstrip()


def _line(result: Result) -> Text:
    shown = Text.assemble("  ", SIGNS[result.outcome], f" {result.line:>4}  {label(result.title, result.command)}")
    if result.attempts:
        tries = f", {result.attempts} essais" if result.attempts > 1 else ""
        shown.append(f"  {result.seconds:.1f} s{tries}", "dim")
    if result.reason:
        outcome = f"{result.outcome} : " if result.outcome.bad else ""
        shown.append(f"\n         {outcome}{result.reason}", "red" if result.outcome.bad else "dim")
    return shown


def _failure(result: Result) -> Group:
    code = result.command.strip().splitlines()
    rows = [Text(result.place, "bold"), *(Text(f"$ {line}", "bold") for line in code)]
    rows += [Text(row, DIFFERENCE.get(row[:1], "")) for row in result.diff]
    return Group(*rows, *_printed(result.out, result.err))


def _printed(out: str, err: str) -> list[Text]:
    """The last lines of both streams."""
    rows = []
    for name, text in (("sortie", out), ("erreurs", err)):
        if lines := text.rstrip().splitlines():
            rows += [Text(f"{name} :", "dim"), *(Text(f"  {line}") for line in lines[-SHOWN_LINES:])]
    return rows
