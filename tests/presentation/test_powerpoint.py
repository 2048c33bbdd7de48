"""Is the PowerPoint file the same deck, made of text and shapes that can be edited?"""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.enum.text import PP_ALIGN
from pptx.util import Pt

from deck.powerpoint import write_powerpoint
from deck.slides import DeckError, Diagram, Figures, Paragraph, Points, Run, Slide, Table
from deck.text_size import balanced, lines_of

from .conftest import Deck

FOOTER = 655  # pixels from the top: nothing of a slide's body goes below
PIXEL = 9525


@pytest.fixture(scope="module")
def file(deck: Deck, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pptx") / "deck.pptx"
    write_powerpoint(deck.slides, path)
    return path


@pytest.fixture(scope="module")
def pages(file: Path) -> list[Any]:
    return list(Presentation(str(file)).slides)


def test_the_titles_and_the_notes_are_those_of_the_site(deck: Deck, pages: list[Any]) -> None:
    assert [page.shapes.title.text_frame.text for page in pages] == [slide.title for slide in deck.slides]
    assert [page.notes_slide.notes_text_frame.text for page in pages] == [slide.notes for slide in deck.slides]


def test_every_word_of_the_site_is_text_that_can_be_edited(deck: Deck, pages: list[Any]) -> None:
    for slide, page in zip(deck.slides, pages, strict=True):
        written = set(_texts(page))
        for text in _wanted(slide):
            assert text in written, slide.title


def test_nothing_is_a_picture(pages: list[Any]) -> None:
    kinds = [shape.shape_type for page in pages for shape in page.shapes]

    assert MSO_SHAPE_TYPE.PICTURE not in kinds
    assert kinds.count(MSO_SHAPE_TYPE.TABLE) == 4
    assert kinds.count(MSO_SHAPE_TYPE.AUTO_SHAPE) >= 15


def test_every_arrow_of_a_diagram_points(deck: Deck, pages: list[Any]) -> None:
    for slide, page in zip(deck.slides, pages, strict=True):
        drawn = sum(len(block.svg.xpath(".//line")) for block in slide.blocks if isinstance(block, Diagram))
        heads = [shape for shape in page.shapes if shape._element.xpath(".//a:tailEnd")]
        assert len(heads) == drawn, slide.title


def test_everything_is_inside_its_slide_and_above_the_footer(pages: list[Any]) -> None:
    for page in pages:
        for shape in page.shapes:
            if shape.has_text_frame and shape.top > 670 * PIXEL:
                continue  # the footer itself
            if shape.height == 720 * PIXEL:
                continue  # the bar at the edge of the cover
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= 1280 * PIXEL, shape.name
            assert shape.top + shape.height <= FOOTER * PIXEL + PIXEL, (page.shapes.title.text_frame.text, shape.name)


def test_every_text_fits_in_the_height_of_its_shape(pages: list[Any]) -> None:
    measured = 0
    for page in pages:
        for shape in page.shapes:
            if not shape.has_text_frame or not shape.text_frame.text:
                continue
            needed = sum(
                lines_of(paragraph.text, size, shape.width / PIXEL, strong=bool(paragraph.runs[0].font.bold)) * size
                for paragraph in shape.text_frame.paragraphs
                if (size := paragraph.runs[0].font.size / Pt(0.75))
            )
            assert needed <= shape.height / PIXEL + 2, shape.text_frame.text
            measured += 1
    assert measured > 60


def test_a_slide_with_too_much_is_refused_with_its_number_and_its_title(tmp_path: Path) -> None:
    crowded = Slide("Trop", (Points(tuple((Run("mot " * 60),) for _ in range(6)), numbered=True),), "Notes")

    with pytest.raises(DeckError, match=r"diapositive 2, «\u00a0Trop\u00a0»\u00a0: trop de contenu"):
        write_powerpoint([Slide("Titre", (Paragraph((Run("Sous-titre"),)),), "Notes"), crowded], tmp_path / "deck.pptx")


def test_the_slide_of_the_proofs_has_room_for_the_longest_conditions(deck: Deck, tmp_path: Path) -> None:
    told = (
        "Exécution du 24 septembre 2026, commit 012345678, avec des modifications locales\u00a0; et du 23 "
        "septembre 2026, commit 987654321."
    )
    stale = " Périmé en partie, a changé depuis\u00a0: page, texte de la page, services, k8s, scripts, compose.yaml."
    slide = replace(deck.slides[7], blocks=(*deck.slides[7].blocks[:-1], Paragraph((Run(told + stale),))))

    write_powerpoint([deck.slides[0], slide], tmp_path / "deck.pptx")


def test_the_file_leads_to_no_other_host(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        relations = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".rels")]

    assert len(relations) > 20
    assert not [text for text in relations if 'TargetMode="External"' in text]


def test_a_title_on_two_lines_has_them_of_a_length() -> None:
    narrow = balanced("un deux trois quatre cinq", 20, 200)

    assert lines_of("un deux trois quatre cinq", 20, narrow) == lines_of("un deux trois quatre cinq", 20, 200) == 2
    assert narrow < 200
    assert balanced("un", 20, 20) == 20


def test_counts_stand_to_the_right_as_on_the_site(deck: Deck, pages: list[Any]) -> None:
    (table,) = (shape.table for shape in pages[7].shapes if shape.has_table)
    sides = [[cell.text_frame.paragraphs[0].alignment for cell in row.cells] for row in table.rows]

    assert sides == [[PP_ALIGN.LEFT, *[PP_ALIGN.RIGHT] * 4, PP_ALIGN.LEFT]] * len(table.rows)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("mot", 100, 1),
        ("mot mot mot mot", 100, 2),
        ("indivisiblementlong", 20, 1),
        ("iiii iiii", 60, 1),
        ("MMMM MMMM", 60, 2),
    ],
)
def test_the_estimate_wraps_between_words_and_knows_wide_letters(text: str, width: float, lines: int) -> None:
    assert lines_of(text, 23, width) == lines


def _texts(page: Any) -> Iterator[str]:
    for shape in page.shapes:
        if shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        elif shape.has_table:
            yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)


def _wanted(slide: Slide) -> Iterator[str]:
    for block in slide.blocks:
        match block:
            case Paragraph(text):
                yield "".join(run.text for run in text)
            case Points(items):
                yield from (run.text.strip() for item in items for run in item)
            case Figures(pairs):
                yield from (part for pair in pairs for part in pair)
            case Table(rows):
                yield from (cell for row in rows for cell in row)
            case Diagram(svg):
                yield from (span.text for span in svg.iter("tspan") if span.text)
