"""How does a diagram of the site become shapes that PowerPoint can edit?"""

from typing import Any

from pptx.dml.color import RGBColor

from .canvas import BLUE, BRIGHT, GREY, INK, PALE, WHITE, Area, Style, add_box, add_line, add_text, plain, write
from .slides import Diagram

_FILLS: dict[str, tuple[RGBColor | None, RGBColor]] = {
    "dp-service": (PALE, BRIGHT),
    "dp-personne": (WHITE, GREY),
    "dp-ancien": (RGBColor.from_string("FBF0EE"), RGBColor.from_string("A4382B")),
    "dp-cadre": (None, GREY),
}
_LABEL_WIDTH = 170


def size(diagram: Diagram) -> tuple[float, float]:
    """Width and height of the drawing, in its own units."""
    _, _, width, height = (float(part) for part in diagram.svg.get("viewbox").split())
    return width, height


def draw(slide: Any, diagram: Diagram, x: float, y: float) -> None:
    """Draw the rectangles, arrows and texts as native shapes, the origin at (x, y)."""
    for element in diagram.svg:
        if element.tag == "rect":
            _rectangle(slide, element, x, y)
        elif element.tag == "text":
            _text(slide, element, x, y)
        elif element.get("class") == "dp-boite":
            _box(slide, element, x, y)
        else:
            _arrow(slide, element, x, y)


def _rectangle(slide: Any, rect: Any, x: float, y: float) -> Any:
    kind = rect.get("class")
    fill, stroke = _FILLS[kind]
    left, top, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
    return add_box(slide, Area(x + left, y + top, width, height), fill, stroke, dashed=kind == "dp-cadre")


def _box(slide: Any, group: Any, x: float, y: float) -> None:
    """The box, over the copy behind it if it has one, with its name and lines inside."""
    (text,) = group.findall("text")
    shapes = [_rectangle(slide, rect, x, y) for rect in group.findall("rect")]
    lines = tuple(
        (plain(span.text), Style(float(span.get("font-size")), INK, strong=index == 0, centred=True, middle=True))
        for index, span in enumerate(text)
    )
    write(shapes[-1].text_frame, lines, margin=4)


def _text(slide: Any, text: Any, x: float, y: float) -> None:
    (span,) = text
    font = float(span.get("font-size"))
    area = Area(x + float(span.get("x")), y + float(span.get("y")) - font, 900, font * 1.3)
    add_text(slide, area, ((plain(span.text), Style(font, INK, strong=True)),))


def _arrow(slide: Any, group: Any, x: float, y: float) -> None:
    (line,) = group.findall("line")
    x1, y1, x2, y2 = (float(line.get(name)) for name in ("x1", "y1", "x2", "y2"))
    add_line(slide, (x + x1, y + y1, x + x2, y + y2), BLUE, 2.5, arrow=True)
    for text in group.findall("text"):
        (span,) = text
        font = float(span.get("font-size"))
        area = Area(
            x + float(span.get("x")) - _LABEL_WIDTH / 2, y + float(span.get("y")) - font, _LABEL_WIDTH, font * 1.3
        )
        add_text(slide, area, ((plain(span.text), Style(font, GREY, centred=True)),))
