"""usage: python -m benchmark FOLDER ROUNDS"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from runbook.running.shell import Shell

COMMANDS, MUTANTS = 200, 300
SITE = "site_name: Bench\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n"
SETTINGS = '[tool.runbook.targets.here]\ntitle = "Here"\n'


@dataclass(frozen=True, slots=True)
class Cost:
    """How long something took, and how long it kept a processor busy: the latter depends less on the neighbours."""

    seconds: float
    processor: float


def main(folder: Path, rounds: int) -> None:
    """Print a table of medians in milliseconds, elapsed and computed."""
    root = _site(folder / "site")
    script, example = root / "script.sh", root / "example.md"
    script.write_text("".join(f"echo {number}\n" for number in range(COMMANDS)), encoding="utf-8")
    example.write_text(
        "".join(f"```shell\n$ echo {number}\n{number}\n```\n\n" for number in range(COMMANDS)), encoding="utf-8"
    )
    byexample = [str(folder / "venv/bin/byexample"), "-l", "shell", "--quiet", str(example)]
    runbook = [sys.executable, "-m", "runbook"]
    built = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder / "built")]
    pages = [*runbook, "--root", str(root), "run", "docs/index.md"]
    rows: list[tuple[str, Callable[[], object]]] = [
        (f"bash, un script de {COMMANDS} commandes", lambda: _run(["bash", str(script)])),
        (f"runbook, {COMMANDS} blocs dans un shell (sans lecture du site)", lambda: _shell(root, COMMANDS)),
        ("runbook, 1 bloc dans un shell", lambda: _shell(root, 1)),
        (f"runbook run, page de {COMMANDS} blocs, relue", lambda: _run(pages, forgetting=root)),
        (f"runbook run, page de {COMMANDS} blocs, inchangée", lambda: _run(pages)),
        (f"byexample, page de {COMMANDS} exemples", lambda: _run(byexample)),
        ("runbook check, ce dépôt, sans rien de retenu", lambda: _run([*runbook, "check"], True, forgetting=Path())),
        ("runbook check --no-cache, ce dépôt", lambda: _run([*runbook, "check", "--no-cache"], verdict=True)),
        ("runbook check, ce dépôt inchangé", lambda: _run([*runbook, "check"], verdict=True)),
        ("mkdocs build --strict, ce dépôt", lambda: _run(built, verdict=True)),
    ]
    load = os.getloadavg()[0]
    costs = {label: _median(action, rounds) for label, action in rows}
    print("  durée (ms)   processeur (ms)")
    for label, cost in costs.items():
        print(f"{cost.seconds * 1000:12.1f} {cost.processor * 1000:17.1f}  {label}")
    mutate = _median(lambda: _run([*runbook, "mutate", "--count", str(MUTANTS), "--seed", "1"], verdict=True), 1)
    print(
        f"{mutate.seconds * 1000:12.1f} {mutate.processor * 1000:17.1f}  runbook mutate, {MUTANTS} mutants "
        "de ce dépôt par le contrôle seul (une fois)"
    )
    bash, many, one, anew, again, byexample_run = list(costs.values())[:6]
    for name, each in (("durée", lambda cost: cost.seconds), ("processeur", lambda cost: cost.processor)):
        beyond = (each(many) - each(one) - each(bash)) / (COMMANDS - 1)
        print(f"{beyond * 1000:12.3f} ms de {name} par commande, au-delà de bash (visé : moins de 0,2)")
        for run, told in ((anew, "la page relue"), (again, "la page inchangée depuis")):
            print(
                f"{each(run) / each(byexample_run):12.2f} fois byexample en {name}, pour les mêmes "
                f"commandes et les mêmes résultats, {told}"
            )
    print(
        f"Médianes de {rounds} tours ; charge de la machine : {load:.1f} avant, {os.getloadavg()[0]:.1f} "
        f"après, pour {os.cpu_count()} processeurs."
    )


def _site(root: Path) -> Path:
    (root / "docs").mkdir(parents=True, exist_ok=True)
    (root / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    blocks = "".join(
        f'```bash\necho {number}\n```\n\n```text title="Résultat attendu"\n{number}\n```\n\n'
        for number in range(COMMANDS)
    )
    (root / "docs" / "index.md").write_text(f"---\nexecution: {{cible: here}}\n---\n{blocks}", encoding="utf-8")
    return root


def _shell(root: Path, count: int) -> None:
    with tempfile.TemporaryDirectory() as made, closing(Shell(Path(made), root, {**os.environ}, 1 << 20)) as shell:
        for number in range(count):
            shell.run(f"echo {number}", 10)


def _run(command: list[str], verdict: bool = False, forgetting: Path | None = None) -> None:
    """Run it, `forgetting` what the engine remembers of that site; it must succeed, unless its status is a verdict."""
    if forgetting:
        shutil.rmtree(forgetting / ".runbook" / "cache", ignore_errors=True)
    subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=not verdict
    )


def _median(action: Callable[[], object], rounds: int) -> Cost:
    samples = []
    for _ in range(rounds):
        before, started = _processor(), time.perf_counter()
        action()
        samples.append(Cost(time.perf_counter() - started, _processor() - before))
    return Cost(
        statistics.median(cost.seconds for cost in samples), statistics.median(cost.processor for cost in samples)
    )


def _processor() -> float:
    """Seconds that this process and its ended children have computed, the system's part included."""
    return sum(one.ru_utime + one.ru_stime for one in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
