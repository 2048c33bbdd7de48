"""How many requests did the last run lose while it replaced pods?"""

from .last_run import Run

_VERDICT = "verdict\u00a0: "


def measured(run: Run | None, page: str, title: str) -> str:
    """The verdict that the command of this title printed in `page`, and the day of the run."""
    found = verdicts(run, page, title) if run else []
    return f"{found[-1]}, le {run.day}" if run and found else "pas encore mesuré"


def verdicts(run: Run, page: str, title: str | None = None) -> list[str]:
    """The verdicts that the commands of `page`, or those of this title, printed."""
    return [
        line.removeprefix(_VERDICT)
        for step in run.steps
        if step.page == page and title in (None, step.title)
        for line in step.out.splitlines()
        if line.startswith(_VERDICT)
    ]
