"""A disk that is really full: a tiny tmpfs mounted for the command alone,
which must say so and leave nothing half written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.runs import fence

UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
FULL = "No space left on device"


@pytest.fixture(scope="module", autouse=True)
def may_mount() -> None:
    ran = subprocess.run(
        [*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        pytest.skip(f"no small file system can be mounted here: {ran.stderr.strip()}")


def on_a_full_disk(
    root: Path, place: Path, first: str, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run the engine where `place` is a disk of 256 kB, after the command `first`;
    what `place` holds is listed after it."""
    place.mkdir(exist_ok=True)
    script = f'''
        mount -t tmpfs -o size=256k tmpfs "{place}" && cp -a "$KEPT/." "{place}" 2>/dev/null
        {first}
        "$@"; status=$?
        ls -A "{place}" >&2; cp -a "{place}/." "$AFTER"; exit $status
    '''
    (root / "kept").mkdir(exist_ok=True)
    (root / "after").mkdir()
    environment = {**os.environ, "GITHUB_ACTIONS": "", "KEPT": str(root / "kept"), "AFTER": str(root / "after"), **env}
    command = [
        *UNSHARE,
        "bash",
        "-c",
        script,
        "bash",
        sys.executable,
        "-m",
        "runbook",
        "--root",
        str(root),
        "run",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


def fill(place: Path) -> str:
    return f'head -c 1M /dev/zero >"{place}/fill" 2>/dev/null'


def test_where_the_page_writes_the_command_fails_with_its_own_words(make_site, tmp_path: Path) -> None:
    root = make_site(index=fence("head -c 1M /dev/zero >work/big") + fence("touch ran"))
    ran = on_a_full_disk(root, tmp_path / "work", "true", "docs/index.md")
    assert ran.returncode == 1
    assert FULL in ran.stdout
    assert "docs/index.md:5" in ran.stdout
    assert not (root / "ran").exists()


def test_where_the_run_keeps_its_files_it_is_a_fault_and_the_rest_is_not_run(make_site, tmp_path: Path) -> None:
    place = tmp_path / "temporary"
    root = make_site(
        index=fence(f"{fill(place)} || true") + fence("touch ran") + fence("touch cleaned", 'data-nettoyage="oui"')
    )
    ran = on_a_full_disk(root, place, "true", "docs/index.md", TMPDIR=str(place))
    assert ran.returncode == 1
    assert f"here : [Errno 28] {FULL}" in ran.stdout
    assert "Traceback" not in ran.stderr
    assert not (root / "ran").exists()
    assert not list((root / "after").glob("runbook-*"))


@pytest.mark.parametrize("arguments", [[], ["--junit", "{place}/junit.xml"]])
def test_where_the_record_goes_the_run_fails_and_the_record_before_stays_whole(
    make_site, tmp_path: Path, arguments: list[str]
) -> None:
    place = tmp_path / "records"
    root = make_site(index=fence("echo done", "", "done"))
    subprocess.run(
        [sys.executable, "-m", "runbook", "--root", str(root), "run", "docs/index.md", "--record", str(root / "kept")],
        capture_output=True,
        timeout=60,
        check=True,
    )
    before = (root / "kept" / "record.json").read_bytes()
    asked = [word.format(place=place) for word in arguments]
    ran = on_a_full_disk(root, place, fill(place), "docs/index.md", "--record", str(place), *asked)
    assert ran.returncode == 1
    assert "vérifié                  1" in ran.stdout
    assert f"{place / 'record.json'} : {FULL}" in ran.stdout
    assert "Traceback" not in ran.stderr
    assert sorted(path.name for path in (root / "after").iterdir()) == [".lock", "fill", "record.json"]
    assert (root / "after" / "record.json").read_bytes() == before


def test_a_report_that_nobody_can_read_is_no_success(make_site) -> None:
    root = make_site(index=fence("true"))
    command = [sys.executable, "-m", "runbook", "--root", str(root), "run", "docs/index.md"]
    for output in ("/dev/full", "closed"):
        if output == "closed":
            reader, writer = os.pipe()
            os.close(reader)
        else:
            writer = os.open(output, os.O_WRONLY)
        try:
            ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
        finally:
            os.close(writer)
        assert ran.returncode == 1
        assert "Traceback" not in ran.stderr
