"""How many requests did the last run lose while it replaced pods?"""

from .last_run import Run

_VERDICT = "verdict\u00a0: "


def measured(run: Run | None, page: str, title: str) -> str:
    """The verdict that the command of this title printed in `page`, and the day of the run."""
    verdicts = [
        line.removeprefix(_VERDICT)
        for step in (run.steps if run else [])
        if (step.page, step.title) == (page, title)
        for line in step.out.splitlines()
        if line.startswith(_VERDICT)
    ]
    return f"{verdicts[-1]}, le {run.day}" if run and verdicts else "pas encore mesuré"
