"""Does a kubectl command name verbs, options, objects, files, ports and fields that exist?"""

from collections.abc import Callable, Iterator

from runbook.checking.blocks.situation import Rule, Situation
from runbook.checking.blocks.words import Command
from runbook.checking.commands.kubectl import files
from runbook.checking.commands.kubectl.call import Call, read_call
from runbook.checking.commands.kubectl.changes import CHANGES
from runbook.checking.commands.kubectl.creation import CREATIONS
from runbook.checking.commands.kubectl.output import check_output
from runbook.checking.commands.kubectl.pods import PODS
from runbook.checking.commands.kubectl.reading import READING
from runbook.checking.commands.kubectl.safety import check_safety
from runbook.checking.commands.kubectl.targets import check_namespace
from runbook.checking.commands.kubectl.values import check_values
from runbook.checking.finding import Finding

RULES: dict[str, Callable[[Call], Iterator[Finding]]] = {**READING, **CHANGES, **CREATIONS, **PODS}


def kubectl(command: Command, situation: Situation) -> Iterator[Finding]:
    """Everything that is wrong with one kubectl command; what it makes and deletes counts for the next ones."""
    call, findings = read_call(command, situation)
    yield from findings
    if call is None or call.usage.has("--help"):
        return
    yield from check_safety(call)
    yield from check_namespace(call)
    yield from check_values(call)
    yield from files.check_files(call)
    rule = RULES.get(call.verb)
    if rule is not None:
        yield from rule(call)
    yield from check_output(call)


RESOLVERS: dict[str, Rule] = {"kubectl": kubectl}
