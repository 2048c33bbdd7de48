"""How much room does a text take, without the font at hand?"""

# Widths of Arial and its metric equals, in thousandths of the size, by groups of letters; bold is wider.
_WIDTHS = {
    "ijl'’": 222,
    " \u00a0,.:;!|I/ftr()[]": 290,
    "abdeghnopquéèêàùûîôL0123456789–«»-_?J": 556,
    "cksvxyzç": 500,
    "ABEFKPSTVXYZÉÀ": 667,
    "CDHNRUGOQw&×": 740,
    "mMW": 860,
}
_WIDTH_OF = {letter: width for letters, width in _WIDTHS.items() for letter in letters}
_UNKNOWN = 600
_BOLD = 1.08
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
    """The width of `text` on one line."""
    width = sum(_WIDTH_OF.get(letter, _UNKNOWN) for letter in text) * size / 1000
    return width * _BOLD if strong else width
