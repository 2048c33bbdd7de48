"""Step mode: a page for a person on duty, one command at a time; nothing happens without an answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from runbook.judging import Judged
from runbook.outcome import Outcome, Reason
from runbook.plan import PagePlan, Step
from runbook.reporting.terminal import SIGNS
from runbook.running.campaign import TargetFailed, Told
from runbook.running.run import Answer, Operator

_NOTE = re.compile(r"(?:!!!|\?\?\?\+?|===\+?)[ ]*(?P<kind>[\w-]*)[^\"]*(?:\"(?P<title>[^\"]*)\")?\s*$")
Answers = Mapping[str, tuple[Answer, str]]  # letter → what it means, and how it is offered
BEFORE: Answers = {"o": (Answer.GO, "(o)ui, exécuter"), "p": (Answer.PASS, "(p)asser")}
STOP: Answers = {"s": (Answer.STOP, "(s) tout arrêter")}
AFTER: Answers = {"r": (Answer.AGAIN, "(r)efaire"), "p": (Answer.PASS, "(p)asser outre"), **STOP}
WIDTH = 100  # columns of the journal


class StepByStep:
    """Shows what happens and asks what to do; what is shown and answered stays in a journal in `folder`, as text."""

    def __init__(self, console: Console, folder: Path) -> None:
        now = datetime.now(UTC)
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{now:%Y-%m-%dT%H%M%S.%fZ}.txt"
        self._console, self._paper = console, Console(width=WIDTH, color_system=None, force_terminal=False)
        self._pending: list[Step] = []
        self._last: Step | None = None
        self._asked: Step | None = None
        self.operator = Operator(self._before, lambda step: self._ask(step, AFTER), asked=True)
        console.print(f"Journal : {self._path}")
        self._note(f"Exécution pas à pas, {now:%Y-%m-%d} (heures en UTC)")

    def __call__(self, event: Told | Judged) -> None:
        if isinstance(event, PagePlan):
            self._last = None
            self._pending += [step for step in event.steps if step.block.cleanup]
            self._tell(Rule(escape(event.page), align="left"))
        elif isinstance(event, TargetFailed):
            self._note(f"{_now()} {event.target} : {event.cause}")
        elif isinstance(event, Step) and event is not self._asked:
            self._show_command(event)
        elif isinstance(event, Judged):
            self._show(event)
            if event.result.outcome is not Outcome.NOT_RUN:
                self._last = event.step
                self._pending = [step for step in self._pending if step is not event.step]

    def close(self) -> None:
        """Say which clean-ups were not run: whoever is on duty decides."""
        if self._pending:
            self._tell(Text("\nNettoyages en attente, qui n'ont pas été exécutés :", "bold yellow"))
        for step in self._pending:
            self._tell(Text(step.place, "bold"), _code(step))
        self._note(f"{_now()} fin")

    def _before(self, step: Step) -> Answer:
        if step.block.prose:
            self._tell(Padding(Markdown(_for_a_terminal(step.block.prose), hyperlinks=False), (1, 0, 0, 2)))
        self._show_command(step)
        self._asked = step
        last = None if step.block.cleanup else self._last
        again = {"r": (Answer.AGAIN, f"(r)efaire la ligne {last.block.line}")} if last else {}
        return self._ask(step, {**BEFORE, **again, **STOP})

    def _ask(self, step: Step, answers: Answers) -> Answer:
        """Until one of the letters comes: an empty line is no answer, the end of the keyboard stops."""
        question = ", ".join(words for _, words in answers.values())
        while True:
            try:
                given = self._console.input(Text(f"  {question} ? ", "bold")).strip().lower()
            except EOFError:
                given = "s"
            if given in answers:
                answer, words = answers[given]
                self._note(f"{_now()} {step.place} : {words}")
                return answer
            self._console.print(f"  rien n'est fait sans réponse : {', '.join(answers)}")

    def _show_command(self, step: Step) -> None:
        said = f"{f' : {step.block.title}' if step.block.title else ''}{' (nettoyage)' if step.block.cleanup else ''}"
        self._tell(Text(f"\n{step.place}{said}", "bold"), _code(step))

    def _show(self, judged: Judged) -> None:
        step, result = judged.step, judged.result
        if result.outcome is Outcome.NOT_RUN:
            if result.why is not Reason.PASSED:
                self._tell(Text.assemble("  ", SIGNS[result.outcome], f" {step.place} : {result.reason}"))
            return
        expected = step.block.expected.text if step.block.expected else ""
        for name, text in (("sortie", result.out), ("erreurs", result.err), ("résultat attendu", expected)):
            if text.strip():
                self._tell(Text(f"  {name} :", "dim"), Padding(Text(text.rstrip()), (0, 0, 0, 4)))
        said = f" {result.outcome}{f' : {result.reason}' if result.reason else ''}"
        self._tell(Text.assemble("  ", SIGNS[result.outcome], said, (f"  {result.seconds:.1f} s", "dim")))
        self._note(f"{_now()} {result.place} :{said}")

    def _tell(self, *shown: RenderableType) -> None:
        """On the screen and in the journal."""
        for one in shown:
            self._console.print(one, soft_wrap=isinstance(one, Text))
            with self._paper.capture() as written:
                self._paper.print(one)
            self._note("\n".join(line.rstrip() for line in written.get().splitlines()))

    def _note(self, text: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def _now() -> str:
    return f"{datetime.now(UTC):%H:%M:%S}"


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


def _code(step: Step) -> Padding:
    code = Syntax(step.block.code.rstrip("\n"), "bash", background_color="default", word_wrap=True)
    return Padding(code, (0, 0, 0, 4))
