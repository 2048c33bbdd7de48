"""Step mode: a page for a person on duty, one command at a time; nothing happens without an answer."""

from collections.abc import Mapping

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from runbook.judging import Result
from runbook.outcome import Outcome, Reason
from runbook.plan import Step
from runbook.reporting.logbook import Logbook
from runbook.reporting.terminal import SIGNS
from runbook.running.campaign import PageStarted, Told
from runbook.running.operator import Answer, Operator

BEFORE = {"o": Answer.GO, "p": Answer.PASS, "r": Answer.AGAIN, "s": Answer.STOP}
WORDS = {"o": "(o)ui, exécuter", "p": "(p)asser", "r": "(r)efaire la précédente", "s": "(s) tout arrêter"}
AFTER = {"r": Answer.AGAIN, "p": Answer.PASS, "s": Answer.STOP}
WORDS_AFTER = {"r": "(r)efaire", "p": "(p)asser outre", "s": "(s) tout arrêter"}


class StepByStep:
    """Shows what happens, asks what to do, and writes both down."""

    def __init__(self, console: Console, logbook: Logbook) -> None:
        self._console, self._logbook = console, logbook
        self._pending: list[Step] = []
        self._ran = False
        self.operator = Operator(self._before, self._after, asked=True)
        console.print(f"Journal : {logbook.path}")

    def __call__(self, event: Told | Result) -> None:
        self._logbook(event)
        if isinstance(event, PageStarted):
            self._pending += [step for step in event.page.steps if step.block.cleanup]
            self._console.print(Rule(escape(f"{event.page.title} ({event.page.page})"), align="left"))
        elif isinstance(event, Result):
            self._show(event)
            if event.outcome is not Outcome.NOT_RUN:
                self._ran = True
                self._pending = [step for step in self._pending if step is not event.step]

    def close(self) -> None:
        """Say which clean-ups were not run: whoever is on duty decides."""
        if self._pending:
            self._console.print("\n[bold yellow]Nettoyages en attente, qui n'ont pas été exécutés :[/]")
        for step in self._pending:
            self._console.print(Text(step.place, "bold"))
            self._console.print(Padding(_code(step), (0, 0, 0, 4)))
        self._logbook.close(self._pending)

    def _before(self, step: Step) -> Answer:
        block = step.block
        if block.prose:
            self._console.print(Padding(Markdown(block.prose), (1, 0, 0, 2)))
        self._console.print(Text(f"\n{step.place}{' (nettoyage)' if block.cleanup else ''}", "bold"))
        self._console.print(Padding(_code(step), (0, 0, 0, 4)))
        return self._ask(step, BEFORE if self._ran and not block.cleanup else {**BEFORE, "r": None}, WORDS)

    def _after(self, step: Step) -> Answer:
        return self._ask(step, AFTER, WORDS_AFTER)

    def _ask(self, step: Step, answers: Mapping[str, Answer | None], words: Mapping[str, str]) -> Answer:
        """Until one of the letters comes: an empty line is no answer, the end of the keyboard stops."""
        possible = {letter: answer for letter, answer in answers.items() if answer}
        question = ", ".join(words[letter] for letter in possible)
        while True:
            try:
                given = self._console.input(Text(f"  {question} ? ", "bold")).strip().lower()
            except EOFError:
                given = "s"
            if answer := possible.get(given):
                self._logbook.answer(step, words[given])
                return answer
            self._console.print(f"  rien n'est fait sans réponse : {', '.join(possible)}")

    def _show(self, result: Result) -> None:
        sign, style = SIGNS[result.outcome]
        if result.outcome is Outcome.NOT_RUN:
            if result.why is not Reason.PASSED:
                self._console.print(Text.assemble("  ", (sign, style), f" {result.step.place} : {result.reason}"))
            return
        for name, text in (("sortie", result.out), ("erreurs", result.err)):
            if text.strip():
                self._console.print(Text(f"  {name} :", "dim"))
                self._console.print(Padding(Text(text.rstrip()), (0, 0, 0, 4)))
        if result.step.block.expected:
            self._console.print(Text("  résultat attendu :", "dim"))
            self._console.print(Padding(Text(result.step.block.expected.text.rstrip()), (0, 0, 0, 4)))
        said = f" {result.outcome}{f' : {result.reason}' if result.reason else ''}"
        self._console.print(Text.assemble("  ", (sign, style), said, (f"  {result.seconds:.1f} s", "dim")))


def _code(step: Step) -> Syntax:
    return Syntax(step.block.code.rstrip("\n"), "bash", background_color="default", word_wrap=True)
