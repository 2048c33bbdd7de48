"""What programs print: the lines, tables, cells and words of each command form, read from the data beside this file."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runbook.checking.blocks.words import UNKNOWN
from runbook.checking.commands.kubectl import tables as kubectl_tables

LETTERS = re.compile(r"[^\W\d_]{4,}")
DURATION = r"(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?"
HOLES = {
    "<object>": r"(?P<kind>[a-z]+)(?:\.[a-z0-9.-]+)?/[\w.:-]+",
    "<kind>": r"[a-z]+(?:\.[a-z0-9.-]+)?",
    "<name>": r"\S+",
    "<n>": r"\d+",
    "<text>": r".*",
    "<duration>": rf"(?=\d){DURATION}",
    "<count>": r"\d+",
    "<fraction>": r"\d+/\d+",
    "<any>": r".+",
}
HOLE = re.compile(r"<(?:plural|" + "|".join(name[1:-1] for name in HOLES) + ")>")
TYPED = re.compile(rf"[\d/smhdyx() agover:{UNKNOWN}-]+")  # what a cell that is only numbers and durations is made of

Headings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One line that a command prints; `start` and `end` are its fixed text before the first hole and after the last."""

    text: str
    start: str
    end: str

    def holds(self, line: str) -> bool:
        """Whether the command can print this line, in which `…` stands for any text."""
        if UNKNOWN not in line:
            return _pattern(self.text).fullmatch(line) is not None
        head, _, rest = line.partition(UNKNOWN)
        tail = rest.rpartition(UNKNOWN)[2]
        if self.start == self.text:  # no hole: all of it is known
            return re.fullmatch(".*".join(map(re.escape, line.split(UNKNOWN))), self.text) is not None
        return _agree(head, self.start) and _agree(tail[::-1], self.end[::-1])


@cache
def states() -> frozenset[str]:
    """The states and reasons that Kubernetes shows, of two words or more: CrashLoopBackOff, FailedScheduling."""
    texts = [
        *(text for named in _table("printed_cells.txt").items() for text in named),
        *(text for named in _table("printed_events.txt").items() for text in named),
    ]
    return frozenset(word for text in texts for word in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text))


def fits_cell(cell: str, kind: str, heading: str) -> bool:
    """Whether a column of this kind of table can hold this text; columns without a description hold anything."""
    allowed = cells().get((kind, heading)) or cells().get(("*", heading))
    if allowed is None or cell == UNKNOWN:
        return True
    return any(_fits(cell, value) for value in allowed)


def cell_values(kind: str, heading: str) -> list[str]:
    """The plain values of a column, to choose the nearest from."""
    allowed = cells().get((kind, heading)) or cells().get(("*", heading)) or ()
    return [value for value in allowed if not HOLE.search(value)] or list(allowed)


@cache
def columns(kind: str) -> tuple[tuple[Headings, Headings], ...]:
    """The columns of `kubectl get` for this kind, in each version: those always printed, and those that `-o wide` adds."""
    found = []
    for text in _table("printed_columns.txt").get(kind, "").split("~"):
        plain, _, wide = text.partition("+ ")
        if plain.strip():
            found.append((_headings(plain), _headings(wide)))
    return tuple(found)


@cache
def tables() -> dict[str, tuple[Headings, ...]]:
    """Command form → the headings of the tables that it prints."""
    return {
        form: tuple(_headings(part) for part in text.split("~")) for form, text in _table("printed_tables.txt").items()
    }


@cache
def cells() -> dict[tuple[str, str], tuple[str, ...]]:
    """Kind of table and heading → what its cells can hold."""
    found = {}
    for name, text in _table("printed_cells.txt").items():
        kind, _, heading = name.rpartition(" ")
        found[kind, heading.replace("_", " ")] = tuple(value.replace("_", " ") for value in text.split())
    return found


