"""`scripts/grammars [PROGRAM]...`: one JSON file a program, under scripts/runbook/rules/commands."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grammar_data import clicked, cobra, kubernetes, others

FOLDER = Path(__file__).parents[1] / "runbook" / "rules" / "commands"
PROGRAMS: dict[str, Callable[..., dict[str, Any]]] = {
    "kubectl": cobra.kubectl,
    "docker": cobra.docker,
    "kind": cobra.kind,
    "curl": others.curl,
    "git": others.git,
    "mkdocs": clicked.mkdocs,
    "runbook": clicked.runbook,
    "gnu": others.gnu,
    "kubernetes": kubernetes.kubernetes,
}
NEEDS = {"gnu": "sort", "kubernetes": "kubectl"}


def main() -> int:
    """Write the files of the programs named, of all without a name; 1 if one of them is not here."""
    parser = argparse.ArgumentParser(prog="scripts/grammars", description=main.__doc__)
    parser.add_argument("programs", nargs="*", metavar="PROGRAMME", choices=[*PROGRAMS, []])
    missing = 0
    for name in parser.parse_args().programs or PROGRAMS:
        if not is_here(name):
            print(f"{name} absent de cette machine : sa grammaire reste celle du dépôt", file=sys.stderr)
            missing += 1
            continue
        text = json.dumps(PROGRAMS[name](), indent=0, ensure_ascii=False, sort_keys=True) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    return 1 if missing else 0


def is_here(name: str) -> bool:
    """Whether this machine, or the environment of this Python, has what the grammar of `name` is read from."""
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which(NEEDS.get(name, name), path=folders) is not None


if __name__ == "__main__":
    sys.exit(main())
