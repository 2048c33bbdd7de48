"""Which fences are a shell's, and which of them bash can be given as they stand."""

import contextlib
import re
import subprocess

from runbook.reading.syntax import parse

BASH = "bash sh shell shellscript"
SESSIONS = "console shell-session shellsession bash-session sh-session terminal doscon ps1con pwsh-session"
OTHERS = "zsh ksh csh tcsh fish fishshell nu nushell xonsh powershell pwsh posh ps1 bat batch cmd dosbatch winbatch"
PROMPT = re.compile(
    r"^\s*(?:[$%❯] |PS [A-Z]:\\[^>]*> ?|(?:\(\w+\) )?\[?[\w.-]+@[\w.-]+[:~\w/ -]*\]?[$#] )\S", re.MULTILINE
)
CONTINUED = re.compile(r"^\s*> ?")
TREE = re.compile(r"^\W*[├└]", re.MULTILINE)  # what `tree` prints


def is_shell(language: str, source: str) -> bool:
    """Whether a reader takes this fence for commands; one without a language by its prompt."""
    name = language.casefold()
    lines = (line for line in source.split("\n") if line.strip() and not line.startswith("#"))
    return name in f"{BASH} {SESSIONS} {OTHERS}".split() or (not name and next(lines, "").startswith("$ "))


def why_not_bash(language: str, source: str) -> str:
    """Why bash cannot be given this shell fence as it stands; empty if it can."""
    name = language.casefold()
    if name in OTHERS.split():
        return f"langage « {language} » : le moteur n'exécute que bash"
    if PROMPT.search(source):
        return "invite de commande : le bouton copier la prendrait, et la sortie avec"
    if name in SESSIONS.split():
        return f"langage « {language} » : une session mêle commandes et sorties"
    return ""


def why_unreadable(source: str) -> str:
    """Why bash could not read this at all, where nobody has said that it should; empty if it could."""
    if not TREE.search(source):
        if not parse(source).has_error:
            return ""
        with contextlib.suppress(OSError):
            if not subprocess.run(["bash", "-n"], input=source.encode(), capture_output=True, check=False).returncode:
                return ""
    return "bash ne saurait le lire : un texte à remplacer, ou des sorties mêlées aux commandes"


def typed(language: str, source: str) -> str:
    """The commands of a session for bash, each on its line and without its prompt; empty where there are none."""
    if language.casefold() in OTHERS.split():
        return ""
    lines, goes_on = [], False
    for line in source.split("\n"):
        prompt = PROMPT.match(line)
        if prompt and "PS " not in prompt[0]:
            lines.append(line[prompt.end() - 1 :])
        else:
            lines.append(CONTINUED.sub("", line) if goes_on else "")
        goes_on = lines[-1].endswith("\\")
        if not goes_on and parse(lines[-1]).has_error:  # a quotation or a here-document goes on for some lines
            lines[-1] = ""
    return "\n".join(lines) if any(lines) else ""
