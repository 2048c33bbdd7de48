"""How do the slides become an editable PowerPoint file?"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn

from . import diagram
from .canvas import (
    BLUE,
    BRIGHT,
    GREY,
    HEIGHT,
    INK,
    RULE,
    WHITE,
    WIDTH,
    Area,
    Style,
    add_box,
    add_line,
    add_text,
    plain,
    px,
    write,
)
from .slides import Block, DeckError, Diagram, Figures, Paragraph, Pictures, Points, Slide, Table, Text
from .text_size import balanced, height_of, width_of

_LEFT = 72
_INNER = WIDTH - 2 * _LEFT
_TITLE = Style(36, BLUE, strong=True)
_BODY = Area(_LEFT, 0, _INNER, HEIGHT - 64)
_ABOVE, _GAP, _COLUMN_GAP = 36, 32, 28
_SOURCE = Style(21, GREY)
_POINT = Style(24)
_STEP_TITLE, _STEP, _STEP_NUMBER = Style(27, BLUE, strong=True), Style(24), Style(64, BRIGHT)
_STEP_INDENT, _STEP_GAP = 84, 30
_FIGURE, _FIGURE_TEXT = Style(64, BRIGHT), Style(24)
_PICTURE, _LEAST_TEXT = 140, 260
# Another font than the one measured may be a little wider.
_FONTS_DIFFER = 1.1
_CELL, _SMALL_CELL, _CELL_GAP = 24, 18, 24

Draw = Callable[[Any, float], None]


def write_powerpoint(slides: Sequence[Slide], path: Path) -> None:
    """Write the deck; raises `DeckError` for a slide whose content would not fit."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = px(WIDTH), px(HEIGHT)
    deck.core_properties.title, deck.core_properties.language = slides[0].title, "fr-FR"
    deck.core_properties.author = "DataPress"
    layout = deck.slide_layouts.get_by_name("Title Only")
    for number, slide in enumerate(slides, 1):
        page = deck.slides.add_slide(layout)
        (_cover if number == 1 else _content)(page, slide, number)
        page.notes_slide.notes_text_frame.text = slide.notes
    deck.save(str(path))


def _title(page: Any, text: str, area: Area, style: Style) -> None:
    """The slide's real title, that outline views and screen readers find."""
    shape = page.shapes.title
    shape.left, shape.top, shape.width, shape.height = px(area.x), px(area.y), px(area.width), px(area.height)
    write(shape.text_frame, ((plain(text), style),))


def _cover(page: Any, slide: Slide, _number: int) -> None:
    background = page.background.fill
    background.solid()
    background.fore_color.rgb = BLUE
    add_box(page, Area(0, 0, 16, HEIGHT), BRIGHT, BRIGHT)
    style = Style(56, WHITE, strong=True)
    width = balanced(slide.title, style.size, 760, strong=True) * _FONTS_DIFFER
    _title(page, slide.title, Area(120, 200, width, height_of(slide.title, style.size, width, strong=True)), style)
    lines = [block.text for block in slide.blocks if isinstance(block, Paragraph)]
    add_text(page, Area(120, 375, 1000, 40), ((lines[0], Style(28, WHITE)),))
    add_text(page, Area(120, 460, 1000, 80), tuple((line, Style(20, RULE)) for line in lines[1:]))


def _content(page: Any, slide: Slide, number: int) -> None:
    title_height = height_of(slide.title, _TITLE.size, _INNER, strong=True)
    _title(page, slide.title, Area(_LEFT, 48, _INNER, title_height), _TITLE)
    rule = 48 + title_height + 18
    add_line(page, (_LEFT, rule, WIDTH - _LEFT, rule), BLUE, 2, arrow=False)
    _body(page, slide, number, rule + _ABOVE)
    add_text(page, Area(_LEFT, HEIGHT - 40, 400, 20), ((plain("DataPress – POC"), Style(14, GREY)),))
    add_text(page, Area(WIDTH - _LEFT - 30, HEIGHT - 40, 30, 20), ((plain(str(number)), Style(14, GREY, right=True)),))


