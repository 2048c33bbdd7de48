"""Which line each line of a rewritten text comes from."""

import difflib


def origins(before: list[str], after: list[str]) -> tuple[int, ...]:
    """For each line after macros, snippets or another extension, the one before them, both from 0."""
    before = list(before)
    if before[-1:] == [""] != after[-1:]:
        before.pop()  # macros take the end of the last line away
    if len(before) == len(after):
        return tuple(range(len(after)))
    same = 0  # lines at the end, which an empty line written by a macro would else take the place of
    while same < min(len(before), len(after)) and before[-1 - same] == after[-1 - same]:
        same += 1
    tail = range(len(before) - same, len(before))
    changed, made = before[: tail.start], after[: len(after) - same]
    lines = [0] * len(made)
    # blank lines are like every other: no two texts meet there unless their neighbours do
    matcher = difflib.SequenceMatcher(lambda line: not line.strip(), changed, made, autojunk=False)
    for _, low, high, new_low, new_high in matcher.get_opcodes():
        for offset in range(new_high - new_low):
            lines[new_low + offset] = min(low + offset, max(high - 1, low), len(before) - 1)
    return (*lines, *tail)
