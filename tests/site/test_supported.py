"""Are the supported versions read as they are written, and is what could not be read refused?"""

import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml

from macros.sources import SourceError
from macros.supported import FILE, read_supported

ROOT = Path(__file__).parents[2]
TEXT = """
kubernetes:
  - {version: "1.35", fin: 2027-02-28, source: "https://exemple.fr/35", noeud: "node:35"}
  - {version: "1.37", fin: 2027-10-28, source: "https://exemple.fr/37", noeud: "node:37"}
docker: [{version: "26.1", fin: 2028-08-09, source: "https://exemple.fr/d", note: par Debian}]
compose: [{version: "2.26", fin: null, source: "https://exemple.fr/c"}]
kind: [{version: "0.33.0", fin: null, source: "https://exemple.fr/k"}]
"""


def test_a_range_and_its_dates_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "versions.yaml").write_text(TEXT)
    supported = read_supported(tmp_path / "versions.yaml")
    assert (supported.span("kubernetes"), supported.span("kind")) == ("1.35 à 1.37", "0.33.0")
    rows = supported.table().splitlines()
    assert "| Kubernetes | 1.35 | 28 février 2027 | [annonce](https://exemple.fr/35) |" in rows
    assert "| Docker Engine | 26.1 | 9 août 2028, par Debian | [annonce](https://exemple.fr/d) |" in rows
    assert "| kind | 0.33.0 | fin non annoncée | [annonce](https://exemple.fr/k) |" in rows


@pytest.mark.parametrize(
    ("old", "new"), [("fin: 2027-02-28", "fin: bientôt"), ("fin: null", "end: null"), ("kind: [", "minikube: [")]
)
def test_a_file_of_another_shape_is_refused_by_its_name(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "versions.yaml").write_text(TEXT.replace(old, new))
    with pytest.raises(SourceError, match=r"versions\.yaml : "):
        read_supported(tmp_path / "versions.yaml")


def test_the_script_gives_the_pipeline_the_two_ends_of_the_range() -> None:
    kubernetes = yaml.safe_load((ROOT / FILE).read_text())["kubernetes"]
    asked = ("oldest", "newest", "kind", "")
    answers = [
        subprocess.run([ROOT / "scripts/versions", *filter(None, [it])], check=False, capture_output=True, text=True)
        for it in asked
    ]
    assert [it.stdout.strip() for it in answers[:2]] == [kubernetes[0]["noeud"], kubernetes[-1]["noeud"]]
    assert [it.returncode for it in answers] == [0, 0, 0, 2]
    assert answers[-1].stderr.startswith("usage")


def test_kubernetes_comes_oldest_first_each_with_its_end_and_its_node_image() -> None:
    supported = read_supported(ROOT / FILE)
    ends = [it.fin for it in supported.kubernetes]
    assert None not in ends
    assert ends == sorted(ends, key=lambda it: it or date.max)
    assert all(it.noeud.startswith(f"kindest/node:v{it.version}.") for it in supported.kubernetes)
