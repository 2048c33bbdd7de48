"""Does an application that `kubectl set env` changes start or refuse as the page goes on to say?"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.expected.state import PageState, applied, fits, form_of, named_objects, operands_of
from runbook.checking.finding import Finding
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.reading.content import Block

RULE = "changed_settings"
GIVEN = re.compile(r"([A-Z][A-Z0-9_]*)(?:=(.*)|-)")
BROKEN = ("CrashLoopBackOff", "Error")


@dataclass(slots=True)
class Changes:
    """Workload → variable → the value that the page gave it, None for one that it took away."""

    network: InnerNetwork
    given: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def refusals(self, block: Block, state: PageState) -> dict[str, str | None]:
        """Changed workload → why its application does not start, None where it does."""
        found: dict[str, str | None] = {}
        for name, changes in self.given.items():
            application = next(
                (
                    container.application
                    for container in state.containers
                    if container.item.name == name and container.application
                ),
                None,
            )
            if (
                application
                and block.target in self.network.model.settings.targets
                and not any(UNKNOWN in (value or "") for value in changes.values())
            ):
                found[name] = self.network.refusal_given(block.target, application, changes)
        return found

    def follow(self, commands: list[Command], state: PageState) -> None:
        """What these commands change, and what brings the manifest's own settings back."""
        for command in commands:
            form, names = form_of(command), [name for _, name in named_objects(command)]
            if form == "kubectl set env":
                pairs = [found for word in operands_of(command) for found in [GIVEN.fullmatch(word)] if found]
                for name in names:
                    self.given[name] = {
                        **self.given.get(name, {}),
                        **{pair[1]: pair[2] for pair in pairs if pair[2] is not None},
                    }
                    for pair in pairs:
                        if pair[2] is None:
                            self.given[name].pop(pair[1], None)
                    if not self.given[name]:
                        del self.given[name]
            elif form in ("kubectl rollout undo", "kubectl apply", "kubectl delete"):
                for name in (*names, *(item.name for item in applied(state.model, command))):
                    self.given.pop(name, None)


def changed_settings(block: Block, commands: list[Command], changes: Changes, state: PageState) -> Iterator[Finding]:
    """What the block expects of a workload whose variables the page changed, against the application given the same ones."""
    changes.follow(commands, state)
    if block.expected is None or not changes.given:
        return
    refusals = changes.refusals(block, state)
    forms = {form_of(command) for command in commands}
    for index, row in enumerate(block.expected.text.split("\n")):
        for name, refusal in refusals.items():
            problem = _problem(row, name, refusal, forms, changes.given[name])
            if problem:
                yield Finding(
                    block.page, block.expected.line + index, f"résultat attendu : {problem[0]}", problem[1], RULE
                )


def _problem(
    row: str, name: str, refusal: str | None, forms: set[str], given: dict[str, str | None]
) -> tuple[str, str] | None:
    told = ", ".join(f"{variable}={value}" for variable, value in given.items())
    if refusal is None:
        broken = next((status for status in BROKEN if re.search(rf"(?<!\w){status}(?!\w)", row)), None)
        if broken and row.startswith((f"{name}-", f"pod/{name}-")):
            return f"« {broken} », et l'application accepte {told}", "donner une valeur qu'elle refuse"
        return None
    ended = re.search(r"\bExit Code:\s+(\d+)$", row)
    if ended and ended[1] != "1" and forms & {"kubectl describe"}:
        return f"code de sortie {ended[1]}, et un réglage refusé rend 1", "écrire 1"
    if f'"{name}" successfully rolled out' in row:
        return f"« {name} » ne démarre pas avec {told} : {refusal}", "donner une valeur que l'application accepte"
    if (
        forms & {"kubectl logs"}
        and row.strip() not in ("", UNKNOWN)
        and not row.startswith("{")
        and not fits(row.strip(), refusal)
    ):
        close = difflib.SequenceMatcher(None, row.strip(), refusal).ratio() > 0.5
        return (f"« {row.strip()} », et l'application écrit autre chose", f"écrire « {refusal} »") if close else None
    return None
