"""What a person names is what is meant: pages, folders, patterns, a line, a tag."""

import json
from pathlib import Path

import pytest

from runbook.errors import RunbookError
from runbook.reading.blocks import blocks_of
from runbook.reading.content import PageBlocks
from runbook.reading.pages import read_site
from runbook.reading.selection import Selection, select
from runbook.settings import load
from tests.engine.runs import command_line

PAGE = """---
tags: [astreinte, api]
execution: {cible: here}
---
```bash
echo one
```

``` { .bash data-cible="away" }
echo elsewhere
```

```bash
echo two
```

```text title="Résultat attendu"
two
```

Prose.

```bash
echo three
```

``` { .bash data-nettoyage="oui" }
echo clean
```
"""


@pytest.fixture
def site(make_site) -> tuple[Path, list[PageBlocks]]:
    root = make_site(a=PAGE, b="---\ntags: api\nexecution: {cible: here}\n---\n```bash\necho b\n```\n", c="# C\n")
    (root / "docs" / "deep").mkdir()
    (root / "docs" / "deep" / "d.md").write_text("---\nexecution: {cible: here}\n---\n```bash\necho d\n```\n")
    settings = load(root)
    return root, blocks_of(read_site(root, settings.site), settings)


def chosen(site: tuple[Path, list[PageBlocks]], *asked: str, tags: tuple[str, ...] = ()) -> list[str]:
    root, found = site
    return sorted(select(found, root, asked, tags).chosen)


def test_pages_folders_and_patterns_are_named_from_the_root_the_docs_or_here(site, monkeypatch) -> None:
    assert chosen(site, "docs/a.md") == chosen(site, "a.md") == ["docs/a.md"]
    assert chosen(site, "docs/deep") == chosen(site, "deep/") == chosen(site, "docs/*/d.md") == ["docs/deep/d.md"]
    assert chosen(site, "docs") == chosen(site, ".") == ["docs/a.md", "docs/b.md", "docs/c.md", "docs/deep/d.md"]
    assert chosen(site, str(site[0] / "docs" / "b.md")) == ["docs/b.md"]
    monkeypatch.chdir(site[0] / "docs" / "deep")
    assert chosen(site, "d.md") == ["docs/deep/d.md"]


def test_tags_narrow_what_is_named(site) -> None:
    assert chosen(site, tags=("api",)) == ["docs/a.md", "docs/b.md"]
    assert chosen(site, "docs/b.md", "docs/c.md", tags=("astreinte", "api")) == ["docs/b.md"]


@pytest.mark.parametrize("line", [13, 14, 18, 19])
def test_a_line_means_its_block_what_makes_it_possible_and_the_clean_ups(site, line: int) -> None:
    selection: Selection = select(site[1], site[0], [f"docs/a.md:{line}"], ())
    (page,) = (page for page in selection.pages if page.page.path == "docs/a.md")
    assert [block.code for block in page.blocks] == ["echo one", "echo two", "echo clean"]
    assert [block.line for block in page.blocks if selection.holds("docs/a.md", block.line)] == [13]
    assert selection.holds("docs/a.md", 18)
    assert not selection.holds("docs/b.md", 5)


@pytest.mark.parametrize(
    ("asked", "tags", "said"),
    [
        ("docs/z.md", (), "docs/z.md : page absente du site"),
        ("docs/a.md:21", (), "docs/a.md:21 : aucun bloc de commandes à cette ligne ; le suivant est à la ligne 23"),
        ("docs/a.md:99", (), "aucun ne suit"),
        ("docs/a.md", ("nowhere",), "étiquette « nowhere » absente du site ; étiquettes : api, astreinte"),
        ("docs/c.md", ("api",), "aucune des pages nommées ne les porte"),
    ],
)
def test_what_is_nowhere_is_said(site, asked: str, tags: tuple[str, ...], said: str) -> None:
    with pytest.raises(RunbookError) as caught:
        select(site[1], site[0], [asked], tags)
    assert said in str(caught.value)


def test_every_verb_that_speaks_of_pages_takes_them(site) -> None:
    root = site[0]
    listed = command_line(root, "list", "docs/a.md:14").stdout
    assert listed == "docs/a.md:13  here  echo two\n"
    planned = command_line(root, "plan", "docs/a.md:14").stdout
    assert [word in planned for word in ("echo one", "echo two", "echo three", "elsewhere")] == [
        True,
        True,
        False,
        False,
    ]
    ran = command_line(root, "run", "--tag", "astreinte").stdout
    assert ("echo one" in ran, "echo b" in ran) == (True, False)
    told = command_line(root, "report", "docs/a.md:14", "--json").stdout
    assert [step["line"] for one in json.loads(told)["campaigns"] for step in one["steps"]] == [13]
    nothing = command_line(root, "report", "b.md")
    assert (nothing.returncode, "aucune exécution enregistrée de ces pages" in nothing.stderr) == (2, True)


def test_a_part_of_a_page_renews_no_proof(site) -> None:
    root = site[0]
    assert command_line(root, "run", "docs/a.md").returncode == 0
    before = (root / ".runbook" / "record.json").read_bytes()
    ran = command_line(root, "run", "docs/a.md:14")
    assert (ran.returncode, "echo three" in ran.stdout) == (0, False)
    assert (root / ".runbook" / "record.json").read_bytes() == before


def test_a_check_of_a_page_says_what_is_wrong_there_alone(site) -> None:
    root = site[0]
    for name in ("b", "c"):
        (root / "docs" / f"{name}.md").write_text("---\nexecution: {cible: here}\n---\n```fish\nls\n```\n")
    ran = command_line(root, "check", "docs/b.md")
    assert (ran.returncode, [line.split(":")[0] for line in ran.stdout.splitlines()]) == (1, ["docs/b.md"])
