"""Step mode, as somebody on duty uses it: nothing without an answer, nothing claimed that was not done."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.conftest import SETTINGS
from tests.engine.preloaded import called
from tests.engine.runs import fence

PAGE = (
    "Read **this** first.\n\n"
    + fence("echo one; touch one", "", "one")
    + "Then that.\n\n"
    + fence("echo two >>two; wc -l <two", "", "2")
    + fence("touch three")
    + fence("touch cleaned", 'data-nettoyage="oui"')
)


def on_duty(root: Path, keys: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The page run by a person who types these keys, one a line; then the keyboard ends."""
    keyboard, terminal = pty.openpty()
    command = ["--root", str(root), "run", "docs/index.md", "--step"]
    try:
        os.write(keyboard, "".join(f"{key}\n" for key in keys).replace("\x04\n", "\x04").encode())
        return called("runbook", command, {**os.environ, **env}, keyboard=terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)


def done(root: Path) -> list[str]:
    return [name for name in ("one", "three", "cleaned", "torn-down") if (root / name).exists()]


def journal(root: Path) -> str:
    (path,) = (root / ".runbook" / "journal").iterdir()
    assert path.suffix == ".txt"
    return path.read_text(encoding="utf-8")


def test_each_step_shows_its_prose_its_command_its_output_and_what_was_expected(make_site) -> None:
    root = make_site(index=PAGE)
    ran = on_duty(root, "ororoo")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert done(root) == ["one", "three", "cleaned"]
    order = [
        "Read this first.",
        "echo one; touch one",
        "sortie :",
        "résultat attendu :",
        "vérifié",
        "Then that.",
    ]
    places = [ran.stdout.index(text) for text in order]
    assert places == sorted(places)
    assert "**" not in ran.stdout


def test_a_step_that_does_not_hold_is_done_again_or_passed_over_by_the_person_alone(make_site) -> None:
    root = make_site(index=PAGE)
    again = on_duty(root, "ooroo")  # the second step holds when it is done again
    assert (root / "two").read_text() == "two\ntwo\n"
    assert "attendu" in again.stdout
    (root / "two").unlink()
    passed = on_duty(root, "oopoo")
    assert passed.returncode == 1
    assert "Verdict : au moins une page ne dit pas vrai" in passed.stdout


@pytest.mark.parametrize("keys", ["s", "\x04", "os", "oos", "ps"])
def test_stopping_cleans_nothing_up_unasked_and_claims_nothing(make_site, keys: str) -> None:
    root = make_site(SETTINGS.replace('title = "Here"', 'title = "Here"\nteardown = ["touch torn-down"]'), index=PAGE)
    ran = on_duty(root, keys)
    assert ran.returncode == 1
    assert "cleaned" not in done(root)
    assert "torn-down" not in done(root)
    assert "les pages disent vrai" not in ran.stdout
    assert "Nettoyages en attente" in ran.stdout
    assert ran.stdout.count("touch cleaned") == 1
    assert "« touch torn-down » n'a pas été lancé" in ran.stdout
    assert not (root / ".runbook" / "record.json").exists()


def test_an_interruption_cleans_nothing_up_either(make_site) -> None:
    root = make_site(index=fence("kill -INT $PPID; touch one; tail -f /dev/null", 'data-delai="9"') + PAGE)
    ran = on_duty(root, "o")
    assert ran.returncode == 130
    assert "cleaned" not in done(root)
    assert "Arrêt demandé : aucun nettoyage n'est lancé." in ran.stdout
    assert "Nettoyages en attente" in ran.stdout
    assert "touch cleaned" in journal(root)


def test_an_empty_answer_and_one_that_was_not_offered_do_nothing(make_site) -> None:
    root = make_site(index=fence("touch one"))
    ran = on_duty(root, ["", "y", "r", "", "s"])
    assert done(root) == []
    assert ran.stdout.count("rien n'est fait sans réponse") == 4


def test_notes_and_attributes_of_the_page_are_written_for_a_terminal(make_site) -> None:
    prose = '## Title { #anchor }\n\n!!! warning "Mind"\n    The `gap`.\n\n<!-- hidden -->\n[there](x.md)\n\n'
    ran = on_duty(make_site(index=prose + fence("true")), "s")
    assert "Mind" in ran.stdout
    assert "The gap." in ran.stdout
    assert "there (x.md)" in ran.stdout
    assert not any(text in ran.stdout for text in ("!!!", "#anchor", "hidden"))


def test_a_step_passed_over_is_not_counted_as_verified(make_site) -> None:
    ran = on_duty(make_site(index=PAGE), "oppp")
    assert "1 commandes exécutées sans défaut sur 4 ; rien n'est dit des autres" in ran.stdout
    assert ran.stdout.count("(r)efaire la ligne 6,") == 2  # the last that ran, which one might not remember
    assert ran.returncode == 1


def test_the_journal_is_readable_text(make_site) -> None:
    root = make_site(index=fence("PASSWORD=correct-horse; echo $PASSWORD") + fence("true"))
    on_duty(root, "os")
    text = journal(root)
    assert "    PASSWORD=" in text
    assert "docs/index.md:4 : exécuté, sans assertion" in text
    assert "(o)ui, exécuter" in text
    assert "arrêt demandé" in text
    assert "    correct-horse" not in text


@pytest.mark.parametrize(
    "env", [{"TERM": "dumb", "COLUMNS": "40"}, {"PYTHONIOENCODING": "iso-8859-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_any_terminal_will_do(make_site, env: dict[str, str]) -> None:
    root = make_site(index=PAGE)
    command = [sys.executable, "-m", "runbook", "--root", str(root), "run", "docs/index.md", "--step"]
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, b"o\ns\n")
        ran = subprocess.run(
            command, stdin=terminal, capture_output=True, timeout=60, check=False, env={**os.environ, **env}
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert done(root) == ["one"]
