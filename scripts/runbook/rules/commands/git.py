"""`git`: paths of the repository."""

from collections.abc import Iterator

from runbook.rules.call import Call, effect
from runbook.rules.finding import Told
from runbook.rules.rule import rule

ALL_PATHS = ("add", "rm", "mv", "restore", "check-ignore")
AFTER_DASHES = ("checkout", "diff", "log", "show", "blame", "reset", "grep")


@rule("fichier-de-git", "git")
def paths(call: Call) -> Iterator[Told]:
    """Une commande git nomme un fichier qui n'est pas dans le dépôt.

    Mauvais : git add k8s/apis.yaml
    Bon : git add k8s/api.yaml
    """
    if not call.situation.here or any(word.text == "-C" for word in call.command.arguments[:1]):
        return
    words = call.operands if call.verb in ALL_PATHS else []
    if call.verb in AFTER_DASHES:
        texts = [word.text for word in call.command.arguments]
        words = list(call.command.arguments[texts.index("--") + 1 :]) if "--" in texts else []
    for word in words[: len(words) - (call.verb == "mv")]:
        if not word.text.startswith(":"):
            yield from call.situation.missing(word)


@effect("git")
def remember(call: Call) -> None:
    """What a clone, a move or an initialisation makes."""
    operands = [word.text for word in call.operands]
    cloned = [text.rstrip("/").rpartition("/")[2].removesuffix(".git") for text in operands]
    made = {"init": operands, "mv": operands[1:][-1:], "worktree": operands[1:2], "clone": operands[1:2] or cloned}
    for text in made.get(call.verb, ()):
        call.situation.make(text, tree=True)
