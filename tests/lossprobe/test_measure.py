"""When does a measurement end, and what is then worth something?"""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from lossprobe import background
from lossprobe.measure import ProbeError

ROOT = Path(__file__).parents[2]

Sonde = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the probe leaves its files."""
    return tmp_path / "sonde"


def test_a_signal_ends_the_measurement_with_its_result(server: Callable[..., Any], folder: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with _measuring(server().url, folder) as probe:
            _first_answers(probe.stdout)
            probe.send_signal(number)
            table, errors = probe.communicate(timeout=20)
        assert (probe.returncode, errors) == (0, "")
        assert "arrêt\u00a0: demandé\n" in table
        assert _summary(folder)["complet"] is True


def test_the_stop_file_ends_the_measurement(server: Callable[..., Any], folder: Path) -> None:
    with _measuring(server().url, folder) as probe:
        _first_answers(probe.stdout)
        assert (folder / "pret").exists()
        (folder / "fin").touch()
        table, _ = probe.communicate(timeout=20)
    assert probe.returncode == 0
    assert "arrêt\u00a0: demandé\n" in table


def test_what_an_earlier_measurement_left_does_not_end_the_next_one(
    server: Callable[..., Any], folder: Path, sonde: Sonde
) -> None:
    folder.mkdir()
    (folder / "fin").touch()
    sonde("mesurer", server().url, "--dossier", folder, "--duree=0.3")
    assert _summary(folder)["arret"] == "durée prévue"


def test_it_is_not_ready_before_every_caller_had_a_good_answer(
    server: Callable[..., Any], folder: Path, sonde: Sonde
) -> None:
    lost = sonde("mesurer", server(every=1, fault=lambda *_: None).url, "--dossier", folder, "--duree=0.3")
    assert not (folder / "pret").exists()
    assert "premières réponses" not in lost.stdout


def test_a_limit_on_requests_makes_the_measurement_incomplete(
    server: Callable[..., Any], folder: Path, sonde: Sonde
) -> None:
    it = server()
    ended = sonde("mesurer", it.url, "--dossier", folder, "--maximum=12", "--pause=1")
    assert ended.returncode == 1
    assert it.received <= 12
    assert "mesure incomplète, la sonde s'est arrêtée d'elle-même (limite de 12 requêtes)" in ended.stdout


@pytest.mark.promesse("mesure")
def test_too_few_requests_prove_nothing(server: Callable[..., Any], folder: Path, sonde: Sonde) -> None:
    ended = sonde("mesurer", server().url, "--dossier", folder, "--duree=0.3", "--minimum=100000")
    assert ended.returncode == 1
    assert "mesure trop courte" in ended.stdout


def test_a_probe_in_the_background_measures_until_it_is_stopped(
    server: Callable[..., Any], folder: Path, sonde: Sonde
) -> None:
    it = server()
    started = sonde("demarrer", it.url, "--dossier", folder, "--pause=5")
    assert started.stdout == f"sonde\u00a0: premières réponses reçues de {it.url}\n"
    assert started.returncode == 0
    second = sonde("demarrer", it.url, "--dossier", folder)
    assert (second.returncode, second.stdout) == (2, "")
    assert "une sonde tourne déjà" in second.stderr
    stopped = sonde("arreter", "--dossier", folder)
    assert stopped.returncode == 0
    assert f"sonde\u00a0: {it.url}\n" in stopped.stdout
    assert "verdict\u00a0: aucune requête perdue sur" in stopped.stdout
    assert it.received == _summary(folder)["requetes"]


def test_losses_in_the_background_fail_the_stop(server: Callable[..., Any], folder: Path, sonde: Sonde) -> None:
    it = server(fault=lambda *_: None, every=9)
    assert sonde("demarrer", it.url, "--dossier", folder, "--minimum=20", "--pause=5").returncode == 0
    stopped = sonde("arreter", "--dossier", folder)
    assert stopped.returncode == 1
    assert _summary(folder)["pertes"] == it.faults > 0
    assert sonde("arreter", "--dossier", folder, "--constater").returncode == 0


def test_a_slow_machine_reaches_its_number_before_the_measurement_stops(
    server: Callable[..., Any], folder: Path, sonde: Sonde
) -> None:
    it = server()
    assert sonde("demarrer", it.url, "--dossier", folder, "--minimum=60", "--pause=50").returncode == 0
    stopped = sonde("arreter", "--dossier", folder)
    assert (stopped.returncode, "arrêt\u00a0: demandé\n" in stopped.stdout) == (0, True)
    assert all(mode["requetes"] >= 60 for mode in _summary(folder)["modes"].values())


def test_a_probe_that_ended_before_it_was_stopped_has_not_seen_everything(
    server: Callable[..., Any], folder: Path, sonde: Sonde
) -> None:
    assert sonde("demarrer", server().url, "--dossier", folder, "--pause=100", "--maximum=40").returncode == 0
    journal = folder / "journal.txt"
    background._await(lambda: "verdict" in journal.read_text(), 20)
    stopped = sonde("arreter", "--dossier", folder)
    assert stopped.returncode == 1
    assert "limite de 40 requêtes" in stopped.stdout


def test_a_probe_without_answers_is_not_left_running(server: Callable[..., Any], folder: Path) -> None:
    it = server(every=1, fault=lambda *_: None)
    with pytest.raises(ProbeError, match=r"pas de bonne réponse dans les 1 s\n(.*\n)*.*requêtes? perdue"):
        background.start([it.url, f"--dossier={folder}"], folder, patience=1)
    assert background._free(folder)


def test_stopping_what_was_not_started_says_so(folder: Path, sonde: Sonde) -> None:
    for _ in range(2):
        stopped = sonde("arreter", "--dossier", folder)
        assert stopped.returncode == 2
        assert stopped.stderr.startswith("sonde\u00a0: aucun")
        folder.mkdir(exist_ok=True)


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://localhost/"])
def test_an_address_that_is_not_http_is_refused(url: str, folder: Path, sonde: Sonde) -> None:
    refused = sonde("mesurer", url, "--dossier", folder)
    assert refused.returncode == 2
    assert refused.stderr == f"sonde\u00a0: adresse http:// ou https:// attendue, reçu «\u00a0{url}\u00a0»\n"


@pytest.mark.parametrize("option", ["--fils=0", "--delai=-1", "--pause=0", "--duree=nan", "--maximum=beaucoup"])
def test_a_setting_that_would_measure_nothing_is_refused(option: str, folder: Path, sonde: Sonde) -> None:
    refused = sonde("mesurer", "http://localhost/", "--dossier", folder, option)
    assert refused.returncode == 2
    assert option.partition("=")[0] in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_runs_from_the_files_of_its_folder_alone(server: Callable[..., Any], tmp_path: Path) -> None:
    # In the cluster these files are a ConfigMap, and nothing of the repository is there.
    programme = tmp_path / "programme/lossprobe"
    programme.mkdir(parents=True)
    for path in (ROOT / "scripts/lossprobe").glob("*.py"):
        (programme / path.name).write_bytes(path.read_bytes())
    command = [
        "python3",
        "-I",
        "-c",
        "import sys; sys.path.insert(0, '.'); import runpy; runpy.run_module('lossprobe', run_name='__main__')",
    ]
    done = subprocess.run(
        [*command, "mesurer", server().url, "--duree=0.3", f"--dossier={tmp_path}"],
        cwd=programme.parent,
        env={"PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def _measuring(url: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [ROOT / "scripts/sonde", "mesurer", url, "--dossier", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _first_answers(output: IO[str] | None) -> None:
    assert output is not None
    assert re.search("premières réponses reçues", output.readline())


def _summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "resume.json").read_text())
    return summary
