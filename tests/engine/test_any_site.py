"""A site that nobody wrote for this engine is read as it is:
no settings, missing plugins, plain fences, pages at fault."""

import json
import subprocess
from pathlib import Path

import pytest

from runbook.errors import SettingsError
from runbook.plan import make_plan
from runbook.reading.blocks import blocks_of
from runbook.reading.content import PageBlocks
from runbook.reading.pages import read_site
from runbook.reporting import fingerprints
from runbook.settings import Settings, load
from tests.engine.conftest import SETTINGS, SITE
from tests.engine.runs import command_line

PLAIN = "site_name: Plain\ntheme: readthedocs\n"
MACROS = "site_name: M\ntheme: readthedocs\nmarkdown_extensions: [pymdownx.superfences]\nplugins: [macros]\n"


def blocks(root: Path) -> list[PageBlocks]:
    settings = load(root)
    return blocks_of(read_site(root, settings.site), settings)


def bare(root: Path, site: str = PLAIN, **pages: str) -> Path:
    """A repository that holds a site and nothing else."""
    (root / "docs").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(site, encoding="utf-8")
    for name, text in pages.items():
        (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    return root


def test_without_settings_pages_are_listed_and_checked_and_nobody_is_at_fault(tmp_path: Path) -> None:
    root = bare(tmp_path / "site", index="```bash\nls\n```\n\n```fish\nls\n```\n\n```sh\nbuild\n└── hello\n```\n")
    listed = command_line(root, "list")
    assert (listed.returncode, listed.stdout.splitlines()) == (
        0,
        ["docs/index.md:1  indécis  ls", "docs/index.md:5  indécis  ls", "docs/index.md:9  indécis  build …"],
    )
    assert "indécis : 1 × langage « fish »" in listed.stderr
    checked = command_line(root, "check")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_what_the_engine_keeps_is_not_for_git(tmp_path: Path) -> None:
    root = bare(tmp_path / "site", index="```bash\nls\n```\n")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    assert command_line(root, "list").returncode == 0
    status = subprocess.run(["git", "-C", str(root), "status", "--short"], capture_output=True, text=True, check=True)
    assert ".runbook" not in status.stdout


def test_the_only_site_of_a_repository_is_found_and_one_of_several_is_asked_for(tmp_path: Path) -> None:
    bare(tmp_path / "handbook")
    assert load(tmp_path).site == "handbook/mkdocs.yml"
    bare(tmp_path / "other")
    with pytest.raises(SettingsError, match=r"handbook/mkdocs\.yml, other/mkdocs\.yml\) ; en choisir un : --site"):
        load(tmp_path)
    listed = command_line(tmp_path, "--site", "other/mkdocs.yml", "list")
    assert (listed.returncode, listed.stderr) == (0, "")


def test_what_is_not_installed_is_said_and_left_out(tmp_path: Path) -> None:
    site = """
site_name: S
theme: {name: nowhere-theme}
plugins: [nowhere-plugin, search]
hooks: [hook.py]
markdown_extensions:
  - nowhere_extension
  - pymdownx.superfences:
      custom_fences: [{name: mermaid, class: mermaid, format: !!python/name:nowhere_module.f }]
"""
    root = bare(tmp_path / "site", site, index="```bash\nls\n```\n\n```bash oops\nls\n```\n")
    (root / "hook.py").write_text("import nowhere_module\n", encoding="utf-8")
    listed = command_line(root, "list")
    assert (listed.returncode, listed.stdout) == (0, "docs/index.md:1  indécis  ls\n")
    for name in ("nowhere-theme", "nowhere-plugin", "nowhere_extension", "nowhere_module.f", "hook.py"):
        assert f"« {name} »" in listed.stderr
    assert "inconnu ici : docs/index.md:5 : « ```bash oops »" in listed.stderr  # perhaps rendered, where all is there


@pytest.mark.parametrize(
    "site",
    [
        "3",
        "- a",
        "site_name: x\nhooks: 3\n",
        "site_name: x\nnav: 3\n",
        "site_name: x\ndocs_dir: nowhere\n",
        "a: [\n",
        "INHERIT: x\n",
    ],
)
def test_settings_that_are_none_are_refused_in_one_line(tmp_path: Path, site: str) -> None:
    root = bare(tmp_path / "site", site)
    with pytest.raises(SettingsError, match=r"\Amkdocs\.yml : MkDocs refuse le site : .+\Z"):
        read_site(root, "mkdocs.yml")


def test_a_site_that_runs_has_to_be_read_whole(make_site) -> None:
    ran = command_line(make_site(site=SITE + "plugins: [nowhere]\n", index="```bash\ntrue\n```\n"), "list")
    assert (ran.returncode, "greffon « nowhere » absent d'ici" in ran.stderr) == (2, True)


def test_a_plugin_that_fails_before_any_page_is_left_out_unless_it_writes_into_pages(tmp_path: Path) -> None:
    root = bare(tmp_path / "site", PLAIN + "hooks: [hook.py]\n", index="```bash\nls\n```\n")
    failing = "def on_files(files, config):\n    raise ValueError('no network')\n"
    (root / "hook.py").write_text(failing, encoding="utf-8")
    site = read_site(root, "mkdocs.yml")
    assert "no network" in site.unknown[0]
    assert len(blocks(root)[0].blocks) == 1
    writing = f"{failing}def on_page_markdown(markdown, **_):\n    return ''\n"
    (root / "hook.py").write_text(writing, encoding="utf-8")
    with pytest.raises(SettingsError, match="no network"):
        read_site(root, "mkdocs.yml")
    (root / "hook.py").write_text(writing.replace("ValueError", "ImportError"), encoding="utf-8")
    site = read_site(root, "mkdocs.yml")  # what is not installed here is nobody's fault
    assert ("no network" in site.unknown[0], site.pages[0].refused) == (True, None)


def test_an_extension_that_a_plugin_adds_and_that_lacks_a_module_is_left_out(tmp_path: Path) -> None:
    root = bare(tmp_path / "site", PLAIN + "hooks: [hook.py]\n", index="```bash\nls\n```\n")
    for lacks, said in (("import nowhere_module", "No module named"), ("open('/nowhere')", "No such file")):
        lacking = HOOK.replace("        return lines", f"        {lacks}\n        return lines")
        (root / "hook.py").write_text(lacking, encoding="utf-8")
        assert "« Stumbling » absente d'ici" in (told := read_site(root, "mkdocs.yml").unknown[0])
        assert said in told
        assert len(blocks(root)[0].blocks) == 1


def test_a_site_in_its_own_folder_is_read_where_the_plugin_that_allows_it_is_not_here(tmp_path: Path) -> None:
    root = bare(tmp_path / "site", PLAIN + "docs_dir: .\nplugins: [same-dir]\n")
    (root / "index.md").write_text("```bash\nls\n```\n", encoding="utf-8")
    assert [page.page.path for page in blocks(root)] == ["index.md"]


@pytest.mark.parametrize(
    "extensions", ["", "markdown_extensions: [attr_list]\n", "markdown_extensions: [codehilite]\n"]
)
def test_plain_fenced_code_is_read_with_its_lines_and_attributes(make_site, extensions: str) -> None:
    text = (
        '# T\n\n~~~~ .bash\necho a\n~~~\n~~~~\n\ntext\n\n``` { .bash data-non-execute="x" title="T" }\necho b\n\n```\n'
    )
    text += (
        '\n``` { .text title="Résultat attendu" }\nb\n```\n\n<!--\n```bash\nno\n```\n-->\n\n```bash {.oops\nno\n```\n'
    )
    (page,) = blocks(make_site(site=PLAIN + extensions, index=text))
    first, second = page.blocks
    assert (first.line, first.end, first.code) == (6, 9, "echo a\n~~~")
    assert (second.line, second.title, second.not_run, second.code) == (13, "T", "x", "echo b\n")
    assert second.expected
    assert (second.expected.line, second.expected.text, second.end) == (19, "b", 20)
    assert page.problems[0].line == 28


def test_attributes_are_obeyed_where_the_site_shows_nothing_of_them(make_site) -> None:
    site = "site_name: S\ntheme: readthedocs\nmarkdown_extensions: [pymdownx.superfences]\n"
    (page,) = blocks(make_site(site=site, index='``` { .bash data-non-execute="dangereux" }\nrm -rf x\n```\n'))
    assert (page.blocks[0].not_run, page.problems) == ("dangereux", ())


BROKEN = {
    "encoding": ("café\n".encode("latin-1"), "n'est pas en UTF-8", 1),
    "macro": (b"# T\n\n{{ nothing.at_all() }}\n", "'nothing' is undefined", 3),
    "quoted": (b"# T\n\n\n```yaml\nimage: {{ .Values.image }}\n```\n", "macro en échec", 5),
    "snippet": (b'# T\n\n--8<-- "nowhere.md"\n', "extrait absent", 3),
    "extension": (b"```bash\nstumble\n```\n", "Markdown en échec sur cette page : KeyError : 'y'", 1),
    "head": (b"---\ntitle: a: b\nexecution: {non_execute: x}\n---\n```bash\nrm x\n```\n", "ni ce que « execution »", 1),
    "plugin": (b"---\ntitle: T\n---\nfail here\n", "greffon « hook.py » en échec sur cette page : KeyError", 1),
}


HOOK = """
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Stumbling(Extension, Preprocessor):
    def extendMarkdown(self, md):
        md.preprocessors.register(self, "stumbling", 100)
    def run(self, lines):
        return lines if "stumble" not in lines else {}["y"]

def on_config(config):
    config.markdown_extensions.append(Stumbling())

def on_page_markdown(markdown, **_):
    if "fail here" in markdown:
        raise KeyError("x")
"""


@pytest.mark.parametrize("fault", BROKEN)
def test_a_page_that_cannot_be_read_is_refused_by_name_and_the_others_run(make_site, fault: str) -> None:
    content, said, line = BROKEN[fault]
    site = SITE + "plugins: [macros]\nhooks: [hook.py]\n"
    root = make_site(site=site, good="```bash\necho good\n```\n")
    (root / "docs" / "bad.md").write_bytes(content)
    (root / "hook.py").write_text(HOOK, encoding="utf-8")
    good, bad = sorted(blocks(root), key=lambda page: page.page.path == "docs/bad.md")
    assert [block.code for block in good.blocks] == ["echo good"]
    (problem,) = bad.problems
    assert (problem.path, problem.line, said in problem.cause) == ("docs/bad.md", line, True), problem
    if fault == "quoted":
        assert "{% raw %}…{% endraw %}" in problem.remedy


def test_a_refused_page_fails_the_run_of_the_others_and_is_in_every_list(make_site) -> None:
    root = make_site(
        bad='``` { .bash data-delai="vite" }\necho bad\n```\n',
        after="---\nexecution: {cible: here, apres: [bad.md]}\n---\n```bash\necho after\n```\n",
        good="```bash\necho good\n```\n",
    )
    plan = make_plan(blocks(root), load(root), {})
    assert [(one.path, one.line) for one in plan.refused] == [("docs/after.md", 1), ("docs/bad.md", 4)]
    assert [step.reason for step in plan.steps if step.block.page == "docs/after.md"] == [
        "page refusée : ligne 1 : « execution.apres » nomme bad.md, qui est refusée"
    ]
    listed = command_line(root, "list", "--json")
    assert (listed.returncode, [(entry["page"], entry["mode"]) for entry in json.loads(listed.stdout)]) == (
        1,
        [
            ("docs/after.md", "non exécuté"),
            ("docs/good.md", "exécuter"),
            ("docs/after.md", "refusé"),
            ("docs/bad.md", "refusé"),
        ],
    )
    ran = command_line(root, "run")
    assert ran.returncode == 1
    assert 'docs/bad.md:4 : data-delai="vite"' in ran.stdout
    assert "1" in next(line for line in ran.stdout.splitlines() if "exécuté, sans assertion" in line)


def test_what_nobody_can_read_is_refused_in_json_where_json_is_asked_for(make_site) -> None:
    ran = command_line(make_site(site="site_name: [S\n", index="x\n"), "list", "--json")
    assert (ran.returncode, "MkDocs refuse le site" in json.loads(ran.stdout)["error"]) == (2, True)


def test_a_name_that_no_macro_defines_is_an_error_in_a_command_alone(make_site) -> None:
    page = "{{ prose }}\n\n```bash\necho {{ known }}\n```\n\n```bash\ntrue\necho {{ unknown }}\n```\n"
    (found,) = blocks(make_site(site=MACROS + "extra: {known: 1}\n", index=page))
    (problem,) = found.problems
    assert (problem.line, "« unknown » non définie" in problem.cause) == (12, True)


def test_the_settings_give_a_place_to_pages_that_name_none_and_front_matter_overrides_it(make_site) -> None:
    settings = SETTINGS.replace("deadline = 5", 'deadline = 5\ndefault_target = "here"')
    root = make_site(
        settings=settings,
        a="---\ntitle: A\n---\n```bash\ntrue\n```\n",
        b="---\nexecution: {cible: away}\n---\n```bash\ntrue\n```\n",
        c="---\nexecution: {non_execute: trop long}\n---\n```bash\ntrue\n```\n",
    )
    found = [page.blocks[0] for page in blocks(root)]
    assert [(block.target, block.not_run) for block in found] == [("here", None), ("away", None), ("here", "trop long")]
    (root / "pyproject.toml").write_text(settings.replace('"here"', '"nowhere"', 1), encoding="utf-8")
    with pytest.raises(SettingsError, match="default_target « nowhere » inconnue ; cibles décrites : here, away"):
        load(root)


def test_the_tests_of_a_repository_that_describes_no_target_are_none_of_ours(tmp_path: Path) -> None:
    root = bare(tmp_path / "site", index="```bash\nls\n```\n")
    assert load(root) == Settings(site="mkdocs.yml")


def test_front_matter_is_closed_as_mkdocs_has_it_closed(make_site, tmp_path: Path) -> None:
    def commands_of(text: str) -> dict[str, str]:
        (tmp_path / "page.md").write_text(text, encoding="utf-8")
        return fingerprints.commands(tmp_path, ["page.md"])

    head = "--- \ntitle: T\nexecution: {cible: here}\n---  \n"
    (page,) = blocks(make_site(index=f"{head}# T\n\n```bash\ntrue\n```\n"))
    assert (page.page.title, page.blocks[0].line, page.problems) == ("T", 7, ())
    assert commands_of(f"{head}```bash\na\n```\n") != commands_of(f"{head}```bash\nb\n```\n")
    assert commands_of(f"{head}prose\n") == commands_of(f"{head}other prose\n")
