"""Pages are read as the site publishes them; what the site refuses is told with its place."""

import pytest

from runbook.errors import SettingsError
from runbook.reading.fences import find_fences
from runbook.reading.pages import read_site

SITE = """
site_name: Sample
theme: readthedocs
markdown_extensions: [attr_list, pymdownx.superfences]
plugins:
  - macros:
      on_undefined: strict
      on_error_fail: true
      j2_variable_start_string: "[[="
      j2_variable_end_string: "=]]"
      j2_block_start_string: "[[%"
      j2_block_end_string: "%]]"
      j2_comment_start_string: "[[#"
      j2_comment_end_string: "#]]"
extra: {port: 8000, many: "one\\n\\ntwo\\n\\nthree"}
"""


def test_a_command_holds_the_value_of_its_macro(make_site) -> None:
    site = read_site(make_site(site=SITE, index="```bash\necho [[= port =]] {{.Names}} ${#T[@]}\n```\n"), "mkdocs.yml")
    ((fence,), _) = find_fences(site.pages[0], site)
    assert fence.source == "echo 8000 {{.Names}} ${#T[@]}"


def test_a_macro_that_adds_lines_does_not_move_the_blocks_after_it(make_site) -> None:
    site = read_site(make_site(site=SITE, index="# T\n\n[[= many =]]\n\n```bash\ntrue\n```\n"), "mkdocs.yml")
    ((fence,), _) = find_fences(site.pages[0], site)
    assert fence.line == 8


@pytest.mark.parametrize(
    ("text", "said"), [("[[= nowhere =]]", "'nowhere' is undefined"), ("[[= port", "macro en échec")]
)
def test_a_macro_that_fails_is_told_with_page_and_line(
    make_site, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    root = make_site(site=SITE, index=f"# T\n\n{text}\n")
    refused = read_site(root, "mkdocs.yml").pages[0].refused
    assert refused
    assert (refused.path, refused.line, said in refused.cause) == ("docs/index.md", 6, True)
    assert "[[% raw %]]" in refused.remedy
    assert "Traceback" not in "".join(capsys.readouterr())


def test_a_site_that_mkdocs_refuses_is_told_in_one_line(make_site) -> None:
    with pytest.raises(SettingsError, match=r"mkdocs\.yml : MkDocs refuse le site"):
        read_site(make_site(site="site_name: S\nnav: 3\n", index="# T\n"), "mkdocs.yml")


def test_a_page_outside_the_navigation_is_read_all_the_same(make_site) -> None:
    root = make_site(
        site="site_name: S\nnav: [a.md]\nmarkdown_extensions: [pymdownx.superfences]\n", a="# A\n", b="# B\n"
    )
    assert [page.uri for page in read_site(root, "mkdocs.yml").pages] == ["a.md", "b.md"]
