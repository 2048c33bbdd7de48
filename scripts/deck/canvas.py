"""How does a text or a shape reach a slide of PowerPoint, in pixels of a slide of 1280 by 720?"""

from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from .slides import Run, Text

WIDTH, HEIGHT = 1280, 720
FONT = "Arial"
INK = RGBColor.from_string("1B2A3D")
GREY = RGBColor.from_string("4A5A6E")
BLUE = RGBColor.from_string("17365D")
BRIGHT = RGBColor.from_string("1F6FB2")
PALE = RGBColor.from_string("EEF3F9")
RULE = RGBColor.from_string("C9D5E3")
WHITE = RGBColor.from_string("FFFFFF")
_POINTS_PER_PIXEL = 0.75
_EMU_PER_PIXEL = 9525


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the slide."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks."""

    size: float
    color: RGBColor = INK
    strong: bool = False
    centred: bool = False
    middle: bool = False
    right: bool = False


def px(value: float) -> Emu:
    """Pixels as PowerPoint counts lengths."""
    return Emu(round(value * _EMU_PER_PIXEL))


def add_text(slide: Any, area: Area, lines: tuple[tuple[Text, Style], ...]) -> Any:
    """A text box without inner margins; one paragraph for each line."""
    box = slide.shapes.add_textbox(px(area.x), px(area.y), px(area.width), px(area.height))
    write(box.text_frame, lines)
    return box


def write(frame: Any, lines: tuple[tuple[Text, Style], ...], margin: float = 0) -> None:
    """Fill a text frame, that keeps its size and wraps its words."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = px(margin)
    if lines and lines[0][1].middle:
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    for index, (text, style) in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.CENTER if style.centred else PP_ALIGN.RIGHT if style.right else PP_ALIGN.LEFT
        for piece in text:
            run = paragraph.add_run()
            run.text = piece.text
            run.font.name, run.font.size = FONT, Pt(style.size * _POINTS_PER_PIXEL)
            run.font.bold = piece.strong or style.strong
            run.font.color.rgb = style.color


def plain(text: str) -> Text:
    """A text of one piece."""
    return (Run(text),)


def add_box(slide: Any, area: Area, fill: RGBColor | None, stroke: RGBColor, *, dashed: bool = False) -> Any:
    """A rectangle with slightly rounded corners."""
    shape = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, px(area.x), px(area.y), px(area.width), px(area.height))
    shape.adjustments[0] = 6 / min(area.width, area.height)
    _forget_theme(shape)
    if fill is None:
        shape.fill.background()
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = fill
    shape.line.color.rgb, shape.line.width = stroke, px(2)
    if dashed:
        shape.line.dash_style = MSO_LINE.DASH
    return shape


def _forget_theme(shape: Any) -> None:
    """Drop the theme's own style of a shape: its shadow, above all."""
    style = shape._element.find(qn("p:style"))  # noqa: SLF001 - no other way in the library
    shape._element.remove(style)  # noqa: SLF001


def add_line(
    slide: Any, ends: tuple[float, float, float, float], color: RGBColor, width: float, *, arrow: bool
) -> None:
    """A straight line, with or without a head at its end."""
    x1, y1, x2, y2 = map(px, ends)
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, x1, y1, x2, y2)
    _forget_theme(line)
    line.line.color.rgb, line.line.width = color, px(width)
    if arrow:
        properties = line.line._get_or_add_ln()  # noqa: SLF001 - the library draws no heads
        head = properties.makeelement(qn("a:tailEnd"), {"type": "triangle", "w": "med", "len": "med"})
        properties.append(head)