def _body(page: Any, slide: Slide, number: int, top: float) -> None:
    beside_figures = any(isinstance(block, Figures) for block in slide.blocks)
    parts = [_part(block, small=beside_figures) for block in slide.blocks]
    total = sum(height for height, _ in parts) + _GAP * (len(parts) - 1)
    room = _BODY.height - top
    if total > room:
        raise DeckError(
            f"diapositive {number}, « {slide.title} » : trop de contenu, {total:.0f} pixels pour {room:.0f}"
        )
    y = top
    for height, draw in parts:
        draw(page, y)
        y += height + _GAP


def _part(block: Block, *, small: bool) -> tuple[float, Draw]:  # noqa: PLR0911 — one for each kind
    """The height of a block, and what draws it at an ordinate."""
    match block:
        case Paragraph(text):
            return _paragraph(text)
        case Points(items, numbered=True):
            return _steps(items)
        case Points(items):
            return _points(items)
        case Figures(pairs):
            return _figures(pairs)
        case Table(rows):
            return _table(rows, _SMALL_CELL if small else _CELL)
        case Pictures(images, text):
            return _pictures(images, text)
        case Diagram():
            return diagram.size(block)[1], lambda page, y: diagram.draw(page, block, _LEFT, y)


def _words(text: Text) -> str:
    return "".join(run.text for run in text)


def _paragraph(text: Text) -> tuple[float, Draw]:
    height = height_of(_words(text), _SOURCE.size, _INNER)
    return height, lambda page, y: add_text(page, Area(_LEFT, y, _INNER, height), ((text, _SOURCE),))


def _pictures(images: tuple[tuple[Path, str, float, float], ...], text: Text) -> tuple[float, Draw]:
    """Side by side at the left, in the height that a slide keeps for them; the sentence at their right."""
    scale = min(1, *(_PICTURE / height for _, _, _, height in images))
    room = (_INNER - _LEAST_TEXT - _COLUMN_GAP * len(images)) / len(images)
    sizes = [(width * it, height * it) for _, _, width, height in images for it in [min(scale, room / width)]]
    aside = _INNER - sum(width + _COLUMN_GAP for width, _ in sizes)
    told = height_of(_words(text), _SOURCE.size, aside)
    height = max(told, *(tall for _, tall in sizes))

    def draw(page: Any, y: float) -> None:
        x: float = _LEFT
        for (path, described, _, _), (width, tall) in zip(images, sizes, strict=True):
            picture = page.shapes.add_picture(str(path), px(x), px(y), px(width), px(tall))
            picture._element.nvPicPr.cNvPr.set("descr", described)  # noqa: SLF001 - no other way in the library
            picture.line.color.rgb = RULE
            x += width + _COLUMN_GAP
        add_text(page, Area(x, y, aside, told), ((text, _SOURCE),))

    return height, draw


def _columns(count: int) -> tuple[float, list[float]]:
    width = (_INNER - _COLUMN_GAP * (count - 1)) / count
    return width, [_LEFT + index * (width + _COLUMN_GAP) for index in range(count)]


def _split(item: Text) -> tuple[str, str]:
    """What a point is about, in bold in the source, and what it says."""
    return _words(tuple(run for run in item if run.strong)).strip(), _words(
        tuple(run for run in item if not run.strong)
    ).strip()


def _points(items: tuple[Text, ...]) -> tuple[float, Draw]:
    width, lefts = _columns(len(items))
    pairs = [_split(item) for item in items]
    height = 16 + max(
        height_of(lead, _POINT.size, width, strong=True) + height_of(rest, _POINT.size, width) for lead, rest in pairs
    )

    def draw(page: Any, y: float) -> None:
        for (lead, rest), left in zip(pairs, lefts, strict=True):
            add_line(page, (left, y, left + width, y), BRIGHT, 3, arrow=False)
            lines = ((plain(lead), Style(_POINT.size, BLUE, strong=True)), (plain(rest), _POINT))
            add_text(page, Area(left, y + 14, width, height - 14), lines)

    return height, draw


