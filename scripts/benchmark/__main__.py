"""usage: python -m benchmark FOLDER ROUNDS"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from runbook.running.shell import Shell

COMMANDS, MUTANTS = 200, 300
SITE = "site_name: Bench\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n"
SETTINGS = '[tool.runbook.targets.here]\ntitle = "Here"\n'


def main(folder: Path, rounds: int) -> None:
    """Print a table of medians in milliseconds."""
    root = _site(folder / "site")
    script, example = root / "script.sh", root / "example.md"
    script.write_text("".join(f"echo {number}\n" for number in range(COMMANDS)), encoding="utf-8")
    example.write_text("".join(f"```shell\n$ echo {number}\n{number}\n```\n\n" for number in range(COMMANDS)), encoding="utf-8")
    byexample = [str(folder / "venv/bin/byexample"), "-l", "shell", "--quiet", str(example)]
    runbook = [sys.executable, "-m", "runbook"]
    rows: list[tuple[str, Callable[[], object]]] = [
        (f"bash, un script de {COMMANDS} commandes", lambda: _run(["bash", str(script)])),
        (f"runbook, {COMMANDS} blocs dans un shell (sans lecture du site)", lambda: _shell(root, COMMANDS)),
        ("runbook, 1 bloc dans un shell", lambda: _shell(root, 1)),
        (f"runbook run, page de {COMMANDS} blocs", lambda: _run([*runbook, "--root", str(root), "run", "docs/index.md"])),
        (f"byexample, page de {COMMANDS} exemples", lambda: _run(byexample)),
        ("runbook check, ce dépôt", lambda: _run([*runbook, "check"])),
    ]
    times = {label: _median(action, rounds) for label, action in rows}
    for label, milliseconds in times.items():
        print(f"{milliseconds:9.1f} ms  {label}")
    mutate = _median(lambda: _run([*runbook, "mutate", "--count", str(MUTANTS), "--seed", "1"]), 1)
    print(f"{mutate:9.1f} ms  runbook mutate, {MUTANTS} mutants de ce dépôt par le contrôle seul (une fois)")
    bash, many, one = list(times.values())[:3]
    print(f"{(many - one - bash) / (COMMANDS - 1):9.3f} ms  par commande, au-delà de bash")


def _site(root: Path) -> Path:
    (root / "docs").mkdir(parents=True, exist_ok=True)
    (root / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    blocks = "".join(f"```bash\necho {number}\n```\n\n" for number in range(COMMANDS))
    (root / "docs" / "index.md").write_text(f"---\nexecution: {{cible: here}}\n---\n{blocks}", encoding="utf-8")
    return root


def _shell(root: Path, count: int) -> None:
    folder = root / "shell"
    folder.mkdir(exist_ok=True)
    with Shell(folder, root, dict(os.environ), 1 << 20) as shell:
        for number in range(count):
            shell.run(f"echo {number}", 10)


def _run(command: list[str]) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _median(action: Callable[[], object], rounds: int) -> float:
    samples = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        samples.append((time.perf_counter() - started) * 1000)
    return statistics.median(samples)


main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
