"""The journal of a run in step mode: readable text, written as things happen."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

from runbook.judging import Result
from runbook.outcome import Outcome
from runbook.plan import Step
from runbook.running.campaign import PageStarted, TargetFailed, Told


class Logbook:
    """A file of its own in `folder`, named by the moment it was opened."""

    def __init__(self, folder: Path) -> None:
        now = datetime.datetime.now(datetime.UTC)
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{now:%Y-%m-%dT%H%M%SZ}"
        number = len(list(folder.glob(f"{stem}*.txt")))
        self.path = folder / f"{stem}{f'_{number}' if number else ''}.txt"
        self._write(f"Exécution pas à pas, {now:%Y-%m-%d} (heures en UTC)")

    def __call__(self, event: Told | Result) -> None:
        if isinstance(event, PageStarted):
            self._write(f"\n{event.page.title} ({event.page.page})")
        elif isinstance(event, TargetFailed):
            self._write(f"{_now()} {event.target} : {event.cause}")
        elif isinstance(event, Result):
            self._result(event)

    def answer(self, step: Step, words: str) -> None:
        """What the person on duty answered."""
        self._write(f"{_now()} {step.place} : {words}")

    def close(self, pending: Sequence[Step]) -> None:
        """The end, with the clean-ups that were not run."""
        for step in pending:
            self._write(f"nettoyage en attente, {step.place} :\n{indent(step.block.code.rstrip(), '    ')}")
        self._write(f"{_now()} fin")

    def _result(self, result: Result) -> None:
        said = f"{result.outcome}{f' : {result.reason}' if result.reason else ''}"
        if result.outcome is Outcome.NOT_RUN:
            self._write(f"{_now()} {result.step.place} : {said}")
            return
        self._write(indent(result.step.block.code.rstrip(), "    $ "))
        for text in (result.out, result.err):
            if text.strip():
                self._write(indent(text.rstrip(), "    "))
        self._write(f"{_now()} {result.place} : {said} ({result.seconds:.1f} s)")

    def _write(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def _now() -> str:
    return f"{datetime.datetime.now(datetime.UTC):%H:%M:%S}"
