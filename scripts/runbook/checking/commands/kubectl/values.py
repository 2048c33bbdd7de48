"""Are the values of kubectl's options ones that it takes: durations, numbers, lists of words?"""

import re
from collections.abc import Iterator

from runbook.checking.blocks.words import UNKNOWN, Word
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.finding import Finding, nearest

RULE = "kubectl_values"
DURATION = re.compile(r"-?(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)")
DURATIONS = ("--timeout", "--since", "--pod-running-timeout", "--request-timeout")
NUMBERS = (
    "--replicas", "--current-replicas", "--tail", "--revision", "--to-revision", "--grace-period", "--min", "--max", "--cpu-percent",
    "--chunk-size", "--limit-bytes", "--max-log-requests", "--node-port", "--skip-wait-for-delete-timeout",
)  # fmt: skip
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
CHOICES = {
    "--dry-run": ("none", "client", "server"),
    "--cascade": ("background", "orphan", "foreground", "true", "false"),
    "--image-pull-policy": ("Always", "IfNotPresent", "Never"),
    "--restart": ("Always", "OnFailure", "Never"),
    "--type": {
        "patch": ("strategic", "merge", "json"),
        "expose": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    },
}


def check_values(call: Call) -> Iterator[Finding]:
    """Each value is of the form that its option takes, no option that must have one is bare."""
    for name, word in call.usage.options:
        choices = CHOICES.get(name)
        if isinstance(choices, dict):
            choices = choices.get(call.verb)
        if word is None:
            if name == "--dry-run":
                yield call.finding(
                    RULE, "« --dry-run » sans valeur", "écrire --dry-run=client ou --dry-run=server", call.word
                )
            continue
        text = word.text
        if UNKNOWN in text:
            continue
        if (
            name in DURATIONS
            and not DURATION.fullmatch(text)
            and not (name == "--request-timeout" and text.isdecimal())
        ):
            yield call.finding(RULE, f"{name}={text} n'est pas une durée", f"écrire l'unité : {name}=60s, 2m, 1h", word)
        elif name == "--timeout" and DURATION.fullmatch(text):
            yield from _beyond_deadline(call, word)
        elif name in NUMBERS and not re.fullmatch(r"-?\d+", text):
            yield call.finding(RULE, f"{name}={text} n'est pas un nombre", "écrire un nombre entier", word)
        elif name == "--replicas" and text.startswith("-"):
            yield call.finding(RULE, f"{name}={text} est négatif", "écrire un nombre à partir de 0", word)
        elif choices and text not in choices:
            yield call.finding(RULE, f"{name}={text} n'existe pas", nearest(text, choices), word)


def _beyond_deadline(call: Call, word: Word) -> Iterator[Finding]:
    """The page gives its block less time than the command is told to wait."""
    block = call.command.block
    if block.deadline is None or block.retry:
        return
    seconds = sum(float(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", word.text))
    if seconds > block.deadline:
        cause = f"--timeout={word.text} dépasse le délai du bloc, {block.deadline:g} s"
        yield call.finding(RULE, cause, f'ajouter data-delai="{seconds + 10:g}" au bloc, ou attendre moins', word)
