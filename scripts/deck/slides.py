"""What is on each slide of the deck that the site was built with?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html


class DeckError(Exception):
    """The deck cannot be made; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, in bold or not."""

    text: str
    strong: bool = False


Text = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence under the rest."""

    text: Text


@dataclass(frozen=True, slots=True)
class Points:
    """Points side by side, or one below the other with their numbers."""

    items: tuple[Text, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Large figures, each with what it counts."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first one holds the headings."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing in SVG, for a wide slide."""

    svg: Any
    description: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures side by side, each with its description and its size, and the sentence beside them."""

    images: tuple[tuple[Path, str, float, float], ...]
    text: Text


Block = Paragraph | Points | Figures | Table | Diagram | Pictures


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its message, what supports it and what the speaker says."""

    title: str
    blocks: tuple[Block, ...]
    notes: str


def read_slides(page: Path) -> list[Slide]:
    """The slides of the built page of the deck; raises `DeckError` if it holds none."""
    try:
        document = lxml.html.fromstring(page.read_bytes().decode("utf-8"))
    except OSError as error:
        raise DeckError(f"{page} : {error.strerror} ; construire d'abord le site") from None
    slides = [_slide(section, page.parent) for section in document.find_class("dp-page")]
    if not slides:
        raise DeckError(f"{page} : aucune diapositive")
    return slides


def _slide(section: Any, folder: Path) -> Slide:
    (heading,) = section.xpath(".//h1 | .//h2")
    (body,) = section.find_class("dp-corps")
    (notes,) = section.find_class("dp-notes")
    return Slide(
        title="".join(run.text for run in _text(heading)),
        blocks=tuple(_block(element, folder) for element in body),
        notes="\n".join(
            line.strip()
            for paragraph in notes.xpath("./p[not(@class='admonition-title')]")
            for line in paragraph.text_content().splitlines()
        ),
    )


def _block(element: Any, folder: Path) -> Block:
    match element.tag:
        case "p":
            return Paragraph(_text(element))
        case "ul" | "ol":
            return Points(tuple(_text(item) for item in element), numbered=element.tag == "ol")
        case "dl":
            cells = [_plain(cell) for cell in element]
            return Figures(tuple(zip(cells[::2], cells[1::2], strict=True)))
        case "div" if "dp-captures" in element.get("class"):
            (said,) = element.xpath("./p")
            images = tuple(
                (folder / image.get("src"), image.get("alt"), float(image.get("width")), float(image.get("height")))
                for image in element.xpath("./img")
            )
            return Pictures(images, _text(said)) if images else Paragraph(_text(said))
        case "div":
            rows = element.xpath(".//tr")
            return Table(tuple(tuple(_plain(cell) for cell in row) for row in rows))
        case "figure":
            (svg,) = element.find_class("dp-large")
            return Diagram(svg, svg.get("aria-label"))
    raise DeckError(f"une diapositive ne sait pas montrer « {element.tag} »")


def _plain(element: Any) -> str:
    return "".join(run.text for run in _text(element))


def _text(element: Any) -> Text:
    """The runs of an element, white space folded as a browser does."""
    runs: list[Run] = []
    for text, strong in _pieces(element, strong=False):
        folded = " ".join(part for part in text.replace("\n", " ").split(" ") if part)
        if not folded:
            continue
        before = " " if text[0] in " \n" and runs else ""
        after = " " if text[-1] in " \n" else ""
        runs.append(Run(before + folded + after, strong))
    if runs:
        runs[-1] = Run(runs[-1].text.rstrip(" "), runs[-1].strong)
    return tuple(runs)


def _pieces(element: Any, *, strong: bool) -> Iterator[tuple[str, bool]]:
    if "headerlink" in element.get("class", ""):
        return
    strong = strong or element.tag == "strong"
    if element.text:
        yield element.text, strong
    for child in element:
        yield from _pieces(child, strong=strong)
        if child.tail:
            yield child.tail, strong
