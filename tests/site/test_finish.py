"""Is a finished page the same page for its reader, but for its weight and its apostrophes?"""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import lxml.html

from finish import on_page_markdown, on_post_page


def test_indents_and_empty_lines_go_and_words_stay_apart() -> None:
    assert on_post_page("<p>\n    un\n\n    deux <b>trois</b>\n</p>") == "<p>\nun\ndeux <b>trois</b>\n</p>"


def test_what_is_shown_as_it_is_written_stays_so() -> None:
    for kept in (
        "<pre><code>  a\n\n    b\n</code></pre>",
        "<textarea>\n  x\n</textarea>",
        "<script>\n  f()\n\n</script>",
        "<style>\n  a {}\n</style>",
    ):
        assert on_post_page(f"<div>\n  {kept}\n  </div>") == f"<div>\n{kept}\n</div>"


def test_a_command_keeps_every_blank_without_its_box() -> None:
    boxed = (
        '<pre><code>a<span class="w">  </span>b<span class="w"> </span><span class="se">\\</span>\n<span '
        'class="w">  </span>c</code></pre>'
    )

    assert on_post_page(boxed) == '<pre><code>a  b <span class="se">\\</span>\n  c</code></pre>'


def test_the_title_of_a_block_has_french_apostrophes_and_its_command_does_not() -> None:
    block = "<span class=\"filename\">Mesure à l{}extérieur</span><pre><code>echo 'oui'</code></pre>"

    for written in ("'", "&#39;", "&#x27;"):
        assert on_post_page(block.format(written)) == block.format("’")


def test_an_expected_result_is_told_from_a_command_with_a_title() -> None:
    block = '<div class="{}"><span class="filename">{}</span>'

    assert on_post_page(block.format("highlight", "Résultat attendu")) == block.format(
        "highlight dp-resultat no-copy", "Résultat attendu"
    )
    assert on_post_page(block.format("highlight", "Front")) == block.format("highlight", "Front")


def test_every_page_of_the_site_has_been_through(site: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in site.rglob("index.html")]

    assert len(pages) > 35
    assert all(on_post_page(page) == page and page.rstrip().endswith("</html>") for page in pages)


def test_title_and_description_have_french_apostrophes_before_anything_takes_them() -> None:
    page = SimpleNamespace(meta={"title": "Utiliser l'API", "description": "L'API d'abord.", "tags": ["l'un"]})

    assert on_page_markdown("l'autre", page) == "l'autre"
    assert page.meta == {"title": "Utiliser l’API", "description": "L’API d’abord.", "tags": ["l'un"]}


def test_what_is_read_beside_the_text_has_french_apostrophes_too() -> None:
    for name in ("title", "aria-label", "alt", "content"):
        assert (
            on_post_page(f'<a {name}="l\'API" data-x="l\'API">l\'API</a>')
            == f'<a {name}="l’API" data-x="l\'API">l\'API</a>'
        )


def test_no_straight_apostrophe_nor_quote_is_left_outside_code_on_any_page(site: Path) -> None:
    """In the text, menus, the tab of the browser, the path, the footer, tooltips and names for a screen reader."""
    left = []
    for path in site.rglob("*.html"):
        root = lxml.html.fromstring(path.read_bytes().decode())
        for hidden in root.xpath("//script | //style | //pre | //code | //kbd"):
            hidden.drop_tree()
        texts = [
            root.text_content(),
            *root.xpath("//@title | //@aria-label | //@alt | //@placeholder | //meta[@name='description']/@content"),
        ]
        left += [
            (str(path.relative_to(site)), found[0]) for text in texts for found in re.finditer(r"""\S*['"]\S*""", text)
        ]

    assert left == []


def test_marks_have_the_space_that_french_gives_them_and_it_does_not_break(site: Path) -> None:
    wrong = []
    for path in site.rglob("*.html"):
        root = lxml.html.fromstring(path.read_bytes().decode())
        for hidden in root.xpath("//script | //style | //pre | //code | //kbd"):
            hidden.drop_tree()
        found = re.finditer(r"\S* (?:[;!?»€]|:(?!\S))|« |[^\W\d][;!?](?!\S)", root.text_content())
        wrong += [(str(path.relative_to(site)), one[0]) for one in found]

    assert wrong == []


def test_a_command_keeps_its_own_spaces() -> None:
    assert on_post_page("<p>si oui : <code>a ; b : c</code> ?</p>") == "<p>si oui : <code>a ; b : c</code> ?</p>"


def test_the_search_shows_the_titles_that_the_pages_have(site: Path) -> None:
    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]

    assert any("’" in one["title"] for one in found)
    assert [one["title"] for one in found if "'" in re.sub("<code>.*?</code>", "", one["title"])] == []
