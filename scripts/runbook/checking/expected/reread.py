"""Does a page restart what reads a ConfigMap before it shows what a new value changes? A pod reads it when it starts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from runbook.checking.blocks.words import Command
from runbook.checking.expected.state import named_objects, option_values, verb_of
from runbook.checking.finding import Finding
from runbook.checking.offered.containers import Container
from runbook.matching import expect
from runbook.reading.content import Block

RESTARTS = ("rollout restart", "set env", "set image", "set resources")


@dataclass(slots=True)
class Rereading:
    """`stale`: a value given to a ConfigMap → the workloads whose pods were started with the one before."""

    containers: list[Container]
    stale: dict[str, set[str]] = field(default_factory=dict)

    def follow(self, commands: list[Command]) -> None:
        """What these commands give to ConfigMaps, and whom they start again; a deletion, or files applied anew, may start anybody."""
        for command in commands:
            verb = verb_of(command) if command.name == "kubectl" else ""
            named = list(named_objects(command))
            if verb == "patch" and any(kind == "ConfigMap" for kind, _ in named):
                for key, value in _given(command).items():
                    self.stale[value] = {
                        container.item.name for container in self.containers if key in container.environment
                    }
            elif verb in RESTARTS and named:
                names = {name for _, name in named}
                self.stale = {value: workloads - names for value, workloads in self.stale.items()}
            elif verb in ("delete", "apply", "scale", "replace", "edit", *RESTARTS):
                self.stale.clear()

    def shown(self, block: Block, application: str | None) -> Iterator[Finding]:
        """Each new value in the JSON that this application answers, if one of its own workloads was not started again."""
        own = {container.item.name for container in self.containers if container.application == application}
        if block.expected is None or block.expected.kind is not expect.Kind.JSON or not self.stale:
            return
        for value in _texts(msgspec.json.decode(block.expected.text)):
            late = self.stale.get(value, set()) & own
            if late:
                line = next(
                    (index for index, row in enumerate(block.expected.text.split("\n")) if f'"{value}"' in row), 0
                )
                yield Finding(
                    block.page,
                    block.expected.line + line,
                    f"résultat attendu : « {value} », que « {min(late)} » n'a pas encore lu dans la ConfigMap",
                    f"relancer d'abord : kubectl rollout restart deployment/{min(late)}",
                    "reread",
                )


def _given(command: Command) -> dict[str, str]:
    """The data of a patch in JSON."""
    for text in option_values(command, "-p", "--patch"):
        try:
            data = msgspec.json.decode(text).get("data") or {}
        except (AttributeError, msgspec.DecodeError):
            continue
        return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}
    return {}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)
