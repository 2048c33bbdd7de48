"""How much room does a text take, without the font at hand?"""

from reportlab.pdfbase.pdfmetrics import stringWidth

LEADING = 1.22


def lines_of(text: str, size: float, width: float, *, strong: bool = False) -> int:
    """How many lines `text` takes at `size` in a column of `width`; a word is not cut."""
    lines, used = 1, 0.0
    space = width_of(" ", size, strong=strong)
    for word in text.split(" "):
        wanted = width_of(word, size, strong=strong)
        if used and used + space + wanted > width:
            lines, used = lines + 1, wanted
        else:
            used += (space if used else 0) + wanted
    return lines


def balanced(text: str, size: float, width: float, *, strong: bool = False) -> float:
    """The narrowest column, in steps of 20, where `text` takes no more lines than in one of `width`."""
    lines = lines_of(text, size, width, strong=strong)
    while width > 20 and lines_of(text, size, width - 20, strong=strong) == lines:
        width -= 20
    return width


def height_of(text: str, size: float, width: float, *, strong: bool = False) -> float:
    """The height of `text` at `size` in a column of `width`."""
    return lines_of(text, size, width, strong=strong) * size * LEADING


def width_of(text: str, size: float, *, strong: bool = False) -> float:
    """The width of `text` on one line in Arial, whose letters are as wide as Helvetica's."""
    known = text.replace("\u202f", "\u00a0")
    return float(stringWidth(known, "Helvetica-Bold" if strong else "Helvetica", size))