def _steps(items: tuple[Text, ...]) -> tuple[float, Draw]:
    width = _INNER - _STEP_INDENT
    pairs = [_split(item) for item in items]
    heights = [_STEP_TITLE.size * 1.3 + height_of(rest, _STEP.size, width) for _, rest in pairs]

    def draw(page: Any, y: float) -> None:
        for number, ((lead, rest), height) in enumerate(zip(pairs, heights, strict=True), 1):
            add_text(page, Area(_LEFT, y - 8, _STEP_INDENT - 10, 78), ((plain(str(number)), _STEP_NUMBER),))
            lines = ((plain(lead), _STEP_TITLE), (plain(rest), _STEP))
            add_text(page, Area(_LEFT + _STEP_INDENT, y, width, height), lines)
            y += height + _STEP_GAP

    return sum(heights) + _STEP_GAP * (len(items) - 1), draw


def _figures(pairs: tuple[tuple[str, str], ...]) -> tuple[float, Draw]:
    width, lefts = _columns(len(pairs))
    height = 78 + max(height_of(meaning, _FIGURE_TEXT.size, width) for _, meaning in pairs)

    def draw(page: Any, y: float) -> None:
        for (figure, meaning), left in zip(pairs, lefts, strict=True):
            add_text(page, Area(left, y, width, 78), ((plain(figure), _FIGURE),))
            add_text(page, Area(left, y + 78, width, height - 78), ((plain(meaning), _FIGURE_TEXT),))

    return height, draw


def _table(rows: tuple[tuple[str, ...], ...], size: float) -> tuple[float, Draw]:
    widths = _widths(rows, size)
    counts = {
        index for index, column in enumerate(zip(*rows[1:], strict=True)) if all(cell.isdigit() for cell in column)
    }
    pad = size / 2
    heights = [
        2 * pad
        + max(
            height_of(cell, size, width - _CELL_GAP, strong=index == 0) for cell, width in zip(row, widths, strict=True)
        )
        for index, row in enumerate(rows)
    ]

    def draw(page: Any, y: float) -> None:
        frame = page.shapes.add_table(len(rows), len(widths), px(_LEFT), px(y), px(_INNER), px(sum(heights)))
        frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE  # noqa: SLF001
        for column, width in zip(frame.table.columns, widths, strict=True):
            column.width = px(width)
        edges = [y, *(y + sum(heights[: index + 1]) for index in range(len(rows)))]
        for index, (row, (top, bottom)) in enumerate(zip(rows, pairwise(edges), strict=True)):
            frame.table.rows[index].height = px(bottom - top)
            for column_index, cell in enumerate(row):
                style = Style(size, BLUE if index == 0 else INK, strong=index == 0, right=column_index in counts)
                target = frame.table.cell(index, column_index)
                target.margin_left = 0
                target.margin_right, target.margin_top, target.margin_bottom = px(_CELL_GAP), px(pad / 2), px(pad / 2)
                _fill(target, cell, style)
            add_line(page, (_LEFT, bottom, WIDTH - _LEFT, bottom), BLUE if index == 0 else RULE, 1, arrow=False)

    return sum(heights), draw


# PowerPoint's own « No Style, No Grid ».
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def _fill(cell: Any, text: str, style: Style) -> None:
    margins = (cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(cell.text_frame, ((plain(text), style),))
    cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom = margins


def _widths(rows: tuple[tuple[str, ...], ...], size: float) -> list[float]:
    """The columns, in proportion to their longest cell, none narrower than its longest word; together, the slide."""
    columns = list(zip(*rows, strict=True))
    least = [
        max(width_of(word, size, strong=True) for cell in column for word in cell.split(" ")) + _CELL_GAP + 2
        for column in columns
    ]
    wanted = [max(width_of(cell, size) for cell in column) + _CELL_GAP + 2 for column in columns]
    spare = _INNER - sum(least)
    beyond = [max(0.0, full - floor) for full, floor in zip(wanted, least, strict=True)]
    share = spare / (sum(beyond) or 1)
    return [floor + share * more for floor, more in zip(least, beyond, strict=True)]
