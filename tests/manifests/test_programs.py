"""Would the shell programs that ConfigMaps carry run, and do backups that are not whole stay out?"""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from .test_options import OPTIONS, objects

PROGRAMS = [
    (one["metadata"]["name"], name, text)
    for folder in OPTIONS
    for one in objects(folder)
    if one["kind"] == "ConfigMap"
    for name, text in one["data"].items()
    if name.endswith(".sh")
]
DATA = Path(__file__).parents[2] / "k8s/options/donnees/programmes.yaml"


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program[1])
def test_shellcheck_finds_nothing_in_a_program_of_a_configmap(program):
    checked = subprocess.run(
        ["shellcheck", "--shell=bash", "-"], input=program[2], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("fault", ["none", "absent", "without a checksum", "changed", "unreadable"])
def test_a_backup_that_is_not_whole_reaches_no_database(tmp_path, fault):
    """The program itself, with stand-ins for PostgreSQL's: what it would have changed is in `touched`."""
    touched, programs, backups = tmp_path / "touched", tmp_path / "bin", tmp_path / "backups"
    programs.mkdir()
    backups.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("essai")
    (backups / "datapress-1.dump").write_text("contenu")
    digest = subprocess.check_output(["sha256sum", "datapress-1.dump"], cwd=backups, text=True)
    (backups / "datapress-1.dump.sha256").write_text(digest)
    match fault:
        case "absent":
            (backups / "datapress-1.dump").unlink()
        case "without a checksum":
            (backups / "datapress-1.dump.sha256").unlink()
        case "changed":
            (backups / "datapress-1.dump").write_text("contenU")
    reads = "exit 1" if fault == "unreadable" else "exit 0"
    for name, body in {
        "pg_isready": "exit 0",
        "psql": f"echo psql >>{touched}; echo 3",
        "pg_restore": f"case $1 in --file=*) {reads} ;; *) echo restore >>{touched} ;; esac",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    program = yaml.safe_load(DATA.read_text())["data"]["restaurer.sh"]
    environ = {"PATH": f"{programs}:{os.environ['PATH']}", "DOSSIER": str(backups), "SAUVEGARDE": ""}

    ended = subprocess.run(
        ["bash", "-c", program.replace("/run/secrets/datapress/ADMIN_PASSWORD", str(secret))],
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (ended.returncode == 0) == touched.exists() == (fault == "none")
    assert fault == "none" or ended.stderr.startswith("restauration refusée, rien n'est changé")


def test_a_backup_that_finds_no_room_leaves_the_kept_ones_and_removes_those_beyond_their_number(tmp_path):
    programs, backups = tmp_path / "bin", tmp_path / "backups"
    programs.mkdir()
    backups.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("essai")
    for day in (1, 2, 3):
        (backups / f"datapress-{day}.dump").write_text(f"jour {day}")
        (backups / f"datapress-{day}.dump.sha256").write_text("empreinte")
    full = "echo début >.en-cours; echo 'pg_dump: error: No space left on device' >&2; exit 1"
    for name, body in {"pg_isready": "exit 0", "pg_dump": full}.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    program = yaml.safe_load(DATA.read_text())["data"]["sauvegarder.sh"]
    for there, here in {"/run/secrets/datapress/ADMIN_PASSWORD": secret, "/sauvegardes": backups}.items():
        program = program.replace(there, str(here))

    ended = subprocess.run(
        ["bash", "-c", program],
        env={"PATH": f"{programs}:{os.environ['PATH']}", "GARDER": "2"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode != 0
    assert "No space left on device" in ended.stderr
    assert sorted(path.name for path in backups.glob("*.dump")) == ["datapress-2.dump", "datapress-3.dump"]
    assert [(backups / f"datapress-{day}.dump").read_text() for day in (2, 3)] == ["jour 2", "jour 3"]
    assert not (backups / ".en-cours").exists()
