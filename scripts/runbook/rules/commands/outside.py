"""Effects outside of what a page is about: the project's sources, its history, the reader's keys and settings."""

import re
from collections.abc import Iterator

from runbook.rules.call import Call
from runbook.rules.commands.curl import WRITTEN
from runbook.rules.commands.files import COPIES, WRITES
from runbook.rules.finding import Told
from runbook.rules.rule import rule
from runbook.rules.scripts import SCRIPT
from runbook.rules.shell import Word

SHELLS = ("sh", "bash", "zsh", "dash", "python", "source", ".")
DOWNLOADS = ("curl", "wget", "base64")
SAY_WHY = 'dire pourquoi : data-ignore="{}: raison"'
PRIVATE = re.compile(r"(?:^~|…|/root|/home/\w+)/\.(?:ssh|gnupg|aws|docker|kube)(?:/|$)")
CHANGES = re.compile(r"config (set|unset|use-context|set-\w+|delete-\w+)")  # verbs of kubectl
HISTORY = ("commit", "push", "merge", "rebase", "cherry-pick", "revert", "am", "reset", "clean")
FORCED = {"--hard", "--force", "-f", "-fd", "-fdx"}


def _runs(call: Call) -> bool:
    """Whether the command is one that a page runs here: the project's own scripts may do what they are for."""
    return call.situation.here and call.situation.target != SCRIPT and not call.command.block.not_run


@rule("ecrit-les-sources", bad="sed -i s/a/b/ k8s/api.yaml", good="sed s/a/b/ k8s/api.yaml")
def writes_sources(call: Call) -> Iterator[Told]:
    """Une page qui s'exécute change un fichier du projet, ou son histoire git."""
    remedy = SAY_WHY.format("ecrit-les-sources")
    if not _runs(call):
        return
    if call.program == "git" and call.verb in HISTORY:
        texts = {word.text for word in call.command.arguments}
        if "-C" not in texts and (call.verb not in ("reset", "clean") or FORCED & texts):
            yield None, f"« git {call.verb} » change l'histoire ou les fichiers du projet", remedy
    repository = call.situation.repository
    for word in _changed(call):
        path = call.situation.place(word.text)
        held = path in repository.files or (call.program == "rm" and path in repository.folders)
        if held and path not in (*repository.settings.model.generated, *call.situation.made):
            yield word, f"« {path} », que git suit, est changé ou effacé", remedy


def _changed(call: Call) -> list[Word]:
    words = [word for operator, word in call.command.redirects if operator in WRITES]
    if call.program in ("rm", "tee", "truncate") or (call.program == "sed" and call.has("--in-place")):
        words += call.operands[1 if call.program == "sed" and not call.has("--expression") else 0 :]
    elif call.program == "curl":
        words += call.values(*WRITTEN)
    elif call.program in COPIES:
        words += call.operands if call.program == "mv" else call.operands[-1:]
    return words


@rule("execute-sans-lire", bad="curl https://example.org/i.sh | sh", good="curl https://example.org/i.sh -o /tmp/i.sh")
def runs_unread(call: Call) -> Iterator[Told]:
    """Une page exécute un texte téléchargé, ou décodé, que personne n'a lu."""
    if not _runs(call) or call.program not in (*SHELLS, "eval"):
        return
    sources = [name for name in call.command.piped if name in DOWNLOADS]
    if any(not word.known for word in call.command.arguments):
        sources += re.findall(r"(?:<\(|\$\()[^()]*?\b(curl|wget|base64)\b", call.command.block.code)
    for source in sources[:1]:
        yield None, f"un texte de « {source} » est exécuté sans être lu", SAY_WHY.format("execute-sans-lire")


@rule("touche-aux-cles", bad="kubectl config use-context production", good="kubectl config get-contexts")
def touches_keys(call: Call) -> Iterator[Told]:
    """Une page change les clés ou la configuration de son lecteur : ~/.ssh, kubeconfig."""
    remedy = SAY_WHY.format("touche-aux-cles")
    if not _runs(call):
        return
    if call.program == "kubectl" and CHANGES.fullmatch(call.verb) and not call.values("--kubeconfig"):
        yield None, f"« kubectl {call.verb} » change la configuration du lecteur", remedy
    named = call.operands if call.program in ("chmod", "mkdir", "touch", "ssh-keygen", *COPIES) else ()
    for word in (*_changed(call), *named):
        if PRIVATE.search(word.text):
            yield word, f"« {word.text} » est au lecteur, et la page l'écrit", remedy
