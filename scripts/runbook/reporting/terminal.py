"""What a person sees: live progress, the failing command with what to look at, a summary in figures."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from runbook.judging import Result
from runbook.outcome import Outcome, Reason
from runbook.plan import Mode, Plan
from runbook.reporting.coverage import by_page
from runbook.reporting.label import label
from runbook.reporting.record import Campaign
from runbook.running.campaign import PageStarted, Told
from runbook.running.page import Started

SIGNS = {
    Outcome.VERIFIED: ("✔", "green"),
    Outcome.EXECUTED: ("•", "cyan"),
    Outcome.FAILED: ("✘", "bold red"),
    Outcome.TIMED_OUT: ("⏱", "bold red"),
    Outcome.NOT_RUN: ("–", "yellow"),
}
SHOWN_LINES = 20


class Progress:
    """Prints events as they come; on a terminal, the running step and its age as well."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None

    def __call__(self, event: Told | Result) -> None:
        self._clear()
        if isinstance(event, PageStarted):
            page = event.page
            place = page.target or "sans cible"
            place += f", substitut {page.on}" if page.on != page.target else ""
            self._say(Text.assemble("\n", (page.page, "bold"), (f" ({place})", "dim")))
        elif isinstance(event, Started):
            if self._console.is_terminal:
                self._status = self._console.status(
                    f"ligne {event.step.block.line} : {escape(label(event.step.block.title, event.step.block.code))}"
                )
                self._status.start()
        elif isinstance(event, Result):
            block = event.step.block
            self._say(
                _line(
                    event.outcome,
                    block.line,
                    label(block.title, block.code),
                    event.seconds,
                    event.reason,
                    event.attempts,
                )
            )
            if event.outcome.bad:
                self._console.print(
                    Padding(_failure(event.place, block.code, event.diff, event.out, event.err), (0, 0, 0, 6))
                )

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._clear()

    def _say(self, line: Text) -> None:
        if self._console.is_terminal:
            self._console.print(line)
        else:  # laying a line out costs more than running a command
            print(line.plain, file=self._console.file, flush=True)

    def _clear(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None


def show_plan(plan: Plan, console: Console) -> None:
    """Every step in the order in which it would run, and why the others would not."""
    for page in plan.pages:
        served = f", substitut {page.on}" if page.on != page.target else ""
        console.print(f"\n[bold]{escape(page.page)}[/] [dim]({page.target or 'sans cible'}{served})[/]")
        for step in page.steps:
            sign, style = ("–", "yellow") if step.mode is Mode.NOT_RUN else ("→", "green")
            note = f" [dim]{escape(step.reason)}[/]" if step.reason else ""
            note += " [dim](nettoyage)[/]" if step.block.cleanup else ""
            console.print(
                f"  [{style}]{sign}[/] {step.block.line:>4}  {escape(label(step.block.title, step.block.code))}{note}"
            )


def show_summary(campaigns: Sequence[Campaign], console: Console) -> None:
    """How many commands the pages hold, what became of them, where and when, and the verdict."""
    steps = [step for campaign in campaigns for step in campaign.steps]
    counts = Counter(step.outcome for step in steps)
    not_run = [step for step in steps if step.outcome is Outcome.NOT_RUN]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("Commandes dans les pages", str(len(steps)), "")
    for outcome in Outcome:
        detail = ""
        if outcome is Outcome.NOT_RUN and not_run:
            by_page = sum(step.page_reason for step in not_run)
            detail = f"dont {by_page} avec leur raison dans la page, {len(not_run) - by_page} sans"
        stood_in = sum(step.stood_in for step in steps if step.outcome is outcome)
        detail += f"dont {stood_in} par le substitut local" if stood_in else ""
        table.add_row(f"  [{SIGNS[outcome][1]}]{outcome}[/]", str(counts[outcome]), f"[dim]{detail}[/]")
    console.print()
    console.print(table)
    for reason, count in Counter(step.reason for step in not_run).most_common():
        console.print(f"  [yellow]–[/] {count} × {escape(reason)}")
    for campaign in campaigns:
        for note in campaign.notes:
            console.print(f"[dim]Note : {escape(note)}[/]")
        for problem in campaign.problems:
            console.print(f"[bold red]✘[/] {escape(problem)}")
    for step in steps:
        if step.outcome.bad:
            console.print(f"[bold red]✘[/] {escape(f'{step.page}:{step.fault_line} : {step.outcome} : {step.reason}')}")
    if len(campaigns) == 1:
        console.print(f"{verdict_line(campaigns)}  [dim]{_where(campaigns[0])}[/]")
        return
    console.print(verdict_line(campaigns))
    for campaign in campaigns:
        console.print(f"  [dim]{_where(campaign)} : {len(campaign.steps)} commandes[/]")


def verdict_line(campaigns: Sequence[Campaign]) -> str:
    """The verdict in one phrase, with markup."""
    steps = [step for campaign in campaigns for step in campaign.steps]
    left = [step for step in steps if step.why in (Reason.PASSED, Reason.STOPPED)]
    if left and not any(step.outcome.bad for step in steps):
        ran = sum(step.outcome is not Outcome.NOT_RUN for step in steps)
        return (
            f"[bold yellow]Verdict : {ran} commandes exécutées sans défaut sur {len(steps)} ; rien n'est dit "
            "des autres[/]"
        )
    if all(campaign.exit_status == 0 for campaign in campaigns):
        return "[bold green]Verdict : les pages disent vrai[/]"
    if not any(step.outcome is not Outcome.NOT_RUN for campaign in campaigns for step in campaign.steps):
        return "[bold red]Verdict : rien n'a été exécuté[/]"
    return "[bold red]Verdict : au moins une page ne dit pas vrai, ou n'a pas pu être exécutée[/]"


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
    """Page by page: documented, verified, executed without assertion, only checked, left out or not run,
    and the last proof."""
    table = Table(
        *(
            "Page",
            "Commandes",
            "Vérifiées",
            "Sans assertion",
            "Échouées",
            "Exclues (raison)",
            "Non exécutées",
            "Contrôlées seulement",
            "Dernière preuve",
        ),
        box=None,
        pad_edge=False,
    )
    for page, covered in by_page(campaigns):
        counts = (
            covered.documented,
            covered.verified,
            covered.executed,
            covered.failed,
            covered.excluded,
            covered.undecided,
            covered.checked_only,
        )
        proofs = [
            campaign
            for campaign in campaigns
            if any(step.outcome is Outcome.VERIFIED and page in ("", step.page) for step in campaign.steps)
        ]
        last = max(proofs, key=lambda campaign: campaign.date, default=None)
        table.add_row(page or "Ensemble", *map(str, counts), _run_of(last) if last else "aucune")
    return table


def _run_of(campaign: Campaign) -> str:
    return f"{campaign.date[:16].replace('T', ' ')} {campaign.commit[:10]}{'*' if campaign.dirty else ''}".rstrip()


def _where(campaign: Campaign) -> str:
    return (
        f"{campaign.date}, commit {campaign.commit[:10] or 'inconnu'}{' modifié' if campaign.dirty else ''}, "
        f"{campaign.seconds:.0f} s"
    )


def _line(outcome: Outcome, line: int, text: str, seconds: float, reason: str, attempts: int) -> Text:
    sign, style = SIGNS[outcome]
    shown = Text.assemble("  ", (sign, style), f" {line:>4}  {text}")
    if attempts:
        shown.append(f"  {seconds:.1f} s{f', {attempts} essais' if attempts > 1 else ''}", "dim")
    if reason:
        shown.append("\n         ").append(
            f"{outcome} : {reason}" if outcome.bad else reason, "red" if outcome.bad else "dim"
        )
    return shown


def _failure(place: str, code: str, diff: Iterable[str], out: str, err: str) -> Group:
    rows: list[Text] = [Text(place, "bold"), *(Text(f"$ {line}", "bold") for line in code.strip().splitlines())]
    compared = list(diff)
    rows += [Text(row, "red" if row.startswith("-") else "green" if row.startswith("+") else "") for row in compared]
    for name, text in (("sortie", out), ("erreurs", err)):
        lines = text.rstrip().splitlines()
        if lines:
            rows.append(Text(f"{name} :", "dim"))
            rows += [Text(f"  {line}") for line in lines[-SHOWN_LINES:]]
    return Group(*rows)
