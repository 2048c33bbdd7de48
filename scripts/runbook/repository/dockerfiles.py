"""What a Dockerfile says: its instructions and its stages, and the image that its last stage makes."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ESCAPED_END = re.compile(r"\\\s*$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its line; `stage` is the index of its stage, -1 before the first FROM."""

    line: int
    word: str
    rest: str
    stage: int

    @property
    def arguments(self) -> list[str]:
        """Its words without options; those of the exec form without brackets."""
        text = self.rest.strip()
        if text.startswith("["):
            return re.findall(r'"((?:[^"\\]|\\.)*)"', text)
        try:
            words = shlex.split(text)
        except ValueError:
            words = text.split()
        return [word for word in words if not word.startswith("--")]


@dataclass(frozen=True, eq=False)
class Dockerfile:
    """`stages` are names, in lower case, empty for one without; `instructions` in their order."""

    path: str
    instructions: tuple[Instruction, ...]
    stages: tuple[str, ...] = field(default=())

    def of(self, *words: str) -> list[Instruction]:
        """The instructions of these kinds."""
        return [found for found in self.instructions if found.word in words]

    def last_stage(self, *words: str) -> list[Instruction]:
        """Those of the last stage and of the stages that it is made from."""
        wanted, stage = set(), len(self.stages) - 1
        while stage >= 0 and stage not in wanted:
            wanted.add(stage)
            base = self.of("FROM")[stage].arguments[:1]
            stage = self.stages.index(base[0].lower()) if base and base[0].lower() in self.stages else -1
        return [found for found in self.of(*words) if found.stage in wanted]

    @property
    def arguments(self) -> dict[str, str]:
        """The build arguments that it takes, with their defaults; a stage that takes one again keeps its default."""
        pairs = [word.partition("=") for found in self.of("ARG") for word in found.arguments]
        return {name: value for name, _, value in sorted(pairs, key=lambda pair: bool(pair[1]))}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the image sets, as far as they are known without building."""
        found: dict[str, str] = {}
        for instruction in self.last_stage("ENV"):
            words = instruction.arguments
            if words and "=" not in words[0]:
                words = [f"{words[0]}={' '.join(words[1:])}"]
            found |= {name: value for name, _, value in (word.partition("=") for word in words)}
        known = {**self.arguments, **found}
        return {name: re.sub(r"\$\{?(\w+)\}?", lambda m: known.get(m[1], ""), value) for name, value in found.items()}

    @property
    def exposed(self) -> set[int]:
        words = (word.partition("/")[0] for found in self.last_stage("EXPOSE") for word in found.arguments)
        return {int(word) for word in words if word.isdecimal()}

    @property
    def checked(self) -> bool:
        """Whether the image says by itself how to see that it is healthy."""
        return any(found.rest.strip().upper() != "NONE" for found in self.last_stage("HEALTHCHECK"))

    @property
    def command(self) -> str:
        """What its entry point and its command run, as one text."""
        last = {found.word: " ".join(found.arguments) for found in self.last_stage("ENTRYPOINT", "CMD")}
        return " ".join(last[word] for word in ("ENTRYPOINT", "CMD") if word in last)


def read_dockerfile(path: Path, name: str) -> Dockerfile:
    """The Dockerfile at `path`, which is called `name` in messages."""
    found: list[Instruction] = []
    stages: list[str] = []
    pending: list[str] = []
    start = 0
    until = ""  # the end of a here-document
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if line.lstrip().startswith("#") or (not line.strip() and not pending):
            continue
        start = start if pending else number
        pending.append(ESCAPED_END.sub("", line).strip())
        if ESCAPED_END.search(line):
            continue
        word, _, rest = " ".join(pending).partition(" ")
        pending = []
        here = re.search(r"<<-?['\"]?(\w+)", rest)
        until = here[1] if here and word.upper() in ("RUN", "COPY") else ""
        if word.upper() == "FROM":
            alias = re.search(r"\s+as\s+(\S+)\s*$", rest, re.IGNORECASE)
            stages.append(alias[1].lower() if alias else "")
        found.append(Instruction(start, word.upper(), rest.strip(), len(stages) - 1))
    return Dockerfile(name, tuple(found), tuple(stages))
