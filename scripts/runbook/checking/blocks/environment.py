"""Does anything read a variable that a page sets for one command?"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import Command
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.whole import whole

# What bash and any terminal provide.
TERMINAL = (
    *(
        "HOME",
        "PATH",
        "PWD",
        "OLDPWD",
        "USER",
        "LOGNAME",
        "SHELL",
        "HOSTNAME",
        "LANG",
        "TERM",
        "TMPDIR",
        "UID",
        "EUID",
        "IFS",
    ),
    *(
        "RANDOM",
        "SECONDS",
        "LINENO",
        "BASHPID",
        "PPID",
        "EPOCHSECONDS",
        "EPOCHREALTIME",
        "BASH_VERSION",
        "FUNCNAME",
        "PIPESTATUS",
    ),
)
# What the programs of the pages read by themselves.
TOOLS = (
    "DOCKER_*",
    "COMPOSE_*",
    "BUILDKIT_*",
    "PYTHON*",
    "VIRTUAL_ENV",
    "PIP_*",
    "GIT_*",
    "KUBECONFIG",
    "LC_*",
    "GUNICORN_*",
    "TZ",
    "CI",
    "NO_COLOR",
    "PAGER",
    "COLUMNS",
)


def read_by_something(command: Command, situation: Situation) -> Iterator[Finding]:
    """A finding for each variable set before the command that neither a tool nor the repository reads."""
    for word in command.environment:
        name = word.text
        if name in TERMINAL or any(fnmatchcase(name, pattern) for pattern in TOOLS):
            continue
        known = {
            variable for application in situation.model.applications.values() for variable in application.variables
        }
        if name not in known and not _mentioned(name, situation.model):
            yield finding(command, "environment", f"variable « {name} » que rien ne lit", nearest(name, known), word)


def _mentioned(name: str, model: Model) -> bool:
    """Whether a file of the repository other than its documentation holds the name."""
    pattern = whole(name)
    for path in model.files:
        full = model.root / path
        if (
            not path.endswith((".md", ".svg", ".js", ".txt"))
            and full.is_file()
            and pattern.search(full.read_text(encoding="utf-8", errors="ignore"))
        ):
            return True
    return False
