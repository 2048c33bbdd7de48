"""Does each command of a page show what the last run made of it, and nothing else change?"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.shown_outputs import limit
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from runbook.settings import load
from sitelinks.built import broken
from tests.site.conftest import copy_sources, documented
from tests.site.records import OTHER, PAGE, ROOT, put, step

Build = Callable[[Path], Any]
TARGETS = tuple(load(ROOT).targets)
MARK = re.compile(r'<(details|div) class="proof proof--(\w+)"[^>]*>(.*?)</\1>', re.DOTALL)
PAGES_LIMIT = 400_000


def _html(built: Any, page: str) -> str:
    assert built.status == 0, built.output
    return _page(built.site, page)


def _page(site: Path, page: str) -> str:
    folder = page.removeprefix("docs/").removesuffix(".md").removesuffix("index").strip("/")
    return (site / folder / "index.html").read_text(encoding="utf-8")


def _marks(html: str) -> list[tuple[str, str]]:
    return [(kind, re.sub(r"<[^>]+>", " ", body).strip()) for _, kind, body in MARK.findall(html)]


def _blocks(page: str) -> list[Any]:
    site = read_site(ROOT, "mkdocs.yml")
    return [block for one in site.pages if one.path == page for block in find_blocks(one, site, TARGETS).blocks]


HOSTILE = '</pre><script>alert(1)</script>\n```bash\nrm -rf /\n```\n[[= inconnue =]]\n--8<-- "x"'
UNSEARCHED = "introuvable-par-la-recherche"
TOLD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"out": HOSTILE, "err": UNSEARCHED}, "verified", "vérifié sur Recette"),
    ({"on": "local", "stood_in": True}, "verified", "vérifié en local (substitut)"),
    ({"outcome": "exécuté, sans assertion"}, "executed", "exécuté, sans assertion sur Recette"),
    ({"outcome": "échoué", "reason": "reçu 503"}, "failed", "échoué sur Recette"),
    ({"outcome": "délai dépassé"}, "failed", "délai dépassé sur Recette"),
    ({"outcome": "non exécuté", "reason": "un écran", "page_reason": True}, "absent", "non exécuté\u00a0: un écran"),
    (
        {"outcome": "non exécuté", "reason": "pas de cluster"},
        "checked",
        "contrôlé sans exécution\u00a0: pas de cluster",
    ),
)
DEBUG = "docs/exploitation/deboguer.md"


def _repeated() -> str:
    codes = [block.code for block in _blocks(DEBUG)]
    (twice,) = {code for code in codes if codes.count(code) == 2 and code.startswith("kubectl rollout")}
    return twice


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Any:
    """The site after a run that met each outcome.

    The lines of its steps are wrong and their order is reversed: only page and text may bind a step to its command.
    """
    project = copy_sources(tmp_path_factory.mktemp("proven") / "copy")
    told = [
        step(**one, command=block.code, line=900 - n)
        for n, ((one, *_), block) in enumerate(zip(TOLD, _blocks(PAGE), strict=False))
    ]
    again = (step(page=DEBUG, command=_repeated(), line=line, out=f"fois {line}") for line in (80, 40))
    put(project, *reversed(told), *again, step(page=DEBUG))
    return build(project)


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Any:
    """The site after a run in which a command failed, and some of whose commands no page holds any more."""
    first, second = _blocks(PAGE)[:2]
    project = copy_sources(tmp_path_factory.mktemp("failed") / "copy")
    put(
        project,
        step(line=first.line, command=first.code, out="une sortie"),
        step(line=second.line, command=second.code, outcome="échoué", reason="attendu | reçu"),
        step(line=998, command="commande partie"),
        step(line=999, page="docs/partie.md", command="page partie"),
        step(page=OTHER, target="local", on="local"),
        exit_status=1,
    )
    return build(project)


def test_each_outcome_is_told_beside_its_own_command(proven: Any) -> None:
    commands = [block.code for block in _blocks(PAGE)]
    assert len(set(commands)) == len(commands) > len(TOLD)

    marks = _marks(_html(proven, PAGE))

    assert len(marks) == len(commands)
    for (kind, text), (_, expected_kind, expected) in zip(marks, TOLD, strict=False):
        assert (kind, text.startswith(expected)) == (expected_kind, True), text
    assert all(text.startswith("non exécuté\u00a0: commande nouvelle") for _, text in marks[len(TOLD) :])


def test_a_command_that_a_page_repeats_shows_each_of_its_runs_in_order(proven: Any) -> None:
    shown = [text for _, text in _marks(_html(proven, DEBUG)) if "fois" in text]

    assert [re.findall(r"fois \d+", text) for text in shown] == [["fois 40"], ["fois 80"]]


def test_what_a_static_check_did_not_pass_is_not_called_checked(copy: Path, build: Build) -> None:
    code = _blocks(PAGE)[0].code
    put(copy, step(command=code, outcome="non exécuté", reason="pas de cluster"), findings=["docs/a.md:3 : faux"])

    assert ("absent", "non exécuté\u00a0: pas de cluster") in _marks(_html(build(copy), PAGE))


def test_the_real_output_is_closed_escaped_named_and_reached_by_keyboard(proven: Any) -> None:
    html = _html(proven, PAGE)

    unfolding = re.findall(r'<details class="proof[^>]*>', html)
    assert unfolding
    assert not [details for details in unfolding if "open" in details]
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n```bash\nrm -rf /\n```\n[[= inconnue =]]" in html
    assert html.count('<pre class="proof__output" tabindex="0" role="region" aria-label=') == 2


def test_what_the_copy_button_copies_is_the_command_alone(proven: Any, site: Path) -> None:
    bare = re.findall(r"<pre\b[^>]*>.*?<code>.*?</code></pre>", _page(site, PAGE), re.DOTALL)

    html = _html(proven, PAGE)

    assert 'class="proof__output"' in html
    assert re.findall(r"<pre\b[^>]*><span></span>.*?<code>.*?</code></pre>", html, re.DOTALL) == bare
    assert not re.search(r'class="proof__output"[^>]*><code', html), "the theme puts a button on code alone"


def test_the_engine_reads_the_same_commands_with_and_without_a_record(copy: Path) -> None:
    def read() -> list[tuple[str, int, str]]:
        site = read_site(copy, "mkdocs.yml")
        found = [block for page in site.pages for block in find_blocks(page, site, TARGETS).blocks]
        return [(block.page, block.line, block.code) for block in found]

    before = read()
    put(copy, *(step(page=page, line=line, command=code, out="```bash\nrm\n```") for page, line, code in before))

    assert len(before) > 100
    assert read() == before


def test_proofs_stay_out_of_the_search(proven: Any) -> None:
    assert UNSEARCHED in _html(proven, PAGE)
    assert UNSEARCHED not in (proven.site / "search" / "search_index.json").read_text(encoding="utf-8")


def test_a_target_has_a_table_of_its_steps_that_leads_to_each_command(failed: Any) -> None:
    html = _html(failed, "docs/preuves/recette.md")
    rows = re.findall(r"<tr><td>(.*?)</tr>", html, re.DOTALL)

    assert len(rows) == 4
    assert rows[0].startswith(f'{_blocks(PAGE)[0].line}</td><td><a href="../../exploitation/deployer/#preuve-1">')
    (shown,) = re.findall(r'<details class="proof[^>]*>(.*?)</details>', _html(failed, PAGE), re.DOTALL)[:1]
    assert re.search(r'<p id="preuve-1">.*une sortie', shown, re.DOTALL), (
        "a browser opens what holds the place that a link leads to"
    )
    assert "échoué sur Recette" in rows[1]
    assert "attendu | reçu" in rows[1]
    assert "<p>v1.20.2</p>" in html or "<dd>v1.20.2</dd>" in html
    assert "Aucune exécution enregistrée ne porte sur la cible Compose" in _html(
        failed, "docs/preuves/compose.md"
    ).replace("\u2019", "'")


def test_a_command_that_its_page_no_longer_holds_keeps_its_row_and_leads_nowhere(failed: Any) -> None:
    rows = re.findall(r"<tr><td>(\d+)</td><td>(.*?)</td>", _html(failed, "docs/preuves/recette.md"), re.DOTALL)

    assert [cell.startswith("<a ") for _, cell in rows] == [True, True, False, False]
    assert all("n’est plus dans la page" in cell for _, cell in rows[2:])
    assert broken(failed.site) == []


def test_a_failed_run_is_told_on_the_home_page_and_in_the_proofs(failed: Any) -> None:
    assert "La dernière exécution a échoué" in _html(failed, "docs/index.md")
    assert "attendu | reçu" in _html(failed, "docs/preuves/index.md")


def test_without_a_record_no_command_carries_a_mark(site: Path) -> None:
    pages = list(site.rglob("index.html"))

    assert pages
    assert not [page for page in pages if 'class="proof' in page.read_text(encoding="utf-8")]
    assert "Rien de vérifié sur cette cible" in (site / "preuves" / "recette" / "index.html").read_text(
        encoding="utf-8"
    )


def test_pages_stay_light_when_every_command_prints_much(copy: Path, build: Build) -> None:
    noise = "une ligne de journal assez longue pour compter\n" * 1400
    put(
        copy,
        *(step(page=b.page, line=b.line, command=b.code, target=b.target or "local", out=noise) for b in documented()),
    )

    built = build(copy)

    assert built.status == 0, built.output
    sizes = {path: path.stat().st_size for path in built.site.rglob("*.html")}
    assert max(sizes.values()) < PAGES_LIMIT, max(sizes, key=lambda path: sizes[path])
    assert re.search(r"… \(\d+ lignes ne sont pas reprises ici\)", _html(built, PAGE))


def test_only_the_longest_outputs_are_cut_and_only_as_much_as_the_page_asks() -> None:
    assert limit([10, 20, 30], most=100, page=60) == 100
    assert limit([500, 10], most=100, page=1000) == 100
    assert limit([10, 60, 80], most=100, page=100) == 45
    assert limit([900] * 10, most=100, page=500) == 50
    assert limit([], most=100, page=10) == 100


@given(st.lists(st.integers(0, 5000), max_size=60))
def test_whatever_the_outputs_a_page_shows_no_more_than_its_share(lengths: list[int]) -> None:
    shown = limit(lengths, most=2000, page=30_000)

    assert shown <= 2000
    assert sum(min(length, shown) for length in lengths) <= 30_000


def test_every_target_of_the_settings_has_its_page() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "preuves").glob("*.md")} - {"index"}

    assert pages == set(TARGETS)
    for page in pages:
        assert f'[[= target_run("{page}") =]]' in (ROOT / "docs" / "preuves" / f"{page}.md").read_text(encoding="utf-8")


def test_a_block_to_run_again_says_so_with_and_without_a_record(proven: Any, site: Path) -> None:
    """The engine runs it again by itself; a reader must be told."""
    wanted = [f"{block.retry:.0f}\u00a0s" for block in _blocks(DEBUG) if block.retry]
    hint = re.compile(r'<p class="block-hint"[^>]*>[^<]*relancez ce bloc\u00a0: ([^<]*) au plus\.</p>')

    assert len(wanted) > 5
    assert hint.findall(_page(site, DEBUG)) == wanted
    assert hint.findall(_html(proven, DEBUG)) == wanted
