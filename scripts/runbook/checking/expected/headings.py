"""Do the tables of expected results have the columns that their commands print, and values that these columns can hold?"""

import re
from collections.abc import Iterator

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.commands import printed
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.expected.lines import Told
from runbook.checking.expected.state import form_of, operands_of, option_values
from runbook.checking.finding import Finding, nearest
from runbook.matching.tables import Table, find
from runbook.reading.content import Block

PRINTED_OBJECTS = ("json", "yaml", "name", "jsonpath", "go-template", "template")
Choice = tuple[str, printed.Headings]  # kind of table, and its headings
EVENT_HEADINGS = ("Type", "Reason", "Age", "From", "Message")


def headings(block: Block, commands: list[Command]) -> Iterator[Finding]:
    """Every table of the expected result against what the block's commands can print."""
    if block.expected is None:
        return
    lines = [line.rstrip() for line in block.expected.text.split("\n")]
    tables = find(lines)
    if not tables:
        return
    start = block.expected.line

    def told(index: int, cause: str, remedy: str) -> Finding:
        return Finding(block.page, start + index, f"résultat attendu : {cause}", remedy, "expected_headings")

    choices, whole = _choices(commands)
    for table in tables.values():
        if table.headings == EVENT_HEADINGS:
            yield from _cells(lines, table, "Event", told)
            continue
        kind = next((kind for kind, known in choices if _same(table.headings, known)), None)
        if kind is not None:
            yield from _cells(lines, table, kind, told)
        elif whole and choices:
            yield _wrong(table, choices, told)


def _choices(commands: list[Command]) -> tuple[list[Choice], bool]:
    """The tables that these commands can print, and whether all that they print is known."""
    choices: list[Choice] = []
    whole = True
    for command in commands:
        if command.captured or command.name not in ("kubectl", "docker"):
            continue
        found = (
            _of_kubectl_get(command)
            if form_of(command) == "kubectl get"
            else [(form_of(command), known) for known in printed.tables().get(form_of(command), ())]
        )
        templated = any(value.startswith("table ") for value in option_values(command, "--format"))
        whole = whole and bool(found) and not templated
        choices += found
    return choices, whole


def _of_kubectl_get(command: Command) -> list[Choice]:
    """One table a kind; columns of its own with `-o custom-columns`."""
    outputs = option_values(command, "-o", "--output")
    if any(output.startswith("custom-columns=") for output in outputs):
        titles = tuple(column.partition(":")[0] for column in outputs[-1].partition("=")[2].split(","))
        return [("", titles)]
    if any(output.split("=")[0] in PRINTED_OBJECTS for output in outputs):
        return []
    texts = [word.text for word in command.arguments]
    before = ("NAMESPACE",) if "-A" in texts or "--all-namespaces" in texts else ()
    after = tuple(
        label.rpartition("/")[2].upper()
        for value in option_values(command, "-L", "--label-columns")
        for label in value.split(",")
    )
    after += ("LABELS",) if "--show-labels" in texts else ()
    return [
        (kind, (*before, *plain, *(wide if "wide" in outputs else ()), *after))
        for kind in _kinds(command)
        for plain, wide in printed.columns(kind)
    ]


def _kinds(command: Command) -> list[str]:
    """The kinds that it lists; every kind where only running tells."""
    known = kubectl_tables.kinds()
    every = [kind.name for kind in known.values()]
    operands = operands_of(command)[1:]
    if not operands or any(operand.startswith(UNKNOWN) for operand in operands):
        return every
    names = [operand.partition("/")[0] for operand in operands] if "/" in operands[0] else operands[0].split(",")
    found: list[str] = []
    for name in names:
        if name == "all":
            found += kubectl_tables.LISTED_BY_ALL
        elif name.lower() in known:
            found.append(known[name.lower()].name)
        else:
            return every
    return found


def _same(shown: printed.Headings, known: printed.Headings) -> bool:
    if UNKNOWN not in "".join(shown):
        return shown == known
    pattern = r"\|".join(re.escape(heading).replace(re.escape(UNKNOWN), ".*") for heading in shown)
    return re.fullmatch(pattern, "|".join(known)) is not None


def _wrong(table: Table, choices: list[Choice], told: Told) -> Finding:
    close = max(choices, key=lambda choice: len(set(choice[1]) & set(table.headings)))[1]
    strange = [heading for heading in table.headings if heading not in close and UNKNOWN not in heading]
    cause = (
        f"colonne « {strange[0]} » que la commande n'affiche pas"
        if strange
        else f"colonnes {' '.join(table.headings)}, et la commande en affiche d'autres"
    )
    return told(table.first, cause, f"elle affiche : {'  '.join(close)}")


def _cells(lines: list[str], table: Table, kind: str, told: Told) -> Iterator[Finding]:
    for index in range(table.start, table.end):
        cells = None if lines[index].strip() == UNKNOWN else table.cells(lines[index])
        if cells is None:
            continue
        row = dict(zip(table.headings, cells, strict=False))
        for heading, cell in row.items():
            if cell and not printed.fits_cell(cell, kind, heading.upper() if kind == "Event" else heading):
                known = printed.cell_values(kind, heading)
                yield told(
                    index,
                    f"{heading} « {cell} » impossible",
                    nearest(cell, known) if len(known) > 1 else f"écrire {known[0]}",
                )
        if kind == "Event":
            yield from _event(index, {heading.upper(): cell for heading, cell in row.items()}, told)


def _event(index: int, row: dict[str, str], told: Told) -> Iterator[Finding]:
    """The reason is one that Kubernetes gives, with its type and the beginning of its message."""
    reason = row.get("REASON", UNKNOWN)
    if UNKNOWN in reason or not reason:
        return
    if reason not in printed.reasons():
        yield told(index, f"événement « {reason} » inconnu de Kubernetes", nearest(reason, printed.reasons()))
        return
    types, starts = printed.reasons()[reason]
    if row.get("TYPE", UNKNOWN) not in (UNKNOWN, *types):
        yield told(index, f"événement « {reason} » de type {row['TYPE']}", f"écrire {' ou '.join(types)}")
    message = row.get("MESSAGE", "")
    head = message.partition(UNKNOWN)[0]
    if message and starts and not any(head.startswith(start) or start.startswith(head) for start in starts):
        yield told(index, f"message « {message} » d'un événement « {reason} »", nearest(message, starts))
