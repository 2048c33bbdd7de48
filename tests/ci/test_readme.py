"""Is everything that the README names really there, and said as the code says it?"""

import os
import re
import tomllib

import pytest

from runbook.cli import EXIT_INTERRUPTED, EXIT_MISUSE
from runbook.reporting.terminal import SIGNS

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["runbook"]
PATH = re.compile(r"(?:\.?[\w-]+/)+[\w.-]*|[\w-]+\.(?:ya?ml|toml|md)")
# What the scripts make, which a clean clone does not hold.
MADE = {".venv"}


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL).group(1)


def named_paths():
    prose = re.sub(r"^````.*?^````$|^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    spans = [word for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose) for word in span.split()]
    tree = re.search(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL).group(1)
    listed = [line.split()[0] for line in tree.splitlines()]
    shown = re.findall(r"\S+/\S+", "\n".join(re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)))
    return sorted({word for word in [*spans, *listed, *shown] if PATH.fullmatch(word) and word not in MADE})


@pytest.mark.parametrize("path", named_paths())
def test_a_path_that_it_names_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    "script",
    [path for path in named_paths() if re.fullmatch(r"scripts/[a-z]+|\.ci/run", path) and not (ROOT / path).is_dir()],
)
def test_a_script_that_it_names_can_be_run(script):
    assert os.access(ROOT / script, os.X_OK)


def test_the_check_of_paths_sees_them():
    assert {"scripts/demo", "scripts/test", ".ci/run", "k8s/options/kind/cluster.yaml", "pyproject.toml"} <= set(
        named_paths()
    )


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)", README))
def test_a_link_leads_to_a_file(link):
    assert (ROOT / link).is_file()


def test_it_opens_with_a_summary_in_english_then_speaks_french():
    title, summary, french = README.split("\n\n")[:3]

    assert title.startswith("# ")
    assert summary.startswith("> **In English.** ")
    assert french.startswith("La plateforme d'indicateurs de DataPress")


def test_it_gives_the_targets_that_ci_requires():
    rows = re.findall(r"^\| `(\w+)` \|", section("Ce qui est exécuté, et où"), re.MULTILINE)
    required = re.search(r"--require (\S+)", (ROOT / ".ci/run").read_text(encoding="utf-8")).group(1).split(",")

    assert rows == required[:-1]
    assert set(rows) <= set(SETTINGS["targets"])


def test_it_names_the_contexts_that_pages_may_touch():
    sentence = re.search(r"seuls les contextes (.*) sont admis", README).group(1)

    assert re.findall(r"`([^`]+)`", sentence) == SETTINGS["targets"]["recette"]["contexts"]


def test_it_gives_the_addresses_of_what_the_demonstration_serves():
    served = re.search(r"runbook serve (.+)", (ROOT / "scripts/demo").read_text(encoding="utf-8")).group(1).split()
    ports = {port for name in served for port in SETTINGS["services"][name]["ports"]}

    assert set(re.findall(r"<http://localhost:(\d+)>", README)) == set(map(str, ports))


def test_it_names_every_port_that_must_be_free():
    ports = {str(port) for service in SETTINGS["services"].values() for port in service["ports"]}

    assert set(re.findall(r"\d{4,5}", re.search(r"les ports (.*) libres", README).group(1))) == ports


def test_it_explains_every_outcome_by_its_sign():
    table = section("Lire le verdict")

    assert [f"{sign} {outcome}" for outcome, (sign, _) in SIGNS.items() if f"{sign} {outcome}" not in table] == []


def test_it_gives_the_exit_statuses():
    given = re.search(r"Code de sortie.*: (.*)", section("Lire le verdict")).group(1)

    assert re.findall(r"\d+", given) == ["0", "1", str(EXIT_MISUSE), str(EXIT_INTERRUPTED)]
