"""Are the values of kubectl's options ones that it takes: durations, numbers, lists of words?"""

import re
from collections.abc import Iterator

from runbook.checking.commands.kubectl_call import Call
from runbook.checking.finding import Finding, nearest
from runbook.checking.words import UNKNOWN

RULE = "kubectl_values"
DURATION = re.compile(r"-?(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)")
DURATIONS = ("--timeout", "--since", "--pod-running-timeout", "--request-timeout")
NUMBERS = (
    "--replicas", "--current-replicas", "--tail", "--revision", "--to-revision", "--grace-period", "--min", "--max", "--cpu-percent",
    "--chunk-size", "--limit-bytes", "--max-log-requests", "--node-port", "--skip-wait-for-delete-timeout",
)  # fmt: skip
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
                yield call.finding(RULE, "« --dry-run » sans valeur", "écrire --dry-run=client ou --dry-run=server", call.word)
            continue
        text = word.text
        if UNKNOWN in text:
            continue
        if name in DURATIONS and not DURATION.fullmatch(text) and not (name == "--request-timeout" and text.isdecimal()):
            yield call.finding(RULE, f"{name}={text} n'est pas une durée", f"écrire l'unité : {name}=60s, 2m, 1h", word)
        elif name in NUMBERS and not re.fullmatch(r"-?\d+", text):
            yield call.finding(RULE, f"{name}={text} n'est pas un nombre", "écrire un nombre entier", word)
        elif name == "--replicas" and text.startswith("-"):
            yield call.finding(RULE, f"{name}={text} est négatif", "écrire un nombre à partir de 0", word)
        elif choices and text not in choices:
            yield call.finding(RULE, f"{name}={text} n'existe pas", nearest(text, choices), word)
