"""A macro that adds lines moves nothing: what is said of a block is said at its line in the file as somebody wrote
it."""

from pathlib import Path

import pytest

from runbook.outcome import Outcome
from runbook.reading.blocks import find_blocks
from runbook.reading.pages import read_site
from tests.engine.conftest import SITE
from tests.engine.runs import run_site

MACROS = '''
def define_env(env):
    env.variables["port"] = 8000

    @env.macro
    def lines(count):
        """So many lines of prose, none for 0."""
        return "\\n\\n".join(f"Line {number}." for number in range(count))

    @env.macro
    def one_more():
        return "One line\\nand another."

    @env.macro
    def table(count):
        return "| a | b |\\n|---|---|\\n" + "\\n".join(f"| {number} | x |" for number in range(count))

    @env.macro
    def step(code):
        return f"```bash\\n{code}\\n```"
'''
PLUGINS = """
plugins:
  - macros:
      module_name: spoken
      on_undefined: strict
      on_error_fail: true
"""
PAGE = """# Page

{macro}

```bash
echo one
```

```text title="Résultat attendu"
one
```

{macro}

!!! note
    Inside.

    ```bash
    echo two
    ```

    ```text title="Résultat attendu"
    two
    three
    ```
"""
ONE, TWO, THREE = 8, 21, 27  # lines of the file, its front matter being lines 1 to 3


def site_with(make_site, page: str) -> Path:
    root: Path = make_site(site=SITE + PLUGINS, page=page)
    (root / "spoken.py").write_text(MACROS)
    return root


@pytest.mark.parametrize(
    "macro",
    [
        "{{ lines(40) }}",
        "{{ one_more() }}",
        "{{ lines(0) }}",
        "{{ table(7) }}",
        "{{ lines(3) }} {{ lines(5) }}",
        "{% for number in range(9) %}{{ number }}\n\n{% endfor %}",
        "{# \n\n #}",
    ],
)
def test_every_outcome_stands_at_its_line_of_the_file(make_site, macro: str) -> None:
    written = (
        PAGE.format(macro=macro)
        if "\n" not in macro
        else PAGE.replace("{macro}", macro, 1).replace("{macro}", "Nothing.")
    )
    more = macro.count("\n")
    root = site_with(make_site, written)
    first, second = run_site(root).results
    assert (first.outcome, first.line) == (Outcome.VERIFIED, ONE + more)
    assert (second.outcome, second.line, second.fault_line) == (Outcome.FAILED, TWO + more, THREE + more)


def test_every_block_and_its_result_stand_at_their_lines_whatever_stands_before(make_site) -> None:
    root = site_with(make_site, PAGE.format(macro="{{ lines(12) }}"))
    site = read_site(root, "mkdocs.yml")
    blocks = next(
        page.blocks for page in (find_blocks(one, site, ("here", "away")) for one in site.pages) if page.blocks
    )
    lines = (root / "docs/page.md").read_text(encoding="utf-8").splitlines()
    assert [lines[block.line].strip() for block in blocks] == ["echo one", "echo two"]
    assert [lines[block.expected.line - 1].strip() for block in blocks if block.expected] == ["one", "two"]


def test_a_macro_whose_lines_leave_the_list_or_note_of_a_block_is_refused_at_the_lines_of_the_block(make_site) -> None:
    page = "# Page\n\n!!! note\n    {{ lines(3) }}\n\n    ```bash\n    true\n    ```\n"
    site = read_site(site_with(make_site, page), "mkdocs.yml")
    (problems,) = (found.problems for one in site.pages if (found := find_blocks(one, site, ("here",))).problems)
    assert [(problem.path, problem.line) for problem in problems] == [("docs/page.md", 9), ("docs/page.md", 11)]


def test_a_block_that_a_macro_writes_stands_where_the_macro_is_called(make_site) -> None:
    (result,) = run_site(site_with(make_site, '# Page\n\n{{ lines(6) }}\n\n{{ step("false") }}\n')).results
    assert (result.outcome, result.fault_line) == (Outcome.FAILED, 8)


def test_a_value_of_several_lines_inside_a_command_leaves_the_next_block_in_its_place(make_site) -> None:
    page = (
        "```bash\necho '{{ lines(3) }}' | grep -c Line\n```\n\n```text title=\"Résultat "
        'attendu"\n3\n```\n\n```bash\nfalse\n```\n'
    )
    first, second = run_site(site_with(make_site, page)).results
    assert (first.outcome, first.line) == (Outcome.VERIFIED, 4)
    assert (second.outcome, second.fault_line) == (Outcome.FAILED, 13)
