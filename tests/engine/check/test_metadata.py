"""The template and the tags of a page are those that the site has."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.offered.model import Model
from runbook.checking.prose.metadata import tags, templates
from runbook.reading.content import Page


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """The small repository, with one template."""
    post.write(tmp_path)
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "letter.html").write_text("<p>", encoding="utf-8")
    return post.model(tmp_path)


def page(model: Model, name: str, **meta: object) -> Page:
    """A page of this metadata, each key on its line from the second on."""
    path = model.root / "docs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "\n".join(["---", *(f"{key}: {value}" for key, value in meta.items()), "---", ""]), encoding="utf-8"
    )
    return Page(f"docs/{name}", name, name, "Page", dict(meta), "", (1,))


@pytest.mark.parametrize("name", ["letter.html", "main.html", "404.html"])
def test_a_template_is_the_repository_s_or_a_theme_s(model: Model, name: str) -> None:
    assert not list(templates([page(model, "a.md", template=name), page(model, "b.md")], model))


def test_an_absent_template_is_named_with_its_line_and_the_nearest(model: Model) -> None:
    (found,) = templates([page(model, "a.md", title="A", template="leter.html")], model)
    assert (found.path, found.line) == ("docs/a.md", 3)
    assert "« leter.html »" in found.cause
    assert "letter.html" in found.remedy


def test_a_tag_near_one_that_several_pages_have_is_a_slip(model: Model) -> None:
    site = [
        page(model, "a.md", tags=["parcel", "stamp"]),
        page(model, "b.md", tags=["parcel"]),
        page(model, "c.md", tags=["parcell", "queue"]),
    ]
    (found,) = tags(site, site, model)
    assert (found.path, found.line) == ("docs/c.md", 2)
    assert "« parcel »" in found.remedy


def test_a_tag_of_one_page_that_is_like_no_other_is_fine(model: Model) -> None:
    site = [
        page(model, "a.md", tags=["parcel"]),
        page(model, "b.md", tags=["parcell"]),
        page(model, "c.md", tags="no list"),
    ]
    assert not list(tags(site, site, model))
