"""How does a diagram of the deck become SVG, for a wide slide and for a phone?"""

import html
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """One element: its name, what is said of it, and how many copies of it run."""

    name: str
    lines: tuple[str, ...] = ()
    copies: int = 1
    kind: str = "service"


@dataclass(frozen=True, slots=True)
class Lane:
    """Elements one after the other; `links` name the arrows between them, without links there are none."""

    boxes: tuple[Box, ...]
    links: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lanes one below the other, and what the drawing shows, in words."""

    description: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """The measures of one of the two forms, in units of the drawing."""

    name: str
    width: float
    title: float
    line: float
    margin: float
    padding: float
    linked: float
    apart: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float


# The unit of the wide form is the pixel of a slide of 1280; the tall one is read at its own size.
_WIDE = _Scale("large", width=1136, title=23, line=19, margin=22, padding=16, linked=186, apart=20)
_TALL = _Scale("haut", width=340, title=16, line=14, margin=12, padding=10, linked=50, apart=12)
_SHIFT = 7  # between a box and the copy behind it
_STROKE = 3


def svg(drawing: Drawing) -> str:
    """Both forms of the drawing in one figure; the style sheet shows the one that fits."""
    return f'<figure class="dp-dessin">{_form(drawing, _WIDE)}{_form(drawing, _TALL)}</figure>'


def _form(drawing: Drawing, scale: _Scale) -> str:
    parts: list[str] = []
    top = float(_STROKE)
    for lane in drawing.lanes:
        drawn, height = _lane(lane, scale, top)
        parts += drawn
        top += height + scale.margin
    height = top - scale.margin + _STROKE
    return (
        f'<svg class="dp-{scale.name}" role="img" aria-label="{html.escape(drawing.description)}" '
        f'viewBox="0 0 {scale.width:g} {height:g}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _lane(lane: Lane, scale: _Scale, top: float) -> tuple[list[str], float]:
    """What draws the lane, and its height."""
    above = scale.padding * 2 + scale.title if lane.title else _SHIFT
    side = scale.margin if lane.title else float(_STROKE)
    places = _places(lane, scale, side, top + above)
    height = places[-1].y + places[-1].height - top + (scale.margin if lane.title else 0)
    parts = []
    if lane.title:
        parts += [
            _rectangle(_Place(_STROKE, top, scale.width - 2 * _STROKE, height), "cadre"),
            _text(side + scale.padding, top + scale.padding + scale.title, (lane.title,), scale, "dp-titre"),
        ]
    for index, link in enumerate(lane.links):
        behind = _SHIFT if lane.boxes[index + 1].copies > 1 else 0
        parts.append(_arrow(link, places[index], places[index + 1], scale, behind))
    for box, place in zip(lane.boxes, places, strict=True):
        parts.append(_box(box, place, scale))
    return parts, height


def _places(lane: Lane, scale: _Scale, side: float, top: float) -> list[_Place]:
    count, gap = len(lane.boxes), scale.linked if lane.links else scale.apart
    heights = [_box_height(box, scale) for box in lane.boxes]
    if scale is _WIDE:
        width = (scale.width - 2 * side - _SHIFT - gap * (count - 1)) / count
        return [_Place(side + index * (width + gap), top, width, max(heights)) for index in range(count)]
    width = scale.width - 2 * side - _SHIFT
    return [_Place(side, top + sum(heights[:index]) + gap * index, width, heights[index]) for index in range(count)]


def _box_height(box: Box, scale: _Scale) -> float:
    return scale.padding * 2 + scale.title * 1.2 + len(box.lines) * scale.line * 1.4 + _SHIFT


def _box(box: Box, place: _Place, scale: _Scale) -> str:
    behind = (
        _rectangle(_Place(place.x + _SHIFT, place.y - _SHIFT, place.width, place.height), box.kind)
        if box.copies > 1
        else ""
    )
    text = _scaled_text(box, place, scale)
    return f'<g class="dp-boite">{behind}{_rectangle(place, box.kind)}{text}</g>'


def _scaled_text(box: Box, place: _Place, scale: _Scale) -> str:
    height = scale.title * 1.2 + len(box.lines) * scale.line * 1.4
    first = place.y + (place.height - height) / 2 + scale.title
    return _text(place.x + place.width / 2, first, (box.name, *box.lines), scale, "dp-nom")


def _arrow(link: str, first: _Place, second: _Place, scale: _Scale, behind: float) -> str:
    if scale is _WIDE:
        y = first.y + first.height / 2
        ends = (first.x + first.width + 6, y, second.x - 6, y)
        label = _text((ends[0] + ends[2]) / 2, y - 12, (link,), scale, "dp-lien") if link else ""
    else:
        x = first.x + first.width / 2
        ends = (x, first.y + first.height + 4, x, second.y - behind - 4)
        label = _text(x + 12, (ends[1] + ends[3]) / 2 + 4, (link,), scale, "dp-lien") if link else ""
    return f"<g>{_line(*ends)}{label}</g>"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A line that ends in an arrow head, drawn here so that the two forms share no identifier."""
    head = (
        f"{x2:g},{y2:g} {x2 - 11:g},{y2 - 6:g} {x2 - 11:g},{y2 + 6:g}"
        if y1 == y2
        else f"{x2:g},{y2:g} {x2 - 6:g},{y2 - 11:g} {x2 + 6:g},{y2 - 11:g}"
    )
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/><polygon points="{head}"/>'


def _rectangle(place: _Place, kind: str) -> str:
    return (
        f'<rect class="dp-{kind}" x="{place.x:g}" y="{place.y:g}" '
        f'width="{place.width:g}" height="{place.height:g}" rx="6"/>'
    )


def _text(x: float, y: float, lines: tuple[str, ...], scale: _Scale, kind: str) -> str:
    return f'<text class="{kind}">{"".join(_spans(x, y, lines, scale, kind))}</text>'


def _spans(x: float, y: float, lines: tuple[str, ...], scale: _Scale, kind: str) -> Iterator[str]:
    for index, line in enumerate(lines):
        size = scale.title if index == 0 and kind != "dp-lien" else scale.line
        yield f'<tspan x="{x:g}" y="{y + index * scale.line * 1.4:g}" font-size="{size:g}">{html.escape(line)}</tspan>'