@cache
def reasons() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Reason of an event → its types, and what its message can start with; no start where it can be anything."""
    found = {}
    for reason, text in _table("printed_events.txt").items():
        types, _, starts = text.partition(" ")
        found[reason] = (tuple(types.split("|")), () if "*" in starts else tuple(starts.split("|")))
    return found


@cache
def lines(form: str) -> tuple[Template, ...]:
    """Every line that a command prints, none where it prints other things too."""
    return _lines().get(form, ())


@cache
def words(form: str) -> frozenset[str]:
    """The words that a command prints: those of its own form, of all verbs of its program, and of its tables."""
    program = form.partition(" ")[0]
    found: set[str] = set()
    for name, text in _words().items():
        key = name.rstrip("*").strip()
        if form.startswith(key) or (name == f"{program} *"):
            found |= set(LETTERS.findall(text))
    for template in (*lines(form), *lines(f"{program} *")):
        found |= set(LETTERS.findall(HOLE.sub(" ", template.text)))
    for headings in tables().get(form, ()):
        found |= {word for heading in headings for word in LETTERS.findall(heading)}
    if form in ("kubectl get", "kubectl describe", "kubectl events", "kubectl top", "docker compose ps", "docker ps"):
        found |= _table_words()
    return frozenset(found)


@cache
def _table_words() -> frozenset[str]:
    texts = [
        *_table("printed_columns.txt").values(),
        *_table("printed_cells.txt").values(),
        *(re.sub(r"@\w+", "", text) for text in _table("kubectl/kinds.txt").values()),
    ]
    texts += [
        *_table("kubectl/kinds.txt"),
        *reasons(),
        *(start for _, starts in reasons().values() for start in starts),
        _words()["kubectl events*"],
    ]
    return frozenset(word for text in texts for word in LETTERS.findall(HOLE.sub(" ", text).replace("_", " ")))


@cache
def _lines() -> dict[str, tuple[Template, ...]]:
    found: dict[str, list[Template]] = {}
    form = ""
    for line in _read("printed_lines.txt").splitlines():
        if line.startswith("  "):
            text = line[2:]
            holes = [*HOLE.finditer(text)]
            found[form].append(
                Template(text, text[: holes[0].start()] if holes else text, text[holes[-1].end() :] if holes else text)
            )
        elif line and not line.startswith("#"):
            form = line.strip()
            found[form] = []
    return {form: tuple(templates) for form, templates in found.items()}


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in _read("printed_words.txt").splitlines():
        if line.startswith(" "):
            found[name] += line
        elif line and not line.startswith("#"):
            name, _, text = line.partition(":")
            found[name] = text
    return found


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = HOLE.split(template)
    kinds = [hole[0] for hole in HOLE.finditer(template)]
    made = re.escape(parts[0])
    for kind, part in zip(kinds, parts[1:], strict=True):
        made += (_plurals() if kind == "<plural>" else HOLES[kind]) + re.escape(part)
    return re.compile(made)


@cache
def _plurals() -> str:
    names = {kind.plural + (f".{kind.group}" if kind.group else "") for kind in kubectl_tables.kinds().values()}
    return "(?:" + "|".join(map(re.escape, sorted(names))) + r"|[a-z]+\.[a-z0-9-]+\.[a-z0-9.-]+)"


def _fits(cell: str, value: str) -> bool:
    if not HOLE.search(value):
        return (
            cell == value
            if UNKNOWN not in cell
            else re.fullmatch(".*".join(map(re.escape, cell.split(UNKNOWN))), value) is not None
        )
    if UNKNOWN in cell:
        return TYPED.fullmatch(cell) is not None or Template(
            value, value.partition("<")[0], value.rpartition(">")[2]
        ).holds(cell)
    return _pattern(value).fullmatch(cell) is not None


def _agree(one: str, other: str) -> bool:
    """Whether the beginnings of two texts, each followed by anything, can be the beginning of one."""
    return one.startswith(other) or other.startswith(one)


def _headings(text: str) -> Headings:
    return tuple(word.replace("_", " ") for word in text.split())


@cache
def _table(name: str) -> dict[str, str]:
    """Names to texts; a name may hold `:`, which then no space follows."""
    return {
        key: text.strip()
        for key, _, text in (
            line.partition(": ") for line in _read(name).splitlines() if line and not line.startswith("#")
        )
    }


@cache
def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
