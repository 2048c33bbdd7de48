"""Commands that never end by themselves: pasted or run, they hold up all that follows."""

import re
from collections.abc import Iterator

from runbook.rules.call import Call
from runbook.rules.finding import Told
from runbook.rules.rule import rule
from runbook.rules.scripts import SCRIPT

ALWAYS = {
    "kubectl": ("port-forward", "proxy", "edit", "attach"),
    "docker": ("attach", "events", "system events", "compose events", "compose attach", "compose watch"),
}
FOLLOWS = {"--follow": ("logs", "container logs", "service logs", "compose logs", "tail"), "-F": ("tail",)}
FOLLOWS |= {"--watch": ("get", "events")}
KEYBOARD = ("less", "more", "vi", "vim", "nano", "emacs", "htop", "top", "man", "watch")
RUNS = ("exec", "run", "container exec", "container run", "attach", "debug")
ENDED = re.compile(r"(?<![&>|])&(?![&>\d])|\btimeout\b|\bhead\b|--dry-run")


@rule("ne-finit-pas", bad="docker compose up", good="docker compose up --detach")
def endless(call: Call) -> Iterator[Told]:
    """Une commande ne finit pas d'elle-même, ou attend quelqu'un au clavier."""
    block, name = call.command.block, call.program if call.verb == call.program else f"{call.program} {call.verb}"
    if not call.situation.here or call.situation.target == SCRIPT:
        return
    cause = ""
    if _never_ends(call):
        cause, remedy = f"« {name.strip()} » ne finit pas d'elle-même", "data-arriere-plan, ou une option qui la borne"
    elif call.program in KEYBOARD and not call.command.piped and not (call.program == "top" and "-b" in block.code):
        cause, remedy = f"« {call.program} » attend quelqu'un au clavier", "écrire une commande qui finit seule"
    elif call.program in ("kubectl", "docker") and call.verb in RUNS and call.has("--tty") and not call.has("--detach"):
        cause, remedy = f"{name} -t demande un terminal", "retirer -t"
    if cause and not (block.background or block.not_run or block.deadline or ENDED.search(block.code)):
        yield None, cause, remedy


def _never_ends(call: Call) -> bool:
    if call.verb in ALWAYS.get(call.program, ()):
        return True
    if any(call.has(option) and call.verb in verbs for option, verbs in FOLLOWS.items()):
        return True
    if call.program == "docker" and call.verb in ("stats", "container stats", "compose stats"):
        return not call.has("--no-stream")
    bounded = ("--detach", "--wait", "--abort-on-container-exit", "--exit-code-from", "--no-start")
    return call.program == "docker" and call.verb == "compose up" and not call.has(*bounded)
