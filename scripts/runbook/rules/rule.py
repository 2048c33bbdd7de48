"""What a rule is, and the list of them all: the modules that hold rules enter them here when they are loaded."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from runbook.rules.finding import Finding, Told


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: with `bad` in the sample's file `where`, or in its page, it finds something, with `good` nothing.

    `about` says what it looks at: each `command` (of `programs`, or of all without), a `page`, the `repository`,
    or what another program, a `tool`, says of both.
    """

    identifier: str
    sentence: str
    bad: str
    good: str
    where: str
    about: str
    programs: tuple[str, ...]
    look: Callable[..., Iterator[Told]]

    def findings(self, *given: Any) -> Iterator[Finding]:
        """What it finds, under its name; a function that calls another program adds the name of that one's rule."""
        for told in self.look(*given):
            match told:
                case Finding():
                    found = told
                case word, cause, remedy:
                    command = given[0].command
                    found = Finding(command.block.page, (word or command).line, cause, remedy)
                case thing, keys, cause, remedy:
                    found = Finding(thing.path, thing.line_of(*keys), f"{thing} : {cause}", remedy)
            if found.remedy:
                yield replace(found, rule=self.identifier + found.rule)


Look = Callable[..., Iterator[Told]]
RULES: dict[str, Rule] = {}


def rule(
    identifier: str, *programs: str, bad: str, good: str, where: str = "", about: str = ""
) -> Callable[[Look], Look]:
    """Enter the function below as a rule; its docstring, in French for who reads findings, says what it is.

    It looks at the repository if its examples stand in a file, else at commands, unless `about` says more.
    """
    looks_at = about or ("repository" if where else "command")

    def enter(look: Look) -> Look:
        RULES[identifier] = Rule(identifier, look.__doc__ or "", bad, good, where, looks_at, programs, look)
        return look

    return enter


@cache
def load_rules() -> dict[str, Rule]:
    """Identifier → rule, in the order of the identifiers; every module of this package is loaded."""
    for module in pkgutil.walk_packages(importlib.import_module("runbook.rules").__path__, "runbook.rules."):
        importlib.import_module(module.name)
    return dict(sorted(RULES.items()))


def rules_about(what: str) -> list[Rule]:
    """The rules that look at this."""
    return [rule for rule in load_rules().values() if rule.about == what]
