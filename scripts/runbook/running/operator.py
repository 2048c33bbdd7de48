"""Who is asked before and after each step: the person on duty in step mode, else nobody."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from runbook.plan import Step


class Answer(enum.Enum):
    """What is to be done."""

    GO = enum.auto()
    PASS = enum.auto()
    AGAIN = enum.auto()  # the step before
    STOP = enum.auto()


@dataclass(frozen=True, slots=True)
class Operator:
    """`before` a step, and `after` one that did not hold, somebody answers; `asked`, if this is a person.

    A person decides on clean-ups too: none runs unasked, and what a target was given stays.
    """

    before: Callable[[Step], Answer]
    after: Callable[[Step], Answer]
    asked: bool


NOBODY = Operator(lambda _: Answer.GO, lambda _: Answer.STOP, asked=False)
