"""Step mode: a page for a person on duty, one command at a time; nothing happens without an answer."""

import re
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
from runbook.running.page import Started

_NOTE = re.compile(r"(?:!!!|\?\?\?\+?|===\+?)[ ]*(?P<kind>[\w-]*)[^\"]*(?:\"(?P<title>[^\"]*)\")?\s*$")
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
        self._asked: Step | None = None
        self.operator = Operator(self._before, self._after, asked=True)
        console.print(f"Journal : {logbook.path}")

    def __call__(self, event: Told | Result) -> None:
        self._logbook(event)
        if isinstance(event, PageStarted):
            self._pending += [step for step in event.page.steps if step.block.cleanup]
            self._console.print(Rule(escape(event.page.page), align="left"))
        elif isinstance(event, Started) and event.step is not self._asked:
            self._show_command(event.step)
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
        if step.block.prose:
            text = Markdown(_for_a_terminal(step.block.prose), hyperlinks=False)
            self._console.print(Padding(text, (1, 0, 0, 2)), soft_wrap=False)
        self._show_command(step)
        self._asked = step
        return self._ask(step, BEFORE if self._ran and not step.block.cleanup else {**BEFORE, "r": None}, WORDS)

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

    def _show_command(self, step: Step) -> None:
        self._console.print(Text(f"\n{step.place}{' (nettoyage)' if step.block.cleanup else ''}", "bold"))
        self._console.print(Padding(_code(step), (0, 0, 0, 4)), soft_wrap=False)

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


def _for_a_terminal(prose: str) -> str:
    """The page's text in the Markdown that everybody reads: notes as quotations, no attributes, no comments."""
    lines: list[str] = []
    noted = False
    for line in re.sub(r"<!--.*?-->|[ \t]*\{:?[ \t]*[#.][^{}]*\}", "", prose, flags=re.DOTALL).split("\n"):
        note = _NOTE.match(line)
        noted = bool(note) or (noted and (not line.strip() or line.startswith("    ")))
        said = f"**{note['title'] or note['kind']}**\n>" if note else line[4:] if noted else line
        lines.append(f"> {said}" if noted else said)
    return "\n".join(lines)


def _code(step: Step) -> Syntax:
    return Syntax(step.block.code.rstrip("\n"), "bash", background_color="default", word_wrap=True)
