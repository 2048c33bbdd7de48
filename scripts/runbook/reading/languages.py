"""Which fences are a shell's, and which of them bash can be given as they stand."""

import re

BASH = ("bash", "sh", "shell", "shellscript")
SESSIONS = (
    "console",
    "shell-session",
    "shellsession",
    "bash-session",
    "sh-session",
    "terminal",
    "doscon",
    "ps1con",
    "pwsh-session",
)
OTHERS = (
    "zsh",
    "ksh",
    "csh",
    "tcsh",
    "fish",
    "fishshell",
    "nu",
    "nushell",
    "xonsh",
    "powershell",
    "pwsh",
    "posh",
    "ps1",
    "bat",
    "batch",
    "cmd",
    "dosbatch",
    "winbatch",
)
PROMPT = re.compile(
    r"^\s*(?:[$%❯] |PS [A-Z]:\\[^>]*> ?|(?:\(\w+\) )?\[?[\w.-]+@[\w.-]+[:~\w/ -]*\]?[$#] )\S", re.MULTILINE
)


def is_shell(language: str, source: str) -> bool:
    """Whether a reader takes this fence for commands, whatever the case of its language; one without a language, by its prompt."""
    name = language.casefold()
    return name in (*BASH, *SESSIONS, *OTHERS) or (not name and _first_line(source).startswith("$ "))


def why_not_bash(language: str, source: str) -> str:
    """Why bash cannot be given this shell fence as it stands; empty if it can."""
    name = language.casefold()
    if name in OTHERS:
        return f"langage « {language} » : le moteur n'exécute que bash"
    if PROMPT.search(source):
        return "invite de commande : le bouton copier la prendrait, et la sortie avec"
    if name in SESSIONS:
        return f"langage « {language} » : une session mêle commandes et sorties"
    return ""


def _first_line(source: str) -> str:
    lines = (line for line in source.split("\n") if line.strip() and not line.startswith("#"))
    return next(lines, "")
